"""Which documents a question names: by number, by title, or by a short form whose signs stand in the title in order.

「飞检办法」 is 医疗保障基金飞行检查管理暂行办法, 「社保法」 is 社会保险法, 「14号文」 the one numbered so.
"""

import re
from collections.abc import Iterator, Sequence

from knowledge.cutting.documents import Document

_ENDS = "法典|法|条例|办法|规定|规范|细则|意见|要点|清单|方案|通知|协议|解释|制度|规则|工作安排"
_NUMBER = re.compile(r"(?<!\d)(\d{1,4})\s*号\s*(令|文|函)?|(?<!\d)(\d{3})(?=条例)")
_LONGEST = 18
_LEAST_CONTAINED = 4
_LEAST_SIGNS = 2  # before the ending; fewer name too many documents


def named_documents(question: str, documents: Sequence[Document]) -> frozenset[int]:
    """The places in `documents` of those the question names; empty where it names none for certain."""
    found: set[int] = set()
    for match in _NUMBER.finditer(question):
        found.update(_numbered(match[1] or match[3], match[2], documents))
    taken = len(question) + 1  # a title inside a longer one names nothing of its own
    for end in sorted({match.end() for match in re.finditer(_ENDS, question)}, reverse=True):
        begin, places = _titled(question, end, documents)
        if places and end <= taken:
            found.update(places)
            taken = begin
    return frozenset(found)


def _numbered(number: str, kind: str | None, documents: Sequence[Document]) -> Iterator[int]:
    """A decree is numbered 令第7号, a paper 〔2025〕14号; where the kind is not said both are meant."""
    for place, document in enumerate(documents):
        held = document.number or ""
        decree, paper = re.search(rf"令.*第{number}号", held), re.search(rf"[〕\]］]\s*{number}号", held)
        if (decree and kind != "文") or (paper and kind != "令"):
            yield place


def _titled(question: str, end: int, documents: Sequence[Document]) -> tuple[int, list[int]]:
    """Where the longest fitting words that end there begin, and the documents of the one title they stand for."""
    run = re.search(r"[一-鿿]+$", question[max(0, end - _LONGEST) : end])
    for begin in range(len(run[0]) - _LEAST_SIGNS if run else 0):
        mention = run[0][begin:] if run else ""
        fits = [place for place, document in enumerate(documents) if _short_for(mention, document.title)]
        if fits:
            single = len({documents[place].title for place in fits}) == 1
            return end - len(mention), fits if single else []
    return end, []


def _short_for(mention: str, title: str) -> bool:
    """Whether the mention's signs stand in the title in their order, up to the title's own ending."""
    plain = re.sub(r"（[^）]*）|[^一-鿿]", "", title).removeprefix("中华人民共和国")
    if len(mention) >= _LEAST_CONTAINED and mention in plain:
        return True
    ending = re.search(rf"(?:{_ENDS})$", mention)
    if ending is None or not plain.endswith(ending[0]):
        return False
    place = 0
    for sign in mention:
        place = plain.find(sign, place) + 1
        if not place:
            return False
    return True
