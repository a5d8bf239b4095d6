"""An extract made ready for its rules: laid out, with the knowledge of its region and the plain views over it."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from knowledge.rows.held import ROW_TABLES, load_rows
from review.checks.registry import Check
from review.engines.duckdb import VIEWS, Warehouse
from review.engines.failures import Caps
from review.engines.knowledge_tables import tables_for_region
from review.intake.about import About
from review.items.matching import candidate_rows
from review.screening.claims import ClaimFile
from review.screening.extract import Laid, lay_in, lay_out, teach
from review.settled import Settled, rows_laid_over
from review.warehouse import sites_of_rows

# what few rules ask for is worked out when they ask
LAZY_VIEWS = ("charge_lines", "lines_left_out", "prescriptions", "diagnoses", "facts")
Progress = Callable[[str], None]


class Watching(Protocol):
    """What a run that reviews a part of what is held does at the turns of a screening."""

    def framed(self, warehouse: Warehouse) -> None:
        """The raw tables and the knowledge stand, the views not yet."""

    def laid_out(self, warehouse: Warehouse, checks: Sequence[Check], caps: Caps) -> tuple[ClaimFile, ...]:
        """The views stand; gives the claims of further stays that have to be reviewed too."""

    def ran(self, check: Check, warehouse: Warehouse, caps: Caps) -> None:
        """A rule has run; the stays it found stand in `found_now`."""


@dataclass(frozen=True)
class Options:
    """What a screening is asked to do; `memory` in gigabytes, `seconds` for each query of a rule."""

    claims: tuple[Path, ...]
    out: Path
    engine: Literal["duckdb", "spark"] = "duckdb"
    master: str = "local[*]"
    region: str | None = None
    memory: float = 3.0
    seconds: float = 3600.0
    about: About | None = None  # instead of what an inspection.yaml beside the extract says

    @property
    def work(self) -> Path:
        """The folder of work beside the output."""
        return self.out.with_name(f"{self.out.name}.work")

    @property
    def caps(self) -> Caps:
        return Caps(self.seconds, self.memory, rows=200_000_000, spilled=500.0)


def prepared(
    options: Options,
    files: tuple[ClaimFile, ...],
    about: About,
    home: Path,
    key: str,
    tell: Progress,
    settled: Settled,
    watch: Watching | None = None,
) -> tuple[Warehouse, Laid]:
    """The extract laid out with its views, as an earlier run of the same key left it or anew."""
    folder = options.work / "extract"
    note = folder / "laid.json"
    if note.exists():
        said = json.loads(note.read_text("utf-8"))
        if said.pop("key") == key and options.engine == "duckdb":
            tell("接着上次的进度：数据已建库")
            warehouse = Warehouse.reopen_writable(folder / "extract.duckdb")
            _bounded(warehouse, options)
            teach(warehouse)
            return warehouse, Laid(said["rows"], tuple(said["notes"]))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tell("读入并建库")
    warehouse = Warehouse.empty(folder / "extract.duckdb")
    _bounded(warehouse, options)
    laid = lay_out(warehouse, files)
    _load_frame(warehouse, about, home, settled)
    if watch:
        watch.framed(warehouse)
    if options.engine == "spark":
        from review.engines.spark import SparkWarehouse

        warehouse = SparkWarehouse.over(warehouse, folder / "tables", options.master, options.memory)
    _view(warehouse)
    note.write_text(
        json.dumps({"key": key, "rows": laid.rows, "notes": laid.notes}, ensure_ascii=False), "utf-8"
    )
    return warehouse, laid


def widened(warehouse: Warehouse, files: tuple[ClaimFile, ...], watch: Watching) -> Laid:
    """Further stays beside those that were laid out, and the views over all of them."""
    laid = lay_in(warehouse, files)
    _load_read(warehouse)
    watch.framed(warehouse)
    _view(warehouse)
    return laid


def _view(warehouse: Warehouse) -> None:
    warehouse.build_views(_plain_views(), lazy=LAZY_VIEWS)
    warehouse.keep(
        "unmatched_stays",
        "select distinct u.table_name, c.admission_id from unmatched_items u join charges c on c.item_key = u.item_key",
    )


def _plain_views() -> list[str]:
    """All views but the one whose answer is known: repeated lines were told apart when the extract was laid out."""
    return [
        file.stem.split("_", 1)[1]
        for file in sorted(VIEWS.glob("[1-9]*.sql"))
        if "repeated_lines" not in file.stem
    ]


def _bounded(warehouse: Warehouse, options: Options) -> None:
    spill = options.work / "extract" / "spill"
    warehouse.bound_memory(options.memory)
    warehouse.run(
        "set preserve_insertion_order = false; "
        f"set temp_directory = '{str(spill).replace(chr(39), chr(39) * 2)}'"
    )


def _load_frame(warehouse: Warehouse, about: About, home: Path, settled: Settled) -> None:
    """What the extract is about, and the knowledge of its region."""
    first = warehouse.rows(
        "select fixmedins_code as code from raw_mdtrt_d where fixmedins_code is not null order by mdtrt_id limit 1"
    )
    code = about.hospital_code or (str(first[0]["code"]) if first else None)
    own = code[1:7] if code and code.startswith("H") and code[1:7].isdigit() else None
    region = about.region_code or own
    warehouse.load_rows(
        "inspection",
        [
            {
                "name": about.name,
                "region": region,
                "hospital_code": code,
                "hospital_level": about.hospital_level,
            }
        ],
    )
    rows = rows_laid_over({table: load_rows(table, home) for table in ROW_TABLES}, settled)
    warehouse.load_knowledge(tables_for_region(rows, region))
    _load_read(warehouse)
    warehouse.run(
        "create or replace table repeated_lines as select mdtrt_id, mdtrt_id as bkkp_sn from raw_mdtrt_d limit 0"
    )


def _load_read(warehouse: Warehouse) -> None:
    """What of the catalogue each item without a national code may be, and the sites that operations name."""
    warehouse.run("delete from raw_item_candidates; delete from raw_row_sites")
    warehouse.load_rows("raw_item_candidates", candidate_rows(warehouse))
    warehouse.load_rows("raw_row_sites", sites_of_rows(warehouse))
