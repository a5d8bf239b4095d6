"""Headings, numbered points and paragraphs of notices, plans, press conferences and cases.

A passage is named by its heading, or by the opening words of its paragraph where it has none. The sections that
a search returns are the lowest headings; numbered sentences below them are items.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.cutting.pieces import Piece
from knowledge.numerals import NUMERAL

LONGEST_HEADING = 40
LONG_SECTION = 3000
_LEAST_PARAGRAPH = 25
_LEAST_POINTS = 8
_LONGEST_MARK = 8
_ITEM_LEVEL = 8
_POINT_LEVEL = 5
_STAGE = rf"第{NUMERAL}(?:阶段|步|部分|环节)"
_LEVELS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"#{1,6}\s+"), 1),
    (re.compile(rf"第\s*{NUMERAL}\s*编(?=[ \t　])"), 2),
    (re.compile(rf"第\s*{NUMERAL}\s*章(?=[ \t　])"), 3),
    (re.compile(rf"第\s*{NUMERAL}\s*节(?=[ \t　])"), 4),
    (re.compile(r"【[^】\n]{2,30}】"), 4),
    (re.compile(rf"{NUMERAL}、"), _POINT_LEVEL),
    (re.compile(rf"[（(]{NUMERAL}[）)]"), 6),
    (re.compile(rf"{_STAGE}(?=[：:，、 　])"), 6),
    (re.compile(r"\d{1,2}\s*[.．、。](?!\d)"), _ITEM_LEVEL),
    (re.compile(r"[（(]\d{1,2}[）)](?=\S)|\d{1,2}[）)](?=[一-鿿])"), 9),
    (re.compile(r"[①-⑳]"), 10),
)
_MARK = re.compile(rf"[（(]?(?:{NUMERAL}|\d+)[）)、.．。]\s*|[①-⑳]\s*")
_COPIES = re.compile(r"抄送[:：]")
_POINT = re.compile(r"^[ \t　]*(\d{1,3})[.．、。](?!\d)", re.M)
_SUBPOINT = re.compile(r"^[ \t　]*[（(](\d{1,2})[）)]", re.M)
_REPORTER = re.compile(r"^[^\n]{2,20}记者[:：]", re.M)
_SPEAKER = re.compile(r"^([^，。,：:；、“”\s]{2,14})[:：](?=\S|$)")
_CAPTION = re.compile(r"[（(][一-鿿]{2,4} 摄[）)]$")
_CASE = re.compile(r"^\s*(?:-{2,}|—{2,})\s*(\S[^\n]{4,60})$", re.M)
_LABEL = re.compile(r"^\s*-\s*[\w一-鿿]+\s*[：:]")


@dataclass
class Section:
    """One line of the text, and for a heading what stands below it."""

    start: int
    end: int
    text: str
    level: int
    stop: int = 0
    name: str = ""
    inner: bool = False  # found through the section above it
    parent: "Section | None" = None
    children: list["Section"] = field(default_factory=list)
    lines: list["Section"] = field(default_factory=list)

    @property
    def own_end(self) -> int:
        return self.children[0].start if self.children else self.stop

    @property
    def chain(self) -> list[str]:
        above = self.parent.chain if self.parent else []
        return [*above, self.name]

    @property
    def cited(self) -> str:
        """An inner section is cited behind the one it belongs to, by its mark alone where it has one."""
        if not self.inner or self.parent is None:
            return self.name
        mark = _MARK.match(self.text)
        return self.parent.cited + (mark[0].strip() if mark else self.name)


def cut_points(text: str, begin: int, end: int) -> Iterator[Piece]:
    """Arabic points that count through the whole document: 第5点. Restarting counts are no such points."""
    starts = [(match.start(1), int(match[1])) for match in _POINT.finditer(text, begin, end)]
    if len(starts) < _LEAST_POINTS or [number for _, number in starts] != list(range(1, len(starts) + 1)):
        return
    above = [line for line in _lines(text, begin, end) if line.level == _POINT_LEVEL]
    for index, (start, number) in enumerate(starts):
        limit = starts[index + 1][0] if index + 1 < len(starts) else end
        limit = min([limit, *(line.start for line in above if start < line.start < limit)])
        context = next((line.text for line in reversed(above) if line.start < start), "")
        name = f"第{number}点"
        yield Piece(name, start, limit, "point", context)
        subpoints = list(_SUBPOINT.finditer(text, start, limit))
        for place, match in enumerate(subpoints):
            following = subpoints[place + 1].start() if place + 1 < len(subpoints) else None
            stop = following or _line_end(text, match.end(), limit)
            yield Piece(f"{name}（{match[1]}）", match.start(1) - 1, stop, "item", context, name, False)


def cut_headings(text: str, begin: int, end: int) -> Iterator[Piece]:
    """Sections under headings, then paragraphs that stand under none or in a long section."""
    speakers = len(_REPORTER.findall(text, begin, end)) >= 2
    loose, sections = _tree(_lines(text, begin, end), end, speakers)
    for section in sections:
        section.name, section.inner = _heading_name(text, section)
    sentences = {id(section) for section in sections if section.inner}
    names = [section.name for section in sections]
    for section in sections:
        siblings = section.parent.children if section.parent else []
        mostly = sum(id(one) in sentences for one in siblings) * 2 >= len(siblings)
        repeated = names.count(section.name) > 1
        section.inner = bool(section.parent) and (section.level >= _ITEM_LEVEL or mostly or repeated)
    for section in sections:
        yield from _pieces(text, section)
    for line in loose:
        yield from _paragraph(line, None, "", True)


def _tree(lines: list[Section], end: int, speakers: bool) -> tuple[list[Section], list[Section]]:
    """Lines that stand under no heading, and all headings in order with what is below them."""
    loose: list[Section] = []
    sections: list[Section] = []
    open_sections: list[Section] = []
    for line in lines:
        turn = speakers and not line.level and ("记者" in line.text[:12] or _SPEAKER.match(line.text))
        while open_sections and (turn or (line.level and open_sections[-1].level >= line.level)):
            open_sections.pop().stop = line.start
        if not line.level:
            (open_sections[-1].lines if open_sections else loose).append(line)
            continue
        if open_sections:
            line.parent = open_sections[-1]
            line.parent.children.append(line)
        sections.append(line)
        open_sections.append(line)
    for section in open_sections:
        section.stop = end
    return loose, sections


def _pieces(text: str, section: Section) -> Iterator[Piece]:
    """One heading's own passage; a parent of searchable sections gives only its own words to the search."""
    above = section.parent.chain if section.parent else []
    context, parent = " / ".join(above), (section.parent.cited if section.parent else None)
    folds = all(child.inner for child in section.children)
    stop = section.stop if folds else section.own_end
    run_in = max(0, len(section.text) - len(section.name) - _LONGEST_MARK)
    said = run_in + len(text[section.end : stop].strip())
    if section.inner:
        yield Piece(section.cited, section.start, section.stop, "item", context, parent, False)
        return
    if said >= (2 if folds else _LEAST_PARAGRAPH):
        yield Piece(section.name, section.start, stop, "heading", context, parent)
    elif section.children:
        yield Piece(section.name, section.start, section.stop, "heading", context, parent, False)
    if not _CASE.search(text, section.start, section.own_end):
        for line in section.lines:
            yield from _paragraph(line, section.name, context, section.own_end - section.start > LONG_SECTION)


