"""One hospital from plan to look-back in real browsers: reviewed, called by two, ruled on, heard, settled, published."""

import io
import shutil
from pathlib import Path

import openpyxl
import pytest
import yaml
from argon2 import PasswordHasher
from browsing import LIVE
from demonstration import DEMO
from serving import PASSWORD, served

from review.__main__ import main
from review.casework.results import Results
from review.reports.hearing_sheets import KEY, SAID, STANCE
from review.store.entries import Press, User
from review.store.pairs import FIRST, SECOND
from review.store.store import Store, new_key

pytestmark = LIVE
NAME, BEFORE, LEADER = "山岭县人民医院检查", "山岭县人民医院上年检查", "陈立群"
PEOPLE = {LEADER: ("组长", "管理员"), "王敏": ("专家",), "周岚": ("专家",)}
PLAN = Path(__file__).parents[2] / "docs" / "plan.example.yaml"
REASON = "病程和医嘱可证，查阅后裁定"
PAPERS = ("事实确认书", "最终清单", "移送清单")


@pytest.fixture(scope="module")
def place(tmp_path_factory, reviewed):
    """A workbench with people and last year's inspection, whose every finding was confirmed; this year's is not there."""
    home = tmp_path_factory.mktemp("procedure")
    folder = home / "inspection"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("*扫描*", "expected.json"))
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for name, roles in PEOPLE.items():
        store.people.add(User(name, hashed, roles), LEADER)
    _, out = reviewed
    earlier = store.add_inspection(BEFORE, "山岭县人民医院", reviewed[0], LEADER)
    shutil.copytree(out, home / "inspections" / earlier / "run-1")
    store.update_inspection(earlier, state="ready", run=1)
    results = Results(out)
    for stay, lines in results.findings.items():
        for line in lines:
            store.append(Press(new_key(), earlier, stay, line["id"], "confirm", "王敏"))
    results.close()
    with served(home) as address:
        yield address, store, home, folder
    store.close()


@pytest.fixture
def enter(browser, place):
    """From a name and a path to a page signed in, which stays without an error."""
    contexts, problems = [], []

    def signed_in(name, path):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.goto(place[0] + "/sign-in")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(place[0] + path)
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert problems == []


def planned(folder):
    """The example's plan with both experts in its team: cases are given to the plan's experts alone."""
    said = yaml.safe_load(PLAN.read_text("utf-8"))
    said["team"].append({"name": "周岚", "role": "专家", "discipline": "内科"})
    file = folder.parent / "plan.yaml"
    file.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    return file


def begin(page, folder):
    """The leader makes the inspection, which is reviewed, and gives it its plan and its reviewers."""
    page.click("button:has-text('新建') >> nth=0")
    page.fill("dialog.create input >> nth=0", NAME)
    page.fill("dialog.create input >> nth=1", str(folder))
    page.click("text=新建并审核")
    page.wait_for_selector(f".page-head h1:text-is('{NAME}')")
    page.wait_for_selector(".assigning >> text=自动分派", timeout=240_000)
    with page.expect_file_chooser() as choosing:
        page.click("text=导入计划")
    choosing.value.set_files(planned(folder))
    page.wait_for_selector(".plan-stages li:has-text('2026-07-28 截止')")
    page.fill("input[name=share]", "40")
    page.click(".assigning >> text=保存设置")
    page.wait_for_selector(".assigning:has-text('复审份额 40 %')")
    page.click(".assigning >> text=自动分派")
    page.wait_for_selector(".assigning:has-text('未分派 0 例')")


def call_all(page, store, key, who, part, verdict):
    """Every finding of an expert's cases called by its key; how many that were."""
    keys = store.case_keys(key, list(store.pairs.assigned(key)[part]))
    mine = {keys[stay] for stay, name in store.pairs.assigned(key)[part].items() if name == who}
    called = 0
    for case in sorted(mine):
        page.goto(page.url.split("?")[0] + f"?case={case}")
        page.wait_for_selector(".case-line h1")
        for finding in page.eval_on_selector_all(
            ".card[data-finding]", "all => all.map((one) => one.dataset.finding)"
        ):
            page.locator(f".card[data-finding='{finding}']").first.click()
            page.wait_for_selector(f".card.open[data-finding='{finding}']")
            for sign in verdict(finding):
                page.keyboard.press(sign)
            page.wait_for_function("() => !localStorage.getItem('mingjian-presses:" + who + "')")
            called += 1
    return called


