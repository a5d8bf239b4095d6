"""A workbench in a process of its own for the chat's tests: accounts, a small library, and a model where one is given."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher

from knowledge.holding.adding import add_paths
from review.store.entries import User
from review.store.store import Store

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
RUNNING = {}  # address → the process of the workbench there


def furnish(home, files, people, talks=()):
    """A home folder with these files in the library and, in the store, these people (name → roles) and talks."""
    add_paths(home, files)
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for name, roles in people.items():
        store.people.add(User(name, hashed, roles), "王敏")
    for talk in talks:
        store.talks.add(*talk)
    store.close()


@contextmanager
def served(home, **settings):
    """The address of a running workbench over a furnished home folder; no demonstration is loaded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "MINGJIAN_HOME": str(home),
        "MINGJIAN_PORT": str(port),
        "MINGJIAN_DEMO": str(home / "none"),
    }
    log = home / "serving.log"
    with log.open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=os.environ | environment | settings,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/sign-in", server, log)
        RUNNING[address] = server
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url, server, log):
    for _ in range(240):
        assert server.poll() is None, log.read_text("utf-8")[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the workbench did not come up: {log.read_text('utf-8')[-2000:]}")
