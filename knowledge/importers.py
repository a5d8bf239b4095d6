"""Turns a file of official or working rules into typed rows under `<home>/tables`.

What a file is, its headings say; the file name only helps a list to find its code sheet. The same rule read
from a spreadsheet, its text twin and a full extract becomes one row, and a second import changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knowledge import official_rows, point_rows, working_rows
from knowledge.merged_rows import cell_text, merge_rows
from knowledge.row_cells import ANY_DAY, Cell, Row
from knowledge.row_tables import ROW_TABLES
from knowledge.rows import RowError, row_id_of, type_row
from knowledge.rule_drafts import Converted, Draft, Rejected, RuleSheet
from knowledge.rule_sheets import is_code_list, rule_sheets

KINDS: tuple[tuple[set[str], Callable[[RuleSheet], Converted]], ...] = (
    ({"药品通用名", "药品说明", "限定类型"}, official_rows.drug_lines),
    ({"项目名称", "国标代码", "限定类型"}, official_rows.item_lines),
    ({"频度", "主项名称", "主项编码", "从项名称", "从项编码", "备注"}, official_rows.pair_lines),
    ({"项目名称", "限制数量", "数量单位", "项目编码"}, official_rows.frequency_lines),
    ({"项目名称", "频次上限", "疗程周期", "项目代码"}, official_rows.period_lines),
    ({"项目名称", "备注", "项目代码"}, official_rows.course_lines),
    ({"rule_class", "item_name", "constraint", "med_codes"}, point_rows.tsv_lines),
    (point_rows.POINT_KEYS, point_rows.point_lines),
    *working_rows.KINDS,
)
CODES_ONLY = Rejected("整份文件", "是编码附表，随同名的主表一起导入；请导入主表")
HEADINGS = tuple(needed for needed, _ in KINDS)


@dataclass(frozen=True)
class ImportReport:
    """What became of a file: rows per table as they now stand from it, and the lines that became no row."""

    file: str
    counts: dict[str, int]
    added: int
    rejected: tuple[Rejected, ...] = ()


def import_rows(path: Path, home: Path) -> ImportReport | None:
    """Read a rule file and merge its rows into the tables under `home`; None where it holds no rules."""
    recognised = [(sheet, convert) for sheet in rule_sheets(path, HEADINGS) if (convert := _converter(sheet))]
    if not recognised:
        return ImportReport(path.name, {}, 0, (CODES_ONLY,)) if is_code_list(path) else None
    rows: dict[str, list[Row]] = {}
    rejected: list[Rejected] = []
    for sheet, convert in recognised:
        for found in convert(sheet):
            if isinstance(found, Rejected):
                rejected.append(found)
                continue
            try:
                rows.setdefault(found.table, []).append(finished_row(found))
            except RowError as problem:
                rejected.append(Rejected(found.place, str(problem)))
    added = sum(merge_rows(table, found, home) for table, found in rows.items())
    counts = {table: len({row["row_id"] for row in found}) for table, found in rows.items()}
    return ImportReport(path.name, counts, added, tuple(rejected))


def _converter(sheet: RuleSheet) -> Callable[[RuleSheet], Converted] | None:
    present = set(sheet.headings)
    return next((convert for needed, convert in KINDS if needed <= present), None)


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
    cells["row_id"] = row_id_of(draft.table, cells)
    return type_row({name: cell_text(cell) for name, cell in cells.items()}, spec, draft.place, 0)
