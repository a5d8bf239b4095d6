"""Reads a file in a process of its own: one that hangs, crashes or floods the memory is refused and harms nothing.

Run as `python -m knowledge.holding.reading` it is that process: paths come in on its input, a line of JSON each,
and what became of them goes out on its output. It ends with its parent.
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
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from knowledge.cutting.passages import Passage
from knowledge.holding.shelf import Source, document_json, document_of, passage_json
from knowledge.holding.sources import read_source
from knowledge.readers import Progress, UnreadableFile
from knowledge.readers.files import PICTURES

RISKY = PICTURES | {".pdf", ".docx", ".xlsx", ".html", ".htm"}  # formats whose libraries a bad file can upset
STALL_SECONDS = 180.0  # without a page done; a page of recognition takes some five
SECONDS_PER_MEGABYTE = 3.0
MOST_MEMORY = 6 * 1024**3
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
ROOT = Path(__file__).parents[2]


class Reader:
    """Reads files one after the other; starts its process when first needed and again after a crash."""

    def __init__(self, stall_seconds: float = STALL_SECONDS) -> None:
        self._stall = stall_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path, cache: Path | None, turned: Progress | None = None) -> Source:
        """The file's content. Raises `UnreadableFile`, also where the reading process did not survive the file."""
        if path.suffix.lower() not in RISKY:
            return read_source(path, cache, turned)
        process = self._running()
        whole = {"path": str(path.resolve()), "cache": str(cache.resolve()) if cache else None}
        request = json.dumps(whole) + "\n"
        patience = self._stall + SECONDS_PER_MEGABYTE * path.stat().st_size / 1024**2
        try:
            _written(process.stdin, request.encode())
            while True:
                answer = _received(process.stdout, patience)
                if "page" not in answer:
                    break
                if turned:
                    turned(answer["page"], answer["pages"])
        except TimeoutError:
            self.close()
            raise UnreadableFile(
                f"读了 {patience:.0f} 秒没有进展，已放弃",
                "文件可能损坏；请重新导出，或另存为 .pdf、.docx 再试",
            ) from None
        except (EOFError, BrokenPipeError, ValueError):
            self.close()
            raise UnreadableFile(
                "读取程序在这份文件上中断", "文件可能损坏；请重新导出或另存一份再试"
            ) from None
        if "problem" in answer:
            raise UnreadableFile(answer["problem"], answer["remedy"], answer["place"])
        return _source(answer)

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

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "knowledge.holding.reading", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                start_new_session=True,
            )
        return self._process


def _written(stream: IO[bytes] | None, request: bytes) -> None:
    if stream is not None:
        stream.write(request)
        stream.flush()


def _received(stream: IO[bytes] | None, patience: float) -> dict[str, Any]:
    """The next message: its length in eight bytes, then JSON. A `TimeoutError` where none comes in time."""
    if stream is None:
        raise EOFError
    size = int.from_bytes(_bytes(stream, 8, patience), "big")
    answer: dict[str, Any] = json.loads(_bytes(stream, size, patience))
    return answer


def _bytes(stream: IO[bytes], size: int, patience: float) -> bytes:
    parts: list[bytes] = []
    deadline = time.monotonic() + patience
    while size:
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(stream.fileno(), min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _source(answer: dict[str, Any]) -> Source:
    return Source(
        document=document_of(answer["document"]),
        passages=tuple(Passage(*entry) for entry in answer["passages"]),
        sha256=answer["sha256"],
        rows=answer["rows"],
        notes=tuple(answer["notes"]),
        text=answer["text"],
        spans=tuple(tuple(span) for span in answer["spans"]),
        pages=tuple(tuple(page) for page in answer["pages"]),
    )


def _serve(parent: int) -> None:
    """Answer requests until there are no more."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    _bind_to(parent)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _send(output, _answered(Path(request["path"]), request["cache"], output))


def _bind_to(parent: int) -> None:
    """End when the parent does, however it ends."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)


def _answered(path: Path, cache: str | None, output: IO[bytes]) -> dict[str, Any]:
    try:
        source = read_source(
            path,
            Path(cache) if cache else None,
            lambda number, count: _send(output, {"page": number, "pages": count}),
        )
    except UnreadableFile as problem:
        return {"problem": problem.problem, "remedy": problem.remedy, "place": problem.place}
    except OSError as problem:
        return _refusal(f"打不开（{problem.strerror or problem}）", "请核对路径与权限")
    except MemoryError:
        return _refusal("展开后占用的内存过大", "请拆分或另存为较小的文件")
    except RecursionError:
        return _refusal("结构嵌套过深", "请打开后另存一份，或另存为 .pdf 再试")
    except Exception as defect:  # the edge of the process: a defect of ours must not stop the files after it
        frame = traceback.extract_tb(defect.__traceback__)[-1]
        place = f"{type(defect).__name__}，{Path(frame.filename).name} 第 {frame.lineno} 行"
        return _refusal(
            f"读取程序在这份文件上出错（{place}）", "请另存一份再试；仍不行请把括号里的话报给维护人员"
        )
    document = document_json(source.document)
    passages = [passage_json(passage) for passage in source.passages]
    return {**asdict(source), "document": document, "passages": passages}


def _refusal(problem: str, remedy: str) -> dict[str, Any]:
    return {"problem": problem, "remedy": remedy, "place": "整份文件"}


def _send(output: IO[bytes], answer: dict[str, Any]) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
    output.write(len(body).to_bytes(8, "big") + body)
    output.flush()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
