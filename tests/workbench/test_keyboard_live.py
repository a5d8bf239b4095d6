"""An expert at the keyboard alone: ten admissions, undo across them, an input method that is on, and nothing that moves."""

import shutil

import pytest
from browsing import LIVE, SETTLED
from serving import PASSWORD, furnish, served

from review.casework.results import Results
from review.casework.runs import Runs
from review.store.entries import TrailFilter
from review.store.pairs import FIRST
from review.store.store import Store

pytestmark = LIVE
EXPERT = "王敏"
CASES, MOST_KEYS = 10, 3
HERE = """() => {
    const card = document.querySelector('.card.open'), row = document.querySelector('.queue li.on button');
    return {case: new URLSearchParams(location.search).get('case'), row: row && row.dataset.key, finding: card && card.dataset.finding,
        open: document.querySelectorAll('.card[data-finding]:not(:has(.verdict))').length,
        all: document.querySelectorAll('.card[data-finding]').length};
}"""
# every shift counts, also those right after a press, which a browser would forgive
WATCHES = """() => { window.shifts = []; new PerformanceObserver((list) => { for (const entry of list.getEntries())
    window.shifts.push([entry.value, ...entry.sources.map((one) => one.node && (one.node.className || one.node.nodeName))]);
}).observe({type: 'layout-shift', buffered: false}); }"""
# from the key to the frame that shows what stands: the decision is on the screen before the server knows of it
PAINTS = """() => { window.painted = []; document.addEventListener('keydown', (e) => {
    if (e.code !== 'Digit1' || document.querySelector('.asking')) return;
    requestAnimationFrame(() => { const after = new MessageChannel(); after.port1.onmessage = () => window.painted.push(performance.now() - e.timeStamp);
        after.port2.postMessage(0); }); }); }"""
PAINTED_WITHIN = 50.0  # milliseconds
SAVED = "() => !localStorage.getItem('mingjian-presses:王敏')"


@pytest.fixture(scope="module")
def place(tmp_path_factory, reviewed):
    """A running workbench in which every case is one expert's, and the store behind it."""
    folder, out = reviewed
    home = tmp_path_factory.mktemp("keyboard")
    furnish(home, [], {"陈立群": ("组长",), EXPERT: ("专家",)})
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    key = store.add_inspection("山岭县检查", "山岭县人民医院", folder, "陈立群")
    shutil.copytree(out, Runs(store, home, None).out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    results = Results(out)
    keys = store.case_keys(key, list(results.admissions))
    results.close()
    store.pairs.assign(key, FIRST, dict.fromkeys(keys, EXPERT), "陈立群")
    with served(home) as address:
        yield address, store, key, {case: admission for admission, case in keys.items()}
    store.close()


@pytest.fixture(scope="module")
def page(browser, place):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.goto(place[0])
    page.fill("[name=name]", EXPERT)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".card.open", timeout=60_000)
    page.evaluate(SETTLED)
    yield page
    context.close()
    assert wrong == []


