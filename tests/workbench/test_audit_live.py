"""留痕 in a real browser: filtered, paged, one's own only, and a line changed by hand shown as the break it is."""

import os
import re
import time

import pytest
from browsing import LIVE
from serving import furnish, served
from sqlalchemy import text
from test_people_live import enter, window  # noqa: F401 - a fixture

from evals.bench.trail import fill
from review.store.entries import Press
from review.store.store import Store

pytestmark = LIVE
PEOPLE = {"王敏": ("组长", "管理员"), "李国栋": ("专家",)}
MANY = 100_000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("audit")


def opened_store(home):
    return Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")


@pytest.fixture(scope="module")
def address(home):
    furnish(home, [], PEOPLE)
    store = opened_store(home)
    key = store.add_inspection("甲院检查", "甲院", home, "王敏")
    case = store.case_keys(key, ["A1"])["A1"]
    fill(store, MANY, key, case, ("李国栋", "周岚", "周岚"))
    store.append(Press("p1", key, "A1", "f1", "confirm", "李国栋", amount="576.00"))
    store.append(Press("p2", key, "A1", "f1", "reject", "李国栋", reasons=("有正当情形",)))
    store.close()
    with served(home) as url:
        yield url


def whole(page):
    page.wait_for_function("() => !document.querySelector('.chain').textContent.startsWith('正在')")
    return page.inner_text(".chain")


def prove(page):
    """Ask for the whole proof and wait until it has ended."""
    page.click("text=全部重新核对")
    page.wait_for_selector(".when-proven:text('正在重新核对')")
    page.wait_for_selector(".when-proven:text('全部核对')")
    return whole(page)


def rows(page):
    return [line.split("\t") for line in page.inner_text(".trail tbody").split("\n") if line.strip()]


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/{name}.png")


def test_a_hundred_thousand_lines_open_at_once_and_are_proven_whole(window, address):  # noqa: F811
    page = enter(window(), address, "王敏", path="/audit")
    page.wait_for_selector(".trail tbody tr")
    began = time.perf_counter()
    page.reload()
    page.wait_for_selector(".trail tbody tr")
    assert time.perf_counter() - began < 3
    assert page.locator(".trail tbody tr").count() == 100
    assert re.fullmatch(r"哈希链完整，100,\d{3} 条。", whole(page))
    when = page.inner_text(".when-proven")
    assert re.fullmatch(r"[\d: -]+ 全部核对(，其后 \d+ 条逐条相接)?", when)
    shot(page, "audit")
    enter(window(), address, "李国栋", path="/audit")
    page.reload()
    page.wait_for_selector(".when-proven:text('逐条相接')")
    assert page.inner_text(".when-proven").startswith(when[:14])
    assert page.locator(".proof button:enabled").inner_text() == "全部重新核对"
    page.keyboard.press("BracketRight")
    page.wait_for_function("() => document.querySelector('.turning').textContent.includes('第 101–200 条')")
    page.keyboard.press("BracketLeft")
    page.wait_for_function("() => document.querySelector('.turning').textContent.includes('第 1–100 条')")


def test_lines_are_filtered_by_act_person_and_day_and_the_address_keeps_it(window, address):  # noqa: F811
    page = enter(window(), address, "王敏", path="/audit")
    page.wait_for_selector(".trail tbody tr")
    page.select_option("[aria-label=所有动作]", label="决定")
    page.wait_for_function("() => document.querySelectorAll('.trail tbody tr').length === 2")
    assert "确认 576.00 元" in page.inner_text(".trail tbody tr:first-child .was")
    assert page.inner_text(".trail tbody tr:first-child .is") == "不成立"
    assert page.locator(".trail tbody a[href^='/?case=']").count() == 2
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('.trail tbody tr').length === 2")
    page.fill("[aria-label=到这一天]", "2020-01-01")
    page.keyboard.press("Enter")
    page.wait_for_selector(".trail .empty")
    page.fill("[aria-label=到这一天]", "昨天")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]:visible")
    assert "不是日期" in page.inner_text("[role=alert]:visible")
    page.click("text=清除筛选 >> nth=0")
    page.wait_for_function("() => document.querySelectorAll('.trail tbody tr').length === 100")
    page.select_option("[aria-label=所有人]", "王敏")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.trail .who-cell')].every((one) => one.textContent === '王敏')"
    )


def test_an_expert_sees_only_his_own(window, address):  # noqa: F811
    page = enter(window(), address, "李国栋", path="/audit?who=王敏")
    page.wait_for_selector(".trail tbody tr")
    assert "只列您自己的" in page.inner_text(".title")
    assert page.locator("[aria-label=所有人]").count() == 0
    assert set(page.locator(".trail .who-cell").all_inner_texts()) == {"李国栋"}
    assert whole(page) == "哈希链完整。"
    assert page.locator(".proof button:visible").count() == 0
    assert page.inner_text(".when-proven") == ""


def test_a_line_changed_by_hand_is_shown_where_the_chain_breaks(window, home, address):  # noqa: F811
    page = enter(window(), address, "王敏", path="/audit")
    page.wait_for_selector(".trail tbody tr")
    seq = int(page.inner_text(".trail tbody tr:nth-child(2) td:first-child"))
    store = opened_store(home)
    with store._engine.begin() as connection:
        connection.execute(text("drop trigger trail_no_update"))
        was = connection.execute(text("select who from trail where seq = :seq"), {"seq": seq}).scalar()
        connection.execute(text("update trail set who = '别人' where seq = :seq"), {"seq": seq})
    assert f"第 {seq:,} 条" in prove(page)
    page.wait_for_selector(".trail tr.broken")
    assert f"第 {seq:,} 条与它的哈希不符" in whole(page)
    assert page.get_attribute(".trail tr.broken", "data-seq") == str(seq)
    shot(page, "audit-broken")
    page.keyboard.press("BracketRight")
    page.wait_for_function("() => !document.querySelector('.trail tr.broken')")
    page.click("text=看这一行")
    page.wait_for_selector(".trail tr.broken")
    with store._engine.begin() as connection:
        connection.execute(text("update trail set who = :was where seq = :seq"), {"was": was, "seq": seq})
    store.close()
    page.reload()
    page.wait_for_selector(".trail tbody tr")
    assert f"第 {seq:,} 条" in whole(page)
    assert "哈希链完整" in prove(page)
    assert page.locator(".trail tr.broken").count() == 0
