"""How many pieces of a material a record says were placed, and how many its label sheets show.

Prose gives `implant` (one count of a class) and `implant_total` (共…枚); a row of a label sheet gives `implant_label`.
What was taken out, tried, planned or told of another time is no count; a count that cannot be worked out has no value.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from knowledge.numerals import number_of
from review.facts.context import context
from review.facts.gates import Gate
from review.facts.sentences import Sentence, labelled
from review.facts.statements import Statement
from review.record import Document

FILE = Path(__file__).with_name("implants.yaml")
PIECES = "枚个块片张套根支颗只条具把粒件"
COUNT = re.compile(
    rf"(?<![\d.×xX*＋+\-/#№号批第])(?P<number>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})(?P<unit>[{PIECES}])(?![孔头腔钩])"
)
COUNT_GATE = Gate(COUNT)
TOLD_IN = re.compile(r"手术记录|术后首次|操作记录|介入|清点|护理记录|病程记录|查房记录|抢救记录")
NOT_PLACED = re.compile(
    r"取出|拆除|去除|取下|拔除|移除|更换下|报废|浪费|弃用|损坏|污染|试模|未用|退回|备用|拟|预计|明日"
)
INSTRUMENT = re.compile(r"(?:钳|剪|镊子?|刀[柄片]?|持针器|拉钩|吸引头|纱布|纱垫|棉[片球条]|缝针|针头)$")
CLAUSE = re.compile(r"[，,。；;]")
ONLY_PLACES = re.compile(
    r"^[、，,和及与并近远端左右上下内外前后侧头尾中段干处各分别另再又LTCS\d~\-/椎体节骨横行纵斜于置入植拧攻（()）]*$"
)
TOTAL = re.compile(r"(?:共|合计|总计|总共)[^，。；]{0,12}$")
EACH = re.compile(r"各|每|分别|均")
TWO_PLACES = re.compile(
    r"近远端|近端[及和、与]远端|远端[及和、与]近端|两端|双侧|两侧|左右|上下|双眼|双膝|双髋"
)
VERTEBRA = re.compile(r"(?<![A-Za-z\d])([LTCS])(\d{1,2})(?:[-~/、]([LTCS]?)(\d{1,2}))?")
LABEL_SHEET = re.compile(
    r"条形?码|标签|合格证|植入物.{0,6}(?:登记|记录|粘贴)|高值耗材.{0,6}(?:登记|粘贴|使用单)"
)
SHEET_ENDS = re.compile(r"粘贴人|签名|签字|记录者|核对者|^\s*【")
LABEL_COUNT = re.compile(rf"数量\s*[:：|]?\s*(\d{{1,3}})|(?:^|[\s|,，])(\d{{1,3}})\s*([{PIECES}])(?:\s|\||$)")
TRACED = re.compile(
    r"批号|序列号|批次|LOT|REF|S/?N|UDI|型号|规格|条码|\(01\)|\d+(?:\.\d+)?\s?mm", re.IGNORECASE
)
LONGEST_HEADING = 40


@dataclass(frozen=True)
class MaterialClass:
    """One class of `implants.yaml`."""

    name: str
    pattern: re.Pattern[str]


@cache
def material_classes() -> tuple[MaterialClass, ...]:
    return tuple(
        MaterialClass(entry["name"], re.compile(entry["any"]))
        for entry in yaml.safe_load(FILE.read_text("utf-8"))
    )


@cache
def class_of(name: str) -> str | None:
    """The class of material that a name belongs to; null where it names none."""
    return next((known.name for known in material_classes() if known.pattern.search(name)), None)


def implants(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """The counts that operation records, course and nursing notes state."""
    for sentence in sentences:
        if not COUNT_GATE.opens(sentence.letters):
            continue
        if TOLD_IN.search(sentence.document.kind + sentence.document.title) and not _in_label_sheet(sentence):
            yield from _counts(sentence)


def _counts(sentence: Sentence) -> Iterator[Statement]:
    text, last_end, last_class = sentence.bare, 0, None
    for match in COUNT.finditer(text):
        gap = text[last_end : match.start()]
        named = _last_class(gap) or _class_behind(text, match.end())
        if named is None and last_class and ONLY_PLACES.match(gap):
            named = last_class
        last_end = match.end()
        if named is None or INSTRUMENT.search(gap):
            last_class = None
            continue
        last_class = named
        around = context(sentence, match.start(), match.end())
        clause = _clause(text, match.start())
        if NOT_PLACED.search(clause) or around.planned or around.past or around.denied:
            continue
        times = _times(text[: match.start()], clause)
        yield Statement(
            sentence,
            _start_of(text, match.start()),
            match.end(),
            "implant_total" if TOTAL.search(text[: match.start()]) else "implant",
            named,
            value=None if times is None else str(number_of(match["number"]) * times),
            unit=match["unit"],
            begins_at=sentence.at,
        )


def _last_class(gap: str) -> str | None:
    """The class named last before a count: of 螺钉固定接骨板1块 it is the plate."""
    found = [
        (hit.end(), -place, known.name)
        for place, known in enumerate(material_classes())
        for hit in known.pattern.finditer(gap)
    ]
    return max(found)[2] if found else None


def _class_behind(text: str, end: int) -> str | None:
    """The class right behind a count: 3枚螺钉, 一枚药物洗脱支架."""
    behind = re.split(r"[，,。；;、]", text[end : end + 16], maxsplit=1)[0]
    found = [
        (hit.start(), place, known.name)
        for place, known in enumerate(material_classes())
        if (hit := known.pattern.search(behind))
    ]
    return min(found)[2] if found else None


def _times(before: str, clause: str) -> int | None:
    """By how much 各2枚 multiplies; null where the places cannot be counted."""
    if not EACH.search(clause):
        return 1
    said = before[-40:]
    times = 2 if TWO_PLACES.search(said) else 1
    levels = sum(_levels(match) for match in VERTEBRA.finditer(said))
    if levels:
        return levels * times
    return times if times > 1 else None


def _levels(match: re.Match[str]) -> int:
    if match[4] is None:
        return 1
    span = int(match[4]) - int(match[2]) + 1
    return span if not match[3] or match[3] == match[1] else 2


def _clause(text: str, place: int) -> str:
    """The clause up to a count; its verb says what became of the piece."""
    return CLAUSE.split(text[:place])[-1]


def _start_of(text: str, place: int) -> int:
    """Where the quote of a count begins: at its clause."""
    return max((match.end() for match in CLAUSE.finditer(text, 0, place)), default=0)


def implant_labels(document: Document) -> Iterator[Statement]:
    """The rows of every label sheet in a document; a row without a number is one piece."""
    for start, end in _sheet_lines(document.text):
        line = document.text[start:end]
        named = class_of(line)
        count = LABEL_COUNT.search(line)
        if named is None or (count is None and not TRACED.search(line)):
            continue
        sentence = labelled(document, start, end, "植入物标签")
        yield Statement(
            sentence,
            0,
            len(sentence.bare),
            "implant_label",
            named,
            value=(count[1] or count[2]) if count else "1",
            unit=count[3] if count else None,
            begins_at=document.written_at,
        )


@lru_cache(maxsize=4)  # sentences come document by document
def _sheet_lines(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the lines that stand below a label sheet's heading."""
    lines, inside, place = [], False, 0
    for line in text.split("\n"):
        begins, place = place, place + len(line) + 1
        if LABEL_SHEET.search(line) and len(line.strip()) <= LONGEST_HEADING and class_of(line) is None:
            inside = True
        elif inside and SHEET_ENDS.search(line):
            inside = False
        elif inside and line.strip():
            lines.append((begins, begins + len(line)))
    return tuple(lines)


def _in_label_sheet(sentence: Sentence) -> bool:
    place = sentence.places[0]
    return any(start <= place < end for start, end in _sheet_lines(sentence.document.text))
