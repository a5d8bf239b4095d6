"""What a self-check becomes once it is read back: annex 2, the hospital's row of annex 4, and its own detail."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from review.procedure.annex_paper import faults_table, paper_of, table_of
from review.procedure.annexes import (
    BUREAU,
    HOSPITAL,
    Filed,
    Value,
    annexes,
    problem_of,
    total_of,
)
from review.procedure.selfcheck_form import HASH, REFUSED
from review.procedure.selfcheck_list import CheckList
from review.procedure.selfcheck_reading import Answers
from review.procedure.selfcheck_settling import Settled, SettledItem
from review.reports.paper import COUNT, DAY, TEXT, YUAN, Block, Column, Fields, Heading, Paper, Table, Text

LONGEST_MEASURES = 400


def annex_of(asked: CheckList, answers: Answers, settled: Settled, made_at: datetime) -> Filed:
    """Annex 2 of this hospital; not whole while an answer is missing or a place is to be mended."""
    rows = {
        problem: _row(problem, settled, looked=problem in asked.looked_for)
        for problem in annexes()[HOSPITAL].problems
    }
    stays = {one.item.admission_id for one in settled.accepted}
    total: dict[str, Value] = dict(total_of(annexes()[HOSPITAL], rows))
    own_cases = sum(one.cases or 0 for one in settled.own)
    total["found"] = len(stays) + own_cases
    return Filed(
        HOSPITAL,
        asked.institution,
        made_at,
        rows,
        total,
        len(asked.stays),
        asked.period,
        _state(settled, answers),
    )


def _state(settled: Settled, answers: Answers) -> str:
    said = [f"{settled.open} 项未答"] if settled.open else []
    said += [f"{len(answers.faults)} 处待改"] if answers.faults else []
    return f"未完：{'，'.join(said)}" if said else ""


def _row(problem: str, settled: Settled, *, looked: bool) -> dict[str, Value]:
    mine = [one for one in settled.items if problem_of().get(one.item.violation) == problem]
    own = [one for one in settled.own if one.problem == problem]
    if not looked and not own:
        return {}
    accepted = [one for one in mine if one.answer and one.answer.verdict != REFUSED]
    row: dict[str, Value] = {}
    if looked:
        row |= {
            "prompted": len(mine),
            "accepted": len(accepted),
            "refused": sum(bool(one.answer) and one not in accepted for one in mine),
            "open": sum(one.answer is None for one in mine),
        }
    own_yuan = [one.yuan for one in own if one.yuan is not None]
    told = accepted or any(one.cases is not None for one in own) or looked
    cases = len({one.item.admission_id for one in accepted}) + sum(one.cases or 0 for one in own)
    row["found"] = cases if told else None
    row["yuan"] = _known([one.counted for one in accepted] + [one.yuan for one in own])
    concerned = [one.fund for one in accepted if one.counted] + [one.fund for one in own if one.yuan]
    row["fund"] = _known(concerned) if row["yuan"] is not None else None
    row["own"] = sum(own_yuan, Decimal("0.00")) if own_yuan else None
    back = [one.answer.returned for one in accepted if one.answer] + [one.returned for one in own]
    row["returned"] = _known(back) if any(one is not None for one in back) else None
    said = [_measure(one) for one in accepted] + [one.measure for one in own]
    row["measures"] = "；".join(dict.fromkeys(one for one in said if one))[:LONGEST_MEASURES] or None
    return row


def _known(sums: Sequence[Decimal | None]) -> Decimal | None:
    """The sum of what is known; null where nothing is; zero where there is nothing to know."""
    known = [one for one in sums if one is not None]
    return sum(known, Decimal("0.00")) if known or not sums else None


def _measure(one: SettledItem) -> str:
    if one.answer is None or not one.answer.measure:
        return ""
    done = f"（{one.answer.done} 完成）" if one.answer.done else ""
    return f"{' '.join(one.answer.measure.split())}{done}"


def annex_paper(asked: CheckList, filed: Filed, settled: Settled) -> Paper:
    """The paper the hospital reports: annex 2 and its row of annex 4. It names no patient."""
    annex, mine = annexes()[BUREAU], asked.institution
    key = mine.code or mine.name
    row = {name: filed.total.get(name) for name in ("found", "yuan", "fund", "returned")}
    return paper_of(
        filed,
        (
            _to_return(settled),
            Heading(f"{annex.sheet}　{annex.title}（本机构一行）"),
            table_of(annex, {key: row}, row, {key: mine}),
        ),
    )


def _to_return(settled: Settled) -> Fields:
    fund = settled.fund
    said: list[tuple[str, Decimal | str]] = [
        ("自查涉及金额（元）", settled.yuan),
        ("其中医保基金，折算（元）", fund if fund is not None else "数据未载明"),
    ]
    if settled.fund_unknown:
        said.append(("基金部分未载明的金额（元）", settled.fund_unknown))
    return Fields(tuple(said))


def detail_paper(asked: CheckList, answers: Answers, settled: Settled, made_at: datetime) -> Paper:
    """Item by item how the sum came about, and what is still to be mended; for the hospital itself."""
    about: list[tuple[str, str | Decimal | None]] = [
        ("机构名称", asked.institution.name or "未载明"),
        ("机构编码", asked.institution.code or "未载明"),
        ("提示疑点", f"{len(asked.items)} 项"),
        ("认可（含部分）", f"{len(settled.accepted)} 项"),
        ("未答", f"{settled.open} 项"),
        (HASH, asked.sha256),
    ]
    blocks: list[Block] = [Fields((*about, *_to_return(settled).pairs))]
    if answers.faults:
        blocks += [
            Heading("待改之处"),
            Text("改好后再读一次。读不出的答复按未答计，没有计入金额。"),
            faults_table(answers.faults),
        ]
    blocks += [Heading("逐项"), _items(settled)]
    return Paper(
        "自查自纠明细",
        asked.institution.name or asked.institution.code or "机构名称未载明",
        bool(_state(settled, answers)),
        made_at,
        tuple(blocks),
        landscape=True,
    )


def _items(settled: Settled) -> Table:
    columns = (
        Column("序号", COUNT, 0.5),
        Column("问题", TEXT, 1.2),
        Column("涉及金额（元）", YUAN, 1.0),
        Column("认定", TEXT, 0.7),
        Column("计入金额（元）", YUAN, 1.0),
        Column("其中医保基金（元）", YUAN, 1.0),
        Column("说明", TEXT, 1.2),
        Column("理由", TEXT, 1.6),
        Column("整改措施", TEXT, 1.6),
        Column("整改完成", DAY, 0.9),
    )
    rows = tuple(
        (
            one.item.number,
            one.item.name,
            one.item.amount,
            one.answer.verdict if one.answer else "未答",
            one.counted,
            one.fund,
            f"其余计入第 {one.carried} 项" if one.carried else "",
            one.answer.reason if one.answer else "",
            one.answer.measure if one.answer else "",
            one.answer.done if one.answer else None,
        )
        for one in settled.items
    )
    note = "同一费用只计一次。基金部分按范围内金额折算，同一次住院不超过该次基金支付，以经办机构核定为准。"
    return Table("逐项", columns, rows, None, note)
