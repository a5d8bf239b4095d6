"""What no charge check may depend on: refunded lines, how lines are split, ordered and filed, other stays, the price level.

Stays are built from the shipped rules themselves: each draws a few rules and charges what they name, on any day, in
any number, so that whatever check a rule table feeds is asked. Every property compares all charge checks at once.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from case_warehouse import REGION, CaseWarehouse, build, shipped_rows
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from knowledge.rows.tables import ROW_TABLES
from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.models import Basis

pytestmark = pytest.mark.slow

EXAMPLES = 3
CHECKS = [check for check in all_checks() if check.header.code.startswith("CHG")]
BEGINS = datetime(2024, 3, 1, 8, 0)
YUAN_COLUMNS = ("cap", "cap_amount", "set_price")
MONEY = ("unit_price", "amount", "price_cap", "in_scope_amount", "full_self_pay", "over_limit_self_pay")
SHIPPED = shipped_rows()


def full_code(pattern, row):
    code = str(pattern).split("|")[0].strip()
    return code.ljust(15, "0") if row["match"] == "prefix" and code[:1].isdigit() else code


def items_of_rules():
    """For each shipped rule with plain codes the items it names, as (code, name)."""
    rules = []
    for table, spec in ROW_TABLES.items():
        for row in SHIPPED[table]:
            if (row["match"] or "exact") not in ("exact", "prefix"):
                continue
            items = []
            for side in spec.codes:
                name = row.get(f"name_{side}") or row.get("name") or row.get("generic") or "项目"
                if row.get(side) and len(str(row[side]).split("|")[0]) >= 9:
                    items.append((full_code(row[side], row), str(name).split("|")[0]))
            if items:
                rules.append((table, items))
    return rules


RULES: dict[str, list[list[tuple[str, str]]]] = {}
for named_table, named_items in items_of_rules():
    RULES.setdefault(named_table, []).append(named_items)
DAILY = [
    ("001109000010300", "普通病房床位费", "床日"),
    ("001201000040000", "Ⅱ级护理", "日"),
    ("001201000030000", "Ⅰ级护理", "日"),
    ("001203000010000", "氧气吸入", "小时"),
]
RULES["item_limits"] += [[(code, name)] for code, name, _ in DAILY] * 8
RULES["same_incision_groups"] = [
    [*first, *second]
    for first, second in pairwise(RULES["same_incision_groups"])
    if first[0][0] != second[0][0] and first[0][0][:6] == second[0][0][:6]
]
OFTEN = ["exclusive_items", "item_limits", "same_incision_groups", "add_on_items", "drug_scope_limits"]
TABLES = sorted(RULES) + OFTEN * 3
UNITS = {code: unit for code, _, unit in DAILY}


def kind_of(code):
    if code[:1] in "XZ":
        return {"kind": "drug", "charge_type": "09"}
    if code[:1] == "T":
        return {"kind": "herb", "charge_type": "10"}
    if code[:1] == "C":
        return {"kind": "material", "charge_type": "08"}
    starts = {
        "001109": "01",
        "001102": "02",
        "001201": "07",
        "0025": "04",
        "0021": "03",
        "0022": "03",
        "0033": "06",
    }
    return {
        "kind": "service",
        "charge_type": next((kind for start, kind in starts.items() if code.startswith(start)), "05"),
    }


@st.composite
def stays(draw):
    """One stay of one to eight days: its register row, and lines of the items that a few rules name."""
    days = draw(st.integers(1, 8))
    items = [
        item
        for _ in range(draw(st.integers(1, 2)))
        for item in draw(st.sampled_from(RULES[draw(st.sampled_from(TABLES))]))
    ]
    prices = {code: draw(st.sampled_from([5, 18, 24, 150, 780])) for code, _ in items}
    lines = []
    for number in range(draw(st.integers(2, 8))):
        code, name = draw(st.sampled_from(items))
        day = draw(st.integers(0, days))
        at = BEGINS + timedelta(days=day, hours=draw(st.sampled_from([2, 4, 4, 13])), minutes=7 * number + 1)
        near = draw(st.integers(0, 5)) if lines else 0
        if near in (1, 2):
            at = lines[-1]["charged_at"].replace(minute=7 * number + 1)
        elif near == 3:
            at, code, name = lines[-1]["charged_at"], lines[-1]["code15"], lines[-1]["item_name"]
        quantity = draw(st.sampled_from([1, 1, 1, 2, 3, 24 if UNITS.get(code) == "小时" else 1]))
        price = prices[code]
        lines.append(
            {
                "code15": code,
                "item_name": name,
                "quantity": quantity,
                "unit_price": price,
                "charged_at": at,
                "unit": UNITS.get(code, "次"),
                "price_cap": draw(st.sampled_from([0, 0, price, price - 3])),
                "in_scope_amount": draw(st.sampled_from([Fraction(1), Fraction(4, 5), Fraction(0)]))
                * quantity
                * price,
                "order_no": draw(st.sampled_from([None, "1", "2"])),
                "executing_department": draw(st.sampled_from(["内科", "外科"])),
                **kind_of(code),
            }
        )
    return {
        "days": days,
        "sex": draw(st.sampled_from(["男", "女"])),
        "age": draw(st.sampled_from([3, 30, 70])),
        "operated": draw(st.sampled_from([None, 0, 1])),
        "diagnosis": draw(st.sampled_from(["R69.X00", "O80.000", "I10.X00"])),
        "lines": lines,
    }


inspections = st.lists(stays(), min_size=5, max_size=5)


def case_of(drawn):
    """The drawn stays as a case: A0, A1, …; lines numbered through."""
    case = {name: [] for name in ("admissions", "charges", "operations", "diagnoses", "orders")}
    for number, stay in enumerate(drawn):
        admission = f"A{number}"
        case["admissions"].append(
            {
                "admission_id": admission,
                "person_id": f"P{number}",
                "sex": stay["sex"],
                "birth_date": date(2024 - stay["age"], 1, 1),
                "hospital_grade": 2,
                "price_level": 2,
                "insurance_type": "390",
                "begins_at": BEGINS,
                "ends_at": BEGINS + timedelta(days=stay["days"], hours=2),
            }
        )
        case["diagnoses"].append(
            {
                "admission_id": admission,
                "diagnosis_code": stay["diagnosis"],
                "diagnosis_name": "诊断",
                "is_main": True,
            }
        )
        case["orders"].append(
            {
                "admission_id": admission,
                "order_type": "长期医嘱",
                "order_no": "1",
                "order_name": stay["lines"][0]["item_name"],
                "frequency": "qd",
                "begins_at": BEGINS,
            }
        )
        if stay["operated"] is not None:
            begins = BEGINS + timedelta(days=stay["operated"], hours=1)
            case["operations"].append(
                {
                    "admission_id": admission,
                    "operated_on": begins.date(),
                    "begins_at": begins,
                    "ends_at": begins + timedelta(hours=2),
                    "operation_name": "手术",
                }
            )
        for line in stay["lines"]:
            case["charges"].append(
                {
                    **line,
                    "charge_id": f"{len(case['charges']):04}",
                    "admission_id": admission,
                    "in_scope_amount": Decimal(line["in_scope_amount"].numerator)
                    / line["in_scope_amount"].denominator,
                }
            )
    return case


@pytest.fixture(scope="module")
def cases():
    warehouse = CaseWarehouse()
    warehouse.fill_knowledge(SHIPPED, REGION)
    yield warehouse
    warehouse.warehouse.close()


@pytest.fixture(scope="module")
def dearer_cases():
    """The same rules with every sum of yuan doubled."""
    rows = {
        table: [
            {
                **row,
                **{name: 2 * Decimal(str(row[name])) for name in YUAN_COLUMNS if row.get(name) is not None},
            }
            for row in held
        ]
        for table, held in SHIPPED.items()
    }
    warehouse = CaseWarehouse()
    warehouse.fill_knowledge(rows, REGION)
    yield warehouse
    warehouse.warehouse.close()


def always_in_force(document, passage, day):
    return Basis(document, passage, date(2021, 5, 1), None)


def said(cases, case, *, times=1):
    """What the charge checks find, as (admission, check, violation, certainty, amount) with the lines they name."""
    inspection = build(cases, case)
    stamp = Stamp(inspection, always_in_force)
    found = Counter()
    for check in CHECKS:
        yuan = {name: times * value for name, value in check.header.limits.items() if name.endswith("_yuan")}
        header = check.header.model_copy(update={"limits": {**check.header.limits, **yuan}})
        ran = run_check(type(check)(**{**vars(check), "header": header}), inspection, stamp)
        failed = [result for result in ran.results if result.outcome == "failed"]
        assert not failed, failed[0]
        for one in ran.findings:
            amount = None if one.amount is None else one.amount / times
            found[one.admission_id, one.check, one.violation, str(one.certainty), amount, one.charge_ids] += 1
    return found


def without_lines(found):
    bare = Counter()
    for key, count in found.items():
        bare[key[:5]] += count
    return bare


def assert_same(after, before):
    assert not (after - before) + (before - after), {
        "only after": after - before,
        "only before": before - after,
    }


def explore(test):
    return settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # a smaller example is not worth the minutes it takes
        suppress_health_check=list(HealthCheck),
    )(test)


def refunded_in_full(case, data):
    """One line gone, and the same line taken back."""
    gone = data.draw(st.sampled_from(case["charges"]))
    left = {**case, "charges": [line for line in case["charges"] if line is not gone]}
    same = ("admission_id", "code15", "quantity", "unit_price")
    twins = [line for line in left["charges"] if all(line[name] == gone[name] for name in same)]
    refund = {
        **gone,
        "charge_id": "9999",
        "original_id": gone["charge_id"] if twins or data.draw(st.booleans()) else None,
        "quantity": -gone["quantity"],
        "in_scope_amount": -gone["in_scope_amount"],
        "charged_at": gone["charged_at"] + timedelta(minutes=3),
    }
    return left, {**case, "charges": [*case["charges"], refund]}


def split_in_two(case, data, before):
    """A line in two parts; a line that may be one of a pair posted twice is left alone."""
    twice = {line for key in before if key[1] == "CHG-005" for line in key[5]}
    place = ("admission_id", "code15", "charged_at")
    twins = Counter(tuple(line[name] for name in place) for line in case["charges"])
    alone = [
        line
        for line in case["charges"]
        if line["charge_id"] not in twice and twins[tuple(line[name] for name in place)] == 1
    ]
    if not alone:
        return case
    cut = data.draw(st.sampled_from(alone))
    part = Decimal(data.draw(st.sampled_from(["0.4", "0.25"]))) * cut["quantity"]
    pieces = [
        {
            **cut,
            "charge_id": f"{cut['charge_id']}{number}",
            "quantity": quantity,
            "in_scope_amount": (cut["in_scope_amount"] * quantity / cut["quantity"]).quantize(
                Decimal("0.0001")
            ),
        }
        for number, quantity in enumerate((part, cut["quantity"] - part))
    ]
    charges = [piece for line in case["charges"] for piece in (pieces if line is cut else [line])]
    return {**case, "charges": charges}


def moved_about(case, data):
    """The same rows in another order, the lines over three files."""
    files = [
        {**line, "source": f"fee_list_d_{number % 3}.csv", "row_number": 2 + number // 3}
        for number, line in enumerate(data.draw(st.permutations(case["charges"])))
    ]
    return {**case, "charges": files, "admissions": data.draw(st.permutations(case["admissions"]))}


def twice_as_dear(case):
    dearer = [
        {name: 2 * value if name in MONEY and value is not None else value for name, value in line.items()}
        for line in case["charges"]
    ]
    return {**case, "charges": dearer}


@explore
@given(inspections, stays(), st.data())
def test_what_does_not_matter_changes_no_violation_and_no_amount(cases, dearer_cases, drawn, other, data):
    case = case_of(drawn)
    before = said(cases, case)
    assert_same(said(cases, moved_about(case, data)), before)
    without, taken_back = refunded_in_full(case, data)
    assert_same(said(cases, taken_back), said(cases, without))
    assert_same(without_lines(said(cases, split_in_two(case, data, before))), without_lines(before))
    last = f"A{len(drawn)}"
    wider = said(cases, case_of([*drawn, other]))
    # how far the hospital's own tables reach is judged on all of its stays, and more stays may tell more of it
    alone = {check.header.code for check in CHECKS if check.header.scope == "admission"}
    assert_same(
        Counter({key: count for key, count in wider.items() if key[0] != last and key[1] in alone}),
        Counter({key: count for key, count in before.items() if key[1] in alone}),
    )
    after = said(dearer_cases, twice_as_dear(case), times=2)
    amounts = {key[:4] + key[5:]: key[4] for key in before}
    assert {key[:4] + key[5:] for key in after} == set(amounts)
    for key in after:
        was = amounts[key[:4] + key[5:]]
        assert was is None if key[4] is None else abs(key[4] - was) <= Decimal("0.01"), key
