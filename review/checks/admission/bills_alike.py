"""ADM-013: bills of several people of one ward that are the same item for item, nearly so, or to the cent."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from review.checks.clusters import HALF, Row, Standing, small_hospitals, stand_out
from review.checks.cohorts import cohort_query
from review.checks.header import Limits, check
from review.checks.inputs import Inspection
from review.checks.tails import poisson_tail
from review.models import Problem, Skipped

IDENTICAL_SAID = (
    "{ward} {n} 人的费用清单 {items} 个项目及数量完全相同；{says}。有套用同一清单的迹象，仅供选取检查重点。"
)
NEARLY_SAID = (
    "{ward} {n} 人的费用清单几乎相同（每份不少于 {items} 个项目，余弦相似度不低于 {cosine}）；{says}。"
    "有套用同一清单的迹象，仅供选取检查重点。"
)
TOTAL_SAID = (
    "{ward} {n} 人的住院总费用同为 {total:.2f} 元，分文不差；{says}。"
    "有费用凑成同一数额的迹象，仅供选取检查重点。"
)


@check(
    code="ADM-013",
    title="费用结构雷同",
    violation="forged_document",
    certainty="clue",
    scope="hospital",
    counted=False,
    needs={"tables": ("admissions", "charges")},
    limits={
        "least_stays": 200,
        "least_persons": 3,
        "least_items": 10,
        "many_items": 40,
        "cosine": 0.98,
        "same_items": 0.95,
        "rare_entries": 12,
        "most_alike": 25,
        "package_days": 2,
        "around_cents": 20000,
        "round_cents": 1000,
        "most_q": 0.01,
        "by_protocol": "^(Z38|P|Z51)",
    },
    limits_said={
        "least_stays": "全院至少几例",
        "least_persons": "至少几人",
        "least_items": "费用清单至少几项",
        "many_items": "清单达到几项时相同即提示",
        "cosine": "清单相似度（余弦）",
        "same_items": "项目相同的比例",
        "rare_entries": "每份清单比较最少见的几项",
        "most_alike": "一例至多与几例比较",
        "package_days": "按床日付费的天数",
        "around_cents": "总额相近的容差（分）",
        "round_cents": "视为整数的单位（分）",
        "most_q": "错误发现率上限（q 值）",
        "by_protocol": "不提示的按方案治疗编码",
    },
    basis=("医疗保障基金使用监督管理条例#第二十五条", "医疗保障基金使用监督管理条例#第四十条（二）"),
    why="不同的人病情和天数各异，清单却一样，可能是套用；按床日、日间手术或同一方案收费的本来就相近。",
    exceptions=(
        "日间手术或两日以内的方案",
        "新生儿筛查",
        "化疗方案",
        "按床日或病种定额收费",
        "同一人多次住院",
        "项目太少",
        "住院例数不足以比较",
    ),
    overturned_by=("按床日或病种付费的协议", "同一诊疗方案或临床路径", "逐例核对的执行记录"),
)
def bills_alike(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    yield from small_hospitals(inspection, limits)
    warehouse = inspection.warehouse
    told: set[frozenset[str]] = set()
    rows = warehouse.rows(cohort_query("bills", "identical"), limits)
    for found in _apart(rows, _weigh_identical, limits["most_q"], "same_pairs"):
        stays = tuple(found.row["admissions"])
        told.add(frozenset(stays))
        yield _pattern(IDENTICAL_SAID, {**found.row, "says": found.says}, stays, "identical")
    near = _groups(warehouse.rows(cohort_query("bills", "nearly"), limits), limits)
    for found in _apart(near, _weigh_nearly, limits["most_q"], "pairs"):
        if any(frozenset(found.row["admissions"]) <= one for one in told):
            continue
        told.add(frozenset(found.row["admissions"]))
        figures = {**found.row, "items": limits["many_items"], "cosine": limits["cosine"], "says": found.says}
        yield _pattern(NEARLY_SAID, figures, tuple(found.row["admissions"]), "nearly")
    totals = warehouse.rows(cohort_query("bills", "totals"), limits)
    weigh = _total_weigher(limits)
    for found in _apart(totals, weigh, limits["most_q"], "same_pairs"):
        if any(frozenset(found.row["admissions"]) <= one for one in told):
            continue
        figures = {**found.row, "total": found.row["total_amount"], "says": found.says}
        yield _pattern(TOTAL_SAID, figures, tuple(found.row["admissions"]), "total")


def _pattern(said: str, figures: Mapping[str, Any], stays: tuple[str, ...], what: str) -> Problem:
    return Problem(
        message=said.format(**figures),
        admissions=stays,
        marks_stays=True,
        points_at=(figures["hospital"], figures["ward"], what, *stays),
    )


def _apart(
    rows: Sequence[Row], weigh: Callable[[Row], tuple[int, float, float]], most_q: float, pairs: str
) -> list[Standing]:
    """The groups that stand out against the hospital's others; what already does is no measure for the rest."""
    found: dict[int, Standing] = {}
    while True:
        taken: dict[str, float] = defaultdict(float)
        for standing in found.values():
            taken[standing.row["hospital"]] += _pairs(standing.row)
        left: list[Row] = [
            {**row, pairs: row[pairs] - taken[row["hospital"]] + (_pairs(row) if place in found else 0.0)}
            for place, row in enumerate(rows)
        ]
        places = {id(row): place for place, row in enumerate(left)}
        again = {places[id(standing.row)]: standing for standing in stand_out(left, weigh, most_q)}
        if again.keys() <= found.keys():
            return [found[place] for place in sorted(found)]
        found |= again


