"""What a review of few stays must know of all the others, kept as counts that stays are added to and taken from.

Three answers of the views and rules are a hospital's or an item's and not a stay's: whether a hospital's times of
charging are hours or only days (`clock_ok`), as what kinds an item is charged, and the highest price a hospital asked
for an operation. Each is a function of counts over lines; a run takes off what changed and withdrawn stays had counted,
adds its own, and where an answer turns for stays it does not review it asks for them too, as it does for the stays that
have to be reviewed together with its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from review.checks.registry import Check
from review.engines.duckdb import Warehouse
from review.engines.failures import Caps
from review.screening.claims import ClaimFile, text_literal
from review.screening.rules import of_stays
from review.screening.watch_together import bound_elsewhere, held_spans, keep_spans

KEYS = {
    "minutes": ("hospital_code", "charge_type", "minute"),
    "items": ("item_key", "code15", "item_name", "kind", "map_row"),
    "prices": ("code", "item_name", "hospital_code", "price"),
}
TYPES = {"minute": "integer", "price": "decimal(18,4)"}
PRICED = "same_incision_groups"  # the only rules that ask a hospital's price over all stays
OWN_MINUTES = """
    select coalesce(m.fixmedins_code, i.hospital_code) as hospital_code,
           lpad(f.med_chrgitm_type, 2, '0') as charge_type,
           cast(extract(hour from f.fee_ocur_time) * 60 + extract(minute from f.fee_ocur_time) as integer) as minute,
           count(*) as lines
    from raw_fee_list_d f
    join raw_mdtrt_d m on m.mdtrt_id = f.mdtrt_id
    cross join inspection i
    where f.fee_ocur_time is not null and f.mdtrt_id {within} (select admission_id from due)
    group by all
"""
OWN_ITEMS = """
    select item_key, code15, item_name, kind, map_row, count(*) as lines
    from charges where admission_id in (select admission_id from due) group by all
"""
OWN_PRICES = f"""
    select coalesce(c.code15, '') as code, c.item_name, a.hospital_code, coalesce(c.price_cap, c.unit_price) as price,
           count(*) as lines
    from charges c
    join admissions a on a.admission_id = c.admission_id
    where c.admission_id in (select admission_id from due)
      and c.item_key in (select item_key from row_codes where table_name = '{PRICED}')
    group by all
"""
# the same answer as the view of charges gives
CLOCKS = """
    select hospital_code, charge_type,
           sum(case when minute = 0 then lines else 0 end) < 0.9 * sum(lines)
           and (max(lines) < 0.9 * sum(lines) or sum(lines) < 10) as answer
    from {of} group by hospital_code, charge_type
"""
KINDS = """
    select code15, item_name, array_sort(array_agg(distinct kind)) as answer from {of} group by code15, item_name
"""
HIGHEST = """
    select code, item_name, hospital_code, max(price) as answer from {of} group by code, item_name, hospital_code
