"""How a forgery or a near miss of documents is declared: a function from a desk to what it made.

Being decorated is being registered; the deck of `evals.generating` deals every scenario equally often.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from evals.forging.charts import Chart
from evals.forging.desk import Desk
from evals.forging.papers import Paper
from evals.generating.admitting import Admitter
from evals.generating.reference import Reference
from evals.generating.scenarios import REGISTRY, Made, Maker, Scenario
from evals.generating.stay import Stay

# A document and words in it; a table by its name and a cell or a whole row of it.
Place = tuple[Paper | str, str | Mapping[str, str]]
Making = Callable[[Desk], Made]
LEAST = 3  # characters of a cell that can tell a row from others
SHARED = (
    "住院号",
    "检验者姓名",
    "检查者姓名",
    "记录护士",
    "开立医生姓名",
    "执行人",
    "医嘱科室名称",
    "检验样本",
)
TABLES = {
    "claims": ("mdtrt_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d"),
    "hospital": ("住院医嘱", "住院手术", "住院麻醉", "检查报告", "化验报告", "护理体征", "修改痕迹"),
}


def forged(check: str, name: str) -> Callable[[Making], Making]:
    def register(make: Making) -> Making:
        REGISTRY.plants.append(Scenario(check, name, _from_desk(make)))
        return make

    return register


def honest(check: str, clear: str, name: str = "") -> Callable[[Making], Making]:
    """`clear` is the item of the check's *clear* list (or of its logic) that this realises."""

    def register(make: Making) -> Making:
        REGISTRY.near_misses.append(Scenario(check, name or make.__name__, _from_desk(make), clear))
        return make

    return register


def _from_desk(make: Making) -> Maker:
    def made(admit: Admitter, reference: Reference) -> Made:
        return make(Desk(admit, reference))

    return made


def planted(*charts: Chart, at: Sequence[Place], certainty: str = "probable", **more: Any) -> Made:
    """What was planted in these charts, the last of which is labelled; `at`: where a finding must stand."""
    stays = _closed(charts)
    files, quotes = _places(charts, at)
    more = {"among": stays} | more if len(stays) > 1 else more
    return Made(stays, certainty=certainty, files=files, quotes=quotes, **more)


def spared(*charts: Chart, at: Sequence[Place] = (), **more: Any) -> Made:
    """A near miss; without a place any finding of the check on the labelled stay is one too many."""
    stays = _closed(charts)
    files, quotes = _places(charts, at)
    return Made(stays, files=files, quotes=quotes, **more)


def _closed(charts: Sequence[Chart]) -> list[Stay]:
    return [chart.close() for chart in charts]


def _places(charts: Sequence[Chart], at: Sequence[Place]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    files = dict.fromkeys(_file(charts, where) for where, _ in at)
    return tuple(files), tuple(dict.fromkeys(quote for _, told in at for quote in _quotes(told) if quote))


def _quotes(told: str | Mapping[str, str]) -> Iterator[str]:
    """The words; of a row every cell that tells it from others."""
    if isinstance(told, str):
        yield told
    else:
        yield from (cell for column, cell in told.items() if len(cell) >= LEAST and column not in SHARED)


def _file(charts: Sequence[Chart], where: Paper | str) -> str:
    if isinstance(where, str):
        return next(f"{folder}/{where}.csv" for folder, names in TABLES.items() if where in names)
    return next(chart.place(where) for chart in charts if any(paper is where for paper in chart.papers))
