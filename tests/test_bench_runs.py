"""The benchmarks as one command: every one has its module, a figure stands beside its floor and the last run."""

from importlib import import_module

import pytest

from evals.bench import Figure
from evals.bench import runs as bench


@pytest.mark.parametrize("name", bench.NAMES + bench.ON_REQUEST)
def test_every_benchmark_of_the_list_is_there(name):
    assert callable(import_module(f"evals.bench.{name}").measure)


def test_a_run_is_kept_and_the_next_is_compared_with_it(tmp_path, monkeypatch):
    seconds = iter([2.0, 3.0])
    monkeypatch.setattr(
        bench, "_measure", lambda name, given: iter([Figure(name, "a task", next(seconds), 0.5, "a floor")])
    )
    first = bench.run(["ocr"], tmp_path, tmp_path / "out.json")
    assert first == ["ocr        a task：2.000 秒，为“a floor”（0.500 秒）的 4.0 倍"]
    assert (tmp_path / "out.json").read_text("utf-8") == (tmp_path / "bench.json").read_text("utf-8")
    assert bench.run(["ocr"], tmp_path, None)[0].endswith("的 6.0 倍，上次 4.0 倍")


def test_a_name_that_is_none_is_refused(tmp_path):
    with pytest.raises(ValueError, match="没有“orc”这项基准"):
        bench.run(["orc"], tmp_path, None)


@pytest.mark.slow
def test_a_scanned_page_is_measured_beside_the_one_that_was_kept():
    figures = list(import_module("evals.bench.ocr").measure())
    assert [figure.bench for figure in figures] == ["ocr", "ocr"]
    assert all(figure.ratio > 1 for figure in figures)


def test_all_are_asked_for_with_one_word(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(bench, "_measure", lambda name, given: asked.append(name) or iter(()))
    bench.run(["all"], tmp_path, None)
    assert asked == [*bench.NAMES, *bench.ON_REQUEST]
