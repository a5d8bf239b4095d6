"""PDFs bent on harm: examined or refused with a sentence, in seconds, and the files after them are none the worse."""

from pathlib import Path

import pytest
from altered_pdf import record, rewrite

from evals.hostile_pdfs import MADE, MOST_MEGABYTES, MOST_SECONDS, PLAIN, examine_hostile, mutations
from knowledge.readers import UnreadableFile
from review.forensics.examiner import Examiner

SAMPLE = 60


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "源").mkdir()
    record(tmp_path / "源" / "a.pdf", 3)
    rewrite(record(tmp_path / "源" / "b.pdf"), ("118", "58"))
    return tmp_path / "源"


def test_mutations_are_the_same_from_one_seed(folder):
    assert list(mutations(folder, 12, 3)) == list(mutations(folder, 12, 3))
    assert list(mutations(folder, 12, 3)) != list(mutations(folder, 12, 4))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_bent_files_are_read_or_refused_with_a_sentence(folder):
    seen = set()
    for case in examine_hostile(folder, SAMPLE, 11):
        seen.add(case.mutation)
        assert case.seconds < MOST_SECONDS + 40  # the first waits for its process on a busy machine
        assert case.megabytes < MOST_MEGABYTES
        assert "程序在这份文件上出错" not in case.reason
        assert not case.reason or "；请" in case.reason
    assert len(seen) > (len(PLAIN) + len(MADE)) // 2


@pytest.mark.slow
def test_a_bomb_is_refused_and_the_next_file_is_examined(folder, tmp_path):
    import random

    from evals.hostile_pdfs import bomb

    bad = tmp_path / "炸.pdf"
    bad.write_bytes(bomb((folder / "a.pdf").read_bytes(), random.Random(1)))
    with Examiner() as examiner:
        with pytest.raises(UnreadableFile):
            examiner.examine(bad)
        assert [sign.after for sign in examiner.examine(folder / "b.pdf").signs] == ["58"]


def test_the_reference_folder_is_named_where_it_is_absent(tmp_path):
    with pytest.raises(FileNotFoundError, match="没有 PDF"):
        list(mutations(Path(tmp_path), 1, 1))
