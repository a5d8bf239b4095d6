"""Laboratory values quoted in prose: 白细胞13.8×10^9/L, 血红蛋白78g/L, NT-proBNP 4860pg/ml.

The analyte is given as it is written; which analyte of a report it is, the reader of the statement decides.
"""

import re
from collections.abc import Iterable, Iterator

from review.facts.context import context
from review.facts.gates import Gate
from review.facts.sentences import Sentence
from review.facts.statements import Statement

UNIT = (
    r"(?:[×xX*]?10(?:\^|E|e)?(?:9|12|⁹|¹²)/[Ll]|(?:mg|g|ng|μg|ug|pg|mmol|μmol|umol|nmol|pmol|kU|mU|μU|U|IU|mIU)/"
    r"(?:[mdμ]?[Ll])|mmHg(?!/)|mm/h|mOsm/(?:kg|L))"
)
VALUE = re.compile(
    r"(?P<name>[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff\-α-ωβ]{1,14}?)"
    r"(?:[:：为是约达至升降到仅]|计数|定量|测定|浓度|复查){0,2}"
    rf"(?P<value>\d{{1,6}}(?:\.\d{{1,3}})?)(?P<unit>{UNIT})"
)
VALUE_GATE = Gate(VALUE)
LEADING = re.compile(
    r"^(?:今日|昨日|今晨|今|昨|复查|查|测|急查|化验|血常规|肝功能|肾功能|生化|电解质|血气|结果|示|提示|回报|及|和|其中|"
    r"仍|降至|升至|空腹|随机|餐后|伴|并|患者|入院|时)+"
)
VITAL = re.compile(r"血压|BP|收缩压|舒张压|压力$|中心静脉压")


def lab_values(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """One statement per value: `name` the analyte, `lab_value` where it is told as of now, `history` elsewhere."""
    for sentence in sentences:
        for match in VALUE.finditer(sentence.bare) if VALUE_GATE.opens(sentence.letters) else ():
            name = LEADING.sub("", match["name"])
            if len(name) < 2 or VITAL.search(name):
                continue
            around = context(sentence, match.start("value"), match.end())
            start = match.end("name") - len(name)
            yield Statement(
                sentence,
                start,
                match.end(),
                "lab_value" if not (around.past or around.planned or around.relative) else "history",
                name,
                value=match["value"],
                unit=match["unit"],
                certainty="probable" if around.elsewhere else "established",
                begins_at=sentence.at,
            )
