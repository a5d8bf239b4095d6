"""规则 in a real browser: opened quickly, a limit tried and changed, a check switched off, a row approved, an own rule."""

import os
import shutil
import socket
import subprocess
import sys

import pytest
from browsing import LIVE
from demonstration import DEMO
from test_browser import ROOT, _wait_for
from test_own_rules import CASES, OWN

pytestmark = LIVE


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("rules")
    demo = home / "demo"
    shutil.copytree(DEMO, demo, ignore=shutil.ignore_patterns("records", "expected.json"))
    rules = home / "data" / "rules"
    rules.mkdir(parents=True)
    (rules / "infusions.sql").write_text(OWN, "utf-8")
    (rules / "infusions.yaml").write_text(CASES, "utf-8")
    (rules / "wrong.sql").write_text(OWN.replace("why:", "wy:").replace("901", "902"), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"MINGJIAN_HOME": str(home / "data"), "MINGJIAN_PORT": str(port), "MINGJIAN_DEMO": str(demo)}
    with (home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=os.environ | settings, stdout=log,
                                  stderr=subprocess.STDOUT)  # fmt: skip
    _wait_for(f"http://127.0.0.1:{port}/sign-in", home / "log")
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on(
        "request",
        lambda one: wrong.append(one.url) if not one.url.startswith((address, "data:", "blob:")) else None,
    )
    page.goto(f"{address}/inspections")  # reviewed first
    page.wait_for_selector("section[aria-label=项目对码]", timeout=180_000)
    yield page
    context.close()
    assert wrong == []


def opened(page, address, code):
    page.goto(f"{address}/rulebook?list=checks&at={code}")
    page.wait_for_selector(".detail dl .outcomes", timeout=90_000)


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/{name}.png")


def test_the_page_opens_and_shows_a_check_with_its_results_cases_and_limits(page, address):
    opened(page, address, "CHG-004")
    said = page.inner_text(".detail")
    for part in ("查什么", "正当情形", "依据", "参数", "本次结果", "例子", "改动"):
        assert part in said
    assert "该报" in said and "全国默认" in said
    assert page.locator(".detail .hits li").count() >= 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    shot(page, "rule")


def test_a_limit_is_tried_and_changed_and_the_change_is_told(page, address):
    opened(page, address, "CHG-004")
    page.click(".limits li:first-child button.link")
    page.fill("dialog.change input.field", "61")
    page.click("dialog.change .try")
    page.wait_for_function(
        "() => document.querySelector('dialog.change .preview').textContent.includes('→')", timeout=60_000
    )
    shot(page, "change")
    page.click("dialog.change .btn.main")
    page.wait_for_function(
        "() => document.querySelector('dialog.change .notice').textContent.includes('写明为什么改')"
    )
    page.fill("dialog.change .why", "当地文件规定")
    page.click("dialog.change .btn.main")
    page.wait_for_selector("dialog.change", state="detached")
    page.wait_for_function("() => document.querySelector('.detail').innerText.includes('本次检查改过')")
    assert "当地文件规定" in page.inner_text(".detail")


def test_a_check_is_switched_off_for_the_inspection_and_on_again(page, address):
    opened(page, address, "CHG-004")
    for state, button in (("停用", "停用"), ("运行", "恢复")):
        page.click(f".detail .power:text-is('{button}')")
        page.fill("dialog.change .why", f"试{button}")
        page.click("dialog.change .btn.main")
        page.wait_for_function(
            "(state) => document.querySelector('tr.on .state') && document.querySelector('tr.on .state').textContent === state",
            arg=state,
        )


def test_a_working_row_is_approved_with_its_passage(page, address):
    page.goto(f"{address}/rulebook?list=checks&at=CHG-002")
    page.wait_for_selector(".detail .rows-of", timeout=90_000)
    page.click(".detail .rows-of")
    page.wait_for_selector("dialog.rows .approve")
    page.click("dialog.rows li:first-child .approve")
    page.fill("dialog.change input.field", "某省价格文件")
    page.fill("dialog.change textarea[aria-label=原文]", "计价说明第十二条第三款")
    page.fill("dialog.change .why", "局务会同意")
    page.click("dialog.change .btn.main")
    page.wait_for_selector("dialog.change", state="detached")
    page.wait_for_function("() => document.querySelector('dialog.rows').innerText.includes('批准在')")
    shot(page, "rows")


def test_an_own_rule_is_shown_wrong_or_tried_and_adopted(page, address):
    page.goto(f"{address}/rulebook?list=own&at=wrong.sql")
    page.wait_for_selector(".detail .problem", timeout=90_000)
    assert "wrong.sql" in page.inner_text(".detail .problem") and "wy" in page.inner_text(".detail .problem")
    page.click("tr[data-id='infusions.sql'] .name")
    page.click(".detail .run-cases")
    page.wait_for_selector(".detail .case-count", timeout=90_000)
    assert "3 个例子，全部通过" in page.inner_text(".detail .case-count")
    page.click(".detail .try-own")
    page.wait_for_selector(".detail .hit-count", timeout=60_000)
    shot(page, "own")
    page.click(".detail .adopt-own")
    page.fill("dialog.change .why", "试用通过")
    page.click("dialog.change .btn.main")
    page.wait_for_function(
        "() => document.querySelector('tr.on .state') && document.querySelector('tr.on .state').textContent === '已启用'",
        timeout=90_000,
    )
