"""How common the like is: this inspection's own shares, as they were kept when it was reviewed, beside published ones.

Likeness alone says nothing. A rate that was not kept is left out and said to be missing, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from review.casework.results import Results

LEVELS = 10  # tenths of a text
HALF = 5
FEW = 20  # of fewer no percentage is said
NOT_KEPT = "这次审核没有留下本院的比例；重新审核后可看。"
COMMON = "沿用套话很普遍，相同本身不说明问题。要看的是：抄来的内容对这位患者是否成立。"


@dataclass(frozen=True)
class Bar:
    """One share, 0 to 1: `this` is what is looked at, `here` the inspection's own, `published` from the literature."""

    label: str
    share: float
    kind: str
    counted: str = ""  # shown instead of a percentage that so few do not bear


@dataclass(frozen=True)
class Rates:
    """Shares as bars; how many texts have each tenth, with the tenth that is looked at; and what to make of it."""

    bars: tuple[Bar, ...]
    levels: tuple[int, ...]
    level: int
    levels_of: str
    says: str


def people_rates(results: Results, kind: str, share: float) -> Rates:
    """A text that stands in another patient's: `share` of it, templates aside."""
    levels: list[int] = []
    if results.holds("likeness_documents"):
        rows = results.rows(
            "select least(9, cast(floor(best * 10) as integer)) as level, count(*) as n from likeness_documents"
            " where kind = $kind group by 1",
            kind=kind,
        )
        levels = _tenths({row["level"]: row["n"] for row in rows})
    this = Bar("除模板外，这一份与对方逐字相同", share, "this")
    published = Bar("公开的真实病历：两位患者的出院情况八成以上相同", 0.058, "published")
    if not sum(levels):
        return Rates((this, published), (), 0, "", NOT_KEPT)
    total, half = sum(levels), sum(levels[HALF:])
    here = Bar(
        f"本次检查 {kind} {total} 份，与他人过半相同 {half} 份", half / total, "here", _few(half, total)
    )
    return Rates(
        (this, here, published), tuple(levels), _tenth(share), f"{kind}与他人相同最多的比例，份", COMMON
    )


def course_rates(results: Results, share: float) -> Rates:
    """A note that stands in the one before it: `share` of it."""
    levels = kept_levels(results, "notes_carried")
    this = Bar("这一份沿用前一份的文字", share, "this")
    published = Bar("公开的真实病历：相邻病程过半沿用", 0.18, "published")
    tenths = _tenths(levels)
    if not sum(tenths):
        return Rates((this, published), (), 0, "", NOT_KEPT)
    half, total = sum(tenths[HALF:]), sum(tenths)
    here = Bar(f"本次检查相邻病程 {total} 对，过半沿用 {half} 对", half / total, "here", _few(half, total))
    return Rates(
        (this, here, published), tuple(tenths), _tenth(share), "相邻病程沿用前一份的比例，对", COMMON
    )


def file_rates(results: Results) -> Rates:
    """A PDF that holds more than one revision."""
    levels = kept_levels(results, "pdf_revisions")
    published = Bar("普通 PDF：带增量更新（3178 份中 182 份）", 0.057, "published")
    says = (
        "有多版本身不说明问题：签名、盖章、批注都会添一版。要看的是：先后两版显示的日期、数值、诊断是否不同。"
    )
    total = sum(levels.values())
    if not total:
        return Rates((published,), (), 0, "", f"{says}{NOT_KEPT}")
    several = sum(n for level, n in levels.items() if level > 1)
    here = Bar(f"本次检查 PDF {total} 份，含多版 {several} 份", several / total, "here", _few(several, total))
    return Rates((here, published), (), 0, "", says)


def panel_rates(results: Results, this: Bar) -> Rates:
    """A laboratory report whose quantities are another one's."""
    levels = kept_levels(results, "equal_panels")
    total, equal = sum(levels.values()), levels.get(1, 0)
    says = "同一报告更正或重发、质控样本会整份相同；两位患者的定量结果逐位相同则极少见。"
    if not total:
        return Rates((this,), (), 0, "", f"{says}{NOT_KEPT}")
    label = f"本次检查项数足够的化验 {total} 份，与另一份雷同 {equal} 份"
    return Rates((this, Bar(label, equal / total, "here", _few(equal, total))), (), 0, "", says)


def kept_levels(results: Results, measure: str) -> Mapping[int, int]:
    """How often each level of a measure was met; empty where that was not kept."""
    if not results.holds("base_rates"):
        return {}
    rows = results.rows("select level, n from base_rates where measure = $measure", measure=measure)
    return {row["level"]: row["n"] for row in rows}


def _few(part: int, total: int) -> str:
    return f"{part}/{total}" if total < FEW else ""


def _tenths(levels: Mapping[int, int]) -> list[int]:
    return [levels.get(level, 0) for level in range(LEVELS)] if levels else []


def _tenth(share: float) -> int:
    return min(LEVELS - 1, int(share * LEVELS))
