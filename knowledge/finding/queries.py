"""What was asked, made ready for the search: weighted tokens, the articles and documents it names, places.

The words people use are translated by `vocabulary.yaml`, which anybody may extend.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.finding import lexical
from knowledge.numerals import NUMERAL, in_chinese, number_of
from knowledge.places import provinces_in

VOCABULARY = Path(__file__).parent / "vocabulary.yaml"
WRITTEN_WEIGHT = 0.5
HISTORY_WEIGHT = 0.5
_ARTICLE = re.compile(rf"(?:第\s*)?({NUMERAL}|\d{{1,3}})\s*条(?!规则|医疗|疾病|线|目|款|腿)")
_DECREE = re.compile(r"(?<!\d)(\d{1,4})\s*号(?:令|文)?|(?<!\d)(\d{3})(?=条例|里|号|第)")
_RANGE = re.compile(
    rf"({NUMERAL}|\d+)\s*(?:到|至|-|—|~)\s*({NUMERAL}|\d+)\s*(万元?|倍|年|个月|天|日|分|小时)"
)
_KIN = re.compile(
    r"小舅子|大舅子|舅舅|姐夫|妹夫|表[哥弟姐妹]|堂[哥弟姐妹]|侄[子女]|外甥|老婆|老公|丈夫|妻子|媳妇|儿子|女儿|女婿|爱人|亲家"
)
_ASIDE = re.compile(
    r"请问|麻烦|一下|来着|到底|究竟|咱们|我们|我想|我要|有没有|是不是|能不能|可不可以|可以吗|行不行|是啥|啥|怎么样|怎么|咋|"
    r"呢|吗|吧|呀|啊|哪些|哪几|哪个|多少|几个|什么|如何|为什么|原文|引用|规定"
)


@dataclass(frozen=True)
class Query:
    """A question taken apart."""

    asked: str  # what was just asked, without what was asked before it
    text: str
    meaning: str  # the text, and how the documents write it
    tokens: dict[str, float]
    articles: frozenset[str]
    decrees: frozenset[str]
    provinces: frozenset[str]
    years: frozenset[str]


def read_query(question: str, history: Sequence[str] = ()) -> Query:
    """What was just asked counts whole, what was asked before it half."""
    bag: Counter[str] = Counter()
    for text, weight in (*((earlier, HISTORY_WEIGHT) for earlier in history), (question, 1.0)):
        for token, count in lexical.tokens(_ASIDE.sub("，", text)).items():
            bag[token] += weight * count  # type: ignore[assignment]
        for token, count in lexical.tokens(" ".join(written(text))).items():
            bag[token] += weight * WRITTEN_WEIGHT * min(count, 1)  # type: ignore[assignment]
    articles = {f"第{in_chinese(number_of(match[1]))}条" for match in _ARTICLE.finditer(question)}
    whole = " ".join((*history, question))
    return Query(
        asked=question,
        text=whole,
        meaning=" ".join((whole, *written(whole))),
        tokens=dict(bag),
        articles=frozenset(articles),
        decrees=frozenset(match[1] or match[2] for match in _DECREE.finditer(whole)),
        provinces=frozenset(provinces_in(whole)),
        years=frozenset(_years(whole)),
    )


def written(text: str) -> list[str]:
    """How the documents write what the text says; longer sayings before the shorter ones inside them."""
    folded = lexical.fold(text)
    found = [forms for said, forms in _vocabulary() if said in folded]
    for low, high, unit in _RANGE.findall(text):
        least, most, measure = number_of(low), number_of(high), "万元" if unit.startswith("万") else unit
        found.append(f"{least}{measure}以上{most}{measure}以下")
        found.append(f"{in_chinese(least)}{measure}以上{in_chinese(most)}{measure}以下")
    if _KIN.search(text):
        found.append("近亲属 利害关系 回避")
    return found


@cache
def _vocabulary() -> tuple[tuple[str, str], ...]:
    held = yaml.load(VOCABULARY.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    pairs = [(lexical.fold(str(said)), str(forms)) for part in held.values() for said, forms in part.items()]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _years(text: str) -> set[str]:
    full = set(re.findall(r"(?<!\d)(20\d{2})(?=\s*年|\D|$)", text))
    return full | {f"20{short}" for short in re.findall(r"(?<!\d)(\d{2})年", text)}
