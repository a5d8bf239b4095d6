"""Whether a catalogue's row is about the item, the drug or the pair of items that a question names."""

import re

from knowledge.finding.lexical import fold
from knowledge.library import Hit

NAMED = 0.75  # the share of a name's character pairs that must stand in a question that names it
_FORMS = re.compile(
    r"注射用|注射液|注射剂|缓释片|缓释胶囊|肠溶片|分散片|口服溶液|胶囊|颗粒|滴丸|滴眼液|片$|丸$|费$|术$|测定|检查|治疗|检测"
)


def names_item(hit: Hit) -> bool:
    """Rows of catalogues are named by an item; those of numbered lists are not."""
    return hit.kind == "row" and not re.search(r"序号|^GZ|^ZB|\d$", hit.passage)


def item_name(hit: Hit) -> str:
    """The row's item without the rule it stands under."""
    return re.sub(r"^[^：]*：", "", hit.passage)


def named_share(hit: Hit, question: str) -> float:
    """How much of the row's item stands in the question, 0 to 1; of a pair, of the side that stands there less."""
    sides = [side for side in re.split(r"[×＋+]", item_name(hit)) if side.strip()]
    return min((_share(side, fold(question)) for side in sides), default=0.0)


def is_other_variant(hit: Hit, question: str) -> bool:
    """A row about a variant in brackets, such as 血液透析(碳酸液透析), that the question does not name."""
    variants = re.findall(r"[(（]([^()（）]+)[)）]", item_name(hit)) if names_item(hit) else []
    return any(fold(variant) not in fold(question) for variant in variants)


def _share(name: str, question: str) -> float:
    """Forms and bracketed variants say little; what is left of the name is looked for pair by pair."""
    plain = re.sub(r"[(（][^()（）]*[)）]?", "", fold(name))
    core = _FORMS.sub("", plain) or plain
    if len(core) < 2:
        core = plain
    pairs = {core[place : place + 2] for place in range(len(core) - 1)} or {core}
    return sum(pair in question for pair in pairs) / len(pairs)
