"""Takes out of texts and cells what identifies, letter for letter: every text is as long as it was.

So quotes, positions and lines stay where they are. What is known of the inspection is replaced wherever it stands; what
only its context tells, where the masking found it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from evals.harvesting.numbers import filled
from evals.harvesting.places import other_hospitals, stems_in, towns_in
from evals.harvesting.pseudonyms import Pseudonyms
from evals.harvesting.vocabulary import NO_PLACE, PEOPLE, PLACES, Vocabulary, names_in
from knowledge.places import PROVINCES
from review.masking import NAMES, any_of
from review.masking_letters import bare, folded
from review.masking_numbers import ADDRESS, BED, BIRTH, EMPLOYER
from review.masking_roles import a_word, longer_word

Span = tuple[int, int, str]
_LONG = 9  # letters of a number from which it is found inside others
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z*](?:[- ]?[0-9A-Za-z*])*(?![0-9A-Za-z])")
_RUN = re.compile(r"(?<!\d\.)[0-9A-Za-z*]+(?!\.\d)")
_DATE = re.compile(r"(?P<year>(?:18|19|20)\d\d)\D{0,3}?(?P<month>\d{1,2})\D{0,3}?(?P<day>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?P<year>(?:18|19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_MAIL = re.compile(
    r"[A-Za-z0-9_.]+@[A-Za-z0-9_]+\.[A-Za-z.]+|(?<=微信)(?:号码?)?[:是为]?(?P<v>[A-Za-z][A-Za-z0-9_-]{5,19})",
    re.I,
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. ]?(?P<v>[A-Z0-9]{5,6})(?![0-9A-Za-z])"
)
_CHINESE = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Known:
    """What of a vocabulary is looked for wherever it stands, and what is left to its context: words of the language."""

    names: frozenset[str]
    words: frozenset[str]
    places: frozenset[str]

    @classmethod
    def of(cls, vocabulary: Vocabulary, items: Collection[str], own_places: Collection[str]) -> "Known":
        """`items` are names of things, in which a person's or a town's is a word; `own_places` name the hospital."""
        things = "\n".join(items)
        whole = {name for name in vocabulary.names if _CHINESE.search(name) or len(name) > 5}
        words = {name for name in whole if a_word(name) or name in things}
        towns = {town for place in vocabulary.places for town in towns_in(place)}
        stems = {stem for place in own_places for stem in stems_in(bare(place))}
        stems = {stem for stem in stems if not a_word(stem) and stem not in PROVINCES}
        places = {place for place in vocabulary.places | towns | stems if place not in things}
        return cls(
            frozenset(whole - words), frozenset(words), frozenset(one for one in places if len(one) > 1)
        )


class Rewriting:
    """Rewrites the texts and cells of one inspection."""

    def __init__(self, known: Known, pseudonyms: Pseudonyms) -> None:
        self._known, self._pseudonyms = known, pseudonyms
        self._names = any_of(known.names, "[ \\n]{0,3}")
        self._places = any_of(known.places, "")
        self._lengths = sorted({len(one) for one in pseudonyms.numbers if len(one) >= _LONG}, reverse=True)

    def text(self, text: str, spans: Iterable[Span] = (), misread: Collection[str] = ()) -> str:
        """The text with what identifies replaced. `spans` are what the masking hides of it; `misread` are names that
        a recognised page may have one letter wrong."""
        plain, signs = folded(text), list(text)
        done = bytearray(len(text))
        for start, end, new in (*self._known_in(plain), *self._misread_in(plain, misread)):
            _put(signs, done, plain, start, end, new)
        for start, end, kind in spans:
            for begin, stop in _left(done, start, end):
                _put(
                    signs,
                    done,
                    plain,
                    begin,
                    stop,
                    self._of_span(plain[begin:stop], kind, whole=(begin, stop) == (start, end)),
                )
        for match in _MAIL.finditer(plain):
            _put(signs, done, plain, *match.span("v" if match["v"] else 0), "x" * len(match["v"] or match[0]))
        for match in _PLATE.finditer(plain):
            if any(sign.isdigit() for sign in match["v"]):
                _put(signs, done, plain, *match.span("v"), self._pseudonyms.number(match["v"]))
        for start, end in other_hospitals(plain):
            for begin, stop in _left(done, start, end):
                _put(signs, done, plain, begin, stop, self._pseudonyms.place(plain[begin:stop]))
        return "".join(signs)

    def _known_in(self, plain: str) -> Iterator[tuple[int, int, str]]:
        for match in self._places.finditer(plain) if self._places else ():
            yield *match.span(), self._pseudonyms.place(bare(match[0]))
        for token in _TOKEN.finditer(plain):
            whole = self._pseudonyms.numbers.get(bare(token[0]))
            if whole is not None and len(whole) >= _LONG:
                yield *token.span(), whole
                continue
            for run in _RUN.finditer(token[0]):
                yield from self._in_run(run[0], token.start() + run.start())
        for match in self._names.finditer(plain) if self._names else ():
            if not longer_word(plain, *match.span()):
                yield *match.span(), self._pseudonyms.name(bare(match[0]))

    def _in_run(self, run: str, at: int) -> Iterator[tuple[int, int, str]]:
        letters = run.upper()
        if letters in self._pseudonyms.numbers:
            yield at, at + len(run), self._pseudonyms.numbers[letters]
            return
        for size in self._lengths if len(run) > _LONG else ():
            for start in range(len(run) - size + 1):
                new = self._pseudonyms.numbers.get(letters[start : start + size])
                if new is not None:
                    yield at + start, at + start + size, new

    def _misread_in(self, plain: str, names: Collection[str]) -> Iterator[tuple[int, int, str]]:
        for name in names:
            if len(name) < 3:
                continue
            slips = "|".join(f"{name[:at]}[㐀-鿿]{name[at + 1 :]}" for at in range(len(name)))
            for match in re.finditer(slips, plain):
                yield *match.span(), self._pseudonyms.name(match[0])

    def _of_span(self, writing: str, kind: str, *, whole: bool) -> str:
        """What stands for a writing that the masking hides, of its length."""
        if kind == BED:
            return writing
        if kind == BIRTH:
            return self._born(writing)
        if kind in (ADDRESS, EMPLOYER):
            label = "址" if writing.startswith("址") else ""  # the end of a label that the masking cut short
            place = writing.removeprefix("址")
            return writing if NO_PLACE.match(place) else label + self._pseudonyms.place(place)
        if kind in NAMES and not any(sign.isdigit() for sign in writing):
            return self._name(writing)
        return self._pseudonyms.number(writing)

    def _name(self, writing: str) -> str:
        letters = bare(writing)
        new = iter(self._pseudonyms.name(letters)) if letters else iter("")
        return "".join(sign if not bare(sign) else next(new) for sign in writing)

    def _born(self, writing: str) -> str:
        """The date that stands for a date of birth, in the same writing; one that is no full date stays."""
        match = _COMPACT.fullmatch(writing) or _DATE.search(writing)
        if not match:
            return writing
        try:
            born = date(*(int(match[part]) for part in ("year", "month", "day")))
        except ValueError:
            return writing
        new = self._pseudonyms.birth(born)
        digits = f"{new.year}{new.month:0{len(match['month'])}d}{new.day:0{len(match['day'])}d}"
        return writing[: match.start()] + filled(match[0], digits) + writing[match.end() :]

    def birth(self, born: date) -> date:
        """The date that stands for a date of birth."""
        return self._pseudonyms.birth(born)

    def cell(self, column: str, kind: str, cell: str, spans: Iterable[Span] = ()) -> str:
        """A cell of a table, by the column it stands in."""
        letters = bare(cell)
        if letters in self._pseudonyms.numbers:
            return laid_over(cell, self._pseudonyms.numbers[letters])
        if column in PEOPLE:
            return self._people(cell)
        if column in PLACES and not NO_PLACE.match(cell.strip()):
            return laid_over(cell, self._pseudonyms.place(letters))
        if kind == "id" and column != "tel":
            return self.text(cell)
        return self.text(cell, spans)

    def _people(self, cell: str) -> str:
        """A cell of names, each replaced; a word for who is no person stays."""
        plain, signs, done = folded(cell), list(cell), bytearray(len(cell))
        for name in sorted(set(names_in(cell, staff=":" in plain)), key=len, reverse=True):
            for match in re.finditer("[ ]{0,3}".join(map(re.escape, name)), plain, re.I):
                _put(signs, done, plain, *match.span(), self._pseudonyms.name(name))
        for match in _RUN.finditer(plain) if ":" not in plain else ():
            if any(sign.isdigit() for sign in match[0]):
                _put(signs, done, plain, *match.span(), self._pseudonyms.number(match[0]))
        return "".join(signs)

    @property
    def words(self) -> frozenset[str]:
        """Names that are words as well, and so are left where no context tells a person."""
        return self._known.words


def laid_over(writing: str, letters: str) -> str:
    """New letters in an old writing: what `bare` leaves out of it stays where it is."""
    coming = iter(letters)
    return "".join(next(coming) if bare(sign) else sign for sign in writing)


def _put(signs: list[str], done: bytearray, plain: str, start: int, end: int, new: str) -> None:
    """Write over a span that nothing was written over yet."""
    if any(done[start:end]):
        return
    coming = iter(bare(new) if len(bare(plain[start:end])) == len(bare(new)) else new)
    for place in range(start, end):
        if bare(plain[place]):
            signs[place] = next(coming)
    done[start:end] = b"\x01" * (end - start)


def _left(done: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a span that nothing was written over yet."""
    at = start
    for place in range(start, end + 1):
        if place == end or done[place]:
            if at < place:
                yield at, place
            at = place + 1
