"""CHG-014: a service charged by a hospital whose sheet lists no device for it, or done by nobody qualified for it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.mentions import mentions, quoted
from review.checks.named_rows import BY_NAME, NamedRow, RowNames, rows_named
from review.checks.roster import Institution, executors_of, institution_of
from review.checks.service_traces import matching, reports_of, words_about
from review.checks.usual_prices import usual_price
from review.models import Outcome, Problem, Skipped
from review.record import Charge
from review.violations import Certainty

SHARED = re.compile(
    r"(?:租赁|租用|共享|共用|合作|外送|委托|院外)[^，。；]{0,16}(?:设备|仪器|检查|检验|机|协议|单位|医院)|借用[^，。；]{0,8}(?:设备|仪器)"
)

ABSENT = "不在执业人员名册"
Lines = list[tuple[Charge, NamedRow]]


class Unstaffed(NamedTuple):
    """Lines of one row, how many, that nobody fit for them did; `absent` where the roster does not know who did."""

    row_id: str
    lines: int
    absent: bool
    problem: Problem


class Asked(NamedTuple):
    """What one stay says of devices and staff; `executors`: by row, its lines by a known and by an unknown one."""

    needs_device: bool
    needs_staff: bool
    without_device: tuple[Problem, ...]
    without_staff: tuple[Unstaffed, ...]
    executors: Mapping[str, Counter[bool]]


def _asked(record: Record, limits: Limits) -> Asked:
    institution = institution_of(record.inspection)
    need = _lines(record, rows_named(record.inspection, "equipment_required"))
    done_by = _lines(record, rows_named(record.inspection, "staff_required"))
    return Asked(
        bool(need),
        bool(done_by),
        tuple(_without_device(record, need, institution)) if institution.equipment else (),
        tuple(_without_staff(record, done_by, institution)) if institution.people else (),
        _executors(done_by, institution),
    )


@check(
    gathers=_asked,
    code="CHG-014",
    title="无设备、设施或人员资质而收费",
    violation="substituted_charge",
    certainty="probable",
    scope="hospital",
    needs={"tables": ["charges", "institution"], "knowledge": ["equipment_required", "staff_required"]},
    limits={"coverage": 0.95},
    limits_said={
        "coverage": "该类收费有登记的比例，低于此不判断",
    },
    basis=["医疗保障基金使用监督管理条例#第三十八条（四）"],
    basis_of={"fictitious_service": ["医疗保障基金使用监督管理条例#第四十条（三）"]},
    covers={"classes": [24], "problems": [5, 71, 72, 95, 153, 162, 178]},
    message="$item 计费 $billed $unit_said（$days），$said；$suspicion。",
    why="须用专门设备、设施或由专业人员实施的项目，机构没有设备或人员而收费，须看实际做了什么。",
    exceptions=(
        "设备名称写法不同",
        "租赁、共享设备或外送，病历或机构表写明",
        "设备高于所收项目的要求",
        "进修、规培人员由在册人员带教",
        "多点执业已注册",
        "名册只列部分人员",
        "人员在册期间实施",
        "已退费",
    ),
    overturned_by=("设备台账", "租赁或合作协议", "人员注册信息"),
)
def no_equipment_or_staff(
    inspection: Inspection, limits: Limits, asked: Mapping[str, Asked]
) -> Iterator[Problem | Skipped]:
    institution = institution_of(inspection)
    if not institution.equipment and not institution.people:
        raise NotChecked("缺：机构执业信息的设备、执业人员两栏")
    known: dict[str, Counter[bool]] = defaultdict(Counter)
    for one in asked.values():
        for row_id, executors in one.executors.items():
            known[row_id].update(executors)
    for admission_id, one in asked.items():
        problems = list(one.without_device)
        for row_id, lines, absent, problem in one.without_staff:
            counts = known[row_id]
            others = counts[True] + counts[False] - lines
            if not absent or (counts[True] and counts[True] >= float(limits["coverage"]) * others):
                problems.append(problem)
        yield from problems
        if not one.needs_device and not one.needs_staff:
            yield Skipped(admission_id, Outcome.NOT_APPLICABLE, "没有须用专门设备或专业人员的项目")
        elif not problems and one.needs_device and not institution.equipment:
            yield Skipped(admission_id, Outcome.NOT_CHECKED, "缺：机构执业信息的设备一栏")
        elif not problems and one.needs_staff and not institution.people:
            yield Skipped(admission_id, Outcome.NOT_CHECKED, "缺：机构执业信息的执业人员一栏")


def _lines(record: Record, rows: RowNames) -> dict[tuple[str, str], Lines]:
    """The lines of each row and item."""
    found: dict[tuple[str, str], Lines] = defaultdict(list)
    for line in record.charges:
        named = rows.row_for(line)
        if named is not None:
            found[named.row_id, line.item_name or ""].append((line, named))
    return dict(found)


def _without_device(
    record: Record, need: Mapping[tuple[str, str], Lines], institution: Institution
) -> Iterator[Problem]:
    listed = f"{institution.equipment}；{institution.departments}"
    for lines in need.values():
        row = lines[0][1].row
        since = row["since"]
        due = [
            (line, named)
            for line, named in lines
            if not since or (line.charged_on and line.charged_on >= since)
        ]
        if not due or re.search(str(row["equipment_regex"]), listed) or _shared(record, listed):
            continue
        name = due[0][0].item_name or ""
        done = words_about(record, name).done
        traced = done is not None or bool(matching(name, reports_of(record)))
        told = bool(record.documents)
        fictitious = told and not traced and not row["lower_regex"]
        amount = _difference(record, [line for line, _ in due], row)
        yield _problem(
            record,
            due,
            amount,
            said=f"机构设备清单没有{row['name']}所需的设备",
            suspicion="疑似无设备而收费" + ("，病历亦未见实施" if fictitious else ""),
            violation="fictitious_service" if fictitious else "substituted_charge",
            evidence=(quoted(record, done, "against"),) if done else (),
        )


def _shared(record: Record, listed: str) -> bool:
    return bool(SHARED.search(listed)) or next(mentions(record, SHARED), None) is not None


def _difference(record: Record, lines: Sequence[Charge], row: Mapping[str, Any]) -> Decimal | None:
    """The whole charge, or what it is above the item that a lesser device allows; null where that has no price."""
    whole = sum((line.amount for line in lines), Decimal(0))
    if not row["lower_regex"]:
        return whole
    high, lower = re.compile(str(row["name_regex"])), re.compile(str(row["lower_regex"]))
    price = usual_price(
        record.inspection,
        lambda item: (
            item["charge_type"] == "03"
            and bool(lower.search(item["item_name"] or ""))
            and not high.search(item["item_name"] or "")
        ),
    )
    if price is None:
        return None
    return sum((max(Decimal(0), line.amount - price * line.quantity) for line in lines), Decimal(0))


def _executors(
    done_by: Mapping[tuple[str, str], Lines], institution: Institution
) -> dict[str, Counter[bool]]:
    """For each row, how many of its charge lines name an executor who is on the roster, and how many do not."""
    found: dict[str, Counter[bool]] = defaultdict(Counter)
    for lines in done_by.values():
        for line, named in lines:
            if executors_of(line.executor):
                found[named.row_id][bool(institution.named(line.executor))] += 1
    return dict(found)


def _without_staff(
    record: Record, done_by: Mapping[tuple[str, str], Lines], institution: Institution
) -> Iterator[Unstaffed]:
    for (row_id, _), lines in done_by.items():
        row = lines[0][1].row
        unfit: dict[str, Lines] = defaultdict(list)
        for line, named in lines:
            reason = _unfit(line, row, institution)
            if reason:
                unfit[reason].append((line, named))
        for reason, own in unfit.items():
            absent = reason == ABSENT
            amount = sum((line.amount for line, _ in own), Decimal(0))
            names = "、".join(dict.fromkeys(name for line, _ in own for name in executors_of(line.executor)))
            problem = _problem(
                record,
                own,
                amount,
                said=f"执行人{names}{reason}",
                suspicion=f"疑似由非{row['name']}专业人员实施而收费",
                violation="substituted_charge",
                weak=("执行人不在名册，可能为进修或外聘",) if absent else (),
            )
            yield Unstaffed(row_id, len(own), absent, problem)


def _unfit(line: Charge, row: Mapping[str, Any], institution: Institution) -> str | None:
    """Why none of a line's executors may do it; null where one may, or where nobody is named."""
    names = executors_of(line.executor)
    if not names:
        return None
    people = institution.named(line.executor)
    serving = [person for person in people if person.serves_on(line.charged_on)]
    if any(re.search(str(row["specialty_regex"]), person.specialty) for person in serving):
        return None
    if serving:
        return f"在册专业为{'、'.join(dict.fromkeys(person.specialty for person in serving))}"
    return "当日不在执业人员名册的在册期间" if people else ABSENT


