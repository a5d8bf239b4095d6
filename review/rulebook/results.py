"""What a check found in the open inspection, what its cases show, the rows it reads: the reading side of the page."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.rows.cells import cell_text
from knowledge.rows.held import load_rows
from knowledge.rows.national_lists import table_sources
from knowledge.rows.regions import rows_of_region
from knowledge.rows.tables import COMMON_COLUMNS, ROW_TABLES
from review.casework.desk import Desk, Refused
from review.casework.results import Line, Results
from review.check_cases.runs import cases_of, kind_of
from review.check_cases.warehouse import CaseError
from review.checks.registry import Check
from review.settled import Settled, rows_laid_over
from review.violations import CERTAINTY_NAMES, Certainty

FINDINGS_SHOWN, ROWS_SHOWN, CASES_SHOWN = 20, 100, 60
AUTHORITIES = {
    "law": "法规", "national_list": "国家清单", "province": "省级文件", "city": "市级文件", "agreement": "协议",
    "guideline": "指南", "working": "整理（待批准）",
}  # fmt: skip


def hits_of(results: Results | None) -> Mapping[str, int]:
    """How many findings of each check there are; those no longer found do not count."""
    if results is None:
        return {}
    found = (line for group in results.findings.values() for line in group if not line.get("gone"))
    return Counter(str(line["check"]) for line in found)


def result_line(desk: Desk, key: str, code: str, results: Results | None) -> Line | None:
    """The five outcomes of a check in an inspection and its findings, the most yuan first."""
    if results is None:
        return None
    told = Counter(
        line["outcome"] for group in results.outcomes.values() for line in group if line["check"] == code
    )
    reasons = Counter(
        str(line.get("reason") or "")
        for group in results.outcomes.values()
        for line in group
        if line["check"] == code and line["outcome"] in ("not_checked", "failed")
    )
    mine = [
        line
        for group in results.findings.values()
        for line in group
        if line["check"] == code and not line.get("gone")
    ]
    mine.sort(key=lambda line: (-(line["amount"] or 0), line["admission_id"]))
    cases = desk.store.case_keys(key, list(results.admissions))
    return {
        "outcomes": dict(told),
        "reasons": [{"reason": reason, "count": count} for reason, count in reasons.most_common(3) if reason],
        "total": len(mine),
        "findings": [
            {
                "case": cases.get(line["admission_id"], ""),
                "finding": line["id"],
                "admission": line["admission_id"],
                "message": line["message"],
                "amount": line["amount"],
                "certainty": line["certainty"],
                "certainty_name": CERTAINTY_NAMES[Certainty(line["certainty"])],
            }
            for line in mine[:FINDINGS_SHOWN]
        ],
    }


def case_lines(check: Check) -> list[Line]:
    """The cases shipped with a check: what it must find, what it must not, what it leaves unchecked."""
    try:
        cases = cases_of(
            check, None if check.file.parent.name != "rules" else check.file.with_suffix(".yaml")
        )
    except CaseError as problem:
        return [{"kind": "", "name": str(problem), "exception": ""}]
    return [
        {"kind": kind_of(case), "name": str(case["case"]), "exception": str(case.get("exception", ""))}
        for case in cases[:CASES_SHOWN]
    ]


def rows_page(desk: Desk, table: str, words: str, day: date, region: str | None) -> Line:
    """The rows of a table that hold in a region on a day: working ones first, then by name; found by their text."""
    if table not in ROW_TABLES:
        raise Refused("没有这张规则表；请刷新页面。")
    spec = ROW_TABLES[table]
    approvals = [one for one in desk.store.rulings.approvals() if one.row_table == table]
    settled = Settled(approvals=tuple(one for one in approvals if one.ceiling))
    held = rows_laid_over({table: load_rows(table, desk.home)}, settled)[table]
    # what a region has approved is shown beside the row it was taken from, wherever one looks from
    found = [*rows_of_region(held, spec, region).rows]
    shown = {row["row_id"] for row in found}
    found += [row for row in held if "@" in str(row["row_id"]) and row["row_id"] not in shown]
    source = table_sources().get(table)
    common = {column.name for column in COMMON_COLUMNS}
    own = [column.name for column in spec.own if column.name not in common]
    lines = [_row_line(row, own) for row in found if _holds(row, day)]
    lines = [line for line in lines if all(word in line["text"] for word in words.lower().split())]
    lines.sort(key=lambda line: (line["approved"] is None, not line["working"], line["row"]))
    return {
        "table": table,
        "says": source.says if source else spec.says.split("；")[0],
        "meaning": spec.says,
        "total": len(lines),
        "working": sum(line["working"] for line in lines),
        "rows": [{**line, "text": ""} for line in lines[:ROWS_SHOWN]],
    }


def _row_line(row: Mapping[str, Any], own: list[str]) -> Line:
    cells = {name: cell_text(row[name]) for name in own if row.get(name) is not None}
    text = " ".join((str(row["row_id"]), str(row["source_doc"]), str(row["source_passage"]), *cells.values()))
    approved = row["approved_by"] if "@" in str(row["row_id"]) else None
    return {
        "row": str(row["row_id"]),
        "cells": cells,
        "authority": "整理（已批准）" if approved else AUTHORITIES[str(row["authority"])],
        "working": row["authority"] == "working" and approved is None,
        "approved": approved,
        "approved_at": row["approved_at"] if approved else None,
        "ceiling": CERTAINTY_NAMES[Certainty(row["certainty_ceiling"])],
        "region": row["region"],
        "source_doc": row["source_doc"],
        "source_passage": row["source_passage"],
        "text": text.lower(),
    }


def _holds(row: Mapping[str, Any], day: date) -> bool:
    begins, ends = row["in_force_from"], row["in_force_to"]
    return (begins is None or begins <= day) and (ends is None or day <= ends)
