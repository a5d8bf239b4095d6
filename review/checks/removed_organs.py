"""Organs that there is one of: how their removal, a second removal and their presence in a report are written.

Partial removals leave the organ; remnants and transplants are told apart.
"""

import re
from dataclasses import dataclass

PARTIAL = re.compile(
    r"次全|部分|大部|近全|楔形|肌瘤|息肉|造口|造瘘|切开|探查|剔除|剥除|残|保留|修补|活检|穿刺|旁|周围"
)


@dataclass(frozen=True)
class Organ:
    """One organ; `removed` and `described` are matched against operation names and report findings."""

    name: str
    removed: re.Pattern[str]
    described: re.Pattern[str]
    absent: re.Pattern[str]


def _organ(name: str, removed: str, described: str) -> Organ:
    absent = rf"{name}[^，。；;\n]{{0,8}}(?:切除|缺如|术后|未见|未探及|未显示|未显影|摘除|已切|不显示|区未)"
    absent += rf"|(?:残余|残端|残留){name}"
    return Organ(name, re.compile(removed), re.compile(described), re.compile(absent))


ORGANS = (
    _organ(
        "胆囊",
        r"胆囊切除",
        r"胆囊(?:大小|形态|壁|充盈|体积|轮廓|增大|内可?见|结石|腔)|(?<!未)(?:触及|扪及)(?:肿大|增大)的?胆囊",
    ),
    _organ("阑尾", r"阑尾切除", r"阑尾(?:增粗|肿胀|直径|腔|壁|充气|形态|粪石)"),
    _organ("脾", r"(?:全脾|脾脏?)切除", r"脾脏?(?:大小|形态|厚|肋间|长径|实质|肿大|增大)"),
    _organ(
        "子宫", r"全子宫切除|子宫全切|子宫切除", r"子宫(?:大小|前位|后位|平位|形态|体积|肌层|内膜|增大|切面)"
    ),
    _organ("胃", r"全胃切除|胃全部切除", r"胃(?:窦|角|体|底)(?:黏膜|粘膜|光滑|充血|溃疡|糜烂)"),
    _organ("前列腺", r"前列腺(?:癌)?根治", r"前列腺(?:大小|增大|体积|形态|回声|横径)"),
)


def removed_by(operation: str) -> Organ | None:
    """The organ that an operation takes out whole, by its name; null where it leaves any."""
    if PARTIAL.search(operation):
        return None
    return next((organ for organ in ORGANS if organ.removed.search(operation)), None)


def describes(findings: str, organ: Organ) -> str | None:
    """The words of a report that describe the organ as present, where none of it says that it is gone."""
    if organ.absent.search(findings):
        return None
    match = organ.described.search(findings)
    return match[0] if match else None
