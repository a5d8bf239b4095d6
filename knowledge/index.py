"""The search index of a home folder: keyword arrays beside vectors, built whole and switched in one move.

The only door to Chroma and sentence-transformers.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge import lexical
from knowledge.collection import Collection
from knowledge.digests import SHIPPED, shipped_digests
from knowledge.lexical import Lexicon
from knowledge.passages import Passage
from knowledge.shelf import INDEXED, FileState, Shelf, document_json, document_of, passage_json, write_json

BUILD = 1  # raised whenever cutting or weighting changes what an index holds
TITLE_WEIGHT = 1.0
HEADING_WEIGHT = 1.0


@dataclass(frozen=True)
class Index:
    """What a search reads; places count the collection's `units`."""

    lexicon: Lexicon


def open_index(home: Path) -> tuple[Collection, Index]:
    """The index as last built; an outdated one is built again from what was kept."""
    shelf = Shelf(home)
    states = [state for state in shelf.states() if state.state == INDEXED]
    if not states:
        collection = Collection.of(shipped_digests())
        return collection, Index(_lexicon(collection))
    folder = shelf.folder / "index" / fingerprint(states)
    if not (folder / "done").exists():
        with shelf.writing():
            build_index(shelf, states)
    return _load(folder)


def build_index(shelf: Shelf, states: list[FileState]) -> Path:
    """Build beside the one in use; it counts from the moment its last file stands."""
    folder = shelf.folder / "index" / fingerprint(states)
    if (folder / "done").exists():
        return folder
    shelves = [*shipped_digests(), *(shelf.get(state.sha256) for state in states if state.sha256)]
    collection = Collection.of(shelves)
    working = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    write_json(
        working / "collection.json",
        {
            "documents": [document_json(document) for document in collection.documents],
            "passages": [passage_json(passage) for passage in collection.passages],
            "owners": collection.owners,
        },
    )
    _lexicon(collection).save(working / "lexicon.npz")
    (working / "done").write_text("", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(working, folder)
    return folder


def drop_old(shelf: Shelf, states: list[FileState]) -> None:
    """Remove indexes that no list of states leads to."""
    kept = fingerprint(states)
    for folder in (shelf.folder / "index").glob("*"):
        if folder.name != kept:
            shutil.rmtree(folder, ignore_errors=True)


def fingerprint(states: list[FileState]) -> str:
    """Names an index by all it was built from: files, digests, and the way of building."""
    digests = [file.read_bytes() for file in sorted(SHIPPED.glob("*.md"))]
    parts = [
        str(BUILD).encode(),
        *digests,
        *sorted(state.sha256.encode() for state in states if state.sha256),
    ]
    return hashlib.blake2b(b"\0".join(parts), digest_size=12).hexdigest()


def _load(folder: Path) -> tuple[Collection, Index]:
    held = json.loads((folder / "collection.json").read_text(encoding="utf-8"))
    collection = Collection(
        tuple(document_of(entry) for entry in held["documents"]),
        tuple(Passage(*entry) for entry in held["passages"]),
        tuple(held["owners"]),
    )
    return collection, Index(Lexicon.load(folder / "lexicon.npz"))


def _lexicon(collection: Collection) -> Lexicon:
    bags: list[Mapping[str, float]] = []
    lengths: list[float] = []
    titles: dict[int, Counter[str]] = {}
    for place in collection.units:
        passage, owner = collection.passages[place], collection.owners[place]
        if owner not in titles:
            document = collection.documents[owner]
            titles[owner] = lexical.tokens(f"{document.title} {document.number or ''}")
        body = lexical.tokens(passage.text)
        bag: dict[str, float] = dict(body)
        for extra, weight in (
            (titles[owner], TITLE_WEIGHT),
            (lexical.tokens(f"{passage.passage} {passage.context}"), HEADING_WEIGHT),
        ):
            for token, count in extra.items():
                bag[token] = bag.get(token, 0.0) + weight * count
        bags.append(bag)
        lengths.append(float(sum(body.values())))
    return lexical.build(bags, lengths)
