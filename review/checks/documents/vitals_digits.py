"""DOC-018: one nurse's or one ward's readings end in digits that measuring would not give.

A column of figures is tested only where one nurse or ward wrote many, on many patients; never one patient's chart.
Rounded blood pressures, counted pulses and even figures are habits, as is what the others of the hospital show too.
The p-values of all columns are corrected together, by Benjamini and Hochberg.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from review.checks.citing import cite_facts
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Inspection
from review.models import Evidence, Problem
from review.record import Vital

COLUMNS = {
    "systolic": "收缩压末位",
    "diastolic": "舒张压末位",
    "pulse": "脉搏末位",
    "temperature": "体温小数位",
}
EVEN = tuple("02468")
DIGITS = tuple("0123456789")
SHOWN = 8  # readings cited
Readings = dict[str, list[tuple[str, Vital]]]  # by nurse or ward: admission and reading


@dataclass(frozen=True)
class Column:
    """The last digits of one quantity by one nurse or ward, against those of the others."""

    kind: str  # 护士 | 病区
    who: str
    name: str
    counts: Mapping[str, int]
    others: Mapping[str, int]
    values: Sequence[tuple[str, Vital]]  # admission and reading
    p: float
    strength: float

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@check(
    code="DOC-018",
    title="体征数字分布异常",
    violation="forged_document",
    certainty="clue",
    scope="hospital",
    needs={"tables": ("admissions", "vitals")},
    limits={
        "least_values": 50,
        "least_patients": 5,
        "others_least": 100,
        "strength": 0.2,
        "rate_of_false": 0.001,
        "excess": 0.2,
        "listed_stays": 30,
    },
    limits_said={
        "least_values": "至少几个数值",
        "least_patients": "至少几名患者",
        "others_least": "可比的其他数值至少几个",
        "strength": "偏离的强度（效应量）",
        "rate_of_false": "误报的概率上限",
        "excess": "高出本院其他人的比例",
        "listed_stays": "列出的住院至多几例",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第三十条"),
    message="$kind“$who”记录的 $total 个$column中，$digit 占 $share%，其他$kind为 $usual%"
    "（校正后 q=$q，效应量 $strength），疑似有未实测而填写的体征。",
    why="实测数值的末位接近均匀；同一人大量数值集中在少数末位，提示可能不是测量所得。",
    exceptions=(
        "数值不足五十个",
        "只见于一名患者",
        "手工测压的偶数与整十",
        "旧设备只读到五和十",
        "脉搏按半分钟或一刻钟计数",
        "其他护士有同样分布",
        "体温集中于正常范围",
    ),
    overturned_by=("监护仪、体温计的原始数据", "该护士的测量方式说明"),
    covers={"problems": (6,)},
)
def vitals_digits(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    nurses: Readings = defaultdict(list)
    wards: Readings = defaultdict(list)
    for admission_id, record in inspection.records.items():
        for vital in record.vitals:
            wards[record.admission.department or ""].append((admission_id, vital))
            if vital.nurse:
                nurses[vital.nurse.strip()].append((admission_id, vital))
    if not wards:
        raise NotApplicable("没有体征")
    if not nurses and set(wards) == {""}:
        raise NotChecked("体征没有记录护士和病区")
    wards.pop("", None)
    groups = {"护士": nurses, "病区": wards}
    columns = [
        column
        for kind, read in groups.items()
        for name in COLUMNS
        for column in _columns(kind, name, read, limits)
    ]
    if not columns:
        raise NotChecked(f"没有一名护士或一个病区记有 {limits['least_values']} 个以上的同类数值可与他人比较")
    told: set[tuple[str, str]] = set()  # quantity and stay
    for column, q in sorted(_corrected(columns), key=lambda pair: pair[0].kind == "病区"):
        if column.kind == "病区" and _explained(column, told):
            continue
        if q < limits["rate_of_false"] and column.strength >= limits["strength"]:
            for problem in _pattern(inspection, column, q, limits):
                told |= {(column.name, stay) for stay, _ in column.values}
                yield problem


def _explained(column: Column, told: Container[tuple[str, str]]) -> bool:
    """Whether half of a ward's readings are of stays in which a nurse was found already."""
    known = sum((column.name, stay) in told for stay, _ in column.values)
    return 2 * known >= len(column.values)


def _columns(kind: str, name: str, read: Readings, limits: Limits) -> Iterator[Column]:
    """One quantity by every nurse or ward that has enough of it, on enough patients."""
    values = {
        who: [(stay, vital) for stay, vital in rows if getattr(vital, name) is not None]
        for who, rows in sorted(read.items())
    }
    counts = {who: Counter(_digit(vital, name) for _, vital in rows) for who, rows in values.items()}
    everybody = sum(counts.values(), Counter[str]())
    for who, own in counts.items():
        others = everybody - own
        few = own.total() < limits["least_values"] or others.total() < limits["others_least"]
        if few or len({stay for stay, _ in values[who]}) < limits["least_patients"]:
            continue
        chi, degrees, strength = _against(own, others)
        yield Column(kind, who, name, own, others, values[who], _tail(chi, degrees), strength)


def _digit(vital: Vital, name: str) -> str:
    value = float(getattr(vital, name))
    return str(round(value * 10) % 10) if name == "temperature" else str(round(value) % 10)


