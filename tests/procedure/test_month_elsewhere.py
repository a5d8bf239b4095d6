"""Where a new month changes what is known of a hospital's price or of an item, its older stays are asked for too."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from review.engines.duckdb import Warehouse
from review.engines.failures import Caps
from review.screening.watch_elsewhere import Elsewhere

CODE, NAME = "003315000010000", "阑尾切除术"


def laid_out(stay, price, kind="service", hospital="H1", listed=True):
    """A warehouse with one stay of one line, as a screening has it when its views stand."""
    warehouse = Warehouse.empty()
    warehouse.load_rows("inspection", [{"hospital_code": "H1"}])
    warehouse.load_rows("raw_mdtrt_d", [{"mdtrt_id": stay, "psn_no": stay, "fixmedins_code": hospital}])
    line = {"mdtrt_id": stay, "bkkp_sn": stay, "med_list_codg": CODE, "hilist_name": NAME, "pric": price}
    warehouse.load_rows("raw_fee_list_d", [line])
    key = f"{CODE}|{NAME}"
    charge = {
        "admission_id": stay,
        "item_key": key,
        "code15": CODE,
        "item_name": NAME,
        "kind": kind,
        "map_row": None,
    }
    warehouse.keep_arrow("charges", pa.Table.from_pylist([charge | {"price_cap": None, "unit_price": price}]))
    warehouse.run(
        "alter table charges alter map_row type varchar; alter table charges alter price_cap type integer"
    )
    warehouse.keep_arrow(
        "admissions",
        pa.Table.from_pylist(
            [
                {
                    "admission_id": stay,
                    "hospital_code": hospital,
                    "person_id": stay,
                    "begins_on": date(2024, 1, 2),
                    "ends_on": date(2024, 1, 5),
                }
            ]
        ),
    )
    table = "same_incision_groups" if listed else "price_caps"
    warehouse.keep_arrow("row_codes", pa.Table.from_pylist([{"item_key": key, "table_name": table}]))
    return warehouse


def reviewed(folder, warehouse, stay, totals=None, gone=None, parts=None):
    """The counts of one run in `folder`, and the stays it asked for too; its stay's rows stand there as a month's."""
    folder.mkdir()
    pq.write_table(pa.table({"admission_id": [stay]}), folder / "due.parquet")
    for table in ("mdtrt_d", "fee_list_d"):
        warehouse.run(f"copy raw_{table} to '{folder / table}.parquet' (format parquet)")
    asked = []
    run = Elsewhere(
        folder / "due.parquet",
        totals,
        gone,
        ("mdtrt_d", "fee_list_d"),
        parts or {},
        folder / "counts",
        lambda wanted: asked.append(wanted) or (),
    )
    run.framed(warehouse)
    run.laid_out(warehouse, (), Caps())
    warehouse.close()
    return folder / "counts", tuple(stay for wanted in asked for stay in wanted.stays)


def second(tmp_path, **line):
    first, _ = reviewed(tmp_path / "first", laid_out("A1", 1000), "A1")
    return reviewed(
        tmp_path / "second", laid_out("A2", **line), "A2", first, parts={"2024-01": tmp_path / "first"}
    )


@pytest.mark.parametrize(
    "line",
    [{"price": 1200}, {"price": 900, "kind": "other"}],
    ids=["a higher price of an operation", "an item charged as another kind"],
)
def test_an_answer_that_turns_asks_for_the_older_stay(tmp_path, line):
    assert second(tmp_path, **line)[1] == ("A1",)


@pytest.mark.parametrize(
    "line",
    [{"price": 900}, {"price": 1200, "hospital": "H2"}, {"price": 1200, "listed": False}],
    ids=["a lower price", "another hospital's price", "the price of no operation of a group"],
)
def test_an_answer_that_stays_asks_for_none(tmp_path, line):
    counts, asked = second(tmp_path, **line)
    assert (counts / "prices.parquet").exists() and not asked


def test_the_highest_price_going_with_its_stay_asks_for_the_others(tmp_path):
    first, _ = reviewed(tmp_path / "first", laid_out("A1", 1000), "A1")
    dear, _ = reviewed(tmp_path / "dear", laid_out("A9", 5000), "A9")
    both, asked = reviewed(
        tmp_path / "both", laid_out("A9", 5000), "A9", first, parts={"1": tmp_path / "first"}
    )
    assert asked == ("A1",)
    less, asked = reviewed(
        tmp_path / "less", laid_out("A9", 800), "A9", both, dear, {"1": tmp_path / "first"}
    )
    assert asked == ("A1",)
    left = pq.read_table(less / "prices.parquet").to_pylist()
    assert sorted(int(row["price"]) for row in left) == [800, 1000]
