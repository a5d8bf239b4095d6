"""A certificate computes again elsewhere, and stands no change in any of its fields."""

import copy
import io
import json
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from drawn_hospitals import hospitals, request
from test_draw_matching import ASKED, SIX, regions

from review.__main__ import main
from review.audit import said as said_of
from review.errors import InputError, SettingsError
from review.procedure.derangement import RegionsRequest
from review.procedure.draw_certificate import Again, Occasion, certify, check, request_of, whole
from review.procedure.draw_lists import sha256_of
from review.procedure.draw_paper import paper_of
from review.reports.word import as_word
from review.settings import Settings
from review.store.entries import TrailFilter
from review.store.store import Store

OCCASION = Occasion("虚构检查", "03-11-17-22", "当日开奖号码", "某甲", "2024-06-03T09:00:00+08:00")
EXCLUDED = ("国家2023", "省级2023")
MADE = {
    "objects": (hospitals(), request(risk_share="40%", excluded=EXCLUDED)),
    "experts": (SIX, ASKED),
    "regions": (regions(6), RegionsRequest("地区", (("0州", "1州"),))),
}
FREE = {"title", "seed_source", "drawn_by", "drawn_at", "source", "again"}


def fields(value, path=()):
    """Paths of every value that is no container, and of every empty container."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from fields(inner, (*path, name))
    elif isinstance(value, list) and value:
        for place in range(len(value)):
            yield from fields(value[place], (*path, place))
    else:
        yield path


def changed(made, path):
    other = copy.deepcopy(made)
    inner = other
    for step in path[:-1]:
        inner = inner[step]
    value = inner[path[-1]]
    inner[path[-1]] = (
        not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else "改动"
    )
    return other


@pytest.fixture(scope="module", params=MADE)
def certificate(request):
    rows, asked = MADE[request.param]
    return rows, json.loads(json.dumps(certify(rows, asked, OCCASION)))


def test_a_certificate_computes_again_from_its_file(certificate):
    rows, made = certificate
    assert check(made, rows, made["hash"]) == ()
    assert request_of(made) == MADE[made["kind"]][1]


def test_each_changed_field_is_refused_and_with_a_new_hash_what_was_drawn_still_is(certificate):
    rows, made = certificate
    paths = list(fields(made))
    assert len(paths) > 25
    for path in paths:
        other = changed(made, path)
        assert whole(other), path
        assert check(other, rows), path
        assert check(other, rows, made["hash"]), path
        if path[0] == "hash":
            continue
        rehashed = {**other, "hash": sha256_of({k: v for k, v in other.items() if k != "hash"})}
        assert check(rehashed, rows, made["hash"]), path
        told_by_nothing_drawn = path[0] in FREE or path == ("list", "name")
        unused = path[0] in ("request", "kind")  # a rule that happens not to change this draw
        if not told_by_nothing_drawn and not unused:
            assert check(rehashed, rows), path


def test_a_field_taken_away_is_refused(certificate):
    rows, made = certificate
    for name in made["result"]:
        other = {**made, "result": {k: v for k, v in made["result"].items() if k != name}}
        other["hash"] = sha256_of({k: v for k, v in other.items() if k != "hash"})
        assert check(other, rows) == (f"复算的“{name}”与证书不同",)


def test_another_list_is_refused(certificate):
    rows, made = certificate
    fewer = type(rows)(rows.name, rows.key, rows.columns, rows.rows[1:])
    assert check(made, fewer) == ("名单的哈希不符：名单与抽取时不同", "名单的行数或所用的列不符")


def test_a_short_seed_and_a_redraw_without_a_reason_are_refused():
    rows, asked = MADE["regions"]
    with pytest.raises(SettingsError, match="公布的开奖号码"):
        certify(rows, asked, Occasion("虚构检查", "3", "", "某甲", OCCASION.drawn_at))
    with pytest.raises(SettingsError, match="--reason"):
        certify(rows, asked, OCCASION, Again("0" * 64, " "))


def test_the_printed_certificate_says_what_it_rests_on(certificate):
    rows, made = certificate
    document = docx.Document(io.BytesIO(as_word(paper_of(made))))
    said = "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    said = "".join(said.split()) + "".join(paragraph.text for paragraph in document.paragraphs)
    for word in (made["hash"], made["seed"], rows.sha256, "mingjian-draw/1", "复算方法", "监督人"):
        assert word in said


def test_the_printed_certificate_of_a_redraw_bears_reason_and_earlier_hash():
    rows, asked = MADE["regions"]
    made = certify(rows, asked, OCCASION, Again("a" * 64, "一地临时不能参检"))
    texts = [block.text for block in paper_of(made).blocks if hasattr(block, "text")]
    assert f"理由：一地临时不能参检\n所取代的证书：{'a' * 64}" in texts


@pytest.fixture
def folder(tmp_path, monkeypatch, capsys):
    """A folder with the list; `run` gives exit code and what was said."""
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    rows = hospitals()
    lines = [",".join(rows.columns), *(",".join(row[column] for column in rows.columns) for row in rows.rows)]
    (tmp_path / "名单.csv").write_text("\n".join(lines), "utf-8")
    people = [",".join(SIX.columns), *(",".join(row[c] for c in SIX.columns) for row in SIX.rows)]
    (tmp_path / "专家.csv").write_text("\n".join(people), "utf-8")

    def run(*arguments):
        code = main(["draw", *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out + said.err

    return run


TOLD = ("--title", "虚构检查", "--by", "某甲")
HOSPITALS = (
    "objects",
    "名单.csv",
    *TOLD,
    "--share",
    "5%",
    "--by-stratum",
    "等级",
    "--region",
    "地区",
    "--name",
    "名称",
)


def test_the_command_draws_prints_and_verifies_in_another_process(folder, tmp_path):
    code, said = folder(*HOSPITALS, "--out", "甲.json", "--seed", "03-11-17-22", "--seed-source", "开奖号码")
    assert code == 0 and "抽中 3 个" in said
    assert (tmp_path / "甲.docx").stat().st_size > 10_000
    made = json.loads((tmp_path / "甲.json").read_text("utf-8"))
    again = subprocess.run(
        [
            sys.executable,
            "-m",
            "review",
            "draw",
            "verify",
            tmp_path / "甲.json",
            tmp_path / "名单.csv",
            "--known",
            made["hash"],
        ],
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "1", "PATH": "", "MINGJIAN_HOME": str(tmp_path / "other"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert again.returncode == 0 and "逐项复算一致" in again.stdout


def test_the_command_refuses_to_replace_or_repeat_a_draw_without_a_reason(folder, tmp_path):
    assert folder(*HOSPITALS, "--out", "甲.json")[0] == 0
    first = json.loads((tmp_path / "甲.json").read_text("utf-8"))
    assert folder(*HOSPITALS, "--out", "甲.json") == (
        2,
        "不能抽取：甲.json 或同名 .docx 已存在，证书不覆盖；请换文件名，重新抽取用 --again 和 --reason。\n",
    )
    code, said = folder(*HOSPITALS, "--out", "乙.json")
    assert code == 2 and "同一名单已抽取过（证书 甲.json）" in said
    assert folder(*HOSPITALS, "--out", "乙.json", "--again", "甲.json")[0] == 2
    assert folder(*HOSPITALS, "--out", "乙.json", "--reason", "停业")[0] == 2
    assert folder(*HOSPITALS, "--out", "乙.json", "--again", "甲.json", "--reason", "一家停业")[0] == 0
    code, said = folder("verify", "乙.json", "名单.csv", "--earlier", "甲.json")
    assert code == 0 and f"理由：一家停业；所取代的证书：{first['hash']}" in said
    assert folder(*HOSPITALS, "--out", "丙.json", "--without", "甲.json", "--without", "乙.json")[0] == 0
    drawn = [
        {one["key"] for one in json.loads((tmp_path / f"{n}.json").read_text("utf-8"))["result"]["drawn"]}
        for n in "甲乙丙"
    ]
    assert not drawn[2] & (drawn[0] | drawn[1])


def test_the_command_matches_experts_and_verifies_them_against_the_objects(folder, tmp_path):
    assert folder(*HOSPITALS, "--out", "甲.json")[0] == 0
    columns = (
        "--name",
        "姓名",
        "--unit",
        "单位",
        "--region",
        "地区",
        "--load",
        "在手",
        "--interests",
        "利害",
    )
    experts = (
        "experts",
        "专家.csv",
        *TOLD,
        "--objects",
        "甲.json",
        "--need",
        "骨科",
        *columns,
        "--crosswise",
    )
    code, said = folder(*experts, "--out", "专.json")
    assert code == 0 and ("没有专家因本单位回避" in said) == (
        "本单位" not in (tmp_path / "专.json").read_text("utf-8")
    )
    assert folder("verify", "专.json", "专家.csv", "--objects", "甲.json")[0] == 0
    assert folder("verify", "专.json", "专家.csv") == (
        2,
        "不能核对：核对专家匹配还要对象的抽取证书；请补上 --objects。\n",
    )
    code, said = folder(*experts, "--out", "丙.json")
    assert code == 2 and said.endswith("请用 --again 专.json 并以 --reason 写明理由。\n")
    again = ("--again", "专.json", "--reason", "增加学科")
    code, said = folder(*experts, *again, "--need", "肿瘤", "--out", "丙.json")
    assert code == 2 and "“肿瘤”没有可匹配的专家：该学科共 0 人" in said
    assert not (tmp_path / "丙.json").exists()


def test_the_command_says_what_does_not_agree_and_ends_with_one(folder, tmp_path):
    assert folder(*HOSPITALS, "--out", "甲.json")[0] == 0
    text = (tmp_path / "甲.json").read_text("utf-8")
    (tmp_path / "改.json").write_text(text.replace("某甲", "某乙"), "utf-8")
    assert folder("verify", "改.json", "名单.csv") == (
        1,
        "不符：证书内容与它的哈希不符：证书被改过或不完整。\n",
    )
    listed = (tmp_path / "名单.csv").read_text("utf-8")
    (tmp_path / "名单.csv").write_text(listed.replace("H012", "H912"), "utf-8")
    code, said = folder("verify", "甲.json", "名单.csv")
    assert code == 1 and "名单与抽取时不同" in said


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scheme": 1}', "\u0000", "[" * 100_000])
def test_what_is_no_certificate_is_refused_in_words(folder, tmp_path, text):
    (tmp_path / "甲.json").write_text(text, "utf-8")
    code, said = folder("verify", "甲.json", "名单.csv")
    assert code == 2 and said.startswith("不能核对：") and said.endswith("。\n")


def test_a_certificate_whose_values_no_draw_writes_is_refused():
    rows, asked = MADE["objects"]
    made = certify(rows, asked, OCCASION)
    for bad in (
        {"rules": 5},
        {"size": {"kind": "share"}},
        {**made["request"], "size": {"kind": "share", "value": 5}},
    ):
        other = {**made, "request": bad}
        other["hash"] = sha256_of({k: v for k, v in other.items() if k != "hash"})
        try:
            assert check(other, rows)
        except InputError as refused:
            assert "请取未经改动的证书" in str(refused)


@pytest.mark.parametrize(
    ("listed", "words"),
    [("名单.pdf", "另存为"), ("没有.csv", "请检查文件是否存在"), ("空.csv", "不是正好一个")],
)
def test_a_list_that_cannot_be_read_is_told(folder, tmp_path, listed, words):
    (tmp_path / "名单.pdf").write_bytes(b"%PDF")
    (tmp_path / "空.csv").write_text("名称\n虚构\n", "utf-8")
    code, said = folder("objects", listed, *TOLD, "--share", "5%", "--out", "甲.json")
    assert code == 2 and words in said


def test_a_draw_is_a_line_of_the_trail_and_a_lost_certificate_is_no_way_round_it(folder, tmp_path):
    (tmp_path / "home").mkdir()
    store = Store.open(Settings.from_environment().database_url)
    assert folder(*HOSPITALS, "--out", "甲.json")[0] == 0
    first = json.loads((tmp_path / "甲.json").read_text("utf-8"))["hash"]
    (tmp_path / "甲.json").unlink()
    code, said = folder(*HOSPITALS, "--out", "乙.json")
    assert code == 2 and f"留痕记有同一名单的抽取，证书哈希 {first}" in said
    assert folder(*HOSPITALS, "--out", "乙.json", "--again", "0" * 64, "--reason", "停业")[0] == 2
    assert folder(*HOSPITALS, "--out", "乙.json", "--again", first, "--reason", "一家停业")[0] == 0
    lines = store.trail.lines(TrailFilter(act="draw"))
    assert [(line.who, line.subject, line.before) for line in lines] == [
        ("某甲", "objects", first),
        ("某甲", "objects", ""),
    ]
    assert said_of(lines[0])[1].endswith("重新抽取：一家停业")
    assert not store.trail.verify().problem
    store.close()
