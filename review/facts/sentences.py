"""A document as sentences, each with the time and the section it belongs to, and with the white space taken out.

Patterns are matched against the bare text, so that a line broken by a page layout reads as it was meant; every place
in it can be traced to the document's own text. It does not know what a sentence says.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, Protocol

from review.facts.gates import Letters, letters_of
from review.facts.times import Moment, line_moments
from review.record import Document, Section

ENDS = "。；;！!？?"
END = re.compile(rf"[{ENDS}\n]")
INK = re.compile(r"\S+")
LABEL = re.compile(
    r"[\s|]*(?:[一二三四五六七八九十]{1,2}、|\d{1,2}[.、．)）](?!\d)|[\u4e00-\u9fff]{2,10}[：:])"
)
# what stands before the name of a section on its own line: 一、 2. 【
LABEL_SIGNS = re.compile(r"(?:[一二三四五六七八九十]{1,2}、|\d{1,2}[.、](?!\d)\s*)?[【\[]?")
SIGNS = frozenset("【[一二三四五六七八九十0123456789")
UNWRAPPED = re.compile(r"姓名[:：]|\d[:：时]\d{0,2}分?$|签名[:：]")
SHORT_LINE, LONGEST = 24, 800  # what runs on for longer is no sentence
CONSENT = re.compile(r"同意书|告知书|宣教")
NURSING = re.compile(r"护理|护士|体温单|巡视|交班|治疗记录|治疗单")


REMEMBERED = 4_000  # wordings read once; 200 long stays meet 45 % of their sentences again, 49 % at 20,000


class Worded(Protocol):
    """Anything with words and the section they stand in."""

    @property
    def bare(self) -> str: ...

    @property
    def section(self) -> str | None: ...


class Wording(NamedTuple):
    """What a sentence says, without its place and time: equal wordings mean the same wherever they stand."""

    bare: str
    section: str | None
    of_consent: bool  # stands in a form that tells what may happen

    @property
    def letters(self) -> Letters:
        return letters_of(self.bare)


class Sentence(NamedTuple):
    """One sentence. `bare` is its text without white space; `places` leads each character back."""

    document: Document
    bare: str
    places: Sequence[int]
    at: datetime | None
    exact: bool
    section: str | None
    wording: Wording

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the bare text stands in the document's own text."""
        return self.places[start], self.places[end - 1] + 1

    @property
    def letters(self) -> Letters:
        """The characters it holds, which tell most patterns at once that they need not be tried."""
        return letters_of(self.bare)

    @property
    def whole(self) -> tuple[int, int]:
        return self.places[0], self.places[-1] + 1


@lru_cache(maxsize=1_024)
def _of_consent(kind: str) -> bool:
    return CONSENT.search(kind) is not None


def sentences(document: Document) -> Iterator[Sentence]:
    """The sentences of a document in order."""
    stamps = entry_times(document)
    text, of_consent = document.text, _of_consent(document.kind)
    passed, ended, stamp = 0, 0, None
    for start, end in _cuts(text, stamps):
        bare, places = _inked(text, start, end)
        if not bare:
            continue
        first = places[0]
        while passed < len(stamps) and stamps[passed].start <= first:
            stamp, passed = stamps[passed], passed + 1
        while ended < len(document.sections) and document.sections[ended].end <= first:
            ended += 1
        section = section_at(document.sections, ended, _past_signs(text, first))
        yield Sentence(
            document,
            bare,
            places,
            stamp.at if stamp else document.written_at,
            stamp.exact if stamp else document.written_exact,
            section,
            Wording(bare, section, of_consent),
        )


def labelled(document: Document, start: int, end: int, section: str) -> Sentence:
    """A stretch of a document that is read as a sentence of a section of its own."""
    bare, places = _inked(document.text, start, end)
    wording = Wording(bare, section, _of_consent(document.kind))
    return Sentence(document, bare, places, document.written_at, document.written_exact, section, wording)


def _inked(text: str, start: int, end: int) -> tuple[str, Sequence[int]]:
    """A stretch of a text without its white space, and where each character of it stands."""
    words = text[start:end].split()
    if not words:
        return "", ()
    if len(words) == 1:
        first = text.find(words[0], start)
        return words[0], range(first, first + len(words[0]))
    runs = (range(*run.span()) for run in INK.finditer(text, start, end))
    return "".join(words), tuple(chain.from_iterable(runs))


def entry_times(document: Document) -> list[Moment]:
    """The times of the entries of a sheet that carries many; empty where the document has one time of its own."""
    stamps = line_moments(document.text, document.written_at)
    is_sheet = bool(NURSING.search(document.kind + document.title))
    return stamps if is_sheet or len([stamp for stamp in stamps if stamp.exact]) >= 3 else []


def _past_signs(text: str, place: int) -> int:
    """Where a label begins whose number or bracket stands at that place."""
    signs = LABEL_SIGNS.match(text, place) if text[place] in SIGNS else None
    return place if signs is None else signs.end()


def section_at(sections: Sequence[Section], ended: int, place: int) -> str | None:
    """The name of the section that a place lies in; those before the number `ended` lie before it.

    Sections stand in the order in which they begin, and a long sheet has tens of thousands.
    """
    for number in range(ended, len(sections)):
        section = sections[number]
        if section.start > place:
            return None
        if place < section.end:
            return section.name
    return None


def _cuts(text: str, stamps: list[Moment]) -> Iterator[tuple[int, int]]:
    """Spans between sentence ends; a line end counts unless it only wraps a long line."""
    ends = {
        match.start() for match in END.finditer(text) if match[0] != "\n" or not _wraps(text, match.start())
    }
    borders = {stamp.start for stamp in stamps}
    start = 0
    for place in sorted(ends | borders):
        while place - start > LONGEST:
            yield start, start + LONGEST + 1
            start += LONGEST + 1
        if place in borders and place > start:
            yield start, place
            start = place
        if place in ends:
            yield start, place + 1
            start = place + 1
    while len(text) - start > LONGEST:
        yield start, start + LONGEST + 1
        start += LONGEST + 1
    yield start, len(text)


def _wraps(text: str, place: int) -> bool:
    """Whether a line end stands inside a sentence that the layout broke."""
    begins = text.rfind("\n", 0, place) + 1
    if place - begins < SHORT_LINE:
        return False
    line = "".join(text[begins:place].split())
    following = text[place + 1 : place + 30].split("\n")[0]
    if len(line) < SHORT_LINE or not following.strip() or line[-1] in ENDS + "：:" or UNWRAPPED.search(line):
        return False
    return LABEL.match(following) is None and not re.match(r"\s*\d{4}[-./年]", following)
