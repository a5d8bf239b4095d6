"""Turns a reviewed inspection into a labelled case without what identifies, or leaves nothing behind.

The folder is written beside its name and moved there only when the search for residue found nothing.
"""

import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.harvesting.fidelity import SAME, Fidelity, fidelity_of, without_lost
from evals.harvesting.labels import Harvest, Line, harvest_labels
from evals.harvesting.masks import Masks, told_in
from evals.harvesting.pseudonyms import Pseudonyms
from evals.harvesting.residue import Left, residue
from evals.harvesting.rewriting import Known, Rewriting
from evals.harvesting.vocabulary import CODES, Vocabulary, vocabulary_of
from evals.harvesting.writing import Written, write_case
from knowledge.readers.text import find_quote
from review.casework.hearing import Heard
from review.casework.pairing import Pairing
from review.intake.columns import shapes
from review.intake.inspection import Intake, read_inspection
from review.masking import Mask
from review.pipeline import NOTHING_SETTLED, build_warehouse

THINGS = (
    "hilist_name",
    "medins_list_name",
    "diag_name",
    "oprn_oprt_name",
    "operation_name",
    "exam_name",
    "panel",
)
DRAWS = 3  # an invented name and the letters beside it may by chance spell a real one


class ResidueLeft(ValueError):
    """Something that identifies is left in what was written; the message says where, never what."""

    def __init__(self, left: Sequence[Left]) -> None:
        told = "；".join(f"{one.place} 第 {one.line} 行：{one.kind}" for one in left[:5])
        super().__init__(
            f"去标识后仍有 {len(left)} 处残留（{told}），已删除输出。"
            "请把位置报给维护人员；在此之前不要手工拷出检查文件夹。"
        )
        self.left = tuple(left)


@dataclass(frozen=True)
class Reviewed:
    """A reviewed inspection: its folder, its findings by admission, and what the experts called."""

    folder: Path
    findings: Mapping[str, Sequence[Line]]
    pairing: Pairing
    heard: Mapping[str, Heard] = field(default_factory=dict)


@dataclass(frozen=True)
class Harvested:
    """What a harvest came to."""

    admissions: Mapping[str, Mapping[str, Any]]  # the labels as written
    labels: Harvest
    written: Written
    destroyed: int  # labels taken out since the rewriting destroyed what they rest on
    words: int  # names that are words as well
    fidelity: Fidelity | None


@dataclass(frozen=True)
class Source:
    """An inspection as read, the mask of each admission, and what identifies in it."""

    intake: Intake
    masks: Masks
    vocabulary: Vocabulary
    things: frozenset[str]

    @classmethod
    def read(cls, folder: Path, home: Path, people: Iterable[str] = ()) -> "Source":
        """`people` are names that no table holds, such as those of the experts."""
        intake = read_inspection(folder, cache=home / "cache")
        warehouse = build_warehouse(intake, None, home, NOTHING_SETTLED)
        masks = Masks.of(intake, warehouse)
        warehouse.close()
        told = dict.fromkeys(told_in(intake, masks))
        tables = intake.tables
        things = {
            cell
            for name, table in tables.items()
            for column in shapes()[name].columns
            if column.name in THINGS
            for cell in table[column.name].unique().to_pylist()
            if cell
        }
        return cls(intake, masks, vocabulary_of(intake, told, people), frozenset(things))

    def known(self, vocabulary: Vocabulary) -> Known:
        """What of a vocabulary is looked for wherever it stands."""
        about = self.intake.about
        own = [one for one in (about.hospital_name, about.region_name) if one]
        return Known.of(vocabulary, self.things, own)

    def catalogue_codes(self) -> Iterator[str]:
        """Codes that look like numbers of persons and are none."""
        for name, table in self.intake.tables.items():
            for column in shapes()[name].columns:
                if column.kind == "code" and column.name not in CODES:
                    yield from (cell.upper() for cell in table[column.name].unique().to_pylist() if cell)


def harvest_case(reviewed: Reviewed, out: Path, home: Path, *, check: bool = False) -> Harvested:
    """Write the case to `out`; `check` reviews it and the inspection and compares. Raises ValueError where nothing was
    called or `out` holds something, ResidueLeft where something identifies: nothing is left at `out` then."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} 已经存在且不是空文件夹，不覆盖；请换一个文件夹名。")
    if not reviewed.pairing.holding():
        raise ValueError("这个检查还没有专家决定；请先审阅，再收为案例。")
    people = [call.who for call in reviewed.pairing.lines]
    people += [ruling.who for ruling in reviewed.pairing.rulings.values()]
    source = Source.read(reviewed.folder, home, dict.fromkeys(people))
    draw = 1
    while True:
        try:
            return harvest_source(reviewed, source, source.vocabulary, out, home, check=check)
        except ResidueLeft:
            if draw == DRAWS:
                raise
        draw += 1


def harvest_source(
    reviewed: Reviewed, source: Source, replaced: Vocabulary, out: Path, home: Path, *, check: bool = False
) -> Harvested:
    """One draw. `replaced` is what is replaced wherever it stands; what is searched for is all that `source` holds."""
    pseudonyms = Pseudonyms(replaced, source.intake.about.region_code, random.SystemRandom())
    rewriting = Rewriting(source.known(replaced), pseudonyms)
    draft = out.with_name(f".{out.name}.writing")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        written = write_case(source.intake, rewriting, source.masks, draft)
        rewrite = _rewriter(rewriting, written, reviewed.findings)
        labels = harvest_labels(
            source.masks.admissions, reviewed.findings, reviewed.pairing, rewrite, reviewed.heard
        )
        _write_labels(labels.admissions, draft)
        harmless = {*pseudonyms.given(), *source.catalogue_codes()}
        left = residue(draft, source.vocabulary, source.known(source.vocabulary), harmless)
        if left:
            raise ResidueLeft(left)
        fidelity = fidelity_of(reviewed.folder, draft, rewrite, home) if check else None
        admissions, destroyed = without_lost(labels.admissions, fidelity or SAME)
        _write_labels(admissions, draft)  # what was searched, or less
        if out.exists():
            out.rmdir()
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Harvested(admissions, labels, written, destroyed, len(rewriting.words), fidelity)


def _write_labels(admissions: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    text = json.dumps({"admissions": admissions}, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


def _rewriter(
    rewriting: Rewriting, written: Written, findings: Mapping[str, Sequence[Line]]
) -> Callable[[str], str]:
    """How the labels' texts are rewritten: as the files were, so that a quote is found where it was."""
    quotes = dict(_quotes(written, findings))

    def rewrite(text: str) -> str:
        if text in written.paths:
            return written.paths[text]
        return quotes.get(text) or rewriting.cell("", "text", text, Mask((), [text]).spans(text))

    return rewrite


def _quotes(written: Written, findings: Mapping[str, Sequence[Line]]) -> Iterator[tuple[str, str]]:
    """Each quote of a document, with what stands there now."""
    for lines in findings.values():
        for one in (one for line in lines for one in line["evidence"] if one["kind"] == "document"):
            before, after = written.texts.get(one["source"], ("", ""))
            span = find_quote(one["quote"] or "", before) if before else None
            if span:
                yield one["quote"], after[slice(*span)]
