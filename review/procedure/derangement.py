"""Which region inspects which: no region itself, none twice, and none of the pairs that are ruled out.

Every permitted pairing is equally likely: whole permutations are drawn until one is permitted (about e of them, since
a permutation has no fixed point with probability near 1/e). Whether one can be found at all is settled beforehand.
Rule, in our words: who inspects and who is inspected is settled at the opening meeting, at random and crosswise (Jilin
2024 plan, part 4(1)2); areas that pool their fund count as one (part 1, areas).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.errors import SettingsError
from review.procedure.draw_lists import DrawList
from review.procedure.draw_numbers import Stream, key_of

MOST_TRIES = 200_000


@dataclass(frozen=True)
class RegionsRequest:
    """`ruled_out` are pairs (inspecting, inspected), as last year's; `one_way` bars two from inspecting each other."""

    key: str
    ruled_out: tuple[tuple[str, str], ...] = ()
    one_way: bool = False


def draw_regions(rows: DrawList, request: RegionsRequest, seed: str) -> dict[str, Any]:
    """Each region with the one it inspects. Raises SettingsError saying what to relax."""
    regions = [row[rows.key] for row in rows.rows]
    if len(regions) < (3 if request.one_way else 2):
        raise SettingsError(
            f"只有 {len(regions)} 个地区，排不出{'互不对检的' if request.one_way else ''}交叉互检；请补全名单"
            f"{'，或允许两地互检' if request.one_way else ''}。"
        )
    unknown = {region for pair in request.ruled_out for region in pair} - set(regions)
    if unknown:
        raise SettingsError(f"要避开的 {'、'.join(sorted(unknown)[:5])} 不在名单里；请核对。")
    barred = {*request.ruled_out, *((region, region) for region in regions)}
    left = {one: [two for two in regions if (one, two) not in barred] for one in regions}
    _settle(left)
    order = _drawn(regions, barred, request.one_way, Stream(key_of(seed, rows.sha256), "regions"))
    return {"pairs": [{"inspecting": one, "inspected": two} for one, two in zip(regions, order, strict=True)]}


def _drawn(regions: Sequence[str], barred: set[tuple[str, str]], one_way: bool, stream: Stream) -> list[str]:
    for _ in range(MOST_TRIES):
        order = stream.shuffled(regions)
        pairs = set(zip(regions, order, strict=True))
        if not pairs & barred and not (one_way and any((two, one) in pairs for one, two in pairs)):
            return order
    raise SettingsError(
        f"试了 {MOST_TRIES:,} 次仍排不出合乎全部条件的交叉互检；请减少要避开的组合，或允许两地互检。"
    )


def _settle(left: Mapping[str, Sequence[str]]) -> None:
    """Raises SettingsError where no pairing is permitted, naming a region that finds none (Kuhn's paths)."""
    inspected_by: dict[str, str] = {}

    def finds(one: str, tried: set[str]) -> bool:
        for two in left[one]:
            if two not in tried:
                tried.add(two)
                if two not in inspected_by or finds(inspected_by[two], tried):
                    inspected_by[two] = one
                    return True
        return False

    for one in left:
        if not finds(one, set()):
            raise SettingsError(f"“{one}”没有可检查的地区：要避开的组合把它排尽了；请减少要避开的组合。")
