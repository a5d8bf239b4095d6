"""What the institution says of a finding, entered by hand, with its files; and what becomes of the finding."""

import secrets
from collections.abc import AsyncIterable
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from review.casework.attachments import LARGEST, MIB, folder_of, plain_name, write_body
from review.casework.counting import amount_of
from review.casework.desk import Case, Desk, Refused
from review.casework.hearing import LONGEST_SAID, REDUCED, Heard, reduced_to, yuan_given
from review.casework.pairing import LEADS
from review.casework.results import Line
from review.store.accounts import LEADER, Person
from review.store.entries import OUTCOMES, STANCES, Decision, Reconsideration, Statement, StatementFile
from review.store.life import STATED
from review.store.store import new_key, now

MOST = 20  # of the institution's files to one finding
LONGEST_REASON = 500
LEADERS_ONLY = "机构的陈述由组长录入和导入。"
NOT_CONFIRMED = "这一项现在不是确认，没有可复核的决定；请刷新页面。"


def hearing_line(
    person: Person, case: Case, finding: Line, call: Decision | None, heard: Heard | None
) -> Line | None:
    """What the card of a finding shows of the hearing; null where there is none for this person.

    `call` is what holds for the finding as far as the person may know."""
    if call is None or (heard is None and not _may_begin(case, person, call)):
        return None
    heard = heard or Heard()
    confirmed = call.verdict == "confirm"
    newest = heard.statements[-1] if heard.statements else None
    holds = heard.outcome if heard.outcome and heard.outcome.decision == call.seq else None
    amount = amount_of(finding, call)
    return {
        "state": heard.state,
        "statements": [_statement(one) for one in heard.statements],
        "files": [{"key": one.key, "name": one.name, "size": one.size} for one in heard.files],
        "outcome": _outcome(holds) if holds else None,
        "earlier": len(heard.outcomes) - bool(holds),
        "amount": None if amount is None else str(amount),
        "called_by": call.who,
        "known": heard.outcome.seq if heard.outcome else 0,
        "may_state": confirmed and LEADER in person.roles,
        "may_reconsider": confirmed
        and newest is not None
        and newest.stance != "accept"
        and may_reconsider(case, person),
    }


def _may_begin(case: Case, person: Person, call: Decision) -> bool:
    return call.verdict == "confirm" and LEADER in person.roles and case.inspection.standing == STATED


def may_reconsider(case: Case, person: Person) -> bool:
    """A leader may, and whoever calls in the case."""
    part = case.pairing.part(person, case.admission_id)
    leads = part == LEADS and LEADER in person.roles
    return person.decides and (leads or bool(case.pairing.decides(person, case.admission_id)))


def _statement(one: Statement) -> Line:
    told = {"key": one.key, "stance": STANCES[one.stance], "said": one.said, "admitted": one.admitted}
    return told | {"source": one.source, "who": one.who, "at": one.at.isoformat() + "Z"}


def _outcome(one: Reconsideration) -> Line:
    told = {"outcome": one.outcome, "name": OUTCOMES[one.outcome], "amount": one.amount, "reason": one.reason}
    return told | {"who": one.who, "at": one.at.isoformat() + "Z"}


def state_by_hand(
    desk: Desk, person: Person, case: Case, finding: Line, stance: str, said: str, admitted: str
) -> None:
    """What the institution says of one finding, entered by the leader. Raises Refused, ClosedInspection."""
    if LEADER not in person.roles:
        raise Refused(LEADERS_ONLY)
    if stance not in STANCES:
        raise Refused("先选机构意见：无异议、部分异议或有异议。")
    if stance != "accept" and not said.strip():
        raise Refused("写下机构的说明和理由。")
    call = _confirmed(desk, person, case, finding["id"])
    try:
        amount = yuan_given(admitted) if stance == "partly" else None
    except ValueError as problem:
        raise Refused(f"认可金额：{problem}；请改正。") from problem
    whole = amount_of(finding, call)
    if amount is not None and whole is not None and amount > whole:
        raise Refused(f"认可金额不能大于该项的 {whole:,.2f} 元；请改正。")
    made = Statement(
        new_key(), case.inspection.key, case.admission_id, finding["id"], stance, said.strip()[:LONGEST_SAID],
        None if amount is None else str(amount), "", "", person.name, now(),
    )  # fmt: skip
    desk.store.hearings.state([made], {case.admission_id: case.key})


