"""Breaks each check on purpose and asks whether the gate names it: a gate that notices nothing guards nothing.

A threshold is set far too high, then far too low; a query without one has its first comparison turned round.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evals.gate import Place, fallen
from evals.judging.check_cases import verdicts_of
from review.check_cases.runs import cases_of, run_variants
from review.checks.registry import Check, all_checks
from review.side_by_side import in_order

CASE = "checks"
TURNED = {">": "<", "<": ">", ">=": "<", "<=": ">", "=": "<>", "<>": "="}
COMPARISON = re.compile(r"(?<=\s)(>=|<=|<>|>|<|=)(?=\s)")
FAR = 1000


@dataclass(frozen=True)
class Broken:
    """A check with the ways it was broken, and those of them that the gate named it for."""

    code: str
    ways: tuple[str, ...]
    noticed: tuple[str, ...]


def variants(check: Check) -> Iterator[tuple[str, Check]]:
    """The check broken in one place at a time, with what was done."""
    for name, value in check.header.limits.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            for how, flipped in (("高", value * FAR + FAR), ("低", -FAR if value == 0 else 0)):
                limits = {**check.header.limits, name: type(value)(flipped)}
                header = check.header.model_copy(update={"limits": limits})
                yield f"{name} 过{how}", replace(check, header=header)
    if not check.header.limits and check.findings:
        turned = COMPARISON.sub(lambda sign: TURNED[sign[0]], check.findings, count=1)
        if turned != check.findings:
            yield "第一个比较反了", replace(check, findings=turned)


def broken(codes: Sequence[str], floors: Mapping[Place, float]) -> Iterator[Broken]:
    """Every check of these codes, broken in every way."""
    asked = [(code, {place: low for place, low in floors.items() if place[2] == code}) for code in codes]
    yield from in_order(_broken, asked)


def _broken(asked: tuple[str, Mapping[Place, float]]) -> Broken:
    code, floors = asked
    check = next(check for check in all_checks() if check.header.code == code)
    ways = list(variants(check))
    runs = list(zip(*run_variants([variant for _, variant in ways], cases_of(check)), strict=True))
    noticed = [
        name
        for (name, variant), run in zip(ways, runs, strict=True)
        if any(fall.place[2] == code for fall in fallen(list(verdicts_of(CASE, variant, run)), floors))
    ]
    return Broken(code, tuple(name for name, _ in ways), tuple(noticed))


def break_checks(codes: Sequence[str], floors: Mapping[Place, float]) -> Iterator[str]:
    """What the command prints: each check with what went unnoticed, then the shares."""
    known = [check.header.code for check in all_checks()]
    unknown = sorted(set(codes) - set(known))
    if unknown:
        raise ValueError(f"没有检查 {unknown[0]}；python -m review rules 列出全部。")
    found = []
    for one in broken(codes or known, floors):
        found.append(one)
        missed = [way for way in one.ways if way not in one.noticed]
        said = f"，未察觉：{'、'.join(missed)}" if missed else ""
        yield f"{one.code} 弄坏 {len(one.ways)} 处，门槛察觉 {len(one.noticed)} 处{said}"
    ways, noticed = sum(len(one.ways) for one in found), sum(len(one.noticed) for one in found)
    named = sum(bool(one.noticed) for one in found)
    yield f"检查 {len(found)} 项，弄坏后被点名 {named} 项（{named / len(found):.1%}）"
    yield f"弄坏 {ways} 处，察觉 {noticed} 处（{noticed / ways:.1%}）" if ways else "没有可弄坏的参数"
