"""Breaks each check on purpose and asks whether the gate names it: a gate that notices nothing guards nothing.

A threshold is set far too high, then far too low. Where a check has none, the first comparison of its query, or the
first ones of its function, are turned round.
"""

import ast
import copy
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from evals.gate import Place, fallen
from evals.judging.check_cases import verdicts_of
from review.check_cases.runs import cases_of, run_variants
from review.checks.header import PYTHON_HEADERS
from review.checks.registry import Check, all_checks
from review.side_by_side import in_order

CASE = "checks"
TURNED = {">": "<", "<": ">", ">=": "<", "<=": ">", "=": "<>", "<>": "="}
COMPARISON = re.compile(r"(?<=\s)(>=|<=|<>|>|<|=)(?=\s)")
FAR = 1000
SIGNS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COMPARISONS = 3  # of a function without a threshold, turned round one at a time


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
    if any(isinstance(value, int | float) for value in check.header.limits.values()):
        return
    if check.findings:
        turned = COMPARISON.sub(lambda sign: TURNED[sign[0]], check.findings, count=1)
        if turned != check.findings:
            yield "第一个比较反了", replace(check, findings=turned)
    elif check.function is not None:
        for line, function in _turned_functions(check, check.function.__name__):
            yield f"第 {line} 行的比较反了", replace(check, function=function)


def _turned_functions(check: Check, name: str) -> Iterator[tuple[int, Callable[..., Any]]]:
    """The check's function from its module made anew, with one comparison turned round; its own ones come first."""
    module = ast.parse(check.file.read_text("utf-8"))
    parts = [one for one in module.body if isinstance(one, ast.FunctionDef)]
    parts.sort(key=lambda one: one.name != name)
    compared = (node for part in parts for node in ast.walk(part) if isinstance(node, ast.Compare))
    for node in islice((one for one in compared if type(one.ops[0]) in SIGNS), COMPARISONS):
        before = node.ops[0]
        node.ops[0] = SIGNS[type(before)]()
        yield node.lineno, _made(ast.fix_missing_locations(copy.deepcopy(module)), check, name)
        node.ops[0] = before


def _made(module: ast.Module, check: Check, name: str) -> Callable[..., Any]:
    assert check.function is not None
    made = types.ModuleType(check.function.__module__)
    known = dict(PYTHON_HEADERS)
    exec(compile(module, str(check.file), "exec"), made.__dict__)
    PYTHON_HEADERS.update(known)  # declaring the broken one has taken the place of the whole one
    function: Callable[..., Any] = getattr(made, name)
    return function


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
