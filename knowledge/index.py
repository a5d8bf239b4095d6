"""Vectors of passages: the only door to Chroma and sentence-transformers. Nothing here reaches for a network.

Without a configured model the shipped word vectors are used, read with numpy. On 1,078 outside questions they
lift hit@5 of the keyword search from .480 to .489 at weight 0.5 and lower it as equals (reciprocal ranks .436
to .475), so they are fused by score and weigh little; a larger local model may weigh more.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.lexical import Lexicon
from knowledge.word_vectors import RUNS, SHIPPED, WordVectors

COLLECTION = "passages"
MOST_SIGNS = 600  # a longer passage is known by its beginning
_AT_ONCE = 4000

Floats = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors."""

    def encode(self, texts: Sequence[str]) -> Floats: ...


class Vectors(Protocol):
    """The nearest passages to a question: their places and how like they are, best first."""

    def nearest(self, question: str, count: int) -> tuple[npt.NDArray[np.int64], Floats]: ...


@dataclass(frozen=True)
class Index:
    """What a search reads; places count the collection's `units`."""

    lexicon: Lexicon
    vectors: Vectors
    calibrated: bool = (
        True  # likeness of the shipped vectors has a measured scale, that of other models has not
    )


@dataclass(frozen=True)
class HeldVectors:
    """Vectors in memory, for the digests alone and for experiments; made when first asked."""

    texts: tuple[str, ...]
    embedder: Embedder

    @cached_property
    def _rows(self) -> Floats:
        return self.embedder.encode([text[:MOST_SIGNS] for text in self.texts])

    def nearest(self, question: str, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
        if not self.texts:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        likeness = self._rows @ self.embedder.encode([question])[0]
        best = np.argsort(-likeness, kind="stable")[:count]
        return best.astype(np.int64), likeness[best].astype(np.float32)


@dataclass(frozen=True)
class StoredVectors:
    """Vectors in a Chroma folder. Filters are not given to Chroma: they cost it twenty times the search."""

    folder: Path
    model: str | None

    @cached_property
    def _embedder(self) -> Embedder:
        return embedder(self.model)

    @cached_property
    def _collection(self) -> Any:
        return _client(self.folder).get_collection(COLLECTION, embedding_function=None)

    @cached_property
    def _size(self) -> int:
        return int(self._collection.count())

    def nearest(self, question: str, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
        vector = self._embedder.encode([question])
        if not vector.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        most = min(count, self._size)
        found = self._collection.query(query_embeddings=vector, n_results=most, include=["distances"])
        places = np.array([int(one) for one in found["ids"][0]], dtype=np.int64)
        return places, 1 - np.array(found["distances"][0], dtype=np.float32)


def store_vectors(folder: Path, texts: Sequence[str], model: str | None) -> None:
    """Encode all texts and keep them in a new Chroma folder."""
    made = embedder(model)
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


def embedder(model: str | None) -> Embedder:
    """The shipped word vectors, or a sentence-transformers model that lies on this machine."""
    return WordVectors.load() if not model else SentenceModel(model)


class SentenceModel:
    """A sentence-transformers model from a local folder, or by name from what this machine already holds."""

    def __init__(self, name: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu", local_files_only=True)
        except Exception as problem:
            raise LookupError(
                f"嵌入模型“{name}”在本机打不开（{type(problem).__name__}）；"
                "请把模型文件夹放到本机，并在 MINGJIAN_EMBEDDING 里写它的路径，或去掉这一项使用随附的词向量。"
            ) from problem

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


def static_embedding(folder: Path = SHIPPED) -> Any:
    """The shipped word vectors as a sentence-transformers model; equal to reading them with numpy.

    What is unknown gets a zero row: it changes the length of a mean, not its direction.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    held = WordVectors.load(folder)
    characters = "".join(token for token in held.tokens if len(token) == 1 and token > "\u3400")
    vocabulary = {**held.number, "[UNK]": len(held.tokens)}
    tokenizer = Tokenizer(
        models.WordPiece(
            vocabulary, unk_token="[UNK]", continuing_subword_prefix="", max_input_chars_per_word=100_000
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(f"[^a-z0-9{characters}]"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex(RUNS), behavior="isolated")]
    )
    rows = np.vstack([held.rows, np.zeros((1, held.rows.shape[1]), dtype=np.float32)])
    return SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=rows), Normalize()], device="cpu"
    )
