"""留痕: who did what, when, before and after; experts see their own. The state of the hash chain is asked apart."""

from collections.abc import Mapping
from datetime import date, timedelta

from review.audit import ACTS, OF_A_CASE, said, state_said, subject_said
from review.casework.desk import Call, Desk, Refused, person_line, text
from review.casework.results import Line
from review.reports.catalogue import KINDS
from review.store.accounts import ADMINISTRATOR, LEADER, Person
from review.store.entries import TrailFilter, TrailLine
from review.store.trail import day_in_utc

SEES_ALL = {LEADER, ADMINISTRATOR}
AT_ONCE = 100
OF_A_PAPER = ("view_paper", "export_paper", "settle_paper", "sign_paper", "reopen_paper")
PROGRAMS = {"docx": "Word", "xlsx": "Excel"}


def open_audit(desk: Desk, person: Person, call: Call) -> Line:
    """A hundred lines that fit, from below a number on, with how many fit in all and what may be chosen."""
    wanted, everybody = _wanted(person, call), _sees_all(person)
    below = call.get("below")
    known = below if isinstance(below, int) and not isinstance(below, bool) and below > 0 else None
    names = {entry.key: entry.name for entry in desk.store.inspections()}
    lines = desk.store.trail.lines(wanted, known, AT_ONCE)
    shown: Line = {
        "lines": [_line(one, names, person) for one in lines],
        "count": desk.store.trail.count(wanted),
        "at_once": AT_ONCE,
    }
    if call.get("again"):
        return shown
    told = desk.store.trail.told
    return shown | {
        "person": person_line(person),
        "everybody": everybody,
        "people": [name for name in told("who") if name] if everybody else [],
        "acts": [{"act": act, "name": ACTS.get(act, act)} for act in told("act")],
        "inspections": [
            {"key": key, "name": names.get(key, "已删除的检查")} for key in told("inspection") if key
        ],
    }


def open_chain(desk: Desk, person: Person, call: Call) -> Line:
    """What is known of the chain: lines since the last proof are followed, the whole is proven in the background.

    `again` begins a proof of the whole; `walked` and `of` tell how far one has come."""
    if call.get("again"):
        if not _sees_all(person):
            raise Refused("哈希链由组长或管理员核对。")
        desk.store.prover.begin()
    known = desk.store.prover.asked()
    shown: Line = {"may_prove": _sees_all(person), "known": known.state is not None}
    if known.walked is not None:
        shown |= {"proving": True} | (_walked(known.walked) if _sees_all(person) else {})
    if known.defect:
        shown["failed"] = f"哈希链没有核对成。编号 {known.defect}，已记录。"
    if known.state is None:
        return shown
    shown |= {"whole": not known.state.problem, "line": None}
    if not _sees_all(person):
        return shown | {"said": _short(known.state.problem)}
    if known.whole_at is not None:
        shown |= {"at": known.whole_at.isoformat() + "Z", "since": known.state.lines - known.whole_lines}
    if known.state.problem:
        shown |= {"line": known.state.lines, "since": 0}
    return shown | {"said": state_said(known.state)}


def _walked(walked: tuple[int, int]) -> Line:
    return {"walked": walked[0], "of": walked[1]}


def _short(problem: str) -> str:
    """To who sees his own lines only: no other's."""
    return "哈希链断开，请告知管理员。" if problem else "哈希链完整。"


def _wanted(person: Person, call: Call) -> TrailFilter:
    since, until = _day(call, "from"), _day(call, "to")
    return TrailFilter(
        who=text(call, "who", 64) if _sees_all(person) else person.name,
        act=text(call, "act", 32),
        inspection=text(call, "inspection", 32),
        since=day_in_utc(since) if since else None,
        until=day_in_utc(until + timedelta(days=1)) if until else None,
    )


def _day(call: Call, name: str) -> date | None:
    given = text(call, name, 20).strip()
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        raise Refused(f"“{given}”不是日期；请写成 2024-03-01。") from None
    return day if day is None or date(2000, 1, 1) <= day <= date(2199, 12, 31) else None


def _line(one: TrailLine, names: Mapping[str, str], person: Person) -> Line:
    before, after = said(one)
    case, _, rest = one.subject.partition(" ") if one.act in OF_A_CASE else ("", "", _subject(one))
    return {
        "seq": one.seq,
        "at": one.at.isoformat() + "Z",
        "who": one.who or "（没有这个账户）",
        "act": ACTS.get(one.act, one.act),
        "inspection": names.get(one.inspection, "已删除的检查") if one.inspection else "",
        "case": case,
        "opens": bool(case) and person.opens("review") and one.inspection in names,
        "subject": rest,
        "before": before,
        "after": after,
        "hash": one.hash,
    }


def _subject(line: TrailLine) -> str:
    """What a line is about; a paper goes by its title and by what it was written as."""
    if line.act not in OF_A_PAPER:
        return subject_said(line)
    paper, _, case = line.subject.partition(" ")
    key, _, written_as = paper.partition(".")
    title = KINDS[key].title if key in KINDS else key
    return " ".join(part for part in (title, PROGRAMS.get(written_as, written_as), case) if part)


def _sees_all(person: Person) -> bool:
    return bool(SEES_ALL & set(person.roles))


HANDLERS = (open_audit, open_chain)
SCRIPTS = ("mingjian.js", "session.js", "audit.js")
STYLES = ("tokens.css", "audit.css")
