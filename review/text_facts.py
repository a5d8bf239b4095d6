"""The facts of all documents, read by as many processes as help, and put into the warehouse."""

from collections.abc import Callable, Sequence
from typing import Any

from review.engines.duckdb import Warehouse, in_columns
from review.facts import read_text_facts
from review.quotes import Layout
from review.record import Document
from review.side_by_side import in_order

AT_ONCE, WORTH_HELP = 100, 600  # documents: read in one go, and from which on help repays its start
PARTS_AT_ONCE = 10  # appended together, so that each appending repays itself
Part = tuple[Sequence[Document], Layout]


def load_text_facts(
    warehouse: Warehouse, documents: Sequence[Document], layout: Layout, tell: Callable[[int], None]
) -> None:
    """Fill `raw_text_facts`; `tell` is given how many documents are done."""
    parts = [documents[place : place + AT_ONCE] for place in range(0, len(documents), AT_ONCE)]
    asked: list[Part] = [(part, layout.of({document.source for document in part})) for part in parts]
    waiting: list[Any] = []
    helpers = None if len(documents) >= WORTH_HELP else 0
    for number, facts in enumerate(in_order(_facts_of, asked, helpers), start=1):
        waiting.append(facts)
        if len(waiting) == PARTS_AT_ONCE:
            warehouse.load_parts("raw_text_facts", waiting)
            waiting = []
        tell(min(number * AT_ONCE, len(documents)))
    warehouse.load_parts("raw_text_facts", waiting)


def _facts_of(part: Part) -> Any:
    return in_columns(read_text_facts(*part))
