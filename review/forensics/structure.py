"""What a PDF says of itself, revision by revision: pages, what each is drawn from, dates and makers. The door to pypdf.

A page's mark is a digest of all it is drawn from; annotations, fields and the way back to the page tree are left out.
"""

import hashlib
import io
import logging
import re
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

MOST_PAGES = 300
MOST_OBJECTS = 40_000  # looked at for the marks of one revision
DEEPEST = 40
LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "maximum_declared_stream_length": 60_000_000,
    "xmp_maximum_input_length": 500_000,
    "page_tree_maximum_entries": 4_000,
    "page_tree_maximum_page_entries": 100_000,
    "form_fields_maximum_entries": 10_000,
}
NOT_DRAWN = frozenset({"/Parent", "/Annots", "/StructParents", "/Tabs", "/B", "/AA", "/PieceInfo", "/LastModified",
                       "/Metadata", "/Thumb"})  # fmt: skip
BEIJING = timezone(timedelta(hours=8))
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?(?:Z|([+-])(\d{2})'?(\d{2})?)?")
# what a damaged file makes the library raise; all of it means that this file cannot be read that way
DAMAGED = (PyPdfError, ValueError, TypeError, LookupError, AttributeError, OSError, AssertionError, ArithmeticError,
           RecursionError, NotImplementedError, StopIteration)  # fmt: skip


@dataclass(frozen=True)
class PageMark:
    """A page: the number of its object, and a digest of what it is drawn from."""

    key: str
    digest: str


@dataclass(frozen=True)
class Made:
    """Who made a revision and when, as it says itself; times are those of Beijing."""

    producer: str = ""
    creator: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Structure:
    """One revision. `pages` is null where the structure is too damaged to tell."""

    made: Made
    pages: tuple[PageMark, ...] | None
    extras: str = ""  # a digest of annotations, fields and signatures
    signed: bool = False


def read_structure(content: bytes, *, marks: bool = True) -> Structure:
    """The structure of the file as these bytes hold it; what cannot be read, or without `marks` the pages, is empty."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), apply_configuration(**LIMITS):
        warnings.simplefilter("ignore")
        try:
            reader = PdfReader(io.BytesIO(content))
        except DAMAGED:
            return Structure(Made(), None)
        made = _made(reader)
        if not marks:
            return Structure(made, None)
        try:
            read = _Marks(reader)
            return Structure(made, read.pages(), read.extras(), b"/ByteRange" in content)
        except DAMAGED:
            return Structure(made, None)


class _Marks:
    """Digests of what pages are drawn from; each object is looked at once."""

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._known: dict[tuple[int, int], bytes] = {}
        self._left = MOST_OBJECTS

    def pages(self) -> tuple[PageMark, ...]:
        found = []
        for number, page in zip(range(MOST_PAGES), self._reader.pages, strict=False):
            drawn = {key: value for key, value in page.items() if key not in NOT_DRAWN}
            digest = hashlib.sha256(b"".join(self._item(key, drawn[key], 0) for key in sorted(drawn)))
            own = page.indirect_reference
            found.append(PageMark(str(own.idnum) if own is not None else f"?{number}", digest.hexdigest()))
        return tuple(found)

    def extras(self) -> str:
        """A digest of what stands on the pages without being drawn by them."""
        parts = [self._mark(self._reader.root_object.get("/AcroForm"), 0)]
        parts += [self._mark(page.get("/Annots"), 0) for _, page in
                  zip(range(MOST_PAGES), self._reader.pages, strict=False)]  # fmt: skip
        return hashlib.sha256(b"".join(parts)).hexdigest()

    def _item(self, key: str, value: Any, depth: int) -> bytes:
        return key.encode("utf-8", "replace") + b"=" + self._mark(value, depth + 1) + b";"

    def _mark(self, thing: Any, depth: int) -> bytes:
        if isinstance(thing, IndirectObject):
            known = (thing.idnum, thing.generation)
            if known not in self._known:
                self._known[known] = b"loop"
                self._left -= 1
                deep = depth > DEEPEST or self._left < 0
                self._known[known] = b"deep" if deep else self._mark(thing.get_object(), depth + 1)
            return self._known[known]
        if isinstance(thing, DictionaryObject):
            items = (key for key in sorted(thing) if key not in NOT_DRAWN and key != "/P")
            body = (
                b"".join(self._item(key, thing.raw_get(key), depth) for key in items)
                if depth <= DEEPEST
                else b""
            )
            if isinstance(thing, StreamObject):
                body += bytes(thing._data)  # as stored: unpacking it would tell nothing more
            return hashlib.sha256(body).digest()
        if isinstance(thing, ArrayObject):
            inner = b",".join(self._mark(one, depth + 1) for one in thing) if depth <= DEEPEST else b""
            return hashlib.sha256(inner).digest()
        return repr(thing).encode("utf-8", "replace")[:4096]


def _made(reader: PdfReader) -> Made:
    """From the information dictionary; where it has no time of change, from the XMP."""
    try:
        held = reader.metadata
        told = {} if held is None else {key: str(held.get(key) or "") for key in
                                        ("/Producer", "/Creator", "/CreationDate", "/ModDate")}  # fmt: skip
    except DAMAGED:
        told = {}
    changed = read_date(told.get("/ModDate", ""))
    return Made(
        told.get("/Producer", "")[:200],
        told.get("/Creator", "")[:200],
        read_date(told.get("/CreationDate", "")),
        changed or _xmp_date(reader),
    )


def _xmp_date(reader: PdfReader) -> datetime | None:
    try:
        xmp = reader.xmp_metadata
        moment = xmp.xmp_modify_date if xmp is not None else None
    except Exception:  # the parser of the packet raises what its XML library raises
        return None
    if moment is None:
        return None
    return moment + timedelta(hours=8) if moment.tzinfo is None else _local(moment)


def read_date(text: str) -> datetime | None:
    """A PDF date (`D:20240305101500+08'00'`) in the time of Beijing; one without a zone is taken as it stands."""
    found = _DATE.match(text.strip())
    if found is None:
        return None
    try:
        hour, minute, second = (int(part) if part else 0 for part in found.groups()[3:6])
        moment = datetime(int(found[1]), int(found[2]), int(found[3]), hour, minute, second)
        if found[7]:
            shift = timedelta(hours=int(found[8]), minutes=int(found[9] or 0))
            return _local(moment.replace(tzinfo=timezone(shift if found[7] == "+" else -shift)))
        return _local(moment.replace(tzinfo=timezone.utc)) if "Z" in found[0] else moment  # noqa: UP017
    except (ValueError, OverflowError):
        return None


def _local(moment: datetime) -> datetime:
    return moment.astimezone(BEIJING).replace(tzinfo=None)
