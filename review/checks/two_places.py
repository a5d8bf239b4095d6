"""One technician with more patients than there is time for, one nurse at two bedsides of two wards in one minute.

An examination lies somewhere between its registration and its report, so only examinations of which both fall into one
hour are counted against that hour: a list registered early, or signed together at the end of a shift, proves nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from review.checks.header import Limits
from review.checks.inputs import Inspection
from review.models import Problem
from review.violations import Certainty

Row = Mapping[str, Any]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# modality → pattern of the examination's name and method, limit of patients in an hour
MODALITIES = (
    ("超声", "超声|彩超|B超|多普勒", "ultrasound_an_hour"),
    ("CT", "CT|体层", "ct_an_hour"),
)
# an interval of nothing is what a table shows where the registration is typed with the report
HABIT = """
select count(*) as clocked, sum(case when epoch(reported_at) - epoch(registered_at) < 60 then 1 else 0 end) as at_once
from exams
where registered_at is not null and reported_at is not null
  and (extract(hour from reported_at) > 0 or extract(minute from reported_at) > 0)
"""
BUSY = """
select examiner, cast(registered_at as date) as day
from (
    select examiner, registered_at,
           count(*) over (partition by examiner order by epoch(registered_at)
                          range between current row and 3600 following) as following
    from exams
    where examiner is not null and registered_at is not null and reported_at is not null
      and reported_at >= registered_at and epoch(reported_at) - epoch(registered_at) <= 3600
      and regexp_matches(concat(coalesce(exam_name, ''), coalesce(method, '')), $pattern)
) b
where following > $most
group by examiner, cast(registered_at as date)
order by day, examiner
"""
AT_ONCE = """
select examiner, cast(registered_at as date) as day
from (
    select examiner, registered_at, count(*) as exams
    from exams
    where examiner is not null and reported_at >= registered_at and epoch(reported_at) - epoch(registered_at) < 60
      and regexp_matches(concat(coalesce(exam_name, ''), coalesce(method, '')), $pattern)
    group by examiner, registered_at
) m
where exams > $most
group by examiner, cast(registered_at as date)
order by day, examiner
"""
OF_DAY = """
select fact_id, admission_id, exam_name, registered_at, reported_at
from exams
where examiner = $examiner and cast(registered_at as date) = $day and reported_at is not null
  and regexp_matches(concat(coalesce(exam_name, ''), coalesce(method, '')), $pattern)
order by registered_at, fact_id
"""
# a nurse's own ward is where nearly all of her readings are; whoever serves two wards has none
TWO_WARDS = """
with placed as (
    select v.nurse, v.measured_at, v.admission_id, v.fact_id, a.department, a.person_id
    from vitals v
    join admissions a on a.admission_id = v.admission_id
    where v.nurse is not null and v.measured_at is not null and a.department is not null
      and coalesce(a.discharge_department, a.department) = a.department
), shares as (
    select nurse, department, count(*) as readings from placed group by nurse, department
), totals as (
    select nurse, sum(readings) as readings from shares group by nurse
), homes as (
    select s.nurse, s.department
    from shares s
    join totals t on t.nurse = s.nurse
    where s.readings >= $least_readings and s.readings >= $home_share * t.readings
), at_home as (
    select p.nurse, p.measured_at, min(p.fact_id) as fact_id, arg_min(p.admission_id, p.fact_id) as admission_id,
           arg_min(p.department, p.fact_id) as department, arg_min(p.person_id, p.fact_id) as person_id
    from placed p
    join homes h on h.nurse = p.nurse and h.department = p.department
    group by p.nurse, p.measured_at
)
select p.nurse, p.measured_at, p.admission_id, p.fact_id, p.department, h.admission_id as home_admission,
       h.fact_id as home_fact, h.department as home_department
from placed p
join at_home h on h.nurse = p.nurse and h.measured_at = p.measured_at
where p.department <> h.department and p.person_id <> h.person_id
  and extract(minute from p.measured_at) not in (0, 30)
