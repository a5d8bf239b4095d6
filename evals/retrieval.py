"""How well the library finds: hit@1, hit@5 and MRR by kind of question and on the outside benchmark, with intervals.

The development questions and the outside benchmark lie beside the project as `../shared`; where they are absent a
line says so.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evals.questions import Question, is_family, read_questions, said, same_place
from knowledge.cutting.documents import Document
from knowledge.cutting.passages import Passage
from knowledge.finding.collection import Collection
from knowledge.finding.index import Index, Reranker
from knowledge.finding.indexing import index_in_memory
from knowledge.finding.ranking import rank
from knowledge.holding.adding import add_paths
from knowledge.holding.shelf import Shelf
from knowledge.library import Hit, Library

DEPTH = 20
SHARED = Path(__file__).parents[2] / "shared"
OWN = Path(__file__).parent / "question_sets"
ADDED = ("reference/regulations", "corpus", "reference/catalogues")
HEADINGS = f"{'':<22} {'题数':>4}  {'hit@1':<22} {'hit@5':<22} {'MRR':<22}"


@dataclass(frozen=True)
class Found:
    """Where the right place came in one question's hits: exact, and counting items and parents as right."""

    question: Question
    exact: int | None
    family: int | None
    all_gold: bool  # every gold place among the first five
    seconds: float


@dataclass(frozen=True)
class OutsideQuestion:
    """A question of the outside benchmark; `gold` are numbers of articles, which are the collection's units."""

    source: str
    question: str
    gold: frozenset[int]


@dataclass(frozen=True)
class Benchmark:
    """Articles of 242 laws, indexed as the product does, and third-party questions with the articles that answer."""

    collection: Collection
    index: Index
    questions: tuple[OutsideQuestion, ...]


def score_everything(home: Path, embedding: str | None = None, reranker: str | None = None) -> list[str]:
    """All question sets there are: development, own, outside."""
    lines: list[str] = []
    dev = SHARED / "examples" / "questions-dev.jsonl"
    with filled(home) as (held, told):
        library = Library.open(held, embedding=embedding, reranker=reranker)
        lines += [told, ""]
        if dev.exists():
            lines += ["开发题 questions-dev", *_figures(_search_all(library, read_questions(dev))), ""]
        else:
            lines += [f"开发题略过：{dev} 不在本机。", ""]
        for file in sorted(OWN.glob("*.jsonl")):
            questions = read_questions(file)
            for name, half in (("调参用", _half(questions, 0)), ("只评", _half(questions, 1))):
                if any(question.answerable for question in half):
                    lines += [f"自拟题 {file.stem}（{name}）", *_figures(_search_all(library, half)), ""]
    outside = SHARED / "reference" / "retrieval"
    if outside.exists():
        return [*lines, "外部检索题集", *score_benchmark(outside, embedding, reranker)]
    return [*lines, f"外部检索题集略过：{outside} 不在本机。"]


@contextmanager
def filled(home: Path) -> Iterator[tuple[Path, str]]:
    """The home folder, or, where nothing was added to it, one with the reference texts for as long as it is needed."""
    paths = [SHARED / path for path in ADDED if (SHARED / path).exists()]
    if Shelf(home).states() or not paths:
        yield home, f"库：{home}"
        return
    with TemporaryDirectory() as folder:
        add_paths(Path(folder), paths)
        yield Path(folder), f"{home} 是空的，临时建了一个库，其中有 {SHARED} 的法规、文件与目录。"


def _half(questions: Sequence[Question], rest: int) -> list[Question]:
    """Even numbers were open to whoever tuned the search, odd ones were not."""
    return [one for one in questions if int(re.sub(r"\D", "", one.id) or 0) % 2 == rest]


def score_file(library: Library, file: Path, out: Path | None = None) -> list[str]:
    """Search every question; write the hits, and tell the figures."""
    lines: list[dict[str, Any]] = []
    found = _search_all(library, read_questions(file), lines)
    if out:
        write_lines(out, lines)
    return _figures(found)


def _search_all(
    library: Library, questions: Sequence[Question], lines: list[dict[str, Any]] | None = None
) -> list[Found]:
    """What the answerable questions found; the hits of all go to `lines`."""
    found = []
    for question in questions:
        begun = time.perf_counter()
        hits = library.search(
            question.question,
            as_of=question.as_of,
            region=question.region,
            top=DEPTH,
            history=question.history,
        )
        seconds = time.perf_counter() - begun
        if lines is not None:
            lines.append({"id": question.id, "hits": [hit_line(hit) for hit in hits]})
        if question.answerable:
            found.append(found_of(question, hits, seconds))
    return found


