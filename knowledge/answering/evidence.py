"""Whether what was found may answer the question: the right place, the right year, official words, the number asked.

A wrong refusal costs a look at the nearest passages; a wrong answer costs a case. Each reason is told.
"""

import re
from collections.abc import Sequence

from knowledge.answering.item_rows import NAMED, is_other_variant, item_name, named_share, names_item
from knowledge.answering.localities import is_of_named_place
from knowledge.answering.nearness import Judgement, read_signs
from knowledge.answering.sentences import cut_sentences, needed_measure, weigh
from knowledge.finding.lexical import Lexicon, fold
from knowledge.finding.named import named_documents
from knowledge.finding.queries import Query
from knowledge.finding.ranking import Hit
from knowledge.library import Library
from knowledge.places import NATIONAL, locality

NUMBER_SHARE = 0.2
_UNOFFICIAL = re.compile(r"非官方|未核到|待核验|勿引用|不可逐字引用|不得作为官方|未获得|编者推断")
_DRUG = re.compile(
    r"[一-鿿]{2,3}(?:霉素|西林|匹林|沙星|他汀|洛尔|地平|普利|沙坦|单抗|替尼|拉唑)"
    r"|(?:(?![的了一批是给开用和])[一-鿿]){3}(?=(?:肠溶|缓释|控释|分散)片|(?:肠溶|缓释)?胶囊|颗粒|滴丸|口服液|注射液|软膏|针剂)"
)
_LOCAL_MATTER = re.compile(
    r"多少钱|几块钱|限价|价格|收费标准|起付|封顶|报销比例|缴费|奖励|奖多少|能奖|最高奖|重点|安排|方案|哪些领域|deductible|premium"
)
_VERSION = re.compile(
    r"(?<!\d)((?:20)?\d{2})\s*年?(?:修订|修正|修改|改的|新修|老|旧)?(?:的)?(?:那个|那一|这一|那|老|旧|新)*(?:版|修订本|修正本)"
)
_ENTRY_NAME = "序号 "
_ENTRY = re.compile(r"清单[^，。？]{0,8}?第?\s*(\d{1,3})\s*[条号]")
_VARIANT = re.compile(r"[（(]([一-鿿]{2,12})[）)]")
_YEARLY = re.compile(r"20\d{2}")
_VIOLATION = re.compile(
    r"挂床|分解住院|低标准|无指征|冒名|虚假住院|串换|重复收费|分解收费|超标准收费|过度诊疗|转嫁"
)


def citable(hit: Hit) -> bool:
    """Text that says of itself that it is unverified is no basis."""
    return not _UNOFFICIAL.search(hit.text) and hit.kind != "fragment"


def eligible(hit: Hit, query: Query) -> bool:
    """Citable, about something the question names, and not the rule of another place than the one asked about."""
    if names_item(hit) and named_share(hit, query.meaning) == 0.0:
        return False
    elsewhere = hit.region not in (None, NATIONAL) or locality(hit.document, hit.issuer) is not None
    return citable(hit) and not (query.provinces and elsewhere and not is_of_named_place(hit, query))


def refusal(library: Library, question: str, query: Query, hits: Sequence[Hit]) -> str | None:
    """Why the hits do not answer the question; null where they may."""
    official = [hit for hit in hits if eligible(hit, query)]
    if not official:
        return "找到的内容属于别的地方、别的项目，或没有经过核实的原文"
    plain = plain_refusal(library, question, query, official)
    if plain or not library.index.calibrated:
        return plain
    near = Judgement.load().is_near(read_signs(library, query, official))
    return None if near else "库中没有与所问相近的规定"


def plain_refusal(library: Library, question: str, query: Query, official: Sequence[Hit]) -> str | None:
    """A reason that can be named: what is asked for is not held, or is held of another place, year or drug."""
    return (
        _not_held(library, question, query)
        or _wrong_place(query, official, question)
        or _wrong_year(question, query, official)
        or _unknown_drug(question, official)
        or _other_variant(question, official)
        or _no_number(question, query, official, library.index.lexicon)
    )