def reconsider(
    desk: Desk, person: Person, case: Case, finding: Line, press: str, outcome: str, amount: str, reason: str,
    known: int,
) -> bool:  # fmt: skip
    """Save what becomes of a finding; false where somebody else was quicker. Raises Refused, ClosedInspection."""
    if not may_reconsider(case, person):
        raise Refused("这一例不由您复核；可请组长复核或分派。")
    if outcome not in OUTCOMES or not press:
        raise Refused("先选复核结果：维持、核减或撤销。")
    if not reason.strip():
        raise Refused("复核须写理由；请写一句，对应机构所说的事实和证据。")
    call = _confirmed(desk, person, case, finding["id"])
    heard = desk.heard(case.inspection).get(finding["id"], Heard())
    if not heard.statements or heard.statements[-1].stance == "accept":
        raise Refused("机构没有提出异议，没有可复核的；请先录入或导入它的陈述。")
    last = heard.outcome
    if last and last.press == press:
        return True
    if (last.seq if last else 0) != known:
        return False
    try:
        lowered = reduced_to(finding, call, amount) if outcome == REDUCED else None
    except ValueError as problem:
        raise Refused(f"{problem}；请改正。") from problem
    made = Reconsideration(
        press, case.inspection.key, case.admission_id, finding["id"], heard.statements[-1].key, call.seq, outcome,
        lowered, reason.strip()[:LONGEST_REASON], person.name, now(),
    )  # fmt: skip
    desk.store.hearings.reconsider(made, case.key)
    return True


def _confirmed(desk: Desk, person: Person, case: Case, finding: str) -> Decision:
    call = desk.pairing(case.inspection).holding_for(person).get(finding)
    if call is None or call.verdict != "confirm":
        raise Refused(NOT_CONFIRMED)
    return call


async def keep_file(
    desk: Desk, person: Person, case: Case, finding: Line, name: str, body: AsyncIterable[bytes]
) -> Line:
    """Keep a file of the institution's to a finding. Raises Refused, ClosedInspection."""
    if LEADER not in person.roles:
        raise Refused(LEADERS_ONLY)
    await run_in_threadpool(_confirmed, desk, person, case, finding["id"])
    folder = folder_of(desk.home, case.inspection.key)
    draft = folder / f".{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        size, digest = await write_body(draft, body)
        if not size:
            raise Refused("这个文件是空的；请另选。")
        draft.replace(folder / digest)
    except OSError as problem:
        raise Refused(f"文件没有存下（{problem.strerror}）；请告诉维护人员检查磁盘空间。") from problem
    finally:
        draft.unlink(missing_ok=True)
    kept = StatementFile(
        new_key(), case.inspection.key, case.admission_id, finding["id"], plain_name(name), size, digest, person.name,
        now(),
    )  # fmt: skip
    if not await run_in_threadpool(desk.store.hearings.keep_file, kept, case.key, MOST):
        raise Refused(f"一项疑点至多附 {MOST} 个机构材料，每个至多 {LARGEST // MIB} MB；请合并后再附。")
    return {"ok": True}


def open_file(desk: Desk, person: Person, case: Case, key: str) -> tuple[Path, str]:
    """A file of the institution's, for who may know of the call it answers; the look is written to the trail first."""
    calls = desk.pairing(case.inspection).holding_for(person)
    heard = desk.heard(case.inspection)
    of_case = {
        one.key: one for held in heard.values() for one in held.files if one.admission_id == case.admission_id
    }
    found = of_case.get(key)
    if found is None or found.finding not in calls:
        raise Refused("没有这份材料，或它的来处对您不可见。")
    file = folder_of(desk.home, case.inspection.key) / found.sha256
    if not file.is_file():
        raise Refused("材料的文件已不在服务器上；请从备份恢复。")
    subject = f"{case.key} {found.finding} {found.key}"
    desk.store.write_trail(person.name, "open_statement_file", case.inspection.key, subject)
    return file, found.name
