"""The papers' page in a real browser: asked before a draft, files that come down, states, masking, text stays text."""

import io
import os
import shutil

import openpyxl
import pytest
from argon2 import PasswordHasher
from browsing import LIVE
from serving import PASSWORD, served

from review.casework.results import Results
from review.casework.runs import Runs
from review.store.entries import Press, TrailFilter, User
from review.store.store import Store, new_key

pytestmark = LIVE
PEOPLE = {"陈立群": ("组长",), "王敏": ("专家",), "丁一": ("经办",)}
HOSTILE = "=1+1<img src=x onerror=window.ran=1>${window.ran=1}𠮷"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHIFTS = """() => { window.shifts = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (!one.hadRecentInput) window.shifts += one.value; })).observe({type: 'layout-shift', buffered: false}); }"""


@pytest.fixture(scope="module")
def served_store(tmp_path_factory, reviewed):
    """A running workbench over a review in which one finding is decided, and its store."""
    folder, out = reviewed
    home = tmp_path_factory.mktemp("papers")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for name, roles in PEOPLE.items():
        store.people.add(User(name, hashed, roles), "陈立群")
    key = store.add_inspection("山岭县 2024", "山岭县人民医院", folder, "陈立群")
    shutil.copytree(out, Runs(store, home, None).out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    results = Results(out)
    lines = [line for found in results.findings.values() for line in found]
    results.close()
    first = lines[0]
    store.append(Press(new_key(), key, first["admission_id"], first["id"], "confirm", "王敏", note=HOSTILE))
    with served(home) as address:
        yield address, store, key, lines
    store.close()


@pytest.fixture
def signed_in(browser, served_store):
    """A window of a person; afterwards it must have asked nobody else, complained of nothing and run nothing."""
    address = served_store[0]
    windows = []

    def window(name, width=1440, expects=()):
        page = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN").new_page()
        page.asked, page.complaints, page.expects = [], [], expects
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda problem: page.complaints.append(str(problem)))
        page.goto(address + "/sign-in")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.wait_for_load_state()
        page.complaints.clear()
        page.goto(address + "/papers")
        windows.append(page)
        return page

    yield window
    for page in windows:
        assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == []
        assert [said for said in page.complaints if not any(one in said for one in page.expects)] == []
        assert page.evaluate("window.ran") is None
        page.context.close()


def ready(page):
    page.wait_for_selector(".sheet h2", timeout=90_000)
    return page


def choose(page, title):
    page.click(f".side-papers li button:has-text('{title}')")
    page.wait_for_selector(f".sheet h2:has-text('{title}')", timeout=60_000)
    page.wait_for_selector(".sheets:not(.stale)")


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/papers-{name}-{page.viewport_size['width']}.png")


@pytest.mark.parametrize("width", [820, 1280, 1440, 2560])
def test_every_paper_is_shown_without_being_wider_than_the_window(signed_in, width):
    page = ready(signed_in("陈立群", width))
    for title in ("取证单", "工作底稿", "统计附表", "事实确认书", "移送清单", "审核记录"):
        choose(page, title)
        assert page.evaluate(WIDER) <= 0
        if title != "审核记录":
            assert page.inner_text(".sheet h2").startswith("（草稿）")
        shot(page, title)
    assert HOSTILE in page.inner_text(".sheet")


def test_open_findings_are_asked_about_before_a_draft_comes_down(signed_in, served_store):
    _, store, key, lines = served_store
    page = ready(signed_in("陈立群", expects=("409",)))
    choose(page, "工作底稿")
    page.click("[data-format=xlsx]")
    page.wait_for_selector(".asking")
    assert f"还有 {len(lines) - 1} 项待定，生成草稿还是先审完？" in page.inner_text(".asking")
    shot(page, "asking")
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    file = coming.value
    assert file.suggested_filename.startswith("工作底稿-草稿-")
    book = openpyxl.load_workbook(io.BytesIO(file.path().read_bytes()))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    line = store.trail.lines(TrailFilter(act="export_paper", inspection=key))[0]
    assert (line.who, line.subject) == ("陈立群", "working.xlsx")
    page.click(".paper-bar button:has-text('定稿')")
    page.wait_for_selector(".notice:has-text('审完才能定稿')")


def test_names_are_masked_by_one_key_where_a_paper_leaves(signed_in):
    page = ready(signed_in("陈立群"))
    choose(page, "事实确认书")
    assert "本件已隐去个人身份" not in page.inner_text(".sheet")
    page.evaluate(SHIFTS)
    page.keyboard.press("KeyM")
    page.wait_for_selector(".sheet:has-text('本件已隐去个人身份')", timeout=60_000)
    assert page.evaluate("window.shifts") < 0.1
    shot(page, "masked")
    choose(page, "取证单")
    assert page.locator(".paper-bar .tabs").count() == 0


def test_one_stay_alone_has_its_sheet(signed_in):
    page = ready(signed_in("陈立群"))
    choose(page, "取证单")
    assert page.locator(".sheet h3").count() > 1
    page.select_option(".paper-bar select", index=1)
    page.wait_for_function("document.querySelectorAll('.sheet h3').length === 1")


def test_an_expert_sees_the_own_notes_only_and_a_clerk_no_page(signed_in):
    page = ready(signed_in("王敏"))
    assert page.locator(".side-papers li").count() == 1
    assert HOSTILE in page.inner_text(".sheet")
    assert page.locator(".paper-bar button:has-text('定稿')").count() == 0
    shot(page, "expert")
    with page.expect_download() as coming:
        page.keyboard.press("KeyE")
    assert coming.value.suggested_filename.startswith("审核记录-2")
    clerk = signed_in("丁一", expects=("403",))
    clerk.wait_for_selector("text=没有这一页的权限", timeout=60_000)
    assert clerk.locator("nav a:has-text('文书')").count() == 0


def test_a_finished_review_is_settled_and_comes_down_without_the_word_draft(signed_in, served_store):
    _, store, key, lines = served_store
    for line in lines[1:]:
        store.append(Press(new_key(), key, line["admission_id"], line["id"], "confirm", "王敏"))
    page = ready(signed_in("陈立群"))
    choose(page, "事实确认书")
    assert "已审完" in page.inner_text(".side-papers")
    page.click(".paper-bar button:has-text('定稿')")
    page.wait_for_selector(".side-papers li.on .state.done:has-text('已定')")
    page.wait_for_function("!document.querySelector('.sheet h2').textContent.startsWith('（草稿）')")
    with page.expect_download() as coming:
        page.keyboard.press("KeyW")
    assert "草稿" not in coming.value.suggested_filename
    page.click(".paper-bar button:has-text('记为已签收')")
    page.wait_for_selector(".side-papers li.on .state:has-text('已签收')")
    shot(page, "signed")
    store.append(Press(new_key(), key, lines[0]["admission_id"], lines[0]["id"], "reject", "王敏"))
    page.reload()
    ready(page)
    page.wait_for_selector(".side-papers .why:has-text('决定有改动')")
