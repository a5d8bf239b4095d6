"""An invented stay in the real warehouse, and a model that is a plain function: for tests of the questions."""

from dataclasses import dataclass
from functools import cache

from case_warehouse import REGION, CaseWarehouse, build, moment, shipped_rows

from review.checks.registry import all_checks
from review.judge.numbered import numbered
from review.judge.proof import Proof
from review.judge.registry import all_questions
from review.judge.stays import Stay
from review.models import Basis, CheckResult, Evidence, Finding, Outcome
from review.violations import Certainty

HEADERS = {check.header.code: check.header for check in all_checks()}
QUESTIONS = {one.prompt: one for one in all_questions()}


@cache
def shipped():
    warehouse = CaseWarehouse()
    warehouse.fill_knowledge(shipped_rows(), REGION)
    return warehouse


def inspection_of(**case):
    return build(shipped(), moment(case))


def stay_of(findings=(), outcomes=None, budget=6000, admission="A1", **case):
    inspection = inspection_of(**case)
    results = {code: CheckResult(admission, code, Outcome(said)) for code, said in (outcomes or {}).items()}
    return Stay(inspection.records[admission], tuple(findings), results, HEADERS, budget)


def finding(check, number=1, charge_ids=(), evidence=(), related=(), message="规则所说"):
    header = HEADERS[check]
    return Finding(
        id=f"F{number}",
        admission_id="A1",
        check=check,
        family=header.family,
        violation=header.violation,
        certainty=Certainty.CLUE,
        title=header.title,
        message=message,
        charge_ids=tuple(charge_ids),
        evidence=tuple(evidence),
        basis=(Basis("办法", "第一条"),),
        related_admissions=tuple(related),
    )


def quoted(record, document_id, quote):
    """A span of a document as a rule would cite it."""
    document = next(one for one in record.documents if one.document_id == document_id)
    start = document.text.index(quote)
    return record.quote(document, start, start + len(quote))


@dataclass
class Turn:
    """One draft as a model sees it, and what its answer comes to."""

    question: object
    stay: Stay
    draft: object
    reverse: bool = False

    def __post_init__(self):
        pieces = self.draft.pieces[::-1] if self.reverse else self.draft.pieces
        self.numbered = numbered(pieces, lambda text: text)
        layout = self.stay.record.inspection.layout
        self.proof = Proof(self.numbered, lambda text: text, layout, self.stay.record)

    @property
    def block(self):
        return self.numbered.block

    def line(self, words):
        """The number of the first line that holds these words."""
        return next(n for n, (_, line) in enumerate(self.numbered.lines, 1) if words in line.text)

    def claim(self, words, **more):
        return {"lines": [self.line(words)], "quote": words, **more}

    def read(self, answer):
        return self.question.read(
            self.stay, self.draft, self.question.answer.model_validate(answer), self.proof
        )


def turns(prompt, stay, reverse=False):
    question = QUESTIONS[prompt]
    return [Turn(question, stay, draft, reverse) for draft in question.asks(stay)]


def only(prompt, stay, reverse=False):
    (turn,) = turns(prompt, stay, reverse)
    return turn


def table_evidence(charge_id):
    return Evidence("table", "fee_list_d", "项目", row=charge_id, label="费用明细")
