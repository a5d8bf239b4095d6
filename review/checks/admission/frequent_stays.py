"""ADM-007: one person in hospital unusually often within a year, or passed from hospital to hospital: a pattern to
look at, no judgement on one stay.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
TRANSFERRED_OUT, LEFT_AGAINST_ADVICE, TRANSFERRED_IN, EMERGENCY = "2", "4", "3", "1"


@check(
    code="ADM-007",
    title="频繁住院",
    violation="split_admission",
    certainty="clue",
    scope="person",
    needs={"tables": ("admissions",)},
    limits={
        "stays": 6,
        "same_disease": 4,
        "days": 120,
        "window_days": 365,
        "hospitals": 3,
        "rotation_gap_days": 3,
    },
    limits_said={
        "stays": "期内至少住院几次",
        "same_disease": "同一疾病至少几次",
        "days": "期内住院至少几日",
        "window_days": "统计期的天数",
        "hospitals": "轮转至少几家医院",
        "rotation_gap_days": "轮转时出院后几日内入住下一家",
    },
    basis=("医疗保障基金使用监督管理条例#第十五条第一款",),
    message="$seen",
    why="频繁住院是风险信号，不说明任何一次住院不当。",
    exceptions=(
        "化疗、放疗、透析、输血等周期治疗",
        "产科",
        "次数天数未达口径",
        "转院、非医嘱离院或急诊再入院不算轮转",
        "另一系统疾病不算轮转",
    ),
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
        if not _may_be_frequent(stays, least, limits):
            continue
        counted = [stay for stay in stays if not _excused(stay)]
        problem = _frequent(counted, least, limits["window_days"]) or _rotating(counted, limits)
        if problem is not None:
            yield problem


def _may_be_frequent(stays: Sequence[Record], least: Mapping[str, int], limits: Limits) -> bool:
    """Whether any limit can be reached at all: to know what excuses a stay is to read its record."""
    if len(stays) >= min(least["stays"], least["same_disease"]):
        return True
    if len({stay.admission.hospital_code for stay in stays}) >= limits["hospitals"]:
        return True
    return len(stays) > 1 and sum(stay.admission.bed_days for stay in stays) >= least["days"]


def _number(text: str | None, fallback: int) -> int:
    return int(text) if text and text.isdigit() else int(fallback)


def _excused(stay: Record) -> bool:
    code = (stay.admission.main_diagnosis_code or "").upper()
    return is_cycle(stay) or code.startswith(("O", "C", "N18")) or stay.admission.admission_kind == "52"


def _frequent(stays: Sequence[Record], least: Mapping[str, int], window_days: int) -> Problem | None:
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
            name = last.admission.main_diagnosis or code
            seen = f"一年内住院 {len(year)} 次、共 {days} 天，其中同类主诊断 {same} 次（{name}）。"
            return _problem(year, seen, "frequent")
    return None


def _rotating(stays: Sequence[Record], limits: Limits) -> Problem | None:
    """The first row of stays, each begun soon after the one before, that leads through so many hospitals."""
    row: list[Record] = []
    for stay in stays:
        row = [*row, stay] if row and _went_round(row[-1], stay, limits) else [stay]
        hospitals = {one.admission.hospital_code for one in row}
        if len(hospitals) >= limits["hospitals"]:
            name = stay.admission.main_diagnosis or stay.admission.main_diagnosis_code or ""
            seen = (
                f"先后在 {len(hospitals)} 家医院轮转住院 {len(row)} 次，每次出院后"
                f" {limits['rotation_gap_days']} 天内再入院，主诊断为同一系统疾病（{name}）。"
            )
            return _problem(row, seen, "rotation")
    return None


def _went_round(before: Record, now: Record, limits: Limits) -> bool:
    """Whether a stay follows the other without a transfer, an emergency or another disease to explain it."""
    one, other = before.admission, now.admission
    chapter = (other.main_diagnosis_code or "")[:1].upper()
    if one.discharge_way in (TRANSFERRED_OUT, LEFT_AGAINST_ADVICE):
        return False
    if other.admission_way in (TRANSFERRED_IN, EMERGENCY) or one.hospital_code is None:
        return False
    gap = (other.begins_at - one.ends_at).total_seconds() / 86400
    return 0 <= gap <= limits["rotation_gap_days"] and chapter == (one.main_diagnosis_code or "-")[:1].upper()


def _problem(stays: Sequence[Record], seen: str, what: str) -> Problem:
    last = stays[-1].admission
    return Problem(
        admission_id=last.admission_id,
        fields={"seen": seen},
        related_admissions=tuple(stay.admission.admission_id for stay in stays[:-1]),
        points_at=(what, last.person_id),
    )
