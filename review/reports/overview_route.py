"""The route by which figures of 总览 leave the workbench as a workbook: guarded, and a line in the audit trail."""

import hashlib
from datetime import datetime
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from review.casework.desk import NO_RIGHT, Desk, Refused
from review.logs import record_defect
from review.reports import workbook
from review.reports.overview import PANELS, overview_paper
from review.reports.routes import Who


def add_overview_route(app: FastAPI, desk: Desk, who: Who) -> None:
    """`who` tells the person behind a request's cookie."""

    @app.get("/overview/{inspection}.xlsx")
    def export(request: Request, inspection: str) -> Response:
        """The tables of one panel, or of all."""
        person = who(request)
        if person is None or not person.opens("overview"):
            told = {"signed_out": person is None, "problem": NO_RIGHT if person else "请先登录。"}
            return JSONResponse(told, 403 if person else 401)
        panel, made_at = request.query_params.get("panel", "")[:20], datetime.now().replace(microsecond=0)
        try:
            entry = desk.inspection(inspection)
            paper = overview_paper(desk, person, entry, panel, made_at)
            content = workbook.as_workbook(paper)
            digest = hashlib.sha256(content).hexdigest()[:16]
            what = PANELS.get(panel, "全部")
            desk.store.write_trail(person.name, "export_overview", entry.key, what, after=digest)
        except Refused as refusal:
            return JSONResponse({"problem": str(refusal)}, 404)
        except Exception as defect:
            number = record_defect(defect, "export_overview")
            return JSONResponse({"problem": f"表格没有生成。编号 {number}，已记录。"}, 500)
        name = quote(f"{paper.title.replace('　', '-')}-{made_at:%Y%m%d}.xlsx")
        head = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, media_type=workbook.MEDIA, headers=head)
