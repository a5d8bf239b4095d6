"""ADM-007: one person in hospital unusually often within a year: a pattern to look at, no judgement on one stay."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from review.checks.cycles import is_cycle
from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection, Record
from review.models import Problem, Skipped

POLICY = {
    "stays": "frequent_stays_per_year",
    "same_disease": "frequent_same_disease_stays",
    "days": "frequent_bed_days",
}


@check(
    code="ADM-007",
    title="频繁住院",
    violation="split_admission",
    certainty="clue",
    scope="person",
    needs={"tables": ("admissions",)},
    limits={"stays": 6, "same_disease": 4, "days": 120, "window_days": 365},
    limits_said={
        "stays": "期内至少住院几次",
        "same_disease": "同一疾病至少几次",
        "days": "期内住院至少几日",
        "window_days": "统计期的天数",
    },
    basis=("医疗保障基金使用监督管理条例#第十五条第一款",),
    message="一年内住院 $stays 次、共 $days 天，其中同类主诊断 $same 次（$diagnosis）。",
    why="频繁住院是风险信号，不说明任何一次住院不当。",
    exceptions=("化疗、放疗、透析、输血等周期治疗", "产科", "次数天数未达口径"),
    overturned_by=("慢性病需要反复住院的说明", "当地频繁住院口径"),
    covers={"classes": (52,)},
)
def frequent_stays(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    policy = {row["policy_key"]: str(row["value"]) for row in inspection.knowledge("region_policy")}
    least = {name: _number(policy.get(key), limits[name]) for name, key in POLICY.items()}
    persons: dict[str, list[Record]] = defaultdict(list)
    for record in inspection.records.values():
        if record.admission.person_id:
            persons[record.admission.person_id].append(record)
    if not persons:
        raise NotApplicable("就诊登记没有人员编号")
    for stays in persons.values():
        counted = [stay for stay in stays if not _excused(stay)]
        problem = _frequent(counted, least, limits["window_days"])
        if problem is not None:
            yield problem


def _number(text: str | None, fallback: int) -> int:
    return int(text) if text and text.isdigit() else int(fallback)


def _excused(stay: Record) -> bool:
    code = (stay.admission.main_diagnosis_code or "").upper()
    return is_cycle(stay) or code.startswith(("O", "C", "N18")) or stay.admission.admission_kind == "52"


def _frequent(stays: Sequence[Record], least: dict[str, int], window_days: int) -> Problem | None:
    """The first window of a year in which a limit is reached, named on its last stay."""
    for last in stays:
        first_day = last.admission.begins_at - timedelta(days=window_days)
        year = [s for s in stays if first_day < s.admission.begins_at <= last.admission.begins_at]
        days = sum(stay.admission.bed_days for stay in year)
        groups: dict[str, int] = defaultdict(int)
        for stay in year:
            groups[(stay.admission.main_diagnosis_code or "")[:3].upper()] += 1
        code, same = max(groups.items(), key=lambda item: (item[0] != "", item[1]))
        many = len(year) >= least["stays"] or same >= least["same_disease"]
        if many or (days >= least["days"] and len(year) > 1):
            return Problem(
                admission_id=last.admission.admission_id,
                fields={
                    "stays": len(year),
                    "days": days,
                    "same": same,
                    "diagnosis": last.admission.main_diagnosis or code,
                },
                related_admissions=tuple(s.admission.admission_id for s in year if s is not last),
                points_at=("frequent", last.admission.person_id),
            )
    return None
