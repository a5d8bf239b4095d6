"""Cuts the text of a record file into its documents: at title lines, and at timed entries of a progress sheet."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, zip_longest

from knowledge.readers import ReadText
from review.facts import OCR_USABLE
from review.facts.times import Moment, line_moments, moments
from review.intake.titles import OTHER, PROGRESS, kind_of_file, only_moment, read_title
from review.intake.writing import ROLE, sections, signatures, written_at
from review.record import Document

_IDENTITY = re.compile(
    r"(?:姓\s*名|性\s*别|年\s*龄|科\s*室|科\s*别|病\s*区|床\s*号|住\s*院\s*号|病\s*案\s*号|就诊号)\s*[:：\t]"
)
_HEAD = re.compile(
    r"^\s*[【\[]?\s*(?:姓\s*名|性\s*别|年\s*龄|科\s*室|科\s*别|病\s*区|床\s*号|住\s*院\s*号|病\s*案\s*号|就诊号)\s*[】\]:：\t]"
)
_HOSPITAL_LINE = re.compile(r"^\s*[\u4e00-\u9fff（）()]{2,24}(?:医院|卫生院|医疗中心|保健院|服务中心)\s*$")
_RULE = " \t\n\r-=_*─—━~"
TOP_LINES = 4  # of a page, among which a running header may stand
HEAD_LINES = 9  # below a title, within which the patient's head ends and the time stands


@dataclass(frozen=True)
class Line:
    """A line and where it starts in the file's text."""

    start: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip(_RULE)


@dataclass(frozen=True)
class Cut:
    """Where a document starts, what it is called, and the time beside its title."""

    start: int
    kind: str
    title: str
    moment: Moment | None
    body: int  # where what follows title and time starts


def split_documents(read: ReadText, admission_id: str, source: str, order: int, stem: str) -> list[Document]:
    """The documents of one file, in the order of the text."""
    text = read.text
    lines = _lines(text, _running_headers(read))
    cuts = _with_entries(_merged(_title_cuts(lines), text), lines, text)
    if not cuts:
        kind = kind_of_file(stem)
        cuts = [Cut(0, kind or OTHER, stem, None, 0)]
        cuts = _with_entries(cuts, lines, text)
    bounds = [0, *(cut.start for cut in cuts[1:]), len(text)]
    return [
        _document(read, cut, begin, end, admission_id, source, f"{admission_id}/{order}-{number}")
        for number, (cut, (begin, end)) in enumerate(zip(cuts, pairwise(bounds), strict=True), start=1)
        if text[begin:end].strip(_RULE)
    ]


def _lines(text: str, running: frozenset[int]) -> list[Line]:
    """Lines of the text without those that only repeat a page's header."""
    lines, at = [], 0
    for piece in text.split("\n"):
        if at not in running:
            lines.append(Line(at, piece))
        at += len(piece) + 1
    return lines


def _running_headers(read: ReadText) -> frozenset[int]:
    """Starts of lines that head most pages, on pages that go on with what the page before left unsigned."""
    if len(read.pages) < 2:
        return frozenset()
    heads: dict[int, list[tuple[int, str]]] = {}
    for number, page in enumerate(read.pages):
        at = page.start
        for piece in read.text[page.start : page.end].split("\n")[:TOP_LINES]:
            heads.setdefault(number, []).append((at, "".join(piece.split())))
            at += len(piece) + 1
    seen = Counter(piece for lines in heads.values() for piece in {piece for _, piece in lines})
    often = {piece for piece, count in seen.items() if piece and 2 * count > len(read.pages)}
    return frozenset(
        at
        for number, lines in heads.items()
        if number and not _signed_off(read, number - 1)
        for at, piece in lines
        if piece in often
    )


def _signed_off(read: ReadText, number: int) -> bool:
    """Whether a page ends with a signature, so that the next one begins something new."""
    page = read.pages[number]
    return bool(ROLE.search(read.text[page.start : page.end].rstrip(_RULE)[-60:]))


def _title_cuts(lines: list[Line]) -> list[Cut]:
    cuts: list[Cut] = []
    used = -1  # index of the last line that belongs to a title already found
    for index, line in enumerate(lines):
        title = read_title(line.text)
        if title is None:
            continue
        first, last = index, index
        moment = _shifted(title.moment, line)
        after = _behind_head(lines, index)
        if moment is None and after is not None and (stamp := only_moment(lines[after].text)):
            moment = _shifted(stamp, lines[after])
            last = index if any(_HEAD.search(line.text) for line in lines[index + 1 : after]) else after
        before = index - 1
        if moment is None and before > used and (stamp := only_moment(lines[before].text)):
            moment, first = _shifted(stamp, lines[before]), before
        first = _with_header(lines, first, used)
        used = last
        body = lines[last].start + len(lines[last].text)
        cuts.append(Cut(lines[first].start, title.kind, title.text, moment, body))
    return cuts


