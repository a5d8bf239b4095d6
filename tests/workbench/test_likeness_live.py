"""The views of likeness and vital signs in a real browser: one press opens them, nothing runs over, text stays text."""

import os
import shutil

import pytest
from browsing import LIVE
from invented_likeness import write_many
from serving import served

from review.casework.runs import Runs
from review.pipeline import review_inspection
from review.store.store import Store

pytestmark = LIVE
PATIENTS = 60  # of five notes each
WIDER = """(root) => {
  const box = document.querySelector(root), edge = box.getBoundingClientRect().right + 1;
  return [...box.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > edge
    && !one.closest('.scroll, .tabs, .cut, header, .paper')).map((one) => one.className.baseVal || one.className || one.tagName);
}"""


@pytest.fixture(scope="module")
def reviewed_many(tmp_path_factory):
    home = tmp_path_factory.mktemp("many")
    folder = write_many(home / "inspection", PATIENTS)
    review_inspection(folder, home / "out", home=home)
    return folder, home / "out"


@pytest.fixture(scope="module")
def address(tmp_path_factory, reviewed_likeness, reviewed_alone, reviewed_many):
    home = tmp_path_factory.mktemp("alike")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    kinds = {"雷同": reviewed_likeness, "一例": reviewed_alone, "许多": reviewed_many}
    for name, (folder, out) in kinds.items():
        key = store.add_inspection(name, "山岭县人民医院", folder, "演示", demo=True)
        shutil.copytree(out, Runs(store, home, None).out(key, 1))
        store.update_inspection(key, state="ready", run=1)
    keys = {entry.name: entry.key for entry in store.inspections()}
    store.close()
    with served(home) as address:
        yield lambda name: f"{address}/?inspection={keys[name]}"


@pytest.fixture(params=[(390, False), (820, True), (1280, False), (1440, True), (1920, False)], ids=str)
def page(browser, request):
    width, dark = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="zh-CN", color_scheme="dark" if dark else "light"
    )
    page, wrong, asked = context.new_page(), [], []
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("request", lambda one: asked.append(one.url))
    yield page
    context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith(("http://127.0.0.1", "data:", "blob:"))] == []


def opened(page, address, who, check=None):
    page.goto(address)
    page.wait_for_selector(".queue li button", state="attached", timeout=90_000)
    if page.viewport_size["width"] < 1024:
        page.click(".open-queue")
    page.click(f".queue li button:has-text('{who}')")
    page.wait_for_function("(who) => document.querySelector('h1')?.textContent.startsWith(who)", arg=who)
    page.wait_for_selector(".card.open")
    for _ in range(page.locator(".card").count()):
        if check is None or page.inner_text(".card.open .code") == check:
            return
        page.keyboard.press("KeyJ")  # the next card opens within the press
    raise AssertionError(f"no finding of {check}")


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/{name}-{page.viewport_size['width']}.png")


def test_evidence_of_a_copy_opens_the_comparison_with_one_press(page, address):
    opened(page, address("雷同"), "邵怀远", "DOC-017")
    page.locator(".evidence .beside").first.click()
    page.wait_for_selector(".side-text mark.for.now")
    assert "重复有多常见" in page.inner_text(".stage .rates")
    assert page.locator(".leftovers tbody tr").count() >= 4
    assert page.locator(".side-text .template").count() >= 2
    assert page.evaluate(WIDER, ".stage") == []
    assert "view=compare" in page.url
    shot(page, "compare")
    first = page.inner_text(".side-text mark.now")
    page.keyboard.press("KeyW")
    assert page.inner_text(".side-text mark.now") != first
    page.keyboard.press("Escape")
    assert page.locator(".stage").is_hidden()
    assert "view=" not in page.url
    page.keyboard.press("KeyC")
    page.wait_for_selector(".side-text mark.for")


