"""What the operation records of a stay tell of what was done: the steps, without the names that head them.

Names of an operation, plans and diagnoses are taken out, so that a step is found only where it is described. Reports of
examinations and of pathology speak beside the records; what was changed during the operation is told apart.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from review.checks.inputs import Record
from review.checks.readings import document_of, facts_of
from review.facts.operation_times import stated_day
from review.record import Document, Fact

RECORDS = re.compile(r"手术记录|介入|操作记录|分娩记录|剖宫产记录")
REPORTS = re.compile(r"检查报告|病理")
COUNTS = re.compile(r"清点")
NAMED = re.compile(
    r"(?:手\s*术\s*(?:名\s*称|方\s*式|操\s*作\s*名\s*称)|术\s*式|(?:拟|已|实)?施\s*手\s*术|手术及操作)(?:名称)?\s*[:：]\s*(?P<name>[^\n。；;]{2,120})"
)
TAKEN_OUT = re.compile(
    r"(?:手\s*术\s*(?:名\s*称|方\s*式|操\s*作\s*名\s*称)|术\s*式|(?:拟|已|实)?施\s*手\s*术|手术及操作|(?:术前|术中|术后|入院|初步)?诊\s*断)(?:名称)?"
    r"\s*[:：]\s*[^\n。；;]*|(?:拟|计划|原定|术前)[^，。；\n]{0,20}(?:行|施)[^，。；\n]{0,30}"
)
CHANGED = re.compile(
    r"改行|改为|改做|中转|转为|放弃|终止|取消|未行|未予|暂不|无法(?:完成|继续|切除)|仅行|仅予|二期|分期|择期|遂(?:行|予)|"
    r"术中(?:探查|冰冻|发现)[^。；]{0,40}(?:故|遂|决定)"
)
ACCOUNT = re.compile(
    r"(?:(?:手\s*术|术\s*中|操\s*作)\s*(?:经\s*过|步\s*骤|过\s*程)|术\s*中\s*所\s*见)[^\n:：]{0,8}[:：]"
)
ACCOUNT_ENDS = re.compile(
    r"\n\s*(?:术后(?:诊断|处理|注意|医嘱)|(?:手术者|术者|医师|记录)[^\n:：]{0,6}[:：]|标本|出血量|麻醉方式|签名)"
)
NOT_DONE = re.compile(r"未|无法|不能|难以|不宜|没有|放弃|取消|拟")
LEAST = 40  # characters below which an account describes nothing
AROUND = timedelta(days=1)
READABLE = 0.9


@dataclass(frozen=True)
class Performed:
    """One operation record: its day, the names it gives, and its text without them."""

    document: Document
    on: date | None
    names: tuple[tuple[str, int, int], ...]  # name, and where it stands in the document's own text
    steps: str

    def tells(self, step: re.Pattern[str]) -> bool:
        """Whether the account has a step as done: 胆囊未切除 removes no gallbladder."""
        return any(
            not NOT_DONE.search(match[0])
            and not NOT_DONE.search(self.steps[max(0, match.start() - 3) : match.start()])
            for match in step.finditer(self.steps)
        )

    @property
    def changed(self) -> bool:
        return bool(CHANGED.search(self.steps))


def performed(record: Record) -> Sequence[Performed]:
    """The operation records that describe an operation and can be read."""
    return _performed(record)


@lru_cache(maxsize=4)
def _performed(record: Record) -> tuple[Performed, ...]:
    found = []
    for document in record.documents:
        if not RECORDS.search(document.kind + document.title) or document.confidence < READABLE:
            continue
        text = document.text
        steps = "".join(TAKEN_OUT.sub("", _account(text)).split())
        at = stated_day(document) or document.written_at
        names = tuple(
            (match["name"].strip(), match.start("name"), match.end("name")) for match in NAMED.finditer(text)
        )
        if len(steps) >= LEAST:
            found.append(Performed(document, at.date() if at else None, names, steps))
    return tuple(found)


def _account(text: str) -> str:
    """What the record says from the heading of its account on; the whole where it has none."""
    heading = ACCOUNT.search(text)
    if heading is None:
        return text
    end = ACCOUNT_ENDS.search(text, heading.end())
    return text[heading.end() : end.start() if end else len(text)]


def about(told: Sequence[Performed], day: date | None) -> list[Performed]:
    """The records of an operation of that day; all of them where no day is known."""
    if day is None:
        return list(told)
    return [one for one in told if one.on is None or abs(one.on - day) <= AROUND]


def reported(record: Record) -> str:
    """What reports of examinations and pathology say, in one text."""
    texts = [
        document.text
        for document in record.documents
        if REPORTS.search(document.kind) and document.confidence >= READABLE
    ]
    texts += [f"{exam.exam_name or ''}{exam.findings or ''}{exam.conclusion or ''}" for exam in record.exams]
    return "".join("".join(texts).split())


@dataclass(frozen=True)
class Pieces:
    """How many pieces of one class of implant the three papers tell of; null where a paper says nothing."""

    name: str
    recorded: int | None
    counted: int | None
    labelled: int | None
    facts: tuple[Fact, ...]


def pieces(record: Record) -> list[Pieces]:
    """One for each class of implant whose number at least two of operation record, count sheet and labels tell."""
    by_class: dict[str, list[tuple[Document, Fact]]] = defaultdict(list)
    for fact in facts_of(record, "implant", "implant_total", "implant_label"):
        document = document_of(record, fact)
        if document is not None:
            by_class[fact.name].append((document, fact))
    found = []
    for name, told in sorted(by_class.items()):
        if any(fact.value is None for _, fact in told):
            continue
        recorded = _sum(told, lambda document: bool(RECORDS.search(document.kind + document.title)))
        counted = _sum(told, lambda document: bool(COUNTS.search(document.kind + document.title)))
        labels = [int(fact.value or 1) for _, fact in told if fact.kind == "implant_label"]
        one = Pieces(name, recorded, counted, sum(labels) or None, tuple(fact for _, fact in told))
        if sum(number is not None for number in (recorded, counted, one.labelled)) >= 2:
            found.append(one)
    return found


def _sum(told: Sequence[tuple[Document, Fact]], wanted: Callable[[Document], bool]) -> int | None:
    """The pieces of all documents of one sort: a stated total or the sum of its counts, whichever is more."""
    documents: dict[str, list[Fact]] = defaultdict(list)
    for document, fact in told:
        if wanted(document) and fact.kind != "implant_label":
            documents[document.document_id].append(fact)
    if not documents:
        return None
    return sum(
        max(
            sum(int(fact.value or 0) for fact in facts if fact.kind == "implant"),
            *(int(fact.value or 0) for fact in facts if fact.kind == "implant_total"),
            0,
        )
        for facts in documents.values()
    )