def hit_line(hit: Hit) -> dict[str, Any]:
    return {"document": hit.document, "passage": hit.passage, "score": hit.score}


def write_lines(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def found_of(question: Question, hits: Sequence[Hit], seconds: float) -> Found:
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
    lines = [f"{len(found)} 题有答案。括号内为 95% 自助区间。", "", HEADINGS]
    for name, group in (
        ("全部", found),
        *((kind, [one for one in found if one.question.kind == kind]) for kind in kinds),
    ):
        lines.append(f"{name:<22} {len(group):>4}  {ranks_said([one.exact for one in group])}")
    lines.append(f"{'含上下级':<22} {len(found):>4}  {ranks_said([one.family for one in found])}")
    several = [one for one in found if len(one.question.gold) > 1]
    lines.append(f"多处出处前五全中：{said([float(one.all_gold) for one in several])}（{len(several)} 题）")
    lines.append(_times_said([one.seconds for one in found]))
    missed = [
        f"{one.question.id}（{one.exact or '未见'}）" for one in found if not one.exact or one.exact > 5
    ]
    return [*lines, f"前五未中：{'、'.join(missed) or '无'}"]


def _times_said(seconds: Sequence[float]) -> str:
    """The first search of a run loads what all need and is left out where there are others."""
    times = sorted(seconds[1:] or seconds)
    if not times:
        return "没有可计时的题"
    half, most = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]
    return f"每题用时：p50 {half * 1000:.1f} 毫秒，p95 {most * 1000:.1f} 毫秒"


def ranks_said(ranks: Sequence[int | None]) -> str:
    """hit@1, hit@5 and MRR of the ranks of the first right hits, with their intervals."""
    first = [float(rank == 1) for rank in ranks]
    five = [float(rank is not None and rank <= 5) for rank in ranks]
    reciprocal = [1 / rank if rank and rank <= DEPTH else 0.0 for rank in ranks]
    return f"{said(first):<22} {said(five):<22} {said(reciprocal):<22}"


def score_benchmark(folder: Path, embedding: str | None = None, reranker: str | None = None) -> list[str]:
    """The outside benchmark, by source of the questions."""
    benchmark = read_benchmark(folder, embedding)
    second = Reranker(reranker) if reranker else None
    ranks: dict[str, list[int | None]] = {}
    times: list[float] = []
    for one in benchmark.questions:
        begun = time.perf_counter()
        hits = rank(benchmark.collection, benchmark.index, one.question, top=DEPTH, reranker=second)
        times.append(time.perf_counter() - begun)
        places = [int(hit.passage.rpartition("#")[2]) for hit in hits]
        first = next((place for place, found in enumerate(places, 1) if found in one.gold), None)
        ranks.setdefault(one.source, []).append(first)
    lines = [f"{len(benchmark.collection.units)} 条，{len(benchmark.questions)} 题。", "", HEADINGS]
    for name, group in (
        ("全部", [place for found in ranks.values() for place in found]),
        *sorted(ranks.items()),
    ):
        lines.append(f"{name:<22} {len(group):>4}  {ranks_said(group)}")
    return [*lines, _times_said(times)]


def read_benchmark(folder: Path, embedding: str | None = None) -> Benchmark:
    """Read and index the benchmark; takes some ten seconds."""
    articles = [json.loads(line) for line in _lines(folder / "bench_corpus_articles.jsonl")]
    questions = [json.loads(line) for line in _lines(folder / "bench_queries_dev.jsonl")]
    titles = sorted({article["law"] for article in articles})
    number = {title: place for place, title in enumerate(titles)}
    passages = tuple(
        Passage(article["law"], f"{article['art']}#{article['i']}", article["text"]) for article in articles
    )
    owners = tuple(number[article["law"]] for article in articles)
    documents = tuple(Document(title) for title in titles)
    collection = Collection(documents, passages, owners, tuple(range(len(passages))))
    return Benchmark(
        collection,
        index_in_memory(collection, embedding),
        tuple(OutsideQuestion(one["src"], one["q"], frozenset(one["gold"])) for one in questions),
    )


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
