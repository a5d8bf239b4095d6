"""How well the library finds: hit@1, hit@5 and MRR on a question file or on the outside benchmark, with intervals."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.questions import Question, is_family, read_questions, said, same_place
from knowledge.collection import Collection
from knowledge.documents import Document
from knowledge.indexing import index_in_memory
from knowledge.library import Hit, Library
from knowledge.passages import Passage
from knowledge.ranking import rank

DEPTH = 20


@dataclass(frozen=True)
class Found:
    """Where the right place came in one question's hits: exact, and counting items and parents as right."""

    question: Question
    exact: int | None
    family: int | None
    all_gold: bool  # every gold place among the first five
    seconds: float


def score_file(library: Library, file: Path, out: Path | None = None) -> list[str]:
    """Search every question; write the hits, and tell the figures."""
    found: list[Found] = []
    lines: list[dict[str, Any]] = []
    for question in read_questions(file):
        begun = time.perf_counter()
        hits = library.search(
            question.question,
            as_of=question.as_of,
            region=question.region,
            top=DEPTH,
            history=question.history,
        )
        seconds = time.perf_counter() - begun
        lines.append({"id": question.id, "hits": [hit_line(hit) for hit in hits]})
        if question.answerable:
            found.append(_found(question, hits, seconds))
    if out:
        write_lines(out, lines)
    return _figures(found)


def hit_line(hit: Hit) -> dict[str, Any]:
    return {"document": hit.document, "passage": hit.passage, "score": hit.score}


def write_lines(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _found(question: Question, hits: Sequence[Hit], seconds: float) -> Found:
    places = [same_place(hit.document, hit.passage) for hit in hits]
    right = question.right
    exact = next((rank for rank, place in enumerate(places, 1) if place in right), None)
    family = next(
        (rank for rank, place in enumerate(places, 1) if place in right or is_family(place, right)), None
    )
    gold = {same_place(*place) for place in question.gold}
    return Found(question, exact, family, gold <= set(places[:5]), seconds)


def _figures(found: list[Found]) -> list[str]:
    kinds = sorted({one.question.kind for one in found})
    lines = [f"{len(found)} 题有答案。括号内为 95% 自助区间。", ""]
    lines.append(f"{'题型':<12} {'题数':>4}  {'hit@1':<22} {'hit@5':<22} {'MRR':<22}")
    for name, group in (
        ("全部", found),
        *((kind, [one for one in found if one.question.kind == kind]) for kind in kinds),
    ):
        ranks = [one.exact for one in group]
        lines.append(f"{name:<12} {len(group):>4}  {_ranks_said(ranks)}")
    lines.append(f"{'含上下级':<12} {len(found):>4}  {_ranks_said([one.family for one in found])}")
    several = [one for one in found if len(one.question.gold) > 1]
    lines.append(f"多处出处前五全中：{said([float(one.all_gold) for one in several])}（{len(several)} 题）")
    times = sorted(one.seconds for one in found)
    if times:
        lines.append(
            f"每题用时：中位 {times[len(times) // 2] * 1000:.1f} 毫秒，最长 {times[-1] * 1000:.1f} 毫秒"
        )
    missed = [
        f"{one.question.id}（{one.exact or '未见'}）" for one in found if not one.exact or one.exact > 5
    ]
    lines.append(f"前五未中：{'、'.join(missed) or '无'}")
    return lines


def _ranks_said(ranks: Sequence[int | None]) -> str:
    first = [float(rank == 1) for rank in ranks]
    five = [float(rank is not None and rank <= 5) for rank in ranks]
    reciprocal = [1 / rank if rank else 0.0 for rank in ranks]
    return f"{said(first):<22} {said(five):<22} {said(reciprocal):<22}"


def score_benchmark(folder: Path) -> list[str]:
    """The outside benchmark: articles of 242 laws and third-party questions with the articles that answer them."""
    articles = [json.loads(line) for line in _lines(folder / "bench_corpus_articles.jsonl")]
    questions = [json.loads(line) for line in _lines(folder / "bench_queries_dev.jsonl")]
    titles = sorted({article["law"] for article in articles})
    documents = tuple(Document(title) for title in titles)
    number = {title: place for place, title in enumerate(titles)}
    passages = tuple(
        Passage(article["law"], f"{article['art']}#{article['i']}", article["text"]) for article in articles
    )
    owners = tuple(number[article["law"]] for article in articles)
    collection = Collection(documents, passages, owners, tuple(range(len(passages))))
    index = index_in_memory(collection)
    ranks: list[int | None] = []
    begun = time.perf_counter()
    for question in questions:
        right = set(question["gold"])
        hits = rank(collection, index, question["q"], top=DEPTH)
        places = [int(hit.passage.rpartition("#")[2]) for hit in hits]
        ranks.append(next((place for place, one in enumerate(places, 1) if one in right), None))
    seconds = time.perf_counter() - begun
    return [
        f"{len(articles)} 条，{len(questions)} 题。",
        f"hit@1、hit@5、MRR（前 {DEPTH} 名内）：{_ranks_said(ranks)}",
        f"每题 {seconds / max(len(questions), 1) * 1000:.1f} 毫秒",
    ]


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
