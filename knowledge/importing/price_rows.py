"""Price caps from the line of a price list: one per hospital level, with the surcharge for children.

Two prices for one code, level, region and day are no cap, unless they belong to local sub-items that a row does not
tell apart: then the highest holds, so that nobody is accused who kept to a price of the list.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from knowledge.importing.limit_words import read_age
from knowledge.importing.rule_drafts import Draft, Rejected
from knowledge.rows.cells import Cell

LEVELS = {"cap_3": 3, "cap_2": 2, "cap_1": 1, "cap": None}
LEVEL_NAMES = {3: "三级", 2: "二级", 1: "一级", None: ""}
_SURCHARGE = re.compile(
    r"(\d+\s*周?岁[^，。；;,\d]{0,8}?)(?:儿童|患儿|患者)?[^，。；;,\d]{0,6}加收\s*(\d+(?:\.\d+)?)\s*%"
)
_SIX = read_age("6岁及以下")[1]  # the age of the national rule for the surcharge, where a list names none
_BID = re.compile(r"集采|集中带量|中选")
_STANDARD = re.compile(r"支付标准")


def price_cells(values: dict[str, Any], context: str) -> list[tuple[dict[str, Cell], str]]:
    """The caps of a line with their source passages. `context` is the file's name and its headings of prices."""
    stated = [(name, level) for name, level in LEVELS.items() if name in values]
    found = []
    for name, level in stated:
        level = values.get("price_level") if name == "cap" else level
        unit = values.get("unit_std")
        cells: dict[str, Cell] = {
            "code15": values["code15"], "name": values["name"], "price_level": level, "cap": values[name],
            "unit_std": unit, "kind": values.get("kind") or _kind(str(values["code15"]), context), **_surcharge(values),
        }  # fmt: skip
        said = f"{values['name']} {LEVEL_NAMES[level]}最高限价 {values[name]} 元" + (
            f"/{unit}" if unit else ""
        )
        found.append((cells, said))
    return found


def _kind(code: str, context: str) -> str:
    """Of drugs and materials a list gives what the fund pays, unless it says that it is a tender's price."""
    if code[:1] in ("X", "Z", "C", "T"):
        return "volume_bid" if _BID.search(context) else "pay_standard"
    return "pay_standard" if _STANDARD.search(context) else "service"


def _surcharge(values: dict[str, Any]) -> dict[str, Cell]:
    if share := values.get("child_pct"):
        return {"child_pct": share, "child_age_max_d": _SIX}
    found = _SURCHARGE.search(str(values.get("note") or ""))
    if not found:
        return {}
    try:
        most = read_age(found[1])[1]
    except ValueError:
        most = _SIX
    return {"child_pct": Decimal(found[2]) / 100, "child_age_max_d": most}


def without_conflicts(found: Sequence[Draft | Rejected]) -> list[Draft | Rejected]:
    """The same lines, with the prices that contradict each other taken out or joined."""
    prices: dict[tuple[Cell, ...], list[Draft]] = {}
    for one in found:
        if isinstance(one, Draft):
            prices.setdefault(_rule(one), []).append(one)
    verdicts = {id(draft): verdict for drafts in prices.values() for draft, verdict in _judged(drafts)}
    kept: list[Draft | Rejected] = []
    for one in found:
        verdict = verdicts.get(id(one), one) if isinstance(one, Draft) else one
        if verdict is not None:
            kept.append(verdict)
    return kept


def _rule(draft: Draft) -> tuple[Cell, ...]:
    return tuple(draft.cells[name] for name in ("code15", "price_level", "region", "in_force_from"))


def _judged(drafts: Sequence[Draft]) -> list[tuple[Draft, Draft | Rejected | None]]:
    """What becomes of each price of one rule: kept, left out as a repetition, joined, or refused."""
    said: dict[str, set[tuple[Cell, Cell]]] = {}
    for draft in drafts:
        said.setdefault(draft.written, set()).add((draft.cells["cap"], draft.cells["unit_std"]))
    if any(len(prices) > 1 for prices in said.values()):
        return [(draft, _refused(draft, drafts)) for draft in drafts]
    highest = max(drafts, key=lambda draft: Decimal(str(draft.cells["cap"])))
    kept = highest
    if len(set().union(*said.values())) > 1:
        passage = f"{highest.source_passage}；同一编码的 {len(said)} 个地方分项中的最高价"
        cells = {**highest.cells, "certainty_ceiling": "probable"}
        kept = replace(highest, source_passage=passage, cells=cells)
    return [(draft, kept if draft is highest else None) for draft in drafts]


def _refused(draft: Draft, drafts: Sequence[Draft]) -> Rejected:
    others = "、".join(f"{other.place}（{other.cells['cap']} 元）" for other in drafts if other is not draft)
    reason = f"同一编码同日有不同的价格或单位：此处 {draft.cells['cap']} 元，另见{others}；请核对后只留一个"
    return Rejected(draft.place, reason)
