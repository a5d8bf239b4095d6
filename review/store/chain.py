"""What makes the audit trail a chain, and whether it is whole: the hashes of lines and of what lines tell of.

It reads through a connection that is given to it and writes nothing.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from review.store.entries import ChainState
from review.store.hearing_schema import reconsiderations, statement_files, statements
from review.store.plan_schema import plans
from review.store.proposed_schema import attachments, own_findings
from review.store.schema import decisions, trail, trail_heads

NOTHING_BEFORE = "0" * 64
DECIDES = ("decide", "undo")
PROPOSE, ATTACH = "propose", "attach"
STATE, STATE_FILE, RECONSIDER, PLAN = "state", "state_file", "reconsider", "plan"
ADDS = (PROPOSE, ATTACH, STATE, STATE_FILE, RECONSIDER, PLAN)
DELETED = "delete_inspection"
Passing = Callable[[int, int], None]  # told between blocks: lines walked, lines there are
_AT_A_TIME = 5000
_COLUMNS = tuple(trail.c.keys())


def prove(
    connection: Connection, known: tuple[int, str] | None = None, passing: Passing | None = None
) -> ChainState:
    """Every line from the first on, and what they tell of against what is saved; `known` as in Trail.verify."""
    # decisions before the head: one that is seen here has its line below the head
    decided = {row["seq"]: decision_hash(row) for row in _decisions(connection)}
    lines, last = _head(connection)
    told = _Told()
    state = _walk(connection, lines, told, known, passing) or _against_head(told, lines, last)
    state = state or _against_decisions(connection, decided, told) or _against_added(connection, told)
    return state or ChainState(lines, last)


def follow(connection: Connection, place: ChainState) -> ChainState:
    """Only the lines after a place that was proven: each holds its hash; of those before, that as many are there."""
    lines, last = _head(connection)
    told = _Told(place.lines, place.last)
    held = connection.execute(select(trail.c.hash).where(trail.c.seq == place.lines)).scalar()
    if place.lines and held != place.last:
        return _broken(place.lines, f"第 {place.lines:,} 条在核对之后被改动")
    state = _walk(connection, lines, told) or _against_head(told, lines, last)
    there = connection.execute(select(func.count()).where(trail.c.seq <= lines)).scalar_one()
    if state is None and there != lines:
        state = _broken(there, f"应有 {lines:,} 条，只有 {there:,} 条")
    return state or ChainState(lines, last)


def line_hash(previous: str, row: Mapping[Any, Any]) -> str:
    """SHA-256 of a line's content after the hash before it, as hexadecimal digits."""
    said = [previous, row["seq"], row["at"].isoformat(timespec="seconds")]
    said += [row[name] for name in ("who", "act", "inspection", "subject", "before", "after")]
    return _sha256(said)


def decision_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of a saved decision with its reasons and note, which the trail itself does not hold."""
    names = (
        "press",
        "inspection",
        "admission_id",
        "finding",
        "verdict",
        "reasons",
        "note",
        "amount",
        "undoes",
    )
    return _sha256([*(row[name] for name in (*names, "who")), row["at"].isoformat(timespec="seconds")])


def proposal_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of a saved finding of an expert."""
    return _added_hash(row, "key", "press", "inspection", "admission_id", "content", "who")


def attachment_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of what is kept of an attached file, the hash of its bytes among it."""
    return _added_hash(row, "key", "inspection", "admission_id", "finding", "name", "size", "sha256", "who")


def statement_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of what the institution said of a finding."""
    of_it = ("key", "inspection", "admission_id", "finding", "stance", "said", "admitted", "source", "sha256")
    return _added_hash(row, *of_it, "who")


def statement_file_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of what is kept of a file of the institution's, the hash of its bytes among it."""
    return attachment_hash(row)


def reconsideration_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of what became of a finding, and why."""
    of_it = ("press", "inspection", "admission_id", "finding", "statement", "decision", "outcome", "amount")
    return _added_hash(row, *of_it, "reason", "who")


def plan_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of a version of a plan."""
    return _added_hash(row, "key", "inspection", "content", "who")


def _added_hash(row: Mapping[Any, Any], *names: str) -> str:
    return _sha256([*(row[name] for name in names), row["at"].isoformat(timespec="seconds")])


def _sha256(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode("ascii")).hexdigest()


class _Told:
    """How far the walk along the lines has come, and the decisions they tell of."""

    def __init__(self, seq: int = 0, last: str = NOTHING_BEFORE) -> None:
        self.seq, self.last = seq, last
        self.decisions: dict[int, tuple[int, str]] = {}  # by decision: the line's number and what it says
        self.added: dict[
            str, tuple[int, str, str]
        ] = {}  # by key: the line's number, what it says, the inspection


