"""The papers of the statement: 陈述申辩表, which the institution fills in, and 复核意见表, which tells both sides."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from review.casework.counting import CENT
from review.casework.desk import Desk
from review.casework.hearing import ACCEPTED, UNANSWERED, WAITING, Heard
from review.reports.confirmation_letter import confirmed
from review.reports.dossier import Dossier, Hide, Hides, Point, Sojourn
from review.reports.heard import Hearing
from review.reports.paper import COUNT, YUAN, Block, Cell, Column, Signatures, Table, Text, told
from review.reports.wording import about, bases, local, masked_note
from review.store.entries import OUTCOMES, STANCES, Decision, InspectionEntry

KEY, STANCE, ADMITTED, SAID = "编号", "机构意见", "认可金额（元）", "说明和理由"
ANSWERS = (
    Column("序号", COUNT, 0.4),
    Column(KEY, width=1.1),
    Column("病例", width=1.0),
    Column("涉嫌事项", width=1.1),
    Column("核查所见", width=3.0),
    Column("依据", width=2.0),
    Column("涉及金额（元）", YUAN, 1.0),
    Column(STANCE, width=0.9, fills=True, choices=tuple(STANCES.values())),
    Column(ADMITTED, YUAN, 1.0, fills=True),
    Column(SAID, width=2.4, fills=True),
    Column("证据材料（文件名）", width=1.3, fills=True),
)
BOTH = (
    Column("序号", COUNT, 0.4),
    Column("病例", width=1.0),
    Column("涉嫌事项", width=1.1),
    Column("核查所见", width=2.4),
    Column("确认金额（元）", YUAN, 1.0),
    Column("机构陈述", width=2.4),
    Column("机构材料", width=1.3),
    Column("复核结果", width=0.8),
    Column("复核后金额（元）", YUAN, 1.0),
    Column("理由", width=1.8),
    Column("复核人", width=0.9),
)
ASK = (
    "请逐项选择“机构意见”：无异议、部分异议、有异议。部分异议的，在“认可金额”写明认可的金额；有异议的，写明理由，"
    "并附证据材料。不要改动其余各栏，也不要删行：收回时按“编号”逐项对回。你单位提出的事实、理由和证据将逐项复核，"
    "成立的予以采纳，不会因陈述、申辩而加重（行政处罚法第四十五条）。"
)
NOT_ONCE = "金额按各项列出，同一费用可能列在几项里，不得相加；不重复的合计见事实确认书。"
STATES = (UNANSWERED, ACCEPTED, WAITING, *OUTCOMES.values())


def with_hearing(
    desk: Desk,
    entry: InspectionEntry,
    dossier: Dossier,
    calls: Mapping[str, Decision],
    hides: Callable[[str], Hides] | None = None,
) -> Dossier:
    """A dossier whose points tell what was heard; `calls` are those before the hearing, `hides` what masks words."""
    heard, results = desk.heard(entry), desk.results(entry)
    if not heard or results is None:
        return dossier

    def told(point: Point, hide: Hide) -> Point:
        held, call = heard.get(point.id), calls.get(point.id)
        if held is None or call is None:
            return point
        given = call.amount or results.amounts.get(point.id)
        before = None if given is None else Decimal(str(given)).quantize(CENT)
        return replace(point, hearing=_hearing(held, call, before, hide))

    def of(stay: Sojourn) -> Sojourn:
        hide = hides(stay.admission_id)[0] if hides else str
        return replace(stay, points=tuple(told(point, hide) for point in stay.points))

    return replace(dossier, stays=tuple(of(stay) for stay in dossier.stays))


def _hearing(heard: Heard, call: Decision, before: Decimal | None, hide: Hide) -> Hearing:
    said = heard.statements[-1] if heard.statements else None
    holds = heard.outcome if heard.outcome and heard.outcome.decision == call.seq else None
    return Hearing(
        state=heard.state,
        stance=STANCES[said.stance] if said else "",
        said=hide(said.said) if said else "",
        admitted=Decimal(said.admitted).quantize(CENT) if said and said.admitted else None,
        said_at=said.at if said else None,
        files=tuple((hide(file.name), file.sha256) for file in heard.files),
        before=before,
        outcome=OUTCOMES[holds.outcome] if holds else "",
        reason=hide(holds.reason) if holds else "",
        who=holds.who if holds else "",
        at=holds.at if holds else None,
    )


def answer_sheet(dossier: Dossier) -> tuple[Block, ...]:
    """A row to fill in for each confirmed finding; its key brings the answer back to it."""
    pairs = confirmed(dossier)
    rows = tuple(_to_answer(number, *pair) for number, pair in enumerate(pairs, start=1))
    return (
        about(dossier),
        Text(f"{dossier.hospital}：\n{ASK}"),
        Table("答复", ANSWERS, rows, note=NOT_ONCE, empty="没有已确认的事项。"),
        *masked_note(dossier),
        Signatures(("机构负责人（签名并盖章）", "经办人")),
    )


def _to_answer(number: int, stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    label = f"{stay.label}\n{stay.inpatient_no}".strip()
    return (number, point.id, label, point.name, point.message, bases(point), point.amount, "", None, "", "")


def both_sides(dossier: Dossier) -> tuple[Block, ...]:
    """Every finding that was confirmed: what was seen, what the institution says, and what became of it."""
    pairs = [(stay, point) for stay in dossier.stays for point in stay.points if was_confirmed(point)]
    rows = tuple(_of_both(number, *pair) for number, pair in enumerate(pairs, start=1))
    tally = Counter(point.hearing.state if point.hearing else UNANSWERED for _, point in pairs)
    said = "，".join(f"{state} {tally[state]} 项" for state in STATES if tally[state])
    return (
        about(dossier),
        Text(f"已确认 {len(pairs)} 项" + (f"：{said}。" if said else "。")),
        Text(NOT_ONCE, "small"),
        *masked_note(dossier),
        Table("复核意见", BOTH, rows, empty="没有已确认的事项。"),
        Signatures(("复核人", "组长")),
    )


def was_confirmed(point: Point) -> bool:
    """Whether an expert confirmed it, whatever the hearing has made of it."""
    withdrawn = point.hearing is not None and point.hearing.withdrawn
    return (point.verdict == "confirm" or withdrawn) and not point.gone


def _of_both(number: int, stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    heard = point.hearing or Hearing(UNANSWERED)
    admitted = f"（认可 {told(heard.admitted, YUAN)} 元）" if heard.admitted is not None else ""
    statement = "\n".join(part for part in (heard.stance + admitted, heard.said) if part)
    by = f"{heard.who}\n{told(local(heard.at))}".strip()
    files = "\n".join(name for name, _ in heard.files)
    result = heard.state if heard.state in (UNANSWERED, WAITING) else heard.outcome or heard.state
    return (
        number, stay.label, point.name, point.message, _before(point), statement, files, result, _after(point),
        heard.reason, by,
    )  # fmt: skip


def _before(point: Point) -> Decimal | None:
    return point.hearing.before if point.hearing else point.amount


def _after(point: Point) -> Decimal | None:
    if point.hearing and point.hearing.withdrawn:
        return Decimal(0) if point.hearing.before is not None else None
    return point.amount
