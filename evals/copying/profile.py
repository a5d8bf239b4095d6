"""Invented documents that repeat as genuine ones do: about half of the text, 18 % of consecutive notes by more than
half, one discharge text in twenty the same as another patient's; and copies planted among them, which are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from evals.copying.wording import WORDS, history, routine, sentence
from review.copies.writings import Writing

WARDS = 40
NOTES = 5  # progress notes of a stay
NEW, USUAL = 6, 5  # sentences of a note: the day's own, and those of every day
HALF_KEPT, NEARLY_ALL, SAME_DISCHARGE = 0.18, 0.02, 0.05
PLANTED = 0.02  # of the stays: the history of another, with some sentences changed
SHARERS = 3  # patients with one wording of the outcome, on average


@dataclass(frozen=True)
class Profile:
    """The documents, and the pairs of their numbers that were copied between patients."""

    writings: tuple[Writing, ...]
    copied: tuple[tuple[int, int], ...]


def invent(documents: int, seed: int = 1) -> Profile:
    """About so many documents, eight to a stay. The same seed gives the same everywhere."""
    random = Random(seed)
    shared = round(documents / (NOTES + 3) * SAME_DISCHARGE / SHARERS)
    outcomes = [[sentence(random) for _ in range(6)] for _ in range(max(1, shared))]
    writings: list[Writing] = []
    copied: list[tuple[int, int]] = []
    histories: list[tuple[int, list[str]]] = []
    for stay in range(documents // (NOTES + 3)):
        own = history(random)
        source = random.choice(histories) if histories and random.random() < PLANTED else None
        if source is not None:
            own = _edited(source[1], random)
            copied.append((source[0], len(writings)))
        else:
            histories.append((len(writings), own))
        writings += _stay(f"P{stay}", f"W{random.randrange(WARDS)}", own, outcomes, random)
    return Profile(tuple(writings), tuple(copied))


def _edited(lines: Sequence[str], random: Random) -> list[str]:
    """A copy with a quarter of its sentences written anew."""
    own = list(lines)
    for place in random.sample(range(len(own)), len(own) // 4):
        own[place] = sentence(random)
    return own


def _stay(
    person: str, ward: str, own: list[str], outcomes: Sequence[list[str]], random: Random
) -> list[Writing]:
    admitted = _writing(person, ward, "入院记录", [*own, *routine(random, 11)])
    first = _writing(
        person, ward, "首次病程记录", [*own[:3], *routine(random, 6), sentence(random), sentence(random)]
    )
    return [admitted, first, *_notes(person, ward, random), _discharge(person, ward, own, outcomes, random)]


def _notes(person: str, ward: str, random: Random) -> list[Writing]:
    """Consecutive notes; most have the daily phrases alone in common, 18 % more than half, 2 % nearly all."""
    notes: list[list[str]] = []
    for _ in range(NOTES):
        lines = [sentence(random) for _ in range(NEW)] + routine(random, USUAL)
        if notes and (draw := random.random()) < HALF_KEPT:
            fresh = 1 if draw < NEARLY_ALL else NEW // 3
            lines = [*notes[-1][fresh:NEW], *(sentence(random) for _ in range(fresh)), *notes[-1][NEW:]]
        notes.append(lines)
    return [_writing(person, ward, "日常病程记录", lines) for lines in notes]


def _discharge(
    person: str, ward: str, own: list[str], outcomes: Sequence[list[str]], random: Random
) -> Writing:
    if random.random() < SAME_DISCHARGE:
        return _writing(person, ward, "出院记录", [*random.choice(outcomes), *WORDS["common"][8:11]])
    return _writing(
        person, ward, "出院记录", [own[0], *(sentence(random) for _ in range(4)), *routine(random, 5)]
    )


def _writing(person: str, ward: str, kind: str, lines: Sequence[str]) -> Writing:
    return Writing(person, kind, ward, tuple(f"{line}。" for line in lines))
