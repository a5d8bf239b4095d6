"""CHG-013: one service charged while the evidence of its day tells of a cheaper one in its place."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from review.checks.evidence_texts import TABLES
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.named_rows import BY_NAME, rows_named
from review.checks.substitutions import (
    Asked,
    MethodDays,
    Wordings,
    asked_of,
    changeovers_of,
    cheaper_price,
    is_cheaper,
    method_days,
    reports_suffice,
    rows_of_evidence,
    templates_of,
    wordings_of,
)
from review.models import Outcome, Problem, Skipped
from review.violations import Certainty

INSTEAD = re.compile(r"改行|改为|中转|转为|升级|追加|遂行")


@dataclass(frozen=True)
class Told:
    """What one stay says of the lines that may stand for a cheaper service."""

    names: tuple[str, ...]
    is_told: bool
    cheaper_rows: frozenset[str]  # whose cheaper service some evidence tells
    speaking: tuple[Asked, ...]  # lines whose evidence is all for the cheaper service
    wordings: Wordings
    days: MethodDays


def _told(record: Record, limits: Limits) -> Told:
    asked = list(asked_of(record, rows_named(record.inspection, "substitution_hints", "charged"), limits))
    return Told(
        tuple(dict.fromkeys(one.line.item_name or "" for one in asked)),
        any(one.told for one in asked),
        frozenset(one.named.row_id for one in asked if one.cheaper),
        tuple(one for one in asked if _speaks_alone(record, one, limits)),
        wordings_of(record, asked, limits),
        method_days(asked),
    )


@check(
    gathers=_told,
    code="CHG-013",
    title="收费项目与证据所写的项目不符（串换）",
    violation="substituted_charge",
    certainty="probable",
    scope="hospital",
    needs={"tables": ["charges"], "knowledge": ["substitution_hints"]},
    limits={
        "days_before": 1,
        "days_after": 1,
        "same_wording": 0.95,
        "wording_reports": 3,
        "changeover_days": 31,
        "changeover_reports": 3,
    },
    limits_said={
        "days_before": "报告早于费用的天数",
        "days_after": "报告晚于费用的天数",
        "same_wording": "各报告写法相同的比例，达到即不作依据",
        "wording_reports": "判断写法至少要几份报告",
        "changeover_days": "更换设备后的过渡天数",
        "changeover_reports": "判断更换设备至少要几份报告",
    },
    takes="price",
    basis=["医疗保障基金使用监督管理条例#第三十八条（四）"],
    covers={
        "problems": [
            14,
            20,
            23,
            24,
            33,
            37,
            41,
            44,
            46,
            54,
            58,
            66,
            67,
            68,
            73,
            78,
            95,
            131,
            132,
            133,
            134,
            135,
            136,
            144,
            170,
            177,
        ]
    },
    message="$item 计费 $billed $unit_said（$days），$said；疑似把“$cheaper_name”串换收取$excess_said。",
    why="报告的方法、手术和病历写明做的是哪一项；收的是价高的另一项，须看实际做了什么。",
    exceptions=(
        "两项都做了",
        "低价项目当日另已收取",
        "床旁检测的结果不在检验报告",
        "报告份数少于计费次数，不是同一标本",
        "本院报告模板不区分方法",
        "更换仪器后一个月内",
        "术中改行价高的项目，记录写明",
        "病历所写为计划、否定或既往",
        "知情同意书所列的备选方案",
        "已退费",
    ),
    overturned_by=("仪器运行记录", "试剂采购记录", "手术记录", "耗材标签"),
)
def other_service_than_recorded(
    inspection: Inspection, limits: Limits, told: Mapping[str, Told]
) -> Iterator[Problem | Skipped]:
    if not rows_of_evidence(inspection):
        raise NotChecked("易串换项目表没有写明证据用语的行")
    templates = templates_of((one.wordings for one in told.values()), limits)
    changed = changeovers_of((one.days for one in told.values()), limits)
    for admission_id, own in told.items():
        if not own.names:
            yield Skipped(admission_id, Outcome.NOT_APPLICABLE, "没有易串换的项目")
            continue
        found = _closest(
            inspection, (one for one in own.speaking if _speaks(one, templates, changed, limits))
        )
        groups: dict[tuple[str, str | None], list[Asked]] = defaultdict(list)
        for one in found:
            groups[one.named.row_id, one.line.item_name].append(one)
        for same in groups.values():
            yield _problem(inspection, admission_id, same)
        if not found and not own.is_told:
            yield Skipped(
                admission_id, Outcome.NOT_CHECKED, f"报告、记录没有写明怎样做的：{'、'.join(own.names)}"
            )
        elif not found and own.cheaper_rows & templates:
            yield Skipped(admission_id, Outcome.NOT_CHECKED, "本院报告模板不区分方法")


def _closest(inspection: Inspection, found: Iterable[Asked]) -> list[Asked]:
    """One row for a line: the one whose cheaper service has a price here, then the surer one."""
    best: dict[str, tuple[tuple[bool, int], Asked]] = {}
    for one in found:
        sureness = cheaper_price(inspection, one.row) is not None, one.named.ceiling.rank
        if one.line.charge_id not in best or sureness > best[one.line.charge_id][0]:
            best[one.line.charge_id] = sureness, one
    return [one for _, one in best.values()]


def _speaks_alone(record: Record, one: Asked, limits: Limits) -> bool:
    """Whether the evidence of a line is all for the cheaper service, and that service is not charged beside it."""
    if not one.cheaper or one.dearer:
        return False
    if any(INSTEAD.search(said.text) for said in one.cheaper):
        return False
    if not reports_suffice(record, one, limits):
        return False
    return not any(
        line.charged_on == one.line.charged_on
        and line.subject == one.line.subject
        and is_cheaper(record.inspection, line.item_key, one.row)
        for line in record.charges
    )


def _speaks(one: Asked, templates: frozenset[str], changed: Mapping[str, date], limits: Limits) -> bool:
    """Whether the words of the hospital's reports mean what they say, and no new analyser explains them."""
    if one.named.row_id in templates:
        return False
    since, day = changed.get(one.named.row_id), one.line.charged_on
    return not (since and day and since <= day <= since + timedelta(days=int(limits["changeover_days"])))