class Keyboard:
    """Presses keys and counts them; nothing else of the page is touched."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1


def verdicts(store, key):
    """What stands of each admission and finding, as the server holds it."""
    undone = {line.undoes for line in store.decisions(key)}
    lines = [line for line in store.decisions(key) if line.verdict != "undo" and line.seq not in undone]
    return {(line.admission_id, line.finding): (line.verdict, line.reasons) for line in lines}


def decide(page, keyboard, turn):
    """One finding by 确认, 不成立 or 待补 in turn; what was pressed for, with the reason as the list words it."""
    here = page.evaluate(HERE)
    verdict = ("confirm", "reject", "confirm", "ask")[turn % 4]
    if verdict == "confirm":
        keyboard.press("1")
        reasons = ()
    else:
        keyboard.press("2" if verdict == "reject" else "3")
        reasons = (page.inner_text(".asking .choice >> nth=0").split("\n")[-1].strip(),)
        keyboard.press("1", *(["Enter"] if verdict == "ask" else []))
    page.wait_for_function(
        "left => document.querySelectorAll('.card[data-finding]:not(:has(.verdict))').length === left",
        arg=here["open"] - 1,
    )
    return (here["case"], here["finding"]), (verdict, reasons)


def goes_on(page, case):
    page.wait_for_function(
        "was => { const now = new URLSearchParams(location.search).get('case'); return now !== was"
        " && document.querySelector('.queue li.on button').dataset.key === now && document.querySelector('.card.open'); }",
        arg=case,
    )


def test_ten_admissions_by_keys_alone_land_where_they_were_meant(page, place):
    _, store, key, admission_of = place
    page.evaluate(WATCHES)
    page.evaluate(PAINTS)
    keyboard, meant, cases = Keyboard(page), {}, []
    while len(cases) < CASES:
        here = page.evaluate(HERE)
        cases.append(here["case"])
        if not here["all"]:
            keyboard.press("Enter")  # 看过，下一例
            meant[admission_of[here["case"]], ""] = ("seen", ())
        for _ in range(here["open"]):
            (case, finding), call = decide(page, keyboard, len(meant))
            meant[admission_of[case], finding] = call
        if here["all"]:
            keyboard.press("BracketRight")  # on without the second of grace
        goes_on(page, here["case"])
    page.wait_for_function(SAVED)
    findings = sum(1 for _, finding in meant if finding)
    assert len(set(cases)) == CASES and findings >= CASES
    assert {verdict for verdict, _ in meant.values()} == {"confirm", "reject", "ask", "seen"}
    assert keyboard.pressed <= MOST_KEYS * findings
    assert verdicts(store, key) == meant
    told = store.trail.lines(TrailFilter(inspection=key, act="decide"), most=100)
    by_finding = {
        tuple(line.subject.split(" ")) if " " in line.subject else (line.subject, "") for line in told
    }
    assert {(admission_of[case], finding) for case, finding in by_finding} == set(meant)
    assert {line.who for line in told} == {EXPERT}

    assert page.evaluate("window.shifts") == []
    # the machine may be busy with others, so one in time stands for all: each does the same work
    assert min(page.evaluate("window.painted")) <= PAINTED_WITHIN


def test_undo_walks_back_across_cases_and_redo_returns(page, place):
    _, store, key, admission_of = place
    before = verdicts(store, key)
    newest = [line for line in store.decisions(key) if line.verdict != "undo"][::-1]
    back = newest[
        : 1 + next(n for n, line in enumerate(newest) if line.admission_id != newest[0].admission_id)
    ]
    for line in back:
        page.keyboard.press("KeyZ")
        page.wait_for_selector(".strip:has-text('已撤销')")
        page.wait_for_function(
            "([finding]) => (document.querySelector('.card.open')?.dataset.finding || '') === finding",
            arg=[line.finding],
        )
        assert admission_of[page.evaluate(HERE)["case"]] == line.admission_id
        page.evaluate("document.querySelector('.strip').replaceChildren()")
    assert len({line.admission_id for line in back}) == 2
    gone = {(line.admission_id, line.finding) for line in back}
    assert verdicts(store, key) == {place: call for place, call in before.items() if place not in gone}
    for line in reversed(back):
        page.evaluate("document.querySelector('.strip').replaceChildren()")
        page.keyboard.press("Shift+KeyZ")
        page.wait_for_selector(f".strip.{line.verdict}:has-text('{EXPERT}'):not(:has-text('正在存'))")
    assert verdicts(store, key) == before
    assert store.trail.verify().problem == ""


def test_an_input_method_that_is_on_never_decides_and_keys_still_go_by_place(page, place):
    _, store, key, _ = place
    lines = len(store.decisions(key))
    here = page.evaluate(HERE)
    page.keyboard.press("KeyG")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    goes_on(page, here["case"])
    page.keyboard.insert_text("１２３")  # full-width letters that no key of a known place brought
    page.keyboard.press("KeyR")
    page.wait_for_selector(".asking textarea:focus")
    page.keyboard.insert_text("１")
    method = page.context.new_cdp_session(page)
    method.send("Input.imeSetComposition", {"text": "zheng", "selectionStart": 5, "selectionEnd": 5})
    for pressed in ("1", "2", "Enter", "Space", "KeyZ"):
        method.send(
            "Input.dispatchKeyEvent",
            {
                "type": "rawKeyDown",
                "code": f"Digit{pressed}" if pressed.isdigit() else pressed,
                "key": "Process",
                "windowsVirtualKeyCode": 229,
            },
        )
    assert page.locator(".asking textarea").input_value() == "１zheng"
    method.send("Input.insertText", {"text": "正当"})
    page.keyboard.press("Enter")
    page.wait_for_selector(".strip:has-text('理由：１正当')")
    page.keyboard.press("KeyE")
    page.fill(".asking input", "１２．５")
    page.keyboard.press("Enter")
    page.wait_for_selector(".strip:has-text('金额 12.50')")
    assert len(store.decisions(key)) == lines
    by_place = {"code": "Digit1", "key": "Process", "windowsVirtualKeyCode": 229}
    method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **by_place})
    page.wait_for_selector(f".strip.confirm:has-text('{EXPERT}'):not(:has-text('正在存'))")
    assert len(store.decisions(key)) == lines + 1
    assert (store.decisions(key)[-1].reasons, store.decisions(key)[-1].amount) == (("１正当",), "12.50")


def test_the_end_of_the_list_is_said_with_a_way_to_what_was_assigned_meanwhile(page, place):
    page.goto(place[0])
    page.wait_for_selector(".card.open")
    for _ in range(len(place[3]) - CASES - 1):
        here = page.evaluate(HERE)
        page.keyboard.press("Enter")
        goes_on(page, here["case"])
    page.keyboard.press("Enter")
    page.wait_for_selector(".onward:has-text('列表里的病例都已审完')")
    page.click(".onward button")
    page.wait_for_selector(".queue li")
