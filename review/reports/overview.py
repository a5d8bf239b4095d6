"""总览 put together: the figures of an inspection for a person, as drawings' numbers, as tables, as a workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from review.casework.desk import Desk, Refused
from review.casework.pair_figures import agreements, done, planted, reviewers
from review.casework.pairing import Pairing
from review.casework.results import Line, Results
from review.reports.overview_figures import (
    DOTS,
    FEWEST_CALLS,
    REJECT,
    VERDICTS,
    ZERO,
    Group,
    Mark,
    amounts_of,
    bins_of,
    by_check,
    by_department,
    by_doctor,
    by_month,
    by_violation,
    decided_of,
    marks_of,
    paid,
)
from review.reports.overview_tables import Figures, as_paper, tables_of
from review.reports.paper import Paper, Table
from review.reports.shelf import NO_REVIEW
from review.store.accounts import LEADER, Person
from review.store.entries import InspectionEntry
from review.store.pairs import FIRST, SECOND
from review.violations import VIOLATIONS

PANELS = {
    "violation": "按违规类型",
    "progress": "进度",
    "department": "按科室、医师",
    "month": "按入院月份",
    "amount": "金额分布",
    "check": "规则确认率",
}


@dataclass(frozen=True)
class Standing:
    """An inspection's findings as they stand now, for one person."""

    results: Results
    pairing: Pairing
    marks: tuple[Mark, ...]
    figures: Figures


def standing_of(desk: Desk, person: Person, entry: InspectionEntry) -> Standing:
    """Raises Refused before the first review is done."""
    results = desk.results(entry)
    if results is None:
        raise Refused(NO_REVIEW)
    pairing = desk.pairing(entry)
    by_price = {code for code, rule in desk.rules.items() if rule.get("takes") == "price"}
    marks = marks_of(results, pairing, desk.standing_for(entry, person), by_price)
    carrying = amounts_of(marks)
    figures = Figures(
        violations=by_violation(marks),
        departments=by_department(marks, results, desk.named_by),
        doctors=by_doctor(marks, results, desk.named_by),
        months=by_month(marks, results),
        checks=by_check(marks),
        amounts=carrying,
        bins=bins_of(carrying),
        reviewers=reviewers(results, pairing, desk.store.pairs.times(entry.key)),
        agreement=agreements(results, pairing),
        known=_known(desk, person, results, pairing),
    )
    return Standing(results, pairing, marks, figures)


def overview_paper(
    desk: Desk, person: Person, entry: InspectionEntry, panel: str, made_at: datetime
) -> Paper:
    """One panel's tables, or those of all panels where none is named."""
    if panel and panel not in PANELS:
        raise Refused("没有这一栏；请刷新页面。")
    tables = tables_of(standing_of(desk, person, entry).figures)
    wanted = tables[panel] if panel else [table for group in tables.values() for table in group]
    title = f"总览　{PANELS[panel]}" if panel else "总览"
    return as_paper(wanted, title, f"{entry.hospital}　{entry.name}　{made_at:%Y-%m-%d %H:%M}", made_at)


def drawn(standing: Standing, cases: Mapping[str, str]) -> Line:
    """Numbers for the page's drawings and the tables beside them; `cases` gives the keys of admissions."""
    figures, marks, results = standing.figures, standing.marks, standing.results
    tables = tables_of(figures)
    return {
        "head": _head(standing),
        "panels": {key: [_table_line(table) for table in tables[key]] for key in PANELS},
        "titles": PANELS,
        "violations": [
            _group_line(group)
            | {"family": VIOLATIONS[group.key].family, "counted": VIOLATIONS[group.key].counted}
            for group in figures.violations
        ],
        "departments": [_group_line(group) for group in figures.departments],
        "months": [_group_line(group) for group in figures.months],
        "checks": [
            _group_line(group)
            | {"decided": decided_of(group), "share": [share.value, share.low, share.high] if share else None}
            for group, share in figures.checks
        ],
        "few_calls": FEWEST_CALLS,
        "dots": [_dot(mark, cases) for mark in figures.amounts] if len(figures.amounts) <= DOTS else None,
        "bins": [
            {"low": float(one.low), "high": float(one.high), "by": [one.findings.get(v, 0) for v in VERDICTS]}
            for one in figures.bins
        ],
        "without_amount": len(marks) - len(figures.amounts),
        "stages": _stages(standing),
        "reviewers": figures.reviewers,
        "agreement": figures.agreement["all"],
        **({"known": figures.known} if figures.known else {}),
        "todo": _todo(standing),
        "admissions": len(results.admissions),
    }


