"""An inspection's standing in a real browser: moved, archived by its name, closed to changes, brought back, deleted."""

import os
import shutil

import pytest
from argon2 import PasswordHasher
from browsing import LIVE, SETTLED
from serving import PASSWORD, served

from review.casework.runs import Runs
from review.store.entries import Press, TrailFilter, User
from review.store.store import Store, new_key

pytestmark = LIVE
PEOPLE = {"陈立群": ("组长",), "钱管": ("管理员",), "王敏": ("专家",)}
NAME = "山岭县 <b>2024</b>"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory, reviewed):
    """A workbench with two inspections: one over a folder of its own uploads, one over a folder elsewhere."""
    folder, out = reviewed
    home = tmp_path_factory.mktemp("standing")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for name, roles in PEOPLE.items():
        store.people.add(User(name, hashed, roles), "钱管")
    uploaded = home / "uploads" / "abc" / "检查"
    shutil.copytree(folder, uploaded)
    keys = []
    for name, place in ((NAME, uploaded), ("另一检查", folder)):
        keys.append(store.add_inspection(name, "山岭县人民医院", place, "陈立群"))
        shutil.copytree(out, Runs(store, home, None).out(keys[-1], 1))
        store.update_inspection(keys[-1], state="ready", run=1)
    (home / "cache" / "ocr").mkdir(parents=True)
    with served(home) as address:
        yield address, store, keys, home
    store.close()


@pytest.fixture(scope="module")
def page(browser, furnished):
    """The leader's window, at the first inspection."""
    page = enter(browser, furnished[0], "陈立群")
    yield page
    page.context.close()


def enter(browser, address, name):
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(address + "/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def at(page, furnished, number=0):
    page.goto(f"{furnished[0]}/inspections?inspection={furnished[2][number]}")
    page.wait_for_selector(".inspection .standing", timeout=60_000)
    page.evaluate(SETTLED)


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/standing-{name}.png")


def standing(furnished, number=0):
    return next(one.standing for one in furnished[1].inspections() if one.key == furnished[2][number])


def archive(page, name):
    page.click(".standing button:has-text('归档')")
    page.fill("dialog input", name)


def test_a_leader_moves_it_and_the_list_says_so(page, furnished):
    at(page, furnished)
    page.select_option(".standing select", "stated")
    page.wait_for_selector(".side-list li.on:has-text('申诉中')")
    assert standing(furnished) == "stated"
    page.select_option(".standing select", "settled")
    page.wait_for_selector(".side-list li.on:has-text('已定案')")
    page.wait_for_selector(".page-head button:has-text('重新审核')", state="detached")
    shot(page, "settled")


def test_it_is_archived_only_by_its_name_typed(page, furnished):
    at(page, furnished)
    archive(page, "山岭县")
    assert page.locator("dialog button.main").is_disabled()
    page.fill("dialog input", NAME)
    shot(page, "archive")
    page.click("dialog button.main")
    page.wait_for_selector(".standing:has-text('已归档')")
    assert standing(furnished) == "archived"
    assert page.evaluate("document.querySelectorAll('.side-list b b').length") == 0  # a name is text


def test_what_is_archived_is_out_of_the_lists_and_can_be_read(page, furnished):
    address = furnished[0]
    page.goto(address + "/inspections")
    page.wait_for_selector(".side-list li")
    assert page.locator(".side-list li").count() == 1
    page.click(".side-foot button:has-text('已归档 1')")
    page.wait_for_function("document.querySelectorAll('.side-list li').length === 2")
    page.goto(address + "/papers")
    page.wait_for_selector("select[aria-label=选择检查]")
    assert page.locator("select[aria-label=选择检查] option").all_inner_texts() == ["另一检查"]
    at(page, furnished)
    assert page.locator(".page-head a:has-text('开始审核')").count() == 1


def test_nothing_is_decided_in_it(page, furnished):
    address, store, keys, _ = furnished
    store.prefer("陈立群", "inspection", keys[0])
    page.goto(f"{address}/?inspection={keys[0]}")
    page.wait_for_selector(".card.open", timeout=60_000)
    before = store.trail.count(TrailFilter(inspection=keys[0], act="decide"))
    page.keyboard.press("1")
    page.wait_for_selector("text=只能查看", timeout=30_000)
    assert store.trail.count(TrailFilter(inspection=keys[0], act="decide")) == before
    shot(page, "closed")


def test_it_is_brought_back(page, furnished):
    at(page, furnished)
    assert page.locator(".standing button:has-text('删除')").count() == 0  # the administrator's
    page.click(".standing button:has-text('取回')")
    page.wait_for_selector(".standing select")
    assert standing(furnished) == "open"


def test_an_administrator_says_how_long_and_deletes_what_is_archived(browser, furnished):
    address, store, keys, home = furnished
    store.append(Press(new_key(), keys[0], "A1", "f1", "confirm", "王敏"))
    store.life.move(keys[0], "archived", "陈立群")
    page = enter(browser, address, "钱管")
    at(page, furnished)
    page.fill(".kept input", "7")
    page.click(".kept button")
    page.wait_for_selector(".kept:has-text('30 至 36,500')")
    page.fill(".kept input", "3650")
    page.click(".kept button")
    at(page, furnished)
    assert "保存至 20" in page.inner_text(".standing")
    page.click(".standing button:has-text('删除')")
    page.fill("dialog input", NAME)
    shot(page, "delete")
    page.click("dialog button.main")
    page.wait_for_function("document.querySelectorAll('.side-list li').length === 1")
    assert [one.key for one in store.inspections()] == [keys[1]]
    assert not (home / "inspections" / keys[0]).exists()
    assert not (home / "uploads" / "abc").exists() and not (home / "cache").exists()
    assert (home / "inspections" / keys[1]).exists()
    assert store.trail.verify().problem == ""
    assert page.request.get(f"{address}/papers/{keys[0]}/working.xlsx").status in (403, 404)
    page.context.close()


def test_a_folder_elsewhere_is_never_touched(browser, furnished, reviewed):
    address, store, keys, _ = furnished
    store.life.move(keys[1], "archived", "陈立群")
    page = enter(browser, address, "钱管")
    at(page, furnished, 1)
    page.click(".standing button:has-text('删除')")
    assert "原文件夹不在这里，不会动" in page.inner_text("dialog")
    page.fill("dialog input", "另一检查")
    page.click("dialog button.main")
    page.wait_for_selector("text=还没有检查", timeout=30_000)
    assert reviewed[0].is_dir() and any(reviewed[0].iterdir())
    page.context.close()
