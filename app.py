"""Serves the workbench: reads the settings, opens the store, loads the demonstration on first start, and listens."""

import logging
import sys

import uvicorn

from review.accounts import DEMONSTRATOR, LEADER, Accounts, Person
from review.desk import Desk
from review.errors import ReviewError
from review.pages.inspections import begin
from review.pipeline import review_inspection
from review.runs import Runs
from review.settings import Settings
from review.store import Store
from review.web import create_app


def open_desk(settings: Settings) -> Desk:
    """The workbench's parts, with the demonstration loaded where there is no inspection at all."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url)
    runs = Runs(store, settings.home, review_inspection)
    desk = Desk(store, Accounts(store, settings.host), runs, settings.home)
    if not store.inspections() and settings.demo.is_dir():
        begin(desk, Person(DEMONSTRATOR, (LEADER,), demo=True), settings.demo, demo=True)
    else:
        runs.resume()
    return desk


def main() -> int:
    """Listen until stopped; 2 when a setting is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_environment()
        desk = open_desk(settings)
    except ReviewError as problem:
        print(f"不能启动：{problem}", file=sys.stderr)
        return 2
    app = create_app(desk, settings.host)
    print(f"明鉴已就绪：http://{settings.host}:{settings.port}")
    # addresses hold opaque keys only, and still are not worth logging one by one
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
