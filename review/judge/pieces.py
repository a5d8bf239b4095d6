"""What of a stay a model can be shown, cut into lines that can be cited: documents, table rows, clauses, findings."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from review.judge.models import Line, Piece, PieceKind
from review.judge.paper import entry_times
from review.models import Finding
from review.record import (
    Anesthesia,
    Charge,
    Diagnosis,
    Document,
    Edit,
    Exam,
    Lab,
    OperationRow,
    Order,
    Section,
    Vital,
)

Row = Order | Lab | Vital | Exam | Charge | Diagnosis | OperationRow | Anesthesia | Edit
LONGEST_LINE = 120
LEAST_QUOTED = 4  # letters; less tells a reader nothing
BETWEEN_CELLS = " ｜ "
EMPTY = "—"
# everything that any program takes for the end of a line
BREAKS = re.compile("[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_SENTENCE_END = re.compile(r"[。！？!?；;]")
_CLAUSE_END = re.compile(r"[，,、：:）)\]】\s]")
_WORD = re.compile(r"[0-9A-Za-z.\-]{1,40}\Z", re.A)

# the columns of a row that speak, under the names a reader knows them by
ORDERS = {
    "order_type": "类型",
    "begins_at": "开始",
    "ends_at": "停止",
    "order_name": "医嘱",
    "spec": "规格",
    "dose": "剂量",
    "dose_unit": "单位",
    "usage": "用法",
    "frequency": "频次",
}
LABS = {
    "sampled_at": "采样",
    "reported_at": "报告",
    "panel": "项目",
    "analyte": "指标",
    "value_text": "结果",
    "unit": "单位",
    "reference_range": "参考范围",
}
VITALS = {
    "measured_at": "时间",
    "temperature": "体温",
    "pulse": "脉搏",
    "respiration": "呼吸",
    "systolic": "收缩压",
    "diastolic": "舒张压",
    "oxygen_saturation": "血氧",
    "consciousness": "意识",
}
EXAMS = {
    "registered_at": "登记",
    "reported_at": "报告",
    "exam_name": "检查",
    "body_part": "部位",
    "method": "方法",
    "findings": "所见",
    "conclusion": "诊断",
}
CHARGES = {
    "charge_id": "明细号",
    "charged_at": "时间",
    "item_name": "医保项目",
    "hospital_item_name": "院内项目",
    "spec": "规格",
    "unit": "单位",
    "quantity": "数量",
    "unit_price": "单价",
    "amount": "金额",
    "executing_department": "执行科室",
}
DIAGNOSES = {
    "is_main": "主诊断",
    "diagnosis_code": "编码",
    "diagnosis_name": "诊断",
    "present_on_admission": "入院病情",
}
OPERATIONS = {
    "operated_on": "日期",
    "begins_at": "开始",
    "ends_at": "结束",
    "operation_code": "编码",
    "operation_name": "手术",
}
ANESTHESIA = {"begins_at": "开始", "ends_at": "结束", "method": "麻醉方式"}
EDITS = {
    "edited_at": "时间",
    "document_title": "文书",
    "action": "操作",
    "before": "修改前",
    "after": "修改后",
}


@dataclass(frozen=True)
class _Span:
    """A stretch of a document's own text and the section it is."""

    name: str | None
    start: int
    end: int


def whole_document(document: Document) -> Piece:
    """A document as one piece."""
    return _document_piece(document, _Span(None, 0, len(document.text)))


def document_pieces(document: Document, names: Collection[str] | None = None) -> tuple[Piece, ...]:
    """A document cut into its sections and what stands between them, in order; with `names`, these sections only.

    A section is named as the record heads it; `诊断依据` also answers to a heading such as `诊断依据及鉴别诊断`.
    """
    spans = list(_spans(document))
    if names is not None:
        spans = [span for span in spans if span.name is not None and any(name in span.name for name in names)]
    pieces = (_document_piece(document, span) for span in spans)
    return tuple(piece for piece in pieces if piece.lines)


def document_title(document: Document) -> str:
    """The title of a document with the time it was written."""
    title = document.title if document.kind in document.title else f"{document.title}（{document.kind}）"
    if document.written_at is None:
        return f"{title} {entry_times(document) or '时间不详'}"
    return f"{title} {document.written_at:{'%Y-%m-%d %H:%M' if document.written_exact else '%Y-%m-%d'}}"


def _document_piece(document: Document, span: _Span) -> Piece:
    title = document_title(document) + (f" · {span.name}" if span.name else "")
    lines = tuple(
        Line(document.text[start:end], start, end)
        for start, end in line_spans(document.text, span.start, span.end)
    )
    return Piece(PieceKind.DOCUMENT, title, lines, document)