def test_one_hospital_from_its_plan_to_its_look_back(enter, place, tmp_path, monkeypatch, capsys):
    address, store, home, folder = place
    leader = enter(LEADER, "/inspections")
    begin(leader, folder)
    key = next(one.key for one in store.inspections() if one.name == NAME)

    first = enter("王敏", "/"), enter("周岚", "/")
    for page, who in zip(first, ("王敏", "周岚"), strict=True):
        assert call_all(page, store, key, who, FIRST, lambda finding: "1")
    seconds = store.pairs.assigned(key)[SECOND]
    assert seconds
    differing = []

    def differs(finding):
        differing.append(finding)
        return "21" if len(differing) == 1 else "1"  # unfounded, for the first of the reasons offered

    for page, who in zip(first, ("王敏", "周岚"), strict=True):
        call_all(page, store, key, who, SECOND, differs)
    disputed = differing[0]
    stay = next(one.admission_id for one in store.decisions(key) if one.finding == disputed)
    case = store.case_keys(key, [stay])[stay]
    leader.goto(f"{address}/?case={case}&finding={disputed}")
    leader.wait_for_selector(".card.open .pair-buttons")
    leader.keyboard.press("1")
    leader.keyboard.type(REASON)
    leader.keyboard.press("Enter")
    leader.wait_for_selector(f".card.open .pair-ruling:has-text('{REASON}')")

    heard(leader, address, key, disputed, tmp_path)
    settled(leader, address, key)
    looked_back_and_published(home, key, tmp_path, monkeypatch, capsys)


def answered(content, objected):
    """The sheet as the institution sends it back: one finding objected to, the rest accepted; how many there are."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    table = book["答复"]
    columns = {cell.value: cell.column for cell in table[1]}
    count = 0
    for row in range(2, table.max_row + 1):
        finding = table.cell(row, columns[KEY]).value
        if finding is None:
            continue
        count += 1
        table.cell(row, columns[STANCE]).value = "有异议" if finding == objected else "无异议"
        table.cell(row, columns[SAID]).value = "当日有交接班记录。" if finding == objected else None
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue(), count


def heard(page, address, key, objected, tmp_path):
    """The statement goes out and comes back; what was objected to is withdrawn with a reason."""
    page.goto(f"{address}/inspections?inspection={key}")
    page.select_option("[aria-label=检查状态]", "stated")
    page.wait_for_function("document.querySelector('[aria-label=检查状态]').value === 'stated'")
    page.goto(f"{address}/papers?inspection={key}&paper=answers")
    page.wait_for_selector(".hearing-rows li")
    with page.expect_download() as going:
        page.click("button[data-format=xlsx]")
    content, count = answered(going.value.path().read_bytes(), objected)
    filled = tmp_path / "答复.xlsx"
    filled.write_bytes(content)
    page.set_input_files(".hearing-list input[type=file]", filled)
    page.wait_for_selector(f"text=存入 {count} 项答复。")
    page.click(".hearing-rows a:has-text('有异议')")
    card = page.locator(f".card.open[data-finding='{objected}']")
    card.locator("[data-outcome=withdrawn]").click()
    card.locator("[aria-label='复核理由（必填）']").fill("交接班记录载明当日在院。")
    card.locator("[data-save=outcome]").click()
    card.locator(".heard", has_text="撤销").wait_for()


def settled(page, address, key):
    """The papers are settled and come down without the word draft; then the inspection is closed."""
    for title in PAPERS:
        page.goto(f"{address}/papers?inspection={key}")
        page.click(f".side-papers button:has-text('{title}')")
        page.wait_for_selector(".sheet h2")
        page.click(".paper-bar button:has-text('定稿')")
        page.wait_for_selector(".side-papers li.on .state.done:has-text('已定')")
        with page.expect_download() as coming:
            page.click(".paper-bar button[data-format=docx]")
        assert coming.value.suggested_filename.startswith(title)
        assert "草稿" not in coming.value.suggested_filename
        if title == PAPERS[1]:
            assert "撤销" in page.inner_text(".sheet")
    page.goto(f"{address}/inspections?inspection={key}")
    page.select_option("[aria-label=检查状态]", "settled")
    page.wait_for_function("document.querySelector('[aria-label=检查状态]').value === 'settled'")


def looked_back_and_published(home, key, tmp_path, monkeypatch, capsys):
    """Last year's inspection stands beside this one, and the summary for everybody names nobody."""
    monkeypatch.setenv("MINGJIAN_HOME", str(home))
    monkeypatch.setenv("MINGJIAN_DATABASE", f"sqlite:///{home / 'mingjian.sqlite3'}")
    assert main(["lookback", BEFORE, key, "--out", str(tmp_path / "back")]) == 0
    assert main(["publish", key, "--out", str(tmp_path / "open")]) == 0
    assert main(["audit", "verify"]) == 0
    assert "山岭县人民医院" in capsys.readouterr().out + (tmp_path / "open").joinpath("公开.html").read_text(
        "utf-8"
    )
