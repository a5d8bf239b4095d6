"""What the library holds, as its page shows it: every file and digest in one line, one of them whole, its passages.

A browser gets the name of a file, never where it lies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.cutting.document import Document
from knowledge.holding.corrections import FIELDS, Correction
from knowledge.holding.shelf import REFUSED, Shelf
from knowledge.importing.importers import WAITING
from knowledge.library import FileState, Library
from knowledge.places import NATIONAL, PROVINCES
from review.casework.desk import Refused
from review.casework.results import Line
from review.library.additions import holding_key

DIGEST = "摘要"
SURE, WEAK = 0.90, 0.80  # of a recognised page: any use from the first on, a clue at most between the two
NO_HOLDING = "库中没有这一份，或已经撤回；请刷新页面。"
_PROVINCE_OF = {code: name for name, code in PROVINCES.items()}


@dataclass(frozen=True)
class Holding:
    """One line of the list. A file has a state; its document is null where nothing of it is searched.

    `owner` is the document's place in the collection."""

    key: str
    state: FileState | None
    document: Document | None
    owner: int | None

    @property
    def said(self) -> str:
        if self.state is None:
            return DIGEST
        return WAITING if _waiting_note(self.state) else self.state.state

    @property
    def title(self) -> str:
        stated = self.state.title if self.state else None
        return stated or (self.document.title if self.document else self.name)

    @property
    def name(self) -> str:
        return Path(self.state.file).name if self.state else ""


def holdings(library: Library) -> list[Holding]:
    """Every added file, the latest first, then our digests; one line for a content added from two places."""
    owners: dict[tuple[str, str], list[int]] = {}
    for owner, held in enumerate(library.collection.documents):
        if not held.digest:
            owners.setdefault((held.title, held.source), []).append(owner)
    found: dict[str, Holding] = {}
    for state in reversed(library.states()):
        key = holding_key(state.sha256 or state.file)
        if key not in found:
            read = _owner(library, owners, state)
            document = library.collection.documents[read] if read is not None else None
            found[key] = Holding(key, state, document, read)
    for owner, ours in enumerate(library.collection.documents):
        if ours.digest:
            key = holding_key(f"digest\0{ours.source}")
            found[key] = Holding(key, None, ours, owner)
    return list(found.values())


def find_holding(library: Library, key: str) -> Holding:
    for one in holdings(library):
        if one.key == key:
            return one
    raise Refused(NO_HOLDING)


def holding_line(one: Holding) -> Line:
    """One line of the list; days in ISO form, of the period as later versions leave it."""
    stated: FileState | Document | None = one.state or one.document
    return {
        "key": one.key,
        "title": one.title,
        "file": one.name,
        "digest": one.state is None,
        "state": one.said,
        "number": stated.number if stated else None,
        "from": iso_day(_begins(one)),
        "to": iso_day(_ends(one)),
        "passages": one.state.passages if one.state else None,
        "rows": one.state.rows if one.state else 0,
        "region": _region(one),
        "place": region_name(_region(one)),
        "why": _why(one),
    }


def holding_detail(library: Library, one: Holding) -> Line:
    """One holding whole: its fields with what was read originally, its pages, notes and versions."""
    shelf = Shelf(library.home)
    sha256 = one.state.sha256 if one.state else None
    entries = shelf.corrections().get(sha256, []) if sha256 else []
    held = sha256 is not None and one.state is not None and one.state.state != REFUSED
    return holding_line(one) | {
        "fields": [_field(one, name, says, entries) for name, says in FIELDS.items()],
        "correctable": held,
        "withdrawable": held,
        "confirmable": one.said == WAITING,
        "completeness": one.document.completeness if one.document else None,
        "notes": [note for note in (one.state.notes if one.state else ()) if not note.startswith(WAITING)],
        "pages": _pages(shelf, sha256) if held and sha256 and shelf.holds(sha256) else None,
        "versions": [_version(library, version, one) for version in library.versions(one.title)],
        "count": len(places_of(library, one)),
    }


