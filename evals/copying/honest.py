"""How often honest copy-forward is accused, and whether planted copies are found: the checks on invented stays.

Every fact of an honest note is true of its patient and its day, however much of the text is carried over. `python -m
evals.copying.honest 400` prints what DOC-016 and DOC-017 say of so many stays.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from evals.copying.wording import WORDS, history, routine, sentence
from review.check_cases.warehouse import REGION, CaseWarehouse, build, shipped_rows
from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.models import Basis, Finding
from review.violations import Certainty

CODES = ("DOC-016", "DOC-017")
NOTES, NEW, USUAL = 6, 5, 4
NEARLY_ALL, HALF_KEPT, SAME_OUTCOME = 0.02, 0.18, 0.05
BEGINS = datetime(2024, 3, 1, 9)
WARDS = ("内科", "外科", "骨科", "康复科", "老年科")
Row = dict[str, Any]


@dataclass(frozen=True)
class Stay:
    """One invented stay: its patient, and the rows that a case would give."""

    admission: Row
    begins: datetime
    documents: tuple[Row, ...]
    vitals: tuple[Row, ...]


@dataclass(frozen=True)
class Measured:
    """Honest stays accused above a clue, honest stays with any finding, planted stays and those found, by check."""

    honest: int
    accused: Counter[str]
    any_finding: Counter[str]
    planted: Counter[str]
    found: Counter[str]


def measure(stays: int, seed: int = 1) -> Measured:
    """Both checks on so many honest stays and one planted of each kind for every twenty."""
    made = list(_honest(stays, Random(seed)))
    planted = _plant(made, stays // 20, Random(seed + 1))
    case: Row = {
        "admissions": [stay.admission for stay in made],
        "documents": [row for stay in made for row in stay.documents],
        "vitals": [row for stay in made for row in stay.vitals],
    }
    cases = CaseWarehouse()
    cases.fill_knowledge(shipped_rows(), REGION)
    inspection = build(cases, case)
    honest = {stay.admission["admission_id"] for stay in made} - set(planted)
    result = Measured(len(honest), Counter(), Counter(), Counter(planted.values()), Counter())
    for check in all_checks():
        if check.header.code not in CODES:
            continue
        said = run_check(check, inspection, Stamp(inspection, in_force)).findings
        _count(result, said, check.header.code, honest, planted)
    return result


def _count(
    result: Measured, said: Sequence[Finding], code: str, honest: set[str], planted: Mapping[str, str]
) -> None:
    strong = {finding.admission_id for finding in said if finding.certainty is not Certainty.CLUE}
    result.accused[code] += len(strong & honest)
    result.any_finding[code] += len({finding.admission_id for finding in said} & honest)
    result.found[code] += sum(planted.get(stay) == code for stay in strong)


def in_force(document: str, passage: str, day: object) -> Basis:
    return Basis(document, passage)


def _honest(stays: int, random: Random) -> Iterator[Stay]:
    outcomes = [[sentence(random) for _ in range(5)] for _ in range(max(1, round(stays * SAME_OUTCOME / 3)))]
    for number in range(stays):
        sex, age, bed = random.choice("男女"), random.randint(25, 90), random.randint(1, 48)
        begins = BEGINS + timedelta(days=random.randint(0, 200), minutes=random.randint(0, 300))
        stay = f"A{number}"
        admission = {
            "admission_id": stay, "person_id": f"P{number}", "sex": sex, "age_years": age, "bed": f"{bed}床",
            "department": random.choice(WARDS), "begins_at": begins, "ends_at": begins + timedelta(days=NOTES + 2),
        }  # fmt: skip
        own = history(random)
        told = f"{sex}性患者，{age}岁，{bed}床"
        documents = [
            document(stay, "入院记录", begins + timedelta(hours=3), [told, *own, *routine(random, 8)]),
            *notes(stay, f"{sex}性患者，{bed}床", begins, random),
            discharge(stay, begins, own, outcomes, random),
        ]
        yield Stay(admission, begins, tuple(documents), tuple(chart(stay, begins, random)))


def notes(stay: str, told: str, begins: datetime, random: Random) -> Iterator[Row]:
    """A note a day, copied forward at the published rates; day and temperature are the day's own."""
    before: list[str] = []
    for day in range(1, NOTES + 1):
        draw = random.random()
        fresh = NEW if not before or draw >= HALF_KEPT else 1 if draw >= NEARLY_ALL else 0
        body = [*before[fresh:NEW], *(sentence(random) for _ in range(fresh))]
        usual = before[NEW:] if before and draw < HALF_KEPT else routine(random, USUAL)
        before = [*body, *usual]
        lines = [f"{told}，入院第{day + 1}天，今日体温{_temperature(stay, day):.1f}℃", *before]
        yield document(stay, "日常病程记录", begins + timedelta(days=day), lines)


