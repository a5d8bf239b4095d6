"""LibreOffice opens every hostile file, and what it prints is what was written: nothing computed, 草稿 on every page."""

import shutil
import subprocess

import pypdfium2
import pytest
from hostile_paper import hostile_paper

from review.reports.word import as_word
from review.reports.workbook import as_workbook

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        OFFICE is None, reason="no soffice: install libreoffice-writer-nogui and -calc-nogui to run this"
    ),
]


@pytest.fixture(scope="module", params=["docx", "xlsx"])
def pages(request, tmp_path_factory):
    """The text of every printed page."""
    folder = tmp_path_factory.mktemp("opened")
    file = folder / f"paper.{request.param}"
    paper = hostile_paper(300)
    file.write_bytes(as_word(paper) if request.param == "docx" else as_workbook(paper))
    home = f"-env:UserInstallation=file://{folder}/office"
    run = [
        OFFICE,
        "--headless",
        "--norestore",
        home,
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(file),
    ]
    subprocess.run(run, check=True, capture_output=True, timeout=240)
    printed = pypdfium2.PdfDocument(folder / "paper.pdf")
    # a program sets Chinese and Latin letters apart, and breaks lines where it likes
    texts = ["".join(page.get_textpage().get_text_bounded().split()) for page in printed]
    printed.close()
    return texts


def test_the_file_opens_and_every_page_says_draft_and_its_number(pages):
    assert len(pages) > 5
    for number, text in enumerate(pages, start=1):
        assert "草稿" in text
        assert f"第{number}页" in text


def test_nothing_is_computed(pages):
    whole = "\n".join(pages)
    for formula in ("=1+1", "=cmd|'/Ccalc'!A0", "@SUM(A1:A9)", "#REF!", "-2+3"):
        assert formula in whole
    assert "Err:" not in whole
    assert "#NAME?" not in whole


def test_days_yuan_and_rare_letters_are_printed_and_nothing_is_hidden_by_a_narrow_column(pages):
    whole = "\n".join(pages)
    for words in ("1,234.50", "2024-02-29", "2026-03-0109:30", "野家", "〔U+007F〕"):
        assert words in whole
    assert "###" not in whole


def test_the_head_of_a_long_table_stands_on_every_page_of_it(pages):
    of_lines = [text for text in pages if "项目299" in text or "项目150" in text]
    assert of_lines
    assert all("项目" in text and "金额" in text for text in of_lines)
