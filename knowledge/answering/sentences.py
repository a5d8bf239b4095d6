"""Sentences of a passage, cut where they stand, and which of them speak to a question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.finding import lexical
from knowledge.finding.lexical import Lexicon
from knowledge.finding.queries import Query
from knowledge.numerals import NUMERAL

_NUMBER = rf"(?:\d[\d,.]*|{NUMERAL})"
_SENTENCE = re.compile(r"[^。；;！!？?\n|]+[。；;！!？?]?")
_LABEL = re.compile(r"^[一-鿿（）]{2,12}：")
_BARE = re.compile(r"^[\s|\-—…#*]*$|^\s*#|^\s*-\s*(?:source_url|核验|note|gap_note)\b")
_COUNTER = re.compile(r"^(?:\d{1,4}|True|False|batch_\w+|updates_\S+|\d{4}-\d\d-\d\d)$")
_CELL = re.compile(r"[^|\n]+")
_SENTENCE_END = re.compile(r"[^。；;！!？?\n]*[。；;！!？?\n]?")
_COMMA_END = re.compile(r"[^，,：:]*[，,：:]?")
_ALL = re.compile(
    r"哪些|哪几|都有|列全|列一下|都列|列出|几块|哪种|哪类情形|什么情形|啥情况|原文|写的是|怎么写|全文|which|list all"
)
# What a question asks for, and what a sentence must then hold.
_NEEDS: tuple[tuple[str, str], ...] = (
    (r"(?:几|多少)(?:个)?(?:小时|钟头)|小时数|第?\d+个小时", rf"{_NUMBER}\s*(?:个)?小时"),
    (r"(?:几|多少)(?:个)?(?:工作日|天|日)|多少天|最多付几天", rf"{_NUMBER}\s*(?:个)?(?:工作日|日|天|周)"),
    (r"(?:几|多少)(?:个)?月", rf"{_NUMBER}\s*(?:个)?月"),
    (r"(?:几|多少)年", rf"{_NUMBER}\s*年"),
    (r"(?:几|多少)倍", rf"{_NUMBER}\s*倍"),
    (r"百分之(?:几|多少)|几成|(?:比例|占比)(?:是|为)?(?:多少|几)", rf"\d\s*[%％]|百分之{NUMERAL}"),
    (
        r"多少(?:钱|元|块)|几块钱|几百(?![次个名人例家份])|几千(?![次个名人例家份])|几万|几毛|最高[^，。？?]{0,3}(?:多少|几)|奖励?[^，。？?]{0,4}(?:多少|几)|(?<!有没有)(?<!有无)(?:起付线|起付标准|封顶线|支付限额)|deductible|限价",
        rf"{_NUMBER}\s*(?:余)?(?:万|亿|千|百)?元",
    ),
    (r"(?:扣|记)(?:多少|几)分|几分", rf"{_NUMBER}\s*(?:[—\-至到]\s*{_NUMBER}\s*)?分"),
    (r"(?:几|多少)(?:名|个)?人|how many (?:officers|people|inspectors)", rf"{_NUMBER}\s*(?:名|人)"),
)


# Things that are counted: 几种, 多少家.
_COUNTED = re.compile(
    r"(?<![哪好十百千这那上了])(?:几|多少)个?(级|份|家|次|种|项|毫克|克|升|片|盒|支|丸|粒|袋|床|例|页|批|岁|轮|分钟|周|公里)"
)
# What it wants to hear of, where no number is asked.
_WISHES: tuple[tuple[str, str], ...] = (
    (
        r"怎么罚|罚多少|罚几|处罚|什么后果|啥后果|会怎么样|会怎样|怎么处理|如何处理|怎么处分",
        r"罚款|处分|责令|暂停|解除|吊销|退回|追究|给予|记分",
    ),
    (
        r"最迟|多久|多长时间|什么时候|啥时候|哪天|期限|几点|时限|及时",
        rf"{_NUMBER}\s*(?:个)?(?:小时|分钟|工作日|日|天|周|月|年)|即时|即刻|立即",
    ),
    (
        r"谁批|谁同意|得过谁|找谁|谁来|哪个部门|谁管|由谁",
        r"批准|同意|负责|由[^，。]{2,20}(?:部门|机构|单位|人)|应当经",
    ),
    (r"怎么弄|怎么办|咋办|咋弄|如何办|啥路子|有什么办法", r"应当|可以|有权"),
    (r"算什么|算啥|怎么定性|哪类问题|什么性质|定什么|按什么罪|什么罪", r"罪|违规|收费|诊疗|项目|住院"),
)


@dataclass(frozen=True)
class Sentence:
    """One sentence as it stands in its passage, and how much of the question it speaks to."""

    text: str
    place: int
    weight: float


def needed_measure(question: str) -> re.Pattern[str] | None:
    """What kind of number the question wants; null where it wants none."""
    return next(iter(_needed(question)), None)


def _needed(question: str) -> Iterator[re.Pattern[str]]:
    for asked, told in _NEEDS:
        if re.search(asked, question, re.I):
            yield re.compile(told)
    for counted in _COUNTED.findall(question):
        yield re.compile(rf"{_NUMBER}\s*(?:余|多)?\s*个?{counted}")


def wanted_marks(question: str) -> tuple[re.Pattern[str], ...]:
    """What a sentence should hold to answer: numbers of each kind asked for, consequences, what to do."""
    wishes = (re.compile(told) for asked, told in _WISHES if re.search(asked, question, re.I))
    return (*_needed(question), *wishes)


def cut_sentences(text: str) -> list[str]:
    """Sentences and table cells, each exactly as it stands; a cell's label and the marks of a page are none."""
    labelled = _LABEL.match(text) is not None
    found = []
    for match in _SENTENCE.finditer(text):
        piece = match[0].strip()
        label = _LABEL.match(piece) if labelled else None
        piece = piece[label.end() :].strip() if label else piece
        if piece and not _BARE.match(piece):
            found.append(piece)
    return found


