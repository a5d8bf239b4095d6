"""The chain as it is known while people work: proven in the background, followed at each asking, never taken on trust."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from test_trail import by_hand

from review.store import proving
from review.store.store import Store

SEVERAL = 12


@pytest.fixture
def written(store):
    for number in range(SEVERAL):
        store.write_trail("王敏", "export_talk", subject=str(number))
    yield store
    store.close()


def proven(store):
    """What is known once the proof that was begun has ended."""
    store.prover.begin()
    store.prover._worker.join()
    return store.prover.asked()


def test_the_first_asking_begins_a_proof_and_claims_nothing(written):
    first = written.prover.asked()
    assert first.state is None and first.walked is not None
    written.prover._worker.join()
    known = written.prover.asked()
    assert (known.state.problem, known.state.lines, known.walked) == ("", SEVERAL, None)


def test_an_asking_after_the_proof_reads_only_the_lines_since(written, monkeypatch):
    before = proven(written)
    monkeypatch.setattr(written.trail, "verify", lambda *_, **__: pytest.fail("the whole was walked again"))
    for number in range(3):
        written.write_trail("王敏", "sign_in", subject=str(number))
    known = written.prover.asked()
    assert (known.state.lines, known.whole_lines) == (SEVERAL + 3, SEVERAL)
    assert (known.state.problem, known.whole_at) == ("", before.whole_at)


@pytest.mark.parametrize("seq", range(1, SEVERAL + 1))
@pytest.mark.parametrize(
    "change", ["update trail set who = '别人' where seq = {}", "delete from trail where seq = {}"]
)
def test_the_whole_proof_finds_a_change_at_any_line_after_an_earlier_proof(written, change, seq):
    assert proven(written).state.problem == ""
    by_hand(written, change.format(seq))
    known = proven(written)
    assert known.state.problem == written.trail.verify().problem != ""


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("update trail set who = '别人' where seq = 14", 14),
        ("delete from trail where seq = 14", 14),
        ("delete from trail where seq = 15", 14),
        ("update trail set hash = '0' where seq = 12", 12),
        ("delete from trail where seq = 3", 14),
        ("delete from trail", 12),
        ("update trail_heads set lines = 5", 12),
    ],
)
def test_following_finds_a_change_after_the_proof_and_a_line_gone_before_it(written, statement, seq):
    proven(written)
    for number in range(3):
        written.write_trail("王敏", "sign_in", subject=str(number))
    by_hand(written, statement)
    known = written.prover.asked()
    assert known.state.problem and known.state.lines == seq


def test_a_change_before_the_proof_waits_for_the_whole_proof_and_the_command(written):
    proven(written)
    by_hand(written, "update trail set who = '别人' where seq = 4")
    assert written.prover.asked().state.problem == ""
    assert "第 4 条与它的哈希不符" in written.trail.verify().problem
    assert "第 4 条与它的哈希不符" in proven(written).state.problem


def test_a_break_stays_told_until_a_whole_proof_has_not_found_it(written):
    by_hand(written, "update trail set who = '别人' where seq = 4")
    assert proven(written).state.lines == 4
    with written._engine.begin() as connection:
        connection.execute(text("update trail set who = '王敏' where seq = 4"))
    assert written.prover.asked().state.lines == 4
    assert proven(written).state.problem == ""


def test_a_proof_older_than_a_day_is_made_again_by_itself(written, monkeypatch):
    whole_at = proven(written).whole_at
    by_hand(written, "update trail set who = '别人' where seq = 4")
    monkeypatch.setattr(proving, "now", lambda: whole_at + proving.TRUSTED + timedelta(seconds=1))
    written.prover.asked()
    written.prover._worker.join()
    assert written.prover.asked().state.lines == 4


def test_a_second_proof_is_not_begun_while_one_runs(written, monkeypatch):
    go, walked = threading.Event(), []
    verify = written.trail.verify

    def slowly(**said):
        walked.append(1)
        go.wait(10)
        return verify(**said)

    monkeypatch.setattr(written.trail, "verify", slowly)
    for _ in range(5):
        written.prover.begin()
    assert written.prover.asked().walked is not None
    go.set()
    written.prover._worker.join()
    assert (len(walked), written.prover.asked().state.lines) == (1, SEVERAL)


def test_a_proof_that_fails_claims_nothing_and_is_not_begun_over_and_over(written, monkeypatch):
    def failing(**_):
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr(written.trail, "verify", failing)
        known = proven(written)
        assert known.state is None and len(known.defect) == 4 and known.walked is None
        worker = written.prover._worker
        assert written.prover.asked().defect == known.defect and written.prover._worker is worker
    assert proven(written).state.problem == "" and not written.prover.asked().defect


def test_closing_ends_a_proof_that_runs(tmp_path, monkeypatch):
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    store.write_trail("王敏", "sign_in")
    begun, go = threading.Event(), threading.Event()
    verify = store.trail.verify

    def waiting(**said):
        begun.set()
        go.wait(10)
        return verify(**said)

    monkeypatch.setattr(store.trail, "verify", waiting)
    store.prover.begin()
    begun.wait(10)
    store.prover._closing.set()
    go.set()
    store.close()
    assert not store.prover._worker.is_alive()
    assert store.prover._known.state is None
    store.prover.begin()
    assert not store.prover._worker.is_alive()
