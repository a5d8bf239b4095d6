"""The masking keeps its floors on the labelled sentences and leaves nobody of the demonstration's tables in its texts."""

import pytest

from evals.masking import ALONE, BLIND, DEMO, HELD_OUT, OPEN, labelled, score_inspection, score_sentences


def test_the_labelled_sentences_are_many_and_of_many_documents():
    sentences = [*labelled(OPEN), *labelled(BLIND), *labelled(HELD_OUT)]
    assert len(sentences) >= 1000
    assert sum(not one.spans for one in sentences) >= 200
    assert len({one.document for one in sentences}) >= 30
    assert all(one.text[start:end].strip() for one in sentences for _, start, end in one.spans)


def test_the_floors_hold_for_the_admission_held_out():
    score, _, _ = score_sentences(HELD_OUT, together=True)
    assert score.below() == []


@pytest.mark.parametrize("file", [OPEN, BLIND, HELD_OUT], ids=lambda file: file.stem)
def test_the_floors_hold_for_sentences_without_their_record(file):
    score, _, _ = score_sentences(file, together=False)
    assert score.below(ALONE) == []


@pytest.mark.slow
def test_nobody_of_the_demonstration_is_left_in_its_texts(tmp_path):
    _, below = score_inspection(DEMO, tmp_path)
    assert below == []
