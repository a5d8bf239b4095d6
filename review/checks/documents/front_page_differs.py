"""DOC-015: the front page of the record says another thing than the settlement list and the register of the same stay.

It measures times (beyond an hour), sex, days, way of leaving, the diagnoses and the operations as sets, and obligatory
fields left blank. Codes of the clinical and of the insurance version are one where their category or their name agrees;
the order of the other diagnoses says nothing. Without a front page, the dates of the discharge record stand in for what
they can. Source: 住院病案首页数据填写质量规范 第三、五、八条; 医疗机构医疗保障定点管理暂行办法 第二十一条.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from review.checks.continued_stays import goes_on, went_on
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Record
from review.facts.front_page import KIND, Coded, FrontPage, Stated, front_page
from review.facts.times import moments
from review.models import Evidence, Problem
from review.record import Diagnosis, Document, OperationRow
from review.violations import Certainty

WAYS = {"1": "医嘱离院", "2": "医嘱转院", "3": "医嘱转社区", "4": "非医嘱离院", "5": "死亡", "9": "其他"}
SUMMARIES = ("出院记录", "出院小结", "死亡记录", "24小时内入出院记录")
SUMMARY_TIMES = (
    ("入院", re.compile(r"入\s*院\s*(?:时\s*间|日\s*期)\s*[:：]\s*")),
    ("出院", re.compile(r"(?:出\s*院|死\s*亡)\s*(?:时\s*间|日\s*期)\s*[:：]\s*")),
)
WEAK = re.compile(
    r"急性|慢性|原发|继发|恶性|良性|双侧|单侧|疾病|病损|综合征|[急慢炎症病癌瘤左右性的型期级度及和伴有其他未特指术后"
    r"（）()\[\]，,、\s\dA-Za-zⅠⅡⅢⅣ－-]"
)
WEAK_OF_OPERATION = re.compile(
    r"(?:腹腔|胸腔|宫腔|关节|膀胱|输尿管|支气管|内|纤维|胆道|电子)镜|经(?:皮|腹|尿道|阴道|直肠|口|鼻)|切除|切开|切断|置入|植入|置换|"
    r"修补|取出|缝合|引流|探查|固定|吻合|成形|结扎|根治|扩大|部分|全部|单侧|双侧|[左右侧下式术的伴及和全次性（）()\[\]，,、\s\dA-Za-z－-]"
)
READABLE = 0.9


@dataclass(frozen=True)
class Difference:
    """One thing that two sources say differently."""

    told: str
    certainty: Certainty
    evidence: tuple[Evidence, ...] = ()
    fact_ids: tuple[str, ...] = ()


@check(
    code="DOC-015",
    title="首页与结算清单、病历不一致",
    violation="documentation_defect",
    certainty="established",
    needs={"tables": ("admissions", "documents")},
    limits={"minutes_apart": 60, "days_apart": 1, "same_characters": 2},
    limits_said={
        "minutes_apart": "时刻相差多少分钟以内不算",
        "days_apart": "住院天数相差几天以内不算",
        "same_characters": "名称至少几个相同的字才算同一诊断",
    },
    basis=(
        "住院病案首页数据填写质量规范（暂行）#第三条",
        "住院病案首页数据填写质量规范（暂行）#第五条",
        "住院病案首页数据填写质量规范（暂行）#第八条",
        "医疗机构医疗保障定点管理暂行办法#第二十一条",
    ),
    message="病案首页与结算清单、就诊登记不一致：$told。",
    why="结算清单取自病案首页，两者和病历应当一致；不一致影响付费，须看哪一处不实。",
    exceptions=(
        "临床版编码转为医保版编码",
        "其他诊断的次序不同",
        "时刻相差一小时以内",
        "只写日期或整点的登记",
        "住院天数按算头又算尾计",
        "中途结算与年终结转",
        "离院方式登记为其他",
        "扫描件识别不清",
        "首页缺页",
        "首页空白处印有备选项",
        "名称写法不同的同一手术",
    ),
    overturned_by=("病案室的首页原件", "更正后的清单", "编码员的说明"),
    covers={"classes": (35,)},
)
def front_page_differs(record: Record, limits: Limits) -> Iterator[Problem]:
    pages = [front_page(document) for document in record.of_kind(KIND) if document.confidence >= READABLE]
    continued = goes_on(record) or went_on(record)
    found: list[Difference] = []
    for page in pages[:1]:
        if not continued:
            found += [*_times(record, page, limits), *_leaving(record, page, limits)]
        found += [
            *_diagnoses(record, page, limits),
            *_operations(record, page, limits),
            *_blanks(record, page),
        ]
    if not pages and not continued:
        found += _summary(record)
    if not found and not pages:
        unreadable = bool(record.of_kind(KIND))
        raise NotChecked("病案首页识别不清" if unreadable else "缺：病案首页")
    for certainty in (Certainty.ESTABLISHED, Certainty.PROBABLE, Certainty.CLUE):
        own = [one for one in found if one.certainty is certainty]
        if own:
            yield Problem(
                fields={"told": "；".join(one.told for one in own[:6])},
                evidence=tuple(dict.fromkeys(quote for one in own for quote in one.evidence))[:8],
                fact_ids=tuple(dict.fromkeys(fact for one in own for fact in one.fact_ids))[:8],
                certainty=certainty,
                points_at=tuple(one.told[:16] for one in own),
            )


def _quote(record: Record, page: FrontPage, start: int, end: int) -> tuple[Evidence, ...]:
    return (record.quote(page.document, start, end),)


def _of_register(record: Record, name: str, shown: str) -> Evidence:
    return Evidence("table", "mdtrt_d", shown, row=record.admission.admission_id, label=name)


def _times(record: Record, page: FrontPage, limits: Limits) -> Iterator[Difference]:
    admission = record.admission
    for name, said, own in (
        ("入院时间", page.admitted, admission.begins_at),
        ("出院时间", page.discharged, admission.ends_at),
    ):
        if said is None:
            continue
        at, exact, start, end = said
        if _apart(at, exact, own, limits["minutes_apart"]):
            shown = f"{own:%Y-%m-%d %H:%M}"
            yield Difference(
                f"{name}首页为 {at:%Y-%m-%d %H:%M}，登记为 {shown}"
                if exact
                else f"{name}首页为 {at:%Y-%m-%d}，登记为 {own:%Y-%m-%d}",
                Certainty.ESTABLISHED,
                (*_quote(record, page, start, end), _of_register(record, name, shown)),
            )


def _apart(one: datetime, exact: bool, other: datetime, minutes: float) -> bool:
    """Whether two times differ; where either has no clock, by their days."""
    if not exact or other.time() == time():
        return one.date() != other.date()
    return abs((one - other).total_seconds()) > minutes * 60


def _leaving(record: Record, page: FrontPage, limits: Limits) -> Iterator[Difference]:
    """Sex, days and the way of leaving."""
    admission = record.admission
    if page.sex and admission.sex and page.sex.value != admission.sex:
        yield _differs(record, page, page.sex, "性别", page.sex.value, admission.sex)
    if page.days and abs(int(page.days.value) - admission.bed_days) > limits["days_apart"]:
        yield _differs(record, page, page.days, "住院天数", page.days.value, str(admission.bed_days))
    way = admission.discharge_way
    if page.way and way in WAYS and page.way.value != way and "9" not in (way, page.way.value):
        yield _differs(record, page, page.way, "离院方式", WAYS[page.way.value], WAYS[way])


def _differs(record: Record, page: FrontPage, said: Stated, name: str, one: str, other: str) -> Difference:
    return Difference(
        f"{name}首页为“{one}”，登记为“{other}”",
        Certainty.ESTABLISHED,
        (*_quote(record, page, said.start, said.end), _of_register(record, name, other)),
    )


def _diagnoses(record: Record, page: FrontPage, limits: Limits) -> Iterator[Difference]:
    listed = [one for one in record.diagnoses if one.diagnosis_name]
    if not page.diagnoses or not listed or not record.provided("setl_list_diag_d"):
        return
    same = int(limits["same_characters"])
    bare = "".join(page.document.text.split())
    for one in listed:
        if one.diagnosis_name in bare or any(_same_diagnosis(one, other, same) for other in page.diagnoses):
            continue
        kind = "主要诊断" if one.is_main else "诊断"
        yield Difference(
            f"清单的{kind}“{one.diagnosis_name}（{one.diagnosis_code}）”首页没有",
            Certainty.ESTABLISHED if all(other.code for other in page.diagnoses) else Certainty.PROBABLE,
            (*_quote(record, page, page.diagnoses[0].start, page.diagnoses[0].end), _listed(record, one)),
        )
    main = next((one for one in listed if one.is_main), None)
    first = page.diagnoses[0]
    swapped = main is not None and any(_same_diagnosis(main, other, same) for other in page.diagnoses[1:])
    if main is not None and swapped and not _same_diagnosis(main, first, same):
        yield Difference(
            f"主要诊断首页为“{first.name}”，清单为“{main.diagnosis_name}”",
            Certainty.ESTABLISHED,
            (*_quote(record, page, first.start, first.end), _listed(record, main)),
        )
    for other in page.diagnoses:
        if other.name and not any(_same_diagnosis(one, other, same) for one in listed):
            yield Difference(
                f"首页的诊断“{other.name}”清单没有",
                Certainty.PROBABLE,
                _quote(record, page, other.start, other.end),
            )


def _listed(record: Record, one: Diagnosis) -> Evidence:
    shown = f"{one.diagnosis_code} {one.diagnosis_name}"
    return Evidence(
        "table", "setl_list_diag_d", shown, row=record.admission.admission_id, label="结算清单诊断"
    )


def _same_diagnosis(one: Diagnosis, other: Coded, least: int) -> bool:
    category = one.diagnosis_code.upper()[:3]
    if other.code and other.code[:1] != category[:1]:
        least += 1  # of two chapters: a shared 衰竭 or 感染 does not make them one
    return bool(other.code and other.code[:3] == category) or _alike(one.diagnosis_name, other.name, least)


def _alike(one: str, other: str, least: int, weak: re.Pattern[str] = WEAK) -> bool:
    """Whether two names share what tells them from others; words that any name may hold do not count."""
    a, b = weak.sub("", one), weak.sub("", other)
    if min(len(a), len(b)) < least:
        return one == other or (bool(a) and a == b) or one in other or other in one
    shared = len(set(a) & set(b))
    return a in b or b in a or (shared >= least and shared * 2 >= min(len(set(a)), len(set(b))))


def _operations(record: Record, page: FrontPage, limits: Limits) -> Iterator[Difference]:
    listed = [row for row in record.operations if row.origin == "settlement" and row.operation_name]
    whole = page.has_operations or (
        page.way is not None and bool(page.diagnoses)
    )  # what follows the column is there
    if not whole or not record.provided("setl_list_oprn_d"):
        return
    same = int(limits["same_characters"])
    bare = "".join(page.document.text.split())
    for row in listed:
        if (row.operation_name or "") in bare or any(
            _same_operation(row, one, same) for one in page.operations
        ):
            continue
        said = "首页手术栏没有此项" if page.operations else "首页手术栏空白"
        yield Difference(
            f"清单的手术“{row.operation_name}（{row.operation_code or '无编码'}）”，{said}",
            Certainty.ESTABLISHED,
            _operations_quote(record, page),
            (row.fact_id,),
        )
    for one in page.operations:
        if one.name and not any(_same_operation(row, one, same) for row in listed):
            yield Difference(
                f"首页的手术“{one.name}”清单没有",
                Certainty.PROBABLE,
                _quote(record, page, one.start, one.end),
            )


def _same_operation(row: OperationRow, one: Coded, least: int) -> bool:
    """By category, or by name; where the codes are of two chapters only by the whole name."""
    code, name = (row.operation_code or "").upper(), row.operation_name or ""
    if code and one.code and one.code[:2] != code[:2]:
        return name in one.name or one.name in name
    same_code = bool(code and one.code) and one.code[:4] == code[:4]  # type: ignore[index]
    return same_code or _alike(name, one.name, least, WEAK_OF_OPERATION)


def _operations_quote(record: Record, page: FrontPage) -> tuple[Evidence, ...]:
    match = re.search(r"手\s*术\s*及\s*操\s*作[^\n]{0,40}", page.document.text)
    return _quote(record, page, match.start(), match.end()) if match else ()


def _blanks(record: Record, page: FrontPage) -> Iterator[Difference]:
    if page.blanks:
        names = "、".join(one.value for one in page.blanks)
        quotes = tuple(quote for one in page.blanks[:3] for quote in _quote(record, page, one.start, one.end))
        yield Difference(f"首页应填的{names}空白", Certainty.PROBABLE, quotes)


def _summary(record: Record) -> Iterator[Difference]:
    """Without a front page: the days of coming and leaving as the discharge record states them."""
    admission = record.admission
    for document in _readable(record.of_kind(*SUMMARIES)):
        for name, label in SUMMARY_TIMES:
            own = admission.begins_at if name == "入院" else admission.ends_at
            match = label.search(document.text)
            said = moments(document.text[match.end() : match.end() + 24]) if match else []
            if match is None or not said or said[0].start != 0 or said[0].at.date() == own.date():
                continue
            end = match.end() + said[0].end
            yield Difference(
                f"{name}日期{document.title}写作 {said[0].at:%Y-%m-%d}，登记为 {own:%Y-%m-%d}",
                Certainty.PROBABLE,
                (
                    record.quote(document, match.start(), end),
                    _of_register(record, f"{name}时间", f"{own:%Y-%m-%d %H:%M}"),
                ),
            )


def _readable(documents: Sequence[Document]) -> Iterator[Document]:
    return (document for document in documents if document.confidence >= READABLE)
