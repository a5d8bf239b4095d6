"""Turns a file of rules into typed rows kept under `<home>/tables`: published lists at once, others once confirmed.

What a file is, its headings say; the file name only helps a list to find its code sheet. A file whose columns are
uncertain is held until a person has said which is which. A file is kept whole or not at all; a line that makes no row
is listed with its place and reason. A second import changes nothing.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.importing.column_proposals import propose
from knowledge.importing.confirmed_mappings import Mapped, keep_mapping, kept_mapping
from knowledge.importing.mapped_rows import Stated, lacking, mapped_lines
from knowledge.importing.rule_drafts import Draft, Rejected
from knowledge.importing.rule_shapes import converter
from knowledge.importing.rule_sheets import SHEET_TYPES, are_codes, rule_sheets, sheet_label
from knowledge.importing.sheet_kinds import sheet_kinds
from knowledge.importing.sheet_layout import SheetTable, lay_out
from knowledge.readers.formulas import read_sheets_with_formulas
from knowledge.readers.sheets import Sheet
from knowledge.rows.cells import ANY_DAY, Cell, Row, RowError, cell_text, type_row
from knowledge.rows.held import count_new_rules, row_id_of
from knowledge.rows.merged import contradicting, joined
from knowledge.rows.sources import drop_rows, keep_rows, row_source, rows_of_source
from knowledge.rows.tables import ROW_TABLES

__all__ = ["ImportReport", "Mapped", "MappingError", "Stated", "import_rows", "withdraw_rows"]

CODES_ONLY = Rejected("整份文件", "是编码附表，随同名的主表一起导入；请导入主表")
WAITING = "待确认列"
HELD = WAITING + "：像是{kinds}；请在“依据库”页确认，或运行 python -m knowledge tables {file}"


class MappingError(ValueError):
    """A confirmation cannot be carried out; the message says what is missing and what to do."""


@dataclass(frozen=True)
class ImportReport:
    """What became of a file: rows per table, how many rules are new with it, the lines that became no row.

    `held` says which sheets gave nothing yet because a person must first confirm what their columns are."""

    file: str
    counts: dict[str, int]
    added: int
    rejected: tuple[Rejected, ...] = ()
    held: str | None = None


def import_rows(
    path: Path,
    home: Path,
    *,
    mapping: Mapping[str, Mapped] | None = None,
    stated: Stated | None = None,
) -> ImportReport | None:
    """Keep the rows of a rule file; null where it holds no rules.

    `mapping` names, by sheet, the kind and the columns that a person has confirmed; without it a file of an unknown
    layout is held, with a copy of it, unless it was confirmed before. Raises UnreadableFile where the file cannot be
    read, MappingError where a confirmation falls short: nothing is kept then."""
    sha256 = file_sha256(path)
    known = row_source(sha256, home)
    if known and known.confirmed and not mapping:
        return ImportReport(path.name, dict(known.counts), 0)
    sheets = read_sheets_with_formulas(path) if path.suffix.lower() in SHEET_TYPES else []
    known_rows = known_sheets(path, sheets)
    found = [line for lines in known_rows.values() for line in lines]
    if mapping:
        found += _confirmed(path, sheets, mapping, stated or Stated())
    rows, rejected = finished_rows(found, by_person=bool(mapping))
    before = _confirmed_before(path, sheets, home) if known and mapping else {}
    settled = {*known_rows, *before, *(sheet_label(path, name) for name in mapping or ())}
    waiting = [lay_out(sheet) for sheet in sheets if sheet_label(path, sheet.name) not in settled]
    if not rows:
        return _without_rows(path, waiting, home, rejected, confirmed=bool(mapping))
    for label in before.keys() - {sheet_label(path, name) for name in mapping or ()}:
        for table, row in before[label]:
            rows.setdefault(table, {}).setdefault(row["row_id"], row)
    kept = {table: list(by_id.values()) for table, by_id in rows.items()}
    added = sum(count_new_rules(table, found, home) for table, found in kept.items())
    keep_rows(sha256, path.name, kept, home, confirmed=bool(mapping))
    for sheet in sheets:
        if mapping and stated and sheet.name in mapping:
            keep_mapping(lay_out(sheet), mapping[sheet.name], stated.region, stated.approved_by, home)
    counts = {table: len(found) for table, found in kept.items()}
    held = _held(path, waiting, home)
    if held:
        _keep_copy(path, home)
    return ImportReport(path.name, counts, added, rejected, held)


def _confirmed_before(path: Path, sheets: Sequence[Sheet], home: Path) -> dict[str, list[tuple[str, Row]]]:
    """What a person has confirmed of the same file earlier: rows with their tables, by the label of their sheet."""
    labels = [sheet_label(path, sheet.name) for sheet in sheets]
    found: dict[str, list[tuple[str, Row]]] = {}
    for table, row in rows_of_source(file_sha256(path), home):
        label = next((one for one in labels if str(row["source_row"]).startswith(f"{one} ")), None)
        if label:
            found.setdefault(label, []).append((table, row))
    return found


def withdraw_rows(home: Path, sha256: str) -> int:
    """Take out the rows of a file by the hash of its content, and the copy that waits; how many rows it had."""
    shutil.rmtree(waiting_folder(home, sha256), ignore_errors=True)
    return drop_rows(home, sha256)


def waiting_folder(home: Path, sha256: str) -> Path:
    """Where the copy of a file is kept that waits for confirmation."""
    return home / "waiting" / sha256


def _keep_copy(path: Path, home: Path) -> None:
    folder = waiting_folder(home, file_sha256(path))
    if not folder.exists():
        draft = folder.with_name(f".{folder.name}.{os.getpid()}")
        draft.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, draft / path.name)
        try:
            os.replace(draft, folder)
        except OSError:  # another process has just kept the same content
            shutil.rmtree(draft, ignore_errors=True)


def finished_row(draft: Draft) -> Row:
    """Defaults, a name by content, and the same test every row passes on loading."""
    spec = ROW_TABLES[draft.table]
    cells: dict[str, Cell] = {
        "region": "000000",
        "authority": "national_list",
        "match": "exact",
        "certainty_ceiling": "probable",
        "state": "approved",
        "in_force_from": ANY_DAY,
        "source_doc": draft.source_doc,
        "source_passage": draft.source_passage,
        "source_row": draft.place,
        **draft.cells,
    }
    if cells["match"] == "name":
        cells["certainty_ceiling"] = "clue"
        if "drug_prefix" in (column.name for column in spec.own):
            cells["drug_prefix"] = re.escape(str(cells["generic"]))
    cells["row_id"] = "-"
    row = type_row({name: cell_text(cell) for name, cell in cells.items()}, spec, draft.place)
    return {**row, "row_id": row_id_of(draft.table, row)}


def known_sheets(path: Path, sheets: Sequence[Sheet]) -> dict[str, list[Draft | Rejected]]:
    """The rows of the sheets whose layout needs no confirmation, by the label of the sheet.

    A sheet of which no line becomes a row is not of that layout, whatever its headings."""
    found: dict[str, list[Draft | Rejected]] = {}
    for sheet in rule_sheets(path, sheets, lambda headings: converter(headings) is not None):
        convert = converter(sheet.headings)
        lines = list(convert(sheet)) if convert else []
        if path.suffix.lower() == ".jsonl" or any(isinstance(line, Draft) for line in lines):
            found[sheet.name] = lines
    return found


def _confirmed(
    path: Path, sheets: Sequence[Sheet], mapping: Mapping[str, Mapped], stated: Stated
) -> list[Draft | Rejected]:
    by_name = {sheet.name: sheet for sheet in sheets}
    found: list[Draft | Rejected] = []
    for name, mapped in mapping.items():
        if name not in by_name:
            raise MappingError(f"{path.name} 里没有工作表“{name}”；现有：{'、'.join(by_name)}。")
        table = lay_out(by_name[name])
        label = sheet_label(path, name)
        check_mapping(table, label, mapped, stated)
        found += mapped_lines(table, label, sheet_kinds()[mapped.kind], mapped.columns, stated)
    return found


def check_mapping(table: SheetTable, label: str, mapped: Mapped, stated: Stated) -> None:
    """Raises MappingError where a confirmation leaves out what the kind of table needs."""
    kind = sheet_kinds().get(mapped.kind)
    if kind is None:
        raise MappingError(f"没有“{mapped.kind}”这种表；可用：{'、'.join(sheet_kinds())}。")
    unknown = sorted(set(mapped.columns.values()) - kind.fields.keys())
    if unknown:
        raise MappingError(f"{kind.says}没有字段“{'”“'.join(unknown)}”；可用：{'、'.join(kind.fields)}。")
    beyond = [column for column in mapped.columns if not 0 <= column < len(table.headings)]
    if beyond:
        raise MappingError(f"{label} 没有第 {beyond[0] + 1} 列；表头共 {len(table.headings)} 列。")
    fields = [name for name in mapped.columns.values() if not kind.fields[name].many]
    twice = sorted({name for name in fields if fields.count(name) > 1})
    if twice:
        raise MappingError(f"{label}：两列都对应“{kind.fields[twice[0]].says}”；请只留一列。")
    missing = lacking(kind, set(mapped.columns.values()), stated)
    if missing:
        raise MappingError(
            f"{label} 作为{kind.says}还缺：{'、'.join(missing)}；请指定一列，或为整份文件写明。"
        )


def finished_rows(
    found: Iterable[Draft | Rejected], *, by_person: bool = False
) -> tuple[dict[str, dict[Cell, Row]], tuple[Rejected, ...]]:
    """The rows by table and name, and what became none. The same rule of several lines has the codes of all.

    In a table of a person's own, lines that contradict each other are refused together."""
    rows: dict[str, dict[Cell, Row]] = {}
    rejected: list[Rejected] = []
    for one in found:
        if isinstance(one, Rejected):
            rejected.append(one)
            continue
        try:
            row = finished_row(one)
        except RowError as problem:
            rejected.append(Rejected(one.place, str(problem).removeprefix(one.place)))
            continue
        held = rows.setdefault(one.table, {})
        known = held.get(row["row_id"])
        held[row["row_id"]] = joined(known, row, ROW_TABLES[one.table]) if known else row
    if by_person:
        for table, held in rows.items():
            rejected += _refused(contradicting(held.values(), ROW_TABLES[table]), held)
    return {table: held for table, held in rows.items() if held}, tuple(rejected)


