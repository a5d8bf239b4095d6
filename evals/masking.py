"""Whether what names a person is hidden before a text leaves the machine: recall by kind, precision, speed.

The sentences are ours and every person in them is invented; each identifier is marked with its kind. No table tells
a name here, which is harder than an admission. Those of `cases/masking.tsv` stand alone and many people are called like
words. All were read while the masking was written; some had been opened once before: of the first 421 the even lines
(266 of 316 names hidden, 0.842), the hundred from line 422 (151 of 167, 0.904), the lines from 812 (157 of 197, 0.797,
and 166 after work on their neighbours). `cases/masking_blind.tsv` was written after those were read and has not been
opened: 93 of 104 names by the masking that began that day, 96 by the one that ended it. `cases/masking_held_out.tsv` is
the documents of one admission, masked together as the product does; the floors of `FLOORS` hold for it. Of neither are
the misses printed.
"""

import re
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.measuring.intervals import wilson
from review.checks.inputs import Inspection
from review.checks.records import Record
from review.deidentify import Mask, mask_of
from review.intake.inspection import read_inspection
from review.masking_letters import bare
from review.masking_roles import a_word
from review.pipeline import NOTHING_SETTLED, build_warehouse

CASES = Path(__file__).parent / "cases"
OPEN, BLIND, HELD_OUT = (
    CASES / file for file in ("masking.tsv", "masking_blind.tsv", "masking_held_out.tsv")
)
DEMO = Path(__file__).parent.parent / "demo" / "mountain-county-2024"
KINDS = {
    "n": "姓名", "i": "号码", "p": "电话", "a": "住址", "e": "单位", "b": "床号", "d": "出生日期",
}  # fmt: skip
FLOORS = {"姓名": 0.99, "号码": 0.99, "电话": 0.99}
ALONE = {"姓名": 0.92, "号码": 0.99, "电话": 0.99}  # of a sentence without its record
PRECISION = 0.97  # of what is hidden
_MARK = re.compile(r"\{([a-z]):([^}]*)\}")
_PLACEHOLDER = re.compile(r"〔[^〔〕]{2,40}〕")


@dataclass(frozen=True)
class Labelled:
    """One labelled sentence: its line in the file, its text, and the spans that must be hidden."""

    line: int
    document: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass
class Score:
    """Of each kind what was to be hidden and what was; what was hidden without need."""

    wanted: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    needed: int = 0
    needless: int = 0
    misses: list[str] = field(default_factory=list)

    def below(self, floors: Mapping[str, float] = FLOORS) -> list[str]:
        """The kinds whose recall is below its floor, and the precision where it is."""
        kinds = [
            kind for kind, floor in floors.items() if self.hidden[kind] < floor * self.wanted[kind] - 1e-9
        ]
        precise = self.needed >= PRECISION * (self.needed + self.needless)
        return kinds if precise else [*kinds, "遮蔽准确"]

    def lines(self, title: str) -> Iterator[str]:
        yield title
        for kind in (kind for kind in KINDS.values() if self.wanted[kind]):
            yield f"  {kind}：召回 {_share(self.hidden[kind], self.wanted[kind])}"
        yield f"  遮蔽准确：{_share(self.needed, self.needed + self.needless)}"


def labelled(file: Path) -> Iterator[Labelled]:
    """The sentences of a file."""
    for line, row in enumerate(file.read_text("utf-8").splitlines()):
        if row:
            document, marked = row.split("\t", 1)
            marked = marked.replace("⏎", "\n")
            text, spans, at = "", [], 0
            for mark in _MARK.finditer(marked):
                text += marked[at : mark.start()]
                spans.append((KINDS[mark[1]], len(text), len(text) + len(mark[2])))
                text, at = text + mark[2], mark.end()
            yield Labelled(line + 1, document, text + marked[at:], tuple(spans))


def score_sentences(file: Path, *, together: bool) -> tuple[Score, int, float]:
    """The score of a file, its characters, and the seconds that masking took; `together` as one admission."""
    score, characters, began = Score(), 0, time.perf_counter()
    sentences = [*labelled(file)]
    whole = Mask((), [one.text for one in sentences]) if together else None
    for one in sentences:
        mask = whole or Mask((), [one.text])
        shown = mask.hide(one.text)
        if mask.show(shown) != one.text or shown.count("\n") != one.text.count("\n"):
            raise ValueError(f"{file.name} 第 {one.line} 行遮蔽后不能还原；请先修正遮蔽。")
        _count(score, one, [(start, end) for start, end, _ in mask.spans(one.text)])
        characters += len(one.text)
    return score, characters, time.perf_counter() - began


def is_hidden(text: str, start: int, end: int, covered: Collection[int]) -> bool:
    """Whether every letter and digit of a span is at one of the places that are hidden."""
    return all(
        place in covered for place in range(start, end) if text[place].isalnum() or text[place] in "*×"
    )