def test_two_revisions_of_a_pdf_stand_beside_each_other_as_text_and_as_picture(page, address):
    opened(page, address("雷同"), "周文远", "DOC-022")
    page.keyboard.press("KeyC")
    page.wait_for_selector(".side-text.gone .differs", timeout=60_000)
    assert page.inner_text(".side-text.gone .differs") == "社区获得性"
    assert page.locator(".side-text.come .differs").first.inner_text() == "重症"
    assert page.evaluate(WIDER, ".stage") == []
    page.click(".versions-as button:has-text('画面')")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.side-text img')].length === 2 && [...document.querySelectorAll('.side-text img')].every((one) => one.naturalWidth > 200)"
    )
    assert page.locator(".side-text.come .box-mark").count() == 2
    shot(page, "versions")


def test_one_press_leads_from_the_map_to_a_pair_and_its_case(page, address):
    opened(page, address("雷同"), "鲍春和")
    page.keyboard.press("KeyM")
    page.wait_for_selector(".map .dot.found")
    assert page.locator(".map [data-n]").count() == 2
    assert page.locator(".map .pair.found").count() == 1
    assert page.evaluate(WIDER, ".stage") == []
    shot(page, "map-two")
    page.locator(".map [data-n]").first.click(force=True)
    page.wait_for_selector(".side-text mark.for")
    assert page.text_content("h1") == "邵怀远"
    assert page.text_content(".card.open .code") == "DOC-017"


def test_a_map_of_many_documents_is_filtered_and_walked_by_keys(page, address):
    opened(page, address("许多"), "佟")
    page.keyboard.press("KeyM")
    page.wait_for_selector(".map svg")
    whole = page.locator(".map [data-n]").count()
    assert whole > 20
    assert page.evaluate(WIDER, ".stage") == []
    shot(page, "map-many")
    page.click(".map-filters button:has-text('八成以上')")
    assert 0 < page.locator(".map [data-n]").count() < whole
    page.focus(".map")
    page.keyboard.press("ArrowRight")
    assert "并排对照" in page.inner_text(".day-told")
    page.keyboard.press("Enter")
    page.wait_for_selector(".side-text .same")
    assert page.locator(".day-told").count() == 0


def test_the_plot_opens_from_timeline_and_sheet_and_leads_to_the_row(page, address):
    opened(page, address("雷同"), "鲍春和", "DOC-019")
    if page.viewport_size["width"] >= 1024:
        page.click(".timeline button.label:has-text('体征')")
    else:
        page.click(".tabs [data-tab=vitals]")
        page.click(".plot-of")
    page.wait_for_selector(".vitals-chart .suspect")
    assert "14 次" in page.inner_text(".said-of")
    assert "5 例有体征" in page.inner_text(".said-of")
    assert page.evaluate(WIDER, ".record") == []
    shot(page, "plot")
    page.click(".text-head .modes button:has-text('段 1')")
    page.focus(".vitals-chart")
    page.keyboard.press("ArrowRight")
    assert "体温" in page.inner_text(".day-told")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet tr.now")
    assert page.locator(".day-told").count() == 0
    page.keyboard.press("KeyV")
    page.wait_for_selector(".vitals-chart")


def test_nothing_to_compare_says_so_and_hostile_text_is_shown_as_text(page, address):
    opened(page, address("一例"), "佟")
    page.keyboard.press("KeyC")
    assert "没有可并排对照" in page.inner_text(".stage .empty")
    page.keyboard.press("KeyM")
    page.wait_for_function(
        "() => document.querySelector('.stage .empty')?.textContent.includes('只有一名患者')"
    )
    shot(page, "empty")
    page.keyboard.press("Escape")
    page.keyboard.press("KeyV")
    page.wait_for_function(
        "() => document.querySelector('.record .text').textContent.includes('没有体征记录')"
    )
    opened(page, address("雷同"), "仲文涛", "DOC-016")
    page.keyboard.press("KeyC")
    page.wait_for_selector(".side-text mark.for")
    assert "onerror" in page.inner_text(".side-text >> nth=0")
    assert page.locator(".stage img").count() == 0
    assert page.title() == "明鉴"
