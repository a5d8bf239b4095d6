"""Two files held against each other, and the examiner in a process of its own."""

from dataclasses import replace
from pathlib import Path

import pytest
from altered_pdf import record, rewrite

from knowledge.readers import UnreadableFile
from review.forensics import PAGE_ADDED
from review.forensics.examination import compare_files, examine
from review.forensics.examiner import LIMITS, Examiner

PDFS = Path(__file__).parent.parent.parent / "shared" / "reference" / "pdf"
WHEN = b"20250306093000"
needs_reference = pytest.mark.skipif(not PDFS.is_dir(), reason="没有 ../shared/reference/pdf")


@pytest.fixture
def file(tmp_path):
    return record(tmp_path / "出院记录.pdf")


@needs_reference
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("cert", [("姓名", "Alex", "Jane"), ("日期", "2023-04-15", "2025-12-31"), ("文字", "Basic", "Expert")]),
        (
            "degree",
            [("姓名", "Carter", "Smith"), ("文字", "Greenfield", "Fakefield"), ("日期", "2023-05-01", "2022-04-20"),
             ("文字", "Official", "Fake")],
        ),
        ("transcript", [("数值", "3.8", "4.0"), ("文字", "", ", 'Machine Learning: A+'")]),
    ],
)  # fmt: skip
def test_two_files_are_compared_word_by_word(name, changes):
    told = compare_files(
        *(PDFS / "tampered" / f"saksham_{name}_{which}.pdf" for which in ("original", "tampered"))
    )
    assert [(sign.what, sign.before, sign.after) for sign in told.signs] == changes


def test_two_files_of_which_one_has_a_page_more_are_compared_page_by_page(tmp_path):
    one, other = record(tmp_path / "a.pdf", 2), record(tmp_path / "b.pdf", 3)
    told = compare_files(one, other)
    assert [(sign.how, sign.page) for sign in told.signs] == [(PAGE_ADDED, 3)]


def test_the_examiner_says_the_same_from_a_process_of_its_own(file):
    rewrite(file, ("118", "58"), when=WHEN)
    with Examiner() as examiner:
        assert examiner.examine(file) == examine(file)


def test_the_examiner_refuses_what_takes_too_long_and_goes_on(file, tmp_path):
    with Examiner() as examiner:
        examiner.examine(file)
        examiner._process.limits = replace(LIMITS, seconds=0.0)
        with pytest.raises(UnreadableFile, match="用时过长"):
            examiner.examine(file)
        examiner._process.limits = LIMITS
        assert examiner.examine(file).pages == 1
        (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
        with pytest.raises(UnreadableFile, match="损坏"):
            examiner.examine(tmp_path / "坏.pdf")
