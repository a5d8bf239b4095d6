"""The facts of all documents, read by as many processes as help, and put into the warehouse."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from review.engines.duckdb import Warehouse, rows_in_columns
from review.facts import FactRow, text_facts
from review.quotes import Layout
from review.record import Document
from review.side_by_side import begun

AT_ONCE, WORTH_HELP = 100, 600  # documents: read in one go, and from which on help repays its start
PARTS_AT_ONCE = 10  # appended together, so that each appending repays itself
PARTS_AHEAD = 60  # read by helpers before the first is asked for: as many as the loading of the tables lasts
Part = tuple[Sequence[Document], Layout]


@contextmanager
def begun_text_facts(documents: Sequence[Document], layout: Layout) -> Iterator[Iterator[Any]]:
    """The facts of the documents, part by part; helpers read them before the first part is asked for."""
    parts = [documents[place : place + AT_ONCE] for place in range(0, len(documents), AT_ONCE)]
    asked: list[Part] = [(part, layout.of({document.source for document in part})) for part in parts]
    helpers = None if len(documents) >= WORTH_HELP else 0
    with begun(_facts_of, asked, helpers, ahead=PARTS_AHEAD) as found:
        yield found


def load_text_facts(
    warehouse: Warehouse, found: Iterator[Any], count: int, tell: Callable[[int], None]
) -> None:
    """Fill `raw_text_facts` from `begun_text_facts`; `tell` is given how many of the `count` documents are done."""
    waiting: list[Any] = []
    for number, facts in enumerate(found, start=1):
        waiting.append(facts)
        if len(waiting) == PARTS_AT_ONCE:
            warehouse.load_parts("raw_text_facts", waiting)
            waiting = []
        tell(min(number * AT_ONCE, count))
    warehouse.load_parts("raw_text_facts", waiting)


def _facts_of(part: Part) -> Any:
    return rows_in_columns(FactRow._fields, text_facts(*part))
