"""The workbench in a process of its own, as `python app.py` starts it, over a home folder that is already furnished."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
WAIT_SECONDS = 120
MEGABYTE = 1024  # of what the system counts, kilobytes


class Served:
    """A running workbench; it may be killed and started again on the same home and port."""

    def __init__(self, home: Path, database: str | None) -> None:
        self.home, self.port = home, free_port()
        self._given = {
            "MINGJIAN_HOME": str(home),
            "MINGJIAN_PORT": str(self.port),
            "MINGJIAN_HOST": "127.0.0.1",
        }
        self._given["MINGJIAN_DEMO"] = str(home / "none")
        if database:
            self._given["MINGJIAN_DATABASE"] = database
        self.process = self._begin()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "serving.log"

    def _begin(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as stream:
            process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env={**os.environ, **self._given},
                stdout=stream,
                stderr=stream,
            )
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until and process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/sign-in", timeout=5):
                    return process
            except OSError:
                time.sleep(0.1)
        ended = process.poll() is not None
        process.kill()
        process.wait()
        said = "服务没有起来" if ended else f"{WAIT_SECONDS} 秒内页面没有打开"
        raise TimeoutError(f"{said}；请看 {self.log} 里写了什么。")

    def kill(self) -> None:
        """As a power cut would: no time to finish anything."""
        self.process.kill()
        self.process.wait()

    def again(self) -> None:
        """Start on the same home and the same address."""
        self.process = self._begin()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def memory(self) -> float:
        """What the server and the processes it started hold in memory, in megabytes."""
        return sum(_resident(one) for one in _family(self.process.pid)) / MEGABYTE


@contextmanager
def served(home: Path, database: str | None = None) -> Iterator[Served]:
    """A workbench for as long as it is needed."""
    running = Served(home, database)
    try:
        yield running
    finally:
        running.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(process: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(place.read_text("utf-8").rsplit(")", 1)[1].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        children.setdefault(parent, []).append(int(place.parent.name))
    found = [process]
    for one in found:
        found += children.get(one, [])
    return found


def _resident(process: int) -> int:
    """Kilobytes; nothing of a process that has ended meanwhile."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)
