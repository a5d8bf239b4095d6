"""Carries what intake read into the warehouse's raw tables."""

from typing import Any

from knowledge.readers import Doubt, Line, Page
from review.engines.duckdb import Warehouse
from review.facts.row_sites import row_sites
from review.intake.inspection import Intake
from review.quotes import Layout, LineSpan, PageSpan


def load_intake(warehouse: Warehouse, intake: Intake) -> None:
    """Fill the raw tables; `provided` names the tables that the inspection really holds."""
    about = intake.about
    warehouse.load_rows(
        "inspection",
        [
            {
                "name": about.name,
                "region": about.region_code,
                "hospital_code": about.hospital_code,
                "hospital_name": about.hospital_name,
                "hospital_level": about.hospital_level,
                "period_start": about.period_start,
                "period_end": about.period_end,
                "notice_date": about.notice_date,
            }
        ],
    )
    for name, table in intake.tables.items():
        warehouse.load_arrow(f"raw_{name}", table)
    _load_documents(warehouse, intake)
    provided = [name for name, table in intake.tables.items() if table.num_rows]
    if intake.documents:
        provided.append("documents")
    warehouse.load_rows("provided", [{"table_name": name} for name in sorted(provided)])
    warehouse.load_rows("raw_row_sites", sites_of_rows(warehouse))


def layout_of(intake: Intake) -> Layout:
    """Where pages and lines lie in each file, as the raw tables will say."""
    read = [(source.source, source.read.pages) for source in intake.sources if source.read is not None]
    return Layout(
        (
            PageSpan(source, page.number, page.start, page.end)
            for source, pages in read
            for page in sorted(pages, key=lambda page: page.start)
        ),
        (
            (source, LineSpan(span.start, span.end, span.confidence))
            for source, pages in read
            for page in pages
            for span in _spans(page)
        ),
    )


def sites_of_rows(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The rows of `raw_row_sites`: what the reports and operations in the raw tables name."""
    exams = warehouse.rows(
        "select source, row_number, exam_name, body_part, method, findings, conclusion from raw_exams"
    )
    operations = warehouse.rows(
        "select source, row_number, operation_name from raw_operations union all "
        "select source, row_number, oprn_oprt_name from raw_setl_list_oprn_d"
    )
    return [*row_sites("exams", exams), *row_sites("operations", operations)]


def _load_documents(warehouse: Warehouse, intake: Intake) -> None:
    documents, sections, signatures = [], [], []
    for document in intake.documents:
        documents.append(
            {
                "document_id": document.document_id,
                "admission_id": document.admission_id,
                "source": document.source,
                "kind": document.kind,
                "title": document.title,
                "text": document.text,
                "start_at": document.start,
                "written_at": document.written_at,
                "written_exact": document.written_exact,
                "confidence": document.confidence,
            }
        )
        sections += [
            {
                "document_id": document.document_id,
                "name": section.name,
                "start_at": section.start,
                "end_at": section.end,
            }
            for section in document.sections
        ]
        signatures += [
            {"document_id": document.document_id, "role": signature.role, "name": signature.name}
            for signature in document.signatures
        ]
    warehouse.load_rows("raw_documents", documents)
    warehouse.load_rows("raw_sections", sections)
    warehouse.load_rows("raw_signatures", signatures)
    pages, lines = [], []
    for source in intake.sources:
        if source.read is None:
            continue
        for page in source.read.pages:
            pages.append(
                {
                    "source": source.source,
                    "admission_id": source.admission_id,
                    "number": page.number,
                    "start_at": page.start,
                    "end_at": page.end,
                    "origin": page.origin,
                    "confidence": page.confidence,
                }
            )
            lines += [_span(source.source, span) for span in _spans(page)]
    warehouse.load_rows("raw_pages", pages)
    warehouse.load_rows("raw_lines", lines)


def _spans(page: Page) -> tuple[Line | Doubt, ...]:
    """A doubtful number is a line of its own: the least sure that a quote touches counts."""
    return (*page.lines, *page.doubts)


def _span(source: str, span: Line | Doubt) -> dict[str, Any]:
    return {"source": source, "start_at": span.start, "end_at": span.end, "confidence": span.confidence}
