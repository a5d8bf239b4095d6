"""Whether what was found may answer the question: the right place, the right year, official words, the number asked.

A wrong refusal costs a look at the nearest passages; a wrong answer costs a case. Each reason is told.
"""

import re
from collections.abc import Sequence

from knowledge.lexical import Lexicon
from knowledge.places import NATIONAL, PROVINCES, locality
from knowledge.queries import Query
from knowledge.ranking import Hit
from knowledge.sentences import cut_sentences, needed_measure, weigh

# Of 200 questions on other fields of law 86 % lie below it, of the development questions with an answer 4 %.
LEAST_LIKENESS = 0.42
LEAST_OUTSIDE = 0.65  # for a question without one word of the field
NUMBER_SHARE = 0.2
_UNOFFICIAL = re.compile(r"非官方|未核到|待核验|勿引用|不可逐字引用|不得作为官方|未获得|编者推断")
_FIELD = re.compile(
    r"医|药|病|诊|患者|参保|社保|基金|护理|收费|飞检|飞行|两库|处方|耗材|手术|床|经办|定点|骗保|统筹|报销|检查|稽核|查房|记分|"
    r"清单|价格|[a-z]{3}",
    re.I,
)
_DRUG = re.compile(
    r"[一-鿿]{2}(?:霉素|西林|沙星|他汀|洛尔|地平|普利|沙坦|单抗|替尼|拉唑|注射液|胶囊|颗粒|滴丸|口服液|软膏)"
)
_LOCAL_MATTER = re.compile(
    r"多少钱|几块钱|限价|价格|收费标准|起付|封顶|报销比例|缴费|奖励|奖多少|能奖|最高奖|重点|安排|方案|哪些领域|deductible|premium"
)
_YEARLY = re.compile(r"20\d{2}")
_VIOLATION = re.compile(
    r"挂床|分解住院|低标准|无指征|冒名|虚假住院|串换|重复收费|分解收费|超标准收费|过度诊疗|转嫁"
)


def citable(hit: Hit) -> bool:
    """Text that says of itself that it is unverified is no basis."""
    return not _UNOFFICIAL.search(hit.text) and hit.kind != "fragment"


def refusal(
    question: str, query: Query, hits: Sequence[Hit], likeness: float | None, lexicon: Lexicon
) -> str | None:
    """Why the hits do not answer the question; null where they may."""
    official = [hit for hit in hits if citable(hit)]
    if not official:
        return "找到的内容没有经过核实的原文"
    named = bool(query.articles or query.decrees) or any(_is_of(hit, query) for hit in official[:3])
    least = LEAST_LIKENESS if _FIELD.search(query.meaning) else LEAST_OUTSIDE
    if likeness is not None and likeness < least and not named:
        return "库中没有与所问相近的规定"
    return (
        _wrong_place(query, official, question)
        or _wrong_year(question, query, hits)
        or _unknown_drug(question, official)
        or _no_number(question, query, official, lexicon)
    )


def _wrong_place(query: Query, hits: Sequence[Hit], question: str) -> str | None:
    """A local question is answered by that place's own documents, or by national ones that leave it no room."""
    if not query.provinces or any(_is_of(hit, query) for hit in hits):
        return None
    elsewhere = hits[0].region not in (None, NATIONAL)
    if elsewhere or _LOCAL_MATTER.search(question):
        return f"库中没有{'、'.join(sorted(query.provinces))}的相应规定"
    return None


def _is_of(hit: Hit, query: Query) -> bool:
    """Whether a passage belongs to a place the question names, or tells of one."""
    town = locality(hit.document, hit.issuer)
    if town and town.rstrip("市县区旗") in query.text:
        return True
    own = [name for name, code in PROVINCES.items() if hit.region and code[:2] == hit.region[:2]]
    stated = f"{hit.document}{hit.passage}{hit.text[:80]}"
    return any(name in own or name in stated for name in query.provinces)


def _wrong_year(question: str, query: Query, hits: Sequence[Hit]) -> str | None:
    """A plan or list of one year says nothing about another."""
    first = next(hit for hit in hits if citable(hit))
    held = set(_YEARLY.findall(first.document))
    asked = set(re.findall(r"(20\d{2})(?:年|版)", question)) | (query.years if held else set())
    if held and asked and not held & asked and first.in_force is not False:
        return f"库中收录的是 {'、'.join(sorted(held))} 年的文件，没有 {'、'.join(sorted(asked))} 年的"
    return None


def _unknown_drug(question: str, hits: Sequence[Hit]) -> str | None:
    for name in _DRUG.findall(question):
        if not any(name in hit.text or name in hit.passage for hit in hits):
            return f"库中没有关于“{name}”的规定"
    return None


def _no_number(question: str, query: Query, hits: Sequence[Hit], lexicon: Lexicon) -> str | None:
    """The number asked for must stand in a sentence that speaks to the question, and, where the question names
    a violation, in a passage that names it too."""
    measure = needed_measure(question)
    if measure is None:
        return None
    subjects = _VIOLATION.findall(question)
    most = numbered = 0.0
    for hit in hits:
        about = not subjects or any(subject in hit.text for subject in subjects)
        for sentence in weigh(cut_sentences(hit.text), query, lexicon):
            most = max(most, sentence.weight)
            if about and measure.search(sentence.text):
                numbered = max(numbered, sentence.weight)
    return None if numbered > NUMBER_SHARE * most else "相近的条文没有写明所问的数字"
