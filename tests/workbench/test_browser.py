"""The whole workbench in a real browser: read, decide, reload, undo, ask; nothing asked of any other host."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from browsing import LIVE, SETTLED
from demonstration import DEMO

ROOT = Path(__file__).parents[2]
OPENED = ".card.open"
SAVED = ".strip.confirm:has-text('演示'):not(:has-text('正在存'))"

pytestmark = LIVE


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A workbench of its own on a free port, with the demonstration reviewed (without its one scan)."""
    home = tmp_path_factory.mktemp("home")
    demo = home / "demo"
    shutil.copytree(DEMO, demo, ignore=shutil.ignore_patterns("*扫描*", "expected.json"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"MINGJIAN_HOME": str(home / "data"), "MINGJIAN_PORT": str(port), "MINGJIAN_DEMO": str(demo)}
    with (home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    _wait_for(f"http://127.0.0.1:{port}/sign-in", home / "log")
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(timeout=20)


def _wait_for(url, log):
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the workbench did not come up: {log.read_text('utf-8')[-2000:]}")


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def page(browser, address, complaints):
    """A fresh window; afterwards it must have asked nobody else and complained of nothing."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert complaints == []


def opened(page, address, path="/"):
    page.goto(address + path)
    page.wait_for_selector(OPENED, timeout=90_000)
    return page


def undone(page):
    """Take back everything, so that each test begins with nothing decided."""
    for _ in range(20):
        page.evaluate("document.querySelector('.strip').replaceChildren()")
        page.keyboard.press("KeyZ")
        page.wait_for_function("/已撤销|没有可撤销/.test(document.querySelector('.strip').textContent)")
        if "没有可撤销的决定" in page.inner_text(".strip"):
            return
    raise AssertionError("undo did not come to an end")


def cut_off(page):
    """Lose every question to the server, and wait until that holds: a request may still slip past at first."""
    page.route("**/component_server/**", lambda route: route.abort())
    page.wait_for_function("() => fetch('/sign-in?/component_server/').then(() => false, () => true)")


def test_the_queue_waits_and_the_first_quote_is_marked_and_in_view(page, address):
    opened(page, address)
    assert page.locator(".queue li").count() == 14
    page.wait_for_selector("mark.now")
    shown = page.evaluate(
        """() => {
            const mark = document.querySelector('mark.now').getBoundingClientRect();
            const box = document.querySelector('.record .text').getBoundingClientRect();
            return mark.top >= box.top && mark.bottom <= box.bottom;
        }"""
    )
    quote = page.inner_text(".evidence button.on .words").split("」")[0].strip("「")
    assert shown
    assert "".join(page.text_content("mark.now").split()) == "".join(quote.split())


def test_space_walks_through_the_evidence_and_each_place_is_shown(page, address):
    opened(page, address)
    marks = set()
    for _ in range(6):
        on = page.inner_text(".evidence button.on .n")
        page.wait_for_function(
            """on => document.querySelector(`mark.now[data-mark="${on}"]`)
            || (!document.querySelector('mark.now') && document.querySelector('tr.now'))""",
            arg=on,
        )
        marks.add(on)
        page.keyboard.press("Space")
        page.wait_for_function(
            "on => document.querySelector('.evidence button.on .n').textContent !== on", arg=on
        )
    assert len(marks) == 6


def test_a_confirmation_by_one_key_survives_a_reload_and_can_be_undone_and_redone(page, address):
    opened(page, address)
    undone(page)
    here = page.url
    page.keyboard.press("1")
    page.keyboard.press("Escape")  # stay on this case
    page.wait_for_selector(SAVED)
    opened(page, here, "")
    assert "确认" in page.inner_text(".strip")
    page.keyboard.press("z")
    page.wait_for_selector(".strip:has-text('已撤销：确认 → 待定')")
    page.keyboard.press("Shift+Z")
    page.wait_for_selector(".strip.confirm")
    undone(page)
    opened(page, here, "")
    assert "待定" in page.inner_text(".strip")


def test_a_rejection_takes_a_reason_by_one_digit(page, address):
    opened(page, address)
    undone(page)
    page.keyboard.press("2")
    page.wait_for_selector(".asking")
    page.keyboard.press("1")
    page.keyboard.press("Escape")  # stay on this case
    page.wait_for_selector(".strip.reject")
    assert "有正当情形" in page.inner_text(".strip")
    undone(page)


def test_after_the_last_finding_the_next_case_opens_by_itself(page, address):
    opened(page, address)
    undone(page)
    name = page.inner_text(".case-line h1")
    row = page.get_attribute(".queue li.on button", "data-key")
    for decided in range(1, page.locator(".card").count() + 1):
        page.keyboard.press("1")
        page.wait_for_function(
            "decided => document.querySelectorAll('.card .verdict.confirm').length === decided", arg=decided
        )
    page.wait_for_function(
        "key => document.querySelector('.queue li.on button').dataset.key !== key", arg=row
    )
    page.wait_for_function(
        "name => ![name, undefined].includes(document.querySelector('.case-line h1')?.textContent)", arg=name
    )
    page.wait_for_selector(OPENED)
    assert page.url != address
    undone(page)
    page.wait_for_function("name => document.querySelector('.case-line h1')?.textContent === name", arg=name)


def test_a_press_without_an_answer_is_kept_and_sent_again(page, complaints, address):
    opened(page, address)
    undone(page)
    here = page.url
    cut_off(page)
    page.keyboard.press("1")
    page.wait_for_selector(".strip.bad:has-text('未存上')")
    page.keyboard.press("Escape")  # stay on this case
    page.wait_for_selector(".band.offline")  # an answer from before may hide it until the next try
    page.unroute("**/component_server/**")
    page.wait_for_selector(".strip.confirm:has-text('演示')", timeout=60_000)
    complaints[:] = [line for line in complaints if "ERR_FAILED" not in line]  # the answers this test cut off
    opened(page, here, "")
    assert "确认" in page.inner_text(".strip")
    undone(page)


def test_the_basis_opens_beside_the_finding_and_escape_closes_it(page, address):
    opened(page, address)
    page.keyboard.press("b")
    page.wait_for_selector(".drawer .clause")
    drawer, card = page.locator(".drawer").bounding_box(), page.locator(OPENED).bounding_box()
    assert drawer["x"] + drawer["width"] <= card["x"] + 1
    page.keyboard.press("Escape")
    assert not page.locator(".drawer").is_visible()


def test_nothing_moves_while_deciding(page, address):
    opened(page, address)
    undone(page)
    page.evaluate(
        """() => { window.shift = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
        }).observe({type: 'layout-shift', buffered: false}); }"""
    )
    before = page.locator(".record").bounding_box()
    page.keyboard.press("2")
    page.wait_for_selector(".asking")
    page.keyboard.press("2")
    page.keyboard.press("Escape")  # stay on this case
    page.wait_for_selector(".strip.reject")
    assert page.locator(".record").bounding_box() == before
    assert page.evaluate("window.shift") < 0.01
    undone(page)


def test_the_original_page_stands_in_for_the_text_with_its_boxes(page, address):
    opened(page, address)
    page.keyboard.press("/")
    page.keyboard.type("康复医学科")  # the stay whose nursing record is a PDF
    page.keyboard.press("Enter")
    page.wait_for_selector(".case-line:has-text('康复医学科')")
    page.wait_for_selector(".modes button")
    page.keyboard.press("o")
    page.wait_for_function(
        "() => { const i = document.querySelector('.paper img'); return i && i.naturalWidth > 400; }"
    )
    page.wait_for_selector(".box-mark.now")
    wide = page.locator(".original .paper").bounding_box()["width"]
    page.keyboard.press("Equal")
    assert page.inner_text(".zoom output") == "125%"
    assert page.locator(".original .paper").bounding_box()["width"] > 1.2 * wide
    for _ in range(4):
        page.keyboard.press("Minus")
    assert page.inner_text(".zoom output") == "75%"
    page.keyboard.press("o")
    assert page.locator(".record .text").is_visible()


def test_every_table_opens_and_the_keys_are_listed(page, address):
    opened(page, address)
    for tab in page.locator(".tabs button").all():
        tab.click()
        page.wait_for_selector(".record .text .text-head")
    page.keyboard.press("?")
    assert "撤销上一步" in page.inner_text("dialog")
    page.keyboard.press("Escape")


def test_search_narrows_the_queue_and_says_when_nothing_fits(page, address):
    opened(page, address)
    page.keyboard.press("/")
    page.keyboard.type("康复医学科")
    assert page.locator(".queue li").count() == 1
    page.keyboard.type("没有这样的")
    assert "没有符合的病例" in page.inner_text(".queue .rows")
    page.keyboard.press("Escape")
    assert page.locator(".queue li").count() == 14


@pytest.mark.parametrize("width", [1280, 1440, 1920])
@pytest.mark.parametrize("path", ["/", "/inspections", "/chat"])
def test_no_element_is_wider_than_its_column(page, address, path, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + path)
    drawn = {"/": ":is(mark.now, tr.now)", "/inspections": ".files", "/chat": ".start"}[path]
    page.wait_for_selector(drawn, timeout=90_000)
    page.evaluate(SETTLED)
    wide = page.evaluate(
        """() => [...document.querySelectorAll('.queue, .middle, .right, .card, .panel, .act, .top, .side-list, .inspection,'
            + ' .talks, .ask, .source, .cards, .rows, .text')].filter((box) => box.scrollWidth > box.clientWidth + 1
            && box.offsetParent).map((box) => `${box.className} ${box.scrollWidth} > ${box.clientWidth}`)"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_question_is_answered_and_its_citation_opens_at_the_words(page, address):
    page.goto(address + "/chat")
    page.wait_for_selector(".start")
    page.fill("textarea", "首次病程记录应当几小时内完成")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer .foot", timeout=60_000)
    assert "8小时" in page.inner_text(".answer").replace(" ", "")
    page.locator(".answer .chip").first.click()
    page.wait_for_selector(".clause-box :is(mark, .hit, .lit)")
    assert "首次病程记录" in page.inner_text(".clause-box")
    page.reload()
    page.wait_for_selector(".talks li button")
    page.locator(".talks li button").first.click()
    page.wait_for_selector(".answer .chip")


def test_what_the_library_does_not_hold_is_said(page, address):
    page.goto(address + "/chat")
    page.wait_for_selector(".start")
    page.fill("textarea", "量子计算机如何散热")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer.refused", timeout=60_000)
    assert "库中没有" in page.inner_text(".answer.refused")


def test_a_record_that_is_markup_is_shown_as_text(page, address):
    opened(page, address)
    shown = page.evaluate(
        """() => { const box = mingjian.el('p', {}, '<img src=x onerror="window.ran=1">${window.ran=1}{{7*7}}');
            document.body.append(box); return [box.children.length, box.textContent.length, window.ran === undefined]; }"""
    )
    assert shown == [0, 56, True]


def test_the_demonstration_asks_for_an_administrator_before_a_new_inspection(page, address):
    page.goto(address + "/inspections")
    page.wait_for_selector(".files", timeout=90_000)
    page.keyboard.press("n")
    assert "第一个管理员" in page.inner_text("dialog")
    page.click("dialog a")
    page.wait_for_selector("form input[name=again]")
    assert "设置第一个管理员" in page.inner_text("main")
