"""DOC-023: a service is charged on a day for which the record itself says that it was not done, or could not have been.

Two readings. A sentence that refuses, cancels or leaves out the service by its name, on the charged day or of the whole
stay. And a state that the service rules out (walking about, breathing freely, no tube in place), by the rows of
`record_denials`. It measures the lines of those days; a report, an execution, a sheet or a note that has the service
done on the day, or done later with what was charged early, clears. Source: 病历书写基本规范 第三条.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from review.checks.criteria import rows_in_force
from review.checks.denied_services import Denied, denied_services
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import once
from review.checks.states_told import Contradicted, states_against
from review.models import Problem
from review.record import Charge
from review.violations import Certainty

SHOWN = 2


@check(
    code="DOC-023",
    title="收费与病历内容矛盾",
    violation="fictitious_service",
    certainty="probable",
    needs={"tables": ("charges", "documents"), "knowledge": ("record_denials",)},
    limits={"longest_said": 60},
    limits_said={"longest_said": "消息里引用病历的最多字数"},
    basis=("医疗保障基金使用监督管理条例#第四十条（三）", "病历书写基本规范#第三条"),
    covers={"problems": (3, 15, 60, 69, 171)},
    message="$item 计费 $billed $unit_said（$days），病历写明“$said”；疑似未实施而收费，涉及 $excess_yuan 元。",
    why="病历自己写着没有做、或当时不可能做的服务，不应收费；也可能是记录写错或改日已做，须核对执行记录。",
    exceptions=(
        "当日拒绝，改日已做",
        "当日稍后已完成",
        "只做了一部分",
        "停用前已经提供",
        "当日只拒绝其中一次，少收一次",
        "已退费",
        "写的是计划或择期",
        "先拒绝后同意",
        "有报告证明已做",
        "入院前或外院未做",
        "拒绝的是另一项服务",
        "患者状态当日有变化",
        "知情同意书的通用条文",
        "外科操作当日另有登记",
    ),
    overturned_by=("治疗单、执行单", "检查检验报告", "更正说明", "退费凭证"),
)
def charge_denied_by_record(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.charges:
        raise NotApplicable("本次住院没有费用明细")
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    named = list(denied_services(record))
    known = {line.charge_id for denied in named for line, _ in denied.taken}
    for denied in named:
        yield _denied(denied, limits)
    for state in states_against(
        record, rows_in_force(record.rows("record_denials"), record.admission.begins_at.date())
    ):
        left = [line for line in state.lines if line.charge_id not in known]
        known |= {line.charge_id for line in left}
        if left:
            yield _contradicted(record, state, left, limits)


def _denied(denied: Denied, limits: Limits) -> Problem:
    said = "".join(denied.facts[0].quote.split())
    return Problem(
        **_charged(denied.taken, said, limits),  # type: ignore[arg-type]
        fact_ids=once(fact.fact_id for fact in denied.facts),
        against_fact_ids=denied.against,
        certainty=Certainty.CLUE if denied.doubt else Certainty.PROBABLE,
        lowered_by=(denied.doubt,) if denied.doubt else (),
    )


def _contradicted(record: Record, state: Contradicted, lines: Sequence[Charge], limits: Limits) -> Problem:
    days = {line.charged_on for line in lines}
    cited = [sentence for sentence in state.said if sentence.at and sentence.at.date() in days][: SHOWN * 2]
    said = cited[0].bare if cited else (state.orders[0].order_name or "")
    return Problem(
        **_charged([(line, line.quantity) for line in lines], said, limits),  # type: ignore[arg-type]
        evidence=tuple(
            record.quote(sentence.document, *sentence.whole, at=sentence.at) for sentence in cited
        ),
        fact_ids=tuple(dict.fromkeys(order.fact_id for order in state.orders))[:SHOWN],
        certainty=Certainty.PROBABLE,
        row_id=str(state.row["row_id"]),
    )


def _charged(taken: Sequence[tuple[Charge, Decimal]], said: str, limits: Limits) -> dict[str, object]:
    """The units of a problem with their yuan, and the fields of its message."""
    kept = sorted(taken, key=lambda part: part[0].charge_id)
    lines = [line for line, _ in kept]
    amounts = tuple(units * line.amount / line.quantity for line, units in kept)
    days = dict.fromkeys(
        f"{line.charged_on:%m-%d}" for line in sorted(lines, key=lambda one: str(one.charged_on))
    )
    return {
        "fields": {
            "item": "、".join(dict.fromkeys(line.item_name or "" for line in lines)),
            "billed": sum((line.quantity for line in lines), Decimal(0)),
            "unit_said": lines[0].unit or "次",
            "days": "、".join(days),
            "said": said[: int(limits["longest_said"])],
            "excess_yuan": sum(amounts, Decimal(0)),
        },
        "charge_ids": tuple(line.charge_id for line in lines),
        "charge_amounts": amounts,
        "amount": sum(amounts, Decimal(0)),
    }
