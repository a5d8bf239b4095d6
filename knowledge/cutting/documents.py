"""What a document says about itself: title, number, issuer, dates, region — read where it stands, never guessed.

Reads our own front matter, comment headers, label tables of government sites, data files' first line, and the
opening and closing lines of plain policy documents. What is not stated stays null.
"""

import re
from dataclasses import replace
from pathlib import Path

from knowledge.cutting.annexes import parts
from knowledge.cutting.days import COMMENCEMENT, commencement, expiry
from knowledge.cutting.document import Document
from knowledge.cutting.openings import read_opening, signature
from knowledge.cutting.statements import from_comment, from_data_note, from_front_matter, from_labels
from knowledge.places import locality, region_of

__all__ = ["COMMENCEMENT", "Document", "read_document"]

_REPEAL = re.compile(r"同时(?:予以)?(?:废止|失效)")
_LONGEST_REPEAL = 600  # characters of the sentence before those words
_TITLE_IN_BRACKETS = re.compile(r"《([^《》]{4,60})》")


def read_document(text: str, source: str, stated_title: str = "") -> tuple[Document, int]:
    """The document and the place in `text` where its body begins.

    `stated_title` is what the file's own properties call it, used where the text has no title line.
    """
    for reader in (from_front_matter, from_comment, from_data_note):
        found = reader(text)
        if found is not None:
            document, begin = found
            break
    else:
        document, begin = _from_text(text, stated_title or Path(source).stem)
    document = replace(document, source=source)
    return (document if document.digest else _completed(document, text[begin:])), begin


def _from_text(text: str, name: str) -> tuple[Document, int]:
    """The label table of a site, and what opening and signature tell beside it."""
    labelled = from_labels(text)
    stated, begin = labelled or (Document(""), 0)
    opening = read_opening(text[begin:], signed=not _collects(text[begin:]))
    document = replace(
        stated,
        title=(stated.title or opening.title or name) if not opening.instrument else opening.instrument,
        number=stated.number or opening.number,
        issuer=stated.issuer or opening.issuer,
        issued=opening.issued if opening.signed and opening.issued else stated.issued or opening.issued,
        in_force_from=stated.in_force_from or opening.in_force_from,
    )
    return document, begin


def _completed(document: Document, body: str) -> Document:
    """Fill what the header left open from the body: commencement, expiry, repeals, region."""
    collection = _collects(body)
    main = next(parts(body, 0, len(body)))
    issued = document.issued or (None if collection else signature(body)[1])
    in_force = document.in_force_from or (None if collection else commencement(body, issued))
    ends = document.in_force_to or (None if collection else expiry(body[: main.end], in_force or issued))
    return replace(
        document,
        issued=issued,
        in_force_from=in_force,
        in_force_to=ends,
        repeals=document.repeals or (() if collection else _repeals(body)),
        region=document.region or region_of(document.title, document.issuer),
        place=locality(document.title, document.issuer),
    )


def _collects(body: str) -> bool:
    """Several documents in one file: what one of them states holds for no other."""
    return len(re.findall(r"^##? (?!第)", body, re.M)) >= 3


def _repeals(body: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in _REPEAL.finditer(body):
        before = body[max(0, match.start() - _LONGEST_REPEAL) : match.start()]
        found += _TITLE_IN_BRACKETS.findall(re.split(r"[。；\n]", before)[-1])
    return tuple(dict.fromkeys(re.sub(r"\s", "", title) for title in found))
