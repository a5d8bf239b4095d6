"""The gate of a submission: each of its parts is proven against the record, the lines and the library, or refused.

Everything that failed is told at once, so that one more step can set it right; nothing is mended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from review.deidentify import mask_numbers
from review.investigator.amounts import Count, Excess, counted
from review.investigator.case import Case
from review.investigator.submission import BasisOf, Claim, Submission
from review.investigator.tools import CannotDo
from review.judge.proof import REFUSED
from review.models import Basis, Evidence, Finding
from review.record import Charge
from review.violations import VIOLATIONS, Violation

WITHOUT_LINES = {"upcoding", "shifted_cost"}  # what was charged elsewhere, or by a group, names no line here
Faults = list[tuple[str, str]]  # what kind of part failed, and why


@dataclass(frozen=True)
class Parts:
    """What of a submission was proven."""

    violation: Violation
    charges: tuple[Charge, ...]
    count: Count | None
    evidence: tuple[Evidence, ...]
    basis: Basis
    related: tuple[str, ...]
    cited: tuple[str, ...]  # the words of the lines that the quotes stand in, and of the clause


class Refused(CannotDo):
    """A submission that does not pass; `kind` is the first thing that failed."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.kind = faults[0][0]
        told = "；".join(said for _, said in faults[:4])
        super().__init__(f"没有收下：{told}。请改正后重新提交；不能证明的就不要提交。")


def proven_parts(case: Case, given: Submission) -> Parts:
    """Every part proven. Raises Refused with all that failed, so that one more step can set it right."""
    faults: Faults = []
    violation = VIOLATIONS.get(given.violation)
    if violation is None:
        raise Refused(
            [("violation", f"没有“{given.violation[:40]}”这种类型，可用的是 {'、'.join(VIOLATIONS)}")]
        )
    charges = _charges(case, given, faults)
    count = None if faults else _amount(case, violation, charges, given, faults)
    day = min((one.charged_on for one in charges if one.charged_on), default=None)
    basis = _basis(case, given.basis, day or case.record.admission.begins_at.date(), faults)
    related = _related(case, violation, given.earlier_admission, faults)
    evidence = tuple(_evidence(case, given.claims, faults))
    if not any(item.says == "for" for item in evidence) and not faults:
        faults.append(("quote", "没有一条支持疑点（for）的引文"))
    if faults or basis is None:
        raise Refused(faults)
    return Parts(violation, charges, count, evidence, basis, related, tuple(_cited(case, given, day)))


def _cited(case: Case, given: Submission, day: date | None) -> Iterator[str]:
    for number in {number for claim in given.claims for number in claim.lines}:
        line = case.numbered.line(number)
        if line is not None:
            yield line[1].text
    clause = case.scene.library.clause(given.basis.document, given.basis.passage, on=day)
    if clause is not None:
        yield clause.text


def _charges(case: Case, given: Submission, faults: Faults) -> tuple[Charge, ...]:
    found: dict[str, Charge] = {}
    unknown = []
    for name in given.charge_ids:
        charge = case.charge(name)
        if charge is None:
            unknown.append(mask_numbers(case.veil.people.hide(name[:40])))
        else:
            found[charge.charge_id] = charge
    if unknown:
        shown = "、".join(unknown[:5])
        faults.append(
            (
                "charge",
                f"本次住院没有收费行 {shown}（有 F1 到 F{len(case.charges)}）；请用 query 查 charges 的 charge_id",
            )
        )
    return tuple(found.values())


