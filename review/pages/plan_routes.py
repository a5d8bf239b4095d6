"""The way of a plan in as a file and out as a calendar."""

from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from review.casework.desk import Desk, Refused
from review.chat.routes import no_right, not_handed_out
from review.errors import InputError
from review.pages.planning import current_plan, take_plan
from review.procedure.plan import plan_in
from review.procedure.plan_calendar import as_calendar
from review.reports.routes import Who
from review.store.life import ClosedInspection

LARGEST = 1024 * 1024


def add_plan_routes(app: FastAPI, desk: Desk, who: Who) -> None:
    """Adds PUT and GET of /plan; `who` tells the person behind a request's cookie."""

    @app.put("/plan/{inspection}")
    async def receive(request: Request, inspection: str) -> Response:
        """A plan as YAML, in the place of the one that holds."""
        person = await run_in_threadpool(who, request)
        if person is None or not person.opens("inspections"):
            return no_right(person)
        body = b""
        async for block in request.stream():
            body += block
            if len(body) > LARGEST:
                return JSONResponse({"problem": "计划文件至多 1 MB；请核对是不是计划文件。"}, 400)
        try:
            plan = plan_in(body, request.query_params.get("name", "")[:120] or "计划文件")
            entry = await run_in_threadpool(desk.inspection, inspection)
            return JSONResponse(await run_in_threadpool(take_plan, desk, person, entry, plan))
        except (Refused, InputError, ClosedInspection) as refusal:
            return JSONResponse({"problem": str(refusal)}, 400)
        except Exception as defect:
            return not_handed_out(defect, "receive_plan")

    @app.get("/plan/{inspection}.ics")
    def calendar(request: Request, inspection: str) -> Response:
        """The deadlines of the plan as a calendar file."""
        person = who(request)
        if person is None or not person.opens("inspections"):
            return no_right(person)
        try:
            entry = desk.inspection(inspection)
            plan, ends = current_plan(desk, entry)
            content = as_calendar(plan, ends, datetime.now(UTC).replace(microsecond=0))
            desk.store.write_trail(person.name, "export_plan", entry.key)
        except (Refused, InputError) as refusal:
            return JSONResponse({"problem": str(refusal)}, 404)
        except Exception as defect:
            return not_handed_out(defect, "export_plan")
        name = quote(f"{plan.name}-计划.ics")
        told = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, media_type="text/calendar; charset=utf-8", headers=told)