def region_name(code: str | None) -> str:
    """A region as a reader knows it."""
    if code is None:
        return "未注明"
    if code == NATIONAL:
        return "全国"
    province = _PROVINCE_OF.get(f"{code[:2]}0000", "")
    return f"{province} {code}" if province else code


def _waiting_note(state: FileState) -> str:
    """What the importer says of the sheets whose columns nobody has confirmed."""
    return next((note for note in (*state.notes, state.reason or "") if note.startswith(WAITING)), "")


def _owner(library: Library, owners: dict[tuple[str, str], list[int]], state: FileState) -> int | None:
    """The document that was read from a file; of versions under one name the one with the file's days."""
    found = owners.get((state.title or "", Path(state.file).name), [])
    days = (state.in_force_from, state.issued)
    same = [
        owner
        for owner in found
        for document in [library.collection.documents[owner]]
        if (iso_day(document.in_force_from), iso_day(document.issued)) == days
    ]
    return next(iter(same or found), None)


def places_of(library: Library, one: Holding) -> list[int]:
    """Where the passages of a holding stand in the collection; items are read in their articles."""
    held = library.collection
    return [
        place
        for place, owner in enumerate(held.owners)
        if owner == one.owner and held.passages[place].kind != "item"
    ]


def _field(one: Holding, name: str, says: str, entries: list[Correction]) -> Line:
    """A field as it stands, with what was read and who changed it last."""
    stated = one.state or one.document
    value = getattr(stated, name) if stated else None
    changes = [entry for entry in entries if entry.field == name]
    line: Line = {"name": name, "says": says, "value": value if isinstance(value, str) else iso_day(value)}
    if name == "region":
        line["shown"] = region_name(line["value"])
    if name == "in_force_to" and line["value"] is None and (closed := _ends(one)):
        line["closed"] = iso_day(closed)
    if changes:
        line |= {"was": changes[0].was, "who": changes[-1].who, "at": changes[-1].at}
    return line


def _pages(shelf: Shelf, sha256: str) -> Line:
    """How many pages were read, and those that were recognised with less than full confidence."""
    pages = shelf.pages(sha256)
    weak = [
        {
            "page": number,
            "confidence": round(confidence, 2),
            "said": "只作线索" if confidence >= WEAK else "识别不清，未用于判断",
        }
        for number, _, _, origin, confidence in pages
        if origin == "ocr" and confidence < SURE
    ]
    recognised = sum(origin == "ocr" for _, _, _, origin, _ in pages)
    return {"count": len(pages), "recognised": recognised, "weak": weak}


def _version(library: Library, version: Document, one: Holding) -> Line:
    return {
        "title": version.title,
        "from": iso_day(version.in_force_from or version.issued),
        "to": iso_day(version.in_force_to),
        "digest": version.digest,
        "here": version is one.document,
        "file": None if version.digest else Path(version.source).name,
    }


def _why(one: Holding) -> str:
    """Why a file gives nothing, or what waits; the state itself is not said again."""
    if one.state is None:
        return ""
    if waiting := _waiting_note(one.state):
        return waiting.removeprefix(f"{WAITING}：").partition("；")[0]
    return one.state.reason or ""


def _region(one: Holding) -> str | None:
    return one.state.region if one.state else one.document.region if one.document else None


def _begins(one: Holding) -> object:
    if one.document is not None:
        return one.document.in_force_from or one.document.issued
    return (one.state.in_force_from or one.state.issued) if one.state else None


def _ends(one: Holding) -> object:
    if one.document is not None:
        return one.document.in_force_to
    return one.state.in_force_to if one.state else None


def iso_day(day: object) -> str | None:
    return str(day) if day else None


def regions_of(lines: list[Line]) -> Iterator[Line]:
    """The regions of the list, the whole country first, for the filter."""
    codes = sorted({line["region"] for line in lines if line["region"]})
    yield from ({"code": code, "name": region_name(code)} for code in codes)
