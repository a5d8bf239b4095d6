"""The library's page: what is held, who may change it, corrections, withdrawal, adding in the background, columns."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import Workbook

from knowledge.holding.adding import add_paths
from knowledge.holding.amending import dismiss as dismiss_file
from knowledge.holding.shelf import Shelf
from knowledge.rows.held import load_rows
from review.casework.desk import Refused
from review.chat.gaps import open_gaps, settle_gap
from review.library.additions import Additions, safe_name
from review.library.changes import MOST_FILES
from review.library.routes import add_library_routes
from review.pages.library import (
    add_from_server,
    additions,
    clear_additions,
    correct,
    dismiss,
    import_table,
    open_citation,
    open_document,
    open_holding,
    open_library,
    open_passages,
    preview,
    withdraw,
)
from review.store.accounts import ADMINISTRATOR, DEMONSTRATOR, LEADER, Person

EXPERT = Person("王敏", ("专家",))
CLERK = Person("赵晓", ("经办",))
DEMO = Person(DEMONSTRATOR, (LEADER,), demo=True)
NOTICE = (
    "某县医保局关于夜间查房的通知\n"
    "第一条 夜间查房每周不得少于两次，由值班人员在登记簿签名。\n"
    "第二条 查房登记簿保存不少于7年。\n"
    "第三条 本通知自2024年1月1日起施行。\n"
)
LATER = NOTICE.replace("两次", "三次").replace("2024年1月1日", "2025年3月1日")
BODY = NOTICE.encode()
HOSTILE = "<img src=x onerror=window.ran=1>${window.ran=1}{{7*7}}.txt"


def written(folder, name, text):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="session")
def noticed(tmp_path_factory):
    """A home folder with one local notice, and the notice as it lay."""
    home = tmp_path_factory.mktemp("noticed")
    add_paths(home, [written(home / "in", "查房通知.txt", NOTICE)])
    return home


@pytest.fixture(scope="session")
def priced(tmp_path_factory):
    """A home folder with a price table whose columns nobody has confirmed."""
    home = tmp_path_factory.mktemp("priced")
    book = Workbook()
    sheet = book.active
    sheet.title = "价格"
    sheet.append(["编码", "项目名称", "计价单位", "三级价", "备用"])
    sheet.append(["110200001", "普通门诊诊查费", "次", 10, "=1+1"])
    sheet.append(["110200002", "副主任医师诊查费", "次", "面议", "<b>x</b>"])
    book.save(home / "某市价格表.xlsx")
    add_paths(home, [home / "某市价格表.xlsx"])
    return home


def furnished(desk, home):
    for folder in ("knowledge", "tables", "waiting"):
        if (home / folder).exists():
            shutil.copytree(home / folder, desk.home / folder)


@pytest.fixture
def notice(desk, noticed):
    """The library with one local notice, and the key of its line."""
    furnished(desk, noticed)
    return next(one["key"] for one in open_library(desk, EXPERT, {})["holdings"] if not one["digest"])


@pytest.fixture
def prices(desk, priced):
    furnished(desk, priced)
    return files(desk)[0]["key"]


def files(desk):
    return [one for one in open_library(desk, EXPERT, {})["holdings"] if not one["digest"]]


def field(shown, name):
    return next(one for one in shown["fields"] if one["name"] == name)


def test_an_empty_library_holds_our_digests_and_says_so(desk, leader):
    shown = open_library(desk, leader, {})
    assert shown["holdings"]
    assert all(one["digest"] and one["state"] == "摘要" for one in shown["holdings"])
    assert (shown["changes"], shown["administers"], shown["needs_first"]) == (True, True, False)


def test_a_file_is_listed_with_title_days_passages_and_state(desk, notice):
    one = files(desk)[0]
    assert (one["title"], one["state"], one["passages"]) == ("某县医保局关于夜间查房的通知", "已入库", 3)
    assert (one["from"], one["to"], one["file"]) == ("2024-01-01", None, "查房通知.txt")


def test_nothing_the_browser_gets_tells_where_files_lie(desk, leader, noticed, prices):
    desk.additions.put([noticed / "in" / "查房通知.txt"], "陈立群")
    assert desk.additions.wait(60)
    told = [
        open_library(desk, leader, {}),
        additions(desk, leader, {}),
        *(open_holding(desk, leader, {"key": one["key"]}) for one in files(desk)),
    ]
    told += [
        open_passages(desk, leader, {"key": files(desk)[0]["key"]}),
        preview(desk, leader, {"key": prices}),
    ]
    assert str(noticed) not in json.dumps(told, ensure_ascii=False)
    assert str(desk.home) not in json.dumps(told, ensure_ascii=False)


def test_a_passage_opens_at_exactly_its_place_in_exactly_this_document(desk, leader, notice):
    listed = open_passages(desk, leader, {"key": notice, "words": "登记簿 7年"})
    assert (listed["found"], [one["name"] for one in listed["passages"]]) == (1, ["第二条"])
    call = {"key": notice, "n": listed["passages"][0]["n"], "name": "第二条"}
    clause = open_citation(desk, leader, call)
    assert "7年" in clause["text"]
    assert clause["text"][slice(*clause["span"])] == clause["text"]
    whole = open_document(desk, leader, call)
    assert any(mark["kind"] == "passage" for one in whole["sections"] for mark in one["marks"])
    with pytest.raises(Refused, match="位置变了"):
        open_citation(desk, leader, call | {"name": "第三条"})
    with pytest.raises(Refused, match="位置变了"):
        open_citation(desk, leader, call | {"n": "1"})


def test_a_correction_shows_what_was_read_and_who_changed_it(desk, leader, notice):
    shown = correct(desk, leader, {"key": notice, "field": "in_force_from", "value": "2024/2/1"})
    day = field(shown, "in_force_from")
    assert (day["value"], day["was"], day["who"]) == ("2024-02-01", "2024-01-01", "陈立群")
    assert files(desk)[0]["from"] == "2024-02-01"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("in_force_from", "下个月", "施行日期“下个月”不是日期"),
        ("in_force_to", "2020-01-01", "早于施行日期"),
        ("region", "火星", "不是六位行政区划代码"),
        ("region", "990000", "不是六位行政区划代码"),
        ("title", " ", "标题不能为空"),
        ("sha256", "0", "没有这一项"),
    ],
)
def test_a_wrong_correction_names_the_field_and_changes_nothing(desk, leader, notice, name, value, words):
    before = open_holding(desk, leader, {"key": notice})
    with pytest.raises(Refused, match=words):
        correct(desk, leader, {"key": notice, "field": name, "value": value})
    assert open_holding(desk, leader, {"key": notice}) == before


def test_a_later_version_closes_the_one_before_and_both_are_listed(desk, leader, notice, tmp_path):
    add_paths(desk.home, [written(tmp_path / "in", "查房通知2025.txt", LATER)])
    shown = open_holding(desk, leader, {"key": notice})
    assert [(one["from"], one["to"], one["here"]) for one in shown["versions"]] == [
        ("2024-01-01", "2025-02-28", True),
        ("2025-03-01", None, False),
    ]
    assert field(shown, "in_force_to")["closed"] == "2025-02-28"


def test_withdrawing_asks_for_the_title_and_takes_everything_out(desk, leader, notice):
    with pytest.raises(Refused, match="标题与这份文件不一致"):
        withdraw(desk, leader, {"key": notice, "title": "查房"})
    assert files(desk)
    withdraw(desk, leader, {"key": notice, "title": "《某县医保局关于夜间查房的通知》"})
    assert files(desk) == []
    with pytest.raises(Refused, match="已经撤回"):
        open_holding(desk, leader, {"key": notice})


def test_a_file_that_was_handed_over_goes_with_its_withdrawal_and_one_elsewhere_stays(desk, leader, tmp_path):
    ours = desk.additions.place("0" * 16, "查房通知.txt")
    ours.write_text(NOTICE, "utf-8")
    theirs = written(tmp_path / "in", "别处.txt", NOTICE.replace("夜间", "晨间"))
    add_paths(desk.home, [ours, theirs])
    for one in files(desk):
        withdraw(desk, leader, {"key": one["key"], "title": one["title"]})
    assert (ours.exists(), theirs.exists()) == (False, True)


@pytest.mark.parametrize("act", [correct, withdraw, import_table, dismiss, add_from_server, clear_additions])
@pytest.mark.parametrize(
    ("person", "words"),
    [(EXPERT, "由组长或管理员做"), (CLERK, "由组长或管理员做"), (DEMO, "第一个管理员")],
)
def test_only_leaders_and_administrators_change_the_library(desk, notice, act, person, words, tmp_path):
    call = {"key": notice, "field": "number", "value": "x", "title": files(desk)[0]["title"]}
    with pytest.raises(Refused, match=words):
        act(desk, person, call | {"path": str(tmp_path / "in")})
    assert field(open_holding(desk, person, {"key": notice}), "number")["value"] is None


def test_an_administrator_changes_and_an_expert_reads(desk, notice):
    assert correct(
        desk, Person("管", (ADMINISTRATOR,)), {"key": notice, "field": "number", "value": "某医保〔2024〕1号"}
    )
    assert open_library(desk, EXPERT, {})["changes"] is False


def test_a_digest_can_be_read_and_not_changed(desk, leader):
    digest = open_library(desk, leader, {})["holdings"][0]
    shown = open_holding(desk, leader, {"key": digest["key"]})
    assert (shown["correctable"], shown["withdrawable"]) == (False, False)
    assert open_passages(desk, leader, {"key": digest["key"]})["passages"]
    with pytest.raises(Refused, match="不是添加的文件"):
        correct(desk, leader, {"key": digest["key"], "field": "number", "value": "x"})


def test_files_are_added_in_the_background_and_each_says_what_became_of_it(desk, leader, tmp_path):
    written(tmp_path / "in", "查房通知.txt", NOTICE)
    written(tmp_path / "in", "坏.pdf", "not a pdf")
    written(tmp_path / "in", ".hidden.txt", NOTICE)
    assert add_from_server(desk, leader, {"path": str(tmp_path / "in")}) == {"ok": True, "files": 2}
    assert desk.additions.wait(120)
    lines = {one["file"]: one for one in additions(desk, leader, {})["additions"]}
    assert (lines["查房通知.txt"]["stage"], lines["查房通知.txt"]["said"]) == ("完成", "3 条")
    assert (lines["坏.pdf"]["stage"], lines["坏.pdf"]["state"]) == ("完成", "拒收")
    assert {one["state"] for one in files(desk)} == {"已入库", "拒收"}
    assert clear_additions(desk, leader, {}) == {"additions": []}


def test_the_same_content_again_changes_nothing_and_says_so(desk, leader, notice, noticed):
    before = Shelf(desk.home).stamp()
    add_from_server(desk, leader, {"path": str(noticed / "in" / "查房通知.txt")})
    assert desk.additions.wait(60)
    assert "没有变化" in additions(desk, leader, {})["additions"][-1]["said"]
    assert Shelf(desk.home).stamp() == before


def test_while_another_adds_a_change_is_refused_and_the_line_says_what_it_waits_for(
    desk, leader, notice, tmp_path
):
    shelf, held, go = Shelf(desk.home), threading.Event(), threading.Event()

    def write():
        with shelf.writing():
            held.set()
            go.wait(60)

    writer = threading.Thread(target=write)
    writer.start()
    assert held.wait(10)
    with pytest.raises(Refused, match="正在入库"):
        correct(desk, leader, {"key": notice, "field": "number", "value": "x"})
    add_from_server(desk, leader, {"path": str(written(tmp_path / "in", "另一份.txt", LATER))})
    for _ in range(200):
        said = additions(desk, leader, {})["additions"][-1]["said"]
        if "另一个添加" in said:
            break
        threading.Event().wait(0.02)
    go.set()
    writer.join()
    assert "另一个添加正在进行" in said
    assert desk.additions.wait(60)
    assert len(files(desk)) == 2


@pytest.mark.parametrize("path", ["", "relative.txt", "/no/such/file.txt"])
def test_a_server_path_that_cannot_be_used_says_what_to_do(desk, leader, path):
    with pytest.raises(Refused, match="路径"):
        add_from_server(desk, leader, {"path": path})


def test_a_folder_of_too_many_files_is_refused_with_their_number(desk, leader, tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(MOST_FILES + 1):
        (tmp_path / "in" / f"{number}.txt").touch()
    with pytest.raises(Refused, match="2,001 个文件"):
        add_from_server(desk, leader, {"path": str(tmp_path / "in")})


def test_what_a_stopped_server_was_handed_is_taken_up_by_the_next(desk):
    file = desk.additions.place("0" * 16, "查房通知.txt")
    file.write_text(NOTICE, "utf-8")
    desk.additions.arrive("0" * 16, file, "陈立群", last=False)
    assert desk.additions.lines()[0]["said"] == "已收到，等同批的其他文件"
    again = Additions(desk.home)
    again.lines()
    assert again.wait(60)
    assert [one["state"] for one in files(desk)] == ["已入库"]
    third = Additions(desk.home)
    assert (third.lines(), third.busy()) == ([], False)


def test_two_files_of_one_name_in_a_batch_both_stay(desk):
    first = desk.additions.place("0" * 16, "附件.txt")
    first.write_text("一", "utf-8")
    second = desk.additions.place("0" * 16, "附件.txt")
    assert (second.name, second == first) == ("附件.txt", False)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\表\\价格.xlsx", "价格.xlsx"),
        ("..", "未命名"),
        (".隐藏.txt", "隐藏.txt"),
        ("a\x00b\n.txt", "ab.txt"),
        ("条" * 300 + ".pdf", "条" * 58 + ".pdf"),
        (HOSTILE, HOSTILE),
    ],
)
def test_a_name_never_leads_out_of_its_folder(given, name):
    assert safe_name(given) == name
    assert Path(safe_name(given)).name == safe_name(given)


def test_hostile_names_and_texts_come_back_as_they_are(desk, leader, tmp_path):
    add_paths(desk.home, [written(tmp_path / "in", HOSTILE, f"关于{HOSTILE}的通知\n第一条 {HOSTILE}\n")])
    one = files(desk)[0]
    assert one["file"] == HOSTILE
    texts = [line["text"] for line in open_passages(desk, leader, {"key": one["key"]})["passages"]]
    assert any(HOSTILE in text for text in texts)


def test_a_waiting_table_is_shown_with_proposals_doubts_and_what_would_be_refused(desk, leader, prices):
    assert files(desk)[0]["state"] == "待确认列"
    shown = preview(desk, leader, {"key": prices})
    sheet = shown["sheets"][0]
    columns = {one["heading"]: (one["field"], one["certainty"]) for one in sheet["columns"]}
    assert (sheet["kind"], sheet["rows"]) == ("price_caps", 2)
    assert columns["编码"] == ("code15", "确定")
    assert columns["备用"] == (None, None)
    assert sheet["unmapped"] == ["备用"]
    assert any("地区" in one for one in sheet["missing"])
    assert sheet["first_rows"][1]["cells"][4] == "<b>x</b>"
    assert any("第 3 行" in one["place"] and "面议" in one["reason"] for one in sheet["problems"])
    assert {one["name"] for one in shown["kinds"]} >= {"price_caps", "item_limits"}


def test_confirmed_columns_become_rows_and_the_file_says_so(desk, leader, prices):
    sheet = preview(desk, leader, {"key": prices})["sheets"][0]
    columns = {str(one["place"]): one["field"] for one in sheet["columns"] if one["field"]}
    call = {"key": prices, "sheets": {sheet["sheet"]: {"kind": "price_caps", "columns": columns}}}
    with pytest.raises(Refused, match="还缺"):
        import_table(desk, leader, call)
    done = import_table(desk, leader, call | {"region": "吉林", "from": "2024-03-01"})
    assert (done["counts"][0]["rows"], done["refused"]) == (1, 1)
    assert (files(desk)[0]["state"], files(desk)[0]["rows"]) == ("已入库", 1)
    rows = [row for row in load_rows("price_caps", desk.home) if row["code15"] == "110200001"]
    assert [row["region"] for row in rows] == ["220000"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sheets": {}}, "没有选中"),
        ({"region": "火星"}, "地区"),
        ({"region": "990000"}, "地区"),
        ({"from": "明天"}, "施行日期"),
        ({"from": "2024-03-01", "to": "2023-01-01"}, "早于施行日期"),
        ({"sheets": {"价格": {"kind": "nonsense", "columns": {}}}}, "没有这一类表"),
        ({"sheets": {"价格": {"kind": "price_caps", "columns": {"0": "nonsense"}}}}, "没有这个字段"),
        ({"sheets": {"价格": {"kind": "price_caps", "columns": {"x": "code15"}}}}, "没有这个字段"),
        ({"sheets": {"别的": {"kind": "price_caps", "columns": {"0": "code15"}}}}, "没有工作表"),
    ],
)
def test_a_wrong_confirmation_says_which_part_and_keeps_nothing(desk, leader, prices, change, words):
    columns = {"0": "code15", "1": "name", "2": "unit_std", "3": "cap_3"}
    call = {"key": prices, "sheets": {"价格": {"kind": "price_caps", "columns": columns}}}
    with pytest.raises(Refused, match=words):
        import_table(desk, leader, call | {"region": "吉林", "from": "2024-03-01"} | change)
    assert files(desk)[0]["state"] == "待确认列"


def test_a_refused_file_can_be_taken_off_the_list_and_no_other(desk, leader, notice, tmp_path):
    add_paths(desk.home, [written(tmp_path / "in", "坏.pdf", "not a pdf")])
    refused = next(one for one in files(desk) if one["state"] == "拒收")
    assert "PDF" in open_holding(desk, leader, {"key": refused["key"]})["why"]
    dismiss(desk, leader, {"key": refused["key"]})
    assert [one["key"] for one in files(desk)] == [notice]
    with pytest.raises(Refused, match="撤回"):
        dismiss(desk, leader, {"key": notice})
    with pytest.raises(LookupError):
        dismiss_file(desk.home, "elsewhere")


def test_gaps_are_counted_listed_and_settled(desk, leader):
    desk.store.talks.add_gap("王敏", "挂床几次算骗保", "2024-06-12", "220000", "库中没有。")
    assert open_library(desk, leader, {})["gaps"] == 1
    gap = open_gaps(desk, leader, {})["gaps"][0]
    assert (gap["who"], gap["question"]) == ("王敏", "挂床几次算骗保")
    settle_gap(desk, leader, {"key": gap["key"]})
    assert open_library(desk, leader, {})["gaps"] == 0
    with pytest.raises(Refused):
        open_gaps(desk, EXPERT, {})


@pytest.fixture
def client(desk):
    """The upload route alone, asked as whoever the test says."""
    app = FastAPI()
    app.state.person = None
    add_library_routes(app, desk, lambda request: app.state.person)
    return TestClient(app)


def sent(client, person, name, content=BODY, batch="0123456789abcdef", last=1):
    client.app.state.person = person
    return client.put("/library/upload", params={"name": name, "batch": batch, "last": last}, content=content)


def test_an_uploaded_file_lies_under_the_home_folder_and_is_added(desk, client, leader):
    assert sent(client, leader, "../../查房通知.txt").json() == {"ok": True}
    assert desk.additions.wait(60)
    assert [one["file"] for one in files(desk)] == ["查房通知.txt"]
    assert [one.name for one in (desk.home / "files").rglob("*.txt")] == ["查房通知.txt"]
    assert list((desk.home / "uploads").iterdir()) == []


def test_a_batch_waits_for_its_last_file(desk, client, leader):
    sent(client, leader, "查房通知.txt", last=0)
    assert (desk.additions.busy(), len(desk.additions.lines())) == (False, 1)
    sent(client, leader, "查房通知2025.txt", LATER.encode())
    assert desk.additions.wait(60)
    assert len(files(desk)) == 2


@pytest.mark.parametrize(
    ("person", "status"), [(None, 401), (EXPERT, 403), (CLERK, 403), (DEMO, 403), (Person("无", ()), 403)]
)
def test_nobody_else_uploads(desk, client, person, status):
    answer = sent(client, person, "查房通知.txt")
    assert (answer.status_code, bool(answer.json()["problem"])) == (status, True)
    assert not (desk.home / "files").exists()


@pytest.mark.parametrize(
    ("name", "content", "batch", "status", "words"),
    [
        ("程序.exe", b"MZ", "0" * 16, 400, "不支持 .exe"),
        ("没有扩展名", b"x", "0" * 16, 400, "没有扩展名"),
        ("空.txt", b"", "0" * 16, 400, "空的"),
        ("好.txt", b"x", "../../../etc", 400, "刷新"),
        ("大.txt", b"x" * 2048, "0" * 16, 413, "200 MB"),
    ],
)
def test_an_upload_that_cannot_be_taken_says_why_and_leaves_nothing(
    desk, client, leader, monkeypatch, name, content, batch, status, words
):
    monkeypatch.setattr("review.library.routes.LARGEST_FILE", 1024)
    answer = sent(client, leader, name, content, batch)
    assert answer.status_code == status
    assert words in answer.json()["problem"]
    assert [one for one in desk.home.rglob("*") if one.suffix in (".part", ".txt", ".exe")] == []
