"""Facts read from the text of records: rows for the facts view, each with the quote that says it.

A reader yields statements about sentences; here they get their place in the file. A reader knows no check.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

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
from review.facts.openings import away, shared_out
from review.facts.sentences import sentences
from review.facts.statements import Statement
from review.facts.treatments import treatments
from review.facts.units_done import units_done
from review.quotes import Layout, Place
from review.record import Document
from review.violations import Certainty, lowest

OCR_SURE, OCR_USABLE = 0.90, 0.80


class FactRow(NamedTuple):
    """A row of `raw_text_facts`; its fields are the columns."""

    fact_id: str
    admission_id: str
    kind: str
    name: str
    value: str | None
    unit: str | None
    begins_at: datetime | None
    ends_at: datetime | None
    source: str
    page: int | None
    start_at: int
    end_at: int
    quote: str
    certainty: str


def read_text_facts(documents: Iterable[Document], layout: Layout) -> list[dict[str, Any]]:
    """The rows of `raw_text_facts` as mappings."""
    return [row._asdict() for row in text_facts(documents, layout)]


def text_facts(documents: Iterable[Document], layout: Layout) -> list[FactRow]:
    """The rows of `raw_text_facts`; a sentence that OCR could hardly read says nothing."""
    rows: dict[str, FactRow] = {}
    for document in documents:
        for statement in statements(document):
            row = _row(statement, layout)
            if row is not None:
                rows.setdefault(row.fact_id, row)
    return list(rows.values())


def statements(document: Document) -> Iterator[Statement]:
    """All that every reader finds in one document."""
    parts = list(sentences(document))
    shares = shared_out(parts)
    yield from away(shares.get(away, ()))
    yield from measurements(shares.get(measurements, ()))
    yield from diagnoses(parts)
    for reader in (
        *(identities, cited_results, lab_values, leaves, units_done, care_levels),
        *(anaesthetic_doses, treatments, denials, implants),
    ):
        yield from reader(shares.get(reader, ()))
    yield from implant_labels(document)
    yield from clinical_statements(parts)


def place_of(statement: Statement) -> tuple[int, int]:
    """Where a statement stands in its document's own text."""
    return statement.sentence.span(statement.start, statement.end)


def _which(statement: Statement) -> str:
    """Left and right are two facts of one word."""
    return f".{statement.value}" if statement.kind == "site" else ""


def _row(statement: Statement, layout: Layout) -> FactRow | None:
    document, kind, name = statement.sentence.document, statement.kind, statement.name
    start, end = place_of(statement)
    place = layout.placed(document, start, end)
    if place.confidence is not None and place.confidence < OCR_USABLE:
        return None
    return FactRow(
        f"text:{document.document_id}:{start}-{end}:{kind}.{name}{_which(statement)}",
        document.admission_id,
        kind,
        name,
        statement.value,
        statement.unit,
        statement.begins_at,
        statement.ends_at,
        document.source,
        place.page,
        place.start,
        place.end,
        place.quote,
        _certainty(statement.certainty, place),
    )


def _certainty(said: str, place: Place) -> str:
    """What was recognised from a picture is a clue where the engine was unsure, and a number never established."""
    if place.confidence is None:
        return said
    if place.confidence < OCR_SURE:
        return Certainty.CLUE.value
    numbers = any(sign.isdigit() for sign in place.quote)
    return lowest(Certainty(said), Certainty.PROBABLE).value if numbers else said
