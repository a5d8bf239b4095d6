"""J7: what the notes say of a patient who was away, or of a service refused or not done, held against the bill.

The day is read by us from the note, never taken from a model; a service counts only under its own name in the quote.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from review.checks.presence import SELF_POSTING, leave_nights
from review.judge.answers import PresenceByDay, PresenceRead
from review.judge.models import Draft, Statement
from review.judge.proof import fold_signs
from review.judge.registry import CANNOT_TELL, Prover, Reading, Suspicion, agreed_by_label, question
from review.judge.showing import Claims, document_named, ranked, readable, sentence_start, shown
from review.judge.stays import Stay
from review.models import Evidence, Problem
from review.record import Charge
from review.violations import Certainty

FIRST = ranked("护理|巡视|交班|治疗", "病程|查房", "会诊|转科|术", "出院|入院")
NOTES = re.compile(r"护理|巡视|交班|治疗|病程|查房|会诊|转科|术|出院|请假|外出|拒绝")
STATES = {
    "present": ("against", "写明在院"),
    "away": ("for", "写明患者不在院"),
    "refused": ("for", "写明拒绝"),
    "not_done": ("for", "写明未做"),
}
LEAST_NIGHTS = 2  # one night out is no suspicion
LEAST_SERVICE = 2
NOT_DONE, AWAY = "DOC-023", "ADM-005"
NOT_DONE_SAID = (
    "{day:%m-%d} 计费“{item}”，病历写“{quote}”，疑似未实施而收费；由模型阅读发现，请核对执行记录。"
)
AWAY_SAID = (
    "{days} 病历写患者不在院（“{quote}”），同日床位、护理、诊查费照收，疑似挂床；由模型阅读发现，请核对。"
)
ONLY_READ = "只由模型阅读得出，没有规则或另一来源印证"
# said of the whole stay, and so of no day
WHOLE_STAY = re.compile(r"住院期间|自入院|入院以来|整个住院")
# a course that ended, a drug changed, how something was measured and a routine negative are not a service left undone
NOT_UNDONE = re.compile(
    r"疗程(?:已)?(?:结束|完成)|停药|停用|改为?口服|改服|未(?:予)?吸氧|未输血|未用药|未见|未诉|未闻|未及|未触"
)
# out of the ward for something of the treatment
TO_A_TEST = re.compile(
    r"(?:去|赴|至|往|外出|送)[^，。；]{0,8}(?:检查|透析|手术|治疗|摄片|CT|磁共振|B超|彩超)"
)
DAWN = 8  # before this hour a night is the one that began the day before
_CORE = re.compile(r"[（(\[【].*?[)）\]】]|[^一-鿿A-Za-z0-9]")
FOUND, NONE = "found", "none_found"


@dataclass(frozen=True)
class Told:
    """One proven claim with the day we read for it."""

    read: PresenceRead
    evidence: Evidence
    day: date | None


def _read(stay: Stay, draft: Draft, answer: PresenceByDay, prover: Prover) -> Reading:
    claims = Claims(prover)
    told = _once([found for one in answer.days if (found := _told(stay, one, claims)) is not None])
    statements = tuple(
        Statement(STATES[one.read.state][0], _label(one), (one.evidence,)) for one in told
    )  # fmt: skip
    suspicions = (*_not_done(stay, told), *_away(stay, told))
    verdict = FOUND if statements else CANNOT_TELL if claims.all_lost else NONE
    return Reading(verdict, statements, answer.injection, suspicions)


def _told(stay: Stay, one: PresenceRead, claims: Claims) -> Told | None:
    if one.state not in STATES:
        return None
    evidence = claims.quote(one.lines, one.quote, STATES[one.state][0])
    document = document_named(stay.record, evidence) if evidence and evidence.kind == "document" else None
    if evidence is None or document is None:
        return None
    if one.state == "not_done" and NOT_UNDONE.search(evidence.quote):
        return None
    if one.state == "away" and TO_A_TEST.search(evidence.quote):
        return None
    at = sentence_start(stay.record, document, evidence)[1]
    if at is None or WHOLE_STAY.search(evidence.quote):
        return Told(one, evidence, None)
    before_dawn = one.span == "night" and 0 < at.hour * 60 + at.minute < DAWN * 60
    return Told(one, evidence, at.date() - timedelta(days=1) if before_dawn else at.date())


def _once(told: Sequence[Told]) -> list[Told]:
    """What one document says twice of one day, once."""
    found: dict[tuple[object, ...], Told] = {}
    for one in told:
        event = (one.evidence.row, one.day, one.read.state, one.read.span, _core(one.read.service))
        found.setdefault(event if one.day else (*event, one.evidence.quote), one)
    return list(found.values())


def _label(told: Told) -> str:
    day = f"{told.day:%m-%d} " if told.day else ""
    return f"{day}{STATES[told.read.state][1]}"


def _not_done(stay: Stay, told: Sequence[Told]) -> Iterator[Suspicion]:
    """A service charged on the day for which a note says that it was refused or not done."""
    accused = {charge_id for finding in stay.found_by("CHG-", "DOC-") for charge_id in finding.charge_ids}
    by_charges: dict[tuple[str, ...], list[Told]] = {}
    for one in told:
        if one.read.state not in ("refused", "not_done") or one.day is None:
            continue
        lines = [line for line in _charged(stay, one) if line.charge_id not in accused]
        if lines and not _reported(stay, one):
            by_charges.setdefault(tuple(line.charge_id for line in lines), []).append(one)
    for charge_ids, own in by_charges.items():
        documents = {one.evidence.row for one in own}
        items = "、".join(
            dict.fromkeys(
                line.item_name or "" for line in stay.record.charges if line.charge_id in charge_ids
            )
        )
        message = NOT_DONE_SAID.format(day=own[0].day, item=items, quote=own[0].evidence.quote)
        agreed = len(documents) > 1
        problem = Problem(
            message=message,
            charge_ids=charge_ids,
            evidence=tuple(one.evidence for one in own),
            certainty=Certainty.PROBABLE if agreed else Certainty.CLUE,
            lowered_by=() if agreed else (ONLY_READ,),
            points_at=("model",),
        )
        yield Suspicion(NOT_DONE, problem)


def _charged(stay: Stay, told: Told) -> list[Charge]:
    """The lines of that day whose name is the service's, by what the quote calls it."""
    service, quote = _core(told.read.service), _core(told.evidence.quote)
    if len(service) < LEAST_SERVICE or service not in quote:
        return []
    return [
        line
        for line in stay.record.charges
        if line.charged_on == told.day
        and line.kind in ("service", "other")
        and line.charge_type not in SELF_POSTING
        and any(_same(service, _core(name or "")) for name in (line.item_name, line.hospital_item_name))
    ]


