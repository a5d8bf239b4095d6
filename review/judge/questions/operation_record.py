"""J3: what an operation record says was done, on which side, and what was left in the body.

Reading only: whether register, bill and label agree with it is compared by rules. A count is kept only where the number
stands in the proven quote.
"""

import re
from collections.abc import Iterator

from review.judge.answers import OperationRead
from review.judge.models import Draft, Statement
from review.judge.registry import CANNOT_TELL, Prover, Reading, agreed_by_label, question
from review.judge.showing import Claims, readable, shown
from review.judge.stays import Stay
from review.models import Evidence

USED_BY = (
    "CHG-004",
    "CHG-006",
    "CHG-007",
    "CHG-013",
    "CHG-015",
    "CHG-018",
    "DOC-006",
    "DOC-011",
    "DOC-013",
    "DOC-025",
)
RECORDS = re.compile(r"手术记录|操作记录|介入|内镜|穿刺记录|手术安全核查|手术清点|植入")
NUMERALS = {1: "一", 2: "二两双", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九", 10: "十"}
LEFT_SIDE, DONE, WAY_IN, LEFT_IN, DRAIN, WENT_WRONG = (
    "记录的侧别",
    "已做的步骤",
    "入路",
    "植入物",
    "引流管",
    "术中意外",
)
APPROACHES = {
    "open": "开放",
    "laparoscopic": "腹腔镜",
    "thoracoscopic": "胸腔镜",
    "arthroscopic": "关节镜",
    "endoscopic": "内镜",
    "interventional": "介入或穿刺",
    "other": "",
}
SIDES = re.compile("[左右双]")
# what is put in to be taken out again
DRAINS = re.compile(r"引流|导尿管|尿管|胃管")


def _read(stay: Stay, draft: Draft, answer: OperationRead, prover: Prover) -> Reading:
    claims = Claims(prover)
    told: list[tuple[str, Evidence | None]] = [
        *((DONE, claims.quote(one.lines, one.quote, "neutral")) for one in answer.steps),
        *((_way_in(one.value), claims.quote(one.lines, one.quote, "neutral")) for one in answer.approach),
        *(
            (LEFT_SIDE, claims.quote(one.lines, one.quote, "neutral"))
            for one in answer.sides
            if SIDES.search(one.quote)
        ),
        *((WENT_WRONG, claims.quote(one.lines, one.quote, "neutral")) for one in answer.complications),
    ]
    held = [(LEFT_IN, one) for one in answer.implants] + [(DRAIN, one) for one in answer.drains]
    for name, one in held:
        found = claims.quote(one.lines, one.quote, "neutral")
        name = DRAIN if DRAINS.search(one.name) else name
        counted = found is not None and one.quantity is not None and stands(one.quantity, found.quote)
        told.append((f"{name} {one.quantity:g} 件" if counted else name, found))
    statements = tuple(Statement("neutral", label, (found,)) for label, found in told if found is not None)
    return Reading("read" if statements else CANNOT_TELL, statements, answer.injection)


def _way_in(value: str) -> str:
    return f"{WAY_IN}：{APPROACHES[value]}" if APPROACHES[value] else WAY_IN


def stands(quantity: float, quote: str) -> bool:
    """Whether a count stands in a quote, in figures or as a numeral."""
    if f"{quantity:g}" in re.findall(r"\d+(?:\.\d+)?", quote):
        return True
    return (
        any(sign in quote for sign in NUMERALS.get(int(quantity), "")) if quantity == int(quantity) else False
    )


@question(
    code="J3",
    prompt="operation_record",
    title="手术记录所写",
    answer=OperationRead,
    read=_read,
    agree=agreed_by_label,
    twice=False,
    default=True,
    place=80,
)
def operation_record(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask without an operation record, or where no finding turns on one."""
    documents = [one for one in readable(stay.record) if RECORDS.search(one.kind)]
    if documents and stay.found_by(*USED_BY):
        pieces, left_out = shown(documents, stay.budget)
        yield Draft("operation", pieces, left_out=left_out)
