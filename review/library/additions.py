"""Files on their way into the library: those that arrived wait in line, one worker adds them, the page asks how far.

What a person handed over lies under `<home>/files` until it is withdrawn; what a stopped server left there without
a state is taken up again. Nothing here decides who may add.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.holding.adding import NotWritable, add_paths
from knowledge.holding.shelf import REFUSED, FileState, Shelf
from knowledge.holding.sources import TABLES
from knowledge.readers.files import READABLE
from review.casework.results import Line
from review.logs import record_defect

TAKEN = frozenset(READABLE | set(TABLES))
LARGEST_FILE = 200 * 1024**2
LONGEST_NAME = 180  # bytes of UTF-8; file systems take 255
LASTING = 200  # entries the page is still told of
ABANDONED = 30.0  # seconds after which a batch whose sender fell silent is added all the same
WAITING, READING, INDEXING, DONE, FAILED = "排队", "读取", "建库", "完成", "失败"
_BATCH = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Addition:
    """One file and where it stands; `page` of `pages` while it is read, `state` once it has one."""

    number: int
    file: Path
    who: str
    stage: str = WAITING
    page: int = 0
    pages: int = 0
    state: FileState | None = None
    again: bool = False  # the content was held before
    problem: str = ""


@dataclass
class Additions:
    """The line of one home folder."""

    home: Path
    embedding: str | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _line: dict[int, Addition] = field(default_factory=dict)
    _arrived: dict[str, tuple[float, list[tuple[Path, str]]]] = field(default_factory=dict)
    _worker: threading.Thread | None = None
    _notice: str = ""
    _taken_up: bool = False

    @property
    def folder(self) -> Path:
        return self.home / "files"

    def place(self, batch: str, name: str) -> Path:
        """Where a file that is handed over is to lie: under its own name, beside the others of its batch."""
        folder = self.folder / batch
        named = folder / safe_name(name)
        for number in range(2, 1000):
            if not named.exists():
                break
            named = folder / str(number) / named.name
        named.parent.mkdir(parents=True, exist_ok=True)
        return named

    def arrive(self, batch: str, file: Path, who: str, *, last: bool) -> None:
        """A file of a batch is there; the batch is put in line with its last, so that tables find their annexes."""
        with self._lock:
            _, files = self._arrived.setdefault(batch, (0.0, []))
            files.append((file, who))
            self._arrived[batch] = (time.monotonic(), files)
            if last:
                self._release(batch)

    def put(self, files: Iterable[Path], who: str) -> None:
        """Put files in line and see that somebody works."""
        with self._lock:
            for file in files:
                number = max(self._line, default=0) + 1
                self._line[number] = Addition(number, file, who)
            for number in sorted(self._line)[: max(0, len(self._line) - LASTING)]:
                if self._line[number].stage in (DONE, FAILED):
                    del self._line[number]
            if self._worker is None and self._waiting():
                self._worker = threading.Thread(target=self._work, name="additions", daemon=True)
                self._worker.start()

    def lines(self) -> list[Line]:
        """Every file on its way and those lately done, in the order they came."""
        with self._lock:
            self._take_up()
            for batch, (since, _) in list(self._arrived.items()):
                if time.monotonic() - since > ABANDONED:
                    self._release(batch)
            held = [file for _, files in self._arrived.values() for file, _ in files]
            return [self._said(one) for one in self._line.values()] + [
                {"file": file.name, "stage": WAITING, "said": "已收到，等同批的其他文件"} for file in held
            ]

    def busy(self) -> bool:
        with self._lock:
            return self._worker is not None

    def clear(self) -> None:
        """Forget what is done; the list of the library says it from now on."""
        with self._lock:
            self._line = {n: one for n, one in self._line.items() if one.stage not in (DONE, FAILED)}

    def wait(self, seconds: float) -> bool:
        """Whether the worker came to its end in that time."""
        worker = self._worker
        if worker is not None:
            worker.join(seconds)
        return not self.busy()

    def forget(self, file: Path) -> None:
        """Remove a file that was handed over and is withdrawn; files elsewhere are not ours."""
        if file.is_relative_to(self.folder.resolve()):
            file.unlink(missing_ok=True)

    def _said(self, one: Addition) -> Line:
        line: Line = {"number": one.number, "file": one.file.name, "stage": one.stage}
        if one.state is not None:
            return line | {
                "state": one.state.state,
                "key": holding_key(one.state.sha256 or one.state.file),
                "said": "库中已有同样内容，没有变化" if one.again else _told(one.state),
            }
        if one.problem:
            return line | {"said": one.problem}
        if one.stage == READING and self._notice:
            return line | {"said": self._notice}
        return line | ({"said": f"第 {one.page} / {one.pages} 页"} if one.pages > 1 else {"said": one.stage})

    def _release(self, batch: str) -> None:
        _, files = self._arrived.pop(batch, (0.0, []))
        for who in dict.fromkeys(who for _, who in files):
            self.put([file for file, other in files if other == who], who)

    def _take_up(self) -> None:
        """What an earlier server had been handed and never added."""
        if self._taken_up:
            return
        self._taken_up = True
        known = {state.file for state in Shelf(self.home).states()}
        coming = {one.file for one in self._line.values()}
        coming |= {file for _, files in self._arrived.values() for file, _ in files}
        files = sorted(one for one in self.folder.rglob("*") if one.is_file() and one.name[:1] != ".")
        if left := [one for one in files if one not in coming and str(one.resolve()) not in known]:
            self.put(left, "")

    def _waiting(self) -> list[Addition]:
        return [one for one in self._line.values() if one.stage == WAITING]

    def _work(self) -> None:
        """Add what waits, all at once, until nothing does: the index is built once for many files."""
        while True:
            with self._lock:
                batch = self._waiting()
                if not batch:
                    self._worker = None
                    return
                self._change(batch, stage=READING)
            self._add(batch)

    def _add(self, batch: Sequence[Addition]) -> None:
        numbers = {str(one.file.resolve()): one.number for one in batch}
        held = {state.sha256 for state in Shelf(self.home).states() if state.sha256}

        def settled(number: int, total: int, state: FileState) -> None:
            refused = state.state == REFUSED
            again = state.sha256 in held and not refused
            self._set(numbers.get(state.file), stage=DONE if refused else INDEXING, state=state, again=again)

        def turned(file: Path, page: int, pages: int) -> None:
            self._notice = ""
            self._set(numbers.get(str(file)), page=page, pages=pages)

        try:
            add_paths(
                self.home,
                [one.file for one in batch],
                settled,
                embedding=self.embedding,
                notice=self._noticed,
                turning=turned,
            )
            self._finish(numbers.values(), DONE, "没有读到这份文件；请重新添加。")
        except NotWritable as problem:
            said = str(problem).replace(str(self.home), "数据文件夹")
            self._finish(numbers.values(), FAILED, said)
        except Exception as defect:
            number = record_defect(defect, "additions")
            self._finish(numbers.values(), FAILED, f"添加中断。编号 {number}，已记录；已入库的内容不受影响。")
        finally:
            self._notice = ""

    def _noticed(self, words: str) -> None:
        self._notice = words

    def _finish(self, numbers: Iterable[int], stage: str, problem: str) -> None:
        for number in numbers:
            one = self._line.get(number)
            if one is None or one.stage == DONE:
                continue
            lost = stage == FAILED or one.state is None
            if lost:
                self._set(number, stage=FAILED, state=None, problem=problem)
            else:
                self._set(number, stage=DONE)

    def _set(self, number: int | None, **changes: object) -> None:
        with self._lock:
            if number in self._line:
                self._change([self._line[number]], **changes)

    def _change(self, entries: Iterable[Addition], **changes: object) -> None:
        alter: Callable[..., Addition] = replace
        for one in entries:
            self._line[one.number] = alter(one, **changes)


def holding_key(named: str) -> str:
    """What a browser calls something the library holds: nothing of its path or content can be read from it."""
    return hashlib.blake2b(named.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _told(state: FileState) -> str:
    """What a state says besides its name."""
    counts = [f"{state.passages:,} 条"] * bool(state.passages) + [f"{state.rows:,} 行"] * bool(state.rows)
    return "；".join(filter(None, ["、".join(counts), state.reason, *state.notes]))


def safe_name(name: str) -> str:
    """The last part of a name as a sender gave it, without what would hide a file or lead out of a folder."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if sign.isprintable()).strip().lstrip(".").strip()
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        stem, suffix = plain, ""
    room = LONGEST_NAME - len(suffix.encode()) - 1
    while len(stem.encode()) > max(room, 8):
        stem = stem[:-1]
    return f"{stem.strip() or '未命名'}{dot}{suffix[:16]}"


def batch_key(given: str) -> str | None:
    """A key of a batch as a browser makes it; null for anything else."""
    return given if _BATCH.fullmatch(given) else None
