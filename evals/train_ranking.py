"""Learns what the figures of a candidate weigh (`knowledge.finding.candidates`), and tells what others would have got.

Learns from the outside benchmark and from the even-numbered own questions; each is scored by the folds that did not
learn from it. The odd-numbered own questions and the development questions are only scored. Run by a developer
after figures, digests or vectors have changed, on a library that holds the reference texts. Writes
`knowledge/finding/ranking.json`.
"""

import argparse
import json
import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from evals.questions import read_questions, same_place
from evals.retrieval import Benchmark, ranks_said, read_benchmark
from knowledge.finding.candidates import FIGURES, gather
from knowledge.finding.collection import Collection
from knowledge.finding.index import Index
from knowledge.finding.queries import read_query
from knowledge.finding.ranking import WEIGHTS
from knowledge.library import Library

LEARNT = ("STARD", "LawBench3-2")  # the gold of LawBench3-8 is noisy
OWN_WEIGHT = 3.0  # of an own question against one of the benchmark: they are ten times fewer
FOLDS = 4
PENALTY = 1e-3
STEPS = 300
RATE = 0.05

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Example:
    """The candidates of one question: their figures, and which are right."""

    figures: Floats
    right: Flags


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder with the reference texts added")
    parser.add_argument("--benchmark", type=Path, required=True, help="folder of the outside benchmark")
    parser.add_argument("--own", type=Path, nargs="*", default=[], help="own questions, even numbers learnt")
    parser.add_argument("--check", type=Path, nargs="*", default=[], help="question files only to be scored")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    library = Library.open(options.home)
    benchmark = read_benchmark(options.benchmark)
    learnt = {name: benchmark_examples(benchmark, name) for name in LEARNT}
    checked: dict[str, list[Example]] = {}
    for file in options.own:
        learnt[f"{file.stem} 偶数"] = own_examples(library, file, lambda number: number % 2 == 0)
        checked[f"{file.stem} 奇数"] = own_examples(library, file, lambda number: number % 2 == 1)
    for file in options.check:
        checked[file.stem] = own_examples(library, file, lambda number: True)
    for name, examples in learnt.items():
        print(f"{name:<20} {len(examples):>4} 题，留出 {ranks_said(held_out(learnt, name))}", flush=True)
    weights = fit([example for examples in learnt.values() for example in examples], importance(learnt))
    for name, examples in checked.items():
        print(
            f"{name:<20} {len(examples):>4} 题，只评 {ranks_said([rank_of(one, weights) for one in examples])}"
        )
    held = {name: round(float(weight), 4) for name, weight in zip(FIGURES, weights, strict=True)}
    options.out.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    print(f"写入 {options.out}：{held}")


def benchmark_examples(benchmark: Benchmark, source: str) -> list[Example]:
    return [
        _example(benchmark.collection, benchmark.index, one.question, (), one.gold)
        for one in benchmark.questions
        if one.source == source
    ]


def own_examples(library: Library, file: Path, chosen: Callable[[int], bool]) -> list[Example]:
    """Of the answerable questions with a chosen number."""
    collection = library.collection
    units: dict[tuple[str, str], list[int]] = {}
    for number, place in enumerate(collection.units):
        passage, title = collection.passages[place], collection.documents[collection.owners[place]].title
        units.setdefault(same_place(title, passage.passage), []).append(number)
    return [
        _example(
            collection,
            library.index,
            one.question,
            one.history,
            {unit for place in one.right for unit in units.get(place, ())},
        )
        for one in read_questions(file)
        if one.answerable and chosen(int(re.sub(r"\D", "", one.id) or 0))
    ]


def _example(
    collection: Collection, index: Index, question: str, history: tuple[str, ...], right: Set[int]
) -> Example:
    query = read_query(question, history)
    everywhere = np.ones(len(collection.units), dtype=bool)
    found = gather(collection, index, query, everywhere)
    return Example(found.figures, np.array([unit in right for unit in found.units.tolist()], dtype=bool))


def importance(learnt: dict[str, list[Example]]) -> list[float]:
    return [1.0 if name in LEARNT else OWN_WEIGHT for name, examples in learnt.items() for _ in examples]


def held_out(learnt: dict[str, list[Example]], name: str) -> list[int | None]:
    """The rank of the first right candidate of each question of one set, by weights learnt from the others."""
    order = np.random.default_rng(1).permutation(len(learnt[name]))
    ranks: dict[int, int | None] = {}
    for fold in range(FOLDS):
        tried = set(order[fold::FOLDS].tolist())
        kept = {
            other: [one for place, one in enumerate(examples) if other != name or place not in tried]
            for other, examples in learnt.items()
        }
        weights = fit([one for examples in kept.values() for one in examples], importance(kept))
        ranks |= {place: rank_of(learnt[name][place], weights) for place in tried}
    return [ranks[place] for place in range(len(learnt[name]))]


def rank_of(example: Example, weights: Floats) -> int | None:
    order = np.argsort(-(example.figures @ weights), kind="stable")
    places = np.flatnonzero(example.right[order])
    return int(places[0]) + 1 if len(places) else None


def fit(examples: Sequence[Example], weight: Sequence[float]) -> Floats:
    """The weights under which the right candidates are likeliest among all of their question."""
    kept = [(one, share) for one, share in zip(examples, weight, strict=True) if one.right.any()]
    most = max(len(one.right) for one, _ in kept)
    figures = np.zeros((len(kept), most, len(FIGURES)), dtype=np.float32)
    right, held = np.zeros((2, len(kept), most), dtype=bool)
    for number, (one, _) in enumerate(kept):
        figures[number, : len(one.right)] = one.figures
        right[number, : len(one.right)] = one.right
        held[number, : len(one.right)] = True
    middle, spread = figures[held].mean(axis=0), figures[held].std(axis=0) + 1e-6
    scaled, present = torch.tensor((figures - middle) / spread), torch.tensor(held)
    wanted = torch.tensor(right.astype(np.float32))
    share = torch.tensor([share for _, share in kept])
    model = torch.zeros(len(FIGURES), requires_grad=True)
    optimiser = torch.optim.Adam([model], lr=RATE)
    for _ in range(STEPS):
        likely = torch.log_softmax((scaled @ model).masked_fill(~present, -1e9), dim=1).clamp(min=-50)
        each = -(likely * wanted).sum(dim=1) / wanted.sum(dim=1)
        loss = (each * share).sum() / share.sum() + PENALTY * (model**2).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    weights: Floats = model.detach().numpy() / spread
    return weights


if __name__ == "__main__":
    main()