def _spans(document: Document) -> Iterator[_Span]:
    """The sections, each character once: a part within a section belongs to that section."""
    at = 0
    for section in _outermost(document.sections):
        if section.start > at:
            yield _Span(None, at, section.start)
        yield _Span(section.name, max(at, section.start), section.end)
        at = max(at, section.end)
    if at < len(document.text):
        yield _Span(None, at, len(document.text))


def _outermost(sections: Sequence[Section]) -> Iterator[Section]:
    at = 0
    for section in sorted(sections, key=lambda one: (one.start, -one.end)):
        if section.end > at:
            yield section
            at = section.end


def line_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the lines that say anything: the record's own, long ones cut at sentence ends."""
    place = start
    for separator in [*(match.span() for match in BREAKS.finditer(text, start, end)), (end, end)]:
        yield from _cut(text, place, separator[0])
        place = separator[1]


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST_LINE:
        stop = _stop(text, start, start + LONGEST_LINE)
        if any(sign.isalnum() for sign in text[start:stop]):
            yield start, stop
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if any(sign.isalnum() for sign in text[start:end]):
        yield start, end


def _stop(text: str, start: int, latest: int) -> int:
    """Where a line ends at the latest: behind a sentence, else behind a clause, and never within a number or word."""
    for end in (_SENTENCE_END, _CLAUSE_END):
        found = [match.end() for match in end.finditer(text, start + 1, latest)]
        if found:
            return found[-1]
    word = _WORD.search(text, start + 1, latest) if _WORD.match(text[latest : latest + 1]) else None
    return word.start() if word else latest


def table_piece(
    title: str, rows: Iterable[Row], columns: Mapping[str, str], most: int | None = None
) -> Piece:
    """Rows as lines: a cell each of `columns` (attribute → heading); a column that is empty throughout is left out.

    Times are shown and cannot be quoted: the file may write them otherwise. Of more rows than `most` the first are
    taken, and the piece says how many more there are.
    """
    every = list(rows)
    held = every[:most]
    shown = [name for name in columns if any(getattr(row, name) not in (None, "") for row in held)]
    head = BETWEEN_CELLS.join(columns[name] for name in shown)
    lines = tuple(_row_line(row, shown) for row in held)
    title = f"{title}：{head}" if shown else title
    return Piece(PieceKind.TABLE, title, lines, more=len(every) - len(held))


def _row_line(row: Row, shown: Sequence[str]) -> Line:
    source, number = row_place(row)
    values = [getattr(row, name) for name in shown]
    quotable = tuple(
        _cell(value)
        for value in values
        if value not in (None, "") and not isinstance(value, date | datetime | bool)
    )
    text = BETWEEN_CELLS.join(_cell(value).replace("｜", "|") for value in values)
    return Line(text, source=source, row=number, cells=quotable)


def row_place(row: Row) -> tuple[str, str]:
    """The file of a row and what it is known by there, as checks cite it."""
    if isinstance(row, Charge):
        return row.source, row.charge_id
    if isinstance(row, Diagnosis):
        return "setl_list_diag_d", row.admission_id
    place, number = row.fact_id.rsplit("#", 1)
    return place.split(":", 1)[1], number


def _cell(value: object) -> str:
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
    return str(value)


def clause_piece(title: str, text: str) -> Piece:
    """A passage of the library or a row of a rule table; it is given to be read, not to be quoted."""
    return Piece(PieceKind.CLAUSE, title, _said(BREAKS.split(text)))


def finding_piece(finding: Finding, shown_rows: Collection[str] = ()) -> Piece:
    """What a rule said: the suspicion, its sums, and the quotes it stands on but those of documents and rows shown."""
    said = [finding.message]
    if finding.amount is not None:
        said.append(f"涉及 {finding.amount} 元，费用明细 {len(finding.charge_ids)} 行")
    if finding.overturned_by:
        said.append(f"可说明情况的材料：{'；'.join(finding.overturned_by)}")
    for item in finding.evidence:
        if item.row in shown_rows or sum(sign.isalnum() for sign in item.quote) < LEAST_QUOTED:
            continue
        side = "相反的原文" if item.says == "against" else "所据原文"
        said.append(f"{side}（{'，'.join(part for part in (item.label, item.at) if part)}）：{item.quote}")
    return Piece(PieceKind.RULE, f"规则提示的疑点：{finding.title}", _said(said))


def _said(texts: Iterable[str]) -> tuple[Line, ...]:
    return tuple(Line(text[start:end]) for text in texts for start, end in line_spans(text, 0, len(text)))