def asks_for_all(question: str) -> bool:
    """Whether a whole list or a whole clause is wanted."""
    return _ALL.search(question) is not None


def cut_clauses(text: str, longest: int) -> list[tuple[int, int]]:
    """Where sentences stand, without the space around them; one longer than `longest` is cut at its commas."""
    spans: list[tuple[int, int]] = []
    for start, end in _spans(_SENTENCE_END, text, 0, len(text)):
        if end - start > longest:
            spans += _spans(_COMMA_END, text, start, end)
        else:
            spans.append((start, end))
    return spans


def _spans(pattern: re.Pattern[str], text: str, begin: int, stop: int) -> list[tuple[int, int]]:
    found = []
    for match in pattern.finditer(text, begin, stop):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        if end > start and not _BARE.match(match[0]):
            found.append((start, end))
    return found


def row_cells(text: str) -> list[tuple[int, int]]:
    """Where the values of a table's row stand, without labels, counters and marks."""
    cells = []
    for match in _CELL.finditer(text):
        label = _LABEL.match(match[0].lstrip()) if "|" not in text else None
        start = match.start() + len(match[0]) - len(match[0].lstrip()) + (label.end() if label else 0)
        value = text[start : match.end()].rstrip()
        if value and not _COUNTER.match(value) and not _BARE.match(value):
            cells.append((start, start + len(value)))
    return cells


def cut_cells(text: str) -> list[str]:
    """What a row says, without its counters and marks."""
    return [cell for cell in cut_sentences(text) if not _COUNTER.match(cell)]


def weigh(sentences: Sequence[str], query: Query, lexicon: Lexicon) -> list[Sentence]:
    """The share of the question's rare words each sentence holds."""
    asked = {token: lexicon.rarity(token) for token in query.tokens if not token.startswith("1")}
    whole = sum(asked.values()) or 1.0
    weighed = []
    for place, text in enumerate(sentences):
        held = lexical.tokens(text)
        weighed.append(
            Sentence(text, place, sum(value for token, value in asked.items() if token in held) / whole)
        )
    return weighed
