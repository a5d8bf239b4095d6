"""项目对码 on the inspections page: which items have no national code, what a leader says of them, and the undo."""

import csv
import json
import shutil

import pytest
from demonstration import DEMO

from review.casework.desk import Desk, Refused
from review.casework.runs import Runs
from review.items.choices import choose_item, open_items, search_items, undo_item
from review.pages.inspections import HANDLERS
from review.pipeline import review_inspection
from review.store.accounts import Accounts
from review.store.store import Store, new_key

UNCODED = {"血细胞分析": "全血细胞分析(五分类)", "Ⅱ级护理": "二级护理(日)"}


def without_codes(folder):
    """The demonstration as a hospital without national codes for some of its items hands it over."""
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("records", "expected.json"))
    for file in folder.glob("claims/fee_list_d*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            if row["hilist_name"] in UNCODED:
                row |= {"med_list_codg": "", "hilist_code": "", "hilist_name": ""}
                row["medins_list_name"] = UNCODED[row["medins_list_name"]]
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def reviewed_without_codes(tmp_path_factory):
    home = tmp_path_factory.mktemp("uncoded")
    folder = without_codes(home / "inspection")
    review_inspection(folder, home / "out", home=home)
    return folder, home / "out"


@pytest.fixture
def desk(tmp_path, reviewed_without_codes):
    folder, out = reviewed_without_codes
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    runs = Runs(store, tmp_path, review_inspection)
    desk = Desk(store, Accounts(store, "127.0.0.1"), runs, tmp_path)
    key = store.add_inspection("无码检查", "山岭县人民医院", folder, "演示", demo=True)
    shutil.copytree(out, runs.out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    yield desk
    desk.results(desk.inspection(key)).close()
    store.close()


def items_of(desk, leader, key):
    return {item["name"]: item for item in open_items(desk, leader, {"inspection": key})["items"]}


def test_the_items_without_a_national_code_come_by_yuan_with_their_candidates(desk, leader, key):
    shown = open_items(desk, leader, {"inspection": key})
    assert {item["name"] for item in shown["items"]} == set(UNCODED.values())
    yuan = [float(item["yuan"]) for item in shown["items"]]
    assert yuan == sorted(yuan, reverse=True) and all(amount > 0 for amount in yuan)
    for item in shown["items"]:
        assert item["candidates"] and all(one["why"] and 0 < one["score"] <= 1 for one in item["candidates"])
    json.dumps(shown, allow_nan=False)


def test_a_choice_is_kept_with_its_maker_and_taken_back_by_him_alone(desk, leader, key):
    item = items_of(desk, leader, key)["全血细胞分析(五分类)"]
    press = {
        "inspection": key,
        "item": item["id"],
        "code": item["candidates"][0]["code"],
        "quality": "narrower",
    }
    said = choose_item(desk, leader, press | {"press": new_key()})["item"]
    assert (said["state"], said["chosen"]["who"], said["chosen"]["quality"]) == (
        "已确认",
        "陈立群",
        "院内较窄",
    )
    assert open_items(desk, leader, {"inspection": key})["changed"] == 1
    assert undo_item(desk, leader, {"inspection": key, "press": new_key()})["undone"] == item["name"]
    assert items_of(desk, leader, key)[item["name"]]["chosen"] is None
    assert undo_item(desk, leader, {"inspection": key, "press": new_key()})["undone"] is None


def test_that_the_catalogue_has_none_is_a_choice_too(desk, leader, key):
    item = items_of(desk, leader, key)["全血细胞分析(五分类)"]
    call = {"inspection": key, "item": item["id"], "code": "", "press": new_key()}
    assert choose_item(desk, leader, call)["item"]["chosen"]["code"] == ""


def test_the_catalogue_is_searched_by_words_and_by_the_beginning_of_a_code(desk, leader, key):
    by_words = search_items(desk, leader, {"inspection": key, "words": "急诊监护"})["candidates"]
    assert by_words[0]["name"] == "急诊监护费"
    by_code = search_items(desk, leader, {"inspection": key, "words": by_words[0]["code"][:11]})["candidates"]
    assert by_words[0]["code"] in {one["code"] for one in by_code}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"item": "no"}, "没有编号为"),
        ({"code": "999999999999999"}, "目录里没有编码"),
        ({"quality": "x"}, "对应关系只能是"),
    ],
)
def test_what_cannot_be_is_refused(desk, leader, key, call, words):
    item = items_of(desk, leader, key)["全血细胞分析(五分类)"]
    whole = {"inspection": key, "item": item["id"], "code": item["candidates"][0]["code"], "press": new_key()}
    with pytest.raises(Refused, match=words):
        choose_item(desk, leader, whole | call)


def test_the_page_serves_the_panel():
    assert {open_items, choose_item, undo_item, search_items} <= set(HANDLERS)
