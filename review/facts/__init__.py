"""Facts read from the text of records: rows for the facts view, each with the quote that says it.

A reader yields statements about sentences; here they get their place in the file. A reader knows no check.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from review.facts.absences import absences
from review.facts.anaesthetic_doses import anaesthetic_doses
from review.facts.care_levels import care_levels
from review.facts.cited_results import cited_results
from review.facts.clinical import clinical_statements
from review.facts.denials import denials
from review.facts.diagnoses import diagnoses
from review.facts.identity import identities
from review.facts.implants import implant_labels, implants
from review.facts.lab_values import lab_values
from review.facts.leaves import leaves
from review.facts.measurements import measurements
from review.facts.phrases import said
from review.facts.sentences import sentences
from review.facts.statements import Statement
from review.facts.treatments import treatments
from review.facts.units_done import units_done
from review.quotes import Layout, Place
from review.record import Document
from review.violations import Certainty, lowest

OCR_SURE, OCR_USABLE = 0.90, 0.80
Row = dict[str, Any]


def read_text_facts(documents: Iterable[Document], layout: Layout) -> list[Row]:
    """The rows of `raw_text_facts`; a sentence that OCR could hardly read says nothing."""
    rows: dict[str, Row] = {}
    for document in documents:
        for statement in statements(document):
            row = _row(statement, layout)
            if row is not None:
                rows.setdefault(str(row["fact_id"]), row)
    return list(rows.values())


def statements(document: Document) -> Iterator[Statement]:
    """All that every reader finds in one document."""
    parts = list(sentences(document))
    yield from absences(said(parts))
    yield from measurements(parts)
    yield from diagnoses(parts)
    yield from identities(parts)
    yield from cited_results(parts)
    yield from lab_values(parts)
    yield from leaves(parts)
    yield from units_done(parts)
    yield from care_levels(parts)
    yield from anaesthetic_doses(parts)
    yield from treatments(parts)
    yield from denials(parts)
    yield from implants(parts)
    yield from implant_labels(document)
    yield from clinical_statements(parts)


def place_of(statement: Statement) -> tuple[int, int]:
    """Where a statement stands in its document's own text."""
    return statement.sentence.span(statement.start, statement.end)


def _which(statement: Statement) -> str:
    """Left and right are two facts of one word."""
    return f".{statement.value}" if statement.kind == "site" else ""


def _row(statement: Statement, layout: Layout) -> Row | None:
    document = statement.sentence.document
    start, end = place_of(statement)
    place = layout.placed(document, start, end)
    if place.confidence is not None and place.confidence < OCR_USABLE:
        return None
    return {
        "fact_id": f"text:{document.document_id}:{start}-{end}:{statement.kind}.{statement.name}{_which(statement)}",
        "admission_id": document.admission_id,
        "kind": statement.kind,
        "name": statement.name,
        "value": statement.value,
        "unit": statement.unit,
        "begins_at": statement.begins_at,
        "ends_at": statement.ends_at,
        "source": document.source,
        "page": place.page,
        "start_at": place.start,
        "end_at": place.end,
        "quote": place.quote,
        "certainty": _certainty(statement.certainty, place),
    }


def _certainty(said: str, place: Place) -> str:
    """What was recognised from a picture is a clue where the engine was unsure, and a number never established."""
    if place.confidence is None:
        return said
    if place.confidence < OCR_SURE:
        return Certainty.CLUE.value
    numbers = any(sign.isdigit() for sign in place.quote)
    return lowest(Certainty(said), Certainty.PROBABLE).value if numbers else said
