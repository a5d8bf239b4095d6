"""The side of `isolation` that does the work: answers requests within the limits it was started with."""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from knowledge.readers import UnreadableFile
from knowledge.readers.isolation import AGAIN, FLOOD, Answer

SMALL, LARGE = 4 * 1024**2, 32 * 1024**2
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
Tell = Callable[[Answer], None]


def serve(answered: Callable[[Any, Tell], Answer]) -> None:
    """Answer requests until there are no more; what `answered` tells on the way goes out at once."""
    parent, private_bytes, picture_bytes = map(int, sys.argv[1:4])
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    _bind_to(parent)
    resource.setrlimit(resource.RLIMIT_DATA, (private_bytes, picture_bytes))
    _send(output, {"ready": True})
    for line in sys.stdin.buffer:
        _send(output, _guarded(answered, json.loads(line), lambda message: _send(output, message)))


@contextlib.contextmanager
def more_memory() -> Iterator[None]:
    """Inside the process: what a picture may take, and afterwards what everything else may."""
    usual, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    _give_back_from(SMALL)
    try:
        yield
    finally:
        _give_back_from(LARGE)
        resource.setrlimit(resource.RLIMIT_DATA, (usual, most))


def _give_back_from(size: int) -> None:
    """Buffers from this size on go back to the system when they are freed: a network's would pile up otherwise,
    while a PDF reads the same large font anew with every file and is twice as fast where they are kept."""
    with contextlib.suppress(OSError, AttributeError):  # another C library keeps house by itself
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, size)
        library.mallopt(_TRIM_THRESHOLD, 2 * size)
        library.malloc_trim(0)


def _bind_to(parent: int) -> None:
    """End when the parent does, however it ends."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)


def _guarded(answered: Callable[[Any, Tell], Answer], request: Any, tell: Tell) -> bytes:
    """The answer as JSON, or the refusal of what could not be done."""
    try:
        return _json(answered(request, tell))
    except UnreadableFile as problem:
        return _refusal(problem.problem, problem.remedy, problem.place)
    except OSError as problem:
        return _refusal(f"打不开（{problem.strerror or '未知原因'}）", "请核对路径与权限")
    except MemoryError:
        return _refusal(*FLOOD)
    except RecursionError:
        return _refusal("结构嵌套过深", AGAIN)
    except Exception as defect:  # the edge of the process: a defect of ours must not stop the files after it
        frame = traceback.extract_tb(defect.__traceback__)[-1]
        place = f"{type(defect).__name__}，{Path(frame.filename).name} 第 {frame.lineno} 行"
        return _refusal(
            f"读取程序在这份文件上出错（{place}）", "请另存一份再试；仍不行请把括号里的话报给维护人员"
        )


def _refusal(problem: str, remedy: str, place: str = "整份文件") -> bytes:
    return _json({"problem": problem, "remedy": remedy, "place": place})


def _json(answer: Answer) -> bytes:
    return json.dumps(answer, ensure_ascii=False, default=_isoformat).encode("utf-8", "surrogatepass")


def _isoformat(moment: Any) -> str:
    return str(moment.isoformat())


def _send(output: IO[bytes], answer: bytes | Answer) -> None:
    body = answer if isinstance(answer, bytes) else _json(answer)
    output.write(len(body).to_bytes(8, "big") + body)
    output.flush()
