"""Proposing a finding on the page: mark, press +, say what it is; the card stands, Z takes it back, another seconds it."""

import shutil

import pytest
from browsing import LIVE, SETTLED
from demonstration import CLEAN
from serving import PASSWORD, furnish, served

from review.casework.results import Results
from review.casework.runs import Runs
from review.store.pairs import FIRST, SECOND
from review.store.store import Store

pytestmark = LIVE
FIRST_EXPERT, SECOND_EXPERT = "王敏", "周岚"
LONG = """() => {
    const one = {id: 'f', check: 'CHG-001', family: 'charges', title: '疑似重复收费', subtitle: '', message: '某日某项。'.repeat(80),
        certainty: 'clue', certainty_name: '线索', amount: null, evidence: [], hidden: 0, overturned_by: [], lowered_by: [], basis: [],
        options: [], origin: 'rule', decision: null, files: [], reading: null};
    const cas = {findings: [one], faults: [], outcomes: {all: [], failed: [], not_checked: [], clear: 0, not_applicable: 0}};
    const cards = mingjian.cards({}, {redraw: () => cards.draw(cas, 0, null), hearing: () => null});
    const holder = mingjian.el('div', {id: 'long', style: 'position:fixed;inset:0;width:424px;background:#fff;z-index:99'}, cards.root);
    document.querySelector('.mj').append(holder);
    cards.draw(cas, 0, null);
}"""
SAVED = "() => !localStorage.getItem('mingjian-presses:王敏')"


@pytest.fixture(scope="module")
def place(tmp_path_factory, reviewed):
    """A running workbench in which a clean case is one expert's, and another may second."""
    folder, out = reviewed
    home = tmp_path_factory.mktemp("proposing")
    furnish(home, [], {"陈立群": ("组长",), FIRST_EXPERT: ("专家",), SECOND_EXPERT: ("专家",)})
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    key = store.add_inspection("山岭县检查", "山岭县人民医院", folder, "陈立群")
    shutil.copytree(out, Runs(store, home, None).out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    results = Results(out)
    keys = store.case_keys(key, list(results.admissions))
    results.close()
    store.pairs.assign(key, FIRST, {CLEAN: FIRST_EXPERT}, "陈立群")
    with served(home) as address:
        yield address, store, key, keys[CLEAN]
    store.close()


@pytest.fixture
def signed_in(browser, place):
    """Opens the case as somebody; what goes wrong on a page fails the test."""
    contexts, wrong = [], []

    def opened(name, width=1440):
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: wrong.append(str(problem)))
        page.goto(place[0])
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".document [data-at]", timeout=60_000)
        page.evaluate(SETTLED)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def mark_line(page, n):
    """Select a line of the open document as a reader does, with three clicks; its words."""
    line = page.locator(".document [data-at] .said").nth(n)
    line.scroll_into_view_if_needed()
    line.click(click_count=3, position={"x": 6, "y": 6})
    return page.evaluate("getSelection().toString().trim()")


def propose(page):
    """Mark a line, add another, and save; the words that were marked."""
    words = [mark_line(page, 2)]
    page.keyboard.press("Shift+Equal")
    page.wait_for_selector(".proposing")
    words.append(mark_line(page, 3))
    page.keyboard.press("Shift+Equal")
    page.wait_for_function("document.querySelectorAll('.proposed-marks li').length === 2")
    page.select_option(".proposing select", "excessive_service")
    page.fill(".proposing textarea", "同一日两次检查，未见指征")
    page.fill(".proposing [aria-label='金额，元']", "１２０")
    page.wait_for_selector(".option-line[aria-pressed='true']")
    page.click(".proposing .btn.main")
    page.wait_for_selector(".card.open .verdict.confirm")
    return words


def test_without_a_mark_the_key_says_what_to_do_first(signed_in):
    page = signed_in(FIRST_EXPERT)
    page.keyboard.press("Shift+Equal")
    page.wait_for_function("document.querySelector('.strip').textContent.includes('先在病历里选中')")
    assert page.locator(".proposing").count() == 0


def test_a_case_without_findings_offers_it_and_the_sheet_of_a_tablet_is_drawn_up(signed_in):
    page = signed_in(FIRST_EXPERT, width=820)
    mark_line(page, 2)
    page.click(".card.none button:has-text('提出疑点')")
    page.wait_for_selector(".proposing")
    page.keyboard.press("Escape")
    low = page.locator(".right").bounding_box()["height"]
    page.click(".sheet-handle")
    high = page.locator(".right").bounding_box()["height"]
    assert high > 1.6 * low
    box = page.locator(".cards-head").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 90)
    page.mouse.up()
    assert page.locator(".right").bounding_box()["height"] == low


