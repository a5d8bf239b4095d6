"""Item by item: what it may be, what a person said it is, the taking back of that. For the page and the command line.

A choice is remembered for the hospital, whatever the inspection; it counts from the next review on.
"""

import difflib
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from knowledge.matching.catalogue import CatalogueItem
from knowledge.matching.matcher import EXACT, NEAR, NORMALISED, REORDERED, SYNONYM, Candidate, Matcher
from knowledge.matching.names import normal_form
from review.casework.desk import Call, Desk, Refused, text
from review.casework.results import Line, Results, open_results
from review.checks.item_names import synonym_groups
from review.items.matching import WAITING, LocalItem, catalogue, local_items
from review.settled import ItemChoice, item_name
from review.store.accounts import Person
from review.store.entries import InspectionEntry

CHOSEN, MAPPED, ACCEPTED, TO_CONFIRM, NOTHING_NEAR = (
    "已确认",
    "对照表已列",
    "名称相同",
    "待确认",
    "目录里没有相近的",
)
HOWS = {
    EXACT: "名称相同",
    NORMALISED: "只是写法不同",
    REORDERED: "只是词序不同",
    SYNONYM: "通用的另一名称",
    NEAR: "名称相近",
}
QUALITIES = {"same": "相同", "narrower": "院内较窄", "wider": "院内较宽"}
SHOWN, LONGEST_WORDS = 500, 60


def open_items(desk: Desk, person: Person, call: Call) -> Line:
    """The items of an inspection without a national code, those with most yuan first, and what each may be."""
    entry = desk.inspection(text(call, "inspection"))
    results = _results(desk, entry)
    items, _ = _matched(results.out)
    choices = desk.store.rulings.choices()
    lines = [item_line(item, choices) for item in items]
    counted = sorted(lines, key=lambda line: line["state"] in (CHOSEN, MAPPED))
    changed = [one for one in choices if entry.reviewed_at is None or one.at > entry.reviewed_at]
    hospitals = {item.hospital for item in items}
    return {
        "items": counted[:SHOWN],
        "counts": count_states(lines),
        "yuan": {state: str(_yuan(lines, state)) for state in count_states(lines)},
        "left_out": max(0, len(lines) - SHOWN),
        "changed": sum(one.hospital in hospitals for one in changed),
        "qualities": QUALITIES,
    }


def choose_item(desk: Desk, person: Person, call: Call) -> Line:
    """Note that an item is one of the catalogue, or with an empty code that the catalogue has none like it."""
    results = _results(desk, desk.inspection(text(call, "inspection")))
    items, known = _matched(results.out)
    item = find_item(items, text(call, "item", 32))
    choice = make_choice(item, text(call, "code", 400), text(call, "quality", 16) or "same", known)
    press = text(call, "press", 64)
    if not press:
        raise Refused("这次按键没有编号；请刷新页面。")
    desk.store.rulings.choose(press, person.name, choice, text(call, "inspection"))
    return {"item": item_line(item, desk.store.rulings.choices((item.hospital,)))}


def undo_item(desk: Desk, person: Person, call: Call) -> Line:
    """Take back the person's own last choice for the hospital of this inspection."""
    results = _results(desk, desk.inspection(text(call, "inspection")))
    items, _ = _matched(results.out)
    press = text(call, "press", 64)
    for hospital in sorted({item.hospital for item in items}):
        undone = (
            desk.store.rulings.undo_choice(press, person.name, hospital, text(call, "inspection"))
            if press
            else None
        )
        if undone:
            mine = [
                item for item in items if (item.code, item.name) == (undone.local_code, undone.local_name)
            ]
            choices = desk.store.rulings.choices((hospital,))
            return {"undone": undone.local_name, "item": item_line(mine[0], choices) if mine else None}
    return {"undone": None, "item": None}


def search_items(desk: Desk, person: Person, call: Call) -> Line:
    """Items of the catalogue for words that somebody typed, or for the beginning of a code."""
    results = _results(desk, desk.inspection(text(call, "inspection")))
    _, known = _matched(results.out)
    words = text(call, "words", LONGEST_WORDS).strip()
    by_code = [item for item in known if words and item.code.startswith(words.upper())][:8]
    found = [Candidate(item.code, item.name, 1.0, EXACT) for item in by_code]
    if not found and words:
        found = list(_matcher(results.out).candidates(words, 8))
    return {"candidates": [candidate_line(words, one) for one in found]}


def item_id(item: LocalItem) -> str:
    """A name for one way of writing an item, the same in every run."""
    return item_name(item.hospital, item.code, item.name)


