"""Recorded answers: quotes proved against the requests they were given to, and the set that the project holds."""

import csv
import gzip
import json

import pytest
import yaml

from evals.recorded import Recorded, recorded_sets, score_recorded

LEAST_ANSWERS, LEAST_PROVEN = 40, 0.98
BLOCK = (
    "<病历-1>\n│ 【日常病程】\n1│ 诉头晕，\n2│ 血压平稳。\n│ 【化验报告：项目】\n3│ 白细胞 ｜ 6.2\n</病历-1>"
)


def written(folder, **quotes):
    """A set of one request and one answer with these quotes: name → (lines, quote)."""
    folder.mkdir()
    provenance = {"inspection": "demo/mountain-county-2024", "model": "reader", "answered_on": "2026-01-01"}
    (folder / "provenance.yaml").write_text(yaml.safe_dump(provenance), "utf-8")
    body = {"messages": [{"role": "system", "content": "问"}, {"role": "user", "content": BLOCK}]}
    with gzip.open(folder / "requests.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"custom_id": "k", "body": body}))
    said = {"all": [{"lines": lines, "quote": quote} for lines, quote in quotes.values()]}
    message = {"choices": [{"message": {"content": json.dumps(said)}}]}
    line = {"custom_id": "k", "response": {"body": message}}
    (folder / "answers.jsonl").write_text(json.dumps(line), "utf-8")
    return Recorded.read(folder)


def test_a_quote_stands_in_the_lines_it_names_and_nowhere_else(tmp_path):
    held = written(
        tmp_path / "set",
        whole=([1], "诉头晕"),
        wrapped=([1, 2], "头晕，血压平稳"),
        cell=([3], "白细胞"),
        elsewhere=([2], "诉头晕"),
        invented=([1], "诉头痛"),
        nowhere=([9], "诉头晕"),
        title=([1], "日常病程"),
    )
    stands = [held.stands(*one) for one in held.quotes()]
    assert stands == [True, True, True, False, False, False, False]


def test_quotes_are_found_at_any_depth_with_the_lines_of_their_own_name(tmp_path):
    held = written(tmp_path / "set")
    answer = {"items": [{"lines": [1], "quote": "诉头晕", "acted_lines": [2], "acted_quote": "血压平稳"}]}
    held = Recorded(**vars(held) | {"answers": {"k": json.dumps(answer)}})
    assert [(lines, quote) for _, lines, quote in held.quotes()] == [([1], "诉头晕"), ([2], "血压平稳")]


@pytest.mark.parametrize("folder", recorded_sets(), ids=lambda folder: folder.name)
def test_the_quotes_of_a_set_stand_in_its_own_requests(folder):
    held = Recorded.read(folder)
    assert {"answered_on", "reader", "seen", "model", "inspection", "not_independent"} <= set(held.provenance)
    assert len(held.answers) >= LEAST_ANSWERS and set(held.answers) <= set(held.requests)
    stands = [held.stands(*one) for one in held.quotes()]
    assert sum(stands) >= LEAST_PROVEN * len(stands) > 0


@pytest.mark.parametrize("folder", recorded_sets(), ids=lambda folder: folder.name)
def test_no_request_of_a_set_names_anybody(folder):
    held = Recorded.read(folder)
    told = "\n".join(held.requests.values())
    with (held.inspection / "claims" / "mdtrt_d.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    named = {row[name] for row in rows for name in ("psn_name", "certno", "ipt_otp_no") if row.get(name)}
    assert len(named) >= len(rows)
    assert [word for word in named if word in told] == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", recorded_sets(), ids=lambda folder: folder.name)
def test_the_answers_of_a_set_make_no_finding_worse(folder, tmp_path):
    lines = score_recorded(folder, tmp_path / "home")
    assert any(line.startswith("判断对不对") and "变差 0" in line for line in lines), lines
