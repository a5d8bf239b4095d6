"""评测's page in a real browser: the report shows in its frame and can do nothing; who has it; what stands without one."""

import json
import os

import pytest
from browsing import LIVE, SETTLED
from serving import PASSWORD, furnish, served

from review.casework.desk import Refused
from review.quality import newest_report
from review.versions import knowledge_version, rules_version

pytestmark = LIVE
PEOPLE = {"陈立群": ("组长",), "周信": ("管理员",), "王敏": ("专家",), "丁一": ("经办",), "周只读": ("只读",)}
HOSTILE = """<!doctype html><title>x</title><h1>明鉴评测 2026-01-02</h1><a href="#e1">错误</a>
<script>parent.ran = 1; top.location = '/users'</script><img src="/page/x" onerror="parent.ran = 2"><img src="https://example.org/x.png">
<form action="/sign-out" method="post"><button id="out">退出</button></form><meta http-equiv="refresh" content="1; url=https://example.org/">
<p id="e1">第 1 处</p>"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("quality")
    furnish(home, [], PEOPLE)
    return home


@pytest.fixture(scope="module")
def address(home):
    with served(home) as address:
        yield address


@pytest.fixture
def window(browser, address):
    """A window of a person on the page."""
    contexts = []

    def open_as(name):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.asked, page.blocked = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("requestfailed", lambda request: page.blocked.append((request.url, request.failure)))
        page.goto(address + "/sign-in")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(address + "/quality")
        return page

    yield open_as
    for context in contexts:
        context.close()


def write(home, text, **run):
    folder = home / "evals"
    folder.mkdir(exist_ok=True)
    (folder / "report.html").write_text(text, "utf-8")
    (folder / "run.json").write_text(json.dumps(run), "utf-8")


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/quality-{name}.png")


def test_without_a_report_the_page_says_how_to_make_one(window, home):
    (home / "evals" / "report.html").unlink(missing_ok=True)
    page = window("陈立群")
    page.wait_for_selector(".quality .empty", timeout=60_000)
    assert "还没有评测报告" in page.inner_text(".empty") and "python -m evals" in page.inner_text(".empty")
    shot(page, "empty")


def test_a_report_shows_and_nothing_in_it_acts(window, home, address):
    write(home, HOSTILE, day="2026-01-02", rules="an older one", knowledge="k")
    page = window("周信")
    frame = page.frame_locator("iframe")
    frame.locator("h1").wait_for(timeout=60_000)
    page.evaluate(SETTLED)
    assert "评测日 2026-01-02" in page.inner_text(".title") and "有改动" in page.inner_text(".title")
    frame.locator("#out").click()
    frame.locator("a").click()
    page.evaluate(SETTLED)
    assert page.evaluate("window.ran") is None
    assert page.url == address + "/quality"
    assert not [url for url in page.asked if "/sign-out" in url]
    tried = {url for url in page.asked if "example.org" in url or "/page/x" in url}
    assert {(url, why) for url, why in page.blocked if url in tried} == {(url, "csp") for url in tried}
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    shot(page, "report")
    page.click(".avatar")
    assert page.locator(".menu.user a").all_inner_texts()[:2] == ["评测", "人员"]


def test_a_report_by_todays_rules_says_nothing_of_changes(home):
    write(home, "<p>x</p>", day="2026-01-02", rules=rules_version(), knowledge=knowledge_version(home))
    assert newest_report(home).current is True
    (home / "evals" / "run.json").write_text("[]", "utf-8")
    found = newest_report(home)
    assert (found.day, found.current) == ("", None)


def test_a_file_that_is_no_report_is_refused_in_words(home):
    with (home / "evals" / "report.html").open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    with pytest.raises(Refused, match="32 MB"):
        newest_report(home)


@pytest.mark.parametrize("name", ["王敏", "丁一", "周只读"])
def test_nobody_else_has_it(window, address, home, name):
    write(home, "<p>x</p>")
    page = window(name)
    page.wait_for_selector("text=您没有这一页的权限", timeout=60_000)
    assert page.request.get(address + "/quality/report").status == 403


def test_a_stranger_is_led_to_the_door(browser, address):
    context = browser.new_context()
    reply = context.request.get(address + "/quality/report", max_redirects=0)
    assert reply.status in (303, 401)
    context.close()