def _problem(inspection: Inspection, admission_id: str, found: Sequence[Asked]) -> Problem:
    row, lines = found[0].row, [one.line for one in found]
    texts = list(dict.fromkeys(said for one in found for said in one.cheaper))
    fields = {said.field for said in texts}
    weak = not fields & set(TABLES) and len(fields) < 2
    price = cheaper_price(inspection, row)
    parts = (
        [max(Decimal(0), line.amount - price * line.quantity) for line in lines] if price is not None else []
    )
    amount = sum(parts, Decimal(0)) if price is not None else None
    order = sorted(range(len(lines)), key=lambda place: lines[place].charge_id)
    by_name = not all(one.named.by_code for one in found)
    return Problem(
        fields={
            "item": lines[0].item_name or "",
            "billed": sum((line.quantity for line in lines), Decimal(0)),
            "unit_said": lines[0].unit or "次",
            "days": "、".join(dict.fromkeys(f"{line.charged_on:%m-%d}" for line in lines if line.charged_on)),
            "said": f"{'、'.join(_source(name) for name in sorted(fields))}写的是“{texts[0].text[:40]}”",
            "cheaper_name": row["name_cheaper"],
            "excess_said": f"，差价 {amount:.2f} 元" if amount is not None else "，差价待核",
        },
        charge_ids=tuple(lines[place].charge_id for place in order),
        charge_amounts=tuple(parts[place] for place in order) if parts else (),
        amount=amount,
        fact_ids=tuple(said.fact_id for said in texts if said.fact_id),
        evidence=tuple(said.evidence for said in texts if said.evidence),
        certainty=Certainty.CLUE if weak or by_name else Certainty.PROBABLE,
        lowered_by=tuple(
            reason for reason, holds in (("只有病历一处文字", weak), (BY_NAME, by_name)) if holds
        ),
        admission_id=admission_id,
        row_id=str(row["row_id"]),
        points_at=(str(row["row_id"]),),
    )


def _source(field: str) -> str:
    named = {
        "LAB": "检验报告",
        "EXM": "检查报告",
        "ANE": "麻醉登记",
        "OPR": "手术登记",
        "DOC": "病历",
        "spec": "标签",
    }
    return named.get(field.split(".")[0], "医嘱")
