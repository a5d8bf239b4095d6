"""DOC-007: one person in two places: a surgeon in two operations, or writing notes in the middle of his own; a
technician with more patients than an hour holds; a nurse at two bedsides of two wards.

An anaesthetist may watch over two rooms, a superior is often named as surgeon while the assistant operates, and two
people may share a name; a pair of bookings that only names the planned hour is no clock.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from review.checks.at_the_table import (
    ANAESTHETIST,
    SURGEON,
    Presence,
    another_operated,
    namesakes_of,
    presences_of,
    written_at_the_table,
)
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.two_places import examined_too_fast, nurse_in_two_wards
from review.models import Problem
from review.record import Document
from review.violations import Certainty


@check(
    code="DOC-007",
    title="同一人员同时出现在两处",
    violation="forged_document",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions",)},
    limits={
        "overlap_minutes": 15,
        "longest_hours": 16,
        "rooms_of_an_anaesthetist": 2,
        "ultrasound_an_hour": 12,
        "ct_an_hour": 20,
        "exams_a_minute": 2,
        "habit_share": 0.2,
        "least_readings": 20,
        "home_share": 0.9,
    },
    limits_said={
        "overlap_minutes": "重叠至少几分钟",
        "longest_hours": "手术时长的上限，超过视为误记（小时）",
        "rooms_of_an_anaesthetist": "一名麻醉医师同时可管几台",
        "ultrasound_an_hour": "一人一小时至多几名患者的超声",
        "ct_an_hour": "一人一小时至多几名患者的CT",
        "exams_a_minute": "一人一分钟至多几项检查",
        "habit_share": "登记与报告同时的比例，达到即视为事后登记",
        "least_readings": "判断护士病区至少几次测量",
        "home_share": "护士本病区测量的比例",
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
        "报告集中审签",
        "本院习惯事后登记检查",
        "同一患者同时做几项检查",
        "护士在两个病区轮转",
        "体征按整点集中录入",
        "术中由他人书写或审签",
        "补记的文书",
    ),
    overturned_by=("手术室排班与门禁记录", "手术间监控", "更正后的手术登记"),
    covers={"problems": (5,)},
)
def surgeon_in_two_rooms(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    namesakes = namesakes_of(inspection)
    elsewhere = [
        *examined_too_fast(inspection, limits, namesakes),
        *nurse_in_two_wards(inspection, limits, namesakes),
    ]
    presences: dict[str, list[Presence]] = defaultdict(list)
    rows = timed = 0
    for record in inspection.records.values():
        rows += len(record.operations)
        for presence in presences_of(record, limits["longest_hours"]):
            presences[presence.person].append(presence)
            timed += 1
    if not elsewhere:
        _can_speak(inspection, rows, timed)
    yield from elsewhere
    for person, found in sorted(presences.items()):
        if person not in namesakes:
            yield from _of_person(found, limits)
    at_work = {person: found for person, found in presences.items() if person not in namesakes}
    yield from written_at_the_table(inspection, at_work, limits)


def _can_speak(inspection: Inspection, rows: int, timed: int) -> None:
    """Nothing may be called clear where no operation says who was where, and when."""
    if not inspection.provided & {"operations", "setl_list_oprn_d"}:
        raise NotChecked("缺：手术登记")
    if not rows:
        raise NotApplicable("没有手术")
    if not timed:
        raise NotChecked("手术登记没有手术者，或没有开始和结束的时刻")


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
            yield from _problem(first, second)


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


def _problem(first: Presence, second: Presence) -> Iterator[Problem]:
    """The finding lies on the operation that less supports, in doubt on the later one; the other is named with it."""
    if any(another_operated(one) for one in (first, second) if one.role == SURGEON):
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
        certainty=Certainty.PROBABLE,
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
