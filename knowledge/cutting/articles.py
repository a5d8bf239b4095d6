"""Articles (第三十八条, 第35条), their items （一）, and bracketed fragments [第30条] of a regulation's text.

An article begins where its number continues the count; a number inside a sentence is a reference.
"""

import re
from collections.abc import Iterator

from knowledge.cutting.pieces import Piece
from knowledge.numerals import NUMERAL, in_chinese, number_of

LONG_ARTICLE = 2000  # characters; the items of a longer article are found on their own
_NUMBER = rf"第\s*({NUMERAL}|\d{{1,5}})\s*条(?:之{NUMERAL})?"
ARTICLE_PASSAGE = re.compile(_NUMBER)
_REFERENCE_FOLLOWS = r"(?!第|规定|所|的|、|，|,|和|至|或|与|及|项|款|中|之)"
_AT_LINE = re.compile(rf"^[ \t　*]*(?:#+\s*)?({_NUMBER}){_REFERENCE_FOLLOWS}", re.M)
_IN_LINE = re.compile(
    rf"(?<=[。；\s])({_NUMBER}){_REFERENCE_FOLLOWS}|(?<=[一-鿿])({_NUMBER}){_REFERENCE_FOLLOWS}"
)
_CHAPTER = re.compile(rf"第\s*{NUMERAL}\s*[编章节][ \t　]*[^\s。，；第]{{1,25}}")
CHAPTER_LINE = re.compile(rf"^[ \t　#*]*(第\s*{NUMERAL}\s*[编章节][^\n。；]{{0,30}}?)\s*$", re.M)
_CHAPTER_ENDS = re.compile(rf"[。；]\s*第\s*{NUMERAL}\s*[编章节][ \t　]*[^\s。，；第]{{1,25}}$")
_AFTERWORD = re.compile(r"^[ \t　]*(?:附件|附录|附表|附：|抄送|#{1,6} |编者|【残片】)", re.M)
_ITEM = re.compile(rf"(?:^|(?<=[：:；;。\s]))[ \t　]*[（(]({NUMERAL})[）)]", re.M)
_NUMBERED_LINE = re.compile(r"^[ \t　]*[（(]?(\d{1,2})[)）.．、](?!\d)", re.M)
_SUBITEM_LINE = re.compile(r"\n[ \t　]*\d+[.．。、][^\n]*")
_FRAGMENT = re.compile(rf"^[ \t　]*(\[{_NUMBER}\])", re.M)


def cut_articles(text: str, begin: int, end: int) -> Iterator[Piece]:
    """Articles in their order, each followed by its items."""
    starts = list(_article_starts(text, begin, end))
    chapters = list(_chapters(text, begin, end))
    above: list[tuple[int, str]] = []
    for number, (start, name) in enumerate(starts):
        limit = starts[number + 1][0] if number + 1 < len(starts) else end
        stop = _stop(text, start + len(name), limit)
        while chapters and chapters[0][0] < start:
            _, rank, title = chapters.pop(0)
            above = [*(one for one in above if one[0] < rank), (rank, title)]
        article = Piece(name, start, stop, "article", " / ".join(title for _, title in above))
        items = list(cut_items(text, article))
        long = stop - start > LONG_ARTICLE and len(items) >= 2
        yield article
        for item in items:
            yield Piece(item.name, item.start, item.end, "item", item.context, name, long)


def _article_starts(text: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
    """Line starts whose number goes on counting; inside a line only the very next number."""
    at_line = {match.start(1) for match in _AT_LINE.finditer(text, begin, end)}
    matches = {match.start(1): match for match in _AT_LINE.finditer(text, begin, end)}
    for match in _IN_LINE.finditer(text, begin, end):
        group = 1 if match[1] else 3
        matches.setdefault(match.start(group), match)
    last = 0
    for position in sorted(matches):
        name_match = ARTICLE_PASSAGE.match(text, position)
        if name_match is None:
            continue
        number = number_of(name_match[1])
        inserted = "之" in name_match[0] and number == last
        follows = number == last + 1 or inserted or (number == 1 and position in at_line)
        if follows or (position in at_line and number > last):
            if not follows and position in at_line and _is_reference(text, position):
                continue
            last = number
            yield position, re.sub(r"\s+", "", name_match[0])


def _is_reference(text: str, position: int) -> bool:
    """A line that begins with a number while the sentence before it is unfinished."""
    before = text[max(0, position - 40) : position].rstrip().rstrip("#").rstrip()
    return (
        bool(before)
        and before[-1] not in "。；：:;】）)>!！？"
        and not _CHAPTER_ENDS.search(before)
        and "\n\n" not in text[position - 3 : position]
    )


def _stop(text: str, start: int, limit: int) -> int:
    """An article ends at the next one, at a chapter line, or where an annex begins."""
    stops = [
        match.start()
        for match in (CHAPTER_LINE.search(text, start, limit), _AFTERWORD.search(text, start, limit))
        if match
    ]
    return min(stops, default=limit)


def _chapters(text: str, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Position, rank and heading of each 编, 章 and 节; those run into the text where none has its own line."""
    lines = list(CHAPTER_LINE.finditer(text, begin, end))
    for match in lines or _CHAPTER.finditer(text, begin, end):
        title = re.sub(r"\s+", " ", match[1 if lines else 0]).strip()
        yield match.start(), "编章节".index(re.sub(rf"第\s*{NUMERAL}\s*", "", title)[0]), title


def cut_items(text: str, article: Piece) -> Iterator[Piece]:
    """（一）（二）… of one article, or its lines 1. 2. …, counted from one; the last ends with its paragraph."""
    starts = list(_counted(text, article, _ITEM)) or list(_counted(text, article, _NUMBERED_LINE))
    if len(starts) < 2:
        return
    lead = text[article.start : starts[0][0]].strip()
    for number, (start, mark) in enumerate(starts):
        if number + 1 < len(starts):
            stop = starts[number + 1][0]
        else:
            line_end = text.find("\n", start, article.end)
            stop = article.end if line_end < 0 else line_end
            while (line := _SUBITEM_LINE.match(text, stop, article.end)) is not None:
                stop = line.end()
        yield Piece(f"{article.name}{mark}", start, stop, "item", f"{article.context} / {lead[-80:]}")


def _counted(text: str, article: Piece, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Where the items begin, and how they are cited: the third is （三） whatever sign stands before it."""
    last = 0
    for match in pattern.finditer(text, article.start, article.end):
        if number_of(match[1]) == last + 1:
            last += 1
            opening = text.rfind(match[0].strip()[0], match.start(), match.start(1) + 1)
            yield opening, f"（{in_chinese(last)}）"


def cut_fragments(text: str, begin: int, end: int) -> Iterator[Piece]:
    """Bracketed article numbers: text whose number is in doubt keeps its brackets and is no article."""
    matches = list(_FRAGMENT.finditer(text, begin, end))
    for number, match in enumerate(matches):
        limit = matches[number + 1].start() if number + 1 < len(matches) else end
        blank = text.find("\n\n", match.end(), limit)
        yield Piece(match[1], match.start(1), limit if blank < 0 else blank, "fragment", "残片")
