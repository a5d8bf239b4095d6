"""Finds the revisions inside a PDF by its bytes alone: each ends with its own cross-reference and end mark.

A linearised file has two cross-references and one revision; an end mark inside an embedded file is on no chain.
"""

import re

MOST_REVISIONS = 40
MOST_MARKS = 4000  # end marks looked at
_END = re.compile(rb"startxref\s{1,8}(\d{1,12})\s{1,8}(?:%[^\r\n]{0,200}[\r\n]+)?%%EOF[ \t]*(?:\r\n|\r|\n)?")
_PREVIOUS = re.compile(rb"/Prev\s{0,8}(\d{1,12})")
_SECTION = re.compile(rb"\s{0,8}(?:xref\b|\d{1,10}\s+\d{1,5}\s+obj\b)")
_TRAILER_END = re.compile(rb"startxref|\bstream\b")
_LINEARISED = re.compile(
    rb"/Linearized\b[^>]{0,400}?/L\s+(\d{1,12})|/L\s+(\d{1,12})\b[^>]{0,400}?/Linearized\b"
)
LONGEST_SECTION = 8 * 1024 * 1024


def revision_ends(content: bytes) -> tuple[int, ...]:
    """Where each revision ends, the first first; one end at most where nothing was appended."""
    if content.count(b"startxref", 0) < 2:
        return (len(content),)
    marks = [
        (int(mark[1]), mark.end()) for mark, _ in zip(_END.finditer(content), range(MOST_MARKS), strict=False)
    ]
    whole = _linearised_length(content)
    marks = [(at, end) for at, end in marks if 0 < at < end and end >= whole - 2]
    if not marks:
        return (len(content),)
    chain = _chain(content, marks[-1][0])
    ends: dict[int, int] = {}  # the first mark that names a cross-reference is its own
    for at, end in marks:
        if at in chain:
            ends.setdefault(at, end)
    ends.pop(marks[-1][0], None)
    return (*sorted(ends.values())[-MOST_REVISIONS + 1 :], len(content))


def _linearised_length(content: bytes) -> int:
    """The length of the file as it was laid out for the web; 0 where it was not."""
    found = _LINEARISED.search(content[:2048])
    length = int(found[1] or found[2]) if found else 0
    return length if length <= len(content) else 0


def _chain(content: bytes, at: int) -> frozenset[int]:
    """The cross-references that the last one refers back to, itself included."""
    seen: set[int] = set()
    while 0 < at < len(content) and at not in seen and len(seen) < MOST_MARKS:
        if not _SECTION.match(content, at):
            break
        seen.add(at)
        stop = _TRAILER_END.search(content, at, at + LONGEST_SECTION)
        previous = _PREVIOUS.search(content, at, stop.start() if stop else at + 4096)
        at = int(previous[1]) if previous else 0
    return frozenset(seen)
