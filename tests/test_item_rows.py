"""An item in the warehouse: what a row by its code, its map or its name may say."""

from datetime import date
from decimal import Decimal

import pytest
from case_warehouse import CaseWarehouse, build, moment

from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.models import Basis

DAILY = "001103000010000"
LIMIT = {"code15": DAILY, "name": "急诊监护费", "per": "day", "max_qty": 1, "qty_unit": "日"}
LINES = [
    {"charge_id": number, "quantity": 1, "unit": "日", "unit_price": 30, "charged_at": "2024-03-02 10:00"}
    for number in (1, 2, 3)
]


@pytest.fixture(scope="module")
def cases():
    held = CaseWarehouse()
    yield held
    held.warehouse.close()


def always_in_force(document, passage, day):
    return Basis(document, passage, date(2021, 5, 1), None)


def ran(cases, charges, knowledge, **case):
    check = next(check for check in all_checks() if check.header.code == "CHG-002")
    lines = [{**line, **said} for line, said in zip(LINES, charges, strict=False)]
    case = moment({"charges": lines, "knowledge": {"item_limits": [LIMIT], **knowledge}, **case})
    inspection = build(cases, case)
    return run_check(check, inspection, Stamp(inspection, always_in_force)), inspection


def ceilings(inspection):
    rows = inspection.warehouse.rows(
        "select distinct ceiling, how from row_codes where table_name = 'item_limits'"
    )
    return {(row["how"], row["ceiling"]) for row in rows}


def coded(**said):
    return [{"code15": DAILY, "item_name": "急诊监护费", **said}] * 3


def named(name, **said):
    return [{"item_name": name, **said}] * 3


def mapping(**said):
    row = {"local_name": "急诊监护", "ref_code15": DAILY, "quality": "same", "authority": "city"}
    return {"item_map": [{**row, **said}]}


def test_a_national_row_by_the_bare_code_is_probable_at_most(cases):
    found, inspection = ran(cases, coded(), {"item_map": []})
    assert ceilings(inspection) == {("code", "probable")}
    assert [(str(finding.certainty), finding.lowered_by) for finding in found.findings] == [
        ("probable", ("国家编码未经当地目录对照确认",))
    ]


@pytest.mark.parametrize(
    ("quality", "ceiling"), [("same", "established"), ("narrower", "probable"), ("wider", "clue")]
)
def test_an_approved_map_row_keeps_the_certainty_as_far_as_the_items_are_one(cases, quality, ceiling):
    found, inspection = ran(cases, named("急诊监护"), mapping(quality=quality))
    assert ceilings(inspection) == {("map", ceiling)}
    assert [finding.amount for finding in found.findings] == [Decimal("60.00")]


def test_a_regions_own_row_is_known_by_the_regions_code(cases):
    row = {**LIMIT, "code15": "22110300001", "region": "220000", "match": "prefix", "name": "急诊监护"}
    _, inspection = ran(cases, coded(code15="221103000010000"), {"item_limits": [row], "item_map": []},
                        inspection={"region": "220100"})  # fmt: skip
    assert ceilings(inspection) == {("code", "established")}


def test_a_row_that_names_a_suffix_goes_before_one_that_does_not(cases):
    rows = [
        {"local_code": DAILY, "local_name": "急诊监护费", "ref_code15": DAILY, "quality": "same", "authority": "city"},
        {"local_code": f"{DAILY}-01", "local_name": "急诊监护费", "ref_code15": "009999000010000", "quality": "same",
         "authority": "city"},
    ]  # fmt: skip
    found, _ = ran(cases, coded(code15=f"{DAILY}-01"), {"item_map": rows})
    assert found.findings == ()
    found, _ = ran(cases, coded(code15=f"{DAILY}-02"), {"item_map": rows})
    assert len(found.findings) == 1


def test_the_hospitals_own_row_goes_before_a_general_one_and_no_other_hospitals_counts(cases):
    general = {
        "local_name": "急诊监护",
        "ref_code15": "009999000010000",
        "quality": "same",
        "authority": "city",
    }
    stay = {"admissions": [{"admission_id": "A1", "hospital_code": "H1"}]}
    for hospital, findings in (("H1", 1), ("H2", 0)):
        own = {**general, "ref_code15": DAILY, "hospital": hospital}
        found, _ = ran(cases, named("急诊监护"), {"item_map": [general, own]}, **stay)
        assert len(found.findings) == findings


def test_two_rows_of_one_rank_that_name_different_items_settle_nothing(cases):
    row = {"local_name": "急诊监护", "quality": "same", "authority": "city"}
    rows = [{**row, "ref_code15": DAILY}, {**row, "ref_code15": "009999000010000"}]
    found, inspection = ran(cases, named("急诊监护"), {"item_map": rows})
    assert found.findings == () and ceilings(inspection) == set()


def test_the_same_name_without_a_code_is_a_clue(cases):
    found, inspection = ran(cases, named("急诊监护费（次）"), {"item_map": []})
    assert ceilings(inspection) == {("name", "clue")}
    assert [(str(finding.certainty), finding.lowered_by) for finding in found.findings] == [
        ("clue", ("项目只按名称对上，尚未对码",))
    ]


def test_a_near_name_is_not_checked_and_named_never_clear(cases):
    found, _ = ran(cases, named("急诊监护"), {"item_map": []})
    assert [(str(result.outcome), result.reason) for result in found.results] == [
        ("not_checked", "项目“急诊监护”没有国家编码，尚未对码")
    ]


def test_an_item_that_somebody_found_in_no_catalogue_is_clear(cases):
    found, _ = ran(cases, named("急诊监护费"), mapping(local_name="急诊监护费", ref_code15=None))
    assert [str(result.outcome) for result in found.results] != ["found"]
    assert "尚未对码" not in str([result.reason for result in found.results])
