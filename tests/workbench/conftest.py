"""A workbench over a real review of the bundled demonstration, without its one scanned page (which takes seconds)."""

import shutil

import pytest
from browsing import CHROMIUM, FLAGS
from demonstration import DEMO
from invented_likeness import write_likeness, write_one
from invented_stays import write_inspection

from review.casework.desk import Desk
from review.casework.runs import Runs
from review.pipeline import review_inspection
from review.store.accounts import LEADER, Accounts, Person
from review.store.store import Store


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory):
    """The folder and the results of a real run."""
    home = tmp_path_factory.mktemp("reviewed")
    folder = home / "inspection"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("*扫描*", "expected.json"))
    review_inspection(folder, home / "out", home=home)
    return folder, home / "out"


@pytest.fixture(scope="session")
def reviewed_stays(tmp_path_factory):
    """The folder and the results of a review of the invented stays."""
    home = tmp_path_factory.mktemp("stays")
    folder = write_inspection(home / "inspection")
    review_inspection(folder, home / "out", home=home)
    return folder, home / "out"


@pytest.fixture(scope="session")
def reviewed_likeness(tmp_path_factory):
    """The folder and the results of a review of the invented likenesses."""
    home = tmp_path_factory.mktemp("likeness")
    folder = write_likeness(home / "inspection")
    review_inspection(folder, home / "out", home=home)
    return folder, home / "out"


@pytest.fixture(scope="session")
def reviewed_alone(tmp_path_factory):
    """The folder and the results of a review of one patient with one document."""
    home = tmp_path_factory.mktemp("alone")
    folder = write_one(home / "inspection")
    review_inspection(folder, home / "out", home=home)
    return folder, home / "out"


@pytest.fixture
def desk(tmp_path, reviewed):
    """A desk with one reviewed inspection, bound to this machine."""
    folder, out = reviewed
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    runs = Runs(store, tmp_path, review_inspection)
    desk = Desk(store, Accounts(store, "127.0.0.1"), runs, tmp_path)
    key = store.add_inspection("示例检查", "山岭县人民医院", folder, "演示", demo=True)
    shutil.copytree(out, runs.out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    yield desk
    if results := next((desk.results(one) for one in store.inspections() if one.key == key), None):
        results.close()
    store.close()


@pytest.fixture
def key(desk):
    return desk.store.inspections()[0].key


@pytest.fixture
def case(desk, key):
    """From an admission to the key its case goes by."""
    keys = desk.store.case_keys(key, list(desk.results(desk.inspection(key)).admissions))
    return keys.__getitem__


@pytest.fixture
def leader():
    return Person("陈立群", (LEADER,))
