import subprocess
import sys

import pytest

from review import side_by_side
from review.facts.gates import letters_of
from review.side_by_side import begun, in_order

NUMBERS = list(range(40))


def square_slowly(number):
    return sum(number for _ in range(number * 50)) // 50


def refuse_seven(number):
    if number == 7:
        raise ValueError("seven")
    return number


def fail_elsewhere(number):
    if "pytest" not in sys.modules:
        raise RuntimeError("not here")
    return number * 2


@pytest.mark.parametrize("helpers", [0, 1, 3])
def test_results_come_in_the_order_of_the_arguments(helpers):
    assert list(in_order(square_slowly, NUMBERS, helpers)) == [number * number for number in NUMBERS]


def test_a_helper_gives_what_the_function_gives_here():
    with side_by_side._started() as helper:
        asked = side_by_side._asked(helper, (letters_of.__module__, "letters_of", "体温38℃"))
        helper.kill()
    assert asked == (True, letters_of("体温38℃"))


def test_what_a_helper_fails_at_is_done_here():
    assert list(in_order(fail_elsewhere, NUMBERS, 1)) == [number * 2 for number in NUMBERS]


def test_without_a_helper_that_starts_all_is_done_here(monkeypatch):
    monkeypatch.setattr(side_by_side.sys, "executable", "/nowhere/python")
    assert list(in_order(square_slowly, NUMBERS, 2)) == [number * number for number in NUMBERS]


def test_a_defect_is_told_as_if_there_were_no_helper():
    with pytest.raises(ValueError, match="seven"):
        list(in_order(refuse_seven, NUMBERS, 1))


def test_a_reader_that_stops_early_leaves_no_helper_behind():
    given = in_order(square_slowly, NUMBERS, 1)
    assert next(given) == 0
    given.close()


def test_a_helper_that_is_kept_goes_on_with_the_next_function_and_ends_with_the_last():
    texts = [f"体温{number}℃" for number in range(400)]
    with side_by_side.helpers_kept():
        assert list(in_order(letters_of, texts, 1)) == [letters_of(text) for text in texts]
        [first] = side_by_side._kept.get()
        assert list(in_order(bool, texts, 1)) == [True] * len(texts)
        assert side_by_side._kept.get() == [first] and first.poll() is None
    assert first.poll() is not None


def test_a_helper_started_early_has_imported_what_it_was_told_and_serves_what_is_within(monkeypatch):
    monkeypatch.setattr(side_by_side, "_spare_cores", lambda: 1)
    with side_by_side.helpers_kept(["review.facts.gates"]):
        [early] = side_by_side._kept.get()
        with side_by_side.helpers_kept():
            assert list(in_order(bool, NUMBERS, 1)) == [bool(number) for number in NUMBERS]
            assert side_by_side._kept.get() == [early] and early.poll() is None
        assert early.poll() is not None and side_by_side._kept.get() == []


def test_a_helper_that_cannot_import_what_it_was_told_is_no_loss(monkeypatch):
    monkeypatch.setattr(side_by_side, "_spare_cores", lambda: 1)
    with side_by_side.helpers_kept(["review.nothing_of_this_name"]):
        assert list(in_order(square_slowly, NUMBERS, 1)) == [number * number for number in NUMBERS]


def test_without_a_core_to_spare_no_helper_starts_early(monkeypatch):
    monkeypatch.setattr(side_by_side, "_spare_cores", lambda: 0)
    with side_by_side.helpers_kept(["review.facts.gates"]):
        assert side_by_side._kept.get() == []


def test_a_helper_that_is_gone_meanwhile_is_no_loss():
    with side_by_side.helpers_kept():
        list(in_order(letters_of, ["发热"] * 10, 1))
        [gone] = side_by_side._kept.get()
        gone.kill()
        assert list(in_order(bool, ["发热"] * 10, 1)) == [True] * 10


def test_threads_take_short_turns_only_while_helpers_work():
    before = sys.getswitchinterval()
    with begun(len, ["a", "bb", "ccc"], 1) as results:
        assert sys.getswitchinterval() < before
        assert list(results) == [1, 2, 3]
    assert sys.getswitchinterval() == before
    with begun(len, ["a", "bb", "ccc"], 0) as results:
        assert sys.getswitchinterval() == before and list(results) == [1, 2, 3]


def test_where_the_system_allows_no_large_pipe_a_helper_still_helps(monkeypatch):
    start = subprocess.Popen

    def refused(*given, pipesize=-1, **settings):
        if pipesize > 0:
            raise PermissionError
        return start(*given, **settings)

    monkeypatch.setattr(subprocess, "Popen", refused)
    assert list(in_order(square_slowly, NUMBERS, 1)) == [square_slowly(number) for number in NUMBERS]
