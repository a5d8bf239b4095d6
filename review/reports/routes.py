"""The route by which a paper leaves the workbench as a file: guarded, and a line in the audit trail every time."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from review.casework.desk import NO_RIGHT, Desk, Refused
from review.logs import record_defect
from review.reports.catalogue import KINDS, WRITERS
from review.reports.shelf import Order, Undecided, leads, put_together, undecided
from review.store.accounts import Person

Who = Callable[[Request], Person | None]


def add_paper_routes(app: FastAPI, desk: Desk, who: Who) -> None:
    """`who` tells the person behind a request's cookie."""

    @app.get("/papers/{inspection}/{kind}.{written_as}")
    def export(request: Request, inspection: str, kind: str, written_as: str) -> Response:
        """A paper as Word or Excel; while findings are open only as a draft that was asked for as such."""
        person = who(request)
        if person is None or not person.opens("papers"):
            told = {"signed_out": person is None, "problem": NO_RIGHT if person else "请先登录。"}
            return JSONResponse(told, 403 if person else 401)
        asked = request.query_params
        order = Order(inspection, kind, asked.get("case", "")[:64], masked=asked.get("names") == "masked")
        try:
            return _file(desk, person, order, written_as, draft=asked.get("draft") == "1")
        except Undecided as open_ones:
            return JSONResponse({"problem": str(open_ones), "open": open_ones.count}, 409)
        except Refused as refusal:
            return JSONResponse({"problem": str(refusal)}, 404)
        except Exception as defect:
            number = record_defect(defect, "export_paper")
            return JSONResponse({"problem": f"文书没有生成。编号 {number}，已记录。"}, 500)


def _file(desk: Desk, person: Person, order: Order, written_as: str, *, draft: bool) -> Response:
    kind = KINDS.get(order.kind)
    if kind is None or written_as not in kind.formats:
        raise Refused("没有这种文书；请刷新页面。")
    entry = desk.inspection(order.inspection)
    results = desk.results(entry)
    if leads(person) and not (kind.own or kind.early or draft) and results is not None:
        count = undecided(results, desk.standing(entry))
        if count:
            raise Undecided(count)
    made_at = datetime.now().replace(microsecond=0)
    paper, kind = put_together(desk, person, order, made_at)
    media, write = WRITERS[written_as]
    content = write(paper)
    how = ["草稿" if paper.draft else "正式"]
    how += [("隐去身份" if order.masked else "实名") if kind.leaves else "内部"]
    what = f"{kind.key}.{written_as} {order.case}".strip()
    digest = hashlib.sha256(content).hexdigest()
    desk.store.write_trail(
        person.name, "export_paper", entry.key, what, after=f"{'，'.join(how)} {digest[:16]}"
    )
    name = quote(f"{kind.title}{'-草稿' if paper.draft else ''}-{made_at:%Y%m%d}.{written_as}")
    return Response(
        content, media_type=media, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )
