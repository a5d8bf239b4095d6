"""One rule file for both engines: what may stand in it, and that both find the same row for row."""

import importlib.util
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp

from review.checks.registry import all_checks
from review.engines.dialect import for_spark, steps_for_spark, unportable
from review.engines.duckdb import PARAMETER, VIEWS
from review.screening.run import Options, screen, screened_checks

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
QUERIES = {
    **{file.name: file.read_text("utf-8") for file in sorted(VIEWS.glob("[1-9]*.sql"))},
    **{
        f"{check.file.name} {name}": query
        for check in all_checks()
        for name, query in (("examined", check.examined), ("findings", check.findings))
        if query is not None
    },
}
with_spark = pytest.mark.skipif(
    "MINGJIAN_SPARK" not in os.environ
    or importlib.util.find_spec("pyspark") is None
    or shutil.which("java") is None,
    reason="the comparison with Spark takes long and is run by make spark",
)


@pytest.mark.parametrize("name", QUERIES)
def test_only_what_means_the_same_on_both_engines_stands_in_a_query(name):
    assert unportable(QUERIES[name]) == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select date_diff('minute', a, b) from t", "date_diff：只许按日"),
        ("select list(a order by b) from t", "list"),
        ("select strftime(a, '%Y') from t", "不在两个引擎含义相同的函数之列"),
        ("select a, count(*) from t group by all", "group by all"),
        ("select a from t qualify row_number() over (order by a) = 1", "qualify"),
        ("select unnest(a) from t", "unnest"),
        ("select array_agg(a) over (partition by b) from t", "array_agg"),
    ],
)
def test_what_differs_between_the_engines_is_refused_with_the_reason(query, reason):
    assert any(reason in told for told in unportable(query)), unportable(query)


def test_what_the_engines_mean_differently_is_set_right():
    written = for_spark(
        "select a / b as q, max(a.ends_on) - min(a.begins_on) as d, epoch(t) as s, concat(x, y) as c from a where n > $most",
        {"most": 3},
    )
    assert "CAST(a AS DOUBLE) / CAST(b AS DOUBLE)" in written
    assert "DATEDIFF(DAY, MIN(a.begins_on), MAX(a.ends_on))" in written
    assert "CAST(UNIX_TIMESTAMP(t) AS DOUBLE)" in written
    assert "COALESCE(x, '')" in written and "n > 3" in written
    gathered = for_spark(
        "select array_sort(array_agg(distinct f) filter (where f is not null)) as l from a", {}
    )
    assert (
        "CASE WHEN SIZE(COLLECT_LIST(DISTINCT f) FILTER(WHERE NOT f IS NULL)) > 0 THEN COLLECT_LIST(DISTINCT f) FILTER("
        in gathered
    )


TWICE = """
with lines as (select c.admission_id, c.amount from charges c join row_codes r on r.item_key = c.item_key),
few as (select admission_id from lines where amount > $least),
small as (select row_id from rules)
select few.admission_id, lines.amount from few join lines on lines.admission_id = few.admission_id
where exists (select 1 from small) and not exists (select 1 from small s where s.row_id is null)
"""


def test_a_part_that_is_read_twice_is_worked_out_once():
    steps, asked = steps_for_spark(TWICE, {"least": 3}, "q7")
    assert [step.name for step in steps] == ["q7_lines"]
    assert steps[0].sql.startswith("SELECT") and "FROM charges AS c" in steps[0].sql
    assert "q7_few AS (SELECT" in asked and "FROM q7_lines AS lines" in asked and "> 3" in asked
    # what costs less to read again than to keep stays a part of the query
    assert "q7_small AS (SELECT" in asked and "charges" not in asked


def test_parts_keep_their_meaning_when_a_query_stands_inside_another():
    inner = "with a as (select x, count(*) as n from t group by x) select p.x from a p join a q on q.x = p.x"
    outer = f"with told as ({inner}), a as (select 1 as x) select told.x, a.x as y from told join a on a.x = told.x"
    steps, asked = steps_for_spark(outer, {}, "q")
    assert [step.name for step in steps] == ["q_told_a"]
    assert "q_told AS (SELECT p.x FROM q_told_a AS p JOIN q_told_a AS q" in asked
    assert "q_a AS (SELECT 1 AS x)" in asked and asked.endswith(
        "FROM q_told AS told JOIN q_a AS a ON a.x = told.x"
    )


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_in_steps_reads_nothing_that_was_not_kept_before(name):
    limits = dict.fromkeys(PARAMETER.findall(QUERIES[name]), 1)
    known: set[str] = set()
    steps, asked = steps_for_spark(f"select * from ({QUERIES[name]}) as found", limits, "mark")
    for written in (*(step.sql for step in steps), asked):
        tree = sqlglot.parse_one(written, dialect="spark")
        parts = {part.alias for part in tree.find_all(exp.CTE)}
        read = {table.name for table in tree.find_all(exp.Table) if table.name.startswith("mark_")}
        assert read <= known | parts
        known |= {step.name for step in steps if step.sql == written}


def found(claims, out, home, engine):
    done = screen(Options((claims,), out, engine, "local[2]", memory=2.0), home, lambda line: None)
    assert [run.code for run in done.runs if run.stays("failed")] == []
    outcomes = {run.code: sorted(run.outcomes, key=str) for run in done.runs}
    return pq.read_table(out).to_pylist(), outcomes


def same_on_both(claims, tmp_path):
    by_duckdb, told = found(claims, tmp_path / "duckdb.parquet", tmp_path / "home", "duckdb")
    by_spark, told_by_spark = found(claims, tmp_path / "spark.parquet", tmp_path / "home", "spark")
    assert by_spark == by_duckdb
    assert told_by_spark == told
    return by_duckdb


@pytest.mark.slow
@pytest.mark.timeout(1800)
@with_spark
@pytest.mark.filterwarnings("ignore::FutureWarning:pyspark", "ignore::ResourceWarning")
def test_spark_finds_what_duckdb_finds_in_the_example(tmp_path):
    assert same_on_both(ROOT / "demo" / "mountain-county-2024", tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@with_spark
@pytest.mark.filterwarnings("ignore::FutureWarning:pyspark", "ignore::ResourceWarning")
def test_spark_finds_what_duckdb_finds_in_two_million_lines(tmp_path):
    if not SHARED.exists():
        pytest.skip("the generator's reference (../shared) is not here")
    from evals.generating.bulk import generate_lines

    generate_lines(tmp_path / "trial", 400, 3, "open", SHARED / "reference")
    each = pq.ParquetFile(tmp_path / "trial" / "claims" / "fee_list_d.parquet").metadata.num_rows / 400
    generate_lines(tmp_path / "extract", round(2_000_000 / each), 3, "open", SHARED / "reference")
    rows = same_on_both(tmp_path / "extract" / "claims", tmp_path)
    assert {row["check"] for row in rows} <= {check.header.code for check in screened_checks()} and len(
        rows
    ) > 1000