def _head(standing: Standing) -> Line:
    marks = standing.marks
    suspected = sum((mark.once for mark in marks), ZERO)
    carried = sum((mark.amount or ZERO for mark in marks if mark.once and mark.verdict != REJECT), ZERO)
    total = sum(paid(standing.results).values(), ZERO)
    return {
        "findings": len(marks),
        "yuan": float(suspected),
        "total": float(total),
        "share": float(suspected / total) if total else None,
        "overlap": float(carried - suspected),
        "decided": sum(bool(mark.verdict) for mark in marks),
    }


def _group_line(group: Group) -> Line:
    return {
        "key": group.key,
        "name": group.name,
        "stays": group.stays,
        "suspects": len(group.suspects),
        "findings": group.total,
        "by": [group.findings[verdict] for verdict in VERDICTS],
        "yuan": [float(group.yuan.get(verdict, ZERO)) for verdict in VERDICTS],
        "amount": float(group.amount),
    }


def _dot(mark: Mark, cases: Mapping[str, str]) -> Line:
    return {
        "amount": float(mark.amount or ZERO),
        "verdict": mark.verdict,
        "title": mark.title,
        "case": cases[mark.admission],
        "finding": mark.finding,
    }


def _table_line(table: Table) -> Line:
    def plain(row: tuple[object, ...] | None) -> list[object] | None:
        return None if row is None else [float(cell) if isinstance(cell, Decimal) else cell for cell in row]

    return {
        "name": table.name,
        "columns": [{"title": column.title, "kind": column.kind} for column in table.columns],
        "rows": [plain(row) for row in table.rows],
        "total": plain(table.total),
        "note": table.note,
        "empty": table.empty,
    }


def _stages(standing: Standing) -> list[Line]:
    """How many cases have come how far; where there is nothing to do, a stage says so by `of` zero."""
    results, pairing = standing.results, standing.pairing
    whole = len(results.admissions)
    read = sum(one in results.outcomes for one in results.admissions)
    first = sum(done(results, pairing, one, FIRST) for one in results.admissions)
    seconds = [one for one in pairing.assigned[SECOND] if one in results.admissions]
    second = sum(done(results, pairing, one, SECOND) for one in seconds)
    ruled, open_ones = len(pairing.rulings), len(pairing.disputes)
    return [
        {
            "name": "已读",
            "count": read,
            "of": whole,
            "unit": "例",
        },
        {"name": "首审", "count": first, "of": whole, "unit": "例"},
        {"name": "复审", "count": second, "of": len(seconds), "unit": "例"},
        {"name": "裁定", "count": ruled, "of": ruled + open_ones, "unit": "项"},
    ]


def _todo(standing: Standing) -> Line:
    results, pairing = standing.results, standing.pairing
    missing = {
        line["check"]
        for group in results.outcomes.values()
        for line in group
        if line["outcome"] == "not_checked" and str(line["reason"]).startswith("缺：")
    }
    return {
        "asked": sum(mark.verdict == "ask" for mark in standing.marks),
        "disputes": len(pairing.disputes),
        "free": sum(not pairing.first_of(one) for one in results.admissions)
        if pairing.assigned[FIRST]
        else 0,
        "faults": len(results.faults),
        "unchecked": len(missing),
    }


def _known(desk: Desk, person: Person, results: Results, pairing: Pairing) -> tuple[int, int] | None:
    """Calls on planted findings, right ones and all: for the leader only."""
    if LEADER not in person.roles:
        return None
    known = desk.store.pairs.known_answers(pairing.inspection)
    shown = planted(
        results, pairing, person, known, desk.store.case_keys(pairing.inspection, list(results.admissions))
    )
    calls = [call["right"] for line in shown for call in line["calls"]]
    return (sum(calls), len(calls)) if shown else None
