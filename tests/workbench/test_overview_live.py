"""总览 in a real browser: pictures lead to just their cases, tables sort, files come down, every width, light and dark."""

import io
import os
import shutil

import openpyxl
import pytest
from argon2 import PasswordHasher
from browsing import LIVE, SETTLED
from serving import PASSWORD, served

from review.casework.results import Results
from review.casework.runs import Runs
from review.store.entries import Press, User
from review.store.pairs import FIRST, SECOND
from review.store.store import Store, new_key

pytestmark = LIVE
PEOPLE = {"陈立群": ("组长",), "王敏": ("专家",), "周岚": ("专家",), "周只读": ("只读",)}
BEYOND = """() => [...document.querySelectorAll('.panel, .overview, .drawing svg')].filter((box) => box.scrollWidth > box.clientWidth + 1
    || box.getBoundingClientRect().right > innerWidth + 1).map((box) => `${box.className.baseVal ?? box.className} ${box.scrollWidth}`)"""
# letters that are drawn beyond the picture they stand in
CLIPPED = """() => [...document.querySelectorAll('.drawing svg')].flatMap((box) => { const edge = box.getBoundingClientRect();
    return [...box.querySelectorAll('text')].filter((one) => { const at = one.getBoundingClientRect();
        return at.width && (at.left < edge.left - 1 || at.right > edge.right + 1); }).map((one) => one.textContent); })"""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory, reviewed):
    """A running workbench over a review with some decisions, and one inspection that was never reviewed."""
    folder, out = reviewed
    home = tmp_path_factory.mktemp("overview")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for name, roles in PEOPLE.items():
        store.people.add(User(name, hashed, roles), "陈立群")
    key = store.add_inspection("山岭县 2024", "山岭县人民医院", folder, "陈立群")
    shutil.copytree(out, Runs(store, home, None).out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    results = Results(out)
    lines = [line for found in results.findings.values() for line in found]
    stays = list(dict.fromkeys(line["admission_id"] for line in lines))
    results.close()
    store.case_keys(key, stays)
    store.pairs.assign(key, FIRST, dict.fromkeys(stays, "王敏"), "陈立群")
    store.pairs.assign(key, SECOND, {stays[0]: "周岚"}, "陈立群")
    verdicts = ("confirm", "confirm", "ask", "reject", "confirm", "reject")
    dear = sorted(lines, key=lambda line: -(line["counted_amount"] or 0))
    for line, verdict in zip(dear, verdicts, strict=False):
        store.append(
            Press(new_key(), key, line["admission_id"], line["id"], verdict, "王敏", reasons=("原因",))
        )
    with served(home) as address:
        yield address, store, key, lines
    store.close()


@pytest.fixture(scope="module")
def page(browser, furnished):
    """The leader's window; afterwards it must have asked nobody else and complained of nothing."""
    address = furnished[0]
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    asked, wrong = [], []
    page.goto(address + "/sign-in")
    page.fill("input[name=name]", "陈立群")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.wait_for_load_state()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    yield page
    page.context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert wrong == []


@pytest.fixture(autouse=True)
def opened(page, furnished):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(furnished[0] + "/overview")
    page.wait_for_selector(".drawing svg", timeout=90_000)
    page.evaluate(SETTLED)


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/overview-{name}.png", full_page=True)


def panel(page, title):
    return page.locator(f".panel[aria-label='{title}']")


def test_the_sentence_and_the_panels_stand(page, furnished):
    said = page.inner_text(".overview-head")
    assert "14 例" in said and f"疑点 {len(furnished[3])} 项" in said and "已定 6 项" in said
    titles = page.eval_on_selector_all(".panel", "all => all.map((one) => one.getAttribute('aria-label'))")
    assert titles == ["按违规类型", "进度", "按科室", "按入院月份", "金额分布", "规则确认率", "需要处理"]
    assert page.locator("header.top [aria-current]").inner_text() == "总览"
    shot(page, "1440")


@pytest.mark.parametrize(
    ("title", "chip"),
    [("按违规类型", ""), ("按科室", ""), ("按入院月份", "入院 2024-"), ("规则确认率", "")],
)
def test_a_mark_leads_to_the_cases_it_counts(page, furnished, title, chip):
    mark = panel(page, title).locator("a.mark").first
    label = mark.get_attribute("aria-label")
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".queue .chips .pill", timeout=60_000)
    page.wait_for_selector(".case-line h1")
    assert chip in page.inner_text(".queue .chips .pill")
    shown = page.locator(".queue li button")
    assert 0 < shown.count() <= 14
    if title == "按违规类型":
        name = label.partition("：")[0]
        wanted = {x["admission_id"] for x in furnished[3] if name in x["title"]}
        assert shown.count() == len(wanted) or not wanted  # titles may be shorter than the type's name


