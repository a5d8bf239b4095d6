"""How right the matching of item names is: with noise, with the item taken out of the catalogue, on judged names.

The noise is what hospitals do to names: brackets, width, numerals, units, abbreviations, word order, slips of the pen.
Every second item of the catalogue is held out: what was looked at while the matcher was written is the other half.
"""

import csv
import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from knowledge.matching.catalogue import CatalogueItem, catalogue_of
from knowledge.matching.matcher import Matcher
from knowledge.matching.names import folded
from knowledge.rows.held import load_rows
from knowledge.rows.tables import ROW_TABLES
from review.checks.item_names import synonym_groups

JUDGED = Path(__file__).parent / "item_names.tsv"
ABSENT = "-"
SLIPS = "经内外上下前后大小切除术检查测定法"
LOOKALIKE = {
    "像": "象",
    "黏": "粘",
    "副": "付",
    "圆": "园",
    "炎": "淡",
    "胸": "腹",
    "肝": "肚",
    "膜": "模",
    "肾": "贤",
}
Noise = Callable[[str, random.Random], str]


def _wide(name: str, rng: random.Random) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)


def _brackets(name: str, rng: random.Random) -> str:
    return name.translate(str.maketrans("()（）", rng.choice(("（）（）", "[][]", "【】【】"))))


def _no_brackets(name: str, rng: random.Random) -> str:
    return name.translate(str.maketrans("", "", "()（）"))


def _unit(name: str, rng: random.Random) -> str:
    return name + rng.choice(("(次)", "（每次）", "(日)", "(项)", " (例)"))


def _blanks(name: str, rng: random.Random) -> str:
    place = rng.randrange(len(name) + 1)
    return f" {name[:place]}  {name[place:]}"


def _numerals(name: str, rng: random.Random) -> str:
    for one in zip("ⅠⅡⅢⅣ", ("一", "二", "三", "四"), ("I", "II", "III", "IV"), strict=True):
        for sign in one:
            for counter in "级型度期":
                name = name.replace(sign + counter, rng.choice(one) + counter)
    return name


def _order(name: str, rng: random.Random) -> str:
    head, _, tail = name.replace("（", "(").replace("）", ")").partition("(")
    return tail.removesuffix(")") + head if tail.count("(") == 0 and tail.endswith(")") else name


def _spelling(name: str, rng: random.Random) -> str:
    for right, wrong in (("显像", "显象"), ("彩色多普勒超声", "彩超"), ("成像", "成象"), ("黏膜", "粘膜")):
        name = name.replace(right, wrong) if right in name else name.replace(wrong, right)
    return name


def _slip(name: str, rng: random.Random) -> str:
    place = rng.randrange(len(name))
    return name[:place] + LOOKALIKE.get(name[place], rng.choice(SLIPS)) + name[place + 1 :]


def _left_out(name: str, rng: random.Random) -> str:
    place = rng.randrange(len(name))
    return name[:place] + name[place + 1 :]


def _shortened(name: str, rng: random.Random) -> str:
    for long in ("测定", "检查", "血清", "治疗", "手术", "术"):
        if long in name and len(name) > len(long) + 3:
            return name.replace(long, "", 1)
    return name


SAME_WORDS: tuple[Noise, ...] = (_wide, _brackets, _no_brackets, _unit, _blanks, _numerals, _order, _spelling)
OTHER_WORDS: tuple[Noise, ...] = (_slip, _left_out, _shortened)


def held_out(code: str) -> bool:
    """Every second item, by a hash of its code."""
    return hashlib.sha256(code.encode("ascii")).digest()[0] % 2 == 1


def score_matching(home: Path | None, seed: int = 1) -> list[str]:
    """The figures of both halves, and of the judged names, as lines to print."""
    matcher = matcher_of(home)
    items = matcher.items
    codes: dict[str, set[str]] = {}
    for item in items:
        codes.setdefault(folded(item.name), set()).add(item.code)
    lines = [f"目录 {len(items)} 个名称"]
    for said, held in (("看过的一半", False), ("留出的一半", True)):
        half = [item for item in items if held_out(item.code) == held]
        lines += [f"{said}（{len(half)} 个）", *_noisy(matcher, half, codes, random.Random(seed))]
        lines.append(_absent(items, half, random.Random(seed)))
    return [*lines, *_judged(matcher), *_speed(items, random.Random(seed))]


