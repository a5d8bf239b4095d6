"""Judges sets of cases and keeps a run: its verdicts, what it was made by, and the findings behind them."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.generating.dealing import generate
from evals.generating.reference import ADD_ONS, LISTS
from evals.judging.check_cases import judge_check_cases
from evals.judging.generated import judge_generated
from evals.judging.inspections import judge_inspection
from evals.judging.item_names import judge_item_names
from evals.judging.masking import judge_masking
from evals.judging.questions import judge_questions
from evals.judging.recorded_answers import judge_recorded
from evals.judging.sentences import judge_sentences
from evals.labelled import Labels
from evals.registry import REFERENCE, CaseSet, Kind
from evals.retrieval import filled
from evals.verdicts import Verdict, write_verdicts
from knowledge.holding.adding import add_paths
from knowledge.library import Library
from review.pipeline import review_inspection
from review.versions import knowledge_version, rules_version

RUN = "run.json"
KEPT = ("findings.jsonl", "patterns.jsonl", "checks.jsonl", "summary.json")


@dataclass(frozen=True)
class Run:
    """What a run was made by: the day, the versions, and the seconds of each set."""

    day: str
    rules: str
    knowledge: str
    sets: Mapping[str, Mapping[str, float | str]]


def score(sets: Sequence[CaseSet], home: Path, out: Path) -> list[Verdict]:
    """Judge the sets and write the run to `out`; findings of inspections are kept under the name of their set."""
    verdicts: list[Verdict] = []
    told: dict[str, dict[str, float | str]] = {}
    for one in sets:
        begun = time.perf_counter()
        found = list(_judged(one, home, out / one.name))
        verdicts += found
        told[one.name] = {"kind": one.kind, "seconds": round(time.perf_counter() - begun, 2)}
    write_verdicts(verdicts, out)
    run = {
        "day": time.strftime("%Y-%m-%d"),
        "rules": rules_version(),
        "knowledge": knowledge_version(home),
        "sets": told,
    }
    (out / RUN).write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return sorted(verdicts)


def read_run(folder: Path) -> Run:
    """What a run says of itself. Raises ValueError where it is none."""
    try:
        held = json.loads((folder / RUN).read_text("utf-8"))
        return Run(held["day"], held["rules"], held["knowledge"], held["sets"])
    except (OSError, ValueError, KeyError) as problem:
        raise ValueError(f"{folder} 不是一次评测的结果；请先运行 python -m evals score。") from problem


def _judged(one: CaseSet, home: Path, kept: Path) -> Iterator[Verdict]:
    if one.kind == Kind.CHECKS:
        return judge_check_cases(one.name)
    if one.kind == Kind.SENTENCES:
        return judge_sentences(one.name, one.place)
    if one.kind == Kind.MASKING:
        return judge_masking(one.name, one.place, together=bool(dict(one.recipe)["together"]))
    if one.kind == Kind.RECORDED:
        return judge_recorded(one.name, one.place)
    if one.kind == Kind.MATCHING:
        return judge_item_names(one.name, one.place, home)
    if one.kind == Kind.QUESTIONS:
        return _questions(one, home)
    return _inspection(one, home, kept) if one.kind == Kind.INSPECTION else _generated(one, home, kept)


def _questions(one: CaseSet, home: Path) -> Iterator[Verdict]:
    with filled(home) as (held, _):
        yield from judge_questions(one.name, one.place, Library.open(held))


def _inspection(one: CaseSet, home: Path, kept: Path) -> Iterator[Verdict]:
    labels = Labels.read(one.place)
    with TemporaryDirectory() as scratch:
        review_inspection(one.place, Path(scratch) / "out", home=home)
        _keep(Path(scratch) / "out", kept)
    yield from judge_inspection(one.name, labels, kept)


def _generated(one: CaseSet, home: Path, kept: Path) -> Iterator[Verdict]:
    """Generated rules of a region belong to the generated inspection and to no other: they get a home of their own."""
    recipe = dict(one.recipe)
    with TemporaryDirectory() as scratch:
        place = Path(scratch)
        generate(place, recipe["admissions"], recipe["seed"], recipe["half"], REFERENCE, recipe["family"])
        with_rules = place / "home"
        add_paths(with_rules, [REFERENCE / LISTS, REFERENCE / ADD_ONS, place / "tables"])
        review_inspection(place / "inspection", place / "out", home=with_rules)
        _keep(place / "out", kept)
        shutil.copyfile(place / "labels.jsonl", kept / "labels.jsonl")
    yield from judge_generated(one.name, kept, kept / "labels.jsonl")


def _keep(made: Path, kept: Path) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copyfile(made / name, kept / name)
