"""How long all pairs of 100,000 documents take, beside hashing every stretch of the same texts once.

The documents are invented with the duplication of genuine ones; copies planted among them must be found, so that speed
is never bought with blindness. Processor seconds are measured, because the machine is shared; memory is the peak of a
process of its own, the invented documents included.
"""

import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.bench import Figure
from evals.copying.profile import Profile, invent
from review.copies.search import Search, search
from review.copies.signatures import shingle_hashes

ROOT = Path(__file__).parent.parent.parent
SIZES = (10_000, 100_000)
MOST_SECONDS, MOST_MEMORY, MOST_EXPONENT, LEAST_RECALL = 300.0, 4.0, 1.2, 0.95
SHARE, TEMPLATE_PEOPLE, LEAST_KEPT, LEAST_SHARED = 0.05, 5, 60, 50
FLOOR = "hashing every stretch once"


@dataclass(frozen=True)
class Measured:
    """One size searched. Seconds are of the processor, `clock` by the wall; rates are parts of one."""

    documents: int
    characters: int
    seconds: float
    clock: float
    floor: float
    gigabytes: float
    matches: int
    planted: int
    found: int
    repeated: float  # part of the text that is templates
    alike_discharges: float


def measure(sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    """A figure for each size. Raises ValueError where a limit is not kept."""
    measured = []
    for size in sizes:
        one = _in_own_process(size)
        print(_told(one), file=sys.stderr, flush=True)
        measured.append(one)
        yield Figure("copies", f"all pairs of {one.documents:,} documents", one.seconds, one.floor, FLOOR)
    missed = [line for one in measured for line in _missed(one)]
    if len(measured) > 1:
        first, last = measured[0], measured[-1]
        growth = math.log(last.seconds / first.seconds) / math.log(last.documents / first.documents)
        print(f"  增长：n 的 {growth:.2f} 次方（上限 {MOST_EXPONENT}）", file=sys.stderr)
        missed += [f"增长为 n 的 {growth:.2f} 次方"] if growth > MOST_EXPONENT else []
    if missed:
        raise ValueError(f"未达标：{'；'.join(missed)}。")


def _in_own_process(size: int) -> Measured:
    """Searched in a process that does nothing else, so that its peak memory is the search's."""
    command = [sys.executable, "-m", "evals.bench.copies", str(size)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"查找雷同没有完成：{done.stderr.strip().splitlines()[-1:]}")
    return Measured(**json.loads(done.stdout))


def searched(size: int) -> Measured:
    """The search over so many invented documents, in this process."""
    profile = invent(size)
    begun, clock = time.process_time(), time.perf_counter()
    said = search(profile.writings, SHARE, TEMPLATE_PEOPLE, LEAST_KEPT, LEAST_SHARED)
    seconds, clock = time.process_time() - begun, time.perf_counter() - clock
    begun = time.process_time()
    for passage in said.passages:
        shingle_hashes(passage.text)
    floor = time.process_time() - begun
    characters = sum(len(passage.text) for passage in said.passages)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    found = {(match.there, match.here) for match in said.matches}
    return Measured(
        len(profile.writings),
        characters,
        seconds,
        clock,
        floor,
        peak,
        len(said.matches),
        len(profile.copied),
        len(found.intersection(profile.copied)),
        1 - sum(len(passage.kept) for passage in said.passages) / characters,
        _alike(profile, said),
    )


def _alike(profile: Profile, said: Search) -> float:
    kind = "出院记录"
    return said.alike.get(kind, 0) / max(1, sum(writing.kind == kind for writing in profile.writings))


def _told(one: Measured) -> str:
    return (
        f"  {one.documents:,} 份（{one.characters / 1e6:.1f} 百万字）："
        f"处理器 {one.seconds:.1f} 秒（上限 {MOST_SECONDS:g}），时钟 {one.clock:.1f} 秒，"
        f"内存峰值 {one.gigabytes:.2f} GB（上限 {MOST_MEMORY:g}）；"
        f"模板占 {one.repeated:.0%}，雷同 {one.matches:,} 对，"
        f"出院记录与他人过半相同 {one.alike_discharges:.1%}；种下 {one.planted} 对，找到 {one.found} 对"
    )


def _missed(one: Measured) -> list[str]:
    missed = []
    if one.seconds > MOST_SECONDS:
        missed.append(f"{one.documents:,} 份用时 {one.seconds:.0f} 秒")
    if one.gigabytes > MOST_MEMORY:
        missed.append(f"{one.documents:,} 份内存峰值 {one.gigabytes:.2f} GB")
    if one.found < LEAST_RECALL * one.planted:
        missed.append(f"{one.documents:,} 份中种下 {one.planted} 对只找到 {one.found} 对")
    return missed


if __name__ == "__main__":
    print(json.dumps(asdict(searched(int(sys.argv[1])))))
