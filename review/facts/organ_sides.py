"""On which side a text places a paired part of the body: 左侧股骨颈骨折, 股骨干骨折（右）, 双眼白内障, 右肾结石.

A side without its part, a posture and a view say nothing; how a finding lies inside one organ neither.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ORGANS = (
    (
        "髋",
        r"髋(?:关节|臼|部)?|股骨(?:颈|头|转子间|粗隆间|近端)",
    ),  # what of the thigh bone a hip operation treats
    ("股骨", r"股骨(?:干|髁|远端|上段|下段)?"),
    ("膝", r"膝(?:关节|部)?|半月板|髌骨|交叉韧带"),
    ("小腿", r"胫腓骨|胫骨(?:平台)?|腓骨|小腿"),
    ("踝", r"(?:[内外]|三)?踝(?:关节|部)?|跟腱"),
    ("足", r"跟骨|距骨|跖骨|足(?:部|趾)?|[拇𧿹]外翻"),
    ("肱骨", r"肱骨(?:外科颈|髁上|干|近端|远端|大结节)?"),
    ("肩", r"肩(?:关节|袖|部|峰|锁)?|锁骨"),
    ("前臂", r"尺桡骨|桡骨(?:远端|小头|头|下端)?|尺骨(?:鹰嘴)?|前臂"),
    ("肘", r"肘(?:关节|部|管)?"),
    ("腕", r"腕(?:关节|管|部)?|舟骨"),
    ("手", r"掌骨|手(?!术)(?:部|掌|指)?|[拇示食中环小]指"),
    ("肾", r"肾(?!上腺)(?:脏|盂|盏|下盏|上盏|癌|结石|囊肿)?"),
    ("输尿管", r"输尿管(?:上段|中段|下段)?"),
    ("乳腺", r"乳(?:腺|房|癌|腺癌)"),
    ("肺", r"(?:上|中|下)?肺(?!动脉|静脉|门|结核病)(?:[上中下]叶|癌)?|气胸|胸腔积液"),
    ("眼", r"眼(?!科|压|底)(?:球|部|睑)?|白内障|晶状?体|青光眼|视网膜"),
    ("耳", r"耳(?!鼻)(?:道|部)?|中耳炎|鼓膜"),
    ("腹股沟", r"腹股沟(?:斜疝|直疝|疝|区)?|股疝"),
    ("卵巢", r"卵巢|附件|输卵管"),
    ("睾丸", r"睾丸|附睾|精索(?:静脉)?|鞘膜积液"),
    ("下肢", r"下肢(?:静脉|动脉)?|大隐静脉"),
    ("上肢", r"上肢"),
    ("甲状腺", r"甲状腺(?:叶|结节|癌)?"),
    ("颈动脉", r"颈(?:内|总)?动脉"),
)
_WORD = "|".join(f"(?P<o{place}>{pattern})" for place, (_, pattern) in enumerate(ORGANS))
_SIDE = r"双侧?|两侧|左右侧?|左侧?|右侧?"
BEFORE = re.compile(
    rf"(?P<side>{_SIDE})(?:的|叶|中上|原发性|老年性|陈旧性|开放性|闭合性|复发性|人工|全|半){{0,2}}(?:{_WORD})"
)
BEHIND = re.compile(
    rf"(?:{_WORD})[^，。；、（(左右双两]{{0,10}}[（(,，]?(?P<side>{_SIDE})[）)]?(?=$|[，。；、）)\s])"
)
EYES = re.compile(r"(?<![A-Za-z])(?P<code>OD|OS|OU)(?![A-Za-z])")
EYE_SIDES = {"OD": ("右",), "OS": ("左",), "OU": ("左", "右")}
BOTH = re.compile(r"双|两|左右")


@dataclass(frozen=True)
class OrganSide:
    """One paired part with one side; [start, end) counts in the text."""

    organ: str
    side: str  # 左 | 右
    start: int
    end: int


def organ_sides(text: str) -> Iterator[OrganSide]:
    """Every part with its side that a text without white space names; 双侧 gives both."""
    for pattern in (BEFORE, BEHIND):
        for match in pattern.finditer(text):
            organ = next(name for place, (name, _) in enumerate(ORGANS) if match[f"o{place}"])
            sides = ("左", "右") if BOTH.search(match["side"]) else (match["side"][0],)
            for side in sides:
                yield OrganSide(organ, side, match.start(), match.end())
    for match in EYES.finditer(text):
        for side in EYE_SIDES[match["code"]]:
            yield OrganSide("眼", side, match.start(), match.end())
