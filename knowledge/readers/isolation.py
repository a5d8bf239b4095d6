"""Work on files in a process of its own: one that hangs, crashes or floods the memory is refused and harms nothing.

This is the asking side; the module that `Isolated` names runs `serving.serve` when it is started with `python -m`.
Requests go in as a line of JSON each; answers come out as their length in eight bytes and JSON.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.readers import Progress, UnreadableFile

AHEAD = 16  # requests handed over before the first is answered; together far below what a pipe holds
LOOKING = 0.1  # seconds between two looks at the memory of a process that has not answered yet
PICTURE_SECONDS = 180.0  # for the recognition of one picture of bounded size, which takes some five
ROOT = Path(__file__).parents[2]
AGAIN = "请重新导出，或打印成新的 PDF 再试"
FLOOD = ("展开后占用的内存过大", "请拆分或另存为较小的文件")
FRUGAL = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
Answer = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """What one request may take. Seconds are of waiting; the recognition of pictures does not count towards them."""

    seconds: float
    private_bytes: int  # of memory that only the process itself holds
    picture_bytes: int = 0  # as much while it recognises a picture, whose size is bounded
    page_seconds: float = 0.05  # more for every page that is done
    starting: float = 60.0  # until the process is ready, while libraries load on a busy machine
    answer_bytes: int = 200 * 1024**2


class Isolated:
    """One process; started when first needed and again after a crash. Answers come in the order of the requests."""

    def __init__(self, module: str, limits: Limits) -> None:
        self._module, self.limits = module, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._fresh = True
        self._last_peak = 0.0
        self.picture_seconds = 0.0  # what the recognition of pictures took of the last request

    def warm(self) -> None:
        """Start the process where there is none, and wait until it can answer."""
        self._bury()
        if self._process is None:
            with contextlib.suppress(TimeoutError, EOFError, ValueError, MemoryError):
                self._received(self._running(), time.monotonic() + self.limits.starting)
                self._fresh = False

    def ask(self, request: Any, *, more_seconds: float = 0.0, turned: Progress | None = None) -> Answer:
        """The answer to one request. Raises `UnreadableFile`, also where the process did not survive it."""
        self._bury()
        self._put(request)
        outcome = self._outcome(more_seconds, turned)
        if isinstance(outcome, UnreadableFile):
            raise outcome
        return outcome

    def in_order(self, requests: Iterable[Any]) -> Iterator[Answer | UnreadableFile]:
        """The answers to many requests; the process works on the next ones while an answer is being used."""
        left, waiting = iter(requests), deque[Any]()
        self._bury()
        try:
            while True:
                while len(waiting) < AHEAD and (request := next(left, None)) is not None:
                    waiting.append(request)
                    self._put(request)
                if not waiting:
                    return
                outcome = self._outcome(0.0, None)
                waiting.popleft()
                if self._process is None:
                    for request in waiting:
                        self._put(request)
                yield outcome
        finally:
            if waiting:
                self.close()

    def peak_megabytes(self) -> float:
        """The most memory the process has held since this was last asked, or in all where it has ended."""
        if self._process is None:
            return self._last_peak
        peak = _peak_of(self._process)
        with contextlib.suppress(OSError):  # it has just ended
            Path(f"/proc/{self._process.pid}/clear_refs").write_text("5", "utf-8")  # begin anew
        return peak

    def close(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process = None

    def _bury(self) -> None:
        """Clear away a process that has ended while nothing was asked of it."""
        if self._process is not None and self._process.poll() is not None:
            self.close()

    def __enter__(self) -> "Isolated":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _put(self, request: Any) -> None:
        stream = self._running().stdin
        assert stream is not None
        with contextlib.suppress(BrokenPipeError):  # its end is met when the answer is asked for
            stream.write(json.dumps(request).encode() + b"\n")
            stream.flush()

    def _outcome(self, more_seconds: float, turned: Progress | None) -> Answer | UnreadableFile:
        """What became of the request that has waited longest; a process that failed on it is gone."""
        self._last_peak = 0.0
        try:
            answer = self._answer(self._running(), more_seconds, turned)
        except TimeoutError:
            self.close()
            return UnreadableFile("用时过长，已放弃", f"文件可能损坏或过于复杂；{AGAIN}")
        except MemoryError:
            self.close()
            return UnreadableFile(*FLOOD)
        except (EOFError, ValueError):
            self.close()
            return UnreadableFile("结构损坏或展开过大，没能看完", f"请索取原始电子文件，{AGAIN[1:]}")
        if "problem" in answer:
            return UnreadableFile(answer["problem"], answer["remedy"], answer["place"])
        return answer

    def _answer(
        self, process: "subprocess.Popen[bytes]", more_seconds: float, turned: Progress | None
    ) -> Answer:
        limits, patience = self.limits, self.limits.seconds + more_seconds
        deadline = time.monotonic() + (limits.starting if self._fresh else patience)
        begun, self.picture_seconds = 0.0, 0.0
        while True:
            answer = self._received(process, deadline)
            now = time.monotonic()
            if "ready" in answer:
                self._fresh = False
                deadline = now + patience
            elif "turned" in answer:
                deadline += limits.page_seconds
                if turned:
                    turned(*answer["turned"])
            elif "recognising" not in answer:
                return answer
            elif answer["recognising"]:
                begun = now
                deadline += PICTURE_SECONDS
            else:
                self.picture_seconds += now - begun
                deadline += now - begun - PICTURE_SECONDS

    def _received(self, process: "subprocess.Popen[bytes]", deadline: float) -> Answer:
        size = int.from_bytes(self._bytes(process, 8, deadline), "big")
        if size > self.limits.answer_bytes:
            raise MemoryError
        answer: Answer = json.loads(self._bytes(process, size, deadline))
        return answer

    def _bytes(self, process: "subprocess.Popen[bytes]", size: int, deadline: float) -> bytes:
        """So many bytes of its output. A `TimeoutError` where they do not come in time."""
        if process.stdout is None:
            raise EOFError
        parts: list[bytes] = []
        while size:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, min(LOOKING, left)))
            if not ready:
                self._last_peak = max(self._last_peak, _peak_of(process))
                if left <= 0:
                    raise TimeoutError
                continue
            part = os.read(process.stdout.fileno(), min(size, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _command(self) -> list[str]:
        limits = self.limits
        numbers = (os.getpid(), limits.private_bytes, max(limits.private_bytes, limits.picture_bytes))
        return [sys.executable, "-m", self._module, *map(str, numbers)]

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._fresh = True
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, **FRUGAL},
                start_new_session=True,
            )
        return self._process


def _peak_of(process: "subprocess.Popen[bytes]") -> float:
    """The most memory a running process has held, in megabytes; what is told of it once it has ended counts us in."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
