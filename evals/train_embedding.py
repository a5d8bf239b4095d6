"""Trains the small word vectors that ship with the library. Run once by a developer; never when files are added.

Learns from legal text alone, without questions: pieces of one article should lie close, pieces of others far.
Written to `knowledge/embedding`: `tokens.txt`, `vectors.npz` (8-bit rows with one scale each).
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jieba
import numpy as np
import torch
from torch import Tensor, nn

from knowledge.lexical import fold
from knowledge.word_vectors import LONGEST, SHIPPED, WordVectors, segment

SIZE = 96
VOCABULARY = 20_000
PER_STEP = 1024
TEMPERATURE = 0.1
_CLAUSES = re.compile(r"[^，。；：、\n]+[，。；：、\n]*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, required=True, help="JSONL with law, text")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    torch.manual_seed(1)
    articles = [json.loads(line) for line in options.articles.read_text(encoding="utf-8").splitlines()]
    vocabulary = choose_vocabulary(article["text"] for article in articles)
    number = {token: place for place, token in enumerate(vocabulary)}
    model = train(articles, number, options.epochs)
    save(vocabulary, model, options.out)
    print(f"{len(vocabulary)} 个词，{SIZE} 维，写入 {options.out}")


def choose_vocabulary(texts: Iterator[str]) -> list[str]:
    """Every character seen, then the most frequent dictionary words."""
    characters: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for text in texts:
        for run in re.findall(r"[㐀-鿿]+|[a-z]+|\d+", fold(text)):
            characters.update(run if run[0] > "\u3400" else ())
            words.update(word for word in jieba.cut_for_search(run) if 1 < len(word) <= LONGEST)
    kept = [word for word, count in words.most_common(VOCABULARY) if count >= 3]
    return [*sorted(characters), *kept][:VOCABULARY]


def pairs(articles: list[dict[str, str]], draw: random.Random) -> Iterator[tuple[str, str]]:
    """Two views of one article: a few of its clauses in order, and the rest with the law's name."""
    for article in draw.sample(articles, len(articles)):
        clauses = _CLAUSES.findall(article["text"])
        if len(clauses) < 3:
            continue
        taken = set(draw.sample(range(len(clauses)), max(1, len(clauses) // draw.randint(2, 4))))
        query = "".join(clauses[place] for place in sorted(taken))
        rest = "".join(clause for place, clause in enumerate(clauses) if place not in taken)
        yield query, f"{article['law']} {rest}"


def train(articles: list[dict[str, str]], number: dict[str, int], epochs: int) -> nn.EmbeddingBag:
    model = nn.EmbeddingBag(len(number), SIZE, mode="mean")
    nn.init.normal_(model.weight, std=0.1)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(epochs):
        draw, losses = random.Random(epoch), []
        views = list(pairs(articles, draw))
        for begin in range(0, len(views) - PER_STEP + 1, PER_STEP):
            batch = views[begin : begin + PER_STEP]
            left = embed(model, [view[0] for view in batch], number)
            right = embed(model, [view[1] for view in batch], number)
            likeness = left @ right.T / TEMPERATURE
            same = torch.arange(len(batch))
            loss = nn.functional.cross_entropy(likeness, same) + nn.functional.cross_entropy(likeness.T, same)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            losses.append(loss.item())
        print(f"第 {epoch + 1} 轮，损失 {np.mean(losses):.3f}", flush=True)
    return model


def embed(model: nn.EmbeddingBag, texts: list[str], number: dict[str, int]) -> Tensor:
    bags = [[number[token] for token in segment(text, number)] or [0] for text in texts]
    offsets = np.cumsum([0, *(len(bag) for bag in bags[:-1])])
    flat = torch.tensor([token for bag in bags for token in bag])
    out: Tensor = nn.functional.normalize(model(flat, torch.from_numpy(offsets)), dim=1)
    return out


def save(vocabulary: list[str], model: nn.EmbeddingBag, folder: Path) -> None:
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