def _amount(
    case: Case,
    violation: Violation,
    charges: Sequence[Charge],
    given: Submission,
    faults: Faults,
) -> Count | None:
    """What the lines come to; null for a violation without yuan of its own."""
    if violation.whole_stay or not violation.counted:
        if given.amount is not None:
            kind = "整次住院" if violation.whole_stay else "文书类"
            faults.append(("amount", f"{kind}的疑点不写金额，请不填 amount"))
        return None
    if not charges:
        if violation.code not in WITHOUT_LINES:
            faults.append(("charge", f"{violation.name}要写明涉及的收费行 charge_ids"))
        elif given.amount is not None:
            faults.append(("amount", "没有收费行就算不出金额，请不填 amount 或写明收费行"))
        return None
    excess: dict[str, Excess] = {}
    for one in given.excess:
        charge = case.charge(one.charge_id)
        if charge is None or charge not in charges:
            faults.append(("charge", f"excess 里的 {one.charge_id[:30]} 不在 charge_ids 里"))
        else:
            excess[charge.charge_id] = Excess(one.quantity, one.standard_price)
    count, wrong = counted(charges, excess, {charge.charge_id: name for name, charge in case.charges.items()})
    faults += [("amount", one) for one in wrong]
    if not wrong and given.amount is not None and given.amount != count.amount:
        said = f"这些行算出的是 {count.amount:.2f} 元，与所写的 {given.amount} 元不符；"
        said += f"请核对收费行和多出的数量，或按 {count.amount:.2f} 填"
        faults.append(("amount", said))
    return count


def _basis(case: Case, given: BasisOf, day: date, faults: Faults) -> Basis | None:
    found = case.scene.clause_on(given.document, given.passage, day)
    if found is None:
        held = case.scene.library.clause(given.document, given.passage, on=day)
        why = "在服务当日不施行" if held is not None else "知识库里没有"
        faults.append(
            (
                "basis",
                f"依据《{given.document[:60]}》{given.passage[:40]}{why}（{day}）；请用 look_up_clause 按这一天查",
            )
        )
    return found


def _related(case: Case, violation: Violation, earlier: str | None, faults: Faults) -> tuple[str, ...]:
    if violation.code != "split_admission":
        return ()
    stay = case.stay(earlier or "")
    record = case.scene.inspection.records[stay] if stay else None
    own = case.record.admission
    if (
        record is None
        or record.admission.person_id != own.person_id
        or record.admission.begins_at >= own.begins_at
    ):
        faults.append(("stay", "分解住院要写明同一人更早的那次住院 earlier_admission；请查 person_stays"))
        return ()
    return (record.admission.admission_id,)


def _evidence(case: Case, claims: Sequence[Claim], faults: Faults) -> Iterator[Evidence]:
    proof = case.proof()
    for number, claim in enumerate(claims, start=1):
        found = proof.evidence(claim.lines, claim.quote, claim.says)
        if found is not None:
            yield found
            continue
        why = REFUSED[proof.last] if proof.last is not None else "不能证明"
        where = "、".join(str(line) for line in claim.lines[:5])
        faults.append(
            (
                "quote",
                f"第 {number} 条引文不成立（第 {where} 行）：{why}；请用 read_document 或 query 重看原文，逐字抄",
            )
        )


def same_as(case: Case, parts: Parts, known: Sequence[Finding]) -> Finding | None:
    """A finding that says the same of the same lines or of the same place, or of the whole stay."""
    own = {one.charge_id for one in parts.charges}
    items = {one.item_key for one in parts.charges}
    item_of = {one.charge_id: one.item_key for one in case.charges.values()}
    places = [item for item in parts.evidence if item.says == "for"]
    for finding in known:
        if finding.violation != parts.violation.code:
            continue
        if parts.violation.whole_stay or own & set(finding.charge_ids):
            return finding
        # which of an item's lines carries an excess is a rule's own choice: another line of it is the same excess
        if finding.origin == "rule" and items & {item_of.get(one) for one in finding.charge_ids}:
            return finding
        theirs = [item for item in finding.evidence if item.says == "for"]
        # one line of a note may speak for several charges
        unlined = not own or not finding.charge_ids
        if unlined and any(_same_place(one, other) for one in places for other in theirs):
            return finding
    return None


def _same_place(one: Evidence, other: Evidence) -> bool:
    if (one.kind, one.source) != (other.kind, other.source):
        return False
    if one.start is None or other.start is None:
        return one.row == other.row
    return one.page == other.page and one.start < (other.end or 0) and other.start < (one.end or 0)
