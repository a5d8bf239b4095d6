"""What was asked, made ready for the search: weighted tokens, the articles and documents it names, places.

The words people use are translated by `vocabulary.yaml`, which anybody may extend.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from knowledge.finding import lexical
from knowledge.numerals import NUMERAL, in_chinese, number_of
from knowledge.places import provinces_in

VOCABULARY = Path(__file__).parent / "vocabulary.yaml"
WRITTEN_WEIGHT = 0.5
LENGTHS_SAID = 0.4  # of what was said, for each character that the documents write instead
WRITTEN_MEANING = 0.5  # of what the documents write, in the vector of what is asked
HISTORY_WEIGHT = 0.5
_ARTICLE = re.compile(rf"(?:第\s*)?({NUMERAL}|\d{{1,3}})\s*条(?!规则|医疗|疾病|线|目|款|腿)")
_DECREE = re.compile(
    r"(?:[〔\[［【（(]?(20\d{2})[〕\]］】）)]\s*(?:第\s*)?)?(?<![\d月])(\d{1,4})\s*号(?:令|文)?|(?<!\d)(\d{3})(?=条例|里|号|第)"
)
_LISTED = re.compile(r"清单|序号|问题单")
# 领域第3条 counts within a part of the list; 一共183条 says how many there are
_ENTRY = re.compile(
    rf"序号\s*(?:第\s*)?((?>{NUMERAL}|\d{{1,3}}))(?!\d)"
    rf"|(?<!领域)第\s*((?>{NUMERAL}|\d{{1,3}}))\s*(?:条|号|项|个)"
    r"|(?<!领域)第\s*(\d{1,3})(?=[\s，。？?、：:的是]|$)"
    r"|清单[的里中上]?\s*(\d{1,3})\s*[条号项](?!典型|问题|违规|[都全里中])"
)
_CODE = re.compile(r"(?<![a-z\d])[a-z]{0,4}\d{6,}[a-z\d-]*", re.I)
_LATIN = re.compile(r"[a-z\d-]+")
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
    decrees: frozenset[str]  # numbers of documents, with the year where it is said: 735, 2025-14
    entries: frozenset[str]  # names of a list's entries, where it speaks of a list: 序号83
    codes: frozenset[str]
    provinces: frozenset[str]
    years: frozenset[str]
    said: tuple[
        tuple[str, float], ...
    ]  # texts and weights: what was asked, before it, how documents write it


def read_query(question: str, history: Sequence[str] = ()) -> Query:
    """What was just asked counts whole, what was asked before it half."""
    bag: Counter[str] = Counter()
    said = (*((earlier, HISTORY_WEIGHT) for earlier in history), (question, 1.0))
    for text, weight in said:
        for token, count in lexical.tokens(_ASIDE.sub("，", text)).items():
            bag[token] += weight * count  # type: ignore[assignment]
        for token, share in _written_tokens(text).items():
            bag[token] += weight * share  # type: ignore[assignment]
    articles = {f"第{in_chinese(number_of(match[1]))}条" for match in _ARTICLE.finditer(question)}
    whole = " ".join((*history, question))
    return Query(
        asked=question,
        text=whole,
        meaning=" ".join((whole, *written(whole))),
        tokens=dict(bag),
        articles=frozenset(articles),
        decrees=frozenset(_decrees(whole)),
        entries=frozenset(_entries(question)),
        codes=frozenset(match[0].upper() for match in _CODE.finditer(question)),
        provinces=frozenset(provinces_in(whole)),
        years=frozenset(_years(whole)),
        said=tuple(_meant(said)),
    )


def written(text: str) -> list[str]:
    """How the documents write what the text says; longer sayings before the shorter ones inside them."""
    return [forms for _, forms in _sayings(text)]


@lru_cache(maxsize=64)
def _sayings(text: str) -> tuple[tuple[str, str], ...]:
    """What is said, and how the documents write it."""
    folded = lexical.fold(text)
    latin = f" {' '.join(_LATIN.findall(folded))} "
    found = [
        (said, forms)
        for said, forms in _vocabulary()
        if (f" {said} " in latin or f" {said}s " in latin if said.isascii() else said in folded)
    ]
    for match in _RANGE.finditer(text):
        least, most = number_of(match[1]), number_of(match[2])
        measure = "万元" if match[3].startswith("万") else match[3]
        found.append((match[0], f"{least}{measure}以上{most}{measure}以下"))
        found.append((match[0], f"{in_chinese(least)}{measure}以上{in_chinese(most)}{measure}以下"))
    if kin := _KIN.search(text):
        found.append((kin[0], "近亲属 利害关系 回避"))
    return tuple(found)


def _written_tokens(text: str) -> dict[str, float]:
    """Tokens of what the documents write; a short saying must not drown in the long words for it."""
    found: dict[str, float] = {}
    for said, forms in _sayings(text):
        for form in forms.split():
            share = WRITTEN_WEIGHT * min(1.0, LENGTHS_SAID * len(said) / len(form))
            for token in lexical.tokens(form):
                found[token] = max(found.get(token, 0.0), share)
    return found


def _meant(said: Iterable[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    for text, weight in said:
        yield text, weight
        if forms := written(text):
            yield " ".join(forms), weight * WRITTEN_MEANING


@cache
def _vocabulary() -> tuple[tuple[str, str], ...]:
    held = yaml.load(VOCABULARY.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    pairs = [(lexical.fold(str(said)), str(forms)) for part in held.values() for said, forms in part.items()]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _decrees(text: str) -> Iterator[str]:
    for year, number, bare in _DECREE.findall(text):
        yield f"{year}-{number}" if year else number or bare


def _entries(text: str) -> Iterator[str]:
    """How a list's entries are named, for each number said of a list; pharmacies have a list of their own."""
    if _LISTED.search(text):
        for match in _ENTRY.finditer(text):
            number = next(said for said in match.groups() if said)
            yield f"{'药店清单' if '药店' in text else ''}序号{number_of(number)}"


def _years(text: str) -> set[str]:
    full = set(re.findall(r"(?<!\d)(20\d{2})(?=\s*年|\D|$)", text))
    return full | {f"20{short}" for short in re.findall(r"(?<!\d)(\d{2})[年版]", text)}
