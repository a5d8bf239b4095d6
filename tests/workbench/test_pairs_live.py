"""Two reviewers and a leader in real browsers: only one's own cases, blind, a difference ruled on by keys."""

import shutil

import pytest
from argon2 import PasswordHasher
from browsing import LIVE
from serving import PASSWORD, served

from review.casework.results import Results
from review.store.entries import Press, User
from review.store.pairs import FIRST, SECOND, Rules
from review.store.store import Store, new_key

pytestmark = LIVE
WORDS = "只有首审知道的理由"


@pytest.fixture(scope="module")
def place(tmp_path_factory, reviewed):
    """A running workbench, the store behind it, and one case with a first call and a second reviewer."""
    folder, out = reviewed
    home = tmp_path_factory.mktemp("pairs")
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    people = {"陈立群": ("组长", "管理员"), "王敏": ("专家",), "周岚": ("专家",), "李国栋": ("专家",)}
    for name, roles in people.items():
        store.people.add(User(name, hashed, roles), "陈立群")
    key = store.add_inspection("山岭县检查", "山岭县人民医院", folder, "陈立群")
    shutil.copytree(out, home / "inspections" / key / "run-1")
    store.update_inspection(key, state="ready", run=1)
    results = Results(out)
    found = next(one for one, group in results.findings.items() if len(group) > 1)
    findings = [line["id"] for line in results.findings[found]]
    other = next(one for one in results.admissions if one != found and results.findings.get(one))
    keys = store.case_keys(key, list(results.admissions))
    results.close()
    store.pairs.set_rules(key, Rules(share=1, seed=7), "陈立群")
    store.pairs.assign(key, FIRST, {found: "王敏", other: "李国栋"}, "陈立群")
    for finding in findings:
        press = Press(new_key(), key, found, finding, "confirm", "王敏", (WORDS,), "首审附言", "1.23")
        store.append(press)
    store.pairs.assign(key, SECOND, {found: "周岚"}, "系统")
    with served(home) as address:
        yield address, store, key, keys[found], keys[other], findings
    store.close()


@pytest.fixture
def enter(browser, place):
    """From a name to a page signed in, and what the server sent it."""
    contexts = []

    def signed_in(name, path="/", width=1280, height=900):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        contexts.append(context)
        page, sent, problems = context.new_page(), [], []
        page.on("pageerror", lambda problem: problems.append(str(problem)))

        def committed(frame):
            # The browser keeps the bodies of the page it shows only, and answers asked for by the page
            # before still arrive until the new one takes its place.
            asked = [reply for reply in sent if reply.request.is_navigation_request()]
            if frame == page.main_frame and asked and asked[-1] is not sent[0]:
                sent[:] = asked[-1:]

        page.on("response", lambda reply: sent.append(reply))
        page.on("framenavigated", committed)
        page.goto(place[0] + "/sign-in")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        if path != "/":
            page.goto(place[0] + path)
        page.problems = problems
        return page, sent

    yield signed_in
    for context in contexts:
        for page in context.pages:
            assert page.problems == []
        context.close()


def received(sent):
    """Every body of the page shown that reached the browser but pictures, redirections and streams, which never end."""
    kinds = {reply: reply.headers.get("content-type", "") for reply in sent if not 300 <= reply.status < 400}
    kept = [
        reply
        for reply, kind in kinds.items()
        if not kind.startswith(("image/", "font/", "text/event-stream"))
    ]
    return "\n".join(reply.text() for reply in kept)


def test_an_expert_sees_only_what_is_assigned_to_him(enter, place):
    address, _, _, mine, other, _ = place
    page, _ = enter("王敏")
    page.wait_for_selector(".card.open", timeout=60_000)
    assert page.eval_on_selector_all(".queue li button", "all => all.map(one => one.dataset.key)") == [mine]
    page.goto(f"{address}/?case={other}")
    page.wait_for_selector("text=没有这份病例，或未分配给您。")


