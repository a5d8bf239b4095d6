"""The library's and the rules' pages in a real browser: correcting in place, adding, confirming columns, withdrawing."""

import pytest
from browsing import LIVE
from openpyxl import Workbook
from serving import PASSWORD, furnish, served

PEOPLE = {"陈立群": ("组长",), "王敏": ("只读",)}
HOSTILE = "<img src=x onerror=window.ran=1>${window.ran=1}{{7*7}}"
NOTICE = "临江县医保局关于夜间查房的通知\n第一条 每周查房不少于两次。\n第二条 登记簿保存7年。\n第三条 本通知自2024年1月1日起施行。\n"

pytestmark = LIVE


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("library")
    (home / "in").mkdir()
    (home / "in" / "查房通知.txt").write_text(NOTICE, "utf-8")
    book = Workbook()
    book.active.title = "价格"
    for line in (
        ["编码", "项目名称", "计价单位", "三级价"],
        ["110200001", "普通门诊诊查费", "次", 10],
        ["110200002", HOSTILE, "次", "面议"],
    ):
        book.active.append(line)
    book.save(home / "in" / "价格表.xlsx")
    furnish(home, [home / "in" / "查房通知.txt", home / "in" / "价格表.xlsx"], PEOPLE)
    with served(home) as running:
        yield running


@pytest.fixture
def signed_in(browser, address):
    """A window of a person; afterwards it must have asked nobody else, complained of nothing and run nothing."""
    windows = []

    def window(name, path, width=1440):
        page = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN").new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda problem: page.complaints.append(str(problem)))
        page.goto(address + "/sign-in")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(address + "/")
        page.wait_for_load_state()
        page.complaints.clear()
        page.goto(address + path)
        windows.append(page)
        return page

    yield window
    for page in windows:
        assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == []
        assert page.complaints == []
        assert page.evaluate("window.ran") is None
        page.context.close()


def opened(page, title):
    page.wait_for_selector(".rows li", timeout=90_000)
    page.locator(f".rows li button:has-text('{title}')").first.click()
    page.wait_for_selector(f".holding h1:has-text('{title}')")
    return page


def test_a_field_is_corrected_in_its_place_and_a_wrong_one_is_told_beside_it(signed_in):
    page = opened(signed_in("陈立群", "/library"), "夜间查房")
    page.click("[aria-label='更正公布日期']")
    page.fill(".edit-box input", "去年")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-field=issued] .wrong:has-text('不是日期')")
    page.fill(".edit-box input", "2023-12-20")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-field=issued] .was:has-text('陈立群')", timeout=60_000)
    assert "原读作 未注明" in page.inner_text("[data-field=issued]")
    page.reload()
    page.wait_for_selector("[data-field=issued]:has-text('2023-12-20')", timeout=60_000)


def test_a_passage_opens_beside_the_document(signed_in):
    page = opened(signed_in("王敏", "/library"), "夜间查房")
    page.wait_for_selector(".passages li")
    assert page.locator(".edit").count() == 0
    assert "由组长或管理员做" in page.inner_text(".adding")
    page.fill(".filter", "登记簿")
    page.wait_for_function("document.querySelectorAll('.passages li').length === 1")
    page.locator(".passages button").click()
    page.wait_for_selector(".clause-box .lit:has-text('7年')")


def test_files_are_dropped_added_refused_and_withdrawn_while_the_page_stays_usable(signed_in, tmp_path):
    page = signed_in("陈立群", "/library")
    page.wait_for_selector(".adding .drop", timeout=90_000)
    (tmp_path / f"{HOSTILE.replace('/', '')}.txt").write_text(
        f"关于{HOSTILE}的通知\n第一条 {HOSTILE}\n", "utf-8"
    )
    (tmp_path / "坏.pdf").write_text("not a pdf", "utf-8")
    (tmp_path / "程序.exe").write_text("MZ", "utf-8")
    page.set_input_files("input[type=file]", sorted(str(file) for file in tmp_path.iterdir()))
    page.wait_for_selector(".coming .bad:has-text('不支持 .exe')")
    page.wait_for_selector(".coming .state.fault:has-text('拒收')", timeout=60_000)
    page.wait_for_selector(".coming .state.done:has-text('已入库')", timeout=60_000)
    page.reload()
    page.wait_for_selector(".coming .state.done")
    opened(page, "window.ran")
    page.click("text=撤回")
    page.fill("dialog input", "别的标题")
    page.click("dialog .btn.main")
    page.wait_for_selector("dialog .wrong:has-text('标题与这份文件不一致')")
    page.fill("dialog input", page.inner_text("dialog label b"))
    page.click("dialog .btn.main")
    page.wait_for_selector(".holding .notice:has-text('已撤回')", timeout=60_000)
    opened(page, "坏.pdf")
    page.click("text=从列表移除")
    page.wait_for_selector(".holding .notice:has-text('已移除')", timeout=60_000)


def test_columns_are_confirmed_and_become_rows(signed_in):
    page = opened(signed_in("陈立群", "/library"), "价格表")
    page.click("text=确认列的对应")
    page.wait_for_selector(".tables .grid", timeout=60_000)
    assert HOSTILE in page.inner_text(".tables .grid")
    assert page.locator(".go .btn").is_disabled()
    page.fill("[data-at='stated-region']", "火星")
    page.wait_for_selector(".stated .wrong:has-text('火星')")
    page.fill("[data-at='stated-region']", "吉林")
    page.fill("[data-at='stated-from']", "2024-03-01")
    page.wait_for_selector(".go:has-text('将得到 1 行，1 处不会采用')", timeout=60_000)
    page.click(".go .btn")
    page.wait_for_selector(".imported:has-text('面议')", timeout=60_000)
    page.click("text=看这份文件")
    page.wait_for_selector(".holding:has-text('规则 1 行')")


@pytest.mark.parametrize("width", [900, 1280, 1440])
@pytest.mark.parametrize("path", ["/library", "/rulebook"])
def test_no_element_is_wider_than_its_column(signed_in, path, width):
    page = signed_in("陈立群", path, width)
    page.wait_for_selector({"/library": ".rows li", "/rulebook": ".detail dl"}[path], timeout=90_000)
    wide = page.evaluate(
        """() => [...document.querySelectorAll('.side-list, .holding, .adding, .panel, .covered, .detail, .top, .rows')]
            .filter((box) => box.scrollWidth > box.clientWidth + 1 && box.offsetParent)
            .map((box) => `${box.className} ${box.scrollWidth} > ${box.clientWidth}`)"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_coverage_leads_from_a_problem_to_its_check_and_to_its_clauses(signed_in):
    page = signed_in("王敏", "/rulebook?list=problems")
    page.wait_for_selector(".detail dl", timeout=90_000)
    page.fill("input[aria-label='搜索']", "挂床")
    page.locator(".listing tbody tr").first.click()
    page.locator(".detail dl .link").first.click()
    page.wait_for_selector(".detail dt:has-text('正当情形')", timeout=60_000)
    page.locator(".basis summary").first.click()
    assert page.locator(".basis .clause").first.is_visible()
    page.fill("input[aria-label='依据日']", "不是日期")
    page.keyboard.press("Tab")
    page.wait_for_selector(".notice:has-text('不是日期')")
