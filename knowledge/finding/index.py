"""What a search reads, and the only door to Chroma and sentence-transformers. Nothing here reaches for a network.

Without a configured model the shipped word vectors serve (`passage_vectors`). A configured model's vectors lie in
Chroma, which is asked for the nearest rows and never given a filter: with one it takes twenty times as long.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.finding.lexical import Lexicon
from knowledge.finding.passage_vectors import Likeness, Said, blended
from knowledge.finding.word_vectors import SHIPPED, WordVectors

COLLECTION = "passages"
MOST_SIGNS = 600  # a longer text is known to a model by its beginning
NEAREST = 300
_AT_ONCE = 4000

Floats = npt.NDArray[np.float32]


class UnusableModel(LookupError):
    """A configured model that cannot be opened; the message names the setting and the remedy."""


class Embedder(Protocol):
    """Texts to unit vectors."""

    def encode(self, texts: Sequence[str]) -> Floats: ...


class Vectors(Protocol):
    """How like what is asked the rows of an index are."""

    def compare(self, said: Said) -> Likeness: ...


@dataclass(frozen=True)
class Index:
    """Rows are views: `units[row]` counts the collection's units, `kinds[row]` says what kind of view it is."""

    lexicon: Lexicon
    vectors: Vectors
    units: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int8]
    calibrated: bool = (
        True  # likeness of the shipped vectors has a measured scale, that of other models has not
    )


@dataclass(frozen=True)
class HeldVectors:
    """A model's vectors in memory, for the digests alone and for experiments; made when first asked."""

    texts: tuple[str, ...]
    embedder: Embedder

    @cached_property
    def _rows(self) -> Floats:
        return self.embedder.encode([text[:MOST_SIGNS] for text in self.texts])

    def compare(self, said: Said) -> Likeness:
        rows: Floats = self._rows @ blended(self.embedder.encode([text for text, _ in said]), said)
        return Likeness(rows, lambda units: rows[units])


@dataclass(frozen=True)
class StoredVectors:
    """A model's vectors in a Chroma folder. Rows beyond the nearest count as like as the last of those."""

    folder: Path
    model: str

    @cached_property
    def _embedder(self) -> Embedder:
        return SentenceModel(self.model)

    @cached_property
    def _collection(self) -> Any:
        return _client(self.folder).get_collection(COLLECTION, embedding_function=None)

    @cached_property
    def _size(self) -> int:
        return int(self._collection.count())

    def compare(self, said: Said) -> Likeness:
        vector = blended(self._embedder.encode([text for text, _ in said]), said)
        found = self._collection.query(
            query_embeddings=vector[None, :],
            n_results=min(NEAREST, self._size),
            include=["distances"],
        )
        likeness = 1 - np.array(found["distances"][0], dtype=np.float32)
        rows = np.full(self._size, likeness.min(initial=1.0), dtype=np.float32)
        rows[[int(one) for one in found["ids"][0]]] = likeness
        return Likeness(rows, lambda units: rows[units])


def store_vectors(folder: Path, texts: Sequence[str], model: str) -> None:
    """Encode all texts by a model and keep them in a new Chroma folder."""
    made = SentenceModel(model)
    with _client(folder) as client:
        collection = client.create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        for begin in range(0, len(texts), _AT_ONCE):
            rows = made.encode([text[:MOST_SIGNS] for text in texts[begin : begin + _AT_ONCE]])
            rows[~rows.any(axis=1)] = 1e-6  # Chroma cannot place a zero vector by its angle
            collection.add(ids=[str(begin + place) for place in range(len(rows))], embeddings=rows)


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


class SentenceModel:
    """A sentence-transformers model from a local folder, or by name from what this machine already holds."""

    def __init__(self, name: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu", local_files_only=True)
        except Exception as problem:
            raise UnusableModel(
                f"嵌入模型“{name}”在本机打不开（{type(problem).__name__}）；"
                "请把模型文件夹放到本机，并在 MINGJIAN_EMBEDDING 里写它的路径，或去掉这一项使用随附的词向量。"
            ) from problem

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


class Reranker:
    """A cross-encoder that reads question and passage together; from a local folder, or by name from what this
    machine already holds. Opened at once, so that a wrong setting is told before anybody asks."""

    def __init__(self, name: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(name, device="cpu", local_files_only=True)
        except Exception as problem:
            raise UnusableModel(
                f"重排模型“{name}”在本机打不开（{type(problem).__name__}）；"
                "请把模型文件夹放到本机，并在 MINGJIAN_RERANKER 里写它的路径，或去掉这一项不用重排。"
            ) from problem

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """One score a text, higher where it answers better."""
        pairs = [(question, text[:MOST_SIGNS]) for text in texts]
        return np.asarray(self._model.predict(pairs, show_progress_bar=False), dtype=np.float32).reshape(-1)


def static_embedding(folder: Path = SHIPPED) -> Any:
    """The shipped word vectors as a sentence-transformers model; equal to reading them with numpy.

    A text without a known word gets a zero row, which changes no direction.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer, models

    held = WordVectors.load(folder)
    unknown = len(held.tokens)

    class OverlappingWords(StaticEmbedding):
        """Its tokenizer holds the vocabulary only: one that finds words inside words is not to be had."""

        def preprocess(self, inputs: Any, prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
            text, word = held.cutter.cut([f"{prompt or ''}{one}" for one in inputs])
            words = [word[text == number].tolist() or [unknown] for number in range(len(inputs))]
            offsets = np.cumsum([0, *(len(one) for one in words[:-1])])
            flat = torch.tensor([place for one in words for place in one])
            return {"input_ids": flat, "offsets": torch.from_numpy(offsets)}

    vocabulary = {token: place for place, token in enumerate((*held.tokens, "[UNK]"))}
    rows = np.vstack([held.rows, np.zeros((1, held.size), dtype=np.float32)])
    words = OverlappingWords(Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]")), rows)
    return SentenceTransformer(modules=[words, Normalize()], device="cpu")
