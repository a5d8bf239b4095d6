"""Every check as a reader wants to see it, and which of the 88 rule classes and 183 typical problems it answers."""

from pathlib import Path
from typing import Any

from knowledge.rows import load_rows
from review.checks.registry import all_checks
from review.checks.runner import TABLE_NAMES
from review.violations import CERTAINTY_NAMES, VIOLATIONS

CLASSES, PROBLEMS = 88, 183


def describe_all(home: Path) -> list[dict[str, Any]]:
    """The headers of all checks, with the names of their codes and whether their rule tables hold rows."""
    rules = []
    rows: dict[str, int] = {}
    for check in all_checks():
        header = check.header
        for table in header.needs.knowledge:
            rows.setdefault(table, len(load_rows(table, home)))
        empty = [table for table in header.needs.knowledge if not rows[table]]
        rules.append(
            {
                **header.model_dump(mode="json"),
                "family": str(header.family),
                "violation_name": VIOLATIONS[header.violation].name,
                "certainty_name": CERTAINTY_NAMES[header.certainty],
                "reads": [TABLE_NAMES.get(table, table) for table in header.needs.tables],
                "rows": {table: rows[table] for table in header.needs.knowledge},
                "state": f"缺规则表：{'、'.join(empty)}" if empty else "运行",
                "file": f"review/checks/{check.file.parent.name}/{check.file.name}",
            }
        )
    return rules


def coverage(rules: list[dict[str, Any]]) -> dict[str, dict[int, list[str]]]:
    """For each number the codes of the checks that declare it; a number without a check has an empty list."""
    classes: dict[int, list[str]] = {number: [] for number in range(1, CLASSES + 1)}
    problems: dict[int, list[str]] = {number: [] for number in range(1, PROBLEMS + 1)}
    for rule in rules:
        for number in rule["covers"]["classes"]:
            classes[number].append(rule["code"])
        for number in rule["covers"]["problems"]:
            problems[number].append(rule["code"])
    return {"classes": classes, "problems": problems}