def _problem(
    record: Record,
    lines: Lines,
    amount: Decimal | None,
    *,
    said: str,
    suspicion: str,
    violation: str,
    evidence: tuple[Any, ...] = (),
    weak: tuple[str, ...] = (),
) -> Problem:
    by_name = not all(named.by_code for _, named in lines)
    charges = sorted((line for line, _ in lines), key=lambda line: line.charge_id)
    about = f"，涉及 {amount:.2f} 元" if amount is not None else "，差价待核"
    return Problem(
        fields={
            "item": charges[0].item_name or "",
            "billed": sum((line.quantity for line in charges), Decimal(0)),
            "unit_said": charges[0].unit or "次",
            "days": "、".join(
                dict.fromkeys(f"{line.charged_on:%m-%d}" for line in charges if line.charged_on)
            ),
            "said": said,
            "suspicion": suspicion + about,
        },
        charge_ids=tuple(line.charge_id for line in charges),
        amount=amount,
        evidence=evidence,
        violation=violation,
        certainty=Certainty.CLUE if by_name or weak else Certainty.PROBABLE,
        lowered_by=(*weak, *((BY_NAME,) if by_name else ())),
        admission_id=record.admission.admission_id,
        row_id=lines[0][1].row_id,
        points_at=(lines[0][1].row_id,),
    )
