"""Builds the index of a home folder whole, beside the one in use, and switches over in one move; opens it again."""

import hashlib
import json
import os
import shutil
from functools import cache
from pathlib import Path

import numpy as np

from knowledge.cutting.digests import SHIPPED, shipped_digests
from knowledge.cutting.passages import Passage
from knowledge.finding import lexical
from knowledge.finding.collection import Collection
from knowledge.finding.index import HeldVectors, Index, SentenceModel, StoredVectors, Vectors, store_vectors
from knowledge.finding.lexical import Lexicon
from knowledge.finding.passage_vectors import PassageVectors
from knowledge.finding.views import Views, views_of
from knowledge.finding.word_vectors import SHIPPED as SHIPPED_VECTORS
from knowledge.finding.word_vectors import WordVectors
from knowledge.holding.shelf import (
    INDEXED,
    FileState,
    Shelf,
    document_json,
    document_of,
    passage_json,
    write_json,
)

BUILD = 4  # raised whenever cutting or weighting changes what an index holds


def open_index(home: Path, model: str | None = None) -> tuple[Collection, Index]:
    """The index as last built; an outdated one is built again from what was kept."""
    shelf = Shelf(home)
    states = indexed(shelf.settled())
    if not states:
        return _shipped_index() if model is None else _in_memory(model)
    folder = _folder(shelf, states, model)
    if not (folder / "done").exists():
        with shelf.writing():
            build_index(shelf, states, model)
    return _load(folder, model)


def open_collection(home: Path) -> Collection:
    """What `open_index` would search, for those who only cite it."""
    shelf = Shelf(home)
    states = indexed(shelf.settled())
    if not states:
        return _shipped_index()[0]
    folder = _folder(shelf, states, None)
    if not (folder / "done").exists():
        return open_index(home)[0]
    return _load_collection(folder)


@cache
def _shipped_index() -> tuple[Collection, Index]:
    """What every home that holds nothing of its own searches: read-only, and made once."""
    return _in_memory(None)


def _in_memory(model: str | None) -> tuple[Collection, Index]:
    collection = Collection.of(shipped_digests())
    return collection, index_in_memory(collection, model)


def index_in_memory(collection: Collection, model: str | None = None) -> Index:
    """An index of a small collection, kept nowhere."""
    views = views_of(collection)
    vectors: Vectors = (
        HeldVectors(tuple(views.texts), SentenceModel(model))
        if model
        else PassageVectors.of(collection, views, WordVectors.load())
    )
    return Index(lexical.build(views.texts), vectors, views.units, views.kinds, not model)


def build_index(shelf: Shelf, states: list[FileState], model: str | None = None) -> Path:
    """Build beside the one in use; it counts from the moment its folder has its name."""
    folder = _folder(shelf, states, model)
    if (folder / "done").exists():
        return folder
    shelves = [
        *shipped_digests(),
        *(shelf.get(state.sha256) for state in states if state.sha256 and shelf.holds(state.sha256)),
    ]
    collection = Collection.of(shelves)
    working = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    held = {
        "documents": [document_json(document) for document in collection.documents],
        "passages": [passage_json(passage) for passage in collection.passages],
        "owners": collection.owners,
        "units": collection.units,
    }
    write_json(working / "collection.json", held)
    views = views_of(collection)
    lexical.build(views.texts).save(working / "lexicon.npz")
    np.savez(working / "views.npz", units=views.units, kinds=views.kinds)
    _store(working, collection, views, model)
    (working / "done").write_text("", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(working, folder)
    return folder


def _store(working: Path, collection: Collection, views: Views, model: str | None) -> None:
    if model:
        store_vectors(working / "vectors", views.texts, model)
    else:
        PassageVectors.of(collection, views, WordVectors.load()).save(working / "vectors.npz")


def drop_old(shelf: Shelf) -> None:
    """Keep the two youngest indexes: the one in use, and the one a running program may still read.

    Only the writer may call this: what is half built is then what a killed one left.
    """
    for folder in (shelf.folder / "index").glob(".*"):
        shutil.rmtree(folder, ignore_errors=True)
    built = [folder for folder in (shelf.folder / "index").glob("*") if (folder / "done").exists()]
    built.sort(key=lambda folder: (folder / "done").stat().st_mtime)
    for folder in built[:-2]:
        shutil.rmtree(folder, ignore_errors=True)


def indexed(states: list[FileState]) -> list[FileState]:
    """One state for each content that is to be searched."""
    found: dict[str, FileState] = {}
    for state in states:
        if state.state == INDEXED and state.sha256:
            found.setdefault(state.sha256, state)
    return list(found.values())


def _folder(shelf: Shelf, states: list[FileState], model: str | None) -> Path:
    """An index is named by all it was built from: files, digests, vectors, and the way of building."""
    digests = [file.read_bytes() for file in sorted(SHIPPED.glob("*.md"))]
    vectors = model.encode() if model else (SHIPPED_VECTORS / "vectors.npz").read_bytes()
    parts = [str(BUILD).encode(), vectors, *digests, *map(str.encode, shelf.editions(states))]
    return shelf.folder / "index" / hashlib.blake2b(b"\0".join(parts), digest_size=12).hexdigest()


def _load_collection(folder: Path) -> Collection:
    held = json.loads((folder / "collection.json").read_text(encoding="utf-8"))
    return Collection(
        tuple(document_of(entry) for entry in held["documents"]),
        tuple(Passage(*entry) for entry in held["passages"]),
        tuple(held["owners"]),
        tuple(held["units"]),
    )


def _load(folder: Path, model: str | None) -> tuple[Collection, Index]:
    vectors: Vectors = (
        StoredVectors(folder / "vectors", model)
        if model
        else PassageVectors.load(folder / "vectors.npz", WordVectors.load())
    )
    with np.load(folder / "views.npz") as views:
        units, kinds = views["units"], views["kinds"]
    return _load_collection(folder), Index(
        Lexicon.load(folder / "lexicon.npz"), vectors, units, kinds, not model
    )