def _refused(rows: Sequence[Row], held: dict[Cell, Row]) -> Iterator[Rejected]:
    for row in rows:
        del held[row["row_id"]]
        yield Rejected(str(row["source_row"]), "与另一行对同一编码的说法不同；请核对后只留一行")


def _without_rows(
    path: Path, tables: Sequence[SheetTable], home: Path, rejected: tuple[Rejected, ...], *, confirmed: bool
) -> ImportReport | None:
    """What to say of a file that gave no row: nothing, why its lines failed, or that it waits for confirmation."""
    if confirmed:
        first = f"，如{rejected[0].place}：{rejected[0].reason}" if rejected else ""
        raise MappingError(f"{path.name} 没有一行能转成规则{first}；没有导入任何内容，请核对列的对应。")
    if rejected:
        return ImportReport(path.name, {}, 0, rejected)
    if held := _held(path, tables, home):
        _keep_copy(path, home)
        return ImportReport(path.name, {}, 0, held=held)
    if any(are_codes(table.headings) for table in tables):
        return ImportReport(path.name, {}, 0, (CODES_ONLY,))
    return None


def _held(path: Path, tables: Sequence[SheetTable], home: Path) -> str | None:
    """What to say of the sheets that look like rules but whose columns nobody has confirmed."""
    kinds = {
        (kept_mapping(table, home) or propose(table, path.name)).kind
        for table in tables
        if not are_codes(table.headings)
    }
    said = "、".join(kind.says for name, kind in sheet_kinds().items() if name in kinds)
    return HELD.format(kinds=said, file=path.name) if said else None


def file_sha256(path: Path) -> str:
    """The content hash by which a file's rows are kept."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
