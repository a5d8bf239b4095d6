"""The newest report of `python -m evals`, as it lies in the home folder: where it is, what it was made by, its bytes.

The report is a file that a person put there. It is shown in a frame that may run nothing, ask nobody and reach no page
of ours; nothing of it is read here but its length.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from review.casework.desk import NO_RIGHT, Desk, Refused
from review.reports.routes import Who
from review.versions import knowledge_version, rules_version

FOLDER, REPORT, RUN = "evals", "report.html", "run.json"
LARGEST = 32 * 1024 * 1024
HOW = "python -m evals 评测，再 python -m evals report 写出报告"
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(frozen=True)
class QualityReport:
    """A report that can be shown. `day` is the day of its run, `current` whether today's rules made it, if known."""

    written: datetime
    day: str
    current: bool | None


def newest_report(home: Path) -> QualityReport | None:
    """Null where nobody wrote one. Raises Refused for a file that cannot be shown."""
    file = home / FOLDER / REPORT
    try:
        held = file.stat()
    except OSError:
        return None
    if held.st_size > LARGEST or not file.is_file():
        raise Refused(f"报告 {FOLDER}/{REPORT} 超过 32 MB，不在这里打开；请在服务器上直接打开这个文件。")
    day, rules, knowledge = _run(home / FOLDER / RUN)
    current = (rules, knowledge) == (rules_version(), knowledge_version(home)) if rules else None
    return QualityReport(datetime.fromtimestamp(held.st_mtime, UTC), day, current)


def _run(file: Path) -> tuple[str, str, str]:
    """Day and versions of the run beside the report; empty where it does not say."""
    try:
        told = json.loads(file.read_text("utf-8"))
        return str(told["day"])[:10], str(told["rules"]), str(told["knowledge"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", "", ""


def add_quality_route(app: FastAPI, desk: Desk, who: Who) -> None:
    """`who` tells the person behind a request's cookie."""

    @app.get("/quality/report")
    def serve(request: Request) -> Response:
        """The report for the frame of its page."""
        person = who(request)
        if person is None or not person.opens("quality"):
            told = {"signed_out": person is None, "problem": NO_RIGHT if person else "请先登录。"}
            return JSONResponse(told, 403 if person else 401)
        try:
            found = newest_report(desk.home)
            content = (desk.home / FOLDER / REPORT).read_bytes() if found else b""
        except Refused as refusal:
            return JSONResponse({"problem": str(refusal)}, 404)
        except OSError:
            return JSONResponse({"problem": f"报告读不出来；请重新运行 {HOW}。"}, 404)
        if found is None:
            return JSONResponse({"problem": f"还没有评测报告；{HOW}。"}, 404)
        return Response(content, media_type="text/html; charset=utf-8", headers=HEADERS)
