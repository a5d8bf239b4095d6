"""Every set of labelled cases there is, found by folder: nothing is listed that could be forgotten.

A set lies in the project, or under `cases` of MINGJIAN_HOME where a bureau keeps its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from evals.chat import DEVELOPMENT
from evals.facts import SENTENCES
from evals.masking import BLIND, HELD_OUT, OPEN
from evals.matching import JUDGED
from evals.recorded import recorded_sets
from evals.retrieval import OWN, SHARED

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"
RECIPES = CASES / "generated.yaml"
REFERENCE = SHARED / "reference"


class Kind(StrEnum):
    """What a set consists of, and so how it is judged."""

    CHECKS = "checks"
    INSPECTION = "inspection"
    GENERATED = "generated"
    SENTENCES = "sentences"
    QUESTIONS = "questions"
    MASKING = "masking"
    MATCHING = "matching"
    RECORDED = "recorded"


TITLES = {
    Kind.CHECKS: "检查自带的例子",
    Kind.INSPECTION: "带标注的检查",
    Kind.GENERATED: "生成的检查",
    Kind.SENTENCES: "带标注的句子",
    Kind.QUESTIONS: "法规题目",
    Kind.MASKING: "带标注的身份信息",
    Kind.MATCHING: "人工判定的项目名称",
    Kind.RECORDED: "录下的模型回答",
}


@dataclass(frozen=True)
class CaseSet:
    """A set of cases. `place` is its folder or file; `recipe` says how a generated one is made.

    `embedded`: it comes with the project and needs nothing beside it."""

    name: str
    kind: Kind
    place: Path
    embedded: bool
    recipe: tuple[tuple[str, Any], ...] = ()


def case_sets(home: Path) -> tuple[CaseSet, ...]:
    """All sets that can be judged here. Raises ValueError where two have one name."""
    sets = [CaseSet("checks", Kind.CHECKS, ROOT / "tests" / "checks", True), *_inspections(home)]
    sets.append(CaseSet("clinical-sentences", Kind.SENTENCES, SENTENCES, True))
    sets += _of_identifiers()
    sets.append(CaseSet("item-names", Kind.MATCHING, JUDGED, True))
    sets += [CaseSet(f"answers-{folder.name}", Kind.RECORDED, folder, True) for folder in recorded_sets()]
    if REFERENCE.is_dir():
        sets += _generated()
        files = [file for file in (DEVELOPMENT, *sorted(OWN.glob("*.jsonl"))) if file.is_file()]
        sets += [CaseSet(f"questions-{_short(file)}", Kind.QUESTIONS, file, False) for file in files]
    names = [one.name for one in sets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"有两套案例都叫“{twice[0]}”；请给其中一套换个文件夹名。")
    return tuple(sets)


def chosen(home: Path, names: Sequence[str], embedded: bool = False) -> tuple[CaseSet, ...]:
    """The sets of these names or at these places, by default all; only those of the project where `embedded`."""
    known = {one.name: one for one in case_sets(home)}
    if not names:
        return tuple(one for one in known.values() if one.embedded or not embedded)
    return tuple(known[name] if name in known else _at(name, known) for name in names)


def _at(name: str, known: Mapping[str, CaseSet]) -> CaseSet:
    place = Path(name)
    if (place / "expected.json").is_file():
        return CaseSet(place.resolve().name, Kind.INSPECTION, place, False)
    raise ValueError(f"没有“{name}”这套案例，也不是有 expected.json 的文件夹；现有：{'、'.join(known)}。")


def _inspections(home: Path) -> Iterator[CaseSet]:
    for folder, embedded in ((ROOT / "demo", True), (CASES, True), (home / "cases", False)):
        for file in sorted(
            folder.glob("[!.]*/expected.json")
        ):  # a dot: a harvest under way, or one cut short
            yield CaseSet(file.parent.name, Kind.INSPECTION, file.parent, embedded)


def _of_identifiers() -> Iterator[CaseSet]:
    """The sentences of one file are masked alone, of another together, as the documents of an admission are."""
    for file in (OPEN, BLIND, HELD_OUT):
        yield CaseSet(
            file.stem.replace("_", "-"), Kind.MASKING, file, True, (("together", file == HELD_OUT),)
        )


def _generated() -> Iterator[CaseSet]:
    recipes: Mapping[str, Mapping[str, Any]] = yaml.safe_load(RECIPES.read_text("utf-8"))
    for name, recipe in recipes.items():
        yield CaseSet(name, Kind.GENERATED, RECIPES, False, tuple(sorted(recipe.items())))


def _short(file: Path) -> str:
    return file.stem.removeprefix("questions-")
