"""How long a person waits for the first answer: the command's help, and the first page of the workbench."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from evals.bench import Figure, in_turn

ROOT = Path(__file__).parent.parent.parent
WAIT_SECONDS = 120


def measure() -> Iterator[Figure]:
    """Help against an empty interpreter; a warm start of the pages against the very first."""
    helped, bare = in_turn(lambda: _run("-m", "review", "--help"), lambda: _run("-c", "pass"))
    yield Figure("startup", "python -m review --help", helped, bare, "python -c pass")
    with tempfile.TemporaryDirectory() as home:
        first = _seconds_to_first_page(Path(home))
        warm = _seconds_to_first_page(Path(home))
    yield Figure("startup", "app.py serving, warm", warm, first, "the first start")


def _run(*words: str) -> None:
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _seconds_to_first_page(home: Path) -> float:
    port = _free_port()
    environment = {**os.environ, "MINGJIAN_HOME": str(home), "MINGJIAN_PORT": str(port)}
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - start < WAIT_SECONDS:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    return time.perf_counter() - start
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"{WAIT_SECONDS} 秒内页面没有打开；请直接运行 python app.py 看它说什么。")
    finally:
        server.terminate()
        server.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
