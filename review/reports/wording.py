"""Words that several papers share: what a basis is called, what was decided, and what a paper says of itself."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from review.casework.results import Line
from review.reports.dossier import WORDS, Dossier, Point, Sojourn
from review.reports.paper import Fields, Text, told

ZERO = Decimal("0.00")
ONCE = "金额均为涉及金额，同一费用只计一次，并非损失数额；由他项计入的，本项不再重复计入。"
MASKED = "本件已隐去个人身份：姓名只留首字，住院号只留末四位，正文以〔患者1〕〔医师1〕一类代号表示。"


def local(moment: datetime | None) -> datetime | None:
    """The store's time by the clock of this machine, without zone."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=None, second=0, microsecond=0)


def basis(one: Line) -> str:
    """A clause with the version it is cited from: when that came into force, and until when it held."""
    if one["in_force_from"]:
        span = f"{one['in_force_from']} 起施行" + (f"，至 {one['in_force_to']}" if one["in_force_to"] else "")
    else:
        span = "施行日期未注明"
    note = f"；{one['note']}" if one["note"] else ""
    return f"《{one['document']}》{one['passage']}（{span}{note}）"


def bases(point: Point) -> str:
    return "\n".join(basis(one) for one in point.basis)


def called(point: Point) -> str:
    """The call as it was made, and in a word what the hearing made of it; nothing undecided reads as decided."""
    heard = point.hearing
    said = WORDS["confirm"] if heard and heard.withdrawn else point.decided
    return (
        said
        + ("（裁定）" if point.ruled else "")
        + (f"；陈述后{heard.outcome}" if heard and heard.outcome else "")
    )


def decided(point: Point) -> str:
    """The call with who and when, and the same of what the hearing made of it."""
    if not point.verdict:
        return point.decided
    heard = point.hearing
    gone = "（新规则下不再提示，金额未计入）" if point.gone else ""
    said, _, after = called(point).partition("；")
    by = f"；{after}　{heard.who}　{told(local(heard.at))}" if heard and after else ""
    return f"{said}{gone}　{point.who}　{told(local(point.at))}{by}"


def why(point: Point) -> str:
    """The reasons and the note of a decision, and the reason of what the hearing made of it."""
    heard = f"复核：{point.hearing.reason}" if point.hearing and point.hearing.reason else ""
    return "；".join(part for part in (*point.reasons, point.note, heard) if part)


def carried(point: Point) -> str:
    """Why a finding's yuan are not, or not all, counted at this finding."""
    counted = point.confirmed if point.verdict == "confirm" else point.suspected
    if point.amount is None or point.verdict == "reject":
        return ""
    if point.carried_by and (counted or ZERO) < point.amount:
        return f"其余已计入“{point.carried_by}”" if counted else f"已计入“{point.carried_by}”"
    if counted is None:
        return "不单独计入合计"
    return ""


def fund_of(point: Point) -> Decimal:
    """The fund's share of what is counted, in the proportion of the whole finding."""
    if point.fund is None or not point.amount or not point.confirmed:
        return ZERO
    return (point.fund * point.confirmed / point.amount).quantize(ZERO)


def totals(points: Iterable[Point]) -> tuple[Decimal, Decimal]:
    """Yuan once: what is suspected and not judged unfounded, and what of it is confirmed."""
    points = list(points)
    suspected = sum((point.suspected or ZERO for point in points), ZERO)
    return suspected, sum((point.confirmed or ZERO for point in points), ZERO)


def standing_of(dossier: Dossier) -> Text:
    """How far the decisions have come, said on every paper."""
    points = list(dossier.points)
    tally = {
        word: sum(point.decided == word for point in points) for word in ("确认", "不成立", "待补", "待定")
    }
    said = "，".join(f"{word} {count} 项" for word, count in tally.items())
    return Text(f"疑点共 {len(points)} 项：{said}。待定、待补的各项尚无结论。")


def about(dossier: Dossier) -> Fields:
    """The inspection at the head of a paper."""
    return Fields(
        (
            ("检查名称", dossier.name),
            ("被检机构", dossier.hospital),
            ("机构编码", dossier.hospital_code or "待填"),
            ("检查区间", dossier.period),
            ("审核病例", f"{len(dossier.stays)} 例"),
            ("审核批次", f"第 {dossier.run} 次　{told(local(dossier.reviewed_at))}".strip()),
        )
    )


def heads(stay: Sojourn) -> Fields:
    """The stay at the head of its sheet."""
    age = "" if stay.age is None else f"　{stay.age} 岁"
    return Fields(
        (
            ("患者", f"{stay.name}　{stay.sex}{age}"),
            ("住院号", stay.inpatient_no or "未载明"),
            ("科室", stay.department or "未载明"),
            ("主诊医师", stay.doctor or "未载明"),
            ("入院", stay.begins),
            ("出院", stay.ends),
            ("住院天数", stay.days if stay.days is not None else "未载明"),
            ("主要诊断", stay.diagnosis or "未载明"),
            ("总费用（元）", stay.total if stay.total is not None else "未载明"),
            ("基金支付（元）", stay.fund if stay.fund is not None else "未载明"),
        )
    )


def masked_note(dossier: Dossier) -> tuple[Text, ...]:
    return (Text(MASKED, "small"),) if dossier.masked else ()
