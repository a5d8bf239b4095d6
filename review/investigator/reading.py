"""Tools that read the record: searching its documents, reading one by lines, listing what the rules found."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from knowledge.answering.quantities import narrow
from review.investigator.case import Case
from review.investigator.fence import Row, fenced
from review.investigator.tools import Arguments, Asking, CannotDo, Said, Tool
from review.judge.pieces import document_title
from review.models import Evidence, Finding
from review.record import Document
from review.violations import CERTAINTY_NAMES, VIOLATIONS

MOST_LINES, LINES_AT_ONCE = 30, 120
OTHERS_SHOWN, AROUND = 3, 40
MOST_WORDS = 6
OF_CHARGES = "费用明细"  # the label of what a finding cites of its own charge lines
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Search(Arguments):
    words: Words = Field(description="要找的词，空格隔开，最多六个；先找同一行里都有的，没有再找有其中一个的")
    document_kind: str | None = Field(
        None, max_length=40, description="只在这一类文书里找，如 日常病程记录；可不填"
    )


class Read(Arguments):
    document: str = Field(min_length=1, max_length=20, description="文书编号，如 D3")
    from_line: int | None = Field(None, description="从这一行起；不填从头")
    to_line: int | None = Field(None, description="到这一行止；不填到文书末尾，一次最多 120 行")


class Nothing(Arguments):
    pass


def search_documents(asking: Asking, given: Search) -> Said:
    case = asking.case
    words = [narrow(word) for word in case.veil.show(given.words).split()][:MOST_WORDS]
    if not words:
        raise CannotDo("没有写要找的词；请给出一到六个词。")
    kind = given.document_kind
    documents = [
        (document, span)
        for document, span in zip(case.documents, case.spans, strict=True)
        if not kind or kind in document.kind or kind in document.title
    ]
    if kind and not documents:
        kinds = "、".join(dict.fromkeys(document.kind for document in case.documents))
        raise CannotDo(f"本次住院没有这一类文书；有的是：{case.veil.hide(kinds)}。")
    found = _lines_with(case, documents, words, all)
    partial = not found and len(words) > 1
    if partial:
        found = _lines_with(case, documents, words, any)
    shown = [(number, f"D{case.documents.index(document) + 1} {text}") for number, document, text in found]
    head = "没有同时含这些词的行，下面各行只含其中一个。" if partial and found else ""
    head += f"本次住院找到 {len(found)} 行" + (
        f"，只列前 {MOST_LINES} 行，请加词缩小。" if len(found) > MOST_LINES else "。"
    )
    return Said(f"{head}\n{fenced(shown[:MOST_LINES])}\n{_others(case, words, kind)}")


def _lines_with(
    case: Case, documents: Sequence[tuple[Document, range]], words: Sequence[str], how: object
) -> list[tuple[int, Document, str]]:
    every = how is all
    found = []
    for document, span in documents:
        for number in span:
            held = case.numbered.lines[number - 1][1].text
            plain = narrow(held)
            hits = [word in plain for word in words]
            if all(hits) if every else any(hits):
                found.append((number, document, case.veil.hide(held)))
    return found


def _others(case: Case, words: Sequence[str], kind: str | None) -> str:
    """How many other stays hold the words, and a few places, which cannot be cited."""
    holds = " and ".join(f"strpos(text, $word{place}) > 0" for place in range(len(words)))
    bound: dict[str, str] = {f"word{place}": word for place, word in enumerate(words)}
    bound["own"] = case.record.admission.admission_id
    if kind:
        holds += " and (strpos(kind, $kind) > 0 or strpos(title, $kind) > 0)"
        bound["kind"] = kind
    ask = case.scene.inspection.warehouse.rows
    where = f"admission_id <> $own and {holds}"
    count = ask(f"select count(distinct admission_id) as n from documents where {where}", bound)[0]["n"]
    if not count:
        return "其他住院的文书里没有同时含这些词的。"
    places = ask(
        "select admission_id, min(document_id) as document_id from documents"
        f" where {where} group by admission_id order by admission_id limit {OTHERS_SHOWN}",
        bound,
    )
    rows = [(None, _excerpt(case, row["admission_id"], row["document_id"], words[0])) for row in places]
    return f"其他 {count} 次住院的文书里也有，举 {len(rows)} 处（不能引作证据）：\n{fenced(rows)}"


def _excerpt(case: Case, admission_id: str, document_id: str, word: str) -> str:
    record = case.scene.inspection.records[admission_id]
    text = next(one.text for one in record.documents if one.document_id == document_id)
    # masked whole, for a cut could leave half a name that nothing finds
    hidden = case.veil.hide_other(text, [case.scene.mask_of(record)])
    at = max(0, narrow(hidden).find(word))
    return f"{case.scene.stays[admission_id]}：{hidden[max(0, at - AROUND) : at + AROUND]}"


def read_document(asking: Asking, given: Read) -> Said:
    case = asking.case
    found = case.document(given.document.strip())
    if found is None:
        raise CannotDo(f"没有这份文书；本次住院的文书编号是 D1 到 D{len(case.documents)}。")
    document, span = found
    if not span:
        return Said("这份文书里没有文字。")
    first = max(span.start, given.from_line or span.start)
    last = min(span.stop - 1, given.to_line or span.stop - 1)
    if first > last:
        raise CannotDo(f"这份文书的行号是 {span.start} 到 {span.stop - 1}；请在其中选。")
    end = min(last, first + LINES_AT_ONCE - 1)
    lines = case.numbered.lines
    rows: list[Row] = [(None, f"【{case.veil.hide(document_title(document))}】")]
    rows += [(number, case.veil.hide(lines[number - 1][1].text)) for number in range(first, end + 1)]
    rest = f"\n还有第 {end + 1} 到 {last} 行没有列出，请再读一次。" if end < last else ""
    return Said(fenced(rows) + rest)


def list_findings(asking: Asking, _: Nothing) -> Said:
    case = asking.case
    if not case.findings and not asking.submitted:
        return Said("规则没有发现疑点。")
    rows = [row for finding in (*case.findings, *asking.submitted) for row in _told(case, finding)]
    return Said(f"已有的疑点，不要重复提交：\n{fenced(rows)}")


def _told(case: Case, finding: Finding) -> Iterator[Row]:
    hide = case.veil.hide
    told = [VIOLATIONS[finding.violation].name, CERTAINTY_NAMES[finding.certainty]]
    if finding.amount is not None:
        told.append(f"{finding.amount:.2f} 元")
    who = finding.check if finding.origin == "rule" else "本次已提交"
    yield None, f"{who} {finding.violation}（{'，'.join(told)}）"
    yield None, f"　{hide(finding.message)}"
    names = [case.aliases.charges.get(charge_id, "") for charge_id in finding.charge_ids]
    if names:
        yield None, f"　收费行：{'、'.join(name for name in names if name)}"
    for item in [one for one in finding.evidence if one.label != OF_CHARGES][:6]:
        yield None, f"　{'反证' if item.says == 'against' else '证据'}：{hide(_where(item))}"


def _where(item: Evidence) -> str:
    return f"{item.label or ''}「{item.quote}」"


TOOLS = (
    Tool(
        "search_documents",
        "在本次住院的病历文书里找词，给出带行号的行；另告知其他住院里有多少次也有这些词。",
        Search,
        search_documents,
    ),
    Tool(
        "read_document",
        "按行读本次住院的一份文书。行号在整个核查中不变，引证时就用这些行号。",
        Read,
        read_document,
    ),
    Tool(
        "list_findings",
        "列出规则在本次住院已经发现的疑点和本次已提交的疑点；这些不要重复提交。",
        Nothing,
        list_findings,
    ),
)
