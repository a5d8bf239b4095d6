"""Builds the index of a home folder whole, beside the one in use, and switches over in one move; opens it again."""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from knowledge import lexical
from knowledge.collection import Collection
from knowledge.digests import SHIPPED, shipped_digests
from knowledge.index import HeldVectors, Index, StoredVectors, embedder, store_vectors
from knowledge.lexical import Lexicon
from knowledge.passages import Passage
from knowledge.shelf import INDEXED, FileState, Shelf, document_json, document_of, passage_json, write_json

BUILD = 3  # raised whenever cutting or weighting changes what an index holds
TITLE_WEIGHT = 1.0
HEADING_WEIGHT = 1.0


def open_index(home: Path, model: str | None = None) -> tuple[Collection, Index]:
    """The index as last built; an outdated one is built again from what was kept."""
    shelf = Shelf(home)
    states = indexed(shelf.settled())
    if not states:
        collection = Collection.of(shipped_digests())
        return collection, index_in_memory(collection, model)
    folder = _folder(shelf, states, model)
    if not (folder / "done").exists():
        with shelf.writing():
            build_index(shelf, states, model)
    return _load(folder, model)


def index_in_memory(collection: Collection, model: str | None = None) -> Index:
    """An index of a small collection, kept nowhere."""
    return Index(build_lexicon(collection), HeldVectors(_texts(collection), embedder(model)), not model)


def build_index(shelf: Shelf, states: list[FileState], model: str | None = None) -> Path:
    """Build beside the one in use; it counts from the moment its folder has its name."""
    folder = _folder(shelf, states, model)
    if (folder / "done").exists():
        return folder
    shelves = [*shipped_digests(), *(shelf.get(state.sha256) for state in states if state.sha256)]
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
    build_lexicon(collection).save(working / "lexicon.npz")
    store_vectors(working / "vectors", _texts(collection), model)
    (working / "done").write_text("", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(working, folder)
    return folder


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
    """An index is named by all it was built from: files, digests, model, and the way of building."""
    digests = [file.read_bytes() for file in sorted(SHIPPED.glob("*.md"))]
    parts = [str(BUILD).encode(), (model or "").encode(), *digests, *map(str.encode, shelf.editions(states))]
    return shelf.folder / "index" / hashlib.blake2b(b"\0".join(parts), digest_size=12).hexdigest()


def _load(folder: Path, model: str | None) -> tuple[Collection, Index]:
    held = json.loads((folder / "collection.json").read_text(encoding="utf-8"))
    collection = Collection(
        tuple(document_of(entry) for entry in held["documents"]),
        tuple(Passage(*entry) for entry in held["passages"]),
        tuple(held["owners"]),
        tuple(held["units"]),
    )
    return collection, Index(
        Lexicon.load(folder / "lexicon.npz"), StoredVectors(folder / "vectors", model), not model
    )


def _texts(collection: Collection) -> tuple[str, ...]:
    """What the vectors are made of: a passage under its title and heading."""
    passages = [collection.passages[place] for place in collection.units]
    return tuple(f"{passage.document} {passage.passage} {passage.text}" for passage in passages)


def build_lexicon(collection: Collection) -> Lexicon:
    """Keywords of every unit: its text, its heading, and the title and number of its document."""
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
