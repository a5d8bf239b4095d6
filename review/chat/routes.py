"""The chat's own routes: the event stream of an answer, page images of the library's files, and exports.

A server function of the page library returns once; an answer comes sentence by sentence.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from knowledge.holding.originals import original
from knowledge.readers import UnreadableFile
from review.casework.desk import NO_RIGHT, Call, Desk, Refused, text
from review.casework.results import Line
from review.chat.answering import LONGEST_QUESTION, answered
from review.errors import ReviewError
from review.library.whole_texts import state_of
from review.logs import record_defect
from review.reports.talk import EXPORTS
from review.store.accounts import Person

LONGEST_CALL = 16_384  # bytes
AT_ONCE = 16  # questions worked on at once; others wait in line
QUIET = 10.0  # seconds after which an empty line keeps the connection open
Who = Callable[[Request], Person | None]


def add_chat_routes(app: FastAPI, desk: Desk, who: Who) -> None:
    """`who` tells the person behind a request's cookie."""
    places = threading.BoundedSemaphore(AT_ONCE)

    @app.post("/chat/ask")
    async def ask(request: Request) -> Response:
        """A question as JSON; the answer as an event stream. It is finished and kept even if nobody listens."""
        person = await run_in_threadpool(who, request)
        if person is None or not person.opens("chat"):
            return no_right(person)
        call = await _call(request)
        if call is None:
            return JSONResponse({"problem": "请求读不出来，请刷新页面再问。"}, 400)
        events: asyncio.Queue[Line | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def send(event: Line | None) -> None:
            with suppress(RuntimeError):  # the server is shutting down; the answer is kept all the same
                loop.call_soon_threadsafe(events.put_nowait, event)

        threading.Thread(
            target=_answer, args=(desk, person, call, places, send), name="answer", daemon=True
        ).start()
        return StreamingResponse(_stream(events), media_type="text/event-stream")

    @app.get("/chat/page/{key}/{number}.png")
    def page(request: Request, key: str, number: int) -> Response:
        """A page of a file of the library as an image, by the key of its content."""
        person = who(request)
        if person is None or not (person.opens("chat") or person.opens("library")):
            return no_right(person)
        state = state_of(desk.library, key)
        file = original(desk.home, state) if state else None
        try:
            if file is None:
                raise UnreadableFile("没有保存原件", "请重新添加这份文件")
            picture = desk.viewer.picture(file, number)
        except (UnreadableFile, OSError) as refusal:
            return page_refused(refusal)
        lasting = {"Cache-Control": "private, max-age=3600"}
        return Response(picture, media_type="image/png", headers=lasting)

    _add_export(app, desk, who)


def _add_export(app: FastAPI, desk: Desk, who: Who) -> None:
    @app.get("/chat/export/{conversation}.{kind}")
    def export(request: Request, conversation: str, kind: str) -> Response:
        """One of a person's own conversations as a file, with its citations."""
        person = who(request)
        if person is None or not person.opens("chat"):
            return no_right(person)
        turns = desk.store.talks.turns(person.name, conversation)
        if not turns or kind not in EXPORTS:
            return JSONResponse({"problem": "没有这段问答，或不是您的。"}, 404)
        media, write = EXPORTS[kind]
        try:
            content = write(turns, person.name)
            desk.store.write_trail(person.name, "export_talk", subject=conversation)
        except Exception as defect:
            return not_handed_out(defect, "export_talk")
        name = quote(f"法规问答-{turns[0].at:%Y%m%d}.{kind}")
        return Response(
            content,
            media_type=media,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )


def no_right(person: Person | None) -> Response:
    """The refusal of a route: sign in first, or ask for the right."""
    answer = {"signed_out": person is None, "problem": NO_RIGHT if person else "请先登录。"}
    return JSONResponse(answer, 403 if person else 401)


def not_handed_out(defect: Exception, where: str) -> Response:
    """What somebody asked for was not handed out, as its line in the trail was not saved or it was not made."""
    number = record_defect(defect, where)
    return JSONResponse({"problem": f"没有取出来。编号 {number}，已记录；请稍后重试。"}, 500)


def page_refused(refusal: Exception) -> Response:
    """Why there is no picture of a page; a system's own message may name a path and is not passed on."""
    said = "打不开这份文件" if isinstance(refusal, OSError) else str(refusal).rstrip("。")
    return JSONResponse({"problem": f"这一页不能显示图像：{said}。文字仍可读。"}, 404)


async def _call(request: Request) -> Call | None:
    """The body as one mapping; null where it is too long or none."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > LONGEST_CALL:
            return None
    try:
        call: Any = json.loads(body)
    except ValueError:
        return None
    return call if isinstance(call, dict) else None


def _answer(
    desk: Desk,
    person: Person,
    call: Call,
    places: threading.BoundedSemaphore,
    send: Callable[[Line | None], None],
) -> None:
    """Work a question off in a thread of its own: the one edge at which a defect becomes a number."""
    key = text(call, "asking", 64)
    try:
        stop = desk.askings.begin(person.name, key, text(call, "question", LONGEST_QUESTION))
        try:
            with places:
                for event in answered(desk, person, call, stop):
                    send(event)
        finally:
            desk.askings.end(person.name, key)
    except (Refused, ReviewError) as refusal:
        send({"problem": str(refusal)})
    except Exception as defect:
        number = record_defect(defect, "chat/ask")
        send({"problem": f"没有答出来。编号 {number}，已记录。", "defect": True})
    finally:
        send(None)


async def _stream(events: "asyncio.Queue[Line | None]") -> AsyncIterator[str]:
    while True:
        try:
            event = await asyncio.wait_for(events.get(), QUIET)
        except TimeoutError:
            yield ": \n\n"
            continue
        if event is None:
            return
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