def _not_held(library: Library, question: str, query: Query) -> str | None:
    """An article or a version of a document the question names, which the library has not."""
    documents = library.collection.documents
    named = [documents[place] for place in sorted(named_documents(question, documents))]
    entry = _ENTRY.search(question)
    if entry:
        lists = named or [one for one in documents if "清单" in one.title]
        held = any(library.clause(one.title, f"{_ENTRY_NAME}{entry[1]}") for one in lists)
        return None if held else f"库中的清单没有第 {entry[1]} 条"
    if not named:
        return None
    title = named[0].title
    asked = _VERSION.search(question)
    years = {
        str(day.year) for one in named for day in (one.issued, one.in_force_from, one.in_force_to) if day
    }
    years |= {year for one in named for year in _YEARLY.findall(f"{one.title}{one.number}")}
    year = f"20{asked[1][-2:]}" if asked else None
    if year and years and year not in years:
        return f"库中《{title}》是 {'、'.join(sorted(years))} 年的文本，没有 {year} 年的版本"
    missing = [
        article
        for article in sorted(query.articles)
        if not any(library.clause(one.title, article) for one in named)
    ]
    if missing and len(missing) == len(query.articles):
        return f"库中的《{title}》没有{'、'.join(missing)}（条文以已收入的文本为准）"
    return None


def _wrong_place(query: Query, hits: Sequence[Hit], question: str) -> str | None:
    """A local question is answered by that place's own documents, or by national ones that leave it no room."""
    local = _LOCAL_MATTER.search(question) is not None
    if not query.provinces or any(is_of_named_place(hit, query, mentioned=not local) for hit in hits):
        return None
    if local or hits[0].region not in (None, NATIONAL):
        return f"库中没有{'、'.join(sorted(query.provinces))}的相应规定"
    return None


def _wrong_year(question: str, query: Query, hits: Sequence[Hit]) -> str | None:
    """A plan or list of one year says nothing about another, unless it speaks of that year."""
    first = hits[0]
    held = set(_YEARLY.findall(first.document))
    asked = set(re.findall(r"(20\d{2})(?:年|版)", question)) | (query.years if held else set())
    spoken = any(year in first.text for year in asked)
    if held and asked and not held & asked and not spoken and first.in_force is not False:
        return f"库中收录的是 {'、'.join(sorted(held))} 年的文件，没有 {'、'.join(sorted(asked))} 年的"
    return None


def _unknown_drug(question: str, hits: Sequence[Hit]) -> str | None:
    for name in _DRUG.findall(question):
        if not any(name in hit.text or name in hit.passage for hit in hits):
            return f"库中没有关于“{name}”的规定"
    return None


def _other_variant(question: str, hits: Sequence[Hit]) -> str | None:
    """A variant in brackets, such as 训练（小关节）, of an item that is held in other variants only."""
    rows = [hit for hit in hits if names_item(hit) and named_share(hit, question) >= NAMED]
    others = [hit for hit in rows if is_other_variant(hit, question)]
    for variant in _VARIANT.findall(question) if others and len(others) == len(rows) else ():
        if not any(fold(variant) in fold(f"{hit.passage} {hit.text}") for hit in hits):
            return f"库中只有“{item_name(others[0])}”，没有“{variant}”的"
    return None


def _named_items(hits: Sequence[Hit], question: str) -> list[str]:
    """The items whose rows were found and whose names stand in the question whole."""
    rows = [hit for hit in hits if names_item(hit) and named_share(hit, question) >= NAMED]
    return [item_name(hit) for hit in rows]


def _no_number(question: str, query: Query, hits: Sequence[Hit], lexicon: Lexicon) -> str | None:
    """The number asked for must stand in a sentence that speaks to the question, and, where the question names
    a violation, in a passage that names it too."""
    measure = needed_measure(question)
    if measure is None or hits[0].in_force is False:
        return None
    subjects = [*_VIOLATION.findall(question), *_named_items(hits, question)]
    most = numbered = 0.0
    for hit in hits:
        about = not subjects or any(subject in f"{hit.passage} {hit.text}" for subject in subjects)
        cut = cut_sentences(hit.text)
        headed = [f"{hit.passage} {sentence}" for sentence in cut]
        for sentence, weighed in zip(cut, weigh(headed, query, lexicon), strict=True):
            most = max(most, weighed.weight)
            if about and measure.search(sentence):
                numbered = max(numbered, weighed.weight)
    return None if numbered > NUMBER_SHARE * most else "相近的条文没有写明所问的数字"
