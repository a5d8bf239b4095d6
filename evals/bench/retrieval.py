"""How long one question takes among some 19,000 dated passages with the day given, beside the same without a day."""

import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from evals.bench import Figure
from evals.retrieval import SHARED
from knowledge.cutting.digests import shipped_digests
from knowledge.cutting.documents import Document
from knowledge.cutting.passages import Passage
from knowledge.finding.collection import Collection
from knowledge.finding.indexing import index_in_memory
from knowledge.finding.ranking import rank

OUTSIDE = SHARED / "reference" / "retrieval"
QUESTIONS = 300
DAY = date(2022, 6, 1)


def measure() -> Iterator[Figure]:
    """Outside articles under invented dates with the shipped digests; nothing where the articles are not here."""
    if not OUTSIDE.exists():
        return
    collection = _collection(_lines(OUTSIDE / "bench_corpus_articles.jsonl"))
    index = index_in_memory(collection)
    questions = [line["q"] for line in _lines(OUTSIDE / "bench_queries_dev.jsonl")][:QUESTIONS]
    dated: list[float] = []
    plain: list[float] = []
    for question in questions:  # in turn, so that a busy machine slows both alike
        for times, day in ((dated, DAY), (plain, None)):
            begun = time.perf_counter()
            rank(collection, index, question, as_of=day)
            times.append(time.perf_counter() - begun)
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        yield Figure(
            "retrieval",
            f"{name} of one question on a day, {len(collection.units):,} passages",
            sorted(dated)[int(len(dated) * share)],
            sorted(plain)[int(len(plain) * share)],
            "the same without a day",
        )


def _collection(articles: list[dict[str, str]]) -> Collection:
    """Laws begin on invented days from 1995 on, a few months apart; half of them after `DAY`."""
    texts: dict[str, list[Passage]] = {}
    for article in articles:
        texts.setdefault(article["law"], []).append(
            Passage(article["law"], f"{article['art']}#{article['i']}", article["text"])
        )
    laws = [
        (Document(law, in_force_from=date(1995, 1, 1) + timedelta(days=80 * place)), passages)
        for place, (law, passages) in enumerate(sorted(texts.items()))
    ]
    held = [*shipped_digests(), *laws]
    return Collection.of(held)


def _lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
