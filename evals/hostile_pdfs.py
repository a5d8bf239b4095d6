"""Has bent PDFs read and examined: each is read or refused with a reason, in seconds, within the memory.

A list that was cut off is gone on with.
"""

import json
import queue
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.bent_pdfs import mutations
from knowledge.readers import UnreadableFile
from knowledge.readers.isolated import IsolatedReader
from review.forensics.examiner import Examiner

MOST_SECONDS, MOST_MEGABYTES = 20.0, 1024.0
DEFECT, BROKEN = "程序在这份文件上出错", "没能看完"


@dataclass(frozen=True)
class Case:
    """What became of one file; a reason is empty where it was read or examined."""

    number: int
    source: str
    mutation: str
    refused: str  # by the intake of a review
    unexamined: str  # by the look at its revisions
    pages: int
    signs: int
    seconds: float  # the longer of the two, without the recognition of pictures
    picture_seconds: float
    megabytes: float  # of the larger process


class Trial:
    """Has one file after the other read as a review's intake would, and examined as its forensics would."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._reader, self._examiner = IsolatedReader(), Examiner()
        self._scratch = tempfile.TemporaryDirectory()

    def __enter__(self) -> "Trial":
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self._examiner.close()
        self._scratch.cleanup()

    def case(self, number: int, source: str, mutation: str, content: bytes) -> Case:
        path = Path(self._scratch.name) / f"{number}.pdf"
        path.write_bytes(content)
        self._reader.warm()
        begun = time.monotonic()
        refused, pages, unexamined, signs = "", 0, "", 0
        try:
            pages = len(self._reader.read(path, self._cache).pages)
        except UnreadableFile as refusal:
            refused = str(refusal)
        pictures = self._reader.picture_seconds
        reading = time.monotonic() - begun - pictures
        self._examiner.warm()
        begun = time.monotonic()
        try:
            signs = len(self._examiner.examine(path).signs)
        except UnreadableFile as refusal:
            unexamined = str(refusal)
        seconds = max(reading, time.monotonic() - begun)
        most = max(self._reader.peak_megabytes(), self._examiner.peak_megabytes())
        path.unlink()
        return Case(
            number, source, mutation, refused, unexamined, pages, signs,
            round(seconds, 3), round(pictures, 3), round(most, 1),
        )  # fmt: skip


def try_all(folder: Path, numbers: Collection[int], seed: int, cache: Path, workers: int) -> Iterator[Case]:
    """The cases of these numbers, in the order in which they are done."""
    bent = mutations(folder, max(numbers, default=-1) + 1, seed, set(numbers))
    taking, done = threading.Lock(), queue.Queue[Case | BaseException | None]()

    def work() -> None:
        try:
            with Trial(cache) as trial:
                while True:
                    with taking:
                        one = next(bent, None)
                    if one is None:
                        break
                    done.put(trial.case(*one))
        except BaseException as defect:  # handed to the one who waits
            done.put(defect)
        done.put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    left = workers
    while left:
        case = done.get()
        if isinstance(case, BaseException):
            raise case
        left -= case is None
        if case is not None:
            yield case


def run(folder: Path, count: int, seed: int, out: Path, cache: Path, workers: int = 1) -> list[str]:
    """Lines to print; every file with its reason goes to `out`, and what stands there already is not tried again."""
    cases = {case.number: case for case in kept(out)}
    numbers = [number for number in range(count) if number not in cases]
    with out.open("a", encoding="utf-8") as listing:
        for case in try_all(folder, numbers, seed, cache, workers):
            cases[case.number] = case
            listing.write(json.dumps(asdict(case), ensure_ascii=False) + "\n")
            listing.flush()
    return summary([cases[number] for number in range(count)])


def kept(out: Path) -> Iterator[Case]:
    """The cases of a list that was cut off; its last line may be half a line."""
    lines = out.read_text("utf-8").splitlines(keepends=True) if out.exists() else []
    if lines and not lines[-1].endswith("\n"):
        out.write_text("".join(lines[:-1]), "utf-8")
        lines.pop()
    for line in lines:
        yield Case(**json.loads(line))


def summary(cases: list[Case]) -> list[str]:
    defects = [case for case in cases if DEFECT in case.refused + case.unexamined]
    broken = [case for case in cases if BROKEN in case.refused + case.unexamined]
    slow = [case for case in cases if case.seconds > MOST_SECONDS]
    fat = [case for case in cases if case.megabytes > MOST_MEGABYTES]
    times = sorted(case.seconds for case in cases)
    read = sum(not case.refused for case in cases)
    examined = sum(not case.unexamined for case in cases)
    lines = [
        f"{len(cases)} 份变异 PDF：读入 {read} 份、拒收 {len(cases) - read} 份；看完版本 {examined} 份、"
        f"未看 {len(cases) - examined} 份；本程序中断 0 次，缺陷 {len(defects)} 份，"
        f"隔离的进程中断后重启 {len(broken)} 份",
        f"用时 中位 {times[len(times) // 2]:.2f} 秒，最长 {times[-1]:.2f} 秒（图片识别另计，共 "
        f"{sum(case.picture_seconds for case in cases):.0f} 秒）；内存最高 "
        f"{max(case.megabytes for case in cases):.0f} MB",
        f"超过 {MOST_SECONDS:.0f} 秒 {len(slow)} 份，超过 {MOST_MEGABYTES:.0f} MB {len(fat)} 份",
    ]
    for what, name in (("拒收", "refused"), ("未看", "unexamined")):
        reasons = Counter(str(getattr(case, name)) for case in cases if getattr(case, name))
        lines += [f"  {what} {number:5d}  {reason}" for reason, number in reasons.most_common()]
    return lines
