"""How long it takes to merge what 60 hospitals report of their self-check, beside only reading the files from the disk.

The reports are invented: one row of annex 2 for each problem, rates around a level's own, yuan by case. The clock runs
over the whole command, `python -m review annex merge`, its start included; CPU seconds are printed beside the wall's.
"""

import math
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter

from evals.bench import Figure, in_turn
from review.procedure.annex_paper import paper_of
from review.procedure.annexes import (
    HOSPITAL,
    Filed,
    Institution,
    Value,
    annexes,
    problem_of,
    total_of,
)
from review.reports.workbook import as_workbook

ROOT = Path(__file__).parent.parent.parent
HOSPITALS = 60
LIMIT = 10.0  # seconds
LEVELS = ("三级甲等", "二级甲等", "一级甲等")


def measure() -> Iterator[Figure]:
    """Wall seconds of one merge; raises TimeoutError beyond the limit."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given"
        write_reports(given, HOSPITALS)
        wall, cpu = _merged(given, Path(folder) / "out", Path(folder) / "home")
        files = sorted(given.iterdir())
        _, floor = in_turn(lambda: None, lambda: [file.read_bytes() for file in files])
    print(
        f"合并 {HOSPITALS} 家：历时 {wall:.1f} 秒，CPU {cpu:.1f} 秒（上限 {LIMIT:.0f} 秒）", file=sys.stderr
    )
    if wall > LIMIT:
        raise TimeoutError(f"合并 {HOSPITALS} 家历时 {wall:.1f} 秒，超过 {LIMIT:.0f} 秒。")
    yield Figure("annexes", f"{HOSPITALS} hospitals' annexes merged", wall, floor, "reading the files")


def _merged(given: Path, out: Path, home: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "review", "annex", "merge", str(given), "--out", str(out)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"MINGJIAN_HOME": str(home)}, capture_output=True, text=True
    )
    wall, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"合并没有完成（{done.returncode}）：{done.stderr[-500:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_reports(folder: Path, hospitals: int, seed: int = 1) -> None:
    """Annex 2 of so many invented hospitals, a file each."""
    folder.mkdir(parents=True)
    for place in range(hospitals):
        filed = invented(place, random.Random(seed * 10_000 + place))
        (folder / f"附件2_{filed.institution.code}.xlsx").write_bytes(as_workbook(paper_of(filed)))


def invented(place: int, chance: random.Random) -> Filed:
    """One hospital's report: each problem at the level's rate, with a spread of its own."""
    stays = int(math.exp(chance.gauss(7.5, 0.6))) + 100
    rows: dict[str, dict[str, Value]] = {}
    for number, problem in enumerate(annexes()[HOSPITAL].problems):
        if problem not in problem_of().values():
            rows[problem] = {}
            continue
        mean = stays * (2 + number) / 1000 * chance.gammavariate(8, 1 / 8)
        cases = max(0, round(chance.gauss(mean, math.sqrt(mean))))
        yuan = sum((Decimal(f"{math.exp(chance.gauss(5, 1)):.2f}") for _ in range(cases)), Decimal("0.00"))
        rows[problem] = {
            "prompted": cases + 3,
            "accepted": cases,
            "refused": 3,
            "open": 0,
            "found": cases,
            "yuan": yuan,
            "fund": (yuan * Decimal("0.7")).quantize(Decimal("0.01")),
            "measures": "已退回并更正计费规则" if cases else None,
        }
    return Filed(
        HOSPITAL,
        Institution(f"H0{place:05d}", f"虚构第{place + 1}医院", "医院", LEVELS[place % 3], "虚构县"),
        datetime(2026, 3, 1, 9, 0, place % 60),
        rows,
        total_of(annexes()[HOSPITAL], rows),
        stays,
        "2025-01-01 至 2025-12-31",
    )
