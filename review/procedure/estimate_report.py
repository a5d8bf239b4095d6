"""An estimate in words: figures with their intervals, what they rest on, and that they are no claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from review.errors import SettingsError
from review.procedure.draw_lists import share
from review.procedure.estimate import Sample, expansion, ratio, share_of
from review.procedure.estimate_intervals import Estimated
from review.procedure.estimate_reading import Material
from review.procedure.estimate_sizes import Needed, needed_for_total
from review.reports.paper import COUNT, Block, Column, Heading, Paper, Signatures, Table, Text
from review.violations import VIOLATIONS

SUSPECTED_ONES = (
    "疑点为程序审核结果，尚未逐例核实；线索和病历书写缺陷不计入。同一笔费用有几项疑点的，金额只计一次。"
)
CONFIRMED_ONES = (
    "事项由专家逐例确认，经陈述撤销、核减的已扣除；病历书写缺陷不计入。同一笔费用有几项的，金额只计一次。"
)
MARK = "本表是由随机样本推算的估计，不是查实的结果，不作为认定、追回或处罚的依据；认定以逐例核实为准。"
YUAN, STAYS, ITEMS, PART = "元", "例", "项", "占比"
FEW = 60  # drawn stays with yuan, under which intervals were measured to cover down to 92 % instead of 95 %


@dataclass(frozen=True)
class Figure:
    """One estimated figure in its unit."""

    name: str
    unit: str
    found: Estimated


@dataclass(frozen=True)
class Report:
    """All of an estimate. `needed` are pairs of what is wanted and the stays it takes."""

    title: str
    certificate: str
    population: int
    drawn: int
    figures: tuple[Figure, ...]
    by_type: tuple[tuple[str, Figure, Figure], ...]  # the type's name, stays, yuan
    needed: tuple[tuple[str, Needed], ...]
    notes: tuple[str, ...]


def report_of(material: Material, precision: str = "", margin: str = "") -> Report:
    """`precision` is the wanted half of the interval as a share of the yuan, `margin` that of the share of stays."""
    sample = material.sample
    hit = [bool(seen.findings) for seen in material.seen]
    yuan = [sum(seen.yuan.values()) for seen in material.seen]
    most = material.all_charges if material.charges else float("inf")
    of_stays = share_of(sample, hit)
    money = expansion(sample, yuan, most)
    what = _what(material)
    figures = [
        Figure(f"有涉费{what}的住院占全部住院", PART, of_stays),
        Figure(f"有涉费{what}的住院", STAYS, _times(of_stays, sample.population)),
        Figure(
            f"涉费{what}", ITEMS, expansion(sample, [float(sum(s.findings.values())) for s in material.seen])
        ),
        Figure(f"{what}金额（分层扩张估计）", YUAN, money),
    ]
    by_ratio = ratio(sample, yuan, material.charges, material.all_charges) if material.charges else None
    if by_ratio:
        figures.append(Figure(f"{what}金额（比率估计，借总费用）", YUAN, by_ratio.total))
        figures.append(Figure(f"{what}金额占总费用（比率估计）", PART, by_ratio.share))
    return Report(
        material.title,
        material.certificate,
        sample.population,
        len(sample.drawn),
        tuple(figures),
        _by_type(material),
        _needed(what, sample, yuan, hit, money, precision, margin),
        _notes(material, sum(value > 0 for value in yuan)),
    )


def _what(material: Material) -> str:
    return "确认事项" if material.confirmed else "疑点"


def _times(found: Estimated, whole: int) -> Estimated:
    low, high = (bound if bound is None else bound * whole for bound in (found.low, found.high))
    return Estimated(found.value * whole, low, high)


def _by_type(material: Material) -> tuple[tuple[str, Figure, Figure], ...]:
    kinds = [kind for kind in VIOLATIONS if any(kind in seen.findings for seen in material.seen)]
    return tuple(
        (
            VIOLATIONS[kind].name,
            Figure("住院", STAYS, _times(_part_with(material, kind), material.sample.population)),
            Figure(
                f"{_what(material)}金额",
                YUAN,
                expansion(material.sample, [s.yuan.get(kind, 0.0) for s in material.seen]),
            ),
        )
        for kind in kinds
    )


def _part_with(material: Material, kind: str) -> Estimated:
    return share_of(material.sample, [kind in seen.findings for seen in material.seen])


def _needed(
    what: str,
    sample: Sample,
    yuan: Sequence[float],
    hit: Sequence[bool],
    money: Estimated,
    precision: str,
    margin: str,
) -> tuple[tuple[str, Needed], ...]:
    found = []
    if precision:
        if money.value <= 0:
            raise SettingsError(
                f"样本里没有{what}金额，算不出按金额要求的例数；请改用 --margin，或先多审几例。"
            )
        half = float(share(precision, "金额的要求误差")) * money.value
        found.append((f"{what}金额误差不超过 {precision}", needed_for_total(sample, yuan, half)))
    if margin:
        width = share(margin, "占比的要求误差")
        wanted = needed_for_total(sample, [float(one) for one in hit], float(width * sample.population))
        found.append((f"有涉费{what}的住院占比误差不超过 {points(width)}", wanted))
    return tuple(found)


def _notes(material: Material, with_yuan: int) -> tuple[str, ...]:
    sample, what = material.sample, _what(material)
    notes = [
        f"总体为名单中可抽的 {sample.population:,} 例，样本 {len(sample.drawn):,} 例，"
        f"其中必抽（指定或概率为 1）{len(sample.sure):,} 例只代表自身；各例按证书写明的入选概率加权。",
        CONFIRMED_ONES if material.confirmed else SUSPECTED_ONES,
        "95% 区间：占比用 Wilson 法，金额用偏态校正的 t 区间，均含有限总体校正；只反映抽样误差，不含审核本身的误差。",
    ]
    if material.charges:
        sealed = "" if material.charges_sealed else "，该列不在抽取证书的哈希之内"
        notes.append(f"总费用取自名单{sealed}；比率估计在总费用与疑点金额相关时更准。")
    if material.missing:
        notes.append(
            f"抽中的 {material.missing} 例没有审核结果（{material.missing_reason}），"
            "推算时假定与同层其余各例相近；若不相近，估计有偏。"
        )
    if material.beside:
        notes.append(f"另有 {material.beside:,} 例不在随机样本内，未用于推算。")
    if material.unchecked:
        notes.append(
            f"样本中 {material.unchecked:.1%} 的检查缺资料或出错而未做，相应{what}不在估计之内，估计可能偏低。"
        )
    if sample.merged:
        notes.append(f"{sample.merged} 层只有 1 例随机病历，其差异并入他层计算。")
    if with_yuan < FEW:
        notes.append(
            f"样本中有{what}金额的只有 {with_yuan} 例，不足 {FEW} 例，金额的区间可能偏窄；再抽样时宜按总费用分层。"
        )
    return tuple(notes)


def points(width: Fraction) -> str:
    """A difference of shares in words."""
    return f"{float(width) * 100:g} 个百分点"


def said(value: float | None, unit: str) -> str:
    """A figure as it is read in its unit."""
    if value is None:
        return "—"
    if unit == PART:
        return f"{value:.2%}"
    return f"{value:,.0f} {unit}"


def told(report: Report) -> str:
    """The estimate in lines, for a terminal."""
    lines = [f"{report.title}：抽样推算（估计）", MARK, ""]
    lines += [f"{one.name}：{_interval(one)}" for one in report.figures]
    lines += [f"  {name}：{_interval(stays)}；{_interval(yuan)}" for name, stays, yuan in report.by_type]
    for wanted, needed in report.needed:
        for way, counts in (("按比例分配", needed.proportional), ("按差异分配（Neyman）", needed.neyman)):
            spread = "，".join(f"{name} {count:,}" for name, count in counts.items())
            lines.append(f"{wanted}：{way}约需 {sum(counts.values()):,} 例（{spread}）")
    return "\n".join([*lines, "", *(f"注：{note}" for note in report.notes)])


def _interval(one: Figure) -> str:
    bounds = f"{said(one.found.low, one.unit)} 至 {said(one.found.high, one.unit)}"
    return f"约 {said(one.found.value, one.unit)}（95% 区间 {'样本不能给出' if one.found.low is None else bounds}）"


def as_data(report: Report) -> dict[str, Any]:
    """The estimate as JSON carries it, marked as one."""

    def figure(one: Figure) -> dict[str, Any]:
        return {"name": one.name, "unit": one.unit, **vars(one.found)}

    return {
        "kind": "estimate",
        "mark": MARK,
        "title": report.title,
        "certificate": report.certificate,
        "population": report.population,
        "drawn": report.drawn,
        "figures": [figure(one) for one in report.figures],
        "by_type": [
            {"type": name, "stays": figure(stays), "yuan": figure(yuan)}
            for name, stays, yuan in report.by_type
        ],
        "needed": [
            {"wanted": wanted, "proportional": dict(n.proportional), "neyman": dict(n.neyman)}
            for wanted, n in report.needed
        ],
        "notes": list(report.notes),
    }


def paper_of(report: Report, made_at: datetime) -> Paper:
    """The estimate as a paper."""
    bounds = (Column("估计值", width=1.4), Column("95% 下限", width=1.4), Column("95% 上限", width=1.4))
    blocks: list[Block] = [
        Text(MARK),
        Heading("估计"),
        Table(
            "估计",
            (Column("指标", width=2.4), *bounds),
            tuple((one.name, *_cells(one)) for one in report.figures),
        ),
        Heading("按违规类型"),
        Table(
            "按违规类型",
            (Column("类型", width=1.6), Column("指标"), *bounds),
            tuple(
                (name, one.name, *_cells(one))
                for name, stays, yuan in report.by_type
                for one in (stays, yuan)
            ),
        ),
    ]
    for wanted, needed in report.needed:
        rows = tuple((name, count, needed.neyman[name]) for name, count in needed.proportional.items())
        total = ("合计", sum(needed.proportional.values()), sum(needed.neyman.values()))
        columns = (Column("层", width=2), Column("按比例分配", COUNT), Column("按差异分配（Neyman）", COUNT))
        blocks += [Heading(f"所需例数：{wanted}"), Table("所需例数", columns, rows, total)]
    blocks += [
        Heading("说明"),
        Text("\n".join(f"{place}. {note}" for place, note in enumerate(report.notes, start=1))),
        Text(f"抽取证书 SHA-256：{report.certificate}", "small"),
        Signatures(("制表人", "复核人")),
    ]
    return Paper("抽样推算表（估计）", report.title, False, made_at, tuple(blocks))


def _cells(one: Figure) -> tuple[str | Decimal, ...]:
    return tuple(said(value, one.unit) for value in (one.found.value, one.found.low, one.found.high))
