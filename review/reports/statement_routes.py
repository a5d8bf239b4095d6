"""The way in and out of what the institution sends: its filled sheet, and the files to a finding."""

from collections.abc import Callable
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from review.casework.desk import Desk, Refused
from review.casework.stating import keep_file, open_file
from review.chat.routes import no_right, not_handed_out
from review.reports.answers_taken import take_in
from review.store.accounts import Person
from review.store.life import ClosedInspection

GONE = "这一项疑点已不在本次审核结果里；请刷新页面。"


def add_statement_routes(app: FastAPI, desk: Desk, person_of: Callable[[Request], Person | None]) -> None:
    """Adds PUT of /answers, PUT and GET of /statement-file."""

    @app.put("/answers/{inspection}")
    async def receive_sheet(request: Request, inspection: str) -> Response:
        """A filled 陈述申辩表 as the body of the request; its answers are saved, all or none."""
        person = await run_in_threadpool(person_of, request)
        if person is None or not person.opens("papers"):
            return no_right(person)
        try:
            entry = await run_in_threadpool(desk.inspection, inspection)
            name = request.query_params.get("name", "")
            return JSONResponse(await take_in(desk, person, entry, name, request.stream()))
        except (Refused, ClosedInspection) as refusal:
            return JSONResponse({"problem": str(refusal)}, 400)
        except Exception as defect:
            return not_handed_out(defect, "receive_answers")

    @app.put("/statement-file/{case_key}/{finding}")
    async def receive_file(request: Request, case_key: str, finding: str) -> Response:
        """A file of the institution's as the body of the request."""
        person = await run_in_threadpool(person_of, request)
        if person is None or not person.opens("review"):
            return no_right(person)
        try:
            case = await run_in_threadpool(desk.case, case_key, person)
            found = await run_in_threadpool(desk.finding, case, person, finding)
            if found is None:
                raise Refused(GONE)
            name = request.query_params.get("name", "")
            return JSONResponse(await keep_file(desk, person, case, found, name, request.stream()))
        except (Refused, ClosedInspection) as refusal:
            return JSONResponse({"problem": str(refusal)}, 400)
        except Exception as defect:
            return not_handed_out(defect, "receive_statement_file")

    @app.get("/statement-file/{case_key}/{key}")
    def hand_out(request: Request, case_key: str, key: str) -> Response:
        """A file for whoever may know of it, as a download whatever it is."""
        person = person_of(request)
        if person is None or not person.opens("review"):
            return no_right(person)
        try:
            file, name = open_file(desk, person, desk.case(case_key, person), key)
        except Refused as refusal:
            return JSONResponse({"problem": str(refusal)}, 404)
        except Exception as defect:
            return not_handed_out(defect, "open_statement_file")
        told = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return FileResponse(file, media_type="application/octet-stream", headers=told)
