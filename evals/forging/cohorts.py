"""DOC-018: one nurse's readings over several stays, invented or read the way honest devices and hands read.

The catalogue tests a nurse or ward from fifty values on, so a single stay can carry no label of it.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from evals.forging.charts import Chart
from evals.forging.desk import Desk
from evals.generating.admitting import Admitter
from evals.generating.labels import Label
from evals.generating.reference import Reference
from evals.generating.stay import Stay

STAYS, FIRST_NUMBER, APART = 10, 98_001, 450
LEAST_ADMISSIONS = 100
PRESSURES = ("收缩压", "舒张压")
Digit = Callable[[Random, int], int]


def _ending(value: int, digit: int) -> int:
    return value // 10 * 10 + digit


def favourite_nought(random: Random, value: int) -> int:
    """Two of three readings end in nought: written down, not read."""
    return _ending(value, 0 if random.random() < 0.67 else random.randrange(10))


def favourite_seven(random: Random, value: int) -> int:
    """Digits as people invent them."""
    return _ending(
        value, random.choice((3, 7, 7, 7, 3, 8, 2)) if random.random() < 0.8 else random.randrange(10)
    )


def even(random: Random, value: int) -> int:
    return value // 2 * 2


def multiples_of_four(random: Random, value: int) -> int:
    return value // 4 * 4


PATTERNS: tuple[tuple[str, str, tuple[str, ...], Digit, str], ...] = (
    ("pulmonary", "三分之二的体征末位为零", ("脉搏", *PRESSURES), favourite_nought, ""),
    ("renal", "末位数字偏好三与七", ("脉搏", *PRESSURES), favourite_seven, ""),
    ("neuro", "even_only_pressure", PRESSURES, even, "even-only BP (manual)"),
    ("cardiac", "pulse_by_quarter_minutes", ("脉搏",), multiples_of_four, 
     "pulse multiples of 2 or 4 (counted 30 s/15 s)"),
)  # fmt: skip
CONDITIONS = {"pulmonary": "pneumonia", "renal": "kidney", "neuro": "stroke", "cardiac": "heart"}


def cohorts(reference: Reference) -> Iterator[tuple[Sequence[Stay], list[Label]]]:
    """Every pattern once, each by the nurses of one group."""
    for place, (what, name, columns, digit, clear) in enumerate(PATTERNS):
        stays = []
        for turn in range(STAYS):
            number = FIRST_NUMBER + APART * place + 9 * turn
            random = Random(f"{reference.seed}:{reference.half}:{number}:digits")
            stays.append(_stay(reference, number, CONDITIONS[what], columns, digit, random))
        numbers = tuple(stay.admission_id for stay in stays)
        nurses = tuple(dict.fromkeys(row["记录护士"] for stay in stays for row in stay.vitals))
        yield stays, [
            Label(
                "near_miss" if clear else "pattern", numbers[-1], reference.half, "DOC-018", name,
                "" if clear else "forged_document", certainty="clue", clear=f"DOC-018 clear: {clear}" if clear else "",
                admissions=numbers, family="documents", files=("hospital/护理体征.csv",), quotes=nurses,
            )
        ]  # fmt: skip


def _stay(
    reference: Reference, number: int, condition: str, columns: Sequence[str], digit: Digit, random: Random
) -> Stay:
    def change(chart: Chart) -> None:
        for row in chart.stay.vitals:
            for column in columns:
                row[column] = str(digit(random, int(row[column])))

    desk = Desk(Admitter(number, Random(f"{reference.seed}:{reference.half}:{number}")), reference)
    return desk.chart(condition, change=change).close()