def _against(counts: Mapping[str, int], others: Mapping[str, int]) -> tuple[float, int, float]:
    """Chi-square of the two rows of digits, its degrees of freedom, and the effect size.

    The effect is that of the own digits against the others' shares, whatever the number of the others: the strength
    of one hand must not fade with the size of its hospital.
    """
    one, two = sum(counts.values()), sum(others.values())
    used = [digit for digit in DIGITS if counts.get(digit, 0) + others.get(digit, 0)]
    chi = effect = 0.0
    for digit in used:
        both = counts.get(digit, 0) + others.get(digit, 0)
        for seen, size in ((counts.get(digit, 0), one), (others.get(digit, 0), two)):
            expected = both * size / (one + two)
            chi += (seen - expected) ** 2 / expected
        usual = (others.get(digit, 0) + 0.5) / (two + 0.5 * len(used))
        effect += (counts.get(digit, 0) / one - usual) ** 2 / usual
    degrees = max(1, len(used) - 1)
    return chi, degrees, math.sqrt(effect / degrees)


def _tail(chi: float, degrees: int) -> float:
    """The upper tail of chi-square, by the series of the regularised gamma function."""
    half, shape = chi / 2, degrees / 2
    if half <= 0:
        return 1.0
    log_scale = shape * math.log(half) - half - math.lgamma(shape)
    if half < shape + 1:
        term = total = 1 / shape
        place = shape
        while term > total * 1e-15:
            place += 1
            term *= half / place
            total += term
        return max(0.0, 1 - math.exp(log_scale) * total)
    # the continued fraction, which converges where the series does not
    b = half + 1 - shape
    c, d = 1e300, 1 / b
    fraction = d
    for step in range(1, 500):
        a = -step * (step - shape)
        b += 2
        d = 1 / (a * d + b) if a * d + b else 1e300
        c = b + a / c
        fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return math.exp(log_scale) * fraction


def _corrected(columns: Sequence[Column]) -> list[tuple[Column, float]]:
    """Each column with its q-value."""
    ranked = sorted(columns, key=lambda column: column.p, reverse=True)
    least, found = 1.0, []
    for place, column in enumerate(ranked):
        least = min(least, column.p * len(ranked) / (len(ranked) - place))
        found.append((column, least))
    return found[::-1]


def _pattern(inspection: Inspection, column: Column, q: float, limits: Limits) -> Iterator[Problem]:
    """The digit that stands out most; a habit of reading is not one."""
    others = sum(column.others.values())
    shares = {digit: column.counts.get(digit, 0) / column.total for digit in DIGITS}
    usual = {digit: column.others.get(digit, 0) / others for digit in DIGITS}
    digit = max(DIGITS, key=lambda one: (shares[one] - usual[one], one))
    if shares[digit] - usual[digit] < limits["excess"] or _habit(column, shares, digit):
        return
    if _without_the_foremost(column, digit) - usual[digit] < limits["excess"]:
        return  # one patient's chart, whatever is wrong with it, is not the nurse's hand
    stays = list(dict.fromkeys(stay for stay, vital in column.values if _digit(vital, column.name) == digit))
    yield Problem(
        fields={
            "kind": column.kind,
            "who": column.who,
            "total": column.total,
            "column": COLUMNS[column.name],
            "digit": digit,
            "share": round(100 * shares[digit]),
            "usual": round(100 * usual[digit]),
            "q": f"{q:.1e}",
            "strength": round(column.strength, 2),
        },
        admissions=tuple(stays[: limits["listed_stays"]]),
        evidence=_shown(inspection, column, digit),
        points_at=(column.who, column.name),
    )


def _without_the_foremost(column: Column, digit: str) -> float:
    """The share of the digit among the readings of all patients but the one who has it most often."""
    ending = Counter(stay for stay, vital in column.values if _digit(vital, column.name) == digit)
    foremost = max(ending, key=lambda stay: (ending[stay], stay))
    rest = [vital for stay, vital in column.values if stay != foremost]
    return sum(_digit(vital, column.name) == digit for vital in rest) / max(1, len(rest))


def _shown(inspection: Inspection, column: Column, digit: str) -> tuple[Evidence, ...]:
    """The first readings that end in the digit, by the cell tested, and the cell that names the nurse."""
    rows = {vital.fact_id: vital for _, vital in column.values if _digit(vital, column.name) == digit}
    label = COLUMNS[column.name].removesuffix("末位").removesuffix("小数位")
    found: list[Evidence] = []
    for fact_id, one in zip(rows, cite_facts(inspection, tuple(rows)[:SHOWN], "for"), strict=False):
        value = f"{float(getattr(rows[fact_id], column.name)):g}"
        found.append(replace(one, quote=value, label=label))
    named = rows[next(iter(rows))].nurse if column.kind == "护士" else None
    return (replace(found[0], quote=named, label="记录护士"), *found) if named and found else tuple(found)


def _habit(column: Column, shares: Mapping[str, float], digit: str) -> bool:
    """Even pressures, tens and fives of a cuff read by ear, pulses counted for half a minute, everyday temperatures."""
    if column.name == "temperature":
        return digit in "5678"
    even = sum(shares[one] for one in EVEN)
    if shares["0"] + shares["5"] >= 0.9:
        return True  # a scale that shows no more
    return digit in EVEN and even >= 0.9 and (column.name == "pulse" or digit == "0")
