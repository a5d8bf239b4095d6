"""How long a review takes: the bundled inspection beside the reading of its files, and 200 long stays of 60 documents.

The long stays are reviewed in a process of their own, and so are twice as many: memory is to grow hardly at all.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.bench import Figure, in_turn
from evals.bench.long_stays import DOCUMENTS, write_inspection
from review.pipeline import review_inspection

ROOT = Path(__file__).parent.parent.parent
DEMO = ROOT / "demo" / "mountain-county-2024"
FACTS = "读出文书中的事实"
STAYS, LEAST_A_SECOND, SHOWN_FROM = 200, 20.0, 0.01
MEGABYTE = 1024  # of what the system counts, kilobytes


def measure(stays: int = STAYS) -> Iterator[Figure]:
    """The bundled inspection, with its scanned page already recognised; then the long stays, once and twice as many."""
    with tempfile.TemporaryDirectory() as folder:
        home, out = Path(folder) / "home", Path(folder) / "out"
        review_inspection(DEMO, out, home=home)
        files = [file for file in DEMO.rglob("*") if file.is_file()]
        seconds, floor = in_turn(
            lambda: review_inspection(DEMO, out, home=home),
            lambda: [file.read_bytes() for file in files],
        )
    yield Figure("review", "14 admissions, 1,678 charge lines", seconds, floor, "reading the files")
    peaks = []
    for count in (stays, 2 * stays):
        with tempfile.TemporaryDirectory() as folder:
            told, floor = _long_stays(Path(folder), count)
        print("\n".join(lines_of(count, told)), file=sys.stderr)
        peaks.append(told["peak"])
        task = f"{count:,} admissions of {DOCUMENTS} documents"
        yield Figure("review", task, told["wall"], floor, "reading the files")
    print(f"  内存峰值：住院加倍后为原来的 {peaks[1] / peaks[0]:.2f} 倍", file=sys.stderr)


def _long_stays(folder: Path, stays: int) -> tuple[dict[str, Any], float]:
    """What the reviewing process told of itself, and the seconds of only reading the same files."""
    inspection = folder / "inspection"
    written = write_inspection(inspection, stays)
    begun = time.perf_counter()
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "evals.bench.review",
            str(inspection),
            str(folder / "out"),
            str(folder / "home"),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    told: dict[str, Any] = json.loads(finished.stdout) | {"wall": time.perf_counter() - begun}
    if told["documents"] != written:
        raise ValueError(f"写了 {written} 份文书，审核读出 {told['documents']} 份；请先改对切分，再量速度。")
    files = [file for file in inspection.rglob("*") if file.is_file()]
    _, floor = in_turn(lambda: None, lambda: [file.read_bytes() for file in files], runs=1)
    return told, floor


def lines_of(stays: int, told: dict[str, Any]) -> Iterator[str]:
    """What is printed of one size: admissions a second, processor seconds, memory, and where the time went."""
    rate = stays / told["wall"]
    short = "" if rate >= LEAST_A_SECOND else f"（不足每秒 {LEAST_A_SECOND:.0f} 次）"
    yield (
        f"  {stays:,} 次住院、各 {DOCUMENTS} 份文书：每秒 {rate:.1f} 次{short}，历时 {told['wall']:.1f} 秒，"
        f"处理器 {told['cpu']:.1f} 秒（每次住院 {1000 * told['cpu'] / stays:.0f} 毫秒），"
        f"内存峰值 {told['peak']:,.0f} MB"
    )
    shown = [(name, took) for name, took in told["stages"] if took >= SHOWN_FROM * told["wall"]]
    yield "  " + "；".join(f"{name} {took:.1f} 秒" for name, took in shown)


def _review(folder: Path, out: Path, home: Path) -> dict[str, Any]:
    """Reviews and tells seconds by stage and by check, processor seconds and peak memory in megabytes."""
    facts: list[float] = []  # when each part of the documents was done

    def hear(stage: str, done: int, total: int) -> None:
        if stage == FACTS:
            facts.append(time.perf_counter())

    review = review_inspection(folder, out, home=home, progress=hear)
    own, helped = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "documents": len(review.intake.documents),
        "stages": [
            *review.seconds.items(),
            (FACTS, facts[-1] - facts[0]),
            *sorted(review.check_seconds.items(), key=lambda check: -check[1]),
        ],
        "cpu": own.ru_utime + own.ru_stime + helped.ru_utime + helped.ru_stime,
        "peak": own.ru_maxrss / MEGABYTE,
    }


if __name__ == "__main__":
    told = _review(*map(Path, sys.argv[1:4]))
    sys.stdout.write(json.dumps(told))
