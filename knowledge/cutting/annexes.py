"""The annexes of a document (附件1, 附表二, 附录A): where each begins, and what it is called.

The list of annexes at the end of a notice is no annex; an annex begins with a line of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.numerals import NUMERAL, number_of

_FEWEST_SIGNS = 30  # of an annex without a title; less is a remark such as 附件：略
_LONGEST_TITLE = 60
_LINE = re.compile(
    rf"^[ \t　#*]*(附\s*[件录表])[ \t　]*({NUMERAL}|\d{{1,2}}|[A-Z])?(?![一-鿿\dA-Za-z])"
    r"[ \t　]*[:：.．、—-]?[ \t　]*([^\n]*)$",
    re.M,
)


@dataclass(frozen=True)
class Part:
    """A stretch of the text: the body (`name` empty), or one annex with its heading before `begin`."""

    name: str
    start: int
    begin: int
    end: int
    heading: str = ""


def parts(text: str, begin: int, end: int) -> Iterator[Part]:
    """The body, then each annex; a text that is an annex from its first line is one body."""
    starts = [match for match in _LINE.finditer(text, begin, end) if _own_line(match)]
    annexes = [
        part
        for number, match in enumerate(starts)
        if (part := _annex(text, match, starts[number + 1].start() if number + 1 < len(starts) else end))
    ]
    if annexes and not text[begin : annexes[0].start].strip():
        annexes = annexes[1:]
    yield Part("", begin, begin, annexes[0].start if annexes else end)
    for number, annex in enumerate(annexes):
        stop = annexes[number + 1].start if number + 1 < len(annexes) else end
        yield Part(annex.name, annex.start, annex.begin, stop, annex.heading)


def _own_line(match: re.Match[str]) -> bool:
    """A heading stands alone, or carries number and title; 附件：1.甲 2.乙 lists what follows."""
    title = match[3].strip()
    if not title:
        return True
    listing = re.match(rf"(?:\d|{NUMERAL})+[.．、]", title)
    return (
        bool(match[2]) and not listing and len(title) <= _LONGEST_TITLE and not re.search(r"[。；，]", title)
    )


def _annex(text: str, match: re.Match[str], limit: int) -> Part | None:
    """Null where hardly anything follows before the next annex: it is only named here."""
    body = text[match.end() : limit]
    if len(re.findall(r"\w", body)) < _FEWEST_SIGNS:
        return None
    kind, number = re.sub(r"\s", "", match[1]), _arabic(match[2])
    name = f"{kind}{number}"
    title, begin = match[3].strip(), match.end()
    if not title:
        first = re.match(r"\s*([^\n]+)", body)
        said = first[1].strip() if first else ""
        if (
            first
            and len(said) <= _LONGEST_TITLE
            and "\t" not in said
            and not re.search(r"[。；：:，]$|^\|", said)
        ):
            title, begin = said.lstrip("# "), match.end() + first.end()
    return Part(name, match.start(), begin, limit, f"{name} {title}".strip())


def _arabic(number: str | None) -> str:
    if not number:
        return ""
    try:
        return str(number_of(number))
    except ValueError:
        return number
