"""A process of its own for what a bad file can upset: what it does on its request never harms the next one."""

import dataclasses
import time

import pytest

from knowledge.readers import UnreadableFile
from knowledge.readers.isolation import AHEAD, Isolated, Limits

LIMITS = Limits(seconds=20.0, private_bytes=300 * 1024**2, answer_bytes=1_000_000)


@pytest.fixture
def process():
    with Isolated("tests.misbehaving", LIMITS) as one:
        yield one


def said(outcome):
    return outcome.problem if isinstance(outcome, UnreadableFile) else outcome["said"]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (["crash"], "结构损坏或展开过大，没能看完"),
        (["flood"], "展开后占用的内存过大"),
        (["long", 900_000], "展开后占用的内存过大"),
        (["deep"], "结构嵌套过深"),
        (["defect"], "读取程序在这份文件上出错（IndexError，misbehaving.py"),
        (["refuse"], "坏了"),
    ],
)
def test_what_goes_wrong_is_told_and_the_next_request_is_answered(process, request_, reason):
    with pytest.raises(UnreadableFile) as refusal:
        process.ask(request_)
    assert refusal.value.problem.startswith(reason)
    assert refusal.value.remedy.startswith("请")
    assert process.ask(["好"])["said"] == ["好"]


def hurried(process, **limits):
    process.ask(["好"])  # started: what loading takes is not counted
    process.limits = dataclasses.replace(LIMITS, **limits)


def test_one_that_hangs_is_ended_in_time(process):
    hurried(process, seconds=1.0)
    begun = time.monotonic()
    with pytest.raises(UnreadableFile, match="用时过长"):
        process.ask(["sleep", 60])
    assert time.monotonic() - begun < 10
    process.limits = LIMITS
    assert process.ask(["好"])["said"] == ["好"]


def test_pages_done_earn_time_and_slow_pages_do_not(process):
    hurried(process, seconds=1.5, page_seconds=0.3)
    heard = []
    process.ask(["pages", 12, 0.2], turned=lambda number, count: heard.append((number, count)))
    assert heard[-1] == (12, 12)
    hurried(process, seconds=1.0, page_seconds=0.05)
    with pytest.raises(UnreadableFile, match="用时过长"):
        process.ask(["pages", 60, 0.3])


def test_the_recognition_of_a_picture_is_counted_apart(process):
    hurried(process, seconds=1.0)
    assert process.ask(["picture", 2.0])["said"] == ["picture", 2.0]
    with pytest.raises(UnreadableFile, match="用时过长"):
        process.ask(["sleep", 5])


def test_a_process_killed_between_two_requests_is_started_again(process):
    process.ask(["好"])
    process._process.kill()
    process._process.wait()
    assert process.ask(["又"])["said"] == ["又"]


def test_many_requests_come_back_in_their_order_and_only_the_bad_ones_are_refused(process):
    requests = [["crash"] if number in (3, 4, 30) else [number] for number in range(AHEAD * 3)]
    outcomes = list(process.in_order(iter(requests)))
    assert [said(outcome) for outcome in outcomes] == [
        "结构损坏或展开过大，没能看完" if request == ["crash"] else request for request in requests
    ]


def test_long_answers_do_not_lock_the_two_sides(process):
    outcomes = list(process.in_order(["long", 100_000] for _ in range(AHEAD * 2)))
    assert {len(outcome["said"]) for outcome in outcomes} == {100_000}


def test_answers_nobody_took_are_not_taken_for_those_of_the_next_request(process):
    begun = process.in_order([number] for number in range(9))
    assert next(begun)["said"] == [0]
    begun.close()
    assert process.ask(["好"])["said"] == ["好"]


def test_what_a_library_prints_does_not_get_between_the_answers(process):
    assert process.ask(["print"])["said"] == ["print"]


def test_its_memory_is_told_request_by_request(process):
    process.ask(["好"])
    assert 5 < process.peak_megabytes() < 300
