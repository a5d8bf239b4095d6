"""The second reader over whole reviews and a real server: what rules found stays, what is answered stays, what is shown is proven."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from attacked import ATTACKS
from doubles import Credulous, Inventive, Obedient, answered, rows, told_by
from model_server import ModelServer, Reply

from review.casework.cases import open_case
from review.casework.results import open_results
from review.engines.duckdb import Warehouse
from review.judge.ledger import LEDGER, Ledger
from review.judge.stage import export_open, import_and_judge, judge_live
from review.llm import Model
from review.pipeline import review_inspection
from review.settings import PROJECT, ModelLimits

DEMO = PROJECT / "demo" / "mountain-county-2024"
SHARED = PROJECT.parent / "shared"
FREE = ModelLimits(at_once=8)

pytestmark = pytest.mark.slow


class Diligent:
    """Quotes real lines for everything it may say."""

    def __call__(self, body):
        lines = [one for text in told_by(body) for one in rows(text) if len(one[1]) > 8]
        claims = [(number, words[:40]) for number, words in lines[2:6]]
        return json.dumps(
            answered(body["response_format"]["json_schema"]["schema"], claims), ensure_ascii=False
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory, home):
    out = tmp_path_factory.mktemp("demo") / "out"
    review_inspection(DEMO, out, home=home)
    return out


@pytest.fixture
def out(reviewed, tmp_path):
    return Path(shutil.copytree(reviewed, tmp_path / "out"))


@pytest.fixture
def server():
    running = ModelServer()
    running.reply = lambda asked: Reply([Diligent()(asked)])
    yield running
    running.close()


def judged(server, out, home, limits=FREE, seconds=20.0):
    return judge_live(out, home, Model("double", server.url, seconds), limits, lambda *_: None)


def lines(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def rule_lines(out):
    return [line for line in (out / "findings.jsonl").read_bytes().splitlines() if b'"origin":"rule"' in line]


def shown(out):
    """Statements of a model with their evidence."""
    return [one for line in lines(out / "judgements.jsonl") for one in line["statements"]]


NAMED = {
    "admissions": ("person_name", "doctor", "inpatient_no"),
    "charges": ("ordering_doctor", "executor"),
    "orders": ("doctor", "executor"),
    "vitals": ("nurse",),
    "exams": ("examiner",),
    "labs": ("examiner",),
    "operations": ("surgeon",),
    "anesthesia": ("anesthetist",),
    "edits": ("editor",),
}


def identifiers(out):
    """Names and record numbers that the tables of a review hold."""
    warehouse = Warehouse.reopen(out / "warehouse.duckdb")
    found = {
        str(row["name"]).strip()
        for table, columns in NAMED.items()
        for column in columns
        for row in warehouse.rows(f"select distinct {column} as name from {table} where {column} is not null")
    }
    warehouse.close()
    return {one for one in found if len(one) > 1}


def test_answers_are_proven_written_down_and_asked_for_once(server, out, reviewed, home):
    told = judged(server, out, home)
    assert rule_lines(out) == rule_lines(reviewed)
    assert told.states["answered"] > 0
    assert shown(out)
    assert all(one["evidence"] for one in shown(out))
    before = (out / "judgements.jsonl").read_bytes()
    asked = len(server.requests)
    judged(server, out, home)
    assert len(server.requests) == asked
    assert (out / "judgements.jsonl").read_bytes() == before


def test_no_request_holds_a_name_or_number_of_a_person(server, out, home):
    judged(server, out, home)
    sent = "\n".join(text for body in server.requests for text in told_by(body))
    names = identifiers(out)
    assert len(names) > 20
    assert {name for name in names if name in sent} == set()
    assert re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)", sent) == []


def test_a_median_stay_costs_less_than_the_bound(server, out, home):
    judged(server, out, home)
    ledger = Ledger(out / LEDGER)
    stays = Counter()
    for stay, tokens in ledger._base.execute(
        "select admission_id, tokens_in from asked join requests using (key)"
    ):
        stays[stay] += tokens
    ledger.close()
    assert sorted(stays.values())[len(stays) // 2] <= 25_000 * 2  # the double counts the signs of the JSON


def test_invented_quotes_are_shown_nowhere_and_counted(server, out, home):
    double = Inventive()
    server.reply = lambda asked: Reply([double(asked)])
    told = judged(server, out, home)
    assert shown(out) == []
    assert told.findings == 0
    assert told.dropped > 50
    assert json.loads((out / "model.json").read_text("utf-8"))["dropped"] == told.dropped


FAULTS = [
    Reply(status=429),
    Reply(status=500),
    Reply(status=400),
    Reply(["太晚"], pause=3),
    Reply(["{broken"]),
    Reply(['{"other": 1}']),
    Reply(["表示同意"]),
    Reply(raw=b"<html>"),
    Reply(['{"sentences": []}'], cut=True),
    Reply([], calls=[("submit", "{}")]),
]


def test_every_fault_ends_in_a_clear_state_and_a_later_run_completes_it(server, out, reviewed, home):
    turn = iter(range(10**6))
    server.reply = lambda asked: FAULTS[next(turn) % len(FAULTS)]
    told = judged(server, out, home, seconds=1.0)
    assert rule_lines(out) == rule_lines(reviewed)
    judgements = lines(out / "judgements.jsonl")
    assert {line["state"] for line in judgements} <= {"answered", "cannot_tell", "failed", "not_asked"}
    assert all(line["reason"] for line in judgements if line["state"] in ("failed", "not_asked"))
    assert sum(told.states.values()) == len(judgements)
    assert shown(out) == []
    server.reply = lambda asked: Reply([Diligent()(asked)])
    told = judged(server, out, home)
    after = lines(out / "judgements.jsonl")
    assert told.states["not_asked"] == 0
    assert {line["reason"] for line in after if line["state"] == "failed"} <= {
        reason for reason in (line["reason"] for line in after) if reason and "两次都读不出来" in reason
    }


def test_files_through_the_air_gap_come_to_the_same_as_a_server(server, out, reviewed, home, tmp_path):
    judged(server, out, home)
    other = Path(shutil.copytree(reviewed, tmp_path / "other"))
    rounds = 0
    while export_open(other, home, "double", tmp_path / "requests.jsonl"):
        asked = lines(tmp_path / "requests.jsonl")
        said = [answer_line(one, Diligent()(one["body"])) for one in reversed(asked)]
        half = said if rounds else said[: len(said) // 2]
        (tmp_path / "answers.jsonl").write_text("\n".join(half) + "\n", "utf-8")
        taken, _ = import_and_judge(other, home, tmp_path / "answers.jsonl", FREE, lambda *_: None)
        assert taken.kept == len(half)
        rounds += 1
    assert rounds == 2
    assert lines(other / "judgements.jsonl") == lines(out / "judgements.jsonl")
    assert (other / "findings.jsonl").read_bytes() == (out / "findings.jsonl").read_bytes()


def answer_line(asked, text):
    message = {"role": "assistant", "content": text}
    body = {"model": "double", "choices": [{"index": 0, "message": message}]}
    return json.dumps(
        {"custom_id": asked["custom_id"], "response": {"status_code": 200, "body": body}}, ensure_ascii=False
    )


def test_investigations_go_on_live_and_through_files_alike(server, out, reviewed, home, tmp_path):
    def next_call(body):
        said = [one for one in body["messages"] if one["role"] == "assistant"]
        steps = [
            ("list_findings", "{}"),
            ("read_document", '{"document": "D1"}'),
            ("finish", '{"reason": "没有可以提的疑点"}'),
        ]
        return steps[min(len(said), 2)]

    def reply(asked):
        return Reply(calls=[next_call(asked)]) if "tools" in asked else Reply([Diligent()(asked)])

    server.reply = reply
    judge_live(out, home, Model("double", server.url, 20.0), FREE, lambda *_: None, inquire=True)
    live = [line for line in lines(out / "judgements.jsonl") if line["question"] == "I"]
    assert len(live) == 14
    assert {line["state"] for line in live} == {"answered"}
    other = Path(shutil.copytree(reviewed, tmp_path / "other"))
    rounds = 0
    while export_open(other, home, "double", tmp_path / "requests.jsonl", inquire=True):
        asked = lines(tmp_path / "requests.jsonl")
        said = [
            call_line(one, next_call(one["body"]))
            if "tools" in one["body"]
            else answer_line(one, Diligent()(one["body"]))
            for one in asked
        ]
        (tmp_path / "answers.jsonl").write_text("\n".join(said) + "\n", "utf-8")
        import_and_judge(other, home, tmp_path / "answers.jsonl", FREE, lambda *_: None)
        rounds += 1
    assert rounds == 3
    assert lines(other / "judgements.jsonl") == lines(out / "judgements.jsonl")


def call_line(asked, call):
    calls = [{"id": "call-0", "type": "function", "function": {"name": call[0], "arguments": call[1]}}]
    body = {
        "model": "double",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "", "tool_calls": calls}}],
    }
    return json.dumps(
        {"custom_id": asked["custom_id"], "response": {"status_code": 200, "body": body}}, ensure_ascii=False
    )


def test_the_page_of_a_case_shows_what_was_read_at_its_place_and_counts_what_was_dropped(server, out, home):
    inventive, diligent = Inventive(), Diligent()
    server.reply = lambda asked: Reply(
        [inventive(asked) if "疑点 A" in told_by(asked)[1] else diligent(asked)]
    )
    judged(server, out, home)
    results = open_results(out)
    shares = [open_case(results, stay, {}, {})["model"] for stay in results.admissions]
    views = [
        view
        for share in shares
        for view in (*share["stay"], *(v for group in share["findings"].values() for v in group))
    ]
    evidence = [item for view in views for one in view["statements"] for item in one["evidence"]]
    assert evidence
    assert all(item["place"] or item["row"] for item in evidence)
    assert sum(share["dropped"] for share in shares) == results.model["dropped"] > 0
    assert all(not share["findings"] or share["dropped"] for share in shares)
    assert {view["by"].split(" · ")[0] for view in views} == {"double"}
    results.close()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory, home):
    """The demonstration with an attack in every text document and in the names of many charge lines."""
    folder = Path(shutil.copytree(DEMO, tmp_path_factory.mktemp("attacked") / "inspection"))
    words = [one["words"] for one in ATTACKS]
    for number, file in enumerate(sorted((folder / "records").rglob("*.txt"))):
        written = file.read_bytes()
        code = "utf-8" if _is_utf8(written) else "gb18030"
        more = "\n".join(["", *words[number % 9 :: 9], ""]).encode(code, "replace")
        file.write_bytes(written + more)
    out = folder.parent / "out"
    review_inspection(folder, out, home=home)
    return out


def _is_utf8(written):
    try:
        written.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("double", [Obedient, Credulous])
def test_no_attack_moves_a_rule_finding_or_clears_one(server, attacked, home, tmp_path, double):
    out = Path(shutil.copytree(attacked, tmp_path / "out"))
    model = double([one["words"] for one in ATTACKS])
    server.reply = lambda asked: Reply([model(asked)])
    judged(server, out, home)
    assert rule_lines(out) == rule_lines(attacked)
    if double is Obedient:
        assert model.reached == []
    else:
        assert model.reached  # it did obey, and still nothing it said is shown
    assert [one for one in shown(out) if one["says"] == "against"] == []


@pytest.fixture(scope="module")
def fifty(tmp_path_factory, home):
    """A review of fifty generated stays."""
    if not SHARED.is_dir():
        pytest.skip("../shared with the reference the generator draws on is not there")
    from evals.generating.dealing import generate

    folder = tmp_path_factory.mktemp("fifty")
    generate(folder, 50, 7, "open", SHARED / "reference", "all")
    review_inspection(folder / "inspection", folder / "out", home=home)
    return folder / "out"


def test_a_second_run_after_a_kill_asks_only_what_was_not_answered(server, fifty, home, tmp_path):
    out = Path(shutil.copytree(fifty, tmp_path / "out"))
    code = (
        "import sys; from pathlib import Path; from review.judge.stage import judge_live; from review.llm import Model;"
        "from review.settings import ModelLimits;"
        f"judge_live(Path({str(out)!r}), Path({str(home)!r}), Model('double', {server.url!r}, 20.0),"
        " ModelLimits(at_once=4), lambda *_: None)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT)
    deadline = time.monotonic() + 120
    while len(server.requests) < 100 and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    ledger = Ledger(out / LEDGER)
    answered_before = ledger.spent().requests
    ledger.close()
    first = len(server.requests)
    assert 100 - 8 <= answered_before <= first
    told = judged(server, out, home)
    bodies = Counter(json.dumps(body["messages"], ensure_ascii=False) for body in server.requests)
    assert len(bodies) >= 200
    assert (
        sum(bodies.values()) - len(bodies) <= first - answered_before
    )  # only what was under way at the kill
    assert told.requests == len(bodies)
