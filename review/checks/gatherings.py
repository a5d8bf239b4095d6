"""Groups of stays that began together or share a contact, beyond what their hospital's base rate lets expect.

Two checks show them; a third asks which of their stays needed no bed.
"""

from dataclasses import dataclass

from review.checks.clusters import HALF, Row, Standing, listed, stand_out
from review.checks.cohorts import cohort_query
from review.checks.header import Limits
from review.checks.inputs import Inspection
from review.checks.tails import poisson_tail

BATCH_LIMITS = {
    "least_stays": 200,
    "least_together": 5,
    "least_days": 4,
    "most_q": 0.01,
    "excused_share": 0.5,
    "sudden": "^[TJAS]",
    "school": "学校|中学|小学|大学|学院|幼儿园|技校",
    "village": "^.*(村|社区|居委会|屯)|^.*?(街道|镇|乡)",
}
CONTACT_LIMITS = {
    "least_stays": 200,
    "least_digits": 7,
    "least_persons": 3,
    "least_surnames": 3,
    "family_persons": 4,
    "default_share": 0.05,
    "least_in_window": 8,
    "least_window_persons": 5,
    "times_rate": 5,
    "least_period": 120,
    "most_q": 0.01,
    "excused_share": 0.5,
    "accident": "^(S|T|A0|J09|J10|J11)",
    "care_home": "养老|敬老|老年公寓|护理院|福利院|光荣院|颐养|康养",
    "no_place": "^(无|不详|未知|其他|暂无|农民|务农|退休|个体"
    "|自由职业|无业|学生|儿童|本地|同上|现住址|户籍地|灵活就业)",
}
WINDOW = 30


@dataclass(frozen=True)
class Gathering:
    """A group of stays with its count and its chance; `is_default` is a contact that was only typed in."""

    standing: Standing
    admissions: tuple[str, ...]
    feature: str
    is_default: bool = False


def batches(inspection: Inspection, limits: Limits) -> list[Gathering]:
    """Stays of one ward on one day with one disease, village or run of numbers, each group told once."""
    rows = inspection.warehouse.rows(cohort_query("batches", "cells"), limits)
    found = [
        Gathering(
            standing,
            listed(inspection, cohort_query("batches", "listed"), limits, standing.row),
            str(standing.row["feature"]),
        )
        for standing in stand_out(rows, _weigh_day, limits["most_q"])
    ]
    return [one for one in found if not any(_within(one, other) for other in found)]


def _within(one: Gathering, other: Gathering) -> bool:
    """Whether another group holds these stays and more, or the same ones for a nearer reason."""
    if one is other:
        return False
    mine, theirs = set(one.admissions), set(other.admissions)
    return mine < theirs or (mine == theirs and one.feature > other.feature)


def _weigh_day(row: Row) -> tuple[int, float, float]:
    expected = (row["others"] + HALF) / row["other_days"]
    return row["n"], expected, poisson_tail(row["n"], expected)


def shared_phones(inspection: Inspection, limits: Limits) -> list[Gathering]:
    """Telephones of several families, and numbers that were typed in for everybody."""
    rows = inspection.warehouse.rows(cohort_query("contacts", "phones"), limits)
    query = cohort_query("contacts", "phone_stays")
    typed = [row for row in rows if row["is_default"]]
    judged = [row for row in rows if not row["is_default"] and not _of_one_household(row, limits)]
    return [
        *(
            Gathering(
                Standing(row, row["stays"], 0.0, 1.0),
                listed(inspection, query, limits, row),
                "phone",
                is_default=True,
            )
            for row in typed
        ),
        *(
            Gathering(standing, listed(inspection, query, limits, standing.row), "phone")
            for standing in stand_out(judged, _weigh_phone, limits["most_q"])
        ),
    ]


def _of_one_household(row: Row, limits: Limits) -> bool:
    """A family of a few, or a home that gives its own number for all who live there."""
    few = row["persons"] <= limits["family_persons"] and row["addresses"] < limits["least_surnames"]
    return bool(few or row["home"] >= limits["excused_share"] * row["stays"])


def _weigh_phone(row: Row) -> tuple[int, float, float]:
    further = int(row["surnames"]) - 1
    expected = (float(row["others"]) + HALF) / max(int(row["other_phones"]), 1)
    return int(row["surnames"]), 1 + expected, poisson_tail(further, expected)


def shared_places(inspection: Inspection, limits: Limits) -> list[Gathering]:
    """Addresses and employers that gave many stays within a month, against their own rate in the rest of the time."""
    rows = inspection.warehouse.rows(cohort_query("contacts", "places"), limits)
    judged = [
        row
        for row in rows
        if row["persons"] >= limits["least_window_persons"]
        and row["home"] < limits["excused_share"] * row["total"]
        and row["sudden"] < limits["excused_share"] * row["n"]
        and row["n"] >= limits["times_rate"] * _usual(row)
    ]
    query = cohort_query("contacts", "place_stays")
    return [
        Gathering(standing, listed(inspection, query, limits, standing.row), str(standing.row["feature"]))
        for standing in stand_out(judged, _weigh_place, limits["most_q"])
    ]


def _usual(row: Row) -> float:
    """What the other days of the period let expect in a window of thirty."""
    return float((row["total"] - row["n"] + HALF) * WINDOW / (row["period"] - WINDOW))


def _weigh_place(row: Row) -> tuple[int, float, float]:
    expected = _usual(row)
    # the fullest window was chosen among as many as there are days
    return int(row["n"]), expected, min(1.0, row["period"] * poisson_tail(row["n"], expected))
