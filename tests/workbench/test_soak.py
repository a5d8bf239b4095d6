"""Twenty people at once on a real server, and the server killed among them: nothing acknowledged is lost or crossed."""

import random
import threading
from functools import partial

import pytest
from browsing import LIVE

from evals.bench.receipts import compare
from evals.bench.reviewer import LOST, Pace, Receipt, Reviewer
from evals.bench.served import served
from evals.bench.soak_home import PASSWORD, furnish, review
from evals.bench.workbench import FULL_SPEED, PEOPLE, broken, soak
from review.store.store import Store

pytestmark = LIVE
SECONDS, WARM, PACE = 12.0, 4.0, Pace(arriving=4.0)
CLIENTS = 6
SAVED = ".strip.confirm:not(:has-text('正在存')):not(:has-text('未存上'))"


@pytest.fixture(scope="module")
def inspections(tmp_path_factory):
    place = tmp_path_factory.mktemp("long")
    return [review(place, 11, seed) for seed in (7, 8)]


@pytest.fixture(params=["sqlite", "postgresql"])
def workbench(request, tmp_path, inspections):
    """A server with twenty people and their cases; the names, and how to open its store."""
    given = None
    if request.param == "postgresql":
        given = request.getfixturevalue("postgres_cluster").empty_database()
    url = given or f"sqlite:///{tmp_path / 'mingjian.sqlite3'}"
    names = furnish(tmp_path, url, inspections, PEOPLE)
    with served(tmp_path, given) as server:
        yield server, names, url


class Page:
    """A reviewer at a real browser; what the server acknowledged is read from its answers."""

    def __init__(self, browser, server, url, name):
        self.name, self._answers = name, []
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        self.page = self.context.new_page()
        self.page.on("response", lambda answer: self._answers.append(answer))
        self.page.goto(f"{server.address}/sign-in")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("button")
        self.page.wait_for_selector(".switch")
        self.page.goto(f"{server.address}/?inspection={inspection_of(url, name)}")
        self.page.wait_for_selector(".card.open", timeout=60_000)

    def confirm(self):
        """Confirm the open finding and stay with the case."""
        done = self.page.locator(".card .verdict").count()
        self.page.keyboard.press("1")
        self.page.keyboard.press("Escape")
        self.page.wait_for_function(
            "done => document.querySelectorAll('.card .verdict').length > done", arg=done
        )

    def undecided(self):
        return self.page.locator(".card:not(:has(.verdict))").count()

    def decided(self):
        """Receipts and presses of the decisions sent so far; waits until none is on its way."""
        self.page.wait_for_function(
            "name => !localStorage.getItem('mingjian-presses:' + name)", arg=self.name, timeout=60_000
        )
        asked = [(one, one.request.post_data_json) for one in self._answers if one.request.method == "POST"]
        asked = [
            (one, told) for one, told in asked if isinstance(told, dict) and told.get("fn_name") == "decide"
        ]
        found = []
        for answer, told in asked:
            reply, value = answer.json(), told["data"]
            if reply.get("ok"):
                made = (
                    value["case"],
                    value["finding"],
                    value["verdict"],
                    tuple(value["reasons"]),
                    value["note"],
                )
                amount = value["amount"] or None
                found.append(Receipt(self.name, value["press"], *made, amount, reply["decision"]["seq"]))
        return found, {told["data"]["press"] for _, told in asked}


def inspection_of(url, name):
    """One in which a person has cases of his own."""
    store = Store.open(url)
    try:
        own = [x.key for x in store.inspections() if name in store.pairs.assigned(x.key)["first"].values()]
    finally:
        store.close()
    return own[0]


def checked(url, receipts, sent):
    store = Store.open(url)
    try:
        return compare(store, receipts, sent)
    finally:
        store.close()


def test_twenty_people_at_once_lose_nothing(workbench, browser):
    server, names, url = workbench
    pages = [Page(browser, server, url, name) for name in names[-2:]]
    found = []
    soaked = partial(soak, server, names[:-2], SECONDS, PACE, WARM, each=1)
    work = threading.Thread(target=lambda: found.append(soaked()))
    work.start()
    while work.is_alive():
        for one in pages:
            if one.undecided():
                one.confirm()
        work.join(0.2)
    receipts, sent = list(found[0].receipts), set(found[0].sent)
    for one in pages:
        told, pressed = one.decided()
        assert told
        receipts, sent = receipts + told, sent | pressed
        one.context.close()
    assert len({one.who for one in receipts}) == PEOPLE
    assert checked(url, receipts, sent) == []
    assert broken(found[0], paced=False) == []  # how long they wait is measured by the benchmark


def test_a_server_killed_among_decisions_has_kept_every_one_it_acknowledged(workbench):
    server, names, url = workbench
    people = [Reviewer(name, server.port, FULL_SPEED, seed=5) for name in names[:CLIENTS]]
    for one in people:
        one.enter()
    enough, stop = random.randint(20, 120), threading.Event()
    threads = [threading.Thread(target=one.work, args=(stop,)) for one in people]
    for thread in threads:
        thread.start()
    while sum(len(one.receipts) for one in people) < enough and any(t.is_alive() for t in threads):
        stop.wait(0.005)
    server.kill()
    for thread in threads:
        thread.join(60)
    assert {line.split("：")[0] for one in people for line in one.wrong} == {LOST}
    receipts, sent = [x for one in people for x in one.receipts], {x for one in people for x in one.sent}
    assert len(receipts) >= enough
    assert checked(url, receipts, sent) == []

    server.again()
    for one in people:
        one.wrong.clear()
        assert one.call("open_queue", {})["person"]["name"] == one.name  # the session from before
    again = [one.send_again() for one in people]
    for one in people:
        one.close()
    assert any(again)
    assert [line for one in people for line in one.wrong] == []
    assert checked(url, [x for one in people for x in one.receipts], sent) == []


def test_a_page_sends_its_kept_presses_after_the_restart_and_none_counts_twice(workbench, browser):
    server, names, url = workbench
    one = Page(browser, server, url, names[2])
    one.page.route("**/component_server/**", lambda route: (route.fetch(), route.abort()))
    one.confirm()  # written, and the answer lost on the way
    one.page.wait_for_selector(".strip:has-text('未存上'), .verdict.lost, .band.offline:visible")
    held = Store.open(url)
    written = [line.press for entry in held.inspections() for line in held.decisions(entry.key)]
    held.close()
    assert len(written) == 1
    server.kill()
    one.page.unroute("**/component_server/**")
    one.confirm()  # nobody there to take it
    kept = one.page.evaluate("name => JSON.parse(localStorage.getItem('mingjian-presses:' + name))", one.name)
    presses = [press["value"]["press"] for press in kept]
    assert len(presses) == 2
    assert presses[0] == written[0]
    server.again()
    receipts, sent = one.decided()
    one.page.wait_for_selector(".band.offline", state="hidden")
    assert [receipt.press for receipt in receipts] == presses
    assert one.page.locator(".card .verdict.confirm").count() == 2
    assert one.page.locator("dialog.again").count() == 0  # the session from before
    assert checked(url, receipts, sent) == []
    one.context.close()
