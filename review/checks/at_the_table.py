"""Who stood at which operation and when, by the registers, and what such a person wrote in the middle of it.

A name that two people share stands for neither. Who really held the knife, only the operation record can tell.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.checks.header import Limits
from review.checks.inputs import Inspection, Record
from review.checks.readings import creation_of, marked_as_later, where_written
from review.checks.roster import executors_of, institution_of
from review.models import Evidence, Problem
from review.record import Document
from review.violations import Certainty

SURGEON, ANAESTHETIST = "手术者", "麻醉医师"
OPERATOR = re.compile(r"手术者|术者|主刀")
NAMED_OPERATOR = re.compile(r"(?:主刀|主刀医师|术者|手术者)[:：]([\u4e00-\u9fff·]{2,4})")
TOLD_OPERATOR = re.compile(
    r"由([\u4e00-\u9fff·]{2,4}?)(?:副?主任医师|主治医师|住院医师|医师|医生)?"
    r"(?:主刀|操刀|(?:实际)?(?:实施|施行|完成)(?:主要操作|全部操作|了?手术|主刀))|([\u4e00-\u9fff·]{2,4})(?:医师|医生)主刀"
)

NOTES = re.compile(r"入院记录|首次病程|日常病程|查房|术前小结|阶段小结|会诊|出院记录|出院小结|转科")
OF_THE_THEATRE = re.compile(r"手术|麻醉|术后|抢救|核查|清点|访视|操作")
WRITER = re.compile(r"医师|医生|记录者")
LEAST_NOTES = 5  # from which on such hours may be how the notes of a house are typed
SENIOR = re.compile(r"上级|审|带教|会诊")


@dataclass(frozen=True)
class Presence:
    """One person at one patient's operation, as one table states it."""

    record: Record
    person: str
    role: str
    what: str
    begins_at: datetime
    ends_at: datetime
    fact_ids: tuple[str, ...]

    @property
    def on_the_hour(self) -> bool:
        return self.begins_at.minute == 0 and self.ends_at.minute == 0


def presences_of(record: Record, longest_hours: float) -> Iterator[Presence]:
    """Whoever stands first in the cell operates; rows of one visit of one surgeon are one presence."""
    hospital = [row for row in record.operations if row.origin == "hospital"]
    by_person: dict[tuple[str, str], list[Presence]] = defaultdict(list)
    for row in hospital or record.operations:
        _add(
            by_person,
            record,
            SURGEON,
            row.surgeon,
            row.operation_name,
            row.begins_at,
            row.ends_at,
            row.fact_id,
        )
    for given in record.anesthesia:
        _add(
            by_person,
            record,
            ANAESTHETIST,
            given.anesthetist,
            given.method,
            given.begins_at,
            given.ends_at,
            given.fact_id,
        )
    longest = timedelta(hours=longest_hours)
    for found in by_person.values():
        for presence in _joined(found):
            if timedelta(0) < presence.ends_at - presence.begins_at <= longest:
                yield presence


def _add(
    found: dict[tuple[str, str], list[Presence]],
    record: Record,
    role: str,
    people: str | None,
    what: str | None,
    begins_at: datetime | None,
    ends_at: datetime | None,
    fact_id: str,
) -> None:
    names = executors_of(people)
    if names and begins_at and ends_at and ends_at > begins_at:
        presence = Presence(record, names[0], role, what or "手术", begins_at, ends_at, (fact_id,))
        found[names[0], role].append(presence)


def _joined(found: Sequence[Presence]) -> list[Presence]:
    """Operations through one opening share their time; they are one presence."""
    by_time: dict[tuple[datetime, datetime], Presence] = {}
    for presence in found:
        key = (presence.begins_at, presence.ends_at)
        first = by_time.get(key)
        by_time[key] = (
            presence
            if first is None
            else Presence(**{**vars(first), "fact_ids": (*first.fact_ids, *presence.fact_ids)})
        )
    return list(by_time.values())


def namesakes_of(inspection: Inspection) -> frozenset[str]:
    """Names that two people of the roster share."""
    names = [person.name for person in institution_of(inspection).people]
    return frozenset(name for name in names if names.count(name) > 1)


