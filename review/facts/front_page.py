"""What the front page of a record (病案首页) states: times, sex, days, way of leaving, diagnoses, operations, blanks.

Read by the labels of the printed form, whatever its columns; a label that is not on the page states nothing. Which of
it another source denies, the check asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from review.facts.times import moments
from review.record import Document

KIND = "病案首页"
_GAP = r"[\s:：|_】\]]*"
SEX = re.compile(rf"性\s*别{_GAP}(?:(?P<text>[男女])|(?P<code>[12])(?=\s|$|[.．、]?\s*1))")
ADMITTED = re.compile(r"入\s*院\s*(?:时\s*间|日\s*期)[\s:：|】\]]*")
DISCHARGED = re.compile(r"(?:出\s*院|离\s*院|死\s*亡)\s*(?:时\s*间|日\s*期)[\s:：|】\]]*")
DAYS = re.compile(r"(?:实\s*际\s*)?住\s*院\s*(?:天\s*数|日\s*数)?[\s:：|】\]]*(?P<days>\d{1,3})\s*(?:天|日)")
WAYS = {
    "医嘱离院": "1",
    "医嘱转院": "2",
    "转社区": "3",
    "医嘱转社区": "3",
    "非医嘱离院": "4",
    "死亡": "5",
    "其他": "9",
}
WAY = re.compile(
    r"离\s*院\s*方\s*式[\s:：|_】\]]*(?:(?P<code>[1-59])(?![\d.．、])|(?P<text>医嘱离院|医嘱转院|(?:医嘱)?转社区|非医嘱离院|死亡))"
)
DIAGNOSES_BEGIN = re.compile(r"主\s*要\s*(?:出院)?\s*诊\s*断")
DIAGNOSES_END = re.compile(
    r"手\s*术\s*及\s*操\s*作|损\s*伤\s*、?\s*中\s*毒|病\s*理\s*诊\s*断|药\s*物\s*过\s*敏|离\s*院\s*方\s*式|血\s*型"
)
OTHER_DIAGNOSIS = re.compile(r"其\s*他\s*诊\s*断(?:[ \t:：】]*\n)?[^\n]*")
OPERATIONS_BEGIN = re.compile(
    r"手\s*术\s*及\s*操\s*作\s*(?:编\s*码|名\s*称|代\s*码|[:：】])|手\s*术\s*(?:编\s*码|操\s*作)"
)
OPERATIONS_END = re.compile(
    r"离\s*院\s*方\s*式|是\s*否\s*有\s*出\s*院|颅\s*脑\s*损\s*伤|住\s*院\s*费\s*用|医\s*师\s*签|科\s*主\s*任"
)
DIAGNOSIS_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?P<code>[A-TV-Z]\d{2}(?:\.[0-9xX]{1,3}(?:[0-9xX+*]{0,5})?)?)(?![A-Za-z0-9/])"
)
OPERATION_CODE = re.compile(r"(?<![\d.:\-])(?P<code>\d{2}\.\d{1,4}(?:[xX]\d{2,4})?)(?![\d.:\-年月])")
NAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9（）()\[\]，,、/－\-ⅠⅡⅢⅣⅤα-ω]{2,60}")
NO_NAME = re.compile(
    r"^(?:手术及操作(?:编码|名称|代码)?|主要诊断|其他诊断|出院诊断|诊断|疾病编码|入院病情|编码|名称|手术|日期|级别|术者|麻醉|切口|愈合|有|无|\d+|[ⅠⅡⅢⅣ]?[/甲乙丙]*)$"
)
LABEL_BEFORE = re.compile(r"^.*?(?:主要(?:出院)?诊断|其他诊断|出院诊断|操作名称|手术名称)[:：\s|】\]]*")
OBLIGATORY = ("性别", "出生日期", "入院时间", "出院时间", "出院科别", "主要诊断", "离院方式", "实际住院")
NOTHING = r"[ \t|]*[_＿/\-—]*[ \t]*(?:[_＿ ]*年[_＿ ]*月[_＿ ]*日[_＿ ]*时?|天)?"
NEXT_LABEL = (
    r"(?=[ \t|]*(?:\n[ \t]*(?:[\u4e00-\u9fff（）()]{2,12}\s*[:：]|\n|$)|$)|"
    r"[ \t|]{2,}[\u4e00-\u9fff]{2,8}[:：])"
)


@dataclass(frozen=True)
class Coded:
    """One diagnosis or operation of the page; [start, end) counts in the document's own text."""

    name: str
    code: str | None
    is_main: bool
    start: int
    end: int