"""
ANSWERS = {
    "minutes": (CLOCKS, ("hospital_code", "charge_type")),
    "items": (KINDS, ("code15", "item_name")),
    "prices": (HIGHEST, ("code", "item_name", "hospital_code")),
}
CODED = "coalesce(nullif(trim(f.med_list_codg), ''), nullif(trim(f.hilist_code), ''))"
CODE15 = f"trim(split_part(upper(trim({CODED})), '-', 1))"
NAME = "coalesce(nullif(trim(f.hilist_name), ''), f.medins_list_name)"
HOSPITAL = "coalesce(m.fixmedins_code, (select hospital_code from inspection))"
TURNED_LINES = {
    "minutes": f"t.hospital_code is not distinct from {HOSPITAL} "
    "and t.charge_type is not distinct from lpad(f.med_chrgitm_type, 2, '0')",
    "items": f"t.code15 is not distinct from {CODE15} and t.item_name is not distinct from {NAME}",
    "prices": f"t.code = coalesce({CODE15}, '') and t.item_name is not distinct from {NAME} "
    f"and t.hospital_code is not distinct from {HOSPITAL}",
}


@dataclass(frozen=True)
class Wanted:
    """Stays held that nobody asked for and that have to be reviewed too: why, and which."""

    turned: frozenset[str]
    bound: frozenset[str]

    @property
    def stays(self) -> tuple[str, ...]:
        return tuple(sorted(self.turned | self.bound))


class Elsewhere:
    """Goes along with one screening of a watch. `due` and `gone` are Parquet files of stays and folders of counts.

    `due` has the new and changed stays; `totals` the counts of all stays held before, `gone` those of the stays as they
    were before they changed or were withdrawn; `parts` the folders of all months; the new counts are left in `out`.
    `fetch` gives the claims of stays that are wanted too."""

    def __init__(
        self,
        due: Path,
        totals: Path | None,
        gone: Path | None,
        provided: Iterable[str],
        parts: Mapping[str, Path],
        out: Path,
        fetch: Callable[[Wanted], tuple[ClaimFile, ...]] = lambda wanted: (),
    ) -> None:
        self._due, self._totals, self._gone = due, totals, gone
        self._provided, self._parts, self._out, self._fetch = frozenset(provided), parts, out, fetch
        self._outcomes: pq.ParquetWriter | None = None

    def framed(self, warehouse: Warehouse) -> None:
        """Tell the views what the stays elsewhere have shown."""
        own = {str(row["table_name"]) for row in warehouse.rows("select table_name from provided")}
        warehouse.load_rows("provided", [{"table_name": name} for name in sorted(self._provided - own)])
        warehouse.keep("due", f"select admission_id from read_parquet({text_literal(self._due)})")
        for name in KEYS:
            warehouse.keep(f"old_{name}", _counted(self._totals, name))
            warehouse.keep(
                f"kept_{name}", _summed(name, _counted(self._totals, name), _counted(self._gone, name, -1))
            )
        beside = OWN_MINUTES.format(within="not in").replace("count(*) as lines", "-count(*) as lines")
        for name in KEYS:
            rows = f"select * from kept_{name}"
            others = _summed(name, rows, beside) if name == "minutes" else rows
            columns = ", ".join((*KEYS[name], *(("lines",) if name == "minutes" else ())))
            warehouse.run(f"delete from raw_{name}_elsewhere")
            warehouse.run(f"insert into raw_{name}_elsewhere ({columns}) select {columns} from ({others})")

    def laid_out(self, warehouse: Warehouse, checks: Sequence[Check], caps: Caps) -> tuple[ClaimFile, ...]:
        """Count the stays under review; the claims of those that have to be reviewed too, none when all are there."""
        self.count(warehouse)
        keep_spans(warehouse, checks, caps)
        wanted = self._wanted(warehouse)
        return self._fetch(wanted) if wanted.stays else ()

    def count(self, warehouse: Warehouse) -> None:
        """Leave the counts with those of the stays under review in `out`."""
        own = {"minutes": OWN_MINUTES.format(within="in"), "items": OWN_ITEMS, "prices": OWN_PRICES}
        self._leave(
            warehouse, {name: _summed(name, f"select * from kept_{name}", own[name]) for name in KEYS}
        )

    def nothing_due(self, warehouse: Warehouse) -> Wanted:
        """The counts where stays were only withdrawn, and whom that concerns."""
        warehouse.keep("spans_laid", held_spans(None))
        self._leave(warehouse, {name: f"select * from kept_{name}" for name in KEYS})
        return self._wanted(warehouse)

    def _leave(self, warehouse: Warehouse, counts: Mapping[str, str]) -> None:
        self._out.mkdir(parents=True, exist_ok=True)
        for name, count in counts.items():
            warehouse.keep(f"new_{name}", count)
            target = text_literal(self._out / f"{name}.parquet")
            warehouse.run(f"copy new_{name} to {target} (format parquet, compression zstd)")

    def _wanted(self, warehouse: Warehouse) -> Wanted:
        """The stays, not laid out here, that a turned answer or the stays of their person concern."""
        bound = bound_elsewhere(warehouse, self._totals, self._gone, self._out)
        return Wanted(frozenset(self._turned(warehouse)), frozenset(bound))

    def _turned(self, warehouse: Warehouse) -> set[str]:
        """The stays, not laid out here, of which an answer has turned."""
        found: set[str] = set()
        for name, (answer, keys) in ANSWERS.items():
            same = " and ".join(f"n.{key} is not distinct from o.{key}" for key in keys)
            columns = ", ".join(f"o.{key}" for key in keys)
            warehouse.keep(
                "turned",
                f"select {columns} from ({answer.format(of=f'old_{name}')}) o "
                f"join ({answer.format(of=f'new_{name}')}) n on {same} where n.answer is distinct from o.answer",
            )
            if warehouse.has_rows("turned"):
                for part in self._parts.values():
                    found |= _touched(warehouse, part, TURNED_LINES[name])
        return found

    def ran(self, check: Check, warehouse: Warehouse, caps: Caps) -> None:
        """Keep which stays the rule could speak about, and which of them it found."""
        asked = of_stays(
            check,
            f"select admission_id, '{check.header.code}' as code, outcome = 'found' as found "
            "from rule_settled where outcome in ('found', 'clear')",
        )
        for batch in warehouse.batches(asked, check.header.limits, caps):
            table = pa.Table.from_batches([batch])
            if self._outcomes is None:
                self._outcomes = pq.ParquetWriter(
                    self._out / "outcomes.parquet", table.schema, compression="zstd"
                )
            self._outcomes.write_table(table.cast(self._outcomes.schema))

    def close(self) -> None:
        """Complete the file of outcomes."""
        if self._outcomes is not None:
            self._outcomes.close()


def _counted(folder: Path | None, name: str, sign: int = 1) -> str:
    columns = ", ".join(KEYS[name])
    if folder is not None and (folder / f"{name}.parquet").exists():
        file = text_literal(folder / f"{name}.parquet")
        return f"select {columns}, cast({sign} * lines as bigint) as lines from read_parquet({file})"
    typed = ", ".join(f"cast(null as {TYPES.get(key, 'varchar')}) as {key}" for key in KEYS[name])
    return f"select {typed}, cast(0 as bigint) as lines where false"


def _summed(name: str, *counts: str) -> str:
    columns = ", ".join(KEYS[name])
    whole = " union all ".join(f"(select {columns}, lines from ({count}))" for count in counts)
    counted = f"select {columns}, cast(sum(lines) as bigint) as lines from ({whole}) group by {columns}"
    return f"{counted} having sum(lines) > 0"


def _touched(warehouse: Warehouse, part: Path, condition: str) -> set[str]:
    """The stays of a held month, not laid out here, with a line of which an answer has turned."""
    lines, stays = (text_literal(part / f"{table}.parquet") for table in ("fee_list_d", "mdtrt_d"))
    rows = warehouse.rows(
        f"select distinct f.mdtrt_id as admission_id from read_parquet({lines}) f "
        f"join read_parquet({stays}) m on m.mdtrt_id = f.mdtrt_id join turned t on {condition} "
        "where f.mdtrt_id not in (select mdtrt_id from raw_mdtrt_d)"
    )
    return {str(row["admission_id"]) for row in rows}
