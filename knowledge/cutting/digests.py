"""Our own digests: `## passage` and `### item` of a Markdown file with front matter, as passages.

A digest restates in our words and carries the official title and passage, so that it folds into the official text.
Lines that begin with `问：` say how people ask for a passage: they help to find it and are no part of its text.
"""

import re
from functools import cache
from pathlib import Path

from knowledge.cutting.documents import Document, read_document
from knowledge.cutting.passages import Passage

SHIPPED = Path(__file__).parents[1] / "regulations"
LONG_DIGEST = 800
_HEADING = re.compile(r"^(#{2,3})[ \t]+(.+?)[ \t]*$", re.M)
_ASKED = re.compile(r"^问：[ \t]*(.+?)[ \t]*$\n?", re.M)
_MARK = re.compile(r"^### *(?:第.+?款|(.+?))\s*\n", re.M)


@cache
def shipped_digests(folder: Path = SHIPPED) -> tuple[tuple[Document, tuple[Passage, ...]], ...]:
    """Every digest that ships, read once."""
    return tuple(read_digest(file) for file in sorted(folder.glob("*.md")))


def read_digest(file: Path) -> tuple[Document, tuple[Passage, ...]]:
    text = file.read_text(encoding="utf-8")
    document, begin = read_document(text, file.name)
    if not document.digest:
        raise ValueError(f"{file.name}：摘要须以 --- 围起的说明开头，含 title 与 digest: true；请补上。")
    return document, tuple(_cut_digest(document, text, begin))


def _cut_digest(document: Document, text: str, begin: int) -> list[Passage]:
    headings = list(_HEADING.finditer(text, begin))
    passages: list[Passage] = []
    above = ""
    for number, heading in enumerate(headings):
        deep = len(heading[1]) == 3
        following = headings[number + 1 :]
        stop = next((one.start() for one in following if deep or len(one[1]) == 2), len(text))
        body = text[heading.end() : stop].strip()
        if not deep:
            above = heading[2]
            passages.append(_passage(document, above, body, None, heading.end(), stop, True))
        elif body:
            long = len(passages_text(passages, above)) > LONG_DIGEST
            passages.append(
                _passage(document, f"{above}{heading[2]}", body, above, heading.end(), stop, long)
            )
    return [passage for passage in passages if passage.text]


def passages_text(passages: list[Passage], name: str) -> str:
    return next((passage.text for passage in passages if passage.passage == name), "")


def _passage(
    document: Document, name: str, text: str, parent: str | None, start: int, end: int, unit: bool
) -> Passage:
    kind = "item" if parent else "article"
    asked = "\n".join(_ASKED.findall(text))
    # An item stands on its mark's line and a paragraph on its own, as in the official text.
    said = _MARK.sub(lambda mark: mark[1] or "", _ASKED.sub("", text)).strip()
    return Passage(document.title, name, said, "", parent, unit, kind, None, start, end, asked=asked)
