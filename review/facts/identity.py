"""Who a sentence speaks of: sex, age, bed, day of stay, day after operation, heart rhythm, side — so that a passage
about somebody else can be told.

Header lines (姓名：… 性别：…) become `header` statements, what the prose says of the patient `mention` statements.
"""

import re
from collections.abc import Iterator

from review.facts.context import context
from review.facts.gates import Gates
from review.facts.sentences import Wording
from review.facts.statements import Told, of_wordings

# A form also names relatives, agents and the newborn; their fields are not the patient's.
OTHERS = "家属 理人 系人 护人 托人 权人 术者 查者 医师 医生 护士 母亲 父亲 配偶 丈夫 妻子 供者 婴儿 生儿 胎儿 患儿母"
NOT_THE_PATIENT = "".join(f"(?<!{whose})" for whose in re.findall(r"\S+", OTHERS))
SAYS = r"(?:[】\]][:：]?|[:：])"  # behind the name of a field: 姓名：… 【姓名】…
NAMED = ("姓名：", "姓名:", "姓名】", "姓名]")
HEADER = Gates(
    (compiled := re.compile(pattern), (name, compiled))
    for name, pattern in (
        (
            "name",
            rf"{NOT_THE_PATIENT}姓名{SAYS}([\u4e00-\u9fff·]{{2,8}}?)"
            r"(?=性别|年龄|科室|科别|病区|床号|床位|住院号|病案号|年|$|[|｜,，;；/【\[])",
        ),
        ("sex", rf"{NOT_THE_PATIENT}性别{SAYS}([男女])"),
        ("age", rf"{NOT_THE_PATIENT}年龄{SAYS}(\d{{1,3}})岁"),
        ("bed", rf"床(?:号|位号?){SAYS}([A-Za-z]{{0,4}}\d{{1,4}})床?"),
        ("inpatient_no", rf"(?:住院号|住院病历号|病案号){SAYS}([A-Za-z0-9]{{4,30}})"),
    )
)
MENTION = Gates(
    (compiled := re.compile(pattern), (name, compiled))
    for name, pattern in (
        ("sex", r"(?:(?:青|青少|中|老|成)年|高龄|患者|患儿|\d岁)[^，。；]{0,2}(男|女)(?:性|患者|，|,|$)"),
        ("sex", r"(男|女)(?:性患者|患者|婴|童|孩)"),
        ("age_group", r"(新生儿|婴儿|幼儿|儿童|少年|青年|中年|老年|高龄)(?:男|女|患者|，)"),
        ("age", r"(?:患者|男|女)[^，。；]{0,4}?(\d{1,3})岁(?!时|起|前|后|以)"),
        ("age", r"(?<!\d)(\d{1,3})岁(?=男|女|患者)"),
        ("age", r"(?:患者|[男女]性?)[，,](\d{1,3})岁(?!时|起|前|后|以)"),
        ("bed", r"(?<![第\d号])(\d{1,3})床(?!旁|边|位|单|头|上|日|铺|垫|栏)"),
        ("stay_day", r"入院(?:后)?第?(\d{1,3})(?:天|日)"),
        ("days_after_operation", r"术后(?:第)?(\d{1,3})(?:天|日)"),
        ("rhythm", r"(房颤律|房颤心律|心房颤动律|窦性心律|心律绝对不齐|律绝对不齐)"),
        (
            "side",
            r"((?:左|右|双)侧?(?:上肢|下肢|肢体|膝|髋|肩|肘|腕|踝|手|足|眼|耳|肾|肺|乳|股骨|胫骨|桡骨|输尿管|腹股沟|卵巢|附件)[^，。；]{0,6})",
        ),
    )
)


@of_wordings
def identities(wording: Wording) -> Iterator[Told]:
    """Header fields and mentions of the patient's own marks."""
    is_header = any(form in wording.bare for form in NAMED)
    for kind, gates in (("header", HEADER),) if is_header else (("header", HEADER), ("mention", MENTION)):
        seen: set[tuple[str, str]] = set()
        for name, pattern in gates.open_to(wording.letters):
            for match in pattern.finditer(wording.bare):
                if (name, match[1]) in seen:
                    continue
                if kind == "header" or not _of_another(wording, match):
                    seen.add((name, match[1]))
                    yield Told(match.start(), match.end(), kind, name, value=match[1])


def _of_another(wording: Wording, match: re.Match[str]) -> bool:
    around = context(wording, match.start(), match.end())
    return around.relative or around.denied
