"""The plain views on their own: what refunds leave, which visits and stays belong together."""

import random
from datetime import datetime, timedelta

import pytest
from case_warehouse import CaseWarehouse, build


@pytest.fixture(scope="module")
def cases():
    warehouse = CaseWarehouse()
    warehouse.fill_knowledge({}, "229900")
    yield warehouse
    warehouse.warehouse.close()


def line(number, quantity, hour, *, code="A" * 15, price=5, original=None, **more):
    return {
        "charge_id": f"{number:03}",
        "code15": code,
        "item_name": code[:1],
        "quantity": quantity,
        "unit_price": price,
        "charged_at": datetime(2024, 3, 1, 8) + timedelta(hours=hour),
        **({"original_id": original} if original else {}),
        **more,
    }


def net(inspection):
    return {
        row["charge_id"]: float(row["quantity"])
        for row in inspection.warehouse.rows("select charge_id, quantity from charges order by charge_id")
    }


def test_a_refund_takes_back_the_line_it_names(cases):
    charges = [line(1, 2, 0), line(2, 2, 1), line(3, -2, 2, original="001")]
    assert net(build(cases, {"charges": charges})) == {"002": 2.0}


def test_a_refund_without_a_name_takes_back_the_nearest_earlier_line_of_its_size(cases):
    charges = [line(1, 2, 0), line(2, 2, 24), line(3, -2, 30), line(4, 2, 48)]
    assert net(build(cases, {"charges": charges})) == {"001": 2.0, "004": 2.0}


def test_two_refunds_never_take_back_one_line_twice(cases):
    charges = [line(1, 1, 0), line(2, -1, 24), line(3, 1, 48), line(4, -1, 72), line(5, 1, 96)]
    assert net(build(cases, {"charges": charges})) == {"005": 1.0}


def test_a_part_refunded_without_a_name_comes_off_the_first_line(cases):
    charges = [line(1, 3, 0), line(2, 3, 24), line(3, -4, 48)]
    assert net(build(cases, {"charges": charges})) == {"002": 2.0}


def test_a_refund_of_another_price_takes_back_nothing(cases):
    charges = [line(1, 1, 0), line(2, -1, 24, price=6)]
    assert net(build(cases, {"charges": charges})) == {"001": 1.0}


def test_a_line_extracted_twice_counts_once(cases):
    charges = [line(1, 1, 0), line(1, 1, 0), line(2, 1, 1)]
    assert net(build(cases, {"charges": charges})) == {"001": 1.0, "002": 1.0}


def test_lines_of_a_settlement_that_was_taken_back_do_not_count(cases):
    charges = [line(1, 1, 0, settlement_id="S1"), line(2, 1, 0, settlement_id="S2")]
    settlements = [{"settlement_id": "S1", "refunded": "1"}, {"settlement_id": "S2", "refunded": "0"}]
    assert net(build(cases, {"charges": charges, "settlements": settlements})) == {"002": 1.0}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_refunded_the_net_is_the_sum_of_the_lines(cases, seed):
    draw = random.Random(seed)
    charges, standing = [], []
    for number in range(1, 31):
        if standing and draw.random() < 0.35:
            original = draw.choice(standing)
            part = min(original["left"], original["quantity"] if draw.random() < 0.7 else 1)
            named = original["charge_id"] if draw.random() < 0.5 else None
            charges.append(
                line(
                    number,
                    -part,
                    number * 3,
                    code=original["code15"],
                    price=original["unit_price"],
                    original=named,
                )
            )
            original["left"] -= part
            standing = [item for item in standing if item["left"] > 0]
        else:
            code, price = draw.choice(["A" * 15, "B" * 15]), draw.choice([5, 8])
            charges.append(line(number, draw.choice([1, 1, 2, 3]), number * 3, code=code, price=price))
            standing.append({**charges[-1], "left": charges[-1]["quantity"]})
    inspection = build(cases, {"charges": charges})
    total = sum(charge["quantity"] * charge["unit_price"] for charge in charges)
    assert float(inspection.warehouse.rows("select sum(amount) as a from charges")[0]["a"]) == total


def test_rows_less_than_two_hours_apart_are_one_visit_to_the_operating_room(cases):
    day = datetime(2024, 3, 2)
    visits = build(
        cases,
        {
            "operations": [
                {
                    "operated_on": day.date(),
                    "begins_at": day.replace(hour=9),
                    "ends_at": day.replace(hour=11),
                    "operation_name": "甲",
                },
                {
                    "operated_on": day.date(),
                    "begins_at": day.replace(hour=18),
                    "ends_at": day.replace(hour=19),
                    "operation_name": "乙",
                },
            ],
            "anesthesia": [
                {
                    "anesthesia_on": day.date(),
                    "begins_at": day.replace(hour=8),
                    "ends_at": day.replace(hour=12),
                    "method": "全麻",
                }
            ],
        },
    ).warehouse.rows("select begins_at, ends_at, operations from operation_events order by begins_at")
    assert visits == [
        {"begins_at": day.replace(hour=8), "ends_at": day.replace(hour=12), "operations": 1},
        {"begins_at": day.replace(hour=18), "ends_at": day.replace(hour=19), "operations": 1},
    ]


def test_stays_at_another_hospital_do_not_join_an_episode(cases):
    day = datetime(2024, 3, 1, 8)
    stays = [
        {"admission_id": "A1", "hospital_code": "H1", "begins_at": day, "ends_at": day + timedelta(days=3)},
        {
            "admission_id": "A2",
            "hospital_code": "H2",
            "begins_at": day + timedelta(days=1),
            "ends_at": day + timedelta(days=2),
        },
        {
            "admission_id": "A3",
            "hospital_code": "H1",
            "begins_at": day + timedelta(days=3, hours=1),
            "ends_at": day + timedelta(days=5),
        },
    ]
    settlements = [{"admission_id": "A1", "settlement_id": "S1", "interim": "1"}]
    inspection = build(cases, {"admissions": stays, "settlements": settlements})
    episodes = inspection.warehouse.rows("select admission_id, episode_id from episodes")
    of = {row["admission_id"]: row["episode_id"] for row in episodes}
    assert of["A1"] == of["A3"] != of["A2"]
