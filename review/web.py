"""The web application: sign-in, guarded page images, uploads and our own files, with the Gradio pages mounted last.

Every answer carries headers that keep the browser from asking any other host for anything.
"""

import os
import secrets
import warnings
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from knowledge.readers import UnreadableFile
from review.casework.attachment_routes import add_attachment_routes
from review.casework.desk import Desk, Refused, source_file
from review.casework.readings import read_tabs
from review.casework.uploads import LARGEST_UPLOAD
from review.chat.routes import add_chat_routes, no_right, not_handed_out, page_refused
from review.door import PATHS, person_of
from review.library.routes import add_library_routes
from review.pages.inspections import FIRST_ADMINISTRATOR, create_from_upload
from review.pages.plan_routes import add_plan_routes
from review.pages.shell import FOLDER, asset, build_page
from review.quality import add_quality_route
from review.reports.overview_route import add_overview_route
from review.reports.routes import add_paper_routes
from review.reports.statement_routes import add_statement_routes
from review.sign_in import add_sign_in, keep_proxied, lead
from review.store.accounts import PAGES, Accounts, is_loopback

HEADERS = {
    # the page library builds its templates with Function(), hence unsafe-eval; no other host is ever allowed
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
Next = Callable[[Request], Awaitable[Response]]


def create_app(desk: Desk, host: str) -> FastAPI:
    """All routes of the workbench; `host` is the address it will be bound to."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_guard(app, desk.accounts, host)
    add_sign_in(app, desk.accounts)
    _add_assets(app)
    _add_page_images(app, desk)
    _add_upload(app, desk)
    add_chat_routes(app, desk, lambda request: person_of(desk.accounts, request))
    add_library_routes(app, desk, lambda request: person_of(desk.accounts, request))
    add_paper_routes(app, desk, lambda request: person_of(desk.accounts, request))
    add_quality_route(app, desk, lambda request: person_of(desk.accounts, request))
    add_attachment_routes(app, desk, lambda request: person_of(desk.accounts, request))
    add_statement_routes(app, desk, lambda request: person_of(desk.accounts, request))
    add_plan_routes(app, desk, lambda request: person_of(desk.accounts, request))
    add_overview_route(app, desk, lambda request: person_of(desk.accounts, request))
    return _mount_pages(app, desk)


def _add_guard(app: FastAPI, accounts: Accounts, host: str) -> None:
    # a proxy before this machine is known to the browser by a name of its own
    local_only = is_loopback(host) and not accounts.proxy.networks

    @app.middleware("http")
    async def guard(request: Request, call_next: Next) -> Response:
        """Refuse foreign sites, lead to the sign-in, and put the headers on."""
        answer = _refused(request, local_only) or await run_in_threadpool(lead, accounts, request)
        if answer is None:
            answer = await call_next(request)
            if accounts.proxy.header:
                await run_in_threadpool(keep_proxied, accounts, request, answer)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)  # the report of the evals has stricter ones of its own
        if not request.url.path.startswith(("/assets/", "/static/", "/page/", "/chat/page/")):
            answer.headers["Cache-Control"] = "no-store"
        return answer


def _refused(request: Request, local_only: bool) -> Response | None:
    """A page of another site must not act here, nor reach this machine under a name of its own."""
    if local_only and not is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or ""):
        return JSONResponse({"problem": "地址不对；请用 http://127.0.0.1 打开。"}, 421)
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign and request.method not in ("GET", "HEAD", "OPTIONS"):
        return JSONResponse({"problem": "请求来自别的网站，已拒绝。"}, 403)
    return None


def _add_assets(app: FastAPI) -> None:
    kinds: dict[str, Literal["text/javascript", "text/css"]] = {".js": "text/javascript", ".css": "text/css"}
    files = {file.name: file for file in FOLDER.iterdir() if file.suffix in kinds}

    @app.get("/assets/{version}/{name}")
    def serve(version: str, name: str) -> Response:
        file = files.get(name)
        if file is None or asset(name) != f"/assets/{version}/{name}":
            return JSONResponse({"problem": "没有这个文件。"}, 404)
        lasting = {"Cache-Control": "public, max-age=31536000, immutable"}
        return FileResponse(file, media_type=f"{kinds[file.suffix]}; charset=utf-8", headers=lasting)


def _add_page_images(app: FastAPI, desk: Desk) -> None:
    @app.get("/page/{case_key}/{tab_key}/{number}.png")
    def serve(request: Request, case_key: str, tab_key: str, number: int) -> Response:
        """An original page as an image, for whoever may open the case; the view is written to the trail."""
        person = person_of(desk.accounts, request)
        if person is None or not person.opens("review"):
            return no_right(person)
        try:
            case = desk.case(case_key, person)
            findings = case.results.findings.get(case.admission_id, [])
            tab = next(
                (tab for tab in read_tabs(case.results, case.admission_id, findings) if tab.key == tab_key),
                None,
            )
            if tab is None:
                raise Refused("没有这份文书；请刷新页面。")
            picture = desk.viewer.picture(source_file(case, tab.source), number)
            subject = f"{case.key} {tab_key} {number}"
            desk.store.write_trail(person.name, "view_page", case.inspection.key, subject)
        except (Refused, UnreadableFile, OSError) as refusal:
            return page_refused(refusal)
        except Exception as defect:
            return not_handed_out(defect, "view_page")
        return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _add_upload(app: FastAPI, desk: Desk) -> None:
    @app.put("/upload")
    async def receive(request: Request) -> Response:
        """A ZIP as the body of the request, written to the home folder as it arrives."""
        person = await run_in_threadpool(person_of, desk.accounts, request)
        if person is None or not person.opens("inspections"):
            return no_right(person)
        if person.demo:
            return JSONResponse({"problem": FIRST_ADMINISTRATOR}, 403)
        archive = desk.home / "uploads" / f"{secrets.token_hex(8)}.zip"
        archive.parent.mkdir(parents=True, exist_ok=True)
        try:
            if not await _write_body(request, archive):
                return JSONResponse({"problem": "文件超过 8 GB；请填写服务器上的路径。"}, 413)
            name = request.query_params.get("name", "")[:200]
            return JSONResponse(await run_in_threadpool(create_from_upload, desk, person, archive, name))
        except Refused as refusal:
            return JSONResponse({"problem": str(refusal)}, 400)
        finally:
            archive.unlink(missing_ok=True)


async def _write_body(request: Request, archive: Path) -> bool:
    size = 0
    with archive.open("wb") as sink:
        async for block in request.stream():
            size += len(block)
            if size > LARGEST_UPLOAD:
                return False
            sink.write(block)
    return True


def _mount_pages(app: FastAPI, desk: Desk) -> FastAPI:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(desk.home / "uploads" / "gradio")
    import gradio as gr

    demo = gr.Blocks(title="明鉴", fill_width=True, analytics_enabled=False, delete_cache=(600, 600))
    for path, page in PATHS.items():
        module = import_module(f"review.pages.{page}")
        with demo.route(PAGES[page], path) if path else demo:
            _build(desk, page, module)
    demo.queue(default_concurrency_limit=20)

    async def who(request: Request) -> str | None:
        # off the loop that serves everybody: the answer takes the database
        return getattr(await run_in_threadpool(person_of, desk.accounts, request), "name", None)

    theme = gr.themes.Base(
        font=["PingFang SC", "Microsoft YaHei", "sans-serif"], font_mono=["Consolas", "monospace"]
    )
    with warnings.catch_warnings():
        # said of every application with more than one page, whatever is asked of it
        warnings.filterwarnings("ignore", "SSR mode is not supported")
        gr.mount_gradio_app(
            app,
            demo,
            path="/",
            auth_dependency=who,
            footer_links=[],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
            max_file_size="1kb",
            theme=theme,
            css=(FOLDER / "gradio.css").read_text("utf-8"),
        )
    return app


def _build(desk: Desk, page: str, module: ModuleType) -> None:
    build_page(desk, page, module.HANDLERS, module.SCRIPTS, module.STYLES)
