"""How right the reader of clinical statements is: precision and recall on labelled sentences, by group and by half.

The sentences were labelled before the reader was written. Even lines of the file were looked at while it was; the odd
ones are held out, so their single errors are never printed. Names that no label carries are counted, not scored.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evals.measuring.intervals import wilson
from review.facts.clinical import clinical_statements
from review.facts.clinical_vocabulary import vocabulary
from review.facts.sentences import sentences
from review.facts.statements import Statement
from review.record import Document, Section

SENTENCES = Path(__file__).parent / "clinical_sentences.tsv"
MARKS = {"+": "present", "-": "denied", "^": "past", "?": "suspected", "@": "relative", ">": "possible"}
SIGNS = {meaning: mark for mark, meaning in MARKS.items()}
GROUPS = {
    "signs": "症状体征",
    "diagnoses": "诊断",
    "history": "病史",
    "vitals": "生命体征",
    "labs": "化验",
    "routes": "给药途径",
    "care": "护理与病情",
    "plans": "计划",
}
OWN_GROUPS = {"途径": "routes"}
Fact = tuple[str, str]


@dataclass(frozen=True)
class Labelled:
    """One labelled sentence with its line in the file."""

    line: int
    kind: str
    section: str
    text: str
    facts: frozenset[Fact]


@dataclass(frozen=True)
class Count:
    """Facts that both have, that only the reader has, that only the label has."""

    right: int
    wrong: int
    missed: int

    def line(self, label: str) -> str:
        precision = _share(self.right, self.right + self.wrong)
        return f"{label}：准确 {precision}，召回 {_share(self.right, self.right + self.missed)}"


def score_facts(verbose: bool) -> list[str]:
    """The report; with `verbose` the errors of the even lines as well."""
    labelled = read_labelled(SENTENCES)
    begun = time.perf_counter()
    read = {item.line: facts_of(item) for item in labelled}
    spent = time.perf_counter() - begun
    scored = {name for item in labelled for _, name in _names(item.facts)}
    found = {line: {fact for fact in facts if _name(fact) in scored} for line, facts in read.items()}
    unscored = sum(len(read[line]) - len(facts) for line, facts in found.items())
    even = [item for item in labelled if item.line % 2 == 0]
    odd = [item for item in labelled if item.line % 2]
    wanted = sum(len(item.facts) for item in labelled)
    denying = [item for item in labelled if any(mark == "-" for mark, _ in item.facts)]
    return [
        f"带标注的句子 {len(labelled)} 句，事实 {wanted} 条；读用 {spent * 1000:.0f} 毫秒",
        count(labelled, found).line("全部"),
        count(even, found).line("偶数行（开发用）"),
        count(odd, found).line("奇数行（留出）"),
        count(denying, found).line(f"含否认的句子 {len(denying)} 句"),
        count(denying, found, mark="-").line("  其中否认本身"),
        *(count(labelled, found, group=group).line(f"  {said}") for group, said in GROUPS.items()),
        *(count(labelled, found, mark=mark).line(f"  标记 {mark}") for mark in (*MARKS, "=")),
        f"标注中没有的名称读出 {unscored} 条，不计分",
        *(_errors(even, found) if verbose else ()),
    ]


def read_labelled(file: Path) -> list[Labelled]:
    """The labelled sentences; a line that cannot be read is an error that names it."""
    items = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != 4:
            raise ValueError(f"{file.name} 第 {number} 行应有四列，实有 {len(cells)} 列；请补齐制表符。")
        kind, section, text, facts = cells
        items.append(Labelled(number, kind, section, text, frozenset(_label(word) for word in facts.split())))
    return items


def facts_of(item: Labelled) -> frozenset[Fact]:
    """What the reader says of a labelled sentence, written as labels are."""
    sections = (Section(item.section, 0, len(item.text)),) if item.section else ()
    document = Document(
        "D", "A", "a.txt", item.kind, item.kind, item.text, 0, datetime(2024, 1, 2), True, 1.0, sections
    )
    return frozenset(_fact(statement) for statement in clinical_statements(sentences(document)))


def count(
    items: Sequence[Labelled],
    found: Mapping[int, set[Fact]],
    *,
    group: str | None = None,
    mark: str | None = None,
) -> Count:
    """Facts counted over these sentences, of one group or one mark where named."""

    def counts(fact: Fact) -> bool:
        return (group is None or group_of(fact) == group) and (mark is None or mark_of(fact) == mark)

    wanted = [(item.line, fact) for item in items for fact in item.facts if counts(fact)]
    told = {(item.line, fact) for item in items for fact in found[item.line] if counts(fact)}
    right = len(told & set(wanted))
    return Count(right, len(told) - right, len(wanted) - right)


def group_of(fact: Fact) -> str:
    """The group of a fact's name; empty where it is in none."""
    return (vocabulary().groups() | OWN_GROUPS).get(_name(fact), "")


def mark_of(fact: Fact) -> str:
    """How a fact is meant; a value is told by the sign of equality."""
    return "=" if "=" in fact[1] else fact[0]


def _label(word: str) -> Fact:
    mark, rest = (word[0], word[1:]) if word[0] in MARKS else ("", word)
    name, _, value = rest.partition("=")
    return mark, f"{name}={_plain(value)}" if value else name


def _fact(statement: Statement) -> Fact:
    if statement.kind == "clinical":
        return SIGNS[str(statement.value)], statement.name
    mark = "^" if statement.kind == "clinical_earlier" else ""
    return mark, f"{statement.name}={_plain(str(statement.value))}"


def _plain(value: str) -> str:
    try:
        return f"{float(value):g}"
    except ValueError:
        return value


def _name(fact: Fact) -> str:
    return fact[1].split("=")[0]


def _names(facts: Iterable[Fact]) -> Iterable[Fact]:
    return ((fact[0], _name(fact)) for fact in facts)


def _share(part: int, whole: int) -> str:
    if whole == 0:
        return "—（0 条）"
    held = wilson(part, whole)
    return f"{held.value:.3f}（{part}/{whole}，95% 区间 {held.low:.3f}–{held.high:.3f}）"


def _errors(items: Sequence[Labelled], found: Mapping[int, set[Fact]]) -> list[str]:
    lines = []
    for item in items:
        more, less = found[item.line] - item.facts, item.facts - found[item.line]
        if more or less:
            told = " ".join(
                [*(f"多{''.join(fact)}" for fact in more), *(f"漏{''.join(fact)}" for fact in less)]
            )
            lines.append(f"  {item.line} [{item.section}] {item.text} ｜ {told}")
    return lines
