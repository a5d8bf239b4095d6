"""The way of attached files in and out: the body of a request, and a download that no browser opens in the page."""

from collections.abc import Callable
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from review.casework.attachments import attach, open_attachment
from review.casework.desk import Desk, Refused
from review.chat.routes import no_right, not_handed_out
from review.store.accounts import Person
from review.store.life import ClosedInspection


def add_attachment_routes(app: FastAPI, desk: Desk, person_of: Callable[[Request], Person | None]) -> None:
    """Adds PUT and GET of /attachment."""

    @app.put("/attachment/{case_key}/{finding}")
    async def receive(request: Request, case_key: str, finding: str) -> Response:
        """A file as the body of the request, noted at a finding of a case."""
        person = await run_in_threadpool(person_of, request)
        if person is None or not person.opens("review"):
            return no_right(person)
        try:
            case = await run_in_threadpool(desk.case, case_key, person)
            name = request.query_params.get("name", "")
            return JSONResponse(await attach(desk, person, case, finding, name, request.stream()))
        except (Refused, ClosedInspection) as refusal:
            return JSONResponse({"problem": str(refusal)}, 400)

    @app.get("/attachment/{case_key}/{key}")
    def hand_out(request: Request, case_key: str, key: str) -> Response:
        """A file for whoever may know of it, as a download whatever it is."""
        person = person_of(request)
        if person is None or not person.opens("review"):
            return no_right(person)
        try:
            file, name = open_attachment(desk, person, desk.case(case_key, person), key)
        except Refused as refusal:
            return JSONResponse({"problem": str(refusal)}, 404)
        except Exception as defect:
            return not_handed_out(defect, "open_attachment")
        return FileResponse(
            file,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
        )
