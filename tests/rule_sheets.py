"""Sheets as bureaus keep their prices, for the tests of reading and confirming them."""

from datetime import date

import openpyxl

from knowledge.importing.importers import import_rows
from knowledge.importing.mapped_rows import Stated
from knowledge.importing.sheet_previews import preview_tables

PRICES = "国家编码,项目名称,计价单位,三级,二级,一级,备注"
JILIN = Stated("220000", date(2024, 1, 1))


def csv_file(tmp_path, name, *lines, encoding="utf-8-sig"):
    file = tmp_path / name
    file.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return file


def book(tmp_path, name, **sheets):
    whole = openpyxl.Workbook()
    whole.remove(whole.active)
    for title, rows in sheets.items():
        sheet = whole.create_sheet(title)
        for row in rows:
            sheet.append(row)
    whole.save(tmp_path / name)
    return tmp_path / name


def confirmed(file, home, stated=JILIN):
    """Import what the preview proposes, as a person who agrees with it."""
    mapping = {p.sheet: p.mapping for p in preview_tables(file, home) if p.mapping}
    return import_rows(file, home, mapping=mapping, stated=stated)


def fields_of(file, home=None):
    (preview,) = preview_tables(file, home)
    return preview.table, {c.heading: (c.field, c.certainty) for c in preview.columns if c.field}