def _walk(
    connection: Connection,
    lines: int,
    told: _Told,
    known: tuple[int, str] | None = None,
    passing: Passing | None = None,
) -> ChainState | None:
    """Go on from where `told` stands to the last line; the first break, or null."""
    while told.seq < lines:
        if passing:
            passing(told.seq, lines)
        block = select(trail).where(trail.c.seq > told.seq, trail.c.seq <= lines)
        rows = connection.execute(block.order_by(trail.c.seq).limit(_AT_A_TIME)).all()
        for held in rows:
            row = dict(zip(_COLUMNS, held, strict=True))
            if row["seq"] != told.seq + 1:
                return _broken(told.seq + 1, f"第 {told.seq + 1:,} 条缺失")
            told.seq += 1
            told.last = line_hash(told.last, row)
            if told.last != row["hash"]:
                return _broken(told.seq, f"第 {told.seq:,} 条与它的哈希不符")
            if known and known[0] == told.seq and known[1] != told.last:
                return _broken(told.seq, f"第 {told.seq:,} 条与抄录的哈希不同，其前的行被整体改写")
            if row["act"] in DECIDES:
                decision = json.loads(row["after"])
                told.decisions[decision["decision"]] = (told.seq, decision["content"])
            if row["act"] in ADDS:
                added = json.loads(row["after"])
                told.added[added["key"]] = (told.seq, added["content"], row["inspection"])
        if not rows:
            break
    if known and known[0] > told.seq:
        return _broken(told.seq, f"抄录的第 {known[0]:,} 条已不在留痕里")
    beyond = connection.execute(select(func.count()).where(trail.c.seq < 1)).scalar_one()
    return _broken(0, "有不在链上的行") if beyond else None


def _against_head(told: _Told, lines: int, last: str) -> ChainState | None:
    whole = (told.seq, told.last) == (lines, last)
    return None if whole else _broken(told.seq, f"应有 {lines:,} 条，第 {told.seq:,} 条之后缺失")


def _against_decisions(connection: Connection, decided: dict[int, str], told: _Told) -> ChainState | None:
    for decision, (seq, content) in told.decisions.items():
        if decision in decided and decided[decision] != content:
            return _broken(seq, f"第 {seq:,} 条所记的决定与保存的决定不符")
    gone = [seq for decision, (seq, _) in told.decisions.items() if decision not in decided]
    if gone and (removed := _removed_by_hand(connection, gone, told)):
        return _broken(removed, f"第 {removed:,} 条所记的决定已不在数据库里")
    untold = sorted(set(decided) - set(told.decisions))
    return _broken(told.seq, f"有 {len(untold)} 项决定没有留痕") if untold else None


def _removed_by_hand(connection: Connection, gone: list[int], told: _Told) -> int | None:
    """The first line whose decision is missing though no later line tells that its inspection was deleted."""
    there = {row["seq"] for row in _decisions(connection)}  # again: one may have been saved meanwhile
    ended = _ended(connection)
    by_line = {seq: decision for decision, (seq, _) in told.decisions.items()}
    for seq in sorted(gone):
        of = connection.execute(select(trail.c.inspection).where(trail.c.seq == seq)).scalar_one()
        if ended.get(of, 0) < seq and by_line[seq] not in there:
            return seq
    return None


_ADDED_NAMES = "自行提出的疑点、附件、陈述、复核或计划"
_ADDED = (
    (own_findings, "key", proposal_hash),
    (attachments, "key", attachment_hash),
    (statements, "key", statement_hash),
    (statement_files, "key", statement_file_hash),
    (reconsiderations, "press", reconsideration_hash),
    (plans, "key", plan_hash),
)


def _against_added(connection: Connection, told: _Told) -> ChainState | None:
    """What is only ever added: each as its line tells, none without a line, none gone but with its inspection."""
    held = {
        row[name]: of(row)
        for table, name, of in _ADDED
        for row in connection.execute(select(table)).mappings()
    }
    ended = _ended(connection)
    for key, (seq, content, inspection) in told.added.items():
        if key not in held and ended.get(inspection, 0) < seq:
            return _broken(seq, f"第 {seq:,} 条所记的{_ADDED_NAMES}已不在数据库里")
        if key in held and held[key] != content:
            return _broken(seq, f"第 {seq:,} 条所记的{_ADDED_NAMES}与保存的不符")
    untold = set(held) - set(told.added)
    return _broken(told.seq, f"有 {len(untold)} 项{_ADDED_NAMES}没有留痕") if untold else None


def _ended(connection: Connection) -> dict[str, int]:
    """By deleted inspection the line that tells of its end."""
    ends = select(trail.c.inspection, func.max(trail.c.seq)).where(trail.c.act == DELETED)
    return {row[0]: row[1] for row in connection.execute(ends.group_by(trail.c.inspection))}


def _decisions(connection: Connection) -> list[Mapping[Any, Any]]:
    return list(connection.execute(select(decisions).order_by(decisions.c.seq)).mappings())


def _broken(seq: int, problem: str) -> ChainState:
    return ChainState(seq, "", problem)


def _head(connection: Connection) -> tuple[int, str]:
    lines, last = connection.execute(select(trail_heads.c.lines, trail_heads.c.hash)).one()
    return lines, last
