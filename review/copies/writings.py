"""A document as it is compared: whose it is, of what kind and ward, and its sentences without white space."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class Writing:
    """One document. `lines` are its sentences without white space, in order."""

    person: str
    kind: str
    ward: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A writing whole, and which of its lines are no template: those count, the others are only read along."""

    writing: Writing
    own: tuple[bool, ...]

    @cached_property
    def text(self) -> str:
        return "".join(self.writing.lines)

    @cached_property
    def kept(self) -> str:
        """The text without its templates."""
        return "".join(self.kept_lines)

    @property
    def kept_lines(self) -> Iterator[str]:
        return (line for line, own in zip(self.writing.lines, self.own, strict=True) if own)

    @cached_property
    def _counts(self) -> Sequence[int]:
        """How many characters up to each place are no template."""
        each = (own for line, own in zip(self.writing.lines, self.own, strict=True) for _ in line)
        return list(accumulate(each, initial=0))

    def weight(self, start: int, size: int) -> int:
        """How many characters of a stretch of the text are no template."""
        return self._counts[start + size] - self._counts[start]