@dataclass(frozen=True)
class Stated:
    """One value of the page, with its place."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class FrontPage:
    """A front page as read; null or empty where it states nothing."""

    document: Document
    sex: Stated | None
    admitted: tuple[datetime, bool, int, int] | None  # time, whether to the minute, place
    discharged: tuple[datetime, bool, int, int] | None
    days: Stated | None
    way: Stated | None
    diagnoses: tuple[Coded, ...]
    operations: tuple[Coded, ...]
    has_operations: bool
    blanks: tuple[Stated, ...]


def front_page(document: Document) -> FrontPage:
    """The page by its labels."""
    text = document.text
    return FrontPage(
        document,
        _sex(text),
        _moment(text, ADMITTED),
        _moment(text, DISCHARGED),
        _value(text, DAYS, "days"),
        _way(text),
        tuple(_diagnoses(text)),
        tuple(_operations(text)),
        OPERATIONS_BEGIN.search(text) is not None,
        tuple(_blanks(text)),
    )


def _sex(text: str) -> Stated | None:
    match = SEX.search(text)
    if match is None:
        return None
    return Stated(match["text"] or {"1": "男", "2": "女"}[match["code"]], match.start(), match.end())


def _value(text: str, pattern: re.Pattern[str], name: str) -> Stated | None:
    match = pattern.search(text)
    return Stated(match[name], match.start(), match.end()) if match else None


def _way(text: str) -> Stated | None:
    match = WAY.search(text)
    if match is None:
        return None
    return Stated(match["code"] or WAYS[match["text"]], match.start(), match.end())


def _moment(text: str, label: re.Pattern[str]) -> tuple[datetime, bool, int, int] | None:
    for match in label.finditer(text):
        found = moments(text[match.end() : match.end() + 30])
        if found and found[0].start == 0:
            clock = text[match.end() : match.end() + found[0].end]
            exact = found[0].exact and re.search(r"[:：]\d|\d分", clock) is not None
            return found[0].at, exact, match.start(), match.end() + found[0].end
    return None


def _region(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> tuple[int, int] | None:
    first = begin.search(text)
    if first is None:
        return None
    last = end.search(text, first.end() + 1)
    return first.start(), last.start() if last else len(text)


def _diagnoses(text: str) -> Iterator[Coded]:
    region = _region(text, DIAGNOSES_BEGIN, DIAGNOSES_END)
    if region is None:
        return
    for number, one in enumerate(_coded(text, *region, DIAGNOSIS_CODE)):
        yield Coded(one.name, one.code, number == 0, one.start, one.end)
    for match in OTHER_DIAGNOSIS.finditer(text, region[1]):  # a form that lists them behind its other fields
        yield from _coded(text, match.start(), match.end(), DIAGNOSIS_CODE)


def _operations(text: str) -> Iterator[Coded]:
    region = _region(text, OPERATIONS_BEGIN, OPERATIONS_END)
    if region is not None:
        for number, one in enumerate(_coded(text, *region, OPERATION_CODE)):
            yield Coded(one.name, one.code, number == 0, one.start, one.end)


def _coded(text: str, begin: int, end: int, pattern: re.Pattern[str]) -> Iterator[Coded]:
    """Every line of the region that carries a code, with the name before or behind it."""
    at = begin
    for line in text[begin:end].split("\n"):
        codes = list(pattern.finditer(line))
        last = 0
        for number, match in enumerate(codes):
            following = codes[number + 1].start() if number + 1 < len(codes) else len(line)
            before = _names(LABEL_BEFORE.sub("", line[last : match.start()]))
            name = (before or _names(line[match.end() : following]) or [""])[-1 if before else 0]
            yield Coded(name, match["code"].upper(), False, at + last, at + match.end())
            last = match.end()
        at += len(line) + 1


def _names(text: str) -> list[str]:
    """The words of a cell that may be a name: Chinese, and no heading."""
    return [
        piece
        for piece in NAME.findall(text)
        if re.search(r"[\u4e00-\u9fff]{2}", piece) and not NO_NAME.match(piece)
    ]


def _blanks(text: str) -> Iterator[Stated]:
    """Labels of obligatory fields with nothing but a line behind them, which the page fills nowhere else."""
    for label in OBLIGATORY:
        spaced = r"\s*".join(label)
        places = list(re.finditer(spaced, text))
        empty = [match for match in re.finditer(spaced + r"[ \t]*[:：】]" + NOTHING + NEXT_LABEL, text)]
        if places and len(empty) == len(places):
            yield Stated(label, empty[0].start(), empty[0].end())
