"""J8: which of the things two alike passages share are one patient's own rather than a form's.

The passages are those of the finding. The other patient's is a piece of its own document, whose admission is not the
stay's: names in it are that patient's and must be masked too.
"""

from collections.abc import Iterator
from dataclasses import replace

from review.checks.records import Record
from review.judge.answers import SharedFacts
from review.judge.models import Draft, Piece, Statement
from review.judge.pieces import document_pieces, whole_document
from review.judge.registry import CANNOT_TELL, Prover, Reading, agreed_by_label, question
from review.judge.showing import Claims, shown
from review.judge.stays import Stay
from review.judge.tokens import piece_tokens
from review.models import Evidence, Finding
from review.record import Document

USED_BY = ("DOC-016", "DOC-017")
KINDS = {
    "value": "数值",
    "date": "日期时间",
    "name": "人名、单位、地名",
    "side": "侧别",
    "organ": "器官、部位",
    "error": "同样的错字",
    "event": "事件经过",
    "other": "其他",
}
PASSAGE = 1500  # tokens of one passage
FIRST, SECOND = "甲段", "乙段"
SPECIFIC, TEMPLATE = "specific", "template"


def _passages(stay: Stay, finding: Finding) -> tuple[Piece, Piece] | None:
    """The passage of this stay and the one it is like; null where a finding quotes no two documents."""
    records = [stay.record, *(one for name in finding.related_admissions if (one := stay.other(name)))]
    found: dict[str, tuple[Document, Evidence, Record]] = {}
    for evidence in finding.evidence:
        for record in records:
            document = next((one for one in record.documents if one.document_id == evidence.row), None)
            if document is not None and evidence.kind == "document":
                found.setdefault(document.document_id, (document, evidence, record))
                break
    own = [one for one in found.values() if one[2] is stay.record]
    others = [one for one in found.values() if one[2] is not stay.record] or own[1:]
    if not own or not others:
        return None
    return _passage(*own[0], FIRST), _passage(*others[0], SECOND)


def _passage(document: Document, evidence: Evidence, record: Record, name: str) -> Piece:
    """The section a quote stands in, or the whole document where it is short."""
    whole = whole_document(document)
    at = record.inspection.layout.place(evidence.source, evidence.page, evidence.start or 0) - document.start
    piece = whole
    if piece_tokens(whole) > PASSAGE:
        near = [one for one in document_pieces(document) if one.lines[0].start <= at < one.lines[-1].end]
        piece = near[0] if near else whole
    return replace(piece, title=f"{name}：{piece.title}")


def _read(stay: Stay, draft: Draft, answer: SharedFacts, prover: Prover) -> Reading:
    first, second = (
        next(piece.document for piece in draft.pieces if piece.document and piece.title.startswith(name))
        for name in (FIRST, SECOND)
    )
    claims = Claims(prover)
    statements = []
    for one in answer.facts:
        if one.specific == "no":
            continue
        a, b = (claims.quote(claim.lines, claim.quote, "for") for claim in (one.a, one.b))
        if a is None or b is None or (a.row, b.row) != (first.document_id, second.document_id):
            continue
        sure = "" if one.specific == "yes" else "（不能确定）"
        statements.append(Statement("for", f"两段共有的{KINDS[one.kind]}{sure}", (a, b)))
    verdict = SPECIFIC if statements else CANNOT_TELL if claims.made else TEMPLATE
    return Reading(verdict, tuple(statements), answer.injection)


@question(
    code="J8",
    prompt="shared_facts",
    title="两段共有的个人信息",
    answer=SharedFacts,
    read=_read,
    agree=agreed_by_label,
    default=True,
    place=90,
)
def shared_facts(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask without a finding on copied text."""
    for finding in stay.found_by(*USED_BY):
        passages = _passages(stay, finding)
        if passages is not None:
            pieces, left_out = shown((), 2 * PASSAGE + 200, before=passages)
            if len({piece.title[:2] for piece in pieces}) == len(passages):
                yield Draft(finding.id, pieces, left_out=left_out)
