"""One condition under two grades: a discharge paper against the settlement list, and a discharge against the admission.

Read from the diagnoses that documents state under their headings. It does not judge which of the two is right.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import yaml

from review.checks.inputs import Record
from review.checks.readings import cited, document_of, facts_of
from review.models import Evidence
from review.record import Diagnosis

FILE = Path(__file__).with_name("graded_conditions.yaml")
AT_ADMISSION, AT_DISCHARGE = ("初步诊断", "入院诊断"), ("出院诊断", "死亡诊断", "最后诊断")
ADMITTING = ("入院记录", "首次病程记录")
DISCHARGING = ("出院记录", "出院小结", "死亡记录", "24小时内入出院记录", "24小时内入院死亡记录", "病案首页")
REVISED = frozenset(("修正诊断", "补充诊断"))
DOUBT = re.compile(r"待排|待查|可能|[?？]|疑似|除外|病史|家族|术后")
SETTLED = "结算清单"
PLAIN = str.maketrans("１２３４５一二三四五ⅠⅡⅢ", "1234512345123", " \t\n\u3000()（）[]【】“”\"'：:-—－～~")
ROMAN = (("Ⅳ", "4"), ("Ⅴ", "5"), ("IV", "4"), ("III", "3"), ("II", "2"), ("I", "1"))
NUMERAL = re.compile(r"IV|I{1,3}(?=[级期型])")


@dataclass(frozen=True)
class Graded:
    """A condition with the grades that exclude each other."""

    name: str
    grades: Mapping[str, re.Pattern[str]]
    moves: bool


@dataclass(frozen=True)
class Apart:
    """Two sources that give one condition two grades; `settled` names the settlement list's diagnosis."""

    condition: str
    told: tuple[str, str]
    evidence: tuple[Evidence, ...]
    later: bool  # the second is of the discharge, the first of the admission


@dataclass(frozen=True)
class Source:
    """Where grades of one condition stand: grade → what shows it."""

    label: str
    grades: Mapping[str, tuple[str, Evidence]]


@cache
def graded_conditions() -> tuple[Graded, ...]:
    return tuple(
        Graded(
            entry["name"],
            {grade: re.compile(pattern) for grade, pattern in entry["grades"].items()},
            bool(entry.get("moves")),
        )
        for entry in yaml.safe_load(FILE.read_text("utf-8"))
    )


@cache
def _graded() -> re.Pattern[str]:
    """What any grade is written with, to pass over most diagnoses at once."""
    return re.compile("|".join(p.pattern for known in graded_conditions() for p in known.grades.values()))


def plain(text: str) -> str:
    """A diagnosis as the patterns are written: numerals as digits, no brackets, no white space."""
    bare = text.translate(PLAIN)
    for roman, digit in ROMAN[:2]:
        bare = bare.replace(roman, digit)
    return NUMERAL.sub(lambda match: dict(ROMAN)[match[0]], bare)


def grades_apart(record: Record) -> Iterator[Apart]:
    """Each condition that two sources of this stay grade so that both cannot be right."""
    told = _told(record)
    for known in graded_conditions():
        sources = [source for (name, _), source in told.items() if name == known.name]
        leaving = [source for source in sources if not source.label.startswith("入院")]
        for one, other in combinations(leaving, 2):
            if not set(one.grades) & set(other.grades):
                yield _apart(known, one, other, later=False)
                break
        else:
            yield from _since_admission(record, known, sources, leaving)


def _since_admission(
    record: Record, known: Graded, sources: list[Source], leaving: list[Source]
) -> Iterator[Apart]:
    begun = next((source for source in sources if source.label.startswith("入院")), None)
    if known.moves or begun is None or not leaving:
        return
    ended = leaving[0]
    if set(begun.grades) & set(ended.grades) or _explained(record, known, set(ended.grades)):
        return
    yield _apart(known, begun, ended, later=True)


def _apart(known: Graded, one: Source, other: Source, later: bool) -> Apart:
    first, second = next(iter(one.grades.items())), next(iter(other.grades.items()))
    return Apart(
        known.name,
        (f"{one.label}为“{first[1][0]}”", f"{other.label}为“{second[1][0]}”"),
        (first[1][1], second[1][1]),
        later,
    )


def _told(record: Record) -> dict[tuple[str, str], Source]:
    """By condition and source the grades it states; what is doubted or of the past is left out."""
    found: dict[tuple[str, str], dict[str, tuple[str, Evidence]]] = defaultdict(dict)
    for fact in facts_of(record, "diagnosis"):
        said = plain(fact.value or "")
        if not _graded().search(said) or DOUBT.search(said):
            continue
        document = document_of(record, fact)
        if document is None or document.confidence < 1.0:
            continue
        if fact.name in AT_ADMISSION and document.kind in ADMITTING:
            label = "入院时的诊断"
        elif fact.name in AT_DISCHARGE and document.kind in DISCHARGING:
            label = f"{document.title}的{fact.name}"
        else:
            continue
        for name, grade in _grades_of(said):
            found[name, label].setdefault(grade, (fact.value or "", cited(fact)))
    for diagnosis in record.diagnoses:
        said = plain(diagnosis.diagnosis_name)
        for name, grade in _grades_of(said) if _graded().search(said) else ():
            found[name, SETTLED].setdefault(grade, (diagnosis.diagnosis_name, listed(diagnosis)))
    return {key: Source(key[1], grades) for key, grades in found.items()}


def listed(diagnosis: Diagnosis) -> Evidence:
    """A diagnosis of the settlement list as evidence."""
    shown = f"{diagnosis.diagnosis_code} {diagnosis.diagnosis_name}"
    return Evidence("table", "setl_list_diag_d", shown, row=diagnosis.admission_id, label="结算清单诊断")


def _grades_of(said: str) -> Iterator[tuple[str, str]]:
    for known in graded_conditions():
        for grade, pattern in known.grades.items():
            if pattern.search(said):
                yield known.name, grade


def _explained(record: Record, known: Graded, grades: set[str]) -> bool:
    """Whether anything between the two papers speaks of the later grade, or says that the diagnosis was revised."""
    if any(fact.name in REVISED for fact in facts_of(record, "diagnosis")):
        return True
    patterns = [known.grades[grade] for grade in grades]
    between = [
        document.text for document in record.documents if document.kind not in (*ADMITTING, *DISCHARGING)
    ]
    between += [f"{exam.findings or ''}{exam.conclusion or ''}" for exam in record.exams]
    return any(pattern.search(plain(text)) for text in between for pattern in patterns)