def _noisy(
    matcher: Matcher, items: Sequence[CatalogueItem], codes: Mapping[str, set[str]], rng: random.Random
) -> Iterable[str]:
    """One noisy name of each kind of noise per item that it changes; a slip that makes another item's name is none."""
    for said, noises in (("只是写法不同", SAME_WORDS), ("错漏或简写", OTHER_WORDS)):
        told: Counter[str] = Counter()
        for item in items:
            for noise in noises:
                name = noise(item.name, rng)
                if folded(name) != folded(item.name) and folded(name) in codes:
                    continue
                if name != item.name:
                    told.update(told_of(matcher, name, codes[folded(item.name)]))
        yield f"  {said} {told['all']} 个：" + _shares(told)


def told_of(matcher: Matcher, name: str, right: set[str]) -> Iterable[str]:
    """What came of a name: `accepted`, `accepted right`, `first`, `listed`, as far as they hold; `all` in any case."""
    found = matcher.candidates(name)
    yield "all"
    if found and found[0].accepted:
        yield "accepted"
        if _one_item(found[0].code, right):
            yield "accepted right"
    if found and _one_item(found[0].code, right):
        yield "first"
    if any(_one_item(one.code, right) for one in found):
        yield "listed"


def _one_item(code: str, right: set[str]) -> bool:
    """An item and its family are one item here."""
    return any(code.startswith(other) or other.startswith(code) for other in right)


def _shares(told: Counter[str]) -> str:
    return (
        f"自动对上 {told['accepted']}，其中对 {told['accepted right']}"
        f"（准确率 {_share(told['accepted right'], told['accepted'])}）；"
        f"首位即对 {_share(told['first'], told['all'])}，前五有 {_share(told['listed'], told['all'])}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "—"


def _absent(items: Sequence[CatalogueItem], half: Sequence[CatalogueItem], rng: random.Random) -> str:
    """Names whose item was taken out of the catalogue: whatever is accepted then is wrong."""
    taken = {item.code for item in half if rng.random() < 0.5}
    names = [item.name for item in items if item.code in taken]
    gone = {folded(name) for name in names}
    kept = [item for item in items if not _one_item(item.code, taken) and folded(item.name) not in gone]
    matcher = Matcher(kept, synonym_groups())
    wrong = [
        (name, found[0].name) for name in names if (found := matcher.candidates(name)) and found[0].accepted
    ]
    shown = "；".join(f"{name}→{other}" for name, other in wrong[:5])
    return f"  目录里没有的 {len(names)} 个：误对上 {len(wrong)} 个" + (f"（{shown}）" if shown else "")


def judged_names(file: Path = JUDGED) -> list[dict[str, str]]:
    """Names of an old hospital price list, each with the national code that a person found to be the same, or none."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def matcher_of(home: Path | None) -> Matcher:
    """The matcher over the catalogue as shipped and as it stands in a home."""
    return Matcher(catalogue_of({table: load_rows(table, home) for table in ROW_TABLES}), synonym_groups())


def _judged(matcher: Matcher) -> Iterable[str]:
    judged = judged_names()
    told: Counter[str] = Counter()
    known = {item.code for item in matcher.items}
    for line in judged:
        if line["code"] in known:
            told.update(told_of(matcher, line["name"], {line["code"]}))
    absent = [line["name"] for line in judged if line["code"] == ABSENT]
    wrong = [name for name in absent if (found := matcher.candidates(name)) and found[0].accepted]
    yield f"人工判定的旧价格表名称 {told['all']} 个：" + _shares(told)
    yield f"  判定为目录里没有的 {len(absent)} 个：误对上 {len(wrong)} 个"


def _speed(items: Sequence[CatalogueItem], rng: random.Random, size: int = 20_000) -> Iterable[str]:
    """The time of 20,000 different names against a catalogue of 20,000, made of the real ones with a part exchanged."""
    parts = [item.name for item in items]
    names = sorted({f"{rng.choice(parts)[:6]}{rng.choice(parts)[-8:]}" for _ in range(3 * size)})
    rng.shuffle(names)
    catalogue = [CatalogueItem(f"{number:015}", name) for number, name in enumerate(names[:size])]
    asked = [_slip(name, rng) for name in names[size : 2 * size]]
    began, worked = time.perf_counter(), time.process_time()
    matcher = Matcher(catalogue)
    for name in asked:
        matcher.candidates(name)
    yield (
        f"{len(asked)} 个名称对 {len(catalogue)} 项：用时 {time.perf_counter() - began:.1f} 秒，"
        f"其中处理器 {time.process_time() - worked:.1f} 秒"
    )
