"""Runs reviews beside the pages: one at a time, in a process of its own, with progress to look at.

A finished review replaces the last one in one step; decisions are kept apart and are not touched.
"""

import json
import multiprocessing
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Queue
from typing import Any

from review.errors import ReviewError
from review.logs import open_log, record_defect
from review.store.entries import standing
from review.store.store import Store, now

DEFECT = "程序出错，编号 {}，已记录；请把编号报给维护人员。"
Work = Callable[..., Any]  # two paths, home=, progress=: a review of folder to out, a model's reading of out
READING = "reading"  # beside the runs of an inspection while a model reads the last of them


@dataclass
class Progress:
    """How far a run has come: the stage it is in, and the stages behind it with their seconds."""

    stage: str = "排队"
    done: int = 0
    total: int = 0
    began: float = field(default_factory=time.monotonic)
    stages: list[dict[str, Any]] = field(default_factory=list)

    def step(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self._close_stage()
            self.stage = stage
        self.done, self.total = done, total

    def _close_stage(self) -> None:
        passed = time.monotonic() - self.began - sum(stage["seconds"] for stage in self.stages)
        self.stages.append({"name": self.stage, "count": self.total, "seconds": round(passed, 1)})


class Runs:
    """The queue of reviews of one workbench."""

    def __init__(self, store: Store, home: Path, reviewer: Work, reader: Work | None = None) -> None:
        """`reader` lets a model read a finished review; null where there is no model."""
        self._store, self._home, self._reviewer, self._reader = store, home, reviewer, reader
        self._waiting: Queue[tuple[str, bool]] = Queue()  # key, and whether the review comes first
        self._progress: dict[str, Progress] = {}
        self._process: BaseProcess | None = None
        self._current: str | None = None
        self._cancelled: set[str] = set()
        threading.Thread(target=self._work, name="reviews", daemon=True).start()

    def start(self, key: str) -> bool:
        """Queue a review; false if it is already waiting or running."""
        if key in self._progress:
            return False
        self._progress[key] = Progress()
        self._cancelled.discard(key)
        self._store.update_inspection(key, state="running", problem=None)
        self._waiting.put((key, True))
        return True

    def resume(self) -> None:
        """At start: what a stop cut short begins again; a model is asked only what it had not answered."""
        for inspection in self._store.inspections():
            if inspection.state in ("running", "waiting"):
                self.start(inspection.key)
            elif self._reader is not None and self._reading(inspection.key).exists():
                self._progress[inspection.key] = Progress()
                self._waiting.put((inspection.key, False))

    def progress(self, key: str) -> dict[str, Any] | None:
        """Where a run stands, as the page shows it; null when none is under way."""
        progress = self._progress.get(key)
        if progress is None:
            return None
        return {**asdict(progress), "seconds": round(time.monotonic() - progress.began, 1)}

    def cancel(self, key: str) -> bool:
        """Stop a run; the last finished review stays as it was."""
        if key not in self._progress:
            return False
        self._cancelled.add(key)
        if self._current == key and self._process is not None:
            self._process.terminate()
        return True

    def out(self, key: str, run: int) -> Path:
        """Where a finished review lies."""
        return self._home / "inspections" / key / f"run-{run}"

    def _reading(self, key: str) -> Path:
        return self._home / "inspections" / key / READING

    def _work(self) -> None:
        while True:
            key, whole = self._waiting.get()
            try:
                if whole:
                    self._run(key)
                if self._reader is not None:
                    self._read(key)
            except Exception as defect:
                self._fail(key, DEFECT.format(record_defect(defect, "runs")))
            finally:
                self._progress.pop(key, None)

    def _run(self, key: str) -> None:
        inspection = next(entry for entry in self._store.inspections() if entry.key == key)
        if key in self._cancelled:
            return self._fail(key, "已取消；需要时请重新审核。")
        number = inspection.run + 1
        out = self.out(key, number)
        shutil.rmtree(out, ignore_errors=True)
        settled = self._store.rulings.settled(key)
        reviewer = partial(self._reviewer, settled=settled) if settled else self._reviewer
        problem = self._in_child(key, reviewer, Path(inspection.folder), out)
        if problem is not None:
            shutil.rmtree(out, ignore_errors=True)
            return self._fail(key, problem)
        self._keep_decided(key, inspection.run, out)
        self._store.update_inspection(key, state="ready", problem=None, run=number, reviewed_at=now())
        if number > 2:
            shutil.rmtree(self.out(key, number - 2), ignore_errors=True)
        return None

    def _read(self, key: str) -> None:
        """Let the model read the finished review, which stands and can be worked on meanwhile."""
        inspection = next(entry for entry in self._store.inspections() if entry.key == key)
        if inspection.state != "ready" or key in self._cancelled:
            return
        mark = self._reading(key)
        mark.touch()
        problem = self._in_child(key, self._reader, self.out(key, inspection.run), mark.parent)
        mark.unlink(missing_ok=True)
        if problem is not None:
            self._store.update_inspection(key, problem=f"模型阅读没有做成：{problem}")

    def _in_child(self, key: str, work: Work | None, source: Path, target: Path) -> str | None:
        """Work in a child process; returns what went wrong, or null."""
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe(duplex=False)
        self._process = spawn.Process(
            target=work_in_child, args=(work, source, target, self._home, theirs), daemon=True
        )
        self._current = key
        self._progress[key].step("启动", 0, 0)
        self._process.start()
        theirs.close()
        problem: str | None = "审核进程中途停止；请重新审核，若再次发生请把日志交给维护人员。"
        try:
            while True:
                kind, *rest = ours.recv()
                if kind == "progress":
                    self._progress[key].step(*rest)
                else:
                    problem = rest[0]
        except EOFError:
            pass
        self._process.join()
        self._process = self._current = None
        return "已取消；需要时请重新审核。" if key in self._cancelled else problem

    def _fail(self, key: str, problem: str) -> None:
        self._store.update_inspection(key, state="failed", problem=problem)

    def _keep_decided(self, key: str, before: int, out: Path) -> None:
        """Findings that were decided and are no longer found stay visible: copied into `gone.jsonl`."""
        decided = set(standing(self._store.decisions(key)))
        found = {line["id"] for line in read_lines(out / "findings.jsonl")}
        old = [
            line
            for name in ("gone.jsonl", "findings.jsonl")
            for line in read_lines(self.out(key, before) / name)
        ]
        gone = [line for line in old if line["id"] in decided and line["id"] not in found]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in gone)
        (out / "gone.jsonl").write_text(text, "utf-8")


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The lines of a JSON-lines file; none where there is no file."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def work_in_child(work: Work, source: Path, target: Path, home: Path, pipe: Connection) -> None:
    """The child's side: tells progress, then either null or the problem in words."""

    def tell(stage: str, done: int, total: int) -> None:
        pipe.send(("progress", stage, done, total))

    try:
        work(source, target, home=home, progress=tell)
        pipe.send(("end", None))
    except ReviewError as problem:
        # whoever looks at the inspection need not know where on the server its files lie
        pipe.send(("end", str(problem).replace(str(source), f"“{source.name}”")))
    except Exception as defect:
        open_log(home)
        pipe.send(("end", DEFECT.format(record_defect(defect, "review"))))