def test_a_dot_leads_to_its_finding(page, furnished):
    dots = panel(page, "金额分布").locator("a.mark")
    assert dots.count() == sum(bool(line["amount"]) for line in furnished[3])
    href = dots.first.get_attribute("href")
    dots.first.click()
    page.wait_for_selector(".card.open", timeout=60_000)
    assert f"finding={page.locator('.card.open').get_attribute('data-finding') or ''}"[:8] in href


def test_what_waits_leads_on(page):
    row = page.locator(".todo")
    assert "1 项待补材料" in row.inner_text()
    row.locator("a", has_text="查看").first.click()
    page.wait_for_selector(".queue .chips .pill:has-text('待补材料')", timeout=60_000)
    assert page.locator(".queue li button").count() == 1


def test_tables_hold_the_same_figures_and_sort(page):
    drawn = panel(page, "按科室").locator("a.mark, g[aria-label]").count()
    panel(page, "按科室").get_by_role("button", name="表格").click()
    dialog = page.locator("dialog.figures")
    table = dialog.locator("table[aria-label=按科室]")
    assert table.locator("tbody tr").count() == drawn
    assert "没有住院满 10 例的医师" in dialog.inner_text()
    table.get_by_role("button", name="住院", exact=True).click()
    counts = [int(x) for x in table.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    table.get_by_role("button", name="住院", exact=True).click()
    assert table.locator("th[aria-sort=ascending]").count() == 1
    shot(page, "table")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def test_files_come_down_as_workbook_and_picture(page):
    with page.expect_download() as download:
        panel(page, "按违规类型").get_by_role("link", name="导出").click()
    content = download.value.path().read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["说明", "按违规类型"]
    for title in ("按违规类型", "金额分布"):
        with page.expect_download() as download:
            panel(page, title).get_by_role("button", name="图片").click()
        assert download.value.suggested_filename == f"总览-{title}.png"
        content = download.value.path().read_bytes()
        assert content.startswith(b"\x89PNG") and len(content) > 5_000
        if target := os.environ.get("MINGJIAN_SHOTS"):
            download.value.save_as(f"{target}/picture-{title}.png")


@pytest.mark.parametrize("width", [820, 1280, 1440, 1920, 2560])
def test_nothing_is_wider_than_its_place(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()
    page.wait_for_selector(".drawing svg", timeout=60_000)
    page.evaluate(SETTLED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(BEYOND) == []
    assert page.evaluate(CLIPPED) == []
    shot(page, str(width))


def test_many_findings_are_a_histogram_and_long_names_end_in_dots(page):
    page.evaluate(
        """() => {
            const box = document.querySelector('.drawing'), name = '一个名称非常长的临床科室二十个字不止的那一种';
            const bins = Array.from({length: 30}, (_, n) => ({low: +(10 ** (1 + n / 10)).toFixed(2), high: +(10 ** (1.1 + n / 10)).toFixed(2),
                by: [n * 7 % 40, n % 3, n * 11 % 90, n % 5]}));
            const groups = Array.from({length: 9}, (_, n) => ({key: 'k' + n, name, stays: 1200, findings: 2000 + n, amount: 1234567.89 / (n + 1)}));
            box.replaceChildren(mingjian.drawBins(bins, 420, () => '#'), mingjian.drawDepartments(groups, 420, () => '#'));
        }"""
    )
    assert page.evaluate(CLIPPED) == []
    assert any("…" in words for words in page.locator(".drawing svg text").all_text_contents())
    shot(page, "many")


def test_dark_and_grey_tell_the_decisions_apart(page):
    page.keyboard.press("d")
    shot(page, "dark")
    fills = page.eval_on_selector_all(
        ".panel:first-of-type .drawing svg a rect:not([fill=transparent])",
        "all => [...new Set(all.map((one) => one.getAttribute('fill').replace(/\\\\d+/, 'n')))]",
    )
    assert len(fills) >= 3 and any("hatch" in one for one in fills)
    page.keyboard.press("d")


def test_a_viewer_has_it_without_what_is_the_leaders_and_an_expert_not_at_all(browser, furnished):
    address, store, key, lines = furnished
    store.pairs.plant(key, lines[0]["id"], "confirm", "陈立群")
    for name, text in (("周只读", "一致性"), ("王敏", "您没有这一页的权限")):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        window = context.new_page()
        window.goto(address + "/sign-in")
        window.fill("input[name=name]", name)
        window.fill("input[name=password]", PASSWORD)
        window.keyboard.press("Enter")
        window.wait_for_url(lambda url: "/sign-in" not in url)
        window.goto(address + "/overview")
        window.wait_for_selector(f"text={text}", timeout=60_000)
        assert "埋入已知例" not in window.inner_text("body")
        context.close()
