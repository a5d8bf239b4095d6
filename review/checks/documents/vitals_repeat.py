"""DOC-019: vital signs that repeat as no body does, or were read where no reading could be taken.

Repeated rows of one export, charts with one reading a day and rows with gaps are left out before anything is compared.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.likeness import keep_rate
from review.checks.mentions import mentions
from review.checks.readings import facts_of
from review.models import Problem, Skipped
from review.record import Admission, Vital
from review.violations import Certainty

Four = tuple[object, object, object, object, object]
SHOWN = 6  # readings cited: the first ones and the last, so that the stretch can be seen
PACED = re.compile(r"起搏|呼吸机|机械通气")


@dataclass(frozen=True)
class Chart:
    """The complete readings of a stay, one per moment; `alone` is what needs no other stay to be told."""

    admission: Admission
    rows: tuple[Vital, ...]
    alone: tuple[Problem, ...]


def _chart(record: Record, limits: Limits) -> Chart:
    if not record.vitals:
        raise NotChecked("本次住院没有体征记录")
    rows = _distinct(record.vitals)
    constant = list(_constant(record, rows, limits))
    alone = (
        *_after_death(record, rows, limits),
        *_in_theatre(record, rows, limits),
        *(() if constant and _paced(record) else constant),
        *_fever_not_charted(record, rows, limits),
    )
    return Chart(record.admission, tuple(rows), alone)


@check(
    gathers=_chart,
    code="DOC-019",
    title="体征恒定、整段重复",
    violation="forged_document",
    certainty="established",
    scope="hospital",
    needs={"tables": ("admissions", "vitals")},
    limits={
        "same_in_row": 10,
        "block": 6,
        "flat_readings": 12,
        "flat_days": 3,
        "fever": 38.5,
        "no_fever": 37.2,
        "fever_readings": 4,
        "after_death_minutes": 30,
        "theatre_minutes": 10,
        "theatre_readings": 2,
        "monitored_minutes": 20,
        "monitored_readings": 3,
        "both_stays_hours": 4,
    },
    limits_said={
        "same_in_row": "连续几次相同",
        "block": "整段重复至少几次",
        "flat_readings": "几次恒定不变",
        "flat_days": "恒定不变几日",
        "fever": "视为发热的体温（℃）",
        "no_fever": "视为不发热的体温（℃）",
        "fever_readings": "至少几次发热",
        "after_death_minutes": "死亡后的容差（分钟）",
        "theatre_minutes": "麻醉起止的容差（分钟）",
        "theatre_readings": "手术中至少几次体征",
        "monitored_minutes": "视为术中监测的间隔（分钟）",
        "monitored_readings": "视为术中监测至少几次",
        "both_stays_hours": "两处体征相距至多（小时）",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第三十条"),
    message="$told。",
    why="体温、脉搏、呼吸、血压同时恒定或整段相同，在真实病人身上极少见。",
    exceptions=(
        "起搏或机械通气",
        "导出时重复的同一行",
        "有空值的行",
        "每日一次的体温单",
        "短段偶同",
        "发热后已测得体温",
        "术中监测数据",
        "局部麻醉",
        "两次住院首尾相接",
    ),
    overturned_by=("监护仪原始数据", "体温单原件"),
    covers={"problems": (6,)},
)
def vitals_repeat(
    inspection: Inspection, limits: Limits, charts: Mapping[str, Chart]
) -> Iterator[Problem | Skipped]:
    blocks: dict[tuple[Four, ...], tuple[Chart, int]] = {}
    persons: dict[str, list[Chart]] = defaultdict(list)
    for chart in charts.values():
        persons[chart.admission.person_id].append(chart)
    for chart in charts.values():
        yield from chart.alone
        yield from _in_another_stay(chart, persons[chart.admission.person_id], limits)
        yield from _copied_blocks(chart, limits, blocks)
    longest = (len(_longest_equal(chart.rows)) for chart in charts.values() if chart.rows)
    keep_rate(inspection, "equal_readings", longest)


def _four(vital: Vital) -> Four:
    return vital.temperature, vital.pulse, vital.respiration, vital.systolic, vital.diastolic


def _distinct(vitals: Sequence[Vital]) -> list[Vital]:
    """Complete rows, one per moment."""
    seen: dict[datetime, Vital] = {}
    for vital in vitals:
        if vital.measured_at is not None and all(value is not None for value in _four(vital)):
            seen.setdefault(vital.measured_at, vital)
    return [seen[at] for at in sorted(seen)]


def _paced(record: Record) -> bool:
    """Whether a machine sets the rate: one put in years ago counts, one that is advised does not."""
    named = [order.order_name for order in record.orders] + [one.diagnosis_name for one in record.diagnoses]
    if any(PACED.search(name or "") for name in named):
        return True
    told = (place.context for place in mentions(record, PACED))
    return any(not (around.denied or around.planned or around.relative) for around in told)


def _problem(
    admission: Admission,
    told: str,
    rows: Sequence[Vital],
    certainty: Certainty,
    mark: str,
    other: str | None = None,
) -> Problem:
    return Problem(
        admission_id=admission.admission_id,
        fields={"told": told},
        fact_ids=tuple(row.fact_id for row in (*rows[: SHOWN - 1], *rows[SHOWN - 1 :][-1:])),
        certainty=certainty,
        related_admissions=(other,) if other else (),
        points_at=(mark, rows[0].fact_id),
    )


def _after_death(record: Record, rows: Sequence[Vital], limits: Limits) -> Iterator[Problem]:
    died = record.admission.died_at
    if died is None or died.time() == datetime.min.time():
        return
    late = died + timedelta(minutes=limits["after_death_minutes"])
    after = [row for row in rows if row.measured_at and row.measured_at > late]
    if after:
        first = f"{after[0].measured_at:%Y-%m-%d %H:%M}"
        told = f"死亡时间 {died:%Y-%m-%d %H:%M} 之后仍有 {len(after)} 次体征记录，首次在 {first}"
        yield _problem(record.admission, told, after, Certainty.ESTABLISHED, "after_death")


def _in_theatre(record: Record, rows: Sequence[Vital], limits: Limits) -> Iterator[Problem]:
    """Readings of the ward's chart while the patient lay under anaesthesia; a monitor's export is no chart."""
    margin = timedelta(minutes=limits["theatre_minutes"])
    found: list[Vital] = []
    for one in record.anesthesia:
        if one.begins_at is None or one.ends_at is None or "局" in (one.method or "局"):
            continue
        begins, ends = one.begins_at + margin, one.ends_at - margin
        inside = [row for row in rows if row.measured_at and begins < row.measured_at < ends]
        close = timedelta(minutes=limits["monitored_minutes"]) * len(inside) >= ends - begins
        monitored = close and len(inside) >= limits["monitored_readings"]
        found += [] if monitored else inside
    if found:
        at = "、".join(f"{row.measured_at:%m-%d %H:%M}" for row in found[:4])
        told = f"麻醉手术期间体温单仍有 {len(found)} 次体征记录（{at}）"
        certainty = Certainty.PROBABLE if len(found) >= limits["theatre_readings"] else Certainty.CLUE
        yield _problem(record.admission, told, found, certainty, "theatre")


def _in_another_stay(chart: Chart, stays: Sequence[Chart], limits: Limits) -> Iterator[Problem]:
    """Readings while the same person was being measured in another stay too; told of the later stay."""
    near = timedelta(hours=limits["both_stays_hours"])
    for other in stays:
        if other is chart or other.admission.begins_at > chart.admission.begins_at:
            continue
        begins = max(chart.admission.begins_at, other.admission.begins_at) + near
        ends = min(chart.admission.ends_at, other.admission.ends_at) - near
        theirs = [row for row in other.rows if row.measured_at and begins < row.measured_at < ends]
        mine = [
            row
            for row in chart.rows
            if row.measured_at
            and begins < row.measured_at < ends
            and any(one.measured_at and abs(one.measured_at - row.measured_at) <= near for one in theirs)
        ]
        if mine and {_four(row) for row in mine} != {_four(row) for row in theirs}:
            told = f"同一人在另一次住院中同时有体征记录，本次 {len(mine)} 次（{_from(mine)}）"
            stay = other.admission.admission_id
            yield _problem(
                chart.admission, told, [*mine[:3], *theirs[:3]], Certainty.PROBABLE, "another_stay", stay
            )


def _constant(record: Record, rows: Sequence[Vital], limits: Limits) -> Iterator[Problem]:
    run = _longest_equal(rows)
    if len(run) >= limits["same_in_row"]:
        told = f"连续 {len(run)} 次体温、脉搏、呼吸、血压完全相同（{_from(run)}）"
        yield _problem(record.admission, told, run, Certainty.PROBABLE, "constant")
        return
    for name, label in (("pulse", "脉搏"), ("systolic", "收缩压")):
        flat = _longest_flat(rows, name)
        days = {row.measured_at.date() for row in flat if row.measured_at}
        if len(flat) >= limits["flat_readings"] and len(days) >= limits["flat_days"]:
            whole = f"{len(flat)} 次测量" if len(flat) == len(rows) else f"连续 {len(flat)} 次测量"
            told = f"{whole}{label}始终为 {float(getattr(flat[0], name)):g}（{_from(flat)}）"
            yield _problem(record.admission, told, flat, Certainty.PROBABLE, f"flat_{name}")
            return


def _longest_flat(rows: Sequence[Vital], name: str) -> list[Vital]:
    """The longest stretch of one value."""
    runs = [list(run) for _, run in groupby(rows, key=lambda row: getattr(row, name))]
    return max(runs, key=len, default=[])


def _longest_equal(rows: Sequence[Vital]) -> list[Vital]:
    best: list[Vital] = []
    run: list[Vital] = []
    for row in rows:
        run = [*run, row] if run and _four(run[-1]) == _four(row) else [row]
        best = run if len(run) > len(best) else best
    return best


def _from(rows: Sequence[Vital]) -> str:
    return f"{rows[0].measured_at:%m-%d %H:%M} 至 {rows[-1].measured_at:%m-%d %H:%M}"


def _fever_not_charted(record: Record, rows: Sequence[Vital], limits: Limits) -> Iterator[Problem]:
    """A fever told in a note on a day whose chart never shows one."""
    charted: dict[date, list[Vital]] = defaultdict(list)
    for row in rows:
        if row.measured_at:
            charted[row.measured_at.date()].append(row)
    for fact in facts_of(record, "measurement"):
        if fact.name != "temperature" or fact.begins_at is None or fact.certainty != "established":
            continue
        day = charted.get(fact.begins_at.date(), [])
        if float(fact.value or 0) < limits["fever"] or len(day) < limits["fever_readings"]:
            continue
        highest = max(float(row.temperature or 0) for row in day)
        if highest <= limits["no_fever"]:
            told = f"病程记体温 {fact.value}℃（{fact.begins_at:%m-%d %H:%M}），当日体征 {len(day)} 次最高 {highest:g}℃"
            yield Problem(
                admission_id=record.admission.admission_id,
                fields={"told": told},
                fact_ids=(fact.fact_id, *(row.fact_id for row in day[:4])),
                certainty=Certainty.PROBABLE,
                points_at=("fever", fact.fact_id),
            )


def _copied_blocks(
    chart: Chart, limits: Limits, blocks: dict[tuple[Four, ...], tuple[Chart, int]]
) -> Iterator[Problem]:
    """A stretch of readings equal to an earlier one, of this patient on other days or of another patient."""
    rows, size = chart.rows, limits["block"]
    told = False
    for start in range(len(rows) - size + 1):
        key = tuple(_four(row) for row in rows[start : start + size])
        if len(set(key)) < size - 1:
            continue  # a flat stretch is the other test's
        first = blocks.setdefault(key, (chart, start))
        owner, at = first
        if (owner is chart and start - at < size) or told:
            continue
        told = True
        others = owner.rows[at : at + size]
        whose = "本人另一段" if owner is chart else "另一患者"
        yield _problem(
            chart.admission,
            f"连续 {size} 次体征（{_from(rows[start : start + size])}）与{whose}（{_from(others)}）逐值相同",
            [*rows[start : start + 2], rows[start + size - 1], *others[:2], others[-1]],
            Certainty.PROBABLE,
            "block",
            None if owner is chart else owner.admission.admission_id,
        )
