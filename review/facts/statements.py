"""What a reader of text hands over: one statement with its place, before it becomes a row of the facts view."""

from dataclasses import dataclass
from datetime import datetime

from review.facts.sentences import Sentence


@dataclass(frozen=True)
class Statement:
    """One fact read from a sentence; [start, end) counts in the sentence's bare text."""

    sentence: Sentence
    start: int
    end: int
    kind: str
    name: str
    value: str | None = None
    unit: str | None = None
    certainty: str = "established"
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def text(self) -> str:
        return self.sentence.bare[self.start : self.end]
