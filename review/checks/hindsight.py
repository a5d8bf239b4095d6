"""What became known of a stay only after its first 24 hours: the same readings, from a window that opens there.

It is shown apart and never enters the judgement of the admission.
"""

import re
from datetime import datetime, timedelta
from functools import cached_property

from review.checks.admission_window import Window
from review.checks.inputs import Record
from review.checks.readings import document_of
from review.facts.sentences import Sentence
from review.record import Document, Fact

LOOKS_BACK = re.compile(
    r"入院记录|出院|首页|死亡"
)  # their values are of other days than that of their writing


class LaterWindow(Window):
    """From 24 hours after arrival to the end of the stay; or of that only what lies within a day of a moment."""

    def __init__(self, record: Record, near: datetime | None = None) -> None:
        super().__init__(record)
        self.opens = self.begins + timedelta(hours=24, seconds=1)
        self.closes = record.admission.ends_at
        if near is not None:
            self.opens = max(self.opens, near - timedelta(hours=24))
            self.closes = min(self.closes, near + timedelta(hours=24))

    def told(self, fact: Fact) -> bool:
        """Whether a text fact speaks of that time in a document that does not look back."""
        document = document_of(self.record, fact)
        return self.holds(fact.begins_at) and document is not None and not LOOKS_BACK.search(document.kind)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        return tuple(document for document in self.record.documents if not LOOKS_BACK.search(document.kind))

    @cached_property
    def _written(self) -> tuple[Sentence, ...]:
        return tuple(
            sentence
            for sentence in super()._written
            if self.holds(sentence.at or sentence.document.written_at)
        )