def _temperature(stay: str, day: int) -> float:
    return 36.2 + Random(f"{stay}.{day}").randrange(0, 12) / 10


def chart(stay: str, begins: datetime, random: Random) -> Iterator[Row]:
    for day in range(NOTES + 1):
        for hours, drift in ((-2, 0.1), (0, 0.0), (6, 0.2)):
            yield {
                "admission_id": stay, "measured_at": begins + timedelta(days=day, hours=hours),
                "temperature": round(_temperature(stay, day) + drift, 1), "pulse": random.randint(64, 96),
                "respiration": random.randint(16, 20), "systolic": random.randint(108, 146),
                "diastolic": random.randint(62, 88),
            }  # fmt: skip


def discharge(
    stay: str, begins: datetime, own: Sequence[str], outcomes: Sequence[list[str]], random: Random
) -> Row:
    same = random.random() < SAME_OUTCOME
    body = random.choice(outcomes) if same else [own[0], *(sentence(random) for _ in range(4))]
    return document(stay, "出院记录", begins + timedelta(days=NOTES + 2), [*body, *WORDS["common"][8:12]])


def document(stay: str, kind: str, at: datetime, lines: Sequence[str]) -> Row:
    text = f"{kind}\n{at:%Y-%m-%d %H:%M}\n" + "\n".join(f"{line}。" for line in lines) + "\n医师签名：甲乙"
    sections = [name for name in ("现病史", "既往史") if name in text]
    return {"admission_id": stay, "kind": kind, "written_at": at, "text": text, "sections": sections}


def _plant(made: list[Stay], each: int, random: Random) -> dict[str, str]:
    """Replaces documents of some stays by copies; by stay, the check that must tell it."""
    planted: dict[str, str] = {}
    places = random.sample(range(len(made)), 3 * each)
    for place in places[each : 2 * each]:
        source = random.choice(
            [stay for stay in made if stay.admission["sex"] != made[place].admission["sex"]]
        )
        documents = list(made[place].documents)
        documents[2] = {
            **source.documents[2],
            **{name: documents[2][name] for name in ("admission_id", "written_at")},
        }
        made[place] = Stay(made[place].admission, made[place].begins, tuple(documents), made[place].vitals)
        planted[made[place].admission["admission_id"]] = "DOC-017"
    for place in places[2 * each :]:
        made[place] = _carried(made[place])
        planted[made[place].admission["admission_id"]] = "DOC-016"
    return planted


def _carried(stay: Stay) -> Stay:
    """Four notes as the first of them was, through a fever."""
    documents = list(stay.documents)
    for number in (2, 3, 4):
        documents[number] = {**documents[1], "written_at": documents[number]["written_at"]}
    begins = stay.begins + timedelta(days=1, hours=3)
    vitals = tuple(
        {**row, "temperature": 38.9} if row["measured_at"] > begins else row for row in stay.vitals
    )
    return Stay(stay.admission, stay.begins, tuple(documents), vitals)


def told(result: Measured) -> Iterator[str]:
    """The figures as lines."""
    for code in CODES:
        strong, known = result.accused[code], result.found[code]
        yield (
            f"{code}：如实沿用的住院 {result.honest} 例，线索以上 {strong} 例（{strong / result.honest:.2%}），"
            f"含线索 {result.any_finding[code]} 例；种下 {result.planted[code]} 例，找到 {known} 例；"
            f"精确率 {known / max(1, known + strong):.3f}"
        )


if __name__ == "__main__":
    print("\n".join(told(measure(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))))
