"""A region's row takes the place of the nation's, for its items and from its day."""

from datetime import date

from knowledge.rows.held import ANY_DAY, starter_rows
from knowledge.rows.regions import rows_of_region
from knowledge.rows.tables import ROW_TABLES


def limit(region, code, quantity, begins=ANY_DAY, match="exact", **changes):
    row = next(row for row in starter_rows("item_limits") if row["per"] == "day")
    return {
        **row, "row_id": f"{region}-{code}", "region": region, "code15": code, "match": match, "max_qty": quantity,
        "in_force_from": begins, **changes,
    }  # fmt: skip


def in_region(region, *rows):
    found = rows_of_region(rows, ROW_TABLES["item_limits"], region)
    spans = {
        (row["code15"], row["max_qty"]): (row["in_force_from"], row["in_force_to"]) for row in found.rows
    }
    return spans, found.taken


def test_a_province_takes_the_nations_place_and_a_city_the_provinces():
    rows = limit("000000", "A1", 1), limit("220000", "A1", 2), limit("220100", "A1", 3)
    assert [set(in_region(region, *rows)[0]) for region in (None, "110000", "220000", "220100", "220200")] == [
        {("A1", 1)}, {("A1", 1)}, {("A1", 2)}, {("A1", 3)}, {("A1", 2)},
    ]  # fmt: skip


def test_the_national_row_holds_until_the_regional_one_begins():
    spans, _ = in_region("220100", limit("000000", "A1", 1), limit("220000", "A1", 2, date(2025, 1, 1)))
    assert spans == {("A1", 1): (ANY_DAY, date(2024, 12, 31)), ("A1", 2): (date(2025, 1, 1), None)}


def test_a_regional_code_is_taken_out_of_the_national_family_it_belongs_to():
    nation = limit("000000", "00120400006", 1, match="prefix")
    spans, taken = in_region("220000", nation, limit("220000", "001204000060000", 3, date(2025, 1, 1)))
    assert spans == {
        ("00120400006", 1): (ANY_DAY, None), ("001204000060000", 3): (date(2025, 1, 1), None),
        ("001204000060000", 1): (ANY_DAY, date(2024, 12, 31)),
    }  # fmt: skip
    assert taken == {nation["row_id"]: ("001204000060000",)}


def test_a_regional_limit_of_another_kind_or_for_some_of_the_insured_takes_nothing():
    nation = limit("000000", "00120400006", 1, match="prefix")
    other = limit("220000", "001204000060000", 3, per="stay")
    some = limit("220000", "001204000060000", 3, insutype="390")
    assert in_region("220000", nation, other)[1] == {}
    assert in_region("220000", nation, some)[1] == {}