def find_item(items: Iterable[LocalItem], wanted: str) -> LocalItem:
    for item in items:
        if item_id(item) == wanted:
            return item
    raise Refused(f"没有编号为“{wanted[:20]}”的项目；请先列出，再按列出的编号确认。")


def make_choice(item: LocalItem, code: str, quality: str, known: Sequence[CatalogueItem]) -> ItemChoice:
    """The choice of a catalogue item for a hospital's item. Raises Refused where there is no such item."""
    named = next((one for one in known if one.code == code), None)
    if code and named is None:
        raise Refused(f"目录里没有编码“{code[:40]}”；请从候选中选，或先导入有它的价格表。")
    if quality not in QUALITIES:
        raise Refused(f"对应关系只能是{'、'.join(QUALITIES.values())}。")
    name = named.name if named else ""
    nobody, never = "", datetime(1970, 1, 1)
    return ItemChoice(0, item.hospital, item.code, item.name, code, name, quality, nobody, never)


def item_line(item: LocalItem, choices: Iterable[ItemChoice]) -> Line:
    """One item as the page and the command line show it."""
    chosen = next(
        (
            one
            for one in choices
            if (one.hospital, one.local_code, one.local_name) == (item.hospital, item.code, item.name)
        ),
        None,
    )
    return {
        "id": item_id(item),
        "name": item.name,
        "code": item.code,
        "unit": item.unit,
        "lines": item.lines,
        "stays": item.stays,
        "yuan": str(item.yuan.quantize(Decimal("0.01"))),
        "state": _state(item, chosen),
        "candidates": [candidate_line(item.name, one) for one in item.candidates],
        "chosen": chosen
        and {
            "code": chosen.ref_code15,
            "name": chosen.ref_name,
            "quality": QUALITIES[chosen.quality],
            "who": chosen.who,
            "at": chosen.at.isoformat() + "Z",
        },
    }


def candidate_line(name: str, one: Candidate) -> Line:
    """A candidate with the reason for it."""
    return {
        "code": one.code,
        "name": one.name,
        "score": one.score,
        "how": HOWS[one.how],
        "why": why_near(name, one.name) if one.how in (NEAR, SYNONYM) else HOWS[one.how],
    }


def why_near(name: str, other: str) -> str:
    """What the one says and the other does not, in the order of the names."""
    left, right = normal_form(name), normal_form(other)
    changes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    only = "、".join(left[a:b] for kind, a, b, _, _ in changes if kind in ("delete", "replace"))
    more = "、".join(right[c:d] for kind, _, _, c, d in changes if kind in ("insert", "replace"))
    said = [f"院内多“{only}”" if only else "", f"目录多“{more}”" if more else ""]
    return "；".join(part for part in said if part) or "只是写法不同"


def count_states(lines: Sequence[Line]) -> dict[str, int]:
    states = (TO_CONFIRM, ACCEPTED, CHOSEN, MAPPED, NOTHING_NEAR)
    return {state: sum(line["state"] == state for line in lines) for state in states}


def _yuan(lines: Sequence[Line], state: str) -> Decimal:
    return sum((Decimal(line["yuan"]) for line in lines if line["state"] == state), Decimal("0.00"))


def _state(item: LocalItem, chosen: ItemChoice | None) -> str:
    if chosen:
        return CHOSEN
    if item.map_row and "@" not in item.map_row:
        return MAPPED
    if item.accepted:
        return ACCEPTED
    return TO_CONFIRM if item.candidates else NOTHING_NEAR


def _results(desk: Desk, entry: InspectionEntry) -> Results:
    results = desk.results(entry)
    if results is None:
        raise Refused("这次检查还没有审核过；审核后才知道有哪些项目没有国家编码。")
    columns = results.rows(
        "select 1 as held from information_schema.columns where table_name = 'charges' and column_name = 'map_row'"
    )
    if not columns:
        raise Refused("这次审核是旧版本做的；请重新审核一次，再来对码。")
    return results


@lru_cache(maxsize=4)
def _matched(out: Path) -> tuple[tuple[LocalItem, ...], tuple[CatalogueItem, ...]]:
    """The items of a finished review and the catalogue they are matched against; both stay as the review left them."""
    results = open_results(out)
    known = catalogue(results)
    return local_items(results.rows(WAITING), known), known


@lru_cache(maxsize=2)
def _matcher(out: Path) -> Matcher:
    return Matcher(_matched(out)[1], synonym_groups())
