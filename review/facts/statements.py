"""What a reader of text hands over: one statement with its place, before it becomes a row of the facts view."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache, wraps
from typing import NamedTuple

from review.facts.sentences import REMEMBERED, Sentence, Wording


class Statement(NamedTuple):
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


class Told(NamedTuple):
    """One statement of a wording, wherever it stands; [start, end) counts in its bare text."""

    start: int
    end: int
    kind: str
    name: str
    value: str | None = None
    unit: str | None = None
    certainty: str = "established"


def of_wordings(
    read: Callable[[Wording], Iterable[Told]],
) -> Callable[[Iterable[Sentence]], Iterator[Statement]]:
    """A reader of sentences out of one that needs their words alone, so that equal words are read once."""

    @lru_cache(maxsize=REMEMBERED)
    def told(wording: Wording) -> tuple[Told, ...]:
        return tuple(read(wording))

    @wraps(read)
    def statements(sentences: Iterable[Sentence]) -> Iterator[Statement]:
        for sentence in sentences:
            for one in told(sentence.wording):
                yield Statement(sentence, *one, sentence.at)

    return statements
