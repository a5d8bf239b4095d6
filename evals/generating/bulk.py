"""The claims extract alone at any size, as Parquet: stays made once are copied, vectorised, chunk by chunk.

Each scenario that claims alone decide is made in several variants; an admission is a copy of a variant under its own
numbers, ordinary ones on their own dates. About one admission in twenty is planted, a little more nearly miss.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evals.generating.admitting import Admitter, kinds
from evals.generating.bulk_lines import LineStore
from evals.generating.bureau import write_sheets
from evals.generating.dealing import DECLARING
from evals.generating.filling import fill_up
from evals.generating.irregular import irregular
from evals.generating.labels import Label
from evals.generating.reference import NeedsReference, Reference
from evals.generating.scenarios import REGISTRY, Made, Scenario
from evals.generating.site import REGION
from evals.generating.stay import Stay
from evals.generating.writing import admission_row, settlement_numbers, settlement_rows

VARIANTS, CHUNK = (24, 8), 4000  # ordinary stays of a kind, stays of a scenario; admissions written at once
SHARES = {"plant": 0.05, "near_miss": 0.06}
MOVED_DAYS = 300
TIMES = ("begntime", "endtime", "die_date")
assert DECLARING  # the scenarios register themselves when their modules are read


@dataclass(frozen=True)
class Variant:
    """One group of stays to be copied; `first` is the place of its first stay among all stays."""

    made: Made
    first: int
    scenario: Scenario | None = None


@dataclass(frozen=True)
class Library:
    """Every variant by its role, their stays in one row, and their lines in one store."""

    variants: dict[str, list[Variant]]
    stays: Sequence[Stay]
    lines: LineStore
    left_out: int


def generate_lines(
    out: Path,
    admissions: int,
    seed: int,
    half: str,
    reference_folder: Path,
    variants: tuple[int, int] = VARIANTS,
) -> list[str]:
    """Writes `out/claims/*.parquet`, `out/labels.jsonl`, `out/tables`; without the reference, no plant of its lists."""
    has_lists = (reference_folder / "catalogues").is_dir()
    reference = Reference.open(reference_folder, seed, half) if has_lists else Reference.without(seed, half)
    library = _library(seed, half, reference, variants)
    claims = out / "claims"
    claims.mkdir(parents=True, exist_ok=True)
    lines = copied = 0
    random = np.random.default_rng([seed, half == "sealed"])
    tables = _Tables(claims)
    with (out / "labels.jsonl").open("w", encoding="utf-8") as labels, tables:
        for begin in range(0, admissions, CHUNK):
            chosen = _choose(library, random, begin, min(CHUNK, admissions - begin))
            copies = list(_copies(library, chosen, begin, half))
            labels.writelines(copy.label.line() + "\n" for copy in copies if copy.label)
            tables.write(library, copies)
            lines += library.lines.write(tables.lines, copies)
            copied += len(copies)
    if has_lists:
        write_sheets(reference, out / "tables")
    said = [
        f"已生成 {copied} 次住院、{lines} 条费用（只有结算数据）：{claims}",
        f"标注：{out / 'labels.jsonl'}",
    ]
    if library.left_out:
        said.append(
            f"没有参考资料，{library.left_out} 种取自名单的场景未种植；用 --reference 指到参考资料文件夹。"
        )
    return said


def _library(seed: int, half: str, reference: Reference, variants: tuple[int, int]) -> Library:
    found: dict[str, list[Variant]] = {"clean": [], "plant": [], "near_miss": []}
    stays: list[Stay] = []
    left_out = 0

    def keep(role: str, made: Made, scenario: Scenario | None) -> None:
        for stay in made.stays:
            fill_up(stay)
        found[role].append(Variant(made, len(stays), scenario))
        stays.extend(made.stays)

    for kind in kinds():
        for number in range(variants[0]):
            stay = _admitter(seed, half, kind["kind"], number).stay(kind["kind"])
            irregular(stay)
            keep("clean", Made([stay]), None)
    for scenario in (*REGISTRY.plants, *REGISTRY.near_misses):
        if not scenario.claims:
            continue
        try:
            for number in range(variants[1]):
                admit = _admitter(seed, half, scenario.check + scenario.name, number)
                keep("plant" if scenario.is_plant else "near_miss", scenario.make(admit, reference), scenario)
        except NeedsReference:
            left_out += 1
    return Library(found, stays, LineStore.of(stays), left_out)


def _admitter(seed: int, half: str, what: str, number: int) -> Admitter:
    place = int(hashlib.sha256(what.encode()).hexdigest()[:6], 16) % 90000
    return Admitter(place, Random(f"{seed}:{half}:{what}:{number}"))


@dataclass(frozen=True)
class Copy:
    """One admission of the extract: which stay it copies, under which number, how many days later."""

    stay: int
    admission_id: str
    person: str
    shift: int
    label: Label | None


def _choose(
    library: Library, random: np.random.Generator, begin: int, count: int
) -> list[tuple[Variant, str, int]]:
    draws, picks = random.random(count), random.random(count)
    moves = random.integers(0, MOVED_DAYS, count)
    chosen = []
    for place in range(count):
        role = "plant" if draws[place] < SHARES["plant"] else "clean"
        role = "near_miss" if role == "clean" and draws[place] < sum(SHARES.values()) else role
        pool = library.variants[role]
        variant = pool[int(picks[place] * len(pool))]
        chosen.append((variant, role, int(moves[place]) - MOVED_DAYS // 2 if role == "clean" else 0))
    return chosen


def _copies(
    library: Library, chosen: Sequence[tuple[Variant, str, int]], begin: int, half: str
) -> Iterator[Copy]:
    for place, (variant, role, shift) in enumerate(chosen, begin):
        for turn, stay in enumerate(variant.made.stays):
            day = stay.begin + timedelta(days=shift)
            number = f"{REGION}{day:%Y%m%d}{place:08d}{turn}"
            last = turn + 1 == len(variant.made.stays)
            label = _label(variant, role, half, number) if last else None
            yield Copy(variant.first + turn, number, f"P{REGION}{place:09d}", shift, label)


def _label(variant: Variant, role: str, half: str, number: str) -> Label:
    if variant.scenario is None:
        return Label("clean", number, half)
    said = variant.scenario.label(variant.made, half)
    renamed = {
        name: tuple(number + line[-6:] for line in getattr(said, name))
        for name in ("charge_ids", "related_ids")
    }
    return replace(said, admission_id=number, **renamed)  # type: ignore[arg-type]


class _Tables:
    """The Parquet files of the extract, written chunk by chunk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, pq.ParquetWriter] = {}
        self._money: dict[int, list[dict[str, Any]]] = {}
        self.lines = self.write_table

    def __enter__(self) -> "_Tables":
        return self

    def __exit__(self, *problem: object) -> None:
        for writer in self._open.values():
            writer.close()

    def write_table(self, name: str, table: pa.Table) -> None:
        if name not in self._open:
            self._open[name] = pq.ParquetWriter(
                self._folder / f"{name}.parquet", table.schema, compression="zstd"
            )
        self._open[name].write_table(table)

    def write(self, library: Library, copies: Sequence[Copy]) -> None:
        rows: dict[str, list[dict[str, Any]]] = {
            "mdtrt_d": [],
            "setl_d": [],
            "setl_list_diag_d": [],
            "setl_list_oprn_d": [],
        }
        for copy in copies:
            stay = library.stays[copy.stay]
            moved = _moved(stay, copy)
            whose = {"mdtrt_id": copy.admission_id, "setl_id": settlement_numbers(moved)[-1]}
            rows["mdtrt_d"].append(dict(admission_row(moved)))
            rows["setl_d"].extend(self._settlements(moved, copy))
            for place, (code, name) in enumerate(stay.diagnoses):
                said = {
                    "diag_type": "1",
                    "maindiag_flag": str(int(place == 0)),
                    "diag_code": code,
                    "diag_name": name,
                }
                rows["setl_list_diag_d"].append(whose | said | {"adm_cond_type": "1"})
            rows["setl_list_oprn_d"].extend(
                whose | _moved_operation(row, copy.shift) for row in stay.coded_operations
            )
        for name, found in rows.items():
            if found:
                self.write_table(name, _text_table(found))

    def _settlements(self, moved: Stay, copy: Copy) -> Iterator[dict[str, Any]]:
        """The settlements of a copy: the sums of its stay, worked out once, under its own numbers and dates."""
        numbers = settlement_numbers(moved)
        if copy.stay not in self._money:
            self._money[copy.stay] = [dict(row) for row in settlement_rows(moved, numbers)]
        begin = moved.begin
        for number, end, row in zip(
            numbers, moved.settlement_ends or [moved.end], self._money[copy.stay], strict=True
        ):
            named = {"setl_id": number, "mdtrt_id": copy.admission_id, "psn_no": copy.person}
            dated = {
                "begndate": f"{begin:%Y-%m-%d}",
                "enddate": f"{end:%Y-%m-%d}",
                "setl_time": f"{end:%Y-%m-%d} 16:20:00",
            }
            yield row | named | dated
            begin = end


def _moved(stay: Stay, copy: Copy) -> Stay:
    days = timedelta(days=copy.shift)
    return replace(
        stay,
        admission_id=copy.admission_id,
        person=replace(stay.person, number=copy.person),
        begin=stay.begin + days,
        end=stay.end + days,
        died=stay.died + days if stay.died else None,
        settlement_ends=[end + days for end in stay.settlement_ends],
    )


def _moved_operation(row: dict[str, str], shift: int) -> dict[str, str]:
    def moved(text: str) -> str:
        moment = datetime.fromisoformat(text) + timedelta(days=shift)
        return f"{moment:%Y-%m-%d}" if len(text) == 10 else f"{moment:%Y-%m-%d %H:%M:%S}"

    return {
        name: moved(text) if text and ("time" in name or name.endswith("date")) else text
        for name, text in row.items()
    }


def _text_table(rows: list[dict[str, Any]]) -> pa.Table:
    columns = {name: pa.array([str(row[name]) for row in rows], pa.string()) for name in rows[0]}
    for name in TIMES:
        if name in columns:
            texts = [datetime.fromisoformat(str(row[name])) if row[name] else None for row in rows]
            columns[name] = pa.array(texts, pa.timestamp("s"))
    return pa.table(columns)