order by p.nurse, p.admission_id, p.measured_at, p.fact_id
"""


def examined_too_fast(inspection: Inspection, limits: Limits, namesakes: frozenset[str]) -> Iterator[Problem]:
    """One finding for each technician and day, on the stay that was examined last in the fullest hour."""
    told = inspection.warehouse.rows(HABIT)[0]
    if not told["clocked"] or int(told["at_once"] or 0) >= limits["habit_share"] * int(told["clocked"]):
        return
    seen: set[tuple[object, ...]] = set()
    for name, pattern, limit in MODALITIES:
        for query, within, most in (
            (AT_ONCE, MINUTE, int(limits["exams_a_minute"])),
            (BUSY, HOUR, int(limits[limit])),
        ):
            for busy in inspection.warehouse.rows(query, {"pattern": pattern, "most": most}):
                examiner = str(busy["examiner"])
                rows = inspection.warehouse.rows(OF_DAY, {**busy, "pattern": pattern})
                found = _fullest(rows, within)
                size = len(found) if within == MINUTE else _patients(found)
                if size > most and examiner not in namesakes and (examiner, busy["day"]) not in seen:
                    seen.add((examiner, busy["day"]))
                    yield _too_fast(examiner, name, found, within)


def _fullest(rows: Sequence[Row], within: timedelta) -> list[Row]:
    """The examinations that begin and end inside one such span, of the span that holds most patients."""
    best: list[Row] = []
    for first in rows:
        begins: datetime = first["registered_at"]
        inside = [
            row for row in rows if row["registered_at"] >= begins and row["reported_at"] < begins + within
        ]
        if (_patients(inside), len(inside)) > (_patients(best), len(best)):
            best = inside
    return best


def _patients(rows: Sequence[Row]) -> int:
    return len({row["admission_id"] for row in rows})


def _too_fast(examiner: str, modality: str, rows: Sequence[Row], within: timedelta) -> Problem:
    last = rows[-1]
    first_at, last_at = rows[0]["registered_at"], max(row["reported_at"] for row in rows)
    span = "同一分钟内" if within == MINUTE else "一小时内"
    return Problem(
        admission_id=str(last["admission_id"]),
        message=f"检查者“{examiner}”{span}（{first_at:%Y-%m-%d %H:%M} 至 {last_at:%H:%M}）完成 {_patients(rows)} 名"
        f"患者的 {len(rows)} 项{modality}检查，登记和报告都在其间，疑似部分检查并非其本人实施或时间不实。",
        fact_ids=tuple(str(row["fact_id"]) for row in rows[-8:]),
        certainty=Certainty.PROBABLE if within == MINUTE and _patients(rows) > 2 else Certainty.CLUE,
        related_admissions=tuple(
            sorted({str(row["admission_id"]) for row in rows} - {str(last["admission_id"])})
        ),
        points_at=("examiner", examiner, f"{first_at:%Y%m%d}", modality),
    )


def nurse_in_two_wards(
    inspection: Inspection, limits: Limits, namesakes: frozenset[str]
) -> Iterator[Problem]:
    """One finding for each stay that a nurse of another ward charted while she charted at home."""
    rows = inspection.warehouse.rows(
        TWO_WARDS, {"least_readings": limits["least_readings"], "home_share": limits["home_share"]}
    )
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["nurse"]), str(row["admission_id"])), []).append(row)
    for (nurse, admission_id), found in groups.items():
        if nurse in namesakes:
            continue
        first = found[0]
        times = "、".join(f"{row['measured_at']:%m-%d %H:%M}" for row in found[:3])
        yield Problem(
            admission_id=admission_id,
            message=f"记录护士“{nurse}”在{first['department']}为本患者测量体征的同一分钟（{times}），又在"
            f"{first['home_department']}为另一患者测量，该护士平时几乎只在{first['home_department']}，疑似代签或时间不实。",
            fact_ids=tuple(str(row[name]) for row in found[:3] for name in ("fact_id", "home_fact")),
            certainty=Certainty.CLUE,
            related_admissions=tuple(sorted({str(row["home_admission"]) for row in found})),
            points_at=("nurse", nurse),
        )
