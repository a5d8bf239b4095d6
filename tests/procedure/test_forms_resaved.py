"""Forms that LibreOffice saved again read as they were filled: hidden ids, days, sums, texts that look like formulas."""

import shutil
import subprocess
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from selfchecked import FINDINGS, MADE, Hands, write_form, write_results

from review.procedure.annex_paper import form_paper
from review.procedure.annex_reading import read_annex
from review.procedure.annexes import PHARMACY, Institution, annexes
from review.procedure.selfcheck_reading import read_answers
from review.reports.workbook import as_workbook

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        OFFICE is None, reason="no soffice: install libreoffice-writer-nogui and -calc-nogui to run this"
    ),
]


@pytest.fixture(scope="module")
def resaved(tmp_path_factory):
    """A filled self-check and a filled annex 3, both opened and saved by the office program in one run."""
    folder = tmp_path_factory.mktemp("resaved")
    asked = write_form(write_results(folder / "结果"), folder / "答复.xlsx")
    hands = Hands(folder / "答复.xlsx").refuse_all("f-dup", "f-stay")
    hands.write("f-dup", 认定="认可", 整改措施="=1+1 更正", 整改完成日期=date(2026, 3, 1), 已退回金额=80)
    hands.write(
        "f-stay", 认定="部分认可", 认可金额=120.1, 理由="@两日", 整改措施="-培训", 整改完成日期="2026/3/2"
    )
    hands.save()
    form = form_paper(annexes()[PHARMACY], Institution("00077", "虚构药房", "药店"), MADE, "2025 年", ())
    (folder / "附件3.xlsx").write_bytes(as_workbook(form))
    book = openpyxl.load_workbook(folder / "附件3.xlsx")
    book["填报信息"]["B3"] = datetime(2026, 3, 9)
    for row, yuan in enumerate((0.1, 0.2, 1200), start=2):
        book["附件3"].cell(row, 3).value = yuan
    book.save(folder / "附件3.xlsx")
    out = folder / "另存"
    run = [OFFICE, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/office"]
    run += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    files = [str(folder / "答复.xlsx"), str(folder / "附件3.xlsx")]
    subprocess.run([*run, *files], check=True, capture_output=True, timeout=240)
    return asked, out


def test_the_answers_read_as_they_were_filled(resaved):
    asked, out = resaved
    answers = read_answers(out / "答复.xlsx", asked)
    assert answers.faults == ()
    assert set(answers.given) == {one.id for one in FINDINGS}
    dup, stay = answers.given["f-dup"], answers.given["f-stay"]
    assert (dup.measure, dup.done, dup.returned) == ("=1+1 更正", date(2026, 3, 1), Decimal("80.00"))
    assert (stay.amount, stay.reason, stay.measure) == (Decimal("120.10"), "@两日", "-培训")
    assert stay.done == date(2026, 3, 2)


def test_the_sheet_is_still_locked_and_its_ids_hidden(resaved):
    _, out = resaved
    sheet = openpyxl.load_workbook(out / "答复.xlsx")["自查清单"]
    assert sheet.protection.sheet
    column = next(cell.column_letter for cell in sheet[1] if str(cell.value).startswith("疑点编号"))
    assert sheet.column_dimensions[column].hidden


def test_the_annex_reads_with_the_sum_the_program_computed(resaved):
    _, out = resaved
    filed = read_annex(out / "附件3.xlsx")
    assert filed.faults == ()
    assert (filed.institution.code, filed.made_at) == ("00077", datetime(2026, 3, 9))
    assert filed.total["yuan"] == Decimal("1200.30")
    assert "found" not in filed.total  # nothing above it: the sum is empty, not zero
