"""This machine's workbench for a command: its inspections with what holds of their findings."""

from collections.abc import Iterator
from contextlib import contextmanager

from review.casework.desk import Desk
from review.casework.results import Results
from review.casework.runs import Runs
from review.errors import InputError
from review.pipeline import review_inspection
from review.settings import Settings
from review.store.accounts import Accounts
from review.store.entries import InspectionEntry
from review.store.store import Store, is_there


@contextmanager
def workbench_here() -> Iterator[Desk]:
    """The desk of the workbench that the settings name. Raises InputError where there is none yet."""
    settings = Settings.from_environment()
    if not is_there(settings.database_url):
        raise InputError("本机还没有工作台的数据；请核对 MINGJIAN_HOME 和 MINGJIAN_DATABASE。")
    store = Store.open(settings.database_url)
    try:
        runs = Runs(store, settings.home, review_inspection)
        yield Desk(store, Accounts(store, "127.0.0.1"), runs, settings.home)
    finally:
        store.close()


def inspection_named(desk: Desk, name: str) -> tuple[InspectionEntry, Results]:
    """The one reviewed inspection of a name or key. Raises InputError where there is none, or more than one."""
    found = [one for one in desk.store.inspections() if name in (one.key, one.name)]
    if len(found) > 1:
        raise InputError(f"有 {len(found)} 个检查叫“{name}”；请写它的编号。")
    results = desk.results(found[0]) if found else None
    if results is None:
        raise InputError(f"没有已审核的检查“{name}”。")
    return found[0], results