def another_operated(presence: Presence) -> bool:
    """Whether the operation record names another operator than the register does."""
    operators: set[str] = set()
    for document in presence.record.of_kind("手术记录"):
        text = "".join(document.text.split())
        told = {match[1] or match[2] for match in TOLD_OPERATOR.finditer(text)}
        if told and not any(presence.person in name for name in told):
            return True  # what the record tells of the operator goes before the name at its head and foot
        operators |= told | {match[1] for match in NAMED_OPERATOR.finditer(text)}
        operators |= {signature.name for signature in document.signatures if OPERATOR.search(signature.role)}
    return bool(operators) and not any(
        presence.person in name or name in presence.person for name in operators
    )


def written_at_the_table(
    inspection: Inspection, presences: Mapping[str, Sequence[Presence]], limits: Limits
) -> Iterator[Problem]:
    """Notes that a person alone signed at an hour that lies well inside an operation of his own."""
    if not presences:
        return
    found = [
        (record, document, presence)
        for record in inspection.records.values()
        for document in record.documents
        if (presence := _during(document, presences, limits)) is not None and not another_operated(presence)
    ]
    operations = len({one.fact_ids for several in presences.values() for one in several})
    usual = len(found) >= LEAST_NOTES and len(found) >= limits["habit_share"] * operations
    for record, document, presence in found:
        yield _written(record, document, presence, usual)


def _during(
    document: Document, presences: Mapping[str, Sequence[Presence]], limits: Limits
) -> Presence | None:
    writer = _only_writer(document)
    at = document.written_at
    if writer not in presences or at is None or not document.written_exact or document.confidence < 1.0:
        return None
    well_inside = timedelta(minutes=limits["overlap_minutes"])
    return next(
        (
            presence
            for presence in presences[writer]
            if presence.begins_at + well_inside < at < presence.ends_at - well_inside
            and not presence.on_the_hour
            and not marked_as_later(document)
        ),
        None,
    )


def _only_writer(document: Document) -> str:
    """The one doctor whose name stands below a note of the ward; empty where a senior or a second one signed too."""
    kind = document.kind + document.title
    if (
        not document.signatures
        or not NOTES.search(kind)
        or OF_THE_THEATRE.search(kind.replace("术前小结", ""))
    ):
        return ""
    signed = [signature for signature in document.signatures if WRITER.search(signature.role)]
    names = {signature.name for signature in signed}
    return names.pop() if len(names) == 1 and not any(SENIOR.search(one.role) for one in signed) else ""


def _signature(record: Record, document: Document, person: str) -> Iterator[Evidence]:
    """The line that the person signed."""
    end = document.text.rfind(person) + len(person)
    if end >= len(person):
        yield record.quote(document, document.text.rfind("\n", 0, end) + 1, end)


def _made_the_round(document: Document, person: str) -> bool:
    """Whether a note names this person as the one who saw the patient on a round."""
    text = "".join(document.text.split())
    return re.search(rf"{re.escape(person)}[^，。；：:]{{0,12}}查房", text) is not None


def _written(record: Record, document: Document, presence: Presence, usual: bool) -> Problem:
    """Probable where the audit trail bears out the note's own time and hand, or where it tells of this very person at
    another patient's bedside; a typed hour alone is a clue.
    """
    created = creation_of(record, document)
    borne_out = (
        created is not None
        and created.edited_at is not None
        and presence.person in (created.editor or "")
        and presence.begins_at < created.edited_at < presence.ends_at
    )
    other = presence.record.admission.admission_id
    own = record.admission.admission_id
    whose = "本患者" if other == own else "另一患者"
    at_the_bedside = other != own and not usual and _made_the_round(document, presence.person)
    return Problem(
        admission_id=own,
        message=f"{document.title}写于 {document.written_at:%Y-%m-%d %H:%M}，只有“{presence.person}”签名；"
        f"同一时间其在{whose}的“{presence.what}”（{presence.begins_at:%H:%M} 至 {presence.ends_at:%H:%M}）"
        f"任{presence.role}，疑似并非其本人书写或时间不实。",
        evidence=(
            record.quote(document, *where_written(document), at=document.written_at),
            *_signature(record, document, presence.person),
        ),
        fact_ids=(*presence.fact_ids[:2], *((created.fact_id,) if created is not None and borne_out else ())),
        certainty=Certainty.PROBABLE if borne_out or at_the_bedside else Certainty.CLUE,
        related_admissions=() if other == own else (other,),
        points_at=("note", document.document_id),
    )
