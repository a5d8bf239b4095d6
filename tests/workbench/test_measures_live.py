"""Every page as it is drawn, at every width, in light and dark: nothing spills, words are told apart, targets are met."""

import io
import os
import shutil
from itertools import combinations
from pathlib import Path

import pytest
from browsing import LIVE, SETTLED
from PIL import Image, ImageChops, ImageStat
from serving import PASSWORD, furnish, served

from review.casework.runs import Runs
from review.door import PATHS
from review.store.store import Store

pytestmark = LIVE
MEASURES = (Path(__file__).parent / "page_measures.js").read_text("utf-8")
NAME = "陈立群"
KINDS = ("page", "wide", "small", "pale", "moving")
LEAST_GREY = 16  # of 255 from one fill to another, on average over its picture
WIDTHS = (820, 1280, 1440, 1920, 2560)
ROOMY = (820, 1280, 1920)  # with letters two pixels larger
TARGETS = {820: 44, 1280: 32}  # a finger's and a pointer's, where the page is narrowest for each
DRAWN = {
    "": ".card.open .evidence button.on",
    "inspections": ".files tbody tr",
    "chat": ".start .btn",
    "library": ".side-list .rows li",
    "rulebook": ".detail dl",
    "overview": ".legend .reject",
    "papers": ".paper-side .sheet",
    "audit": ".trail tbody tr",
    "users": ".people tbody tr",
}
FOCUSED = """() => {
    const box = document.activeElement, style = getComputedStyle(box);
    const column = ['top', 'queue', 'timeline', 'record', 'cards-column', 'act'].find((name) => box.closest('.' + name));
    return [column, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
}"""
# scrolls a table until its head sticks over a row's middle, and names the cells of the head that something covers
HEADS_BELOW = """(chosen) => {
    const table = document.querySelector(chosen), heads = [...table.querySelectorAll('thead th')];
    let holder = table;
    while (holder.scrollHeight <= holder.clientHeight + 1 || getComputedStyle(holder).overflowY === 'visible') holder = holder.parentElement;
    const rows = [...table.querySelectorAll('tbody tr')], below = new Set();
    let stuck = false;
    for (const row of rows.slice(0, 12)) {
        const at = row.getBoundingClientRect(), top = holder.getBoundingClientRect().top;
        holder.scrollTop += at.top + at.height / 2 - top - heads[0].getBoundingClientRect().height / 2;
        for (const head of heads) {
            const box = head.getBoundingClientRect();
            stuck ||= box.bottom > row.getBoundingClientRect().top + 1;
            for (const x of [.1, .5, .9]) for (const y of [.2, .5, .8]) {
                const met = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
                if (box.top >= top - 1 && met && !head.contains(met)) below.add(head.textContent + ' under ' + met.tagName);
            }
        }
    }
    return {stuck, below: [...below]};
}"""
QUIET = """() => !document.querySelector('.mj .grey i') && document.querySelector('.mj :is(main, .top)')"""


