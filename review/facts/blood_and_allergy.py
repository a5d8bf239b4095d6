"""Blood groups, and drugs a patient is said to react to or to have no reaction to, as documents state them.

A form's list of choices, another person's blood, the group of a bag and what could happen say nothing of the patient.
"""

import re
from collections.abc import Iterable, Iterator

from review.facts.clinical_context import CONDITION
from review.facts.context import PLANNED, RELATIVE, clause_around
from review.facts.sentences import Sentence
from review.facts.statements import Statement

GROUP = re.compile(
    r"(?:ABO)?血型(?:鉴定|定型)?(?:结果)?(?:为|是|示|[:：】\]])*[“\"]?(?P<abo>AB|A|B|O)(?![A-Za-z+])[”\"]?(?:型|[,，。;；Rr（(【]|$)"
    r"|(?<![A-Za-z/])(?P<other>AB|A|B|O)型血(?!浆|小板|液制品)"
)
LABEL_ALONE = re.compile(r"(?:ABO)?血型")  # the field on a line of its own; its group begins the next line
GROUP_ALONE = re.compile(r"(?P<abo>AB|A|B|O)型(?!血)")
RHESUS = re.compile(r"R[hH](?:因子|血型|\(?D\)?|（D）)*[:：]?(?P<rh>阳性|阴性|[（(]?[+＋\-－—][）)]?)")
NOT_OWN_BLOOD = re.compile(
    r"献血|供血|供者|供体|血袋|输注|输入|输血|取血|悬浮|红细胞|血浆|冷沉淀|备血|新生儿|婴儿|胎儿|患儿母|母亲|父亲|配偶|丈夫|"
    r"妻|产妇之|之[子女]|夹层|Stanford|□|1[.、．]A|不详|未查"
)
DRUGS = (
    ("青霉素类", r"青霉素|阿莫西林|氨苄西林|哌拉西林|苄星"),
    ("头孢类", r"头孢[\u4e00-\u9fff]{0,3}?|先锋霉素"),
    ("磺胺类", r"磺胺"),
    ("喹诺酮类", r"左氧氟沙星|莫西沙星|环丙沙星|喹诺酮"),
    ("大环内酯类", r"阿奇霉素|红霉素|克拉霉素"),
    ("氨基糖苷类", r"链霉素|庆大霉素|阿米卡星"),
    ("造影剂", r"造影剂|对比剂|碘剂|碘海醇|碘"),
    ("解热镇痛药", r"阿司匹林|布洛芬|安乃近|对乙酰氨基酚"),
    ("局麻药", r"普鲁卡因|利多卡因"),
    ("破伤风抗毒素", r"破伤风(?:抗毒素)?|TAT"),
)
_NAMED = "|".join(f"(?:{pattern})" for _, pattern in DRUGS)
ALLERGIC = re.compile(
    rf"(?:对)?[“\"]?(?P<drug>{_NAMED})[”\"]?(?:类?药?物?)?(?:(?:有|存在)?(?:严重)?过敏(?!试验|可能|风险|者)|皮试阳性|过敏试验阳性)"
    rf"|(?:过敏药物|药物过敏史?|过敏史|过敏原)[:：](?:有[,，:：]?)?[“\"]?(?P<listed>{_NAMED})"
)
NONE_AT_ALL = re.compile(
    r"(?:否认|无|未发现|没有)(?:(?!，|。|；|但|除)[^，。；]){0,20}?(?:药物|食物及药物|药物及食物|药物、食物|食物、药物)[^，。；]{0,6}?过敏"
    r"|(?:药物过敏史?|过敏药物)[:：](?:否认|无(?!法))|否认过敏史|无过敏史|过敏史[:：](?:否认|无(?!法))"
)
DENIED = re.compile(r"否认|无(?!法)|未|不|非|没有")
SAID_OTHERWISE = re.compile(r"除[^，。；]{0,12}外|详见|见入院|□")


def blood_groups(parts: Iterable[Sentence]) -> Iterator[Statement]:
    """Kind `blood_group`, name ABO with A, B, AB, O or Rh with + and -; of the patient only."""
    before = ""
    for sentence in parts:
        alone = GROUP_ALONE.match(sentence.bare) if LABEL_ALONE.fullmatch(before) else None
        if alone is not None and not _of_another(sentence.bare, alone.start(), alone.end()):
            yield Statement(
                sentence,
                alone.start(),
                alone.end(),
                "blood_group",
                "ABO",
                alone["abo"],
                begins_at=sentence.at,
            )
        before = sentence.bare
        for match in GROUP.finditer(sentence.bare):
            if not _of_another(sentence.bare, match.start(), match.end()):
                value = match["abo"] or match["other"]
                yield Statement(
                    sentence, match.start(), match.end(), "blood_group", "ABO", value, begins_at=sentence.at
                )
        for match in RHESUS.finditer(sentence.bare):
            if "血型" in sentence.bare and not _of_another(sentence.bare, match.start(), match.end()):
                value = "+" if re.search(r"阳|[+＋]", match["rh"]) else "-"
                yield Statement(
                    sentence, match.start(), match.end(), "blood_group", "Rh", value, begins_at=sentence.at
                )


def _of_another(bare: str, start: int, end: int) -> bool:
    """What stands in the whole sentence counts: a plan to give blood names the bag's group."""
    return bool(NOT_OWN_BLOOD.search(bare) or RELATIVE.search(bare)) or bool(
        PLANNED.search(bare[max(0, start - 10) : start])
    )


def allergies(parts: Iterable[Sentence]) -> Iterator[Statement]:
    """Kind `allergy` with the class of the drug as name, or `no_allergy` where any drug is denied."""
    for sentence in parts:
        asserted = [match for match in ALLERGIC.finditer(sentence.bare) if _asserted(sentence, match)]
        for match in asserted:
            said = match["drug"] or match["listed"]
            yield Statement(
                sentence, match.start(), match.end(), "allergy", _class_of(said), said, begins_at=sentence.at
            )
        none = NONE_AT_ALL.search(sentence.bare)
        if none is None or asserted or SAID_OTHERWISE.search(sentence.bare):
            continue
        if not RELATIVE.search(sentence.bare[: none.start()][-12:]):
            yield Statement(sentence, none.start(), none.end(), "no_allergy", "药物", begins_at=sentence.at)


def _asserted(sentence: Sentence, match: re.Match[str]) -> bool:
    left, _ = clause_around(sentence.bare, match.start(), match.end())
    before = sentence.bare[left : match.start()]
    told = match[0]
    denied = DENIED.search(before) or re.search(r"无过敏|未过敏|不过敏", told)
    return not (
        denied
        or CONDITION.search(before)
        or RELATIVE.search(before)
        or re.search(r"禁用|慎用|禁忌|询问|有无|是否|□|可疑|[?？]", sentence.bare)
    )


def _class_of(drug: str) -> str:
    return next(name for name, pattern in DRUGS if re.search(pattern, drug))
