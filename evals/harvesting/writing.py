"""Writes an inspection anew without what identifies: the columns and texts the program reads, nothing else.

What no check reads is left behind: unknown columns, notes, files that could not be read. A page, a sheet or a scan
cannot be rewritten in place without leaving what stood there, so every document is written as its text.
"""

import csv
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import yaml

from evals.harvesting.masks import TOLD_FREELY, Masks, stay_column
from evals.harvesting.rewriting import Rewriting
from review.intake.columns import Column, shapes
from review.intake.inspection import Intake


@dataclass
class Written:
    """What became of the files: the new name of each, the texts before and after, what was left behind."""

    paths: dict[str, str] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)  # by the old name of the file
    reissued: int = 0  # documents that were no plain text
    recognised: int = 0  # of these, with pages read by recognition
    unread: int = 0


def write_case(intake: Intake, rewriting: Rewriting, masks: Masks, folder: Path) -> Written:
    """Write the inspection to a folder that is there and empty."""
    written = Written()
    _write_about(intake, rewriting, folder)
    for name, table in intake.tables.items():
        if not _is_of_records(table):
            _write_table(name, table, rewriting, masks, folder, written)
    for source in intake.sources:
        if source.read is None:
            written.unread += 1
            continue
        text, recognised = source.read.text, any(page.origin != "text" for page in source.read.pages)
        misread = masks.told(source.admission_id) if recognised else ()
        new = rewriting.text(text, masks.spans(source.admission_id, text), misread)
        place = _new_place(source.source, source.admission_id, rewriting, set(written.paths.values()))
        written.paths[source.source] = place
        written.texts[source.source] = text, new
        written.reissued += not source.source.lower().endswith((".txt", ".md", ".text"))
        written.recognised += recognised
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(new, encoding="utf-8", newline="\n")
    return written


def _write_about(intake: Intake, rewriting: Rewriting, folder: Path) -> None:
    """What the checks ask of the frame; its free words are left behind."""
    about = intake.about
    hospital = rewriting.cell("name", "text", about.hospital_name) if about.hospital_name else ""
    region = rewriting.cell("name", "text", about.region_name) if about.region_name else ""
    code = rewriting.cell("code", "code", about.hospital_code) if about.hospital_code else ""
    period = {"start": about.period_start, "end": about.period_end}
    said: dict[str, Any] = {
        "name": f"{hospital or '某医院'}检查（已去标识）",
        "region": {"code": about.region_code, "name": region},
        "hospital": {"code": code, "name": hospital},
        "hospital_level": about.hospital_level,
        "period": {key: day.isoformat() for key, day in period.items() if day},
        "notice_date": about.notice_date.isoformat() if about.notice_date else None,
    }
    kept = {key: _given(value) for key, value in said.items() if _given(value)}
    text = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False)
    (folder / "inspection.yaml").write_text(text, encoding="utf-8")


def _given(value: Any) -> Any:
    return {key: one for key, one in value.items() if one} if isinstance(value, dict) else value


def _is_of_records(table: pa.Table) -> bool:
    """Whether the admissions were read from the records' own headers, and so will be again."""
    sources = table["source"].unique().to_pylist()
    return bool(sources) and all(str(source).startswith("records/") for source in sources)


def _write_table(
    name: str, table: pa.Table, rewriting: Rewriting, masks: Masks, folder: Path, written: Written
) -> None:
    """A file for each that the table came from, so that rows keep their order."""
    shape = shapes()[name]
    columns = [one for one in shape.columns if one.required or table[one.name].null_count < table.num_rows]
    key = stay_column(shape)
    cells: dict[tuple[str, str, str], str] = {}

    def new(column: Column, cell: Any, number: str | None) -> str:
        if cell is None:
            return ""
        if column.name == "brdy":
            return rewriting.birth(cell).isoformat()
        if column.kind not in ("id", "code", "text"):
            return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)
        freely = column.name in TOLD_FREELY
        known = column.name, (number or "") if freely else "", cell
        if known not in cells:
            spans = masks.spans(number, cell) if freely else ()
            cells[known] = rewriting.cell(column.name, column.kind, cell, spans)
        return cells[known]

    sources = sorted(set(table["source"].to_pylist()))
    rows = table.to_pylist()
    for place, source in enumerate(sources, start=1):
        file = f"{shape.part}/{name}_{place:03d}.csv"
        written.paths[source] = file
        (folder / shape.part).mkdir(exist_ok=True)
        with (folder / file).open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out, lineterminator="\n")
            lines.writerow([column.name for column in columns])
            for row in rows:
                if row["source"] == source:
                    lines.writerow([new(column, row[column.name], row.get(key)) for column in columns])


def _new_place(source: str, admission: str, rewriting: Rewriting, taken: set[str]) -> str:
    """Where a document goes: under its admission, named as it was, as text."""
    *folders, file = PurePosixPath(source).parts[1:]
    if not folders or not source.startswith("records/"):
        folders = [admission]
    parts = [rewriting.cell("", "id", part) for part in folders]
    stem = rewriting.text(PurePosixPath(file).stem)
    place = "/".join(["records", *parts, f"{stem}.txt"])
    number = 2
    while place in taken:
        place, number = "/".join(["records", *parts, f"{stem} {number}.txt"]), number + 1
    return place