def _count(score: Score, one: Labelled, spans: Sequence[tuple[int, int]]) -> None:
    covered = {place for start, end in spans for place in range(start, end)}
    truth = {place for _, start, end in one.spans for place in range(start, end)}
    for kind, start, end in one.spans:
        hidden = is_hidden(one.text, start, end, covered)
        score.wanted[kind] += 1
        score.hidden[kind] += hidden
        if not hidden:
            score.misses.append(f"  第 {one.line} 行（{one.document}）{kind}：{one.text[start:end]}")
    for start, end in spans:
        needed = not truth.isdisjoint(range(start, end))
        score.needed += needed
        score.needless += not needed
        if not needed:
            score.misses.append(f"  第 {one.line} 行（{one.document}）不必遮：{one.text[start:end]}")


def score_masking(folders: Sequence[Path], home: Path) -> tuple[list[str], list[str]]:
    """The report, and what is below its floor."""
    lines: list[str] = []
    below: list[str] = []
    for file, together, name in (
        (OPEN, False, "看过的，逐句单独遮蔽"),
        (BLIND, False, "未打开过的，逐句单独遮蔽"),
        (HELD_OUT, False, "留出的，逐句单独遮蔽"),
        (HELD_OUT, True, "留出的，作为一次住院遮蔽"),
    ):
        score, characters, seconds = score_sentences(file, together=together)
        count = sum(1 for _ in labelled(file))
        lines += score.lines(f"自编标注·{name}（{count} 条，{sum(score.wanted.values())} 处）")
        lines.append(f"  {characters / seconds:,.0f} 字/秒")
        lines += score.misses if file == OPEN else []
        below += [f"{name}的{kind}" for kind in score.below(FLOORS if together else ALONE)]
    for folder in folders or [DEMO]:
        own, failed = score_inspection(folder, home)
        lines += own
        below += failed
    return lines, below


def score_inspection(folder: Path, home: Path) -> tuple[list[str], list[str]]:
    """What the tables of an inspection know of people, looked for in the hidden documents."""
    intake = read_inspection(folder, cache=home / "cache")
    warehouse = build_warehouse(intake, None, home, NOTHING_SETTLED)
    stands, left, blind, words = Counter[str](), Counter[str](), Counter[str](), 0
    characters, seconds = 0, 0.0
    for record in Inspection(warehouse).records.values():
        texts = [document.text for document in record.documents]
        began = time.perf_counter()
        mask = mask_of(record)
        shown = [mask.hide(text) for text in texts]
        seconds += time.perf_counter() - began
        characters += sum(map(len, texts))
        without = Mask((), texts)
        untold = [without.hide(text) for text in texts]
        for kind, letters in _told(record):
            if a_word(letters) and letters != bare(record.admission.person_name or ""):
                words += sum(_outside(text).count(letters) for text in shown)
                continue
            stands[kind] += sum(_outside(text).count(letters) for text in texts)
            left[kind] += sum(_outside(text).count(letters) for text in shown)
            blind[kind] += sum(_outside(text).count(letters) for text in untold)
    warehouse.close()
    lines = [f"{folder.name}：{characters:,} 字，建遮蔽与遮蔽 {characters / max(seconds, 1e-9):,.0f} 字/秒"]
    for kind, count in stands.items():
        lines.append(f"  表中{kind}：遮蔽 {_share(count - left[kind], count)}")
        lines.append(f"    不看表格、只凭上下文：{_share(count - blind[kind], count)}")
    lines.append(f"  与药名、常用词同字的工作人员姓名，作为词留下 {words} 处")
    return lines, [f"{folder.name}的{kind}" for kind, count in left.items() if count]


def _told(record: Record) -> Iterator[tuple[str, str]]:
    """What the tables say of the people of an admission, each once."""
    admission = record.admission
    row = record.inspection.warehouse.rows(
        "select certno, tel, medrcdno from raw_mdtrt_d where mdtrt_id = $id", {"id": admission.admission_id}
    )[0]
    names = [admission.person_name, admission.doctor]
    names += [order.doctor for order in record.orders] + [order.executor for order in record.orders]
    names += [one.nurse for one in record.vitals]
    names += [one.examiner for one in record.exams] + [one.examiner for one in record.labs]
    names += [one.surgeon for one in record.operations] + [one.anesthetist for one in record.anesthesia]
    names += [name for line in record.charges for name in (line.ordering_doctor, line.executor)]
    numbers = [row["certno"], row["tel"], row["medrcdno"], admission.inpatient_no, admission.admission_id]
    for kind, cells in (("姓名", names), ("号码", numbers)):
        for letters in dict.fromkeys(bare(cell) for cell in cells if cell):
            if len(letters) > (1 if kind == "姓名" else 4):
                yield kind, letters


def _outside(shown: str) -> str:
    """The letters outside of placeholders; what stood on either side of one does not join."""
    return "〔".join(bare(piece) for piece in _PLACEHOLDER.split(shown))


def _share(part: int, whole: int) -> str:
    if not whole:
        return "0/0"
    held = wilson(part, whole)
    return f"{part}/{whole} = {held.value:.3f}（95% {held.low:.3f}–{held.high:.3f}）"
