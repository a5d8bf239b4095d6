"""Trains the small word vectors that ship with the library. Run once by a developer; never when files are added.

Learns from texts alone, never from questions: a few clauses of an article should lie close to the rest of it and
far from other articles, those of the same law above all; our digest of a passage close to its official words.
Written to `knowledge/finding/embedding`: `tokens.txt`, `vectors.npz` (8-bit rows with one scale each).
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import jieba
import numpy as np
import torch
from torch import Tensor, nn

from knowledge.finding.collection import Collection, loose_passage, loose_title
from knowledge.finding.lexical import fold
from knowledge.finding.word_vectors import LONGEST, SHIPPED, Cutter, WordVectors
from knowledge.library import Library

SIZE = 192
VOCABULARY = 24_000
PER_STEP = 1024
NEIGHBOURS = 128  # of one step's texts that are taken from one law, so that its other articles tell apart
TEMPERATURE = 0.1
LEARNING_RATE = 0.01
_CLAUSES = re.compile(r"[^，。；：、\n]+[，。；：、\n]*")

Words = list[int]


@dataclass(frozen=True)
class Article:
    """A text under its title, in clauses; or two texts that say the same."""

    title: str
    clauses: tuple[str, ...]
    other: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, required=True, help="JSONL with law, text")
    parser.add_argument("--home", type=Path, required=True, help="folder with the reference texts added")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    torch.manual_seed(1)
    articles = [*read_articles(options.articles), *library_articles(Library.open(options.home).collection)]
    vocabulary = choose_vocabulary(text for article in articles for text in (*article.clauses, article.other))
    model = train(articles, vocabulary, options.epochs)
    save(vocabulary, model, options.out)
    print(f"{len(articles)} 段，{len(vocabulary)} 个词，{SIZE} 维，写入 {options.out}")


def read_articles(file: Path) -> Iterator[Article]:
    for line in file.read_text(encoding="utf-8").splitlines():
        held = json.loads(line)
        yield Article(held["law"], tuple(_CLAUSES.findall(held["text"])))


def library_articles(collection: Collection) -> Iterator[Article]:
    """Official passages in clauses; rows beside their names; digests beside what they restate."""
    official = {}
    for passage, owner in zip(collection.passages, collection.owners, strict=True):
        if not collection.documents[owner].digest:
            official[loose_title(passage.document), loose_passage(passage.passage)] = passage.text
    for passage, owner in zip(collection.passages, collection.owners, strict=True):
        if collection.documents[owner].digest:
            restated = official.get((loose_title(passage.document), loose_passage(passage.passage)))
            if restated and passage.kind != "row":
                yield Article(passage.document, (passage.text,), restated)
        elif passage.kind == "row":
            values = " ".join(line.partition("：")[2] or line for line in passage.text.splitlines())
            yield Article(passage.document, (passage.passage,), values)
        elif passage.unit:
            yield Article(passage.document, tuple(_CLAUSES.findall(passage.text)))


def choose_vocabulary(texts: Iterable[str]) -> list[str]:
    """Every character seen, then the most frequent dictionary words."""
    characters: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for text in texts:
        for run in re.findall(r"[㐀-鿿〇]+|[a-z]+|[0-9]+", fold(text)):
            characters.update(run if run[0] > "\u3000" else ())
            words.update(word for word in jieba.cut_for_search(run) if 1 < len(word) <= LONGEST)
    kept = [word for word, count in words.most_common(VOCABULARY) if count >= 3]
    return [*sorted(characters), *kept][:VOCABULARY]


@dataclass(frozen=True)
class Cut:
    """An article in the vocabulary's numbers."""

    title: Words
    clauses: tuple[Words, ...]
    other: Words


