"""Examines files in a process of its own: one that hangs, crashes or floods the memory is refused and harms nothing.

Run as `python -m review.forensics.examiner` it is that process: requests come in on its input, a line of JSON each,
and what became of them goes out on its output, a line each. It ends with its parent.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.readers import UnreadableFile
from review.forensics import FileSigns, Sign

SECONDS = 18.0  # for one file
LOOKING = 0.1  # how often its memory is looked at
STARTING = 30.0  # more for the first, while libraries load on a busy machine
MOST_MEMORY = 640 * 1024**2  # of private memory
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
ROOT = Path(__file__).parents[2]
SLOW = ("用时过长，已放弃", "文件可能损坏或过于复杂；请打印成新的 PDF 再试")
BROKEN = ("结构损坏或展开过大，取证程序未能看完", "请索取原始电子文件，或打印成新的 PDF 再试")
FLOOD = ("展开后占用的内存过大", "请拆分或另存为较小的文件")
DEEP = ("结构嵌套过深", "请打印成新的 PDF 再试")


class Examiner:
    """Examines files one after the other; starts its process when first needed and again after a crash."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._fresh = True
        self._last_peak = 0.0

    def examine(self, path: Path) -> FileSigns:
        """All that one file tells. Raises `UnreadableFile`, also where the process did not survive the file."""
        return self._asked([path])

    def compare(self, earlier: Path, later: Path) -> FileSigns:
        """What the later of two files shows otherwise. Raises `UnreadableFile`."""
        return self._asked([earlier, later])

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

    def __enter__(self) -> "Examiner":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _asked(self, paths: list[Path]) -> FileSigns:
        process = self._running()
        patience = self._seconds * len(paths) + (STARTING if self._fresh else 0)
        request = json.dumps([str(path.resolve()) for path in paths]) + "\n"
        try:
            answer = self._answer(process, request.encode(), patience)
        except TimeoutError:
            self.close()
            raise UnreadableFile(*SLOW) from None
        except (EOFError, BrokenPipeError, ValueError):
            self.close()
            raise UnreadableFile(*BROKEN) from None
        self._fresh = False
        if "problem" in answer:
            raise UnreadableFile(answer["problem"], answer["remedy"])
        return signs_of(answer)

    def _answer(self, process: "subprocess.Popen[bytes]", request: bytes, patience: float) -> dict[str, Any]:
        """The next line of the process. A `TimeoutError` where none comes in time."""
        if process.stdin is None or process.stdout is None:
            raise EOFError
        process.stdin.write(request)
        process.stdin.flush()
        deadline = time.monotonic() + patience
        line, self._last_peak = b"", 0.0
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, min(LOOKING, left)))
            self._last_peak = max(self._last_peak, _peak_of(process))
            if not ready and left <= 0:
                raise TimeoutError
            if not ready:
                continue
            part = os.read(process.stdout.fileno(), 1 << 20)
            if not part:
                raise EOFError
            line += part
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._fresh = True
            self._process = subprocess.Popen(
                [sys.executable, "-m", "review.forensics.examiner", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
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


def signs_of(answer: dict[str, Any]) -> FileSigns:
    """What the process wrote, as it was."""
    signs = tuple(Sign(**{**sign, "made_at": _moment(sign["made_at"])}) for sign in answer["signs"])
    return FileSigns(
        **{
            **answer,
            "signs": signs,
            "quiet": tuple(answer["quiet"]),
            "notes": tuple(answer["notes"]),
            "created_at": _moment(answer["created_at"]),
            "modified_at": _moment(answer["modified_at"]),
        }
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _serve(parent: int) -> None:
    """Answer requests until there are no more."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)
    from review.forensics.examination import compare_files, examine

    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    for line in sys.stdin.buffer:
        paths = [Path(path) for path in json.loads(line)]
        ask: Callable[..., FileSigns] = examine if len(paths) == 1 else compare_files
        body = json.dumps(_answered(ask, paths), ensure_ascii=False, default=datetime.isoformat)
        output.write(body.encode("utf-8", "surrogatepass") + b"\n")
        output.flush()


def _answered(ask: Callable[..., FileSigns], paths: list[Path]) -> dict[str, Any]:
    try:
        return asdict(ask(*paths))
    except UnreadableFile as problem:
        return {"problem": problem.problem, "remedy": problem.remedy}
    except OSError as problem:
        return {"problem": f"打不开（{problem.strerror or '未知原因'}）", "remedy": "请核对路径与权限"}
    except MemoryError:
        return {"problem": FLOOD[0], "remedy": FLOOD[1]}
    except RecursionError:
        return {"problem": DEEP[0], "remedy": DEEP[1]}
    except Exception as defect:  # the edge of the process: a defect of ours must not stop the files after it
        frame = traceback.extract_tb(defect.__traceback__)[-1]
        place = f"{type(defect).__name__}，{Path(frame.filename).name} 第 {frame.lineno} 行"
        return {"problem": f"取证程序在这份文件上出错（{place}）", "remedy": "请把括号里的话报给维护人员"}


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
