"""Vital signs and sizes written in prose: `T 38.1℃，P 96次/分，BP 122/76mmHg`, 体温37.8℃, 血氧饱和度93%, 体重68.0kg.

A value of the past is marked as such (`history`); a target, a limit or a drug dose is no measurement.
"""

import re
from collections.abc import Iterator

from review.facts.context import context
from review.facts.gates import Gate, Gates
from review.facts.sentences import Wording
from review.facts.statements import Told, of_wordings

NUMBER = r"(\d{1,3}(?:\.\d{1,2})?)"
BETWEEN = r"(?:[:：为是约达在升降至最高低测（(]|波动于|维持于|维持在|控制在){0,3}"
READINGS = Gates(
    (compiled := re.compile(pattern), (name, unit, low, high, compiled))
    for name, unit, low, high, pattern in (
        ("temperature", "℃", 34, 43, rf"(?:体温|(?<![A-Za-z])T){BETWEEN}{NUMBER}(?:℃|°C|度)"),
        (
            "pulse",
            "次/分",
            20,
            250,
            rf"(?:脉搏|脉率|(?<![A-Za-z])P(?![a-zA-Z])){BETWEEN}(\d{{2,3}})次?[/／]?(?:分|min|bpm)",
        ),
        (
            "heart_rate",
            "次/分",
            20,
            250,
            rf"(?:心率|(?<![A-Za-z])HR){BETWEEN}(\d{{2,3}})次?[/／]?(?:分|min|bpm)",
        ),
        (
            "respiration",
            "次/分",
            4,
            80,
            rf"(?:呼吸(?:频率)?|(?<![A-Za-z])RR?(?![a-zA-Z])){BETWEEN}(\d{{1,2}})次?[/／](?:分|min)",
        ),
        (
            "oxygen_saturation",
            "%",
            40,
            100,
            rf"(?:血氧饱和度|氧饱和度|血氧|SpO2|SPO2|SaO2){BETWEEN}{NUMBER}[%％]",
        ),
        ("weight", "kg", 1, 300, rf"体重{BETWEEN}{NUMBER}(?:kg|KG|Kg|公斤|千克)"),
        ("height", "cm", 40, 230, rf"身高{BETWEEN}{NUMBER}cm"),
        (
            "pain",
            "分",
            0,
            10,
            rf"(?:VAS|NRS|疼痛评分|数字评分)[）)]?{BETWEEN}(?:评分)?{BETWEEN}(\d{{1,2}})分",
        ),
        ("gcs", "分", 3, 15, rf"(?:GCS|格拉斯哥)(?:评分)?{BETWEEN}(\d{{1,2}})分"),
        ("adl", "分", 0, 100, rf"(?:ADL|Barthel)(?:指数|评分)?{BETWEEN}(?:评分)?(\d{{1,3}})分"),
    )
)
PRESSURE = re.compile(rf"(?:血压|(?<![A-Za-z])BP){BETWEEN}(\d{{2,3}})[/／](\d{{2,3}})(?:mmHg|毫米汞柱)?")
PRESSURE_GATE = Gate(PRESSURE)
RANGE_OR_CHANGE = re.compile(r"^[~～〜\-—]\d|^以[上下]")
NOT_NOW = re.compile(r"最高|最低|既往|平素|自测|基础|理想|标准|目标|年前|曾|下降|增加|减轻|上升|差$")


@of_wordings
def measurements(wording: Wording) -> Iterator[Told]:
    """Every measured value, current ones as `measurement`, earlier ones as `history`."""
    letters = wording.letters
    for name, unit, low, high, pattern in READINGS.open_to(letters):
        for match in pattern.finditer(wording.bare):
            if low <= float(match[1]) <= high:
                yield _told(wording, match, name, match[1], unit)
    for match in PRESSURE.finditer(wording.bare) if PRESSURE_GATE.opens(letters) else ():
        if 30 <= int(match[2]) < int(match[1]) <= 300:
            yield _told(wording, match, "systolic", match[1], "mmHg")
            yield _told(wording, match, "diastolic", match[2], "mmHg")


def _told(wording: Wording, match: re.Match[str], name: str, value: str, unit: str) -> Told:
    around = context(wording, match.start(), match.end())
    before = wording.bare[max(0, match.start() - 10) : match.end(0)]
    now = (
        around.asserted
        and not NOT_NOW.search(before)
        and not RANGE_OR_CHANGE.match(wording.bare[match.end() :])
    )
    told = wording.section in {"现病史", "主诉", "既往史"} or around.elsewhere
    return Told(
        match.start(),
        match.end(),
        kind="measurement" if now else "history",
        name=name,
        value=value,
        unit=unit,
        certainty="probable" if told else "established",
    )
