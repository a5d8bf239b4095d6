"""The programmatic door to everything the product knows in words: shipped digests and what was added at home.

Opening reads the finished index; nothing heavy is imported before a search needs it.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from knowledge.cutting.digests import shipped_digests
from knowledge.cutting.documents import Document
from knowledge.finding.collection import Clause, Collection
from knowledge.finding.index import Index, Reranker, UnusableModel
from knowledge.finding.indexing import open_collection, open_index
from knowledge.finding.queries import Query
from knowledge.finding.ranking import Hit, rank
from knowledge.holding.shelf import FileState, Shelf

__all__ = ["Clause", "FileState", "Hit", "Library", "UnusableModel", "open_collection"]


@dataclass(frozen=True)
class Library:
    """Regulations, lists and catalogues that can be searched and cited."""

    home: Path
    collection: Collection
    index: Index
    embedding: str | None = None
    stamp: int = 0
    reranker: Reranker | None = None

    @classmethod
    def open(cls, home: Path, *, embedding: str | None = None, reranker: str | None = None) -> "Library":
        """Shipped digests always, and what was added under `home`; fast, and good on an empty machine.

        `embedding` names a local sentence-transformers model; without it the shipped word vectors serve.
        `reranker` names a local cross-encoder that puts the first hits in order. Raises `UnusableModel` where either
        cannot be opened.
        """
        stamp = Shelf(home).stamp()
        collection, index = open_index(home, embedding)
        return cls(home, collection, index, embedding, stamp, Reranker(reranker) if reranker else None)

    def refreshed(self) -> "Library":
        """This library, or a new one where files were added since it was opened."""
        stamp = Shelf(self.home).stamp()
        if stamp == self.stamp:
            return self
        collection, index = open_index(self.home, self.embedding)
        return replace(self, collection=collection, index=index, stamp=stamp)

    def search(
        self,
        question: str,
        *,
        as_of: date | None = None,
        region: str | None = None,
        top: int = 8,
        history: tuple[str, ...] = (),
    ) -> list[Hit]:
        """The passages that answer best, best first; those not in force on the day give way to the clause
        that says from when they are."""
        return rank(
            self.collection,
            self.index,
            question,
            history=history,
            as_of=as_of,
            region=region,
            top=top,
            reranker=self.reranker,
        )

    def likeness(self, query: Query) -> float | None:
        """How like the question the nearest passage is; null where the scale of the vectors is not known."""
        if not self.index.calibrated:
            return None
        return float(self.index.vectors.compare(query.said).rows.max(initial=0.0))

    def clause(self, document: str, passage: str, *, on: date | None = None) -> Clause | None:
        """One passage by its exact name, in the version in force on a day; null where it is not held."""
        return self.collection.clause(document, passage, on)

    def versions(self, document: str) -> list[Document]:
        return self.collection.versions(document)

    def neighbours(self, document: str, passage: str, before: int = 1, after: int = 2) -> list[Clause]:
        return self.collection.neighbours(document, passage, before, after)

    def states(self) -> list[FileState]:
        """Every file a person has tried to add, with what became of it."""
        return Shelf(self.home).states()

    def text_of(self, clause: Clause) -> str | None:
        """The whole normalised text a clause stands in; its `start` and `end` count in it."""
        for state in self.states():
            if state.sha256 and state.title == clause.document and state.file.endswith(clause.source):
                return Shelf(self.home).text(state.sha256) or None
        return None

    @property
    def digest_count(self) -> int:
        return len(shipped_digests())