def _same(service: str, name: str) -> bool:
    return len(name) >= LEAST_SERVICE and (service in name or name in service)


def _core(name: str) -> str:
    return _CORE.sub("", fold_signs(name)).lower()


def _reported(stay: Stay, told: Told) -> bool:
    """Whether a report of that very service says that it was done after all, that day or later."""
    service, record = _core(told.read.service), stay.record
    names: Iterable[tuple[str, date | None]] = (
        *((one.exam_name or "", one.registered_at.date() if one.registered_at else None) for one in record.exams),
        *((f"{one.panel or ''}{one.analyte or ''}", one.sampled_at.date() if one.sampled_at else None)
          for one in record.labs),
        *((one.operation_name or "", one.operated_on) for one in record.operations if one.origin == "hospital"),
    )  # fmt: skip
    return any(
        _same(service, _core(name)) and (day is None or told.day is None or day >= told.day)
        for name, day in names
    )


def _away(stay: Stay, told: Sequence[Told]) -> Iterator[Suspicion]:
    """Days told as away without leave, on which the bed was charged; a rule that has spoken is not repeated."""
    if stay.found_by(AWAY):
        return
    granted = set(leave_nights(stay.record))
    days: Mapping[date, Told] = {
        one.day: one
        for one in told
        if one.read.state == "away"
        and one.read.span in ("night", "day")
        and one.day
        and one.day not in granted
        and not _seen(told, one)
    }
    charged = {line.charged_on for line in stay.record.charges if line.charge_type in SELF_POSTING}
    kept = [day for day in sorted(days) if day in charged]
    if len(kept) < LEAST_NIGHTS:
        return
    message = AWAY_SAID.format(
        days="、".join(f"{day:%m-%d}" for day in kept), quote=days[kept[0]].evidence.quote
    )
    problem = Problem(
        message=message,
        evidence=tuple(days[day].evidence for day in kept),
        certainty=Certainty.CLUE,
        lowered_by=(ONLY_READ,),
        points_at=("model", "away"),
    )
    yield Suspicion(AWAY, problem)


def _seen(told: Sequence[Told], away: Told) -> bool:
    """Whether a note has the patient there all the same; a round by day says nothing of the night."""
    by_day_only = away.read.span == "night"
    return any(
        one.read.state == "present" and one.day == away.day and not (by_day_only and one.read.span == "day")
        for one in told
    )


@question(
    code="J7",
    prompt="presence_by_day",
    title="在院与未实施的记载",
    answer=PresenceByDay,
    read=_read,
    agree=agreed_by_label,
    default=True,
    place=40,
)
def presence_by_day(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where no note of the course of the stay can be read."""
    documents = [one for one in readable(stay.record) if NOTES.search(one.kind)]
    if documents:
        pieces, left_out = shown(documents, stay.budget, rank=FIRST)
        yield Draft("days", pieces, left_out=left_out)
