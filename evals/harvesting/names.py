"""Invented names of persons, as long as those they stand for.

One surname stands for one throughout, so that a household still has one and strangers still have several. Names that a
slip of the pen sets apart stay as near; apart from that no letter tells another.
"""

import random
import re
from collections.abc import Collection, Iterable

from review.masking_lexicon import ADVERBS, AMBIGUOUS, COMPOUND, RARE_SURNAMES, SURNAME_ORDER, SURNAMES
from review.masking_roles import a_word

DRAWS = 400
KEPT = frozenset("某*×·. ")
_CHILD = re.compile(r"之[子女婴].*|婴.*|宝宝.*|新生儿.*|[大小]宝.*")
_GIVEN = (
    "安邦博彬波灿畅超琛辰诚楚传春慈达丹道德迪东栋恩帆芳飞菲峰凤福冠光广桂国海涵翰航昊和鹤恒弘鸿华怀焕辉卉惠慧吉佳嘉坚建健"
    "剑娇杰洁捷锦晋京晶景静菊娟军俊凯康科可坤兰岚朗蕾黎礼力丽利莉立连良亮林琳玲凌龙隆璐伦满茂玫梅美萌梦敏明铭娜宁培佩鹏平"
    "萍普琪启强庆琼秋泉群然仁荣蓉瑞睿润森珊尚韶绍升胜诗石世书舒淑树爽思松素泰涛天田甜婷庭同彤万威薇维伟文雯武希夏贤湘祥翔"
    "晓欣新鑫星雄秀旭学雪雅嫣岩研燕瑶耀怡依宜义艺亦益毅英瑛莹颖永勇友宇羽雨玉育钰元媛远月岳悦云泽展兆哲贞珍真振正志智中忠"
    "洲珠卓子梓"
)


class InventedNames:
    """For each name another of its length, always the same."""

    def __init__(self, names: Iterable[str], chance: random.Random) -> None:
        self._chance = chance
        self._own = frozenset(names)
        self._surnames: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._letters: dict[str, dict[str, str]] = {}  # of a cluster, by its first name
        self._cluster = _clusters(sorted({_parted(name)[0] for name in self._own}))
        for name in sorted(self._own):
            self.of(name)

    def of(self, name: str) -> str:
        """The invented name; what only says that a name was left out, or whose child it is, stays as written."""
        base, tail = _parted(name)
        if base not in self._made:
            self._made[base] = self._drawn(base)
        return self._made[base] + tail

    def all(self) -> frozenset[str]:
        return frozenset(self._made.values())

    def _drawn(self, base: str) -> str:
        cluster = self._cluster.get(base, base)
        for _ in range(DRAWS):
            letters = dict(self._letters.get(cluster, {}))
            new = self._written(base, letters)
            if self._free(base, new):
                self._letters[cluster] = letters
                return new
            if self._letters.get(cluster):  # its sisters leave no room: it is drawn for itself
                cluster = base
        raise ValueError("姓名无法改写成别的姓名；请检查姓名一列是否为姓名。")

    def _written(self, base: str, letters: dict[str, str]) -> str:
        size = 2 if base[:2] in COMPOUND and len(base) > 2 else 1
        is_chinese = base[0] in SURNAMES | RARE_SURNAMES or size == 2
        start = self._surname(base[:size]) if is_chinese else ""
        return start + "".join(self._letter(sign, letters) for sign in base[len(start) :])

    def _letter(self, sign: str, letters: dict[str, str]) -> str:
        if sign in KEPT:
            return sign
        pool = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if sign.isascii() else _GIVEN
        if sign not in letters:
            letters[sign] = self._chance.choice(
                [one for one in pool if one != sign and one not in letters.values()]
            )
        return letters[sign]

    def _surname(self, own: str) -> str:
        if own not in self._surnames:
            common = sorted(SURNAMES - AMBIGUOUS - ADVERBS, key=lambda one: SURNAME_ORDER.get(one, 0))
            pool = sorted(COMPOUND) if len(own) == 2 else [*common[:150]]
            used = set(self._surnames.values())
            left = [one for one in pool if one not in used and one != own] or [
                one for one in sorted(SURNAMES | RARE_SURNAMES) if one not in used and one != own
            ]
            self._surnames[own] = self._chance.choice(left)
        return self._surnames[own]

    def _free(self, base: str, new: str) -> bool:
        if len(base) == 1 or not set(base) - KEPT:
            return True
        held = (new[at : at + size] for size in range(2, len(new) + 1) for at in range(len(new) - size + 1))
        return (
            new not in self._made.values() and not a_word(new) and not any(one in self._own for one in held)
        )


def _parted(name: str) -> tuple[str, str]:
    """A name, and behind it what makes it that of somebody's child."""
    tail = _CHILD.search(name, 1)
    return (name[: tail.start()], tail[0]) if tail else (name, "")


def _clusters(names: Collection[str]) -> dict[str, str]:
    """Names that differ in one letter, or of which one holds the other, under the first of them."""
    first: dict[str, str] = {}
    seen: dict[str, str] = {}
    for name in names:
        keys = (
            [name, *(f"{name[:at]}?{name[at + 1 :]}" for at in range(len(name)))] if len(name) > 2 else [name]
        )
        keys += [name[:-1], name[1:]] if len(name) > 2 else []
        mine = next((seen[key] for key in keys if key in seen), name)
        first[name] = mine
        for key in keys:
            seen.setdefault(key, mine)
    return first