@pytest.fixture(scope="module")
def address(tmp_path_factory, reviewed):
    folder, out = reviewed
    home = tmp_path_factory.mktemp("measured")
    furnish(home, [], {NAME: ("组长", "管理员"), "王敏": ("专家",)})
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    key = store.add_inspection("山岭县检查", "山岭县人民医院", folder, NAME)
    shutil.copytree(out, Runs(store, home, None).out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    store.close()
    with served(home) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser, address):
    """One window for all; at the end nobody else was asked and no script had failed."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
    page, asked, wrong = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.goto(address)
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_selector(".card.open", timeout=60_000)
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert wrong == []


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/{name}.png", full_page=True)


def opened(page, address, path):
    page.goto(f"{address}/{path}")
    page.wait_for_selector(DRAWN.get(path, "main"), timeout=60_000)
    page.wait_for_function(QUIET)
    page.evaluate(SETTLED)


def measured(page, width):
    page.set_viewport_size({"width": width, "height": 1180 if width < 1024 else 900})
    page.evaluate(SETTLED)
    return page.evaluate(MEASURES, {"least": TARGETS.get(width, 0), "weakest": 4.5})


@pytest.mark.parametrize("path", [*PATHS, "password"])
def test_nothing_spills_and_every_word_and_target_is_met(page, address, path):
    opened(page, address, path)
    weak = {}
    for width in WIDTHS:
        told = measured(page, width)
        assert told["words"] > 3 and told["targets"] > 2  # the page stood there to be measured
        weak |= {(width, kind): told[kind] for kind in KINDS if told[kind]}
    page.evaluate("document.body.classList.add('dark')")
    weak |= {("dark", "pale"): pale} if (pale := measured(page, 1440)["pale"]) else {}
    page.evaluate("document.body.classList.remove('dark')")
    page.evaluate("document.body.classList.add('roomy')")
    for width in ROOMY:
        told = measured(page, width)
        weak |= {("roomy", width, kind): told[kind] for kind in ("page", "wide", "small") if told[kind]}
    page.evaluate("document.body.classList.remove('roomy')")
    assert weak == {}


@pytest.mark.parametrize("path", PATHS)
def test_the_table_of_keys_spills_nothing_and_is_read_in_light_and_dark(page, address, path):
    opened(page, address, path)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+Slash")
    page.wait_for_selector("dialog[open]")
    weak = {
        width: {kind: told[kind] for kind in KINDS if told[kind]}
        for width in (820, 1440)
        if (told := measured(page, width))
    }
    page.evaluate("document.body.classList.add('dark')")
    weak["dark"] = {"pale": pale} if (pale := measured(page, 1440)["pale"]) else {}
    page.evaluate("document.body.classList.remove('dark')")
    assert {at: told for at, told in weak.items() if told} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_is_measured_like_the_other_pages(browser, address, scheme):
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce", color_scheme=scheme)
    page, weak = context.new_page(), {}
    page.goto(f"{address}/sign-in")
    for state in ("asked", "refused"):
        for width in WIDTHS:
            told = measured(page, width)
            assert told["words"] > 3 and told["targets"] == 3
            weak |= {(state, width, kind): told[kind] for kind in KINDS if told[kind]}
        page.fill("[name=name]", "没有这个人")
        page.fill("[name=password]", "不是这个密码")
        page.click("button")
        page.wait_for_selector("[role=alert]")
    shot(page, f"sign-in-{scheme}")
    context.close()
    assert weak == {}


def test_the_heads_of_tables_stay_above_their_rows_on_a_tablet(page, address):
    opened(page, address, "inspections")
    page.set_viewport_size({"width": 820, "height": 500})
    shot(page, "inspections-820")
    page.click("text=逐例分派")
    page.wait_for_selector("dialog.by-hand[open] tbody tr")
    of_dialog = page.evaluate(HEADS_BELOW, "dialog.by-hand .list")
    shot(page, "by-hand-820")
    sunk = page.add_style_tag(content="dialog.by-hand .list thead th { z-index: -1 !important }")
    assert page.evaluate(HEADS_BELOW, "dialog.by-hand .list")["below"] != []
    sunk.evaluate("style => style.remove()")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.by-hand", state="detached")
    of_page = {list_: page.evaluate(HEADS_BELOW, list_) for list_ in (".assigning .list", ".files .list")}
    shot(page, "assigning-820")
    assert of_dialog == {"stuck": True, "below": []}
    assert {list_: told["below"] for list_, told in of_page.items()} == {one: [] for one in of_page}


def test_the_measures_see_what_they_are_for(page, address):
    opened(page, address, "password")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate(
        """() => { const box = document.createElement('div');
        box.style.cssText = 'position:fixed;top:0;left:0;z-index:99;width:60px;overflow:hidden;white-space:nowrap;background:#fff';
        box.innerHTML = '<button style="color:#8a8a8a;min-width:0">小</button><span>一行放不下的文字一行放不下的文字</span>'
            + '<i style="position:absolute;background-image:linear-gradient(#fff,#111)">渐</i><b style="transition:color 1s !important">动</b>';
        document.querySelector('.mj').append(box); const style = document.createElement('style');
        style.textContent = '.mj div > button::after { display: none }'; document.head.append(style); }"""
    )
    told = measured(page, 1280)
    assert [len(told[kind]) for kind in ("wide", "small", "pale", "moving")] == [1, 1, 2, 1]


def test_focus_is_seen_and_goes_in_the_order_of_reading(page, address):
    opened(page, address, "")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.activeElement.blur()")
    columns, unseen = [], []
    for _ in range(150):
        page.keyboard.press("Tab")
        column, ring = page.evaluate(FOCUSED)
        columns += [column] if column and columns[-1:] != [column] else []
        unseen += [] if ring else [page.evaluate("document.activeElement.outerHTML.slice(0, 80)")]
        if column == "act":
            break
    assert columns == ["top", "queue", "timeline", "record", "cards-column", "act"]
    assert unseen == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_decisions_are_told_apart_without_any_colour(page, address, theme):
    opened(page, address, "overview")
    page.evaluate("dark => document.body.classList.toggle('dark', dark)", theme == "dark")
    drawn = {}
    for kind in ("confirm", "ask", "open", "reject"):
        picture = page.locator(f".legend .{kind}").first.screenshot()
        drawn[kind] = Image.open(io.BytesIO(picture)).convert("L").resize((14, 10))
    page.evaluate("document.body.classList.remove('dark')")
    apart = {
        pair: ImageStat.Stat(ImageChops.difference(drawn[pair[0]], drawn[pair[1]])).mean[0]
        for pair in combinations(drawn, 2)
    }
    assert {pair: round(grey) for pair, grey in apart.items() if grey < LEAST_GREY} == {}
