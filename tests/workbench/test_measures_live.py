"""Every page as it is drawn, at every width, in light and dark: nothing spills, words are told apart, targets are met."""

import io
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
        weak |= {(width, kind): told[kind] for kind in ("page", "wide", "small", "pale") if told[kind]}
    page.evaluate("document.body.classList.add('dark')")
    weak |= {("dark", "pale"): pale} if (pale := measured(page, 1440)["pale"]) else {}
    page.evaluate("document.body.classList.remove('dark')")
    page.evaluate("document.body.classList.add('roomy')")
    for width in ROOMY:
        told = measured(page, width)
        weak |= {("roomy", width, kind): told[kind] for kind in ("page", "wide", "small") if told[kind]}
    page.evaluate("document.body.classList.remove('roomy')")
    assert weak == {}


def test_the_measures_see_what_they_are_for(page, address):
    opened(page, address, "password")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate(
        """() => { const box = document.createElement('div');
        box.style.cssText = 'position:fixed;top:0;left:0;z-index:99;width:60px;overflow:hidden;white-space:nowrap;background:#fff';
        box.innerHTML = '<button style="color:#8a8a8a;min-width:0">小</button><span>一行放不下的文字一行放不下的文字</span>';
        document.querySelector('.mj').append(box); const style = document.createElement('style');
        style.textContent = '.mj div > button::after { display: none }'; document.head.append(style); }"""
    )
    told = measured(page, 1280)
    assert [len(told[kind]) for kind in ("wide", "small", "pale")] == [1, 1, 1]


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
