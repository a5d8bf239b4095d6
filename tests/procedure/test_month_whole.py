"""With all rules and generated stays: what stands after monthly runs is what one screening of all months finds."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from month_extracts import SAME, as_said

from evals.generating import bulk
from review.engines.duckdb import Warehouse
from review.screening.run import Options, screen
from review.screening.watch import opened
from review.screening.watch_run import Adding, Run
from review.screening.watch_standing import cells, standing

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
TABLES = ("mdtrt_d", "setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d")
MONTHS, STAYS = 3, 700


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    """Generated stays cut into months by their ends; two in five are of a person who has others, a third are planted."""
    folder = tmp_path_factory.mktemp("months")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "SHARES", {"plant": 0.3, "near_miss": 0.1})
        bulk.generate_lines(folder / "made", STAYS, 11, "open", REFERENCE, (3, 2))
    warehouse, claims = Warehouse.empty(), folder / "made" / "claims"
    stays = f"read_parquet('{claims}/mdtrt_d.parquet')"
    warehouse.run(
        f"create table cut as select mdtrt_id, ntile({MONTHS}) over (order by endtime, mdtrt_id) as part from {stays}"
    )
    returning = "case when hash(psn_no) % 5 < 2 then 'Q' || (hash(psn_no, 1) % 60) else psn_no end as psn_no"
    for number in range(1, MONTHS + 1):
        for table in TABLES:
            changed = f" replace ({returning})" if table == "mdtrt_d" else ""
            target = folder / f"2025-{number:02d}" / f"{table}.parquet"
            target.parent.mkdir(exist_ok=True)
            warehouse.run(
                f"copy (select *{changed} from read_parquet('{claims}/{table}.parquet') where mdtrt_id in "
                f"(select mdtrt_id from cut where part = {number})) to '{target}' (format parquet)"
            )
    warehouse.close()
    return folder


def whole(folder, home):
    claims = folder / "whole" / "claims"
    claims.mkdir(parents=True)
    for number in range(1, MONTHS + 1):
        for table in TABLES:
            (claims / f"{table}_{number}.parquet").hardlink_to(
                folder / f"2025-{number:02d}" / f"{table}.parquet"
            )
    done = screen(Options((claims,), folder / "whole.parquet"), home, lambda line: None)
    counted = {run.code: (run.stays("found") + run.stays("clear"), run.stays("found")) for run in done.runs}
    return pq.read_table(folder / "whole.parquet").to_pylist(), counted


@pytest.mark.slow
def test_the_sum_of_monthly_runs_is_one_run_over_all_months(months, tmp_path):
    expected, counted = whole(months, tmp_path)
    beside = []
    for number in range(1, MONTHS + 1):
        month = f"2025-{number:02d}"
        with opened(tmp_path / "watch", new=True) as watch:
            done = Run(watch, Adding(month, (months / month,)), tmp_path, lambda line: None).go()
        beside.append(done.ran.beside)
    with opened(tmp_path / "watch", new=False) as watch, standing(watch) as warehouse:
        found = warehouse.rows("select * from findings")
        series = [one for one in cells(warehouse) if one.level == "whole"]
    # of the older stays of persons who came back, over a hundred, only those that a rule counts with the new ones
    assert len(expected) > 150 and beside[0] == 0 and 0 < sum(beside) < 10
    assert as_said(found) == as_said(expected) and set(SAME) <= set(found[0])
    for code, figures in counted.items():
        mine = [one for one in series if one.code == code]
        assert (code, sum(one.examined for one in mine), sum(one.found for one in mine)) == (code, *figures)