def test_a_long_message_is_three_lines_until_it_is_opened(signed_in):
    page = signed_in(FIRST_EXPERT)
    page.evaluate(LONG)
    short = page.locator("#long .message").bounding_box()["height"]
    page.click("#long >> text=展开")
    assert page.locator("#long .message").bounding_box()["height"] > 2 * short
    page.click("#long >> text=收起")
    assert page.locator("#long .message").bounding_box()["height"] == short


def test_what_lacks_is_said_in_the_form_and_escape_leaves_nothing(signed_in, place):
    page = signed_in(FIRST_EXPERT)
    mark_line(page, 2)
    page.click(".act-foot >> text=自行提出")
    page.wait_for_selector(".proposing")
    page.click(".proposing .btn.main")
    assert page.inner_text(".proposing .problem") == "先选违规类型。"
    page.select_option(".proposing select", "forged_document")
    assert page.locator(".proposing [aria-label='金额，元']").is_disabled()
    page.click(".proposing .btn.main")
    assert "写一句说明" in page.inner_text(".proposing .problem")
    page.fill(".proposing [aria-label='搜索依据']", "挂床住院")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.proposed-bases').textContent.includes('挂床')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".proposing", state="detached")
    assert place[1].proposals.of(place[2]) == []


def test_a_proposed_finding_stands_with_its_quotes_is_taken_back_and_seconded(signed_in, place):
    _, store, key, _ = place
    page = signed_in(FIRST_EXPERT)
    words = propose(page)
    quotes = [item["quote"] for item in store.proposals.of(key)[0].content["evidence"]]
    assert quotes == words
    card = page.inner_text(".card.open")
    assert "疑似过度诊疗、检查或开药" in card
    assert "须两人一致才成立" in card
    assert "120.00 元" in card
    assert [page.inner_text(f".document mark[data-mark='{n}']").strip() for n in (1, 2)] == words
    page.keyboard.press("z")
    page.wait_for_function("document.querySelector('.strip').textContent.includes('这项疑点已收回')")
    assert page.locator(".card[data-finding]").count() == 0
    page.keyboard.press("Shift+Z")
    page.wait_for_selector(".card.open .verdict.confirm")
    page.wait_for_function(SAVED)
    assert store.pairs.assigned(key)[SECOND] == {next(iter(store.pairs.assigned(key)[FIRST])): SECOND_EXPERT}

    other = signed_in(SECOND_EXPERT, width=820)
    assert "王敏" not in other.inner_text(".right")
    other.keyboard.press("1")
    other.wait_for_selector(".card.open .verdict.confirm")
    other.wait_for_function("!localStorage.getItem('mingjian-presses:周岚')")
    lines = [(line.who, line.verdict) for line in store.decisions(key) if line.finding]
    assert lines == [("王敏", "confirm"), ("王敏", "undo"), ("王敏", "confirm"), ("周岚", "confirm")]
    assert store.trail.verify().problem == ""


def test_a_file_goes_up_with_a_note_is_handed_out_and_taken_back(signed_in, place):
    _, store, key, _ = place
    if not store.proposals.of(key):
        propose(signed_in(FIRST_EXPERT))
    page = signed_in(FIRST_EXPERT)
    page.wait_for_selector(".card.open[data-finding]")
    page.keyboard.press("n")
    hostile = {"name": "../=cmd|照片<b>.png", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"}
    page.set_input_files(".asking input[type=file]", [hostile, {**hostile, "name": "第二份.txt"}])
    page.wait_for_function("document.querySelectorAll('.attached .attach-row').length === 2")
    page.fill(".asking textarea", "见附件")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.card.open dd a[download]').length === 2")
    assert page.locator(".card.open dd a").first.inner_text() == "=cmd|照片<b>.png"
    with page.expect_download() as saved:
        page.locator(".card.open dd a[download]").first.click()
    assert saved.value.path().read_bytes() == hostile["buffer"]
    page.keyboard.press("n")
    page.click(".attached >> text=移去 >> nth=0")
    page.wait_for_function("document.querySelectorAll('.attached .attach-row').length === 1")
    page.set_input_files(".asking input[type=file]", {**hostile, "buffer": b""})
    page.wait_for_function("document.querySelector('.asking .problem').textContent.includes('是空的')")
    page.keyboard.press("Escape")
    admission = next(iter(store.pairs.assigned(key)[FIRST]))
    assert [one.name for one in store.proposals.attached(key, admission)] == ["第二份.txt"]
    assert store.trail.verify().problem == ""
