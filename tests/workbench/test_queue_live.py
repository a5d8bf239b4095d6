"""The queue's filters in a real browser: chips, address, the empty states, keys kept in the panel, a thousand rows."""

import os
import shutil
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import LIVE
from serving import served

from review.casework.runs import Runs
from review.store.store import Store

pytestmark = LIVE
ROWS = ".queue li button"
CHIPS = ".queue .chips .pill"
KEYS = "all => all.map(one => one.dataset.key)"
# the page's own queue over invented rows, two stays a person
MANY = """n => {
    const fact = {id: 'f', family: 'charges', violation: 'v', certainty: 'clue', check: 'c', verdict: 'pending', amount: 5};
    const queue = window.many = mingjian.queue({}, () => {}, () => {});
    document.querySelector('.queue').replaceWith(queue.root);
    queue.set(Array.from({length: n}, (_, i) => ({key: 'k' + i, name: '测' + i, number: '', person: 'p' + (i >> 1),
        department: '内科', department_key: 'd', doctor: '', doctor_key: 'e', month: '2026-01', admitted: '01-02', amount: 5,
        families: ['charges'], facts: [{...fact}], violations: [], checks: ['c'], findings: 1, decided: 0, state: 'open',
        group: 0, part: 'leads', disputed: 0, first: ''})),
        {counted: {yesterday: 0}, named: {violations: {v: '重复收费'}, checks: {c: '规则'}}, seed: 1});
    queue.begin(new URLSearchParams());
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory, reviewed):
    folder, out = reviewed
    home = tmp_path_factory.mktemp("queue")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    key = store.add_inspection("示例检查", "山岭县人民医院", folder, "演示", demo=True)
    shutil.copytree(out, Runs(store, home, None).out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    store.close()
    with served(home) as address:
        yield address


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert wrong == []


def opened(page, address, query="/"):
    page.goto(address + query)
    page.wait_for_selector(".case-line h1", timeout=90_000)
    return page


def asked(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def listed(page):
    return page.eval_on_selector_all(ROWS, KEYS)


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/{name}-{page.viewport_size['width']}.png")


def test_each_filter_has_a_chip_stands_in_the_address_and_can_be_taken_away(page, address):
    opened(page, address)
    page.click(".queue .views button:has-text('筛选')")
    shot(page, "panel")
    for width in (1920, 1280, 820):
        page.set_viewport_size({"width": width, "height": 900})
        if width == 820:
            page.click(".open-queue")
            page.click(".queue .views button:has-text('筛选')")
        box = page.locator(".queue .filters").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shot(page, "panel")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.select_option("select[aria-label=违规类型]", "phantom_stay")
    department = page.eval_on_selector("select[aria-label=科室]", "one => one.options[1].value")
    narrowed = listed(page)
    assert 0 < len(narrowed) < 14
    page.keyboard.press("1")  # a digit in the panel decides nothing
    page.select_option("select[aria-label=科室]", department)
    page.keyboard.press("Escape")
    assert page.locator(".queue .filters").is_hidden()
    assert page.locator(CHIPS).count() == 2
    assert "待定" in page.inner_text(".strip")
    query = asked(page)
    assert (query["violation"], query["department"]) == ("phantom_stay", department)
    assert urlsplit(page.url).query.isascii()
    assert "%" not in page.url
    page.locator(CHIPS).nth(1).click()
    assert listed(page) == narrowed
    page.reload()
    page.wait_for_selector(CHIPS)
    assert listed(page) == narrowed
    shot(page, "chips")
    page.click(".queue .chips >> text=清除")
    assert len(listed(page)) == 14
    assert "violation" not in asked(page)


def test_an_address_that_fits_no_case_says_so_and_clearing_opens_the_first(page, address):
    page.goto(address + "/?department=000000000000")
    page.wait_for_selector(".middle .empty:has-text('没有符合的病例。')", timeout=90_000)
    assert listed(page) == []
    assert "未找到" in page.inner_text(".queue .chips")
    for key in ("1", "2", "o", "u", "c", "b", "j", "t", "BracketRight", "Space"):
        page.keyboard.press(key)  # without a case a key does nothing, and no script fails
    shot(page, "fits-nothing")
    page.click(".queue .rows >> text=清除筛选")
    page.wait_for_selector(".case-line h1")
    assert len(listed(page)) == 14
    assert "department" not in asked(page)


def test_amounts_are_from_and_below_and_a_wrong_one_is_refused_in_words(page, address):
    opened(page, address)
    page.click(".queue .views button:has-text('筛选')")
    page.fill("input[aria-label='金额起，含（元）']", "1e3")
    assert "最多两位小数" in page.inner_text(".filters .notice")
    assert page.locator(CHIPS).count() == 0
    page.fill("input[aria-label='金额起，含（元）']", "2002.42")
    page.fill("input[aria-label='金额止，不含（元）']", "2002.42")
    assert "起数须小于止数" in page.inner_text(".filters .notice")
    page.fill("input[aria-label='金额止，不含（元）']", "2002.43")
    assert page.inner_text(CHIPS).startswith("金额 2002.42–2002.43 元")
    assert len(listed(page)) == 1  # the stay whose whole total is under suspicion


def test_the_case_in_hand_keeps_its_place_when_its_decision_leaves_the_filter(page, address):
    opened(page, address, "/?decision=pending")
    here = page.get_attribute(".queue li.on button", "data-key")
    before = listed(page)
    for decided in range(1, page.locator(".card").count() + 1):
        page.keyboard.press("1")
        page.wait_for_function(
            "n => document.querySelectorAll('.card .verdict.confirm').length === n", arg=decided
        )
    page.keyboard.press("Escape")  # stay on this case
    page.wait_for_selector(".strip.confirm:not(:has-text('正在存'))")
    assert here in listed(page)
    page.click(f".queue li button[data-key='{next(one for one in before if one != here)}']")
    page.wait_for_function(
        "here => document.querySelector('.queue li.on button').dataset.key !== here", arg=here
    )
    assert here not in listed(page)


def test_the_draw_is_an_order_of_its_own_with_its_seed(page, address):
    opened(page, address)
    by_yuan = listed(page)
    page.click(".queue .views button:has-text('筛选')")
    page.select_option("select[aria-label=排序]", "random")
    assert sorted(listed(page)) == sorted(by_yuan)
    assert listed(page) != by_yuan
    assert "种子 1" in page.inner_text(".queue .chips")
    assert asked(page)["order"] == "random"
    page.keyboard.press("Escape")


def test_of_a_thousand_rows_only_those_in_view_are_in_the_page_and_filters_still_reach_all(page, address):
    opened(page, address)
    page.evaluate(MANY, 1000)
    assert page.locator(ROWS).count() < 60
    assert page.eval_on_selector(".queue", "box => box.scrollWidth <= box.clientWidth")
    assert page.locator(ROWS).first.bounding_box()["height"] == 60
    height = page.eval_on_selector(".queue .rows", "box => box.scrollHeight")
    page.evaluate("many.mark('k700')")
    page.wait_for_selector(".queue li.on button[data-key=k700]")
    assert page.locator(".queue li.on").get_attribute("aria-posinset") == "701"
    assert page.eval_on_selector(".queue .rows", "box => box.scrollHeight") == height == 1000 * 61 + 32
    shot(page, "thousand")
    page.eval_on_selector(".queue .rows", "box => { box.scrollTop = box.scrollHeight; }")
    page.wait_for_selector(".queue li button[data-key=k999]")
    page.fill(".queue input[type=search]", "测500")
    assert listed(page) == ["k500"]


def test_wider_rows_are_kept_by_the_browser_and_a_long_list_keeps_its_height(page, address):
    opened(page, address)
    page.evaluate(MANY, 400)
    page.evaluate("document.querySelector('.queue .rows').scrollTop = 6100")
    page.click(".avatar")
    page.click(".menu.user >> text=舒展或紧凑")
    page.wait_for_function("document.querySelector('.queue .many li').getBoundingClientRect().height === 69")
    assert page.eval_on_selector(".queue .rows", "box => box.scrollHeight") == 69 * 400 + 32
    shot(page, "roomy")
    opened(page, address)
    assert page.evaluate("document.body.classList.contains('roomy')")
    assert page.eval_on_selector(".card.open .message", "box => getComputedStyle(box).fontSize") == "16px"
