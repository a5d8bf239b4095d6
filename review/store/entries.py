"""What the store keeps, as frozen data; how it is kept is the business of `review.store.store`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

VERDICTS = {"confirm": "确认", "reject": "不成立", "ask": "待补材料", "seen": "看过"}
UNDO = "undo"
STANCES = {"accept": "无异议", "partly": "部分异议", "object": "有异议"}  # of the institution to a finding
OUTCOMES = {"upheld": "维持", "reduced": "核减", "withdrawn": "撤销"}  # of a finding once it was heard


@dataclass(frozen=True)
class InspectionEntry:
    """One inspection: where its folder lies and how far its review has come."""

    key: str
    name: str
    hospital: str
    folder: str
    demo: bool
    state: str  # waiting | running | ready | failed
    problem: str | None
    run: int  # number of the last finished review; 0 = none
    created_by: str
    created_at: datetime
    reviewed_at: datetime | None
    standing: str = "open"  # open | stated | settled | archived
    standing_since: datetime | None = None


@dataclass(frozen=True)
class Press:
    """One key press of an expert, with its own id so that it may be sent twice."""

    press: str
    inspection: str
    admission_id: str
    finding: str  # empty = the case as a whole
    verdict: str
    who: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    amount: str | None = None


@dataclass(frozen=True)
class Decision:
    """A line of the trail of decisions; `undoes` names the line that an undo takes back."""

    seq: int
    press: str
    inspection: str
    admission_id: str
    finding: str
    verdict: str
    reasons: tuple[str, ...]
    note: str
    amount: str | None
    undoes: int | None
    who: str
    at: datetime


@dataclass(frozen=True)
class Proposal:
    """A finding that an expert proposed; `content` is what he said of it, as plain values."""

    key: str
    press: str
    inspection: str
    admission_id: str
    content: dict[str, Any]
    who: str
    at: datetime


@dataclass(frozen=True)
class Attachment:
    """A file beside a person's note on a finding; its bytes lie under their hash."""

    key: str
    inspection: str
    admission_id: str
    finding: str
    name: str
    size: int  # bytes
    sha256: str
    who: str
    at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True)
class Statement:
    """What the institution says of a confirmed finding: it accepts it, objects in part, or wholly.

    `admitted` are the yuan it accepts. `source` and `sha256` are those of the sheet it came in, empty where somebody
    entered it by hand."""

    key: str
    inspection: str
    admission_id: str
    finding: str
    stance: str  # accept | partly | object
    said: str
    admitted: str | None
    source: str
    sha256: str
    who: str
    at: datetime


@dataclass(frozen=True)
class StatementFile:
    """A file of the institution's to a finding; its bytes lie under their hash."""

    key: str
    inspection: str
    admission_id: str
    finding: str
    name: str
    size: int  # bytes
    sha256: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Reconsideration:
    """What became of a confirmed finding when the institution had been heard; `decision` is the call it was made on."""

    press: str
    inspection: str
    admission_id: str
    finding: str
    statement: str
    decision: int
    outcome: str  # upheld | reduced | withdrawn
    amount: str | None
    reason: str
    who: str
    at: datetime
    seq: int = 0  # set by the store


@dataclass(frozen=True)
class PlanVersion:
    """An inspection's plan as it was saved; `content` is JSON in the words of `review.procedure.plan`."""

    seq: int
    key: str
    inspection: str
    content: str
    who: str
    at: datetime


@dataclass(frozen=True)
class User:
    """An account; the hash is argon2's. `must_change`: the password was given out and has yet to be changed."""

    name: str
    password_hash: str
    roles: tuple[str, ...]
    active: bool = True
    must_change: bool = False
    created_at: datetime | None = None  # set by the store


@dataclass(frozen=True)
class SessionEntry:
    """A signed-in browser; the store knows only the hash of its token."""

    token_hash: str
    name: str
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class TrailLine:
    """A line of the audit trail: who did what, to what, and what it was before and after."""

    seq: int
    at: datetime
    who: str
    act: str
    inspection: str
    subject: str
    before: str
    after: str
    hash: str


@dataclass(frozen=True)
class TrailFilter:
    """Which lines are wanted; an empty field takes all. Times are the store's: `since` counts, `until` does not."""

    who: str = ""
    act: str = ""
    inspection: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class ChainState:
    """A whole chain with its number of lines and last hash; or the first line at which it is broken, and how."""

    lines: int
    last: str
    problem: str = ""


@dataclass(frozen=True)
class Lock:
    """A name or address that may not sign in until a time."""

    kind: str  # name | address
    value: str
    until: datetime


@dataclass(frozen=True)
class Question:
    """One question of a conversation and the answer it got."""

    seq: int
    conversation: str
    who: str
    at: datetime
    question: str
    answer: dict[str, Any]


@dataclass(frozen=True)
class Conversation:
    """A conversation as its owner's list shows it."""

    key: str
    title: str
    at: datetime


@dataclass(frozen=True)
class Gap:
    """A question that the library could not answer, noted by who asked it."""

    seq: int
    at: datetime
    who: str
    question: str
    as_of: str
    region: str
    said: str
    settled_by: str | None
    settled_at: datetime | None


def standing(lines: list[Decision]) -> dict[str, Decision]:
    """What holds now, by finding: the newest line that no undo has taken back."""
    undone = {line.undoes for line in lines if line.verdict == UNDO}
    current: dict[str, Decision] = {}
    for line in lines:
        if line.verdict != UNDO and line.seq not in undone:
            current[line.finding or f"case:{line.admission_id}"] = line
    return current
