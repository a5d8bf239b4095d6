"""What a file of tables holds and how it would be imported, shown before anything is kept.

Each sheet comes with its columns as they are proposed or were confirmed before, and with every cell and line that the
import would refuse, named by sheet, line and column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from knowledge.importing.column_proposals import (
    SURE,
    ColumnProposal,
    SheetProposal,
    day_named,
    propose,
    region_named,
)
from knowledge.importing.confirmed_mappings import Mapped, kept_mapping
from knowledge.importing.importers import finished_rows, known_sheets
from knowledge.importing.mapped_rows import Stated, lacking, mapped_lines
from knowledge.importing.rule_drafts import Draft, Rejected
from knowledge.importing.rule_sheets import are_codes, sheet_label
from knowledge.importing.sheet_kinds import sheet_kinds
from knowledge.importing.sheet_layout import SheetTable, lay_out
from knowledge.places import NATIONAL
from knowledge.readers.formulas import read_sheets_with_formulas
from knowledge.readers.sheets import Sheet
from knowledge.rows.cells import Cell, Row
from knowledge.rows.tables import ROW_TABLES

FIRST_ROWS = 8
ZEROLESS, WHOLE = 13, 15  # digits of a national item code, without its leading zeros and with them


@dataclass(frozen=True)
class SheetPreview:
    """One sheet; lines and columns are named as the spreadsheet shows them.

    `table` is the kind of table (see `sheet_kinds.yaml`), null where the sheet is no rule table. A sheet that is
    `official` needs no confirmation. `missing` is what the kind needs and neither a column nor a statement gives;
    `region` and `in_force_from` are proposed from titles. `counts` says how many rows each rule table would get,
    `problems` which cells and lines would be refused."""

    file: str
    sheet: str
    heading_row: int | None
    headings: tuple[str, ...]
    first_rows: tuple[tuple[int, tuple[str, ...]], ...]
    rows: int
    left_out: int
    table: str | None
    reason: str
    columns: tuple[ColumnProposal, ...]
    official: bool = False
    confirmed_before: Mapped | None = None
    missing: tuple[str, ...] = ()
    region: str | None = None
    in_force_from: date | None = None
    counts: Mapping[str, int] | None = None
    problems: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The headings of the columns that become no field."""
        return tuple(column.heading for column in self.columns if not column.field and column.heading)

    @property
    def sure(self) -> bool:
        """Whether nothing is left to doubt but whether it is so."""
        mapped = [column for column in self.columns if column.field]
        return self.official or (bool(mapped) and all(column.certainty == SURE for column in mapped))

    @property
    def mapping(self) -> Mapped | None:
        """The proposal as `import_rows` takes it, once a person has confirmed it."""
        columns = {column.place: column.field for column in self.columns if column.field}
        return Mapped(self.table, columns) if self.table and not self.official else None


def preview_tables(
    path: Path,
    home: Path | None = None,
    *,
    mapping: Mapping[str, Mapped] | None = None,
    stated: Stated | None = None,
    kind: str | None = None,
) -> tuple[SheetPreview, ...]:
    """Every sheet of a file. `mapping` gives the columns chosen so far, by sheet; others are proposed, for the kind of
    table that a person names or for the best.

    Raises UnreadableFile where the file cannot be read."""
    if path.suffix.lower() == ".jsonl":
        return tuple(_known(path, label, (), lines) for label, lines in known_sheets(path, ()).items())
    sheets = read_sheets_with_formulas(path)
    known = known_sheets(path, sheets)
    previews = []
    for sheet in sheets:
        label, chosen = sheet_label(path, sheet.name), (mapping or {}).get(sheet.name)
        if label in known and chosen is None and kind is None:
            previews.append(_known(path, sheet.name, sheet.rows, known[label]))
        else:
            previews.append(_proposed(path, lay_out(sheet), home, chosen, stated or Stated(), kind))
    return tuple(previews)


def _known(
    path: Path, sheet: str, rows: Sequence[tuple[str, ...]], lines: Sequence[Draft | Rejected]
) -> SheetPreview:
    """A sheet whose layout needs no confirmation, with what it gives."""
    table = lay_out(Sheet(sheet, tuple(rows)))
    finished, rejected = finished_rows(lines)
    said = "、".join(ROW_TABLES[name].says.split("；")[0] for name in finished)
    return replace(
        _plain(path, table, SheetProposal(None, f"列名是已知的格式，添加时直接导入：{said}", ())),
        rows=len(table.lines) or len(lines),
        table=next(iter(finished), None),
        official=True,
        counts={name: len(found) for name, found in finished.items()},
        problems=rejected,
    )


