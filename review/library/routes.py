"""The route by which files come into the library: one file as the body of a request, written as it arrives."""

import secrets
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from knowledge.holding.writability import NotWritable, writable
from review.casework.desk import NO_RIGHT, Desk, Refused
from review.library.additions import LARGEST_FILE, TAKEN, batch_key, safe_name
from review.library.changes import require_change
from review.store.accounts import Person

Who = Callable[[Request], Person | None]


def add_library_routes(app: FastAPI, desk: Desk, who: Who) -> None:
    """`who` tells the person behind a request's cookie."""

    @app.put("/library/upload")
    async def receive(request: Request) -> Response:
        """A file of a batch; with `last` the batch is put in line. Answers as soon as the file lies in its place."""
        person = await run_in_threadpool(who, request)
        if person is None or not person.opens("library"):
            return JSONResponse(
                {"signed_out": person is None, "problem": NO_RIGHT}, 401 if person is None else 403
            )
        name, batch = request.query_params.get("name", ""), batch_key(request.query_params.get("batch", ""))
        try:
            require_change(person)
        except Refused as refusal:
            return JSONResponse({"problem": str(refusal)}, 403)
        if problem := _refused(name, batch):
            return JSONResponse({"problem": problem}, 400)
        assert batch is not None
        part = desk.home / "uploads" / f"{secrets.token_hex(8)}.part"
        try:
            with writable(desk.home):
                part.parent.mkdir(parents=True, exist_ok=True)
                size = await _write_body(request, part)
                if size is None:
                    return JSONResponse({"problem": "文件超过 200 MB；请拆分，或填写服务器上的路径。"}, 413)
                if size == 0:
                    return JSONResponse({"problem": "文件是空的；请核对后重新添加。"}, 400)
                last = request.query_params.get("last") == "1"
                await run_in_threadpool(_hand_over, desk, person, part, (batch, name, last))
        except NotWritable as problem:
            return JSONResponse({"problem": str(problem).replace(str(desk.home), "数据文件夹")}, 507)
        finally:
            part.unlink(missing_ok=True)
        return JSONResponse({"ok": True})


def _refused(name: str, batch: str | None) -> str:
    if batch is None:
        return "请求读不出来，请刷新页面再添加。"
    suffix = Path(safe_name(name)).suffix.lower()
    if suffix not in TAKEN:
        kinds = "PDF、Word（.docx）、网页、Excel（.xlsx）、CSV、文本、Markdown 或图片"
        return f"不支持{' ' + suffix if suffix else '没有扩展名的'} 文件；请换成{kinds}。"
    return ""


def _hand_over(desk: Desk, person: Person, part: Path, sent: tuple[str, str, bool]) -> None:
    batch, name, last = sent
    file = desk.additions.place(batch, name)
    part.replace(file)
    desk.additions.arrive(batch, file, person.name, last=last)
    desk.store.write_trail(person.name, "library_upload", subject=batch)


async def _write_body(request: Request, part: Path) -> int | None:
    """The number of bytes; null where there are too many."""
    size = 0
    with part.open("wb") as sink:
        async for block in request.stream():
            size += len(block)
            if size > LARGEST_FILE:
                return None
            sink.write(block)
    return size
