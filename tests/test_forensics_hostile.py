"""PDFs bent on harm: examined or refused with a sentence, in seconds, and the files after them are none the worse."""

import random
from pathlib import Path

import pytest
from altered_pdf import record, rewrite

from evals.bent_pdfs import MADE, PLAIN, bomb, mutations
from evals.hostile_pdfs import DEFECT, MOST_MEGABYTES, MOST_SECONDS, kept, run, summary
from knowledge.readers import UnreadableFile
from knowledge.readers.isolated import IsolatedReader
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
def test_bent_files_are_read_or_refused_with_a_sentence(folder, tmp_path):
    lines = run(folder, SAMPLE, 11, tmp_path / "cases.jsonl", tmp_path / "cache", workers=2)
    cases = list(kept(tmp_path / "cases.jsonl"))
    assert sorted(case.number for case in cases) == list(range(SAMPLE))
    for case in cases:
        assert (
            case.seconds < MOST_SECONDS + 5
        )  # a busy machine adds to the limit what it takes to end a process
        assert case.megabytes < MOST_MEGABYTES
        for reason in (case.refused, case.unexamined):
            assert DEFECT not in reason
            assert not reason or "；请" in reason
    assert len({case.mutation for case in cases}) > (len(PLAIN) + len(MADE)) // 2
    assert "缺陷 0 份" in lines[0]


@pytest.mark.slow
def test_a_list_that_was_cut_off_is_gone_on_with(folder, tmp_path):
    out = tmp_path / "cases.jsonl"
    whole = run(folder, 3, 5, out, tmp_path / "cache")
    lines = out.read_text("utf-8").splitlines(keepends=True)
    out.write_text(lines[0] + lines[1][:40], "utf-8")
    again = run(folder, 3, 5, out, tmp_path / "cache")
    cases = list(kept(out))
    assert sorted(case.number for case in cases) == [0, 1, 2]
    assert whole[0] == again[0] == summary(cases)[0]


@pytest.mark.slow
def test_a_bomb_is_refused_and_the_next_file_is_read_and_examined(folder, tmp_path):
    bad = tmp_path / "炸.pdf"
    bad.write_bytes(bomb((folder / "a.pdf").read_bytes(), random.Random(1)))
    with Examiner() as examiner, IsolatedReader() as reader:
        with pytest.raises(UnreadableFile):
            examiner.examine(bad)
        assert [sign.after for sign in examiner.examine(folder / "b.pdf").signs] == ["58"]
        first, then = reader.read_all([bad, folder / "b.pdf"], None)
        assert isinstance(first, UnreadableFile) or not first.text.strip()
        assert "58" in then.text


def test_the_reference_folder_is_named_where_it_is_absent(tmp_path):
    with pytest.raises(FileNotFoundError, match="没有 PDF"):
        list(mutations(Path(tmp_path), 1, 1))
