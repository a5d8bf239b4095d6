"""How long ten people asking at once wait for the first words, beside one person alone, over HTTP with no model.

The library holds the reference texts and tables where they lie beside the project, else the shipped digests alone.
Every answer must be that of its question.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

from argon2 import PasswordHasher

from evals.bench import Figure
from knowledge.cutting.digests import shipped_digests
from knowledge.holding.adding import add_paths
from review.store.entries import User
from review.store.store import Store

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT.parent / "shared"
PEOPLE = 10
SECONDS = 15.0
WAIT_SECONDS = 120
PASSWORD = "ten people at once"


def measure() -> Iterator[Figure]:
    """Median and 95th percentile of ten at once."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        held = _furnish(home)
        port = _free_port()
        server = _serve(home, port)
        try:
            cookies = [_sign_in(port, _name(n)) for n in range(PEOPLE)]
            questions = _questions()
            _ask_for(port, cookies[0], questions[:20], 60.0)  # what is loaded once is not measured
            alone = sorted(_ask_for(port, cookies[0], questions, SECONDS / 3))
            together = sorted(_ten_at_once(port, cookies, questions))
        finally:
            server.terminate()
            server.wait(20)
    floor = alone[len(alone) // 2]
    for share, name in ((50, "median"), (95, "95th percentile")):
        seconds = together[min(len(together) - 1, len(together) * share // 100)]
        task = f"first words, ten at once, {name} of {len(together)}, {held} files"
        yield Figure("chat", task, seconds, floor, "one person alone, median")


def _furnish(home: Path) -> int:
    files = [
        REFERENCE / "reference" / "regulations",
        REFERENCE / "reference" / "catalogues",
        REFERENCE / "corpus",
    ]
    states = add_paths(home, [one for one in files if one.is_dir()])
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    hashed = PasswordHasher().hash(PASSWORD)
    for n in range(PEOPLE):
        store.people.add(User(_name(n), hashed, ("经办",)), "王敏")
    store.close()
    return len(states)


def _name(n: int) -> str:
    return f"经办{n}"


def _questions() -> list[str]:
    """How people ask, as our digests keep it: hundreds of different questions."""
    return [
        line
        for _, passages in shipped_digests()
        for passage in passages
        for line in passage.asked.splitlines()
        if line
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(home: Path, port: int) -> "subprocess.Popen[bytes]":
    environment = {
        "MINGJIAN_HOME": str(home),
        "MINGJIAN_PORT": str(port),
        "MINGJIAN_DEMO": str(home / "none"),
    }
    none = {"MINGJIAN_MODEL": "", "MINGJIAN_MODEL_URL": ""}
    server = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, **environment, **none},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    begun = time.perf_counter()
    while time.perf_counter() - begun < WAIT_SECONDS:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server
        except OSError:
            time.sleep(0.2)
    server.terminate()
    raise TimeoutError(f"{WAIT_SECONDS} 秒内页面没有打开；请直接运行 python app.py 看它说什么。")


def _sign_in(port: int, name: str) -> str:
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = urlencode({"name": name, "password": PASSWORD})
    door.request("POST", "/sign-in", body, {"Content-Type": "application/x-www-form-urlencoded"})
    cookie = door.getresponse().getheader("Set-Cookie") or ""
    door.close()
    if not cookie:
        raise ValueError("登录没有成功，量不了问答；请先跑 make test。")
    return cookie.split(";")[0]


def _ten_at_once(port: int, cookies: list[str], questions: list[str]) -> list[float]:
    found: list[float] = []
    wrong: list[BaseException] = []

    def work(n: int) -> None:
        try:
            found.extend(_ask_for(port, cookies[n], questions[n::PEOPLE], SECONDS))
        except (OSError, ValueError) as problem:
            wrong.append(problem)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return found


def _ask_for(port: int, cookie: str, questions: list[str], seconds: float) -> list[float]:
    """Ask one after the other for so long, or each once where there are few; seconds to first words of each."""
    found: list[float] = []
    begun = time.perf_counter()
    for n, question in enumerate(cycle(questions)):
        if time.perf_counter() - begun > seconds or (len(questions) <= PEOPLE * 2 and n == len(questions)):
            return found
        found.append(_ask(port, cookie, question))
    return found


def _ask(port: int, cookie: str, question: str) -> float:
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"question": question, "asking": f"{cookie[-8:]}{time.monotonic_ns()}"})
    begun = time.perf_counter()
    door.request("POST", "/chat/ask", body.encode(), {"Cookie": cookie, "Content-Type": "application/json"})
    reply = door.getresponse()
    line = reply.readline()
    seconds = time.perf_counter() - begun
    told = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
    reply.read()
    door.close()
    if told.get("turn", {}).get("question") != question:
        raise ValueError(f"答非所问：问的是“{question}”；请先跑 make test。")
    return seconds
