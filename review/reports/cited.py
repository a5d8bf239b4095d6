"""What a paper shows of a finding's evidence: quotes that stand in their source, and what the cited rows say."""

from collections.abc import Mapping
from typing import Any

from review.casework.cases import shown_evidence
from review.casework.results import Line, Results
from review.casework.sheets import place_row, told_rows


def rows_cited(
    results: Results, admission_id: str, lines: list[Line], sources: Mapping[str, str]
) -> tuple[Any, Any]:
    """Which table each file of the extract feeds, and what the cited rows of a stay say."""
    files = {item["source"] for line in lines for item in line["evidence"] if item["kind"] == "table"}
    return sources, told_rows(results, admission_id, {sources[file] for file in files if file in sources})


def evidence_of(line: Line, tabs: list[Any], cited: tuple[Any, Any]) -> list[Line]:
    """Quotes that stand in their source, and what the cited rows say; an unverified quote is not on paper either."""
    sources, rows = cited
    of_tables = iter([item for item in line["evidence"] if item["kind"] == "table"])
    whole = {item["source"].rsplit("/", 1)[-1]: item["source"] for item in line["evidence"]}
    shown = []
    for item in shown_evidence(line, tabs):
        row = None if item["place"] else next(of_tables)  # a table's row has no place in a text
        said = rows.get(place_row(row, sources), "") if row else ""
        shown.append(item | {"source": whole[item["source"]], "told": said})
    return shown
