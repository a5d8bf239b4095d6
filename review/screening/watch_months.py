"""The months of a watch as rows: a month read in, a hash of every admission, and what of it is new or changed.

The hash is of the admission's own rows in all tables, in any order and under any file name: a sum of the rows' digests.
An admission that several months carry, as interim settlements are, has all their rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from review.engines.duckdb import Warehouse
from review.errors import InputError
from review.screening.claims import TABLES, ClaimFile, text_literal
from review.screening.extract import Laid, lay_out
from review.screening.watch import Watch

OF_STAY = ("person_id", "hospital_code", "department", "doctor")
MOST_WITHDRAWN = 0.05  # of a month's stays, above which a replaced month must be confirmed
FEW = 20


@dataclass(frozen=True)
class Difference:
    """Stays of a month beside what was held: how many of each kind."""

    new: int
    changed: int
    unchanged: int
    withdrawn: int
    carried_over: int  # unchanged stays of the month that another month holds too

    @property
    def nothing(self) -> bool:
        return not (self.new or self.changed or self.withdrawn)


def read_month(files: tuple[ClaimFile, ...], part: Path, scratch: Path, memory: float) -> Laid:
    """The rows of a month in `part`, a Parquet file for each table and one of its stays. Raises InputError."""
    part.mkdir(parents=True)
    warehouse = Warehouse.empty(scratch / "month.duckdb")
    spill = str(scratch / "spill").replace("'", "''")
    warehouse.bound_memory(memory)
    warehouse.run(f"set temp_directory = '{spill}'")
    try:
        laid = lay_out(warehouse, files)
        digests = []
        for table in (table for table in TABLES if laid.rows.get(table)):
            target = text_literal(part / f"{table}.parquet")
            warehouse.run(
                f"copy (select * exclude (source, row_number) from raw_{table} order by mdtrt_id, source, row_number) "
                f"to {target} (format parquet, compression zstd)"
            )
            digests.append(_digests(warehouse, table))
        warehouse.run(
            f"copy (with digests as ({' union all '.join(digests)}), summed as ("
            "select mdtrt_id, md5(concat_ws('/', sum(low), sum(high), count(*))) as hash from digests "
            "group by mdtrt_id) "
            "select m.mdtrt_id as admission_id, s.hash, nullif(trim(m.psn_no), '') as person_id, "
            "m.fixmedins_code as hospital_code, coalesce(m.dscg_dept_name, m.adm_dept_name) as department, "
            "m.chfpdr_name as doctor from raw_mdtrt_d m join summed s on s.mdtrt_id = m.mdtrt_id "
            "order by admission_id) "
            f"to {text_literal(part / 'stays.parquet')} (format parquet, compression zstd)"
        )
    finally:
        warehouse.close()
        (scratch / "month.duckdb").unlink(missing_ok=True)
    return laid


def _digests(warehouse: Warehouse, table: str) -> str:
    """A digest of every row that says what its cells are; an empty cell is told from an empty text."""
    names = [str(row["column_name"]) for row in warehouse.rows(f"describe raw_{table}")]
    cells = ", ".join(
        f'coalesce(cast("{name}" as varchar), chr(30))'
        for name in names
        if name not in {"source", "row_number"}
    )
    told = f"select mdtrt_id, concat_ws(chr(31), '{table}', {cells}) as cells from raw_{table}"
    return f"select mdtrt_id, md5_number_lower(cells) as low, md5_number_upper(cells) as high from ({told})"


def compare(warehouse: Warehouse, watch: Watch, parts: Mapping[str, Path], month: str) -> Difference:
    """Fill `held`, `now` and `status` of a warehouse in memory from the stays held and those of these months.

    `status` has every stay of either with its kind: new, changed, unchanged, withdrawn."""
    carried = " union all ".join(
        f"select *, {text_literal(name)} as month from read_parquet({text_literal(part / 'stays.parquet')})"
        for name, part in sorted(parts.items())
    )
    of_stay = ", ".join(f"arg_max_null({name}, month) as {name}" for name in OF_STAY)
    warehouse.run(
        "create or replace table now as select admission_id, "
        "md5(string_agg(distinct hash, ',' order by hash)) as hash, "
        f"{of_stay}, max(month) as month, array_sort(array_agg(month)) as months from ({carried}) group by admission_id"
    )
    if watch.state.run:
        warehouse.keep("held", f"select * from read_parquet({text_literal(watch.now / 'index.parquet')})")
    else:
        warehouse.keep("held", "select *, 0 as reviewed_in from now limit 0")
    warehouse.keep(
        "status",
        "select coalesce(n.admission_id, h.admission_id) as admission_id, case when h.admission_id is null then 'new' "
        "when n.admission_id is null then 'withdrawn' when n.hash = h.hash then 'unchanged' else 'changed' end as kind "
        "from now n full join held h on h.admission_id = n.admission_id",
    )
    mine = f"list_contains(n.months, {text_literal(month)})"
    counted = warehouse.rows(
        "select count(*) filter (where kind = 'new') as new, count(*) filter (where kind = 'changed') as changed, "
        f"count(*) filter (where kind = 'withdrawn') as withdrawn, "
        f"count(*) filter (where kind = 'unchanged' and {mine}) as unchanged, "
        f"count(*) filter (where {mine} and len(n.months) > 1 and len(h.months) < len(n.months) "
        "and kind = 'unchanged') as carried_over "
        "from status s left join now n on n.admission_id = s.admission_id "
        "left join held h on h.admission_id = s.admission_id"
    )[0]
    return Difference(**counted)


def weigh(difference: Difference, watch: Watch, month: str, confirmed: bool) -> None:
    """Raises InputError where a month is likely another one's file, or too much of it would be withdrawn."""
    carried = difference.carried_over
    whole = carried + difference.new + difference.changed
    if carried > FEW and carried > whole / 2:
        raise InputError(
            f"{month} 的 {carried:,} 例与已在库的其他月份逐行相同；请核对 --month 与文件是否对应。"
        )
    before = watch.state.months.get(month)
    gone = difference.withdrawn
    if before and gone > max(FEW, MOST_WITHDRAWN * before.stays) and not confirmed:
        raise InputError(
            f"重新加入的 {month} 比原来少 {gone:,} 例（原有 {before.stays:,} 例）；请核对文件是否完整，"
            "确属撤销的请加 --withdrawn 后重试。"
        )


def write_extract(
    warehouse: Warehouse,
    parts: Mapping[str, Path],
    wanted: str,
    claims: Path,
    start: int = 1,
) -> None:
    """The rows of the stays in the table `wanted`, as an extract with a file for each month, numbered from `start`."""
    claims.mkdir(parents=True)
    for place, (_, part) in enumerate(sorted(parts.items()), start=start):
        stays = text_literal(part / "stays.parquet")
        asked = f"select count(*) as n from read_parquet({stays})"
        among = f"where admission_id in (select admission_id from {wanted})"
        count, whole = (warehouse.rows(one)[0]["n"] for one in (f"{asked} {among}", asked))
        for table in TABLES if count else ():
            source, target = part / f"{table}.parquet", claims / f"{table}_{place:04d}.parquet"
            if source.exists() and count == whole:
                target.hardlink_to(source)
            elif source.exists():
                warehouse.run(
                    f"copy (select * from read_parquet({text_literal(source)}) where mdtrt_id in "
                    f"(select admission_id from {wanted})) to {text_literal(target)} (format parquet)"
                )