def _pairs(row: Row) -> float:
    return float(row["own"] if "own" in row else row["n"] * (row["n"] - 1) / 2)


def _weigh_identical(row: Row) -> tuple[int, float, float]:
    """The hospital's other pairs of bills say how often two are the same by chance."""
    own = row["n"] * (row["n"] - 1) / 2
    rate = (row["same_pairs"] - own + HALF) / (row["all_pairs"] - own + 1)
    expected = 1 + (row["bills"] - 1) * rate
    return row["n"], expected, poisson_tail(row["n"] - 1, expected - 1)


def _groups(pairs: Sequence[Row], limits: Limits) -> list[dict[str, Any]]:
    """Stays joined by likeness, pair by pair, into groups of at least so many."""
    joined: dict[str, set[str]] = {}
    place: dict[str, Row] = {}
    for pair in pairs:
        group = joined.get(pair["one"], {pair["one"]}) | joined.get(pair["other"], {pair["other"]})
        for stay in group:
            joined[stay] = group
            place[stay] = pair
    of_hospital: dict[str, int] = defaultdict(int)
    for pair in pairs:
        of_hospital[pair["hospital"]] += 1
    groups = {min(group): group for group in joined.values()}
    return [
        {
            "hospital": place[first]["hospital"],
            "ward": place[first]["ward"],
            "n": len(group),
            "admissions": sorted(group),
            "ward_bills": place[first]["ward_bills"],
            "pairs": of_hospital[place[first]["hospital"]],
            "own": sum(pair["one"] in group for pair in pairs),
            "bills": place[first]["bills"],
            "tests": place[first]["bills"],
        }
        for first, group in sorted(groups.items())
        if len(group) >= limits["least_persons"]
    ]


def _weigh_nearly(row: Row) -> tuple[int, float, float]:
    """As for equal bills; the pairs are those of the bills long enough to be compared."""
    rate = (row["pairs"] - row["own"] + HALF) / (row["bills"] * (row["bills"] - 1) / 2 + 1)
    expected = 1 + (row["ward_bills"] - 1) * rate
    return row["n"], expected, poisson_tail(row["n"] - 1, expected - 1)


def _total_weigher(limits: Limits) -> Callable[[Row], tuple[int, float, float]]:
    """How often totals near each other are equal to the cent at this hospital; where none are, one in as many cents."""
    cents = limits["around_cents"]

    def weigh(row: Row) -> tuple[int, float, float]:
        own = row["n"] * (row["n"] - 1) / 2
        rate = (row["same_pairs"] - own + HALF) / (row["near_pairs"] + cents)
        expected = 1 + (float(row["near"]) + row["n"] - 1) * rate
        return row["n"], expected, poisson_tail(row["n"] - 1, expected - 1)

    return weigh