def cut_articles(articles: Sequence[Article], vocabulary: Sequence[str]) -> list[Cut]:
    texts = [text for one in articles for text in (one.title, one.other, *one.clauses)]
    text, word = Cutter.of(vocabulary).cut(texts)
    bounds = np.searchsorted(text, np.arange(len(texts) + 1))
    cut = [word[begin:end].tolist() for begin, end in pairwise(bounds)]
    found, place = [], 0
    for one in articles:
        end = place + 2 + len(one.clauses)
        found.append(Cut(cut[place], tuple(cut[place + 2 : end]), cut[place + 1]))
        place = end
    return found


def pairs(cut: Sequence[Cut], draw: random.Random) -> Iterator[tuple[int, Words, Words]]:
    """Two views of each article and its number: some of its clauses, and the article under its title, half the time
    without those clauses."""
    for number, one in enumerate(cut):
        size = len(one.clauses)
        if one.other:
            view, rest = one.clauses[0], one.title + one.other
        elif size < 3:
            continue
        else:
            if draw.random() < 0.5:
                taken = set(draw.sample(range(size), max(1, size // draw.randint(2, 4))))
            else:
                begin = draw.randrange(size)
                taken = set(range(begin, min(size, begin + draw.choice((1, 1, 2, 3)))))
            kept = draw.random() < 0.5 or len(taken) == size
            view = [word for place in sorted(taken) for word in one.clauses[place]]
            left = (one.clauses[place] for place in range(size) if kept or place not in taken)
            rest = one.title + [word for clause in left for word in clause]
        if len(view) > 2 and len(rest) > 2:
            yield number, view, rest


def steps(
    cut: Sequence[Cut], laws: Sequence[str], draw: random.Random
) -> Iterator[list[tuple[int, Words, Words]]]:
    """All pairs, each step from a few laws, so that articles of one law are told apart."""
    found = list(pairs(cut, draw))
    draw.shuffle(found)
    found.sort(key=lambda pair: laws[pair[0]])
    groups = [found[begin : begin + NEIGHBOURS] for begin in range(0, len(found), NEIGHBOURS)]
    draw.shuffle(groups)
    mixed = [pair for group in groups for pair in group]
    for begin in range(0, len(mixed) - PER_STEP + 1, PER_STEP):
        yield mixed[begin : begin + PER_STEP]


def train(articles: Sequence[Article], vocabulary: Sequence[str], epochs: int) -> nn.EmbeddingBag:
    cut = cut_articles(articles, vocabulary)
    laws = [article.title for article in articles]
    model = nn.EmbeddingBag(len(vocabulary), SIZE, mode="sum")
    nn.init.normal_(model.weight, std=0.1)
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for epoch in range(epochs):
        losses = []
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * (1 - 0.9 * epoch / max(epochs - 1, 1))
        for step in steps(cut, laws, random.Random(epoch)):
            left = embed(model, [view for _, view, _ in step])
            right = embed(model, [rest for _, _, rest in step])
            likeness = left @ right.T / TEMPERATURE
            same = torch.arange(len(step))
            loss = nn.functional.cross_entropy(likeness, same) + nn.functional.cross_entropy(likeness.T, same)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            losses.append(loss.item())
        print(f"第 {epoch + 1} 轮，损失 {np.mean(losses):.3f}", flush=True)
    return model


def embed(model: nn.EmbeddingBag, bags: list[Words]) -> Tensor:
    offsets = np.cumsum([0, *(len(bag) for bag in bags[:-1])])
    flat = torch.tensor([word for bag in bags for word in bag])
    out: Tensor = nn.functional.normalize(model(flat, torch.from_numpy(offsets)), dim=1)
    return out


def save(vocabulary: Sequence[str], model: nn.EmbeddingBag, folder: Path) -> None:
    """Eight bits a number, one scale a row; the loss is far below what a search can tell."""
    rows = model.weight.detach().numpy()
    scales = np.abs(rows).max(axis=1, keepdims=True) / 127
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokens.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    np.savez_compressed(
        folder / "vectors.npz", rows=np.round(rows / scales).astype(np.int8), scales=scales.astype(np.float32)
    )
    WordVectors.load(folder)


if __name__ == "__main__":
    main()
