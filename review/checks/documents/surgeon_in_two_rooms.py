"""DOC-007: one surgeon or anaesthetist stands in two operations at the same time, on two patients.

An anaesthetist may watch over two rooms, a superior is often named as surgeon while the assistant operates, and two
people may share a name; a pair of bookings that only names the planned hour is no clock. Batches of reports signed at
the end of a shift and readings typed in later are everyday habits and are not asked about.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.roster import executors_of, institution_of
from review.models import Problem
from review.record import Document
from review.violations import Certainty

SURGEON, ANAESTHETIST = "手术者", "麻醉医师"
OPERATOR = re.compile(r"手术者|术者|主刀")
DONE_BY_ANOTHER = re.compile(
    r"(?:主刀|术者|手术者)[:：]?([\u4e00-\u9fff·]{2,4})|由([\u4e00-\u9fff·]{2,4}?)主刀"
)


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


@check(
    code="DOC-007",
    title="同一医师同时出现在两处",
    violation="forged_document",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "operations")},
    limits={"overlap_minutes": 15, "longest_hours": 16, "rooms_of_an_anaesthetist": 2},
    limits_said={
        "overlap_minutes": "重叠至少几分钟",
        "longest_hours": "手术时长的上限，超过视为误记（小时）",
        "rooms_of_an_anaesthetist": "一名麻醉医师同时可管几台",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第八条"),
    basis_of={"documentation_defect": ("病历书写基本规范#第八条", "病历书写基本规范#第二十二条（十五）")},
    message="$person 在 $one 任$role_one，同时在另一患者的 $other 任$role_other，两处重叠 $minutes 分钟，"
    "疑似其中一处并非其本人实施或时间不实。",
    why="一个人不能同时在两张手术台上；两处记录至少有一处与实际不符。",
    exceptions=(
        "衔接台重叠不足十五分钟",
        "同一患者的两条登记",
        "麻醉医师同时管理两间手术室",
        "院内同名的两人",
        "手术记录写明由他人主刀",
        "登记只到整点",
        "登记跨全日的占位时间",
    ),
    overturned_by=("手术室排班与门禁记录", "手术间监控", "更正后的手术登记"),
    covers={"problems": (5,)},
)
def surgeon_in_two_rooms(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    presences: dict[str, list[Presence]] = defaultdict(list)
    rows = timed = 0
    for record in inspection.records.values():
        rows += len(record.operations)
        for presence in _presences(record, limits):
            presences[presence.person].append(presence)
            timed += 1
    if not rows:
        raise NotApplicable("没有手术")
    if not timed:
        raise NotChecked("手术登记没有手术者，或没有开始和结束的时刻")
    namesakes = _namesakes(inspection)
    for person, found in sorted(presences.items()):
        if person not in namesakes:
            yield from _of_person(found, limits)


def _presences(record: Record, limits: Limits) -> Iterator[Presence]:
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
    longest = timedelta(hours=limits["longest_hours"])
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


def _namesakes(inspection: Inspection) -> frozenset[str]:
    names = [person.name for person in institution_of(inspection).people]
    return frozenset(name for name in names if names.count(name) > 1)


def _of_person(found: Sequence[Presence], limits: Limits) -> Iterator[Problem]:
    ordered = sorted(found, key=lambda one: (one.begins_at, one.record.admission.admission_id))
    pairs = [
        (first, second)
        for first, second in combinations(ordered, 2)
        if first.record.admission.person_id != second.record.admission.person_id
        and _minutes(first, second) > limits["overlap_minutes"]
    ]
    told: set[tuple[str, str]] = set()
    for first, second in pairs:
        stays = (first.record.admission.admission_id, second.record.admission.admission_id)
        watching = first.role == second.role == ANAESTHETIST
        if stays in told or (watching and _rooms(second, ordered) <= limits["rooms_of_an_anaesthetist"]):
            continue
        told.add(stays)
        if not (first.on_the_hour and second.on_the_hour):
            yield from _problem(first, second, watching)


def _minutes(first: Presence, second: Presence) -> float:
    shared = min(first.ends_at, second.ends_at) - max(first.begins_at, second.begins_at)
    return shared.total_seconds() / 60


def _rooms(at: Presence, others: Sequence[Presence]) -> int:
    """How many patients the person is with at the moment that a presence begins."""
    return len(
        {
            other.record.admission.person_id
            for other in others
            if other.begins_at <= at.begins_at < other.ends_at
        }
    )


def _problem(first: Presence, second: Presence, watching: bool) -> Iterator[Problem]:
    """The finding lies on the operation that less supports, in doubt on the later one; the other is named with it."""
    if any(_another_operated(one) for one in (first, second) if one.role == SURGEON):
        return
    weaker, other = (first, second) if _support(first) < _support(second) else (second, first)
    yield Problem(
        admission_id=weaker.record.admission.admission_id,
        fields={
            "person": weaker.person,
            "one": _told(weaker),
            "role_one": weaker.role,
            "other": _told(other),
            "role_other": other.role,
            "minutes": round(_minutes(first, second)),
        },
        fact_ids=(*weaker.fact_ids[:2], *other.fact_ids[:2]),
        certainty=Certainty.CLUE if watching else Certainty.PROBABLE,
        related_admissions=(other.record.admission.admission_id,),
        points_at=tuple(
            [*sorted(one.record.admission.admission_id for one in (weaker, other)), weaker.person]
        ),
    )


def _told(presence: Presence) -> str:
    return f"{presence.begins_at:%Y-%m-%d %H:%M} 至 {presence.ends_at:%H:%M} 的“{presence.what}”"


def _support(presence: Presence) -> int:
    """How many sources of the stay put an operation at this time, its own among them."""
    record = presence.record
    spans = [("anesthesia", row.begins_at, row.ends_at) for row in record.anesthesia]
    spans += [(row.origin, row.begins_at, row.ends_at) for row in record.operations]
    meets = {
        source
        for source, begins, ends in spans
        if begins and ends and begins < presence.ends_at and presence.begins_at < ends
    }
    clock = f"{presence.begins_at:%H:%M}"
    return len(meets) + any(clock in document.text for document in _operation_records(record))


def _operation_records(record: Record) -> tuple[Document, ...]:
    return record.of_kind("手术记录", "麻醉记录", "术后首次病程记录")


def _another_operated(presence: Presence) -> bool:
    """Whether the operation record names another operator than the register does."""
    operators = {
        name
        for document in presence.record.of_kind("手术记录")
        for match in DONE_BY_ANOTHER.finditer("".join(document.text.split()))
        if (name := match[1] or match[2])
    }
    operators |= {
        signature.name
        for document in presence.record.of_kind("手术记录")
        for signature in document.signatures
        if OPERATOR.search(signature.role)
    }
    return bool(operators) and not any(
        presence.person in name or name in presence.person for name in operators
    )
