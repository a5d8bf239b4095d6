"""Which stays of a person have to be reviewed together, for some rules count over several of them.

Each rule that does says in its query `-- together` what a stay shares and over which days; two stays of a person that
share the same over days that meet are reviewed with each other, and so is whoever is bound to one of them. A stay that
another follows within a day is bound to it by every rule, for episodes are.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from review.checks.registry import Check
from review.engines.duckdb import Warehouse
from review.engines.failures import Caps
from review.screening.claims import text_literal

COLUMNS = "admission_id, shared, from_on, to_on"
EPISODES = "select admission_id, '' as shared, begins_on as from_on, ends_on + 1 as to_on from admissions"
# a rule that does not say what binds the stays of a person may look at all of them
ALL_STAYS = EPISODES.replace("begins_on", "date '0001-01-01'").replace("ends_on + 1", "date '9999-12-31'")
OF_PERSONS = re.compile(r"\bperson_(?:id|stays)\b")
BOUND = """
    with recursive bound(admission_id) as (
        select distinct admission_id from spans_now
        union
        select h.admission_id
        from bound b
        join spans_met m on m.admission_id = b.admission_id
        join spans_met h on h.person_id = m.person_id and h.shared = m.shared
            and h.from_on <= m.to_on and m.from_on <= h.to_on
    )
    select admission_id from bound where admission_id in (select admission_id from spans_kept)
"""


def together_query(check: Check) -> str | None:
    """What of a stay binds it to others of its person; null where the rule looks at one stay at a time."""
    if check.together is not None:
        return check.together
    named = OF_PERSONS.search(check.findings or "") or OF_PERSONS.search(check.examined or "")
    return ALL_STAYS if named else None


def keep_spans(warehouse: Warehouse, checks: Iterable[Check], caps: Caps) -> None:
    """Fill `spans_laid` with what binds the stays laid out: admission_id, person_id, shared, from_on, to_on."""
    warehouse.run(
        "create or replace table spans_told (admission_id varchar, shared varchar, from_on date, to_on date)"
    )
    warehouse.run(f"insert into spans_told select {COLUMNS} from ({EPISODES})")
    for check in checks:
        query = together_query(check)
        if query is None:
            continue
        code = check.header.code
        for batch in warehouse.batches(f"select {COLUMNS} from ({query})", check.header.limits, caps):
            warehouse.keep_arrow("spans_batch", pa.Table.from_batches([batch]))
            warehouse.run(
                f"insert into spans_told select admission_id, '{code}/' || shared, from_on, to_on from spans_batch"
            )
    warehouse.keep(
        "spans_laid",
        "select t.admission_id, a.person_id, t.shared, min(t.from_on) as from_on, max(t.to_on) as to_on "
        "from spans_told t join admissions a on a.admission_id = t.admission_id "
        "where a.person_id is not null group by all",
    )


def bound_elsewhere(warehouse: Warehouse, totals: Path | None, gone: Path | None, out: Path) -> set[str]:
    """The held stays that have to be reviewed with those of `spans_laid`; leaves what binds all stays in `out`.

    `totals` and `gone` are folders of earlier spans: of all stays held, and of those that changed or were withdrawn as
    they were, whose partners lose them."""
    warehouse.keep("spans_gone", held_spans(gone))
    warehouse.keep(
        "spans_kept",
        f"select * from ({held_spans(totals)}) where admission_id not in (select admission_id from spans_laid) "
        "and admission_id not in (select admission_id from spans_gone)",
    )
    target = text_literal(out / "spans.parquet")
    warehouse.run(
        "copy (select * from spans_laid union all select * from spans_kept order by person_id, admission_id) "
        f"to {target} (format parquet, compression zstd)"
    )
    warehouse.keep("spans_now", "select * from spans_laid union all select * from spans_gone")
    warehouse.keep(
        "spans_met",
        "select * from spans_now where person_id in (select person_id from spans_kept) union all "
        "select * from spans_kept where person_id in (select person_id from spans_now)",
    )
    return {str(row["admission_id"]) for row in warehouse.rows(BOUND)}


def copy_spans(warehouse: Warehouse, totals: Path, stays: str, folder: Path) -> None:
    """Leave in `folder` the spans held of the stays in the table `stays`, as they were."""
    target = text_literal(folder / "spans.parquet")
    warehouse.run(
        f"copy (select * from ({held_spans(totals)}) where admission_id in (select admission_id from {stays})) "
        f"to {target} (format parquet)"
    )


def held_spans(folder: Path | None) -> str:
    """A query of the spans an earlier run left in a folder; of none where there is none."""
    if folder is not None and (folder / "spans.parquet").exists():
        return f"select * from read_parquet({text_literal(folder / 'spans.parquet')})"
    return (
        "select cast(null as varchar) as admission_id, cast(null as varchar) as person_id, "
        "cast(null as varchar) as shared, cast(null as date) as from_on, cast(null as date) as to_on where false"
    )
