"""Reading, writing and spoiling the tables of the small inspection."""

import csv
import io

from review.intake.inspection import read_inspection

A1, A2 = "900000000000000000000000000001", "900000000000000000000000000002"


def read(folder, tmp_path):
    return read_inspection(folder, cache=tmp_path / "cache")


def rows_of(path):
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def write_rows(path, rows, encoding="utf-8"):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))


def set_cell(path, row, column, value):
    rows = rows_of(path)
    rows[row - 1][rows[0].index(column)] = value
    write_rows(path, rows)
