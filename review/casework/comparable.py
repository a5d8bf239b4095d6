"""What a finding may be looked at beside: two documents, two reports, or two revisions of one PDF."""

from collections.abc import Sequence
from typing import Any

from review.casework.readings import Tab, place
from review.casework.results import Line, Results
from review.casework.sheets import SHEETS, cell

DOCUMENTS, REPORTS, VERSIONS = "documents", "reports", "versions"
COMPARED = {
    "DOC-016": DOCUMENTS,
    "DOC-017": DOCUMENTS,
    "DOC-020": REPORTS,
    "DOC-021": REPORTS,
    "DOC-022": VERSIONS,
}
ONE_REPORT = {"labs": ("specimen_no", "panel", "sampled_at")}  # columns in which the rows of a report agree


def comparable(finding: Line) -> str:
    """In which way a finding's evidence is compared; empty where there is nothing to lay beside it."""
    kind = COMPARED.get(finding["check"], "")
    if kind == REPORTS and len([item for item in finding["evidence"] if item["kind"] == "table"]) < 2:
        return ""
    quotes = [item for item in finding["evidence"] if item["kind"] == "document"]
    return "" if kind in (DOCUMENTS, VERSIONS) and not quotes else kind


def documents_of(finding: Line, tabs: Sequence[Tab]) -> tuple[str, str] | None:
    """The document a finding is about, and the one it is held against: another patient's, or the note before it."""
    cited: list[tuple[Tab, Line]] = []
    for item in finding["evidence"]:
        spot = place(item, tabs) if item["kind"] == "document" else None
        tab = next((tab for tab in tabs if spot and tab.key == spot.tab), None)
        if tab is not None and spot is not None:
            cited.append((tab, tab.documents[spot.document]))
    own = [document for tab, document in cited if not tab.foreign]
    other = [document for tab, document in cited if tab.foreign]
    if own and other:
        return own[0]["document_id"], other[0]["document_id"]
    return _note_before(own, tabs) if own else None


def _note_before(cited: Sequence[Line], tabs: Sequence[Tab]) -> tuple[str, str] | None:
    """A note and the last one of its kind before it, among the notes that the finding cites or the stay has."""
    notes = sorted(
        (
            document
            for tab in tabs
            if not tab.foreign
            for document in tab.documents
            if document["kind"] == cited[0]["kind"] and document["written_at"]
        ),
        key=lambda document: document["written_at"],
    )
    ids = [document["document_id"] for document in notes]
    for document in cited:
        at = ids.index(document["document_id"]) if document["document_id"] in ids else 0
        if at:
            return ids[at], ids[at - 1]
    return None


def reports_of(results: Results, finding: Line) -> tuple[Line, Line] | None:
    """The two reports a finding names, each with its stay, title, time and lines; null where they are not held."""
    rows = [item for item in finding["evidence"] if item["kind"] == "table"]
    first, last = (_report(results, item) for item in (rows[0], rows[-1]))
    return (first, last) if first and last else None


def _report(results: Results, item: Line) -> Line | None:
    """All rows of the report that one cited row is of."""
    for name in ("labs", "exams"):
        sheet = SHEETS[name]
        cited = results.rows(
            f"select * from {sheet.view} where source = $source and cast(row_number as varchar) = $row",
            source=item["source"],
            row=str(item["row"]),
        )
        if cited:
            rows = _together(results, name, cited[0])
            said = [line for row in rows for line in _lines(name, row)]
            return {
                "admission_id": cited[0]["admission_id"],
                "title": cited[0].get("panel") or cited[0].get("exam_name") or sheet.title,
                "at": cited[0][sheet.time],
                "sheet": name,
                "id": f"{item['source']}#{item['row']}",
                "text": "\n".join(said),
            }
    return None


def _together(results: Results, name: str, cited: Line) -> list[Line]:
    columns = ONE_REPORT.get(name)
    if columns is None:
        return [cited]
    same = " and ".join(f"{column} is not distinct from ${column}" for column in columns)
    return results.rows(
        f"select * from {SHEETS[name].view} where admission_id = $stay and {same} order by source, row_number",
        stay=cited["admission_id"],
        **{column: cited[column] for column in columns},
    )


def _lines(name: str, row: Line) -> list[str]:
    if name == "labs":
        parts: list[Any] = [row["analyte"], row["value_text"], row["unit"]]
        return [" ".join(str(part) for part in parts if part not in (None, ""))]
    titles = dict(SHEETS[name].columns)
    return [
        f"{titles[column]}：{cell(row[column])}"
        for column in ("exam_name", "body_part", "findings", "conclusion")
        if row.get(column)
    ] + ([f"影像编号：{row['image_no']}"] if row.get("image_no") else [])
