"""Candidates for names: equal, equal once written alike, or near with a score. It decides nothing by itself.

`accepted` marks the one candidate that needs nobody: the same words, in whatever spelling and order, of one code only.
A near name is never accepted, however near, nor a synonym. Measured by `evals/matching.py`.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.matching.catalogue import CatalogueItem
from knowledge.matching.names import folded, in_any_order, normal_form, without_abbreviation

EXACT, NORMALISED, REORDERED, SYNONYM, NEAR = "exact", "normalised", "reordered", "synonym", "near"
SETTLES = (EXACT, NORMALISED, REORDERED)
SCORES = {EXACT: 1.0, NORMALISED: 0.99, REORDERED: 0.97, SYNONYM: 0.95}
NEAREST, LEAST_NEAR, MOST_NEAR = 12, 0.5, 0.94
ASKED, REACHED = (
    10,
    24,
)  # pairs of characters that are looked up, the rarest first; items then compared in full
CONTRASTS = (
    (re.compile(r"左|右"), 0.75),
    (re.compile(r"双侧|单侧|两侧|一侧"), 0.85),
    (re.compile(r"\d+(?:\.\d+)?"), 0.8),
    (re.compile(r"加收|减收"), 0.75),
    (re.compile(r"新生儿|小儿|儿童|婴"), 0.8),
    (re.compile(r"平扫|增强"), 0.75),
    (re.compile(r"进口|国产|普通|特殊|复杂|简单"), 0.85),
    (re.compile(r"内|外"), 0.85),
    (re.compile(r"上|下"), 0.85),
    (re.compile(r"开放|闭合|闭式|腔镜|胸腔镜|腹腔镜|宫腔镜|关节镜"), 0.85),
    (re.compile(r"抗原|抗体|igg|igm|iga|ige|dna|rna"), 0.75),
    (re.compile(r"[a-z]+"), 0.9),
)


@dataclass(frozen=True)
class Candidate:
    """An item that a name may stand for; `how` is one of the five ways, `score` between 0 and 1."""

    code: str
    name: str
    score: float
    how: str
    accepted: bool = False


class Matcher:
    """Candidates out of one catalogue. `synonyms` groups spellings of one thing, as normal forms compare them."""

    def __init__(self, items: Sequence[CatalogueItem], synonyms: Iterable[Iterable[str]] = ()) -> None:
        self.items = items
        self._exact = _by(items, lambda item: (folded(item.name),))
        self._normal = _by(items, lambda item: (normal_form(item.name),))
        self._short = _by(items, lambda item: (without_abbreviation(item.name),))
        self._order = _by(items, lambda item: (in_any_order(item.name),))
        self._group = {normal_form(word): number for number, group in enumerate(synonyms) for word in group}
        self._members: dict[int, list[int]] = defaultdict(list)
        for place, item in enumerate(items):
            if (group := self._group_of(item.name)) is not None:
                self._members[group].append(place)
        self._index_grams()

    def candidates(self, name: str, most: int = 5) -> tuple[Candidate, ...]:
        """The likeliest items, best first; empty where nothing is near."""
        found: dict[str, Candidate] = {}
        for how, places in self._alike(name):
            codes = _joined({self.items[place].code for place in places})
            settles = how in SETTLES and len(codes) == 1 and not found
            for item in (self.items[place] for place in places):
                settled = settles and item.code in codes and (how != REORDERED or item.code[0].isdigit())
                found.setdefault(item.code, Candidate(item.code, item.name, SCORES[how], how, settled))
        if not any(one.accepted for one in found.values()):
            for candidate in self._near(normal_form(name)):
                found.setdefault(candidate.code, candidate)
        ranked = sorted(found.values(), key=lambda one: (not one.accepted, -one.score, one.code))
        return tuple(ranked[:most])

    def _alike(self, name: str) -> Iterable[tuple[str, list[int]]]:
        yield EXACT, self._exact.get(folded(name), [])
        yield NORMALISED, self._normal.get(normal_form(name), [])
        # an abbreviation may be left out, never exchanged for another
        short = without_abbreviation(name)
        yield NORMALISED, (self._normal if short else self._short).get(short or normal_form(name), [])
        yield REORDERED, self._order.get(in_any_order(name), [])
        group = self._group_of(name)
        yield SYNONYM, self._members.get(group, []) if group is not None else []

    def _group_of(self, name: str) -> int | None:
        forms = (normal_form(name), without_abbreviation(name), _core(name))
        return next((self._group[form] for form in forms if form in self._group), None)

    def _index_grams(self) -> None:
        grams = [_grams(normal_form(item.name)) for item in self.items]
        places: dict[str, list[int]] = defaultdict(list)
        for place, held in enumerate(grams):
            for gram in held:
                places[gram].append(place)
        whole = len(self.items) or 1
        self._weight = {gram: math.log(1 + whole / len(held)) for gram, held in places.items()}
        self._unseen = math.log(1 + whole)
        self._places: Mapping[str, npt.NDArray[np.int64]] = {g: np.array(p) for g, p in places.items()}
        self._totals = [sum(map(self._weight.__getitem__, held)) for held in grams]
        self._total = np.array(self._totals or [0.0])
        self._grams = grams

    def _near(self, form: str) -> list[Candidate]:
        """The items that share the rarest pairs of characters, compared in full."""
        grams = _grams(form)
        pairs = [gram for gram in grams if gram in self._weight and len(gram) > 1]
        asked = sorted(pairs, key=lambda gram: (-self._weight[gram], gram))[:ASKED]
        if not asked:
            return []
        reached = np.concatenate([self._places[gram] for gram in asked])
        weights = np.repeat(
            [self._weight[gram] for gram in asked], [len(self._places[gram]) for gram in asked]
        )
        shared = np.bincount(reached, weights, len(self.items)) / (self._total + 1)
        most = min(REACHED, len(shared))
        best = np.argpartition(-shared, most - 1)[:most]
        own = sum(self._weight.get(gram, self._unseen) for gram in grams)
        scored = (self._scored(form, grams, own, int(place)) for place in best if shared[place] > 0)
        ranked = [candidate for candidate in scored if candidate is not None]
        return sorted(ranked, key=lambda candidate: (-candidate.score, candidate.code))[:NEAREST]

    def _scored(self, form: str, grams: frozenset[str], own: float, place: int) -> Candidate | None:
        """The share of weighted characters and pairs that both have, less where they say different things."""
        shared = sum(map(self._weight.__getitem__, grams & self._grams[place]))
        score = MOST_NEAR * 2 * shared / (own + self._totals[place])
        if score < LEAST_NEAR:
            return None
        item = self.items[place]
        other = normal_form(item.name)
        for pattern, factor in CONTRASTS:
            if set(pattern.findall(form)) != set(pattern.findall(other)):
                score *= factor
        return Candidate(item.code, item.name, round(score, 3), NEAR) if score >= LEAST_NEAR else None


def _by(
    items: Sequence[CatalogueItem], keys: Callable[[CatalogueItem], tuple[str | None, ...]]
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        for key in filter(None, keys(item)):
            found[key].append(place)
    return dict(found)


def _joined(codes: set[str]) -> set[str]:
    """The codes without those that are the family of another: an item and its family are no two items."""
    return {code for code in codes if not any(other != code and other.startswith(code) for other in codes)}


_EDGES = re.compile(r"^(?:血清|血浆|全血|静脉血)|(?:测定|检测|检验|检查|术|费)+$")


def _core(name: str) -> str:
    """What a spoken name leaves out: 血清总胆红素测定 is spoken of as 总胆红素."""
    return _EDGES.sub("", normal_form(name))


def _grams(form: str) -> frozenset[str]:
    """Pairs of neighbouring characters, with the beginning and the end, and the characters themselves."""
    marked = f"^{form}$"
    return frozenset((*(marked[place : place + 2] for place in range(len(marked) - 1)), *form))
