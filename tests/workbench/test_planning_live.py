"""计划 in a real browser: a leader makes one, says when a term began and a stage was done, and takes the calendar."""

import shutil

import pytest
from argon2 import PasswordHasher
from browsing import LIVE
from serving import PASSWORD, served

from review.store.entries import User
from review.store.store import Store

pytestmark = LIVE


@pytest.fixture(scope="module")
def place(tmp_path_factory, reviewed):
    folder, out = reviewed
    home = tmp_path_factory.mktemp("planning")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for name, roles in {"陈立群": ("组长", "管理员")}.items():
        store.people.add(User(name, hashed, roles), "陈立群")
    key = store.add_inspection("山岭县检查", "山岭县人民医院", folder, "陈立群")
    shutil.copytree(out, home / "inspections" / key / "run-1")
    store.update_inspection(key, state="ready", run=1)
    with served(home) as address:
        yield address, key
    store.close()


def test_a_leader_makes_a_plan_marks_it_and_takes_the_calendar(browser, place):
    address, key = place
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page, problems = context.new_page(), []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.goto(address + "/sign-in")
    page.fill("input[name=name]", "陈立群")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{address}/inspections?inspection={key}")
    page.locator(".plan-new input[name=prepared]").fill("2026-03-31")
    page.locator(".plan-new input[name=inspected]").fill("2026-06-30")
    page.click("text=建计划")
    page.wait_for_selector(".plan-stages li")
    page.locator("[aria-label='报送处理进度 起算日期']").fill("2026/1/30")
    page.keyboard.press("Enter")
    page.wait_for_selector(".plan-stages li:has-text('2026-03-19 截止')")
    page.locator("[aria-label='工作准备 完成日期']").fill("2026-03-30")
    page.keyboard.press("Tab")
    page.wait_for_selector(".plan-stages li:has-text('2026-03-30 完成')")
    with page.expect_download() as going:
        page.click("text=日历文件")
    assert "BEGIN:VCALENDAR" in going.value.path().read_text("utf-8")
    assert problems == []
    context.close()
