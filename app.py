"""Serves the workbench: reads the settings, opens the store, loads the demonstration on first start, and listens."""

import socket
import sys
import threading
from functools import partial

import uvicorn

from review.casework.desk import Desk
from review.casework.runs import Runs, Work
from review.errors import ReviewError, SettingsError
from review.llm import open_model
from review.logs import open_log, record_defect
from review.pages.inspections import begin
from review.pages.rules import warm
from review.pipeline import review_inspection
from review.settings import Settings
from review.store.accounts import DEMONSTRATOR, LEADER, Accounts, Person
from review.store.store import Store
from review.web import create_app


def open_desk(settings: Settings) -> Desk:
    """The workbench's parts, with the demonstration loaded where there is no inspection at all."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url)
    runs = Runs(store, settings.home, review_inspection, _reader(settings))
    accounts = Accounts(store, settings.host, settings.proxy)
    desk = Desk(store, accounts, runs, settings.home, settings.embedding, open_model(settings))
    if not store.inspections() and settings.demo.is_dir():
        begin(desk, Person(DEMONSTRATOR, (LEADER,), demo=True), settings.demo, demo=True)
    else:
        runs.resume()
    threading.Thread(target=warm, args=(desk,), name="rules", daemon=True).start()
    return desk


def _reader(settings: Settings) -> Work | None:
    """What lets a model read a finished review; null where the settings name no model."""
    if not settings.model:
        return None
    from review.judge.command import read_review

    return partial(read_review, settings=settings)


def require_free_port(host: str, port: int) -> None:
    """Say in plain words that the address is taken, before anything is opened."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise SettingsError(
                f"地址 {host}:{port} 不能使用（{problem.strerror}）；"
                "请停掉占用它的程序，或用 MINGJIAN_PORT 换一个端口。"
            ) from problem


def main() -> int:
    """Listen until stopped; 2 when a setting is wrong, 1 on a defect of ours."""
    try:
        settings = Settings.from_environment()
        open_log(settings.home)
        require_free_port(settings.host, settings.port)
        app = create_app(open_desk(settings), settings.host)
    except ReviewError as problem:
        print(f"不能启动：{problem}", file=sys.stderr)
        return 2
    except Exception as defect:
        number = record_defect(defect, "app")
        print(
            f"程序出错，编号 {number}，已记入 {settings.home / 'logs' / 'mingjian.log'}；请把编号报给维护人员。",
            file=sys.stderr,
        )
        return 1
    print(f"明鉴已就绪：http://{settings.host}:{settings.port}", flush=True)
    # addresses hold opaque keys only, and still are not worth logging one by one
    # and who forwards an address is believed only as MINGJIAN_PROXY says, not by the server's own rule
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
