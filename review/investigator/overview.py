"""What an investigation begins with: the stay, its documents, what SQL may see and what may be submitted."""

from collections.abc import Iterator

from review.engines.guarded import written
from review.investigator.case import Case
from review.investigator.fence import Row, fenced
from review.investigator.surface import TABLES
from review.judge.pieces import document_title
from review.violations import VIOLATIONS


def overview(case: Case) -> str:
    """The stay and its documents as data."""
    return fenced(_rows(case))


def _rows(case: Case) -> Iterator[Row]:
    hide, admission = case.veil.hide, case.record.admission
    said = (
        ("住院", case.scene.stays[admission.admission_id]),
        ("性别", admission.sex),
        ("年龄", admission.age_years),
        ("入院", admission.begins_at),
        ("出院", admission.ends_at),
        ("科室", admission.department),
        ("入院诊断", admission.admission_diagnosis),
        ("主要诊断", f"{admission.main_diagnosis_code or ''} {admission.main_diagnosis or ''}"),
        ("离院方式", admission.discharge_way),
        ("总费用", admission.total_amount),
        ("基金支付", admission.fund_amount),
    )
    yield None, "；".join(f"{name} {hide(written(value) or '')}" for name, value in said if value is not None)
    for place, (document, span) in enumerate(zip(case.documents, case.spans, strict=True), start=1):
        lines = f"第 {span.start}–{span.stop - 1} 行" if span else "没有文字"
        yield None, f"D{place} {hide(document_title(document))}，{lines}"
    for title, rows in (
        ("费用明细", case.record.charges),
        ("医嘱", case.record.orders),
        ("检验", case.record.labs),
    ):
        yield None, f"{title} {len(rows)} 行"
    yield None, f"规则疑点 {len(case.findings)} 条"


def tables_told() -> str:
    """The tables and columns of `query`, in our words."""
    return "\n".join(f"- {table.name}（{table.says}）：{', '.join(table.names)}" for table in TABLES)


def violations_told() -> str:
    return "\n".join(f"- {one.code}：{one.name}" for one in VIOLATIONS.values())
