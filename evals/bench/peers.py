"""How often the comparison of hospitals' annexes names somebody where nobody differs but by chance, and its power.

Tables are invented from fixed seeds: hospitals of one level with admissions from a few hundred to thousands, thirteen
problems, true rates that vary among hospitals by a given share of their mean, yuan of a case skewed. Raises ValueError
where a hospital is named in more of the tables than is stated.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from time import perf_counter

from evals.bench import Figure
from review.procedure.annex_peers import FALSE_SHARE, Comparison, Reported, compare

TABLES, PROBLEMS = 200, tuple(f"问题{number}" for number in range(1, 14))
SLACK = 2.0  # standard errors that a measured share may lie above the stated one
YUAN_OF_A_CASE = 400.0


@dataclass(frozen=True)
class Setting:
    """Hospitals of one level, and by what share of their mean their true rates vary; what is stated of it."""

    hospitals: int
    varies: float
    stated: float = FALSE_SHARE


SETTINGS = (
    *(Setting(count, varies) for count in (9, 20, 40) for varies in (0.0, 0.3, 0.5)),
    *(Setting(count, 1.0, stated=0.20) for count in (9, 20, 40)),
)


def invented(luck: random.Random, setting: Setting) -> list[Reported]:
    """One table where hospitals differ by their own rates and by chance, and nobody stands apart."""
    means = {problem: 0.001 * 50 ** luck.random() for problem in PROBLEMS}
    found = []
    for number in range(setting.hospitals):
        stays = int(300 * 30 ** luck.random())
        cases, yuan = {}, {}
        for problem, mean in means.items():
            rate = (
                mean
                if not setting.varies
                else luck.gammavariate(1 / setting.varies**2, mean * setting.varies**2)
            )
            cases[problem] = _poisson(luck, min(0.5, rate) * stays)
            yuan[problem] = sum(YUAN_OF_A_CASE * luck.lognormvariate(0, 1) for _ in range(cases[problem]))
        found.append(Reported(f"H{number}", f"医院{number}", "二级", stays, cases, yuan))
    return found


def _poisson(luck: random.Random, mean: float) -> int:
    """Knuth's product for a small mean, the normal's rounding for a large one."""
    if mean > 200:
        return max(0, round(luck.gauss(mean, sqrt(mean))))
    count, product, limit = 0, luck.random(), 2.718281828459045**-mean
    while product > limit:
        count += 1
        product *= luck.random()
    return count


def share_named(setting: Setting, seed: int, tables: int = TABLES) -> float:
    """The share of tables in which somebody is named."""
    luck = random.Random(f"{seed}:{setting.hospitals}:{setting.varies}")
    compared: Sequence[Comparison] = [compare(invented(luck, setting), PROBLEMS) for _ in range(tables)]
    return sum(bool(one.worth_asking) for one in compared) / tables


def measure(seed: int = 31) -> Iterator[Figure]:
    """A line for each setting; the figure is the seconds of all tables. Raises ValueError."""
    begun, missed = perf_counter(), []
    for setting in SETTINGS:
        share = share_named(setting, seed)
        said = f"{setting.hospitals} 家，真实率差异 {setting.varies:.0%}：{share:.1%} 的表点到机构"
        print(f"  {said}（标称 {setting.stated:.0%}）", file=sys.stderr, flush=True)
        if share > setting.stated + SLACK * sqrt(setting.stated * (1 - setting.stated) / TABLES):
            missed.append(said)
    if missed:
        raise ValueError(f"偶然点到的多于标称：{'；'.join(missed)}。")
    yield Figure("peers", f"{len(SETTINGS)} settings", perf_counter() - begun, 0.0, "none")