def _proposed(
    path: Path,
    table: SheetTable,
    home: Path | None,
    chosen: Mapped | None,
    stated: Stated,
    wanted: str | None,
) -> SheetPreview:
    if are_codes(table.headings):
        return _plain(path, table, SheetProposal(None, "是药品编码附表，随主表一起导入", ()))
    before = kept_mapping(table, home)
    mapped = chosen or (before if wanted in (None, before.kind if before else None) else None)
    proposal = _as_said(table, mapped, chosen is None) if mapped else propose(table, path.name, wanted)
    plainly = _plain(path, table, proposal)
    if proposal.kind is None:
        return plainly
    region = stated.region or (before.region if before else None) or region_named(table, path.name)
    begins = stated.in_force_from or day_named(table, path.name)
    finished, rejected = _tried(path, table, proposal, replace(stated, region=region, in_force_from=begins))
    kind = sheet_kinds()[proposal.kind]
    return replace(
        plainly,
        table=kind.name,
        confirmed_before=before,
        missing=tuple(lacking(kind, set(proposal.mapping.values()), stated)),
        region=region,
        in_force_from=begins,
        counts={name: len(found) for name, found in finished.items()},
        problems=rejected,
        notes=(*table.notes, *_code_notes(table, proposal)),
    )


def _tried(
    path: Path, table: SheetTable, proposal: SheetProposal, stated: Stated
) -> tuple[dict[str, dict[Cell, Row]], tuple[Rejected, ...]]:
    """The rows as they would be if region and day were given: what else is wrong shows before they are."""
    trial = replace(
        stated, region=stated.region or NATIONAL, in_force_from=stated.in_force_from or date.today()
    )
    kind = sheet_kinds()[str(proposal.kind)]
    if lacking(kind, set(proposal.mapping.values()), trial):
        return {}, ()
    return finished_rows(
        mapped_lines(table, sheet_label(path, table.sheet), kind, proposal.mapping, trial), by_person=True
    )


def _plain(path: Path, table: SheetTable, proposal: SheetProposal) -> SheetPreview:
    return SheetPreview(
        file=path.name,
        sheet=table.sheet,
        heading_row=table.heading_row,
        headings=table.headings,
        first_rows=table.lines[:FIRST_ROWS],
        rows=len(table.lines),
        left_out=len(table.left_out),
        table=None,
        reason=proposal.reason,
        columns=proposal.columns,
        notes=table.notes,
    )


def _as_said(table: SheetTable, mapped: Mapped, before: bool) -> SheetProposal:
    """A confirmed mapping in the form of a proposal; `before` tells one of an earlier file from a choice just made."""
    by = f"{mapped.confirmed_on} {mapped.confirmed_by or ''}".strip()
    reason = f"沿用 {by} 的确认" if before else "人工指定"
    columns = tuple(
        ColumnProposal(place, heading, mapped.columns.get(place), SURE, reason)
        if place in mapped.columns
        else ColumnProposal(place, heading)
        for place, heading in enumerate(table.headings)
    )
    return SheetProposal(mapped.kind, f"{reason}：{sheet_kinds()[mapped.kind].says}", columns)


def _code_notes(table: SheetTable, proposal: SheetProposal) -> tuple[str, ...]:
    """A column of codes that a spreadsheet took for numbers has lost its leading zeros."""
    notes = []
    for place, name in proposal.mapping.items():
        if sheet_kinds()[str(proposal.kind)].fields[name].reads not in ("code", "codes"):
            continue
        lost = sum(
            len(cells[place].strip()) == ZEROLESS and cells[place].strip().isdigit()
            for _, cells in table.lines
        )
        if lost:
            notes.append(
                f"“{table.headings[place]}”有 {lost} 个 {ZEROLESS} 位编码，像是 {WHOLE} 位的国家项目编码丢了前面的 00，"
                "将匹配不到费用；请把该列设为文本后重新导出"
            )
    return tuple(notes)
