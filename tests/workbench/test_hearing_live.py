"""陈述申辩 in a real browser: the sheet goes out, comes back filled, is weighed beside the evidence, and counts on paper."""

import io
import shutil

import openpyxl
import pytest
from argon2 import PasswordHasher
from browsing import LIVE
from demonstration import ABSENT
from serving import PASSWORD, served

from review.casework.results import Results
from review.reports.hearing_sheets import KEY, SAID, STANCE
from review.store.entries import Press, User
from review.store.life import STATED
from review.store.pairs import FIRST
from review.store.store import Store, new_key

pytestmark = LIVE


@pytest.fixture(scope="module")
def place(tmp_path_factory, reviewed):
    """A running workbench whose one inspection is in its hearing: every finding of one stay is confirmed."""
    folder, out = reviewed
    home = tmp_path_factory.mktemp("hearing")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for name, roles in {"陈立群": ("组长", "管理员"), "王敏": ("专家",)}.items():
        store.people.add(User(name, hashed, roles), "陈立群")
    key = store.add_inspection("山岭县检查", "山岭县人民医院", folder, "陈立群")
    shutil.copytree(out, home / "inspections" / key / "run-1")
    store.update_inspection(key, state="ready", run=1)
    results = Results(out)
    found = [line for line in results.findings[ABSENT] if line["amount"]]
    store.case_keys(key, list(results.admissions))
    results.close()
    store.pairs.assign(key, FIRST, {ABSENT: "王敏"}, "陈立群")
    for line in found:
        store.append(Press(new_key(), key, ABSENT, line["id"], "confirm", "王敏"))
    store.life.move(key, STATED, "陈立群")
    with served(home) as address:
        yield address, store, key, found
    store.close()


@pytest.fixture
def page(browser, place):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page, problems = context.new_page(), []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.goto(place[0] + "/sign-in")
    page.fill("input[name=name]", "陈立群")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    assert problems == []
    context.close()


def answered(content, answers):
    book = openpyxl.load_workbook(io.BytesIO(content))
    table = book["答复"]
    columns = {cell.value: cell.column for cell in table[1]}
    for row in range(2, table.max_row + 1):
        given = answers.get(table.cell(row, columns[KEY]).value, ())
        for title, value in zip((STANCE, SAID), given, strict=False):
            table.cell(row, columns[title]).value = value
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def test_a_statement_goes_out_comes_back_and_is_weighed_beside_the_evidence(page, place, tmp_path):
    address, store, key, found = place
    page.goto(f"{address}/papers?paper=answers")
    page.wait_for_selector(".hearing-rows li")
    assert page.inner_text(".hearing-list .views") == f"全部 {len(found)}\n未答复 {len(found)}"
    with page.expect_download() as going:
        page.click("button[data-format=xlsx]")
        page.click("button:text-is('生成草稿')")
    objected = found[0]["id"]
    words = "已附交接班记录。<img src=x onerror=alert(1)>"
    answers = {line["id"]: ("无异议", "") for line in found[1:]} | {objected: ("有异议", words)}
    filled = tmp_path / "答复.xlsx"
    filled.write_bytes(answered(going.value.path().read_bytes(), answers))

    page.set_input_files(".hearing-list input[type=file]", filled)
    page.wait_for_selector(f"text=存入 {len(found)} 项答复。")
    page.click(".hearing-list .pill:has-text('待复核')")
    page.click(".hearing-rows a:has-text('有异议')")
    card = page.locator(f".card.open[data-finding='{objected}']")
    card.locator(".hearing").wait_for()
    assert words in card.locator(".hearing .said").inner_text()
    assert card.locator(".evidence li").count() > 0  # both sides on one card

    card.locator("[data-outcome=reduced]").click()
    page.keyboard.type("999999999")
    card.locator("[aria-label='复核理由（必填）']").fill("交接班记录载明当夜在院。")
    card.locator("[data-save=outcome]").click()
    card.locator(".problem", has_text="须小于").wait_for()
    assert card.locator("[aria-label='复核理由（必填）']").input_value() == "交接班记录载明当夜在院。"
    card.locator("[aria-label='核减后的金额，元']").fill("1")
    card.locator("[data-save=outcome]").click()
    card.locator(".heard", has_text="复核 核减为 1.00 元").wait_for()
    held = store.hearings.outcomes(key)
    assert [(one.outcome, one.amount, one.who) for one in held] == [("reduced", "1.00", "陈立群")]
    assert store.decisions(key)[-1].verdict == "confirm"

    page.goto(f"{address}/papers?paper=hearing")
    page.wait_for_selector(".sheet td:has-text('核减')")
    assert "交接班记录载明当夜在院。" in page.inner_text(".sheet")


def test_a_sheet_that_is_none_is_refused_with_what_to_do(page, place, tmp_path):
    page.goto(f"{place[0]}/papers?paper=answers")
    page.wait_for_selector(".hearing-rows li")
    wrong = tmp_path / "别的.csv"
    wrong.write_text("甲,乙\n1,2\n", "utf-8")
    page.set_input_files(".hearing-list input[type=file]", wrong)
    page.wait_for_selector(".hearing-list .problem:has-text('请用程序生成的陈述申辩表填写')")