def _paragraph(line: Section, parent: str | None, context: str, unit: bool) -> Iterator[Piece]:
    if len(line.text) < _LEAST_PARAGRAPH or _LABEL.match(line.text) or _CAPTION.search(line.text):
        return
    unit = unit and not _COPIES.match(line.text)
    yield Piece(opening_words(line.text), line.start, line.end, "paragraph", context, parent, unit)


def opening_words(paragraph: str) -> str:
    """The first clause, or the first two where one is only a word; a speaker's name is not part of it."""
    said = _SPEAKER.sub("", paragraph) or paragraph
    for match in re.finditer(r"[，,。；;：:！？]", said):
        if match.start() >= 6:
            return said[: match.start()].strip()
    return said[:LONGEST_HEADING].strip()


def _lines(text: str, begin: int, end: int) -> list[Section]:
    lines = []
    for match in re.finditer(r"[^\n]+", text[begin:end]):
        stripped = match[0].strip()
        if stripped and not set(stripped) <= set("-—=*_ "):
            start = begin + match.start() + len(match[0]) - len(match[0].lstrip())
            level = next((level for pattern, level in _LEVELS if pattern.match(stripped)), 0)
            lines.append(Section(start, start + len(stripped), stripped, level))
    return lines


def _heading_name(text: str, section: Section) -> tuple[str, bool]:
    """The heading as cited, and whether it is really a sentence behind a number."""
    line = section.text
    if section.level == 1:
        case = _CASE.search(text, section.end, min(section.stop, section.end + 400))
        return (case[1].strip() if case else re.sub(r"^#+\s*", "", line)), False
    label = re.match(rf"【[^】]+】|{_STAGE}", line)
    if label:
        return label[0], False
    mark = _MARK.match(line)
    begin = mark.end() if mark else 0
    outside = re.sub(r"[（(][^）)]*[）)]", lambda match: "〇" * len(match[0]), line)
    cut = re.search(r"[。：:]", outside[begin:])
    name = line[: begin + cut.start()] if cut else line
    if len(name) <= LONGEST_HEADING and not re.search(r"[；;，,]$", name):
        return name, False
    return (line[:begin] + opening_words(line[begin:])) if mark else name[:LONGEST_HEADING], True


def _line_end(text: str, position: int, limit: int) -> int:
    found = text.find("\n", position, limit)
    return limit if found < 0 else found
