"""The stay at a glance in a real browser: 200 days fit, gaps are shaded, evidence opens the record, text stays text."""

import os
import shutil

import pytest
from browsing import LIVE
from invented_stays import BEGINS, HOSTILE
from serving import served

from review.casework.runs import Runs
from review.store.store import Store

pytestmark = LIVE
WIDER = """() => {
  const edge = document.querySelector('.middle').getBoundingClientRect().right + 1;
  return [...document.querySelectorAll('.middle *')].filter((one) => one.getBoundingClientRect().right > edge
    && !one.closest('.scroll, .tabs')).map((one) => one.className);
}"""
FITS = "(box) => box.scrollWidth <= box.clientWidth"


@pytest.fixture(scope="module")
def address(tmp_path_factory, reviewed_stays):
    folder, out = reviewed_stays
    home = tmp_path_factory.mktemp("glance")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    key = store.add_inspection("长住院示例", "山岭县人民医院", folder, "演示", demo=True)
    shutil.copytree(out, Runs(store, home, None).out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    store.close()
    with served(home) as address:
        yield address


@pytest.fixture(params=[1280, 1920])
def page(browser, address, request):
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.goto(f"{address}/?case=")
    page.wait_for_selector(".queue li button", timeout=90_000)
    yield page
    context.close()
    assert wrong == []


def opened(page, name):
    page.click(f".queue li button:has-text('{name}')")
    page.wait_for_function("(name) => document.querySelector('h1')?.textContent === name", arg=name)
    page.wait_for_selector(".timeline .lanes")


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/{name}-{page.viewport_size['width']}.png")


def test_two_hundred_days_fit_with_their_gaps_and_unfold_to_days(page):
    opened(page, "仇长春")
    assert page.evaluate(WIDER) == []
    assert page.eval_on_selector(".timeline", FITS)
    assert page.locator(".timeline .shade.gap").count() == 1
    assert page.locator(".timeline .shade.leave").count() == 1
    assert page.inner_text(".timeline .scale").startswith("每格 7 天")
    shot(page, "weeks")
    page.keyboard.press("KeyT")
    assert page.evaluate(WIDER) == []
    assert page.locator(".timeline .label").count() > 10
    page.keyboard.press("Shift+KeyT")
    assert page.inner_text(".timeline .scale").startswith("按日")
    assert not page.eval_on_selector(".timeline", FITS)
    assert page.evaluate(WIDER) == []
    shot(page, "days")


def test_a_day_is_told_by_arrow_keys_and_opened_by_enter(page):
    opened(page, "邬一日")
    page.focus(".timeline")
    page.keyboard.press("ArrowRight")
    told = page.inner_text(".day-told")
    assert "2024-03-05 周二 · 第 1 天" in told
    assert "10:20 内镜下结肠息肉切除术" in told
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet tr.now")
    assert "内镜下结肠息肉切除术" in page.inner_text(".sheet tr.now")
    assert page.locator(".day-told").count() == 0


def test_evidence_of_a_criterion_opens_the_record_at_its_place(page):
    opened(page, "仇长春")
    page.keyboard.press("KeyA")
    page.wait_for_selector(".criteria tbody.not_met")
    assert page.evaluate(WIDER) == []
    page.click(".queue li button:has-text('仇长春')")
    page.wait_for_load_state("networkidle")
    assert page.locator(".criteria tbody.not_met").count(), "pressing the open case threw its tab away"
    assert page.eval_on_selector(".record .text", FITS)
    assert "此后才达到 1" in page.inner_text(".counts")
    shot(page, "criteria")
    page.click(".criteria [data-code=S05] td.later button:has-text('39.4')")
    page.wait_for_selector("mark.aside.now")
    page.wait_for_function(
        """() => { const mark = document.querySelector('mark.aside.now').getBoundingClientRect(),
        box = document.querySelector('.record .text').getBoundingClientRect();
        return mark.top > box.top && mark.bottom < box.bottom; }"""
    )
    assert page.inner_text("mark.aside.now").startswith("体温39.4")


def test_text_that_would_run_is_shown_as_text(page):
    opened(page, "仇长春")
    page.click("[data-tab=timeline]")
    page.wait_for_selector(".whole-stay .lanes")
    page.keyboard.press("Shift+KeyT")
    page.focus(".timeline")
    page.keyboard.press("ArrowRight")
    assert HOSTILE in page.inner_text(".day-told")
    assert page.title() == "明鉴"
    assert page.locator(".middle img").count() == 0
    assert f"{BEGINS:%Y-%m-%d}" in page.inner_text(".day-told")


def test_an_empty_stay_says_so_and_all_lanes_by_day_draw_quickly(page):
    opened(page, "卢空白")
    assert "没有能画在图上的记载" in page.inner_text(".timeline")
    opened(page, "仇长春")
    page.keyboard.press("Shift+KeyT")
    spent = page.evaluate(
        """() => { const took = [];
        for (let n = 0; n < 8; n++) {
          const from = performance.now();
          document.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyT', key: 't', bubbles: true}));
          document.querySelector('.timeline').getBoundingClientRect();
          took.push(performance.now() - from);
        }
        return Math.min(...took); }"""
    )
    assert spent < 300
