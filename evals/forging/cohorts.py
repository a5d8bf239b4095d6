"""DOC-018: one nurse's readings over several stays, invented or read the way honest devices and hands read.

The catalogue tests a nurse or ward from fifty values on, so a single stay can carry no label of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from evals.forging.charts import Chart
from evals.forging.desk import Desk
from evals.forging.people import SPARE
from evals.generating.admitting import Admitter
from evals.generating.labels import Label
from evals.generating.reference import Reference
from evals.generating.stay import Stay

STAYS, FIRST_NUMBER, APART = 8, 98_001, 450
LEAST_ADMISSIONS = 100
PRESSURES = ("收缩压", "舒张压")
PULSE, TEMPERATURE = ("脉搏",), ("体温",)
Digit = Callable[[Random, float], float]


def favourite(digits: Sequence[int], share: float, unit: float = 1) -> Digit:
    """So many of the readings end in one of these digits: written down, not read."""

    def written(random: Random, value: float) -> float:
        digit = random.choice(digits) if random.random() < share else random.randrange(10)
        return (value // (10 * unit) * 10 + digit) * unit

    return written


def multiples(step: int) -> Digit:
    """What a counted pulse or a scale allows."""
    return lambda random, value: value // step * step


def well(random: Random, value: float) -> float:
    """Temperatures of the well, as hands that read a glass thermometer write them."""
    return random.choice((36.5, 36.6, 36.5, 36.7, 36.8, 36.5, 36.6, 36.4))


@dataclass(frozen=True)
class Pattern:
    """What the nurses of one group write, on patients of one condition; `clear` is the item that makes it innocent."""

    condition: str
    name: str
    columns: tuple[str, ...]
    digit: Digit
    clear: str = ""
    stays: int = STAYS


HALF_MINUTES = "pulse multiples of 2 or 4 (counted 30 s/15 s)"
PATTERNS = (
    Pattern("pneumonia", "三分之二的体征末位为零", (*PULSE, *PRESSURES), favourite((0,), 0.63)),
    Pattern("kidney", "末位数字偏好三与七", (*PULSE, *PRESSURES), favourite((3, 7, 7, 7, 3, 8, 2), 0.8)),
    Pattern("ulcer", "脉搏末位多写作八", PULSE, favourite((8,), 0.55)),
    Pattern("diabetes", "体温小数位多写作二", TEMPERATURE, favourite((2,), 0.55, 0.1)),
    Pattern("hip", "血压末位多写作五", PRESSURES, favourite((5,), 0.55)),
    Pattern("gallbladder", "脉搏与收缩压末位多写作一", (*PULSE, "收缩压"), favourite((1,), 0.5)),
    Pattern("stroke", "even_only_pressure", PRESSURES, multiples(2), "even-only BP (manual)"),
    Pattern("heart", "pulse_by_quarter_minutes", PULSE, multiples(4), HALF_MINUTES),
    Pattern("hernia", "pulse_by_half_minutes", PULSE, multiples(2), HALF_MINUTES),
    Pattern("myoma", "temperatures_of_the_well", TEMPERATURE, well, "36.0–36.8 heaping"),
    Pattern("eye", "scale_of_fives", PRESSURES, multiples(5), "rounding to 5 in old devices"),
    Pattern(
        "appendix", "too_few_values", PULSE, favourite((7,), 0.8), "needs ≥ 50 values per nurse or ward", 3
    ),
)


def cohorts(reference: Reference) -> Iterator[tuple[Sequence[Stay], list[Label]]]:
    """Every pattern once, each by the two nurses of a group that writes nothing else."""
    for place, pattern in enumerate(PATTERNS):
        stays = []
        for turn in range(pattern.stays):
            number = FIRST_NUMBER + APART * place + 9 * turn
            random = Random(f"{reference.seed}:{reference.half}:{number}:digits")
            stays.append(_stay(reference, number, pattern, random))
        numbers, clear = tuple(stay.admission_id for stay in stays), pattern.clear
        nurses = tuple(dict.fromkeys(row["记录护士"] for stay in stays for row in stay.vitals))
        yield stays, [
            Label(
                "near_miss" if clear else "pattern", numbers[-1], reference.half, "DOC-018", pattern.name,
                "" if clear else "forged_document", certainty="clue", clear=f"DOC-018 clear: {clear}" if clear else "",
                admissions=numbers, family="documents", files=("hospital/护理体征.csv",), quotes=nurses,
            )
        ]  # fmt: skip


def _stay(reference: Reference, number: int, pattern: Pattern, random: Random) -> Stay:
    def change(chart: Chart) -> None:
        for row in chart.stay.vitals:
            for column in pattern.columns:
                written = pattern.digit(random, float(row[column]))
                row[column] = f"{written:.1f}" if column in TEMPERATURE else f"{written:.0f}"

    admit = Admitter(number, Random(f"{reference.seed}:{reference.half}:{number}"))
    desk = Desk(admit, reference, SPARE)  # people of their own, who operate on nobody else meanwhile
    return desk.chart(pattern.condition, change=change).close()
