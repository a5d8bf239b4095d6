"""CHG-023: a drug the fund paid for though none of the clauses of its payment limit is met."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.mentions import drug_core, mentions, quoted
from review.checks.payment_conditions import CONDITIONS, Drug, Held
from review.models import Evidence, Problem
from review.violations import Certainty, lowest

DECLARED = {"1": "医院申报符合限定支付条件", "0": "医院未申报符合限定支付条件"}


@check(
    code="CHG-023",
    title="药品超限定支付条件",
    violation="out_of_scope_payment",
    certainty="probable",
    needs={"tables": ["charges", "diagnoses"], "knowledge": ["drug_indication_limits"]},
    limits={"lab_days_before": 7, "lab_days_after": 1},
    limits_said={
        "lab_days_before": "化验早于用药的天数",
        "lab_days_after": "化验晚于用药的天数",
    },
    basis=["医疗保障基金使用监督管理条例#第三十八条（六）", "医疗保障基金使用监督管理条例#第八条"],
    covers={"classes": [5, 8, 11, 70], "problems": [7]},
    message="$drug 限“$limit”。本次住院：$seen。疑似超限定支付，纳入基金支付 $paid_yuan 元$declared。",
    why="限定支付的药品，只有符合限定条件时基金才予支付。",
    exceptions=(
        "诊断只写在病历里，结算清单没有列出",
        "符合限定条件中的任何一条",
        "化验达到限定的阈值",
        "抢救、重症监护等限定条件所列的情形",
        "入院前的化验结果由病历引用",
        "费用未纳入基金支付",
        "服务当日的目录没有该限定",
        "既往住院用过一线药品",
    ),
    overturned_by=("病历中符合限定条件的诊断或检验依据", "既往一线用药的记录", "特殊用药审批表"),
)
def drug_outside_its_indication(record: Record, limits: Limits) -> Iterator[Problem]:
    drugs = restricted_drugs(record)
    if not drugs:
        raise NotApplicable("未使用限定支付条件的药品")
    unknown: list[str] = []
    problems: list[Problem] = []
    for drug in drugs:
        held = {row_id: _clause(record, drug, row, limits) for row_id, row in drug.clauses.items()}
        if any(clause.met for clause in held.values()):
            continue
        if any(clause.met is None for clause in held.values()):
            unknown += [f"{drug.name}：{clause.said}" for clause in held.values() if clause.met is None]
            continue
        problems.append(_problem(record, drug, held))
    if unknown and not problems:
        raise NotChecked("；".join(dict.fromkeys(unknown)))
    yield from problems


def restricted_drugs(record: Record) -> list[Drug]:
    """The restricted drugs the fund paid for, each with the clauses in force on the day of its first line."""
    rows = {str(row["row_id"]): row for row in record.rows("drug_indication_limits")}
    drugs: dict[str, Drug] = {}
    for charge in record.charges:
        if charge.charged_on is None or (charge.in_scope_amount is not None and charge.in_scope_amount <= 0):
            continue
        for code in _row_codes(record).get(charge.item_key, ()):
            row = rows[code["row_id"]]
            if not _in_force(row, charge.charged_on, record.admission.insurance_type):
                continue
            drug = drugs.setdefault(str(row["generic"]), Drug(charge.item_name or str(row["generic"])))
            drug.clauses[str(row["row_id"])] = row
            drug.ceilings.append(Certainty(code["ceiling"]))
            if charge not in drug.lines:
                drug.lines.append(charge)
    return [drug for drug in drugs.values() if any(line.charged_at for line in drug.lines)]


def _row_codes(record: Record) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return record.inspection.row_codes("drug_indication_limits")


def _in_force(row: Mapping[str, Any], day: date, insurance: str | None) -> bool:
    begins, ends = row["in_force_from"] or date.min, row["in_force_to"] or date.max
    insured = row["insutype"] is None or insurance in str(row["insutype"]).split("|")
    return bool(begins <= day <= ends and insured)


def _clause(record: Record, drug: Drug, row: Mapping[str, Any], limits: Limits) -> Held:
    """All conditions of a clause; it is missed when one of them is."""
    conditions = [
        reader(record, drug, row, limits) for column, reader in CONDITIONS.items() if row[column] is not None
    ]
    missed = [condition for condition in conditions if condition.met is False]
    if missed:
        return Held(
            False,
            "；".join(condition.said for condition in missed),
            tuple(fact for condition in missed for fact in condition.fact_ids),
            elsewhere=all(condition.elsewhere for condition in missed),
        )
    unknown = [condition for condition in conditions if condition.met is None]
    if unknown or not conditions:
        return Held(None, unknown[0].said if unknown else "限定条件须人工判断")
    return Held(True)


def _problem(record: Record, drug: Drug, held: Mapping[str, Held]) -> Problem:
    rows = sorted(drug.clauses.values(), key=lambda row: int(row["clause_no"]))
    missed = list(held.values())
    paid = sum((line.in_scope_amount or Decimal(0) for line in drug.lines), Decimal(0))
    known = all(line.in_scope_amount is not None for line in drug.lines)
    told = _notes(record, drug)
    flags = {line.limit_declared for line in drug.lines}
    reasons = []
    certainty = lowest(
        *(Certainty(row["certainty_ceiling"] or "established") for row in rows), *drug.ceilings
    )
    if any(clause.elsewhere for clause in missed):
        certainty, reasons = Certainty.CLUE, ["院外、门诊是否用过一线药品，所收数据不能判断"]
    elif not record.documents:
        certainty, reasons = Certainty.CLUE, ["缺：病历文书，只按结算诊断判断"]
    elif not record.provided("labs") and any(row["lab_item"] is not None for row in rows):
        certainty, reasons = Certainty.CLUE, ["缺：化验报告，只按诊断判断"]
    declared = DECLARED.get(next(iter(flags)) or "") if len(flags) == 1 else None
    return Problem(
        fields={
            "drug": drug.name,
            "limit": "；或 ".join(dict.fromkeys(str(row["text"]) for row in rows)),
            "seen": "；".join(
                dict.fromkeys(part for clause in missed for part in clause.said.split("；") if part)
            ),
            "paid_yuan": paid if known else sum((line.amount for line in drug.lines), Decimal(0)),
            "declared": f"（{declared}）" if declared else "",
        },
        charge_ids=tuple(line.charge_id for line in drug.lines),
        amount=sum((line.amount for line in drug.lines), Decimal(0)),
        fund_amount=paid if known else None,
        fact_ids=(
            *dict.fromkeys(fact for clause in missed for fact in clause.fact_ids),
            *_order(record, drug),
        ),
        evidence=told,
        certainty=certainty,
        lowered_by=tuple(reasons),
        row_id=str(rows[-1]["row_id"]),
    )


def _notes(record: Record, drug: Drug) -> tuple[Evidence, ...]:
    """The first note and the order that speak of giving the drug."""
    core = re.compile(re.escape(drug_core(drug.name)))
    day = drug.first.date() - timedelta(days=1)
    for place in mentions(record, core):
        given = re.search(r"予|给|用|静滴|滴注|输注|口服|肌注", place.words)
        if (
            given
            and not place.context.denied
            and (place.sentence.at is None or place.sentence.at.date() >= day)
        ):
            return (quoted(record, place),)
    return ()


def _order(record: Record, drug: Drug) -> tuple[str, ...]:
    """The order the lines name, else the first of that drug."""
    numbers, codes = {line.order_no for line in drug.lines}, {line.code15 for line in drug.lines}
    for order in record.orders:
        named = order.order_no and order.order_no in numbers
        if named or (order.order_code and order.order_code in codes) or order.order_name == drug.name:
            return (order.fact_id,)
    return ()
