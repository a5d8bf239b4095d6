"""The one way an investigation speaks: `submit_finding`, proven in every part or refused with the reason; and `finish`.

A submission becomes a finding when each quote stands in the lines it names, the charge lines are the stay's own, the
amount is what those lines come to, the basis was in force that day, and no rule has found the same.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from review.checks.citing import cite_charges
from review.checks.stamping import CENT, OCR_SURE, fund_part
from review.investigator.case import Case
from review.investigator.gate import Parts, Refused, proven_parts, same_as
from review.investigator.statements import FORBIDDEN, Proven, faults_of
from review.investigator.submission import Finish, Submission
from review.investigator.tools import Asking, CannotDo, Said, Tool
from review.models import Evidence, Finding, Problem
from review.violations import VIOLATIONS, Certainty

CHECK = "INV-001"  # what findings of the investigator stand under
VERSION = 1
OVERTURNED_BY = ("专家查阅原件，所引原文另有合理解释",)


def submit_finding(asking: Asking, given: Submission) -> Said:
    try:
        finding = _proven(asking, given)
    except Refused as problem:
        return Said(str(problem), refused=problem.kind)
    amount = f"，金额 {finding.amount:.2f} 元" if finding.amount is not None else ""
    level = "较可能" if finding.certainty is Certainty.PROBABLE else "线索"
    return Said(f"已收下，等级为{level}{amount}。可以继续查别的，查完调用 finish。", finding=finding)


def finish(asking: Asking, given: Finish) -> Said:
    found = FORBIDDEN.search(given.reason)
    if found:
        raise CannotDo(f"结束语里有“{found[0]}”，不作认定、不说意图；请改写后再调用 finish。")
    return Said("核查结束。", finished=asking.case.veil.show(given.reason))


def _proven(asking: Asking, given: Submission) -> Finding:
    case = asking.case
    parts = proven_parts(case, given)
    same = same_as(case, parts, (*case.findings, *asking.submitted))
    if same is not None:
        who = f"规则 {same.check} " if same.origin == "rule" else "本次核查"
        raise Refused([("duplicate", f"{who}已经发现这一处（{VIOLATIONS[same.violation].name}），不必重复")])
    statement = case.veil.show(given.statement)
    records = case.scene.inspection.records
    stays = (case.record.admission, *(records[one].admission for one in parts.related))
    proven = Proven(parts.evidence, parts.charges, parts.count, stays, parts.cited)
    faults = list(faults_of(statement, proven))
    if faults:
        raise Refused([("statement", fault) for fault in faults])
    certainty, lowered_by = _certainty(case, given.certainty, parts)
    finding = _finding(asking, statement, parts, certainty, lowered_by)
    return finding


def _certainty(case: Case, wanted: str, parts: Parts) -> tuple[Certainty, tuple[str, ...]]:
    """A clue, unless a rule or a second document agrees; and what lowered it."""
    spoke = [item for item in parts.evidence if item.says == "for"]
    unsure = [one for item in spoke if (one := item.confidence) is not None and one < OCR_SURE]
    if unsure:
        return Certainty.CLUE, (f"依据的扫描文字识别置信度 {min(unsure):.2f}",)
    if wanted == Certainty.CLUE:
        return Certainty.CLUE, ("模型提出，未经规则印证",)
    agrees = any(one.violation == parts.violation.code for one in case.findings)
    sources = {item.row if item.kind == "document" else item.label for item in spoke}
    if agrees or len(sources) > 1:
        return Certainty.PROBABLE, ()
    return Certainty.CLUE, ("模型提出，只有一处出处",)


def _finding(
    asking: Asking, statement: str, parts: Parts, certainty: Certainty, lowered_by: tuple[str, ...]
) -> Finding:
    admission, violation, count = asking.case.record.admission, parts.violation, parts.count
    ids = tuple(one.charge_id for one in parts.charges)
    amount = count.amount if count is not None else None
    fund = None
    if count is not None:
        fund = fund_part(Problem(amount=amount, charge_amounts=count.parts), parts.charges)
    if violation.whole_stay and certainty is Certainty.PROBABLE:
        amount, fund = admission.total_amount, admission.fund_amount
    return Finding(
        id=_stable_id(admission.admission_id, violation.code, ids, parts.evidence),
        admission_id=admission.admission_id,
        check=CHECK,
        family=violation.family,
        violation=violation.code,
        certainty=certainty,
        title=f"疑似{violation.name}",
        message=f"疑似{violation.name}：{statement}",
        charge_ids=ids,
        amount=_cents(amount),
        fund_amount=_cents(fund),
        charge_amounts=count.parts if count is not None and count.partial else (),
        evidence=_with_lines(parts),
        basis=(parts.basis,),
        related_admissions=parts.related,
        overturned_by=OVERTURNED_BY,
        lowered_by=lowered_by,
        origin=f"model（{asking.model}, investigator v{VERSION}）",
    )


def _with_lines(parts: Parts) -> tuple[Evidence, ...]:
    """What was quoted, and of each charge line its item unless that was quoted."""
    quoted = {(one.source, one.row, one.quote) for one in parts.evidence}
    lines = (one for one in cite_charges(parts.charges) if (one.source, one.row, one.quote) not in quoted)
    return tuple(dict.fromkeys((*parts.evidence, *lines)))


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(CENT)


def _stable_id(admission_id: str, violation: str, ids: Sequence[str], evidence: Sequence[Evidence]) -> str:
    places = sorted(f"{one.source}|{one.row}|{one.start}" for one in evidence if one.says == "for")
    parts = [admission_id, CHECK, violation, *sorted(ids), "#", *places]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:16]


TOOLS = (
    Tool(
        "submit_finding",
        "提交一个疑点。每条引文、收费行、金额和依据都会核对，有一处不成立就退回并说明原因。",
        Submission,
        submit_finding,
    ),
    Tool("finish", "结束本次核查。没有发现疑点也用它结束。", Finish, finish),
)
