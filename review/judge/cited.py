"""What a suspicion stands on, as pieces that can be quoted: its charge lines, the rows it cites, and the documents of
another stay or patient it was held against."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from review.checks.records import Record
from review.judge.models import Piece
from review.judge.paper import idle_spans
from review.judge.pieces import (
    ANESTHESIA,
    CHARGES,
    EDITS,
    EXAMS,
    LABS,
    OPERATIONS,
    ORDERS,
    VITALS,
    Row,
    row_place,
    table_piece,
    whole_document,
)
from review.judge.showing import without
from review.judge.stays import Stay
from review.models import Finding

MOST_ROWS = 12  # of one table
# no sums: how much is at issue says nothing of whether it is so
_CHARGES = {name: said for name, said in CHARGES.items() if name not in ("charge_id", "unit_price", "amount")}
_TABLES = (
    ("费用明细", "charges", _CHARGES),
    ("修改痕迹", "edits", EDITS),
    ("住院医嘱", "orders", ORDERS),
    ("化验报告", "labs", LABS),
    ("检查报告", "exams", EXAMS),
    ("手术登记", "operations", OPERATIONS),
    ("麻醉登记", "anesthesia", ANESTHESIA),
    ("护理体征", "vitals", VITALS),
)


def cited_pieces(stay: Stay, findings: Sequence[Finding]) -> Iterator[Piece]:
    """The rows behind the findings, and the documents of other stays that they cite."""
    places = {(one.source, one.row) for each in findings for one in each.evidence if one.row}
    charge_ids = {charge_id for one in findings for charge_id in one.charge_ids}
    yield from _rows(stay.record, places, charge_ids, "疑点所指的")
    documents = {row for _, row in places}
    for record in stay.related:
        if record.admission.admission_id == stay.admission_id:
            continue
        whose = _whose(stay, record)
        yield from _rows(record, places, frozenset(), whose)
        for document in record.documents:
            if document.document_id in documents:
                piece = without(whole_document(document), idle_spans(document))
                yield replace(piece, title=f"{whose}{piece.title}")


def _rows(
    record: Record, places: set[tuple[str, str]], charge_ids: set[str] | frozenset[str], whose: str
) -> Iterator[Piece]:
    for title, table, columns in _TABLES:
        rows: Sequence[Row] = getattr(record, table)
        held = [
            row for row in rows if row_place(row) in places or getattr(row, "charge_id", None) in charge_ids
        ]
        if held:
            yield table_piece(f"{whose}{title}", held, columns, MOST_ROWS)


def _whose(stay: Stay, record: Record) -> str:
    own, other = stay.record.admission, record.admission
    if own.person_id and own.person_id == other.person_id:
        return f"同一患者另一次住院（{other.begins_at:%Y-%m-%d} 入院）的"
    return "另一名患者的"
