"""Organs and histories that only one sex has, and whether a passage tells one of them of the patient."""

import re

from review.facts.context import NEGATION, RELATIVE, clause_around

OF_MEN = re.compile(r"前列腺(?!素)|睾丸|附睾|阴茎|精囊|阴囊|包皮|遗精")
OF_WOMEN = re.compile(
    r"子宫|卵巢|输卵管|宫颈|阴道(?!炎?用)|双侧附件|附件区|月经(?:规律|周期|正常|史[:：])|末次月经|绝经|初潮|"
    r"孕\d+产\d+|G\d+P\d+|(?:足月)?顺产\d|剖宫产"
)
BETWEEN_SEXES = re.compile(
    r"两性畸形|性发育异常|变性|性别重置|先天性肾上腺|雄激素不敏感|克氏综合征|克兰费尔特|特纳综合征"
)
TEMPLATE = re.compile(
    r"月经史[:：]?(?:无|不详|男|—|-|/)|无月经史|男性?患者?[，,]?无|妊娠期|孕妇(?:禁|慎)|说明书|知情|告知|同意|注意"
)
NEAR = 20  # characters before the word in which a relative would be named


def told_of_the_patient(sentence: str, match: re.Match[str]) -> bool:
    """Whether a match in a sentence without white space is meant of the patient: no template, denial or relative."""
    if TEMPLATE.search(sentence):
        return False
    left, _ = clause_around(sentence, match.start(), match.end())
    before = sentence[left : match.start()]
    return not NEGATION.search(before) and not RELATIVE.search(
        sentence[max(0, match.start() - NEAR) : match.start()]
    )
