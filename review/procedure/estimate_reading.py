"""What an estimate is made of: the draw's certificate, its list, and what the review of the drawn stays wrote.

Of each drawn stay: the findings that are more than a clue and of a kind counted in yuan, and their yuan counted once
(`counted_amount` of review/amounts.py), so that findings on the same charge are not added up.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from review.errors import InputError, SettingsError
from review.procedure.draw import ObjectsRequest
from review.procedure.draw_certificate import check, columns_of, read_certificate, request_of
from review.procedure.draw_lists import DrawList, list_of, number, read_list
from review.procedure.estimate import Drawn, Sample
from review.violations import VIOLATIONS, Certainty

SHOWN = 5


@dataclass(frozen=True)
class Seen:
    """What the review found on one drawn stay: findings and yuan, each by violation type."""

    findings: Mapping[str, int]
    yuan: Mapping[str, float]


@dataclass(frozen=True)
class Material:
    """A sample with what was seen, in one order; `charges` of the drawn and of all stays, null where not known."""

    title: str
    certificate: str
    sample: Sample
    seen: tuple[Seen, ...]
    charges: tuple[float, ...] | None
    all_charges: float
    charges_sealed: bool  # whether the certificate's hash covers them
    missing: int
    missing_reason: str
    beside: int  # reviewed stays that were not drawn
    unchecked: float  # share of the checks of drawn stays that could not be made
    confirmed: bool = False  # by experts, the institution heard; else as the review found it


def read_material(
    results: Path,
    certificate: Path,
    listed: Path,
    charges: str = "",
    missing_reason: str = "",
    confirmed: Mapping[str, Seen] | None = None,
    pending: Mapping[str, int] | None = None,
) -> Material:
    """`confirmed`: what experts hold of each stay, in place of what the review found; `pending`: what they left open.

    Raises InputError where the certificate does not stand, or a drawn stay is not reviewed and no reason given."""
    made = read_certificate(certificate)
    request = request_of(made)
    if not isinstance(request, ObjectsRequest):
        raise InputError(f"{certificate.name} 不是抽取病历的证书；请取 draw objects 写出的证书。")
    key, used = columns_of(request)
    rows = read_list(listed, key, (*used, charges) if charges else used)
    bare = list_of(rows.name, key, used, ({name: row[name] for name in used} for row in rows.rows))
    wrong = check(made, bare)
    if wrong:
        raise InputError(f"证书与名单核对不上：{wrong[0]}；请先用 draw verify 核对。")
    reviewed, unchecked = _reviewed(results)
    chosen = [one for one in made["result"]["drawn"] if one["key"] in reviewed]
    missing = [one["key"] for one in made["result"]["drawn"] if one["key"] not in reviewed]
    if not chosen:
        raise InputError(f"抽中的病历在 {results.name} 里都没有审核结果；请核对结果文件夹和编号所用的列。")
    if missing and not missing_reason:
        raise InputError(
            f"抽中的 {len(missing)} 例没有审核结果（{'、'.join(missing[:SHOWN])}）；"
            "请补审，或用 --missing 写明缺少的原因。"
        )
    open_ones = sum((pending or {}).get(one["key"], 0) for one in chosen)
    if open_ones:
        raise InputError(
            f"抽中的病历还有 {open_ones} 项疑点待定或待补；请先审完，或给出结果文件夹，按程序提示的疑点推算。"
        )
    seen = _seen(results) if confirmed is None else confirmed
    keys = [one["key"] for one in chosen]
    told, whole = _charges(rows, made, keys, charges)
    return Material(
        made["title"],
        made["hash"],
        _sample(made, chosen),
        tuple(seen.get(name, Seen({}, {})) for name in keys),
        told,
        whole,
        charges in used,
        len(missing),
        missing_reason,
        len(reviewed - {*keys}),
        sum(unchecked.get(name, 0.0) for name in keys) / len(keys),
        confirmed is not None,
    )


def _sample(made: Mapping[str, Any], chosen: Sequence[Mapping[str, str]]) -> Sample:
    """The reviewed stays; where some of a stratum are missing, the chance to come is lowered by their share."""
    strata = {one["stratum"]: one["eligible"] + one["designated"] for one in made["result"]["strata"]}
    drawn, came = (
        [(one["stratum"], Fraction(one["probability"])) for one in part]
        for part in (made["result"]["drawn"], chosen)
    )
    wanted, got = (Counter(stratum for stratum, chance in part if chance < 1) for part in (drawn, came))
    units = tuple(
        Drawn(stratum, float(chance if chance == 1 else chance * Fraction(got[stratum], wanted[stratum])))
        for stratum, chance in came
    )
    return Sample(units, {name: count for name, count in strata.items() if count})


def _charges(
    rows: DrawList, made: Mapping[str, Any], keys: Sequence[str], column: str
) -> tuple[tuple[float, ...] | None, float]:
    if not column:
        return None, 0.0
    out = {one["key"] for one in made["result"]["passed_over"]}
    by_key = {row[rows.key]: float(number(row[column], f"{row[rows.key]} 的“{column}”")) for row in rows.rows}
    whole = sum(value for key, value in by_key.items() if key not in out)
    return tuple(by_key[key] for key in keys), whole


def _reviewed(results: Path) -> tuple[frozenset[str], dict[str, float]]:
    """Reviewed stays, and of each the share of its checks that could not be made."""
    checks: dict[str, list[bool]] = {}
    for line in lines_of(results / "checks.jsonl"):
        checks.setdefault(text_of(line, "admission_id", "checks.jsonl"), []).append(
            line.get("outcome") in ("not_checked", "failed")
        )
    return frozenset(checks), {key: sum(said) / len(said) for key, said in checks.items()}


def _seen(results: Path) -> dict[str, Seen]:
    findings: dict[str, dict[str, int]] = {}
    yuan: dict[str, dict[str, float]] = {}
    for line in lines_of(results / "findings.jsonl"):
        kind, stay = (
            text_of(line, "violation", "findings.jsonl"),
            text_of(line, "admission_id", "findings.jsonl"),
        )
        violation = VIOLATIONS.get(kind)
        if violation is None or line.get("certainty") not in tuple(Certainty):
            raise InputError(f"findings.jsonl 里违规类型“{kind[:40]}”或确定程度不认识；请用本版本重新审核。")
        if not violation.counted or line["certainty"] == Certainty.CLUE:
            continue
        own = findings.setdefault(stay, {})
        own[kind] = own.get(kind, 0) + 1
        if line.get("amount") is None:
            continue
        counted = line.get("counted_amount")
        if isinstance(counted, bool) or not isinstance(counted, int | float):
            raise InputError("findings.jsonl 里有金额未计一次性份额（counted_amount）；请用本版本重新审核。")
        sums = yuan.setdefault(stay, {})
        sums[kind] = sums.get(kind, 0.0) + float(counted)
    return {stay: Seen(own, yuan.get(stay, {})) for stay, own in findings.items()}


def text_of(line: Mapping[str, Any], name: str, file: str) -> str:
    """A text that every line of a result file has. Raises InputError."""
    value = line.get(name)
    if not isinstance(value, str) or not value:
        raise InputError(f"{file} 有一行没有 {name}；请用本版本重新审核。")
    return value


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a result file. Raises SettingsError where it is not there, InputError where it cannot be read."""
    try:
        with file.open(encoding="utf-8") as stream:
            for place, text in enumerate(stream, start=1):
                line = json.loads(text)
                if not isinstance(line, dict):
                    raise ValueError(f"line {place} is no object")
                yield line
    except OSError as problem:
        raise SettingsError(f"结果文件夹里读不到 {file.name}；请给出审核写出的结果文件夹。") from problem
    except ValueError as problem:
        raise InputError(f"{file.name} 读不出来；请用本版本重新审核。") from problem
