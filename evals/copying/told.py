"""Stays with a history each: in the set phrases of a disease, or one person's own; and the honest pairs that share one.

Honest are also one history in two stays of a person, twins, one crash, one household.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

from evals.copying.honest import BEGINS, NOTES, WARDS, Row, Stay, chart, discharge, document, notes
from evals.copying.wording import WORDS, routine, sentence

PHRASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("histories.yaml").read_text("utf-8"))
SET_PHRASES, ACCIDENTS, PAIN = 0.6, 0.4, ("R52.900", "疼痛")


@dataclass(frozen=True)
class Told:
    """A stay with the history in it, and its diagnosis."""

    stay: Stay
    history: str
    diagnosis: tuple[str, str]

    @property
    def sex(self) -> str:
        return str(self.stay.admission["sex"])


def honest_stays(stays: int, random: Random) -> list[Told]:
    outcomes = [[sentence(random) for _ in range(5)] for _ in range(max(1, stays // 60))]
    return [_told(f"A{number}", f"P{number}", outcomes, random) for number in range(stays)]


def _told(stay: str, person: str, outcomes: Sequence[list[str]], random: Random) -> Told:
    set_phrase = random.random() < SET_PHRASES
    begins = BEGINS + timedelta(days=random.randint(0, 200), minutes=random.randint(0, 300))
    admission: Row = {
        "admission_id": stay, "person_id": person, "sex": random.choice("男女"), "age_years": random.randint(25, 90),
        "bed": f"{random.randint(1, 48)}床", "department": random.choice(WARDS), "begins_at": begins,
        "ends_at": begins + timedelta(days=NOTES + 2),
    }  # fmt: skip
    diagnosis = PAIN
    if set_phrase:
        phrases = [row for row in PHRASES["set_phrases"] if admission["sex"] == "女" or row[0][0] != "O"]
        code, name, pattern = random.choice(phrases)
        diagnosis, history = (code, name), filled(pattern, begins, random)
    elif random.random() < ACCIDENTS:
        history = filled(random.choice(PHRASES["accident"]), begins, random)
        diagnosis = tuple(random.choice(PHRASES["injuries"]))
    else:
        history = filled(random.choice(PHRASES["illness"]), begins, random)
    return written(admission, history, diagnosis, outcomes, random)


def written(
    admission: Row, history: str, diagnosis: tuple[str, str], outcomes: Sequence[list[str]], random: Random
) -> Told:
    stay, begins, sex = admission["admission_id"], admission["begins_at"], admission["sex"]
    own = [f"现病史：{history}，{PHRASES['general']}"]
    past = "既往史：" + WORDS["common"][random.randint(12, 13)]
    if sex == "女" and diagnosis[0][0] != "O" and int(admission["age_years"]) > 55:
        past += "，" + filled(PHRASES["of_women"], begins, random)
    documents = (
        document(stay, "入院记录", begins + timedelta(hours=3), [*own, past, *routine(random, 8)]),
        *notes(stay, f"{sex}性患者，{admission['bed']}", begins, random),
        discharge(stay, begins, own, outcomes, random),
    )
    return Told(Stay(admission, begins, documents, tuple(chart(stay, begins, random))), history, diagnosis)


def filled(pattern: str, begins: datetime, random: Random) -> str:
    """A pattern with its slots filled for a patient admitted then."""
    day = begins - timedelta(days=random.randint(0, 9))
    chosen = {
        name: random.choice(PHRASES[plural])
        for name, plural in (
            ("person", "persons"), ("place", "places"), ("thing", "things"), ("thing2", "things"), ("food", "foods"),
            ("time", "times"), ("part", "parts"), ("part2", "parts"),
        )
    }  # fmt: skip
    return pattern.format(
        **chosen, date=f"{day.year}年{day.month}月{day.day}日", hour=random.randint(1, 11),
        minute=f"{random.randint(0, 59):02d}", n=random.randint(1, 9), m=random.randint(1, 9),
        k=random.randint(2, 9), v=random.randint(3, 9), q=random.randint(20, 900), c=random.randint(1, 6),
        w=random.randint(37, 41), side=random.choice("左右"), temp=f"{random.randint(376, 399) / 10:.1f}",
        sys=random.randint(160, 210), dia=random.randint(90, 120), kg=random.randint(45, 80),
        glu=f"{random.randint(90, 199) / 10:.1f}", a=random.randint(45, 55), g=random.randint(1, 5),
        p=random.randint(1, 3),
    )  # fmt: skip


def related(made: list[Told], random: Random) -> list[Told]:
    """Some of the stays made honest pairs that share a history: one person twice, twins, one crash, one household."""
    for kind, (first, second) in enumerate(zip(*[iter(random.sample(range(len(made)), 4))] * 2, strict=True)):
        one, begins = made[first], made[first].stay.begins
        pick = (kind + random.randint(0, 1)) % 4
        if pick == 0:
            made[second] = like_another(made[second], one, random, person_id=one.stay.admission["person_id"])
        elif pick == 1:
            pattern, shared = PHRASES["born"], {"age_years": 0, "begins_at": begins}
            made[first], made[second] = _pair(made, first, second, str(pattern), shared, random)
        elif pick == 2:
            shared = {"begins_at": begins}
            made[first], made[second] = _pair(made, first, second, str(PHRASES["crash"]), shared, random)
        else:
            shared = {"begins_at": begins, "phone": f"139{random.randint(10**7, 10**8 - 1)}"}
            made[first], made[second] = _pair(made, first, second, PHRASES["illness"][1], shared, random)
    return made


def _pair(
    made: list[Told], first: int, second: int, pattern: str, shared: Row, random: Random
) -> tuple[Told, Told]:
    history = filled(pattern, made[first].stay.begins, random)
    one, other = (
        written({**made[place].stay.admission, **shared}, history, PAIN, [[sentence(random)]], random)
        for place in (first, second)
    )  # fmt: skip
    return one, other


def like_another(told: Told, source: Told, random: Random, **changed: object) -> Told:
    """The stay with the history of another."""
    admission = {**told.stay.admission, "sex": source.sex, **changed}
    return written(admission, source.history, source.diagnosis, [[sentence(random)]], random)