def _behind_head(lines: list[Line], title: int) -> int | None:
    """The line below a title, the patient's head between the two aside, where there is one."""
    head = False
    for place in range(title + 1, min(title + 1 + HEAD_LINES, len(lines))):
        if _HEAD.search(lines[place].text):
            head = True
        elif not lines[place].blank:
            return place if head or place <= title + 2 else None
    return None


def _shifted(moment: Moment | None, line: Line) -> Moment | None:
    if moment is None:
        return None
    return Moment(moment.at, moment.exact, moment.start + line.start, moment.end + line.start)


def _with_header(lines: list[Line], first: int, used: int) -> int:
    """The hospital's name and the patient's line above a title belong to what they head."""
    at = first
    for index in range(first - 1, used, -1):
        line = lines[index].text
        if _HOSPITAL_LINE.match(line) or len(_IDENTITY.findall(line)) >= 2:
            at = index
        elif not lines[index].blank:
            break
    return at


def _merged(cuts: list[Cut], text: str) -> list[Cut]:
    """A title with nothing below it but the next title is the sheet's heading, or that title's own subtitle."""
    kept: list[Cut] = []
    for cut in cuts:
        before = kept[-1] if kept else None
        if before is None or text[before.body : cut.start].strip(_RULE) or before.moment is not None:
            kept.append(cut)
        elif before.kind in (PROGRESS, OTHER):
            kept[-1] = Cut(before.start, cut.kind, cut.title, cut.moment, cut.body)
        else:
            kept[-1] = Cut(before.start, before.kind, before.title, cut.moment, cut.body)
    return kept


def _with_entries(cuts: list[Cut], lines: list[Line], text: str) -> list[Cut]:
    """In a progress sheet, a line that opens with date and time after a signature begins the next note."""
    whole: list[Cut] = []
    starts = [line.start for line in lines]
    for cut, following in zip_longest(cuts, cuts[1:]):
        end = following.start if following is not None else len(text)
        whole.append(cut)
        if cut.kind != PROGRESS:
            continue
        first = cut
        for line in lines[bisect_right(starts, cut.body) : bisect_left(starts, end)]:
            stamps = [stamp for stamp in line_moments(line.text, None) if stamp.exact]
            if not stamps:
                continue
            stamp = _shifted(stamps[0], line)
            signed = ROLE.search(text[whole[-1].body : line.start])
            if whole[-1] is first and first.moment is None and not text[first.body : line.start].strip(_RULE):
                whole[-1] = Cut(
                    first.start, first.kind, first.title, stamp, stamp.end if stamp else first.body
                )
                first = whole[-1]
            elif signed:
                whole.append(Cut(line.start, PROGRESS, cut.title, stamp, stamp.end if stamp else line.start))
    return whole


def _document(
    read: ReadText, cut: Cut, begin: int, end: int, admission_id: str, source: str, document_id: str
) -> Document:
    text = read.text[begin:end].rstrip(_RULE)
    begin += len(text) - len(text.lstrip())
    text = text.lstrip()
    moment = cut.moment
    at, exact = written_at(text, moment.at if moment else None, bool(moment and moment.exact))
    if at is not None and _hardly_read(read, begin, text, at):
        at, exact = None, False
    return Document(
        document_id=document_id,
        admission_id=admission_id,
        source=source,
        kind=cut.kind,
        title=cut.title,
        text=text,
        start=begin,
        written_at=at,
        written_exact=exact,
        confidence=_confidence(read, begin, begin + len(text)),
        sections=sections(cut.kind, text),
        signatures=signatures(text),
    )


def _confidence(read: ReadText, begin: int, end: int) -> float:
    """The lowest OCR line in a span; 1.0 where all of it is text."""
    touched = [
        line.confidence for page in read.pages for line in page.lines if line.start < end and begin < line.end
    ]
    return min(touched, default=1.0)


def _hardly_read(read: ReadText, begin: int, text: str, at: datetime) -> bool:
    """Whether the digits of a time were recognised too badly to hold anybody to it, wherever it stands."""
    doubts = [
        doubt
        for page in read.pages
        for doubt in page.doubts
        if doubt.confidence < OCR_USABLE and begin <= doubt.start < begin + len(text)
    ]
    if not doubts:
        return False
    said = [moment for moment in moments(text) if moment.at == at]
    return bool(said) and all(
        any(doubt.start < begin + moment.end and begin + moment.start < doubt.end for doubt in doubts)
        for moment in said
    )
