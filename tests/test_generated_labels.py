"""A plain reading of the catalogue over generated stays: what it would call a violation is planted, allowed, or the near miss's own point."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from evals.generating.admitting import Admitter, kinds
from evals.generating.dealing import DECLARING
from evals.generating.filling import fill_up
from evals.generating.irregular import irregular
from evals.generating.reference import Reference
from evals.generating.scenarios import REGISTRY

FOLDER = Path(__file__).parents[2] / "shared" / "reference"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/reference is not here")
OWN_POINT = {  # near misses that a reading without the clear list would hit: that is what they are for
    "private_ward", "posted_next_morning", "operations_on_two_days", "split_posting", "properly_discounted", "separate_incisions", "covered_by_operation", "bedside_glucose", "pathology_pending", "reconstruction_named",
    "posted_at_settlement", "posted_when_reported", "take_away", "intersex", "wrong_sex_code",
}  # fmt: skip


@pytest.fixture(scope="module")
def reference():
    return Reference.open(FOLDER, 11, "open")


def newborn(line):
    return "新生儿" in line.department


def net(stay):
    """Lines with what refunds leave of them."""
    back, loose, left = Counter(), [], []
    for line in stay.lines:
        if line.quantity < 0:
            back[line.original] -= line.quantity
            if not line.original:
                loose.append(line)
    for line in stay.lines:
        if line.quantity > 0:
            match = next(
                (b for b in loose if b.item.code == line.item.code and -b.quantity == line.quantity), None
            )
            if match:
                loose.remove(match)
            quantity = line.quantity - back[line.number] - (line.quantity if match else 0)
            if quantity > 0:
                left.append((line, quantity))
    return left


def counts(reference, lines):
    limits = {row["项目编码"]: 24 if row["数量单位"] == "小时" else 1 for row in reference.frequencies}
    a_day = Counter()
    for line, quantity in lines:
        a_day[line.memo if newborn(line) else "", line.item.code, line.at.date()] += quantity
    if any(quantity > limits.get(code, 999) for (_, code, _), quantity in a_day.items()):
        yield "CHG-002"
    same = Counter(
        (line.item.code, line.at, line.order, line.quantity, line.memo) for line, _ in lines if line.order
    )
    if any(count > 1 for count in same.values()):
        yield "CHG-005"


def pairs(reference, lines):
    within = {
        "单日": lambda a, b: a.at.date() == b.at.date(),
        "单次就诊": lambda a, b: True,
        "6小时": lambda a, b: abs(a.at - b.at) <= timedelta(hours=6),
        "同一小时": lambda a, b: a.at.replace(minute=0) == b.at.replace(minute=0),
    }
    by_code = defaultdict(list)
    for line, _ in lines:
        by_code[line.item.code].append(line)
    for row in reference.pairs:
        for a in by_code.get(row["主项编码"], ()):
            for b in by_code.get(row["从项编码"], ()):
                if newborn(a) == newborn(b) and within[row["频度"]](a, b):
                    yield "CHG-004"
    grouped = [
        (line, name)
        for line, _ in lines
        for name, rows in reference.groups.items()
        if line.item.code in {row["国标代码"] for row in rows}
    ]
    for (a, one), (b, other) in combinations(grouped, 2):
        if one == other and a.item.code != b.item.code and a.at.date() == b.at.date():
            yield "CHG-006"


def evidence(stay, lines):
    orders = {row["医嘱号"] for row in stay.orders}
    results = Counter(name for name, _ in {(row["检验值名称"], row["样本编号"]) for row in stay.labs})
    reports = Counter(row["检查项目名称"] for row in stay.exams for _ in row["检查部位"].split("、"))
    said = " ".join([row["手术操作名称"] for row in stay.operations] + [text for _, text in stay.documents])
    tests, scans = Counter(), Counter()
    for line, quantity in lines:
        if line.item.charge_type not in ("01", "02", "07", "08") and line.order not in orders:
            yield "CHG-016"
        tests[line.item.analyte.name] += quantity if line.item.charge_type == "04" else 0
        scans[line.item.name] += quantity if line.item.charge_type == "03" else 0
        if line.item.charge_type == "06" and "麻醉" not in line.item.name and line.item.name not in said:
            yield "CHG-018"
        if line.item.name in ("全身麻醉", "椎管内麻醉") and not stay.anaesthesia:
            yield "CHG-018"
    if any(count > results[name] for name, count in tests.items()) or any(
        count > reports[name] for name, count in scans.items()
    ):
        yield "CHG-017"


def limits(reference, stay, lines):
    slack = timedelta(hours=2)
    for line, _ in lines:
        if not stay.begin - slack <= line.at <= stay.end + slack:
            yield "CHG-021"
        sex, age = reference.sex_of_item.get(line.item.code), reference.age_of_item.get(line.item.code)
        days = (line.at.date() - stay.person.birth).days
        if (sex and (sex == "男") != (stay.person.sex == "1")) or (
            age and not newborn(line) and days > (28 if age == "新生儿" else 18 * 365)
        ):
            yield "CHG-022"
    for line in stay.lines:
        if abs(line.amount - line.price * line.quantity) > Decimal("0.02"):
            yield "CHG-034"
        if (
            line.cap
            and line.cap != 999999
            and line.item.list_type == "201"
            and line.price - line.cap > Decimal("0.01")
        ):
            yield "CHG-001"


def reading(reference, stay):
    lines = net(stay)
    return {
        *counts(reference, lines),
        *pairs(reference, lines),
        *evidence(stay, lines),
        *limits(reference, stay, lines),
    }


@pytest.mark.parametrize("number", range(2))
def test_what_a_plain_reading_finds_is_planted_allowed_or_the_point_of_the_near_miss(reference, number):
    scenarios = [one for one in REGISTRY.plants + REGISTRY.near_misses if one.family == "charges"]
    for scenario in scenarios:
        assert DECLARING  # the scenarios register themselves when their modules are read
        made = scenario.make(Admitter(number, Random(f"{scenario.check}{scenario.name}{number}")), reference)
        known = (
            {*made.also, scenario.check}
            if scenario.is_plant or scenario.name in OWN_POINT
            else set(made.also)
        )
        for stay in made.stays:
            assert reading(reference, stay) <= known, (scenario.check, scenario.name)


def test_an_ordinary_stay_reads_clean_with_its_irregularities_and_filled_up(reference):
    for number in range(4):
        for kind in kinds():
            stay = Admitter(number, Random(f"{kind['kind']} {number}")).stay(kind["kind"])
            irregular(stay)
            assert reading(reference, stay) == set(), kind["kind"]
            fill_up(stay)
            assert reading(reference, stay) <= {"CHG-016"}, kind[
                "kind"
            ]  # the claims-only extract carries no orders