def test_a_blind_review_a_difference_and_its_ruling_by_keys(enter, place):
    _, store, key, case, _, findings = place
    page, sent = enter("周岚")
    page.wait_for_selector(".card.open", timeout=60_000)
    page.wait_for_selector("text=首审决定对您隐藏")
    page.keyboard.press("KeyB")
    page.wait_for_selector(".drawer .clause")
    told = received(sent)
    assert findings[0] in told
    assert '"state":"open"' in told.replace(" ", "")
    for path, drawn in (
        ("rulebook", ".detail dl"),
        ("papers", ".papers"),
        ("audit", ".audit h1"),
        ("chat", ".start .btn"),
    ):
        page.goto(f"{place[0]}/{path}")
        page.wait_for_selector(drawn, timeout=60_000)
        told += received(sent)
    assert not any(secret in told for secret in (WORDS, "首审附言", '"1.23"', "王敏"))
    page.goto(f"{place[0]}/?case={case}")
    page.wait_for_selector("text=首审决定对您隐藏", timeout=60_000)
    shown = page.get_attribute(".card.open", "data-finding")
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.wait_for_function("() => !document.querySelector('.strip').textContent.includes('正在存')")
    page.locator(f".card[data-finding='{shown}']").click()
    page.wait_for_selector(f".card.open .pair-dispute:has-text('{WORDS}')")
    left = received(sent)
    assert left.count("首审附言") >= 1

    leader, _ = enter("陈立群", f"/?case={case}&finding={shown}")
    leader.wait_for_selector(".card.open .pair-buttons", timeout=60_000)
    assert leader.locator(".pair-two > div").count() == 2
    leader.keyboard.press("2")
    leader.keyboard.press("Enter")  # a reason is required: nothing is ruled without
    assert store.pairs.adjudications(key) == {}
    leader.keyboard.press("Escape")
    leader.keyboard.press("2")
    leader.keyboard.type("门诊记录能证明")
    leader.keyboard.press("Enter")
    leader.wait_for_selector(".card.open .pair-ruling:has-text('门诊记录能证明')")
    ruling = store.pairs.adjudications(key)[shown]
    assert (ruling.choice, ruling.verdict, ruling.who) == ("second", "reject", "陈立群")

    page.keyboard.press("KeyZ")
    page.wait_for_selector(".strip:has-text('已裁定，不能撤销，可申请复议')")
    leader.select_option(".card.open .known select", "reject")
    first, heard = enter("王敏", f"/?case={case}&finding={shown}")
    first.wait_for_selector(".card.open .pair-ruling", timeout=60_000)
    assert "您原判 ✓ 确认" in first.inner_text(".card.open .pair-ruling")
    assert '"known"' not in received(heard)
    assert store.pairs.known_answers(key) == {shown: "reject"}
    first.click("text=我的改判")
    first.wait_for_selector("dialog.rulings:has-text('维持 0，改判 1')")


def test_the_leader_assigns_the_rest_sees_agreement_and_sets_the_rules(enter, place):
    _, store, key, *_ = place
    page, _ = enter("陈立群", f"/inspections?inspection={key}")
    page.wait_for_selector(".assigning .agreement:has-text('少于 20 项，不计 κ')", timeout=60_000)
    page.click(".assigning >> text=自动分派")
    page.wait_for_selector(".assigning:has-text('未分派 0 例')")
    loads = sorted(
        list(store.pairs.assigned(key)[FIRST].values()).count(x) for x in ("王敏", "周岚", "李国栋")
    )
    assert sum(loads) == 14
    assert loads[-1] - loads[0] <= 2
    page.check("input[name=hides_model]")
    page.click(".assigning >> text=保存设置")
    page.wait_for_timeout(500)
    assert store.pairs.rules(key).hides_model


@pytest.mark.parametrize("role_path", [("王敏", "/audit"), ("周岚", "/inspections")])
def test_the_leaders_panels_are_refused_to_an_expert_on_the_server(enter, place, role_path):
    name, path = role_path
    page, sent = enter(name, path)
    page.wait_for_timeout(1500)
    assert "埋入已知例" not in page.content()
    assert '"planted"' not in received(sent)
