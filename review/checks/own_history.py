"""Which parts of a history in a passage cannot be the patient's: an organ of the other sex, the accident of somebody
without an injury, a day that had not come, an onset that the own complaint denies, another way of coming in.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from review.checks.inputs import Record
from review.checks.organs_by_sex import BETWEEN_SEXES, OF_MEN, OF_WOMEN, told_of_the_patient
from review.facts.context import NEGATION, PAST, PLANNED, clause_around
from review.record import Document

Told = tuple[str, str, str]  # the mark, what was said, what the own data say
SENTENCE = re.compile(r"[^。；;\n]+")
ACCIDENT = re.compile(
    r"坠落|跌落|坠楼|摔伤|摔倒|跌倒|跌伤|滑倒|踩空|绊倒|车祸|相撞|撞伤|撞倒|砸伤|砸中|压伤|砍伤|割伤|刺伤|咬伤|烫伤|烧伤|"
    r"电击|触电|扭伤|挤压|蜇伤|溺水"
)
INJURY_CODE = re.compile(
    r"^(?:[STVWXY]|M80|M84|M49\.5|M48\.[45]|M23\.[2356]|M75\.1|M22|G9[05])", re.IGNORECASE
)
INJURY = re.compile(
    r"骨折|损伤|外伤|挫伤|裂伤|裂创|烧伤|烫伤|扭伤|脱位|血肿|出血|断裂|中毒|咬伤|蜇伤|伤口|撕裂|异物"
)
# Not where a clock follows without white space: 2025.6.2 9:59 would be read as the 29th.
DAY = re.compile(r"(20\d\d)[-./年](\d{1,2})[-./月](\d{1,2})(?:日|(?![\d:：时点]))")
PREVENTED = re.compile(r"预防|防[范止]?|避免|以免|警惕|谨防|[高低中]危")
AT_RISK = re.compile(r"(?:[、/和及或]?坠床)?(?:的)?(?:高危|风险|评[分估]|危险|防范|告知|宣教)")
TO_COME = re.compile(rf"{PLANNED.pattern}|复查|复诊|随访|返院|下次|有效期")
NUMERAL = {word: float(number) for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2, "半": 0.5}
LASTING = re.compile(r"(\d+(?:\.\d+)?|[一二两三四五六七八九十半])(?:余|多)?(?:个)?(年|月|周|天|日|小时|分钟)")
DAYS_OF = {"年": 365.0, "月": 30.0, "周": 7.0, "天": 1.0, "日": 1.0, "小时": 1 / 24, "分钟": 1 / 1440}
COMPLAINT = re.compile(r"主诉[:：]([^\n。]{2,60})")
ONSET = re.compile(rf"(?:^|[:：。]|患者|缘于|源于|自诉|于)(?:约|大约|入院)?{LASTING.pattern}前")
APART = 6.0  # times as long or as short; a complaint is rounded and an onset is told loosely
CAME = re.compile(r"(步行|平车|轮椅|担架|抱|抬|搀扶|扶)(?:推|送|行)*(?:入|至|来)(?:院|病房|病区|科|我科)")
ON_FOOT, CARRIED = frozenset({"步行"}), frozenset({"平车", "担架", "抬"})


def foreign_history(record: Record, other: Record, document: Document, text: str) -> Iterator[Told]:
    """Of a passage without white space, all that the patient's own data deny."""
    yield from _organ(record, text)
    yield from _accident(record, other, text)
    yield from _day_to_come(document, text)
    yield from _onset(record, document, text)
    yield from _arrival(record, document, text)


def _organ(record: Record, text: str) -> Iterator[Told]:
    sex = record.admission.sex
    if sex is None or record.admission.age_years == 0:
        return
    pattern = OF_MEN if sex == "女" else OF_WOMEN
    for sentence in SENTENCE.findall(text):
        match = pattern.search(sentence)
        if match is None or not told_of_the_patient(sentence, match):
            continue
        if not any(BETWEEN_SEXES.search(one.text) for one in record.documents):
            yield "性别", match[0], sex
            return


def _accident(record: Record, other: Record, text: str) -> Iterator[Told]:
    """An accident told as the beginning of this illness, where the other was treated for an injury and this one not."""
    told = next((match for match in ACCIDENT.finditer(text) if _of_now(text, match)), None)
    if told is None or not record.diagnoses or _injured(record) or not _injured(other):
        return
    main = record.diagnoses[0].diagnosis_name
    yield "起病经过", told[0], f"{main}，诊断中无损伤"


def _of_now(text: str, match: re.Match[str]) -> bool:
    left, _ = clause_around(text, match.start(), match.end())
    before = text[left : match.start()]
    kept_off = PREVENTED.search(before) or AT_RISK.match(text, match.end())
    return not (kept_off or NEGATION.search(before) or PAST.search(before) or PLANNED.search(before))


def _injured(record: Record) -> bool:
    admission = record.admission
    named = (admission.admission_diagnosis or "", admission.main_diagnosis or "")
    return any(
        INJURY_CODE.match(one.diagnosis_code) or INJURY.search(one.diagnosis_name) for one in record.diagnoses
    ) or any(INJURY.search(name) for name in named)


def _day_to_come(document: Document, text: str) -> Iterator[Told]:
    """A day told as past that had not come when the note was written."""
    if document.written_at is None:
        return
    for match in DAY.finditer(text):
        day = _day(*(int(part) for part in match.groups()))
        left, right = clause_around(text, match.start(), match.end())
        if day is None or TO_COME.search(text[left:right]):
            continue
        if (day - document.written_at.date()).days > 1:
            yield "日期", match[0], f"文书写于 {document.written_at:%Y-%m-%d}"
            return


def _day(year: int, month: int, day: int) -> date | None:
    real = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return date(year, month, day) if real else None


def _onset(record: Record, document: Document, text: str) -> Iterator[Told]:
    """An illness begun at quite another time than the own chief complaint says."""
    own = COMPLAINT.search("".join(document.text.split()).replace("现病史", "\n"))
    if own is None or own[1] in text:
        return
    lasting = [_days(match) for match in LASTING.finditer(own[1])]
    begun = ONSET.search(text)
    if not lasting or begun is None:
        return
    said = _days(begun)
    if all(said > APART * days or days > APART * said for days in lasting):
        yield "起病时间", begun[0].lstrip("：:。"), f"主诉“{own[1][:24]}”"


def _days(match: re.Match[str]) -> float:
    number = NUMERAL[match[1]] if match[1] in NUMERAL else float(match[1])
    return max(number * DAYS_OF[match[2]], 1 / 24)


def _arrival(record: Record, document: Document, text: str) -> Iterator[Told]:
    told = CAME.search(text)
    if told is None:
        return
    own = [
        match
        for one in record.documents
        if one is not document and "护理" in one.kind
        for match in CAME.finditer("".join(one.text.split()))
    ]
    if len({match[1] for match in own}) != 1:
        return
    if {frozenset({told[1]}) <= ON_FOOT, frozenset({own[0][1]}) <= ON_FOOT} == {True, False} and (
        told[1] in CARRIED or own[0][1] in CARRIED
    ):
        yield "入院方式", told[0], own[0][0]
