"""DOC-020: two laboratory reports equal to the last digit in every quantity, or one specimen number on two patients.

Re-issues of one report, rows exported twice, quality control and panels of words or round numbers are left out first.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from review.checks.header import Limits, check
from review.checks.inputs import Inspection, Record
from review.checks.likeness import keep_rate
from review.models import Outcome, Problem, Skipped
from review.record import Lab
from review.violations import Certainty

CONTROL = re.compile(r"质控|QC|校准|空白|测试", re.IGNORECASE)
GROUPS, LEAST_IN_GROUP, MOST_IN_GROUP = 6, 2, 40
BLOOD_COUNT = re.compile(r"血常规|血细胞分析|全血细胞")


@dataclass(frozen=True)
class Report:
    """One report: the analytes of one specimen."""

    record: Record
    specimen_no: str | None
    sampled_at: datetime | None
    labs: tuple[Lab, ...]

    @property
    def values(self) -> dict[str, str]:
        return {lab.analyte or "": lab.value_text or "" for lab in self.labs if lab.value is not None}


@check(
    code="DOC-020",
    title="化验结果整组雷同",
    violation="forged_document",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "labs")},
    limits={
        "equal_values": 12,
        "equal_blood_count": 10,
        "three_digits": 5,
        "equal_share": 0.8,
        "specimen_digits": 6,
        "shared_numbers": 0.02,
    },
    limits_said={
        "equal_values": "至少几个数值相同",
        "equal_blood_count": "血常规至少几个数值相同",
        "three_digits": "三位有效数字的至少几个",
        "equal_share": "共有项目中相同的比例",
        "specimen_digits": "标本号至少几位",
        "shared_numbers": "两人共用的样本编号占多大比例视为本院编号习惯",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）",),
    basis_of={"documentation_defect": ("病历书写基本规范#第二十九条",)},
    message="$told。",
    why="十几项定量结果逐位相同，两次独立测定几乎不可能出现。",
    exceptions=("同一报告更正或重发", "同一行导出两次", "质控样本", "定性或取整的结果", "样本编号逐日重排"),
    overturned_by=("分析仪原始日志", "报告重发记录"),
    covers={"problems": (3, 6)},
)
def lab_panels_identical(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    reports: list[Report] = []
    for record in inspection.records.values():
        if not record.labs:
            yield Skipped(record.admission.admission_id, Outcome.NOT_APPLICABLE, "本次住院没有化验报告")
        reports += _reports(record)
    alike: list[int] = []  # of every report long enough to tell, whether it agrees with another
    yield from _equal_reports(reports, alike, limits)
    keep_rate(inspection, "equal_panels", alike)
    yield from _shared_specimens(reports, limits)


def _reports(record: Record) -> list[Report]:
    groups: dict[tuple[str | None, datetime | None], list[Lab]] = defaultdict(list)
    for lab in record.labs:
        if not CONTROL.search(f"{lab.specimen_no or ''}{lab.specimen or ''}{lab.panel or ''}"):
            groups[lab.specimen_no or lab.panel, lab.sampled_at].append(lab)
    return [Report(record, number, at, tuple(labs)) for (number, at), labs in groups.items()]


def _equal_reports(reports: Sequence[Report], alike: list[int], limits: Limits) -> Iterator[Problem]:
    """Each report with the first one that agrees with it; a few values changed by hand leave a group untouched."""
    by_group: dict[tuple[tuple[str, str], ...], list[Report]] = defaultdict(list)
    for report in reports:
        values = report.values
        if not _is_telling(report, values, limits):
            continue
        alike.append(0)
        keys = _groups(values)
        candidates = {id(one): one for key in keys for one in by_group[key]}
        for key in keys:
            if len(by_group[key]) < MOST_IN_GROUP:
                by_group[key].append(report)
        for first in candidates.values():
            equal = _equal_values(first.values, values)
            if _same_event(first, report) or not _is_telling(report, equal, limits):
                continue
            if len(equal) >= limits["equal_share"] * len(set(first.values) & set(values)):
                alike[-1] = 1
                yield _problem(
                    report, first, _told(report, first, values, equal), Certainty.PROBABLE, "equal"
                )
                break


def _told(report: Report, first: Report, values: Mapping[str, str], equal: Mapping[str, str]) -> str:
    another = first.record.admission.person_id != report.record.admission.person_id
    whose = "另一患者" if another else "本人另一次"
    how_many = (
        f"{len(values)} 项定量结果"
        if len(equal) == len(values)
        else f"{len(values)} 项定量结果中 {len(equal)} 项"
    )
    return f"{_name(report)}（{_time(report)}）{how_many}与{whose}（{_time(first)}）逐位相同"


def _groups(values: Mapping[str, str]) -> list[tuple[tuple[str, str], ...]]:
    """The values in some groups by analyte: reports that agree in nearly all agree wholly in one of them."""
    parts: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for name, value in sorted(values.items()):
        parts[crc32(name.encode()) % GROUPS].append((name, value))
    return [tuple(part) for part in parts.values() if len(part) >= LEAST_IN_GROUP]


def _equal_values(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in other.items() if one.get(name) == value}


def _is_telling(report: Report, values: Mapping[str, str], limits: Limits) -> bool:
    """Enough quantities, enough of them with three digits or more: round numbers agree by chance."""
    counted = any(BLOOD_COUNT.search(lab.panel or "") for lab in report.labs)
    least = limits["equal_blood_count"] if counted else limits["equal_values"]
    precise = sum(len(re.sub(r"\D", "", value).lstrip("0")) >= 3 for value in values.values())
    return bool(len(values) >= least and precise >= limits["three_digits"])


def _same_event(first: Report, second: Report) -> bool:
    """One specimen reported again, or the same rows exported twice."""
    same_stay = first.record.admission.admission_id == second.record.admission.admission_id
    return same_stay and (first.sampled_at == second.sampled_at or first.specimen_no == second.specimen_no)


def _shared_specimens(reports: Sequence[Report], limits: Limits) -> Iterator[Problem]:
    """One number on two persons' specimens of one day."""
    seen: dict[tuple[str, object], Report] = {}
    shared: dict[tuple[str, str], tuple[Report, Report]] = {}  # by number and the later stay
    for report in reports:
        number = report.labs[0].specimen_no or ""
        if len(re.sub(r"\D", "", number)) < limits["specimen_digits"] or report.sampled_at is None:
            continue
        first = seen.setdefault((number, report.sampled_at.date()), report)
        if first.record.admission.person_id != report.record.admission.person_id:
            stay = report.record.admission.admission_id
            known = shared.setdefault((number, stay), (first, report))
            if not _one_measurement(*known):
                shared[number, stay] = (first, report)
    usual = len({number for number, _ in shared}) > max(1, limits["shared_numbers"] * len(seen))
    for (number, _), (first, report) in shared.items():
        yield _problem(
            report,
            first,
            f"样本编号 {number}（{_time(report)}）同日也用于另一患者（{_time(first)}）",
            Certainty.PROBABLE if _one_measurement(first, report) and not usual else Certainty.CLUE,
            "specimen",
        )


def _one_measurement(first: Report, second: Report) -> bool:
    """Whether both reports are of the same analytes: devices that number for themselves measure different ones."""
    return bool({lab.analyte for lab in first.labs} & {lab.analyte for lab in second.labs})


def _problem(report: Report, other: Report, told: str, certainty: Certainty, mark: str) -> Problem:
    related = other.record.admission.admission_id
    own = report.record.admission.admission_id
    return Problem(
        admission_id=own,
        fields={"told": told},
        fact_ids=tuple(lab.fact_id for lab in (*report.labs[:3], *other.labs[:3])),
        certainty=certainty,
        violation="forged_document" if certainty is Certainty.PROBABLE else "documentation_defect",
        related_admissions=(related,) if related != own else (),
        points_at=(mark, report.labs[0].fact_id),
    )


def _name(report: Report) -> str:
    return report.labs[0].panel or "化验"


def _time(report: Report) -> str:
    return f"{report.sampled_at:%Y-%m-%d %H:%M}" if report.sampled_at else "未注明时间"
