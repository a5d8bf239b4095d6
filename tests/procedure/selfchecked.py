"""An invented hospital's results folder, and hands that fill its self-check as a person would in an office program."""

import json
from datetime import datetime
from decimal import Decimal

import openpyxl

from review.engines.duckdb import Warehouse
from review.models import Basis, Finding
from review.outputs import as_json
from review.procedure.selfcheck_form import ASKED, OWN, form_of
from review.procedure.selfcheck_list import read_check_list
from review.reports.workbook import as_workbook
from review.violations import VIOLATIONS, Certainty

MADE = datetime(2026, 3, 2, 9, 30)
HOSTILE = '=HYPERLINK("http://x","点")\n+1 -2 @SUM(A1) _x0041_ \x07\u202e末'
FINDS = {"CHG-S": "split_charge", "ADM-I": "induced_admission"}  # the check of the second lacked its tables
STAYS = {  # admission: inpatient number, total, fund
    "S1": ("0000012", "1000.00", "600.00"),
    "S2": ("=1+1", "500.00", "100.00"),
    "S3": ("", None, None),
}


def finding(key, stay, violation, amount, *, fund=None, lines=(), certainty=Certainty.PROBABLE, message="文"):
    return Finding(
        key, stay, "CHG-1", VIOLATIONS[violation].family, violation, certainty, "题", message,
        charge_ids=lines, amount=None if amount is None else Decimal(amount),
        fund_amount=None if fund is None else Decimal(fund), basis=(Basis("条例", "第三十八条"),),
    )  # fmt: skip


FINDINGS = (
    finding("f-dup", "S1", "duplicate_charge", "80.00", fund="80.00", lines=("c1",), message=HOSTILE),
    finding("f-over", "S1", "over_standard_charge", "60.00", fund="60.00", lines=("c1",)),
    finding("f-stay", "S2", "low_indication_admission", "500.00", fund="100.00"),
    finding("f-line", "S2", "excessive_service", "40.00", lines=("c2",)),
    finding("f-clue", "S3", "phantom_stay", None, certainty=Certainty.CLUE),
    finding("f-doc", "S3", "documentation_defect", None),
)


def write_results(folder, findings=FINDINGS, *, code="00123", level="二级甲等", stays=STAYS):
    """What `python -m review` leaves of these findings, as far as the self-check reads it."""
    folder.mkdir(parents=True)
    warehouse = Warehouse.empty(folder / "warehouse.duckdb")
    warehouse.load_rows(
        "inspection",
        [{"name": "检查", "region": "229900", "hospital_code": code, "hospital_name": "虚构医院",
          "hospital_level": level}],
    )  # fmt: skip
    rows = [
        f"('{key}', $${number}$$, '内科', {total or 'null'}, {fund or 'null'})"
        for key, (number, total, fund) in stays.items()
    ]
    warehouse.keep(
        "admissions",
        "select admission_id, nullif(inpatient_no, '') as inpatient_no, department, null as discharge_department,"
        " '00123' as hospital_code, timestamp '2025-03-01 08:00:00' as begins_at, date '2025-03-01' as begins_on,"
        " date '2025-03-05' as ends_on, cast(total as decimal(18,4)) as total_amount,"
        " cast(fund as decimal(18,4)) as fund_amount"
        f" from (values {','.join(rows)}) as t(admission_id, inpatient_no, department, total, fund)",
    )
    warehouse.keep(
        "charges",
        "select * from (values ('S1', 'c1', 100.00), ('S2', 'c2', 40.00)) as t(admission_id, charge_id, amount)",
    )
    warehouse.keep(
        "lines_left_out",
        "select '' as admission_id, '' as charge_id, 0.0 as amount, 1 as quantity where false",
    )
    warehouse.close()
    lines = "".join(json.dumps(as_json(one), ensure_ascii=False) + "\n" for one in findings)
    (folder / "findings.jsonl").write_text(lines, "utf-8")
    checks = [
        {"admission_id": stay, "check": check, "outcome": outcome, "reason": None}
        for stay in stays
        for check, outcome in (("CHG-S", "clear"), ("ADM-I", "not_checked"))
    ]
    (folder / "checks.jsonl").write_text("".join(json.dumps(one) + "\n" for one in checks), "utf-8")
    return folder


def write_form(results, file):
    """The form of a results folder, and the list it asks."""
    asked = read_check_list(results, FINDS)
    file.write_bytes(as_workbook(form_of(asked, MADE)))
    return asked


class Hands:
    """A person at the form: writes under a heading into the row of a finding, or changes the sheet at will."""

    def __init__(self, file):
        self.file = file
        self.book = openpyxl.load_workbook(file)
        self.sheet = self.book[ASKED]
        self.own = self.book[OWN]
        self.heads = {cell.value: cell.column for cell in self.sheet[1]}

    def row(self, key):
        column = self.heads["疑点编号（请勿改）"]
        return next(n for n in range(2, self.sheet.max_row + 1) if self.sheet.cell(n, column).value == key)

    def write(self, key, **answers):
        for title, value in answers.items():
            column = next(place for head, place in self.heads.items() if head.startswith(title))
            cell = self.sheet.cell(self.row(key), column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # typed into a cell of text, as the form's are
        return self

    def refuse_all(self, *but):
        for one in FINDINGS:
            if one.id not in but:
                self.write(one.id, 认定="不认可", 理由="病历可证")
        return self

    def save(self, file=None):
        self.book.save(file or self.file)
        return file or self.file
