"""Takes a filled 陈述申辩表 in: the sheet is kept as it came, and each answer saved to its finding."""

import secrets
from collections.abc import AsyncIterable
from decimal import Decimal
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from review.casework.attachments import folder_of, plain_name, write_body
from review.casework.counting import amount_of
from review.casework.desk import Desk, Refused
from review.casework.results import Line
from review.casework.stating import LEADERS_ONLY
from review.errors import InputError
from review.reports.answer_reading import read_answers
from review.store.accounts import LEADER, Person
from review.store.entries import InspectionEntry, Statement
from review.store.store import new_key, now


def asked_of(desk: Desk, entry: InspectionEntry) -> dict[str, tuple[str, Decimal | None]]:
    """The confirmed findings of an inspection: the stay and the yuan of each, as the expert's call has them."""
    results = desk.results(entry)
    if results is None:
        raise Refused("这个检查还没有审核结果；请先在“检查”页审核。")
    calls = desk.pairing(entry).holding()
    lines = (line for found in results.findings.values() for line in found if not line.get("gone"))
    return {
        line["id"]: (line["admission_id"], amount_of(line, calls[line["id"]]))
        for line in lines
        if line["id"] in calls and calls[line["id"]].verdict == "confirm"
    }


async def take_in(
    desk: Desk, person: Person, entry: InspectionEntry, name: str, body: AsyncIterable[bytes]
) -> Line:
    """Keep a sheet as it came and save its answers, all or none. Raises Refused, ClosedInspection."""
    if LEADER not in person.roles:
        raise Refused(LEADERS_ONLY)
    name = plain_name(name)
    ending = Path(name).suffix.lower()
    if ending not in (".xlsx", ".xlsm", ".csv"):
        raise Refused(f"{name} 不是 .xlsx 或 .csv 表格；请把陈述申辩表另存为 .xlsx 后导入。")
    folder = folder_of(desk.home, entry.key)
    draft = folder / f".{secrets.token_hex(8)}{ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _, digest = await write_body(draft, body)
        return await run_in_threadpool(_read_in, desk, person, entry, name, draft, digest)
    except OSError as problem:
        raise Refused(f"文件没有存下（{problem.strerror}）；请告诉维护人员检查磁盘空间。") from problem
    finally:
        draft.unlink(missing_ok=True)


def _read_in(desk: Desk, person: Person, entry: InspectionEntry, name: str, draft: Path, digest: str) -> Line:
    asked = asked_of(desk, entry)
    try:
        read = read_answers(draft, name, {key: amount for key, (_, amount) in asked.items()})
    except InputError as problem:
        raise Refused(str(problem)) from problem
    if not read.answers:
        raise Refused(f"{name} 里没有一项填了机构意见；请核对是不是填好的那一份。")
    draft.replace(folder_of(desk.home, entry.key) / digest)
    said = [
        Statement(
            new_key(), entry.key, asked[one.finding][0], one.finding, one.stance, one.said,
            None if one.admitted is None else str(one.admitted), name, digest, person.name, now(),
        )
        for one in read.answers
    ]  # fmt: skip
    keys = desk.store.case_keys(entry.key, list({one.admission_id for one in said}))
    saved = desk.store.hearings.state(said, keys)
    return {"ok": True, "saved": saved, "known": len(said) - saved, "unanswered": read.unanswered}
