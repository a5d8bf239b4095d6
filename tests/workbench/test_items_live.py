"""项目对码 in a real browser: the list by yuan, a candidate taken by one key, the undo, the catalogue searched."""

import os
import socket
import subprocess
import sys

import pytest
from browsing import LIVE
from test_browser import ROOT, _wait_for
from test_pages_items import without_codes

pytestmark = LIVE
PANEL = "section[aria-label=项目对码]"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("items")
    demo = without_codes(home / "demo")
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
    yield page
    context.close()
    assert wrong == []


def test_items_are_matched_by_keyboard_undone_and_counted(page, address):
    page.goto(f"{address}/inspections")
    page.wait_for_selector(f"{PANEL} .items-open", timeout=180_000)
    assert "2 个项目没有国家编码" in page.inner_text(PANEL)
    page.click(f"{PANEL} .items-open")
    page.wait_for_selector("dialog.items .candidate")
    yuan = [float(text.replace(",", "")) for text in page.locator(".items-list .number").all_inner_texts()]
    assert yuan == sorted(yuan, reverse=True)
    first = page.inner_text(".items-one h3")
    page.keyboard.press("Digit1")
    page.wait_for_function(
        "() => document.querySelector('dialog.items .strip').textContent.startsWith('已存入')"
    )
    assert page.inner_text(".items-one h3") != first
    page.keyboard.press("Digit0")
    page.wait_for_function("() => document.querySelectorAll('.items-list .state.done').length === 2")
    page.keyboard.press("KeyZ")
    page.wait_for_function("() => document.querySelectorAll('.items-list .state.done').length === 1")
    assert "已撤销" in page.inner_text("dialog.items .strip")
    page.keyboard.press("KeyK")
    page.wait_for_selector(".items-one .chosen")
    page.keyboard.press("Slash")
    page.keyboard.type("急诊监护")
    page.wait_for_function("() => document.querySelector('.candidate b').textContent === '急诊监护费'")
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/items.png")
    assert page.evaluate(
        "() => document.querySelector('dialog.items').scrollWidth <= document.querySelector('dialog.items').clientWidth"
    )
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.items", state="detached")
    page.wait_for_function(
        "() => document.querySelector('section[aria-label=项目对码]').textContent.includes('重新审核')"
    )
    assert "已确认 1" in page.inner_text(PANEL)
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/inspection.png")
