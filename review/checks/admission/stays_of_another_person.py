"""ADM-014: two stays under one identity card that one person can hardly have had, or an organ of the other sex.

Every contradiction has an innocent cause: a wrong entry, a stay not closed. A hard one shows twice in the hospital's
own tables; what shows once is a clue.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from review.checks.clusters import Row
from review.checks.cohorts import cohort_query
from review.checks.header import Limits, check
from review.checks.inputs import Inspection
from review.checks.organs_by_sex import BETWEEN_SEXES, OF_MEN, OF_WOMEN, told_of_the_patient
from review.checks.removed_organs import ORGANS, describes, removed_by
from review.facts.sentences import sentences
from review.models import AmountOption, Evidence, Problem
from review.violations import Certainty

EXAMINED_IN = ("入院记录", "再次入院记录", "首次病程记录")
REPORTED = frozenset({"辅助检查", "实验室及器械检查"})


@check(
    code="ADM-014",
    title="冒名就医线索",
    violation="impersonation",
    certainty="probable",
    scope="person",
    counted=False,
    needs={"tables": ("admissions",)},
    limits={
        "least_hours": 24,
        "days_in_both": 2,
        "height_differs": 8,
        "same_height": 2,
        "adult": 20,
        "old": 70,
        "of_men": "前列腺|睾丸|附睾|阴茎|精囊|阴囊",
        "of_women": "子宫|卵巢|输卵管|宫颈|双侧附件|附件区",
    },
    limits_said={
        "least_hours": "同时在两处至少几小时",
        "days_in_both": "同时在两处至少几日",
        "height_differs": "身高相差（厘米）",
        "same_height": "身高视为相同的容差（厘米）",
        "adult": "成年的最小年龄（岁）",
        "old": "老年的最小年龄（岁）",
        "of_men": "只属男性的词",
        "of_women": "只属女性的词",
    },
    basis=("医疗保障基金使用监督管理条例#第十五条第一款", "医疗保障基金使用监督管理条例#第四十条（一）"),
    message="$seen。疑似两次住院不是同一人，或登记有误。",
    why="一个人不能同时住两处，血型不变，切除的器官不会再有；这些矛盾说明有一次登记的不是本人，或记录有误。",
    exceptions=(
        "当日衔接的转院或重新登记",
        "中途结算的同一次住院",
        "新生儿使用母亲的卡",
        "血型录入错误已更正",
        "移植后血型改变",
        "献血者或血袋的血型",
        "器官部分切除",
        "报告写明已切除",
        "儿童生长或老年身高下降",
        "异性器官仅一处提及",
        "切除器官后报告未提及",
    ),
    overturned_by=("核对身份证件、照片和签名", "血型复查报告", "登记更正的记录", "前次手术记录的核实"),
    covers={"problems": (2,)},
)
def stays_of_another_person(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    seen = [
        *_overlaps(inspection, limits),
        *_blood(inspection, limits),
        *_operated_again(inspection, limits),
        *_still_described(inspection, limits),
        *_heights(inspection, limits),
        *_of_the_other_sex(inspection, limits),
    ]
    told: set[tuple[str | None, tuple[str, ...]]] = set()
    for problem in sorted(seen, key=lambda one: one.certainty is not Certainty.PROBABLE):
        key = (problem.admission_id, problem.points_at)
        if key not in told:
            told.add(key)
            yield problem


def _problem(
    inspection: Inspection, row: Row, seen: str, what: str, certainty: Certainty, facts: tuple[str, ...]
) -> Problem:
    total, fund = None, None
    if certainty is Certainty.PROBABLE:
        paid = "select total_amount, fund_amount from admissions where admission_id = $later"
        found = inspection.warehouse.rows(paid, row)
        total, fund = found[0]["total_amount"], found[0]["fund_amount"]
    return Problem(
        admission_id=row["later"],
        fields={"seen": seen},
        certainty=certainty,
        fact_ids=facts,
        amount_options=(AmountOption("本次住院全部费用", total, fund),) if total is not None else (),
        related_admissions=(row["earlier"],) if row.get("earlier") else (),
        points_at=(what, str(row.get("earlier") or "")),
    )


def _overlaps(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    for row in inspection.warehouse.rows(cohort_query("identities", "overlaps"), limits):
        where = "本院" if row["one_hospital"] == row["other_hospital"] else "另一医院"
        hours = row["seconds"] / 3600
        seen = (
            f"同一证件 {row['earlier_begins']:%Y-%m-%d} 起在{where}另有住院，"
            f"至 {row['earlier_ends']:%Y-%m-%d %H:%M} 才出院，"
            f"两次住院重叠 {hours:.0f} 小时"
        )
        many = row["days_in_both"] >= limits["days_in_both"]
        if many:
            seen += f"，其中 {row['days_in_both']} 天两处都有体征、采样或医嘱执行记录"
        facts = (*(row["one_facts"] or ())[:3], *(row["other_facts"] or ())[:3])
        certainty = Certainty.PROBABLE if many else Certainty.CLUE
        found = _problem(inspection, row, seen, "overlap", certainty, facts)
        yield Problem(**{**vars(found), "evidence": _rows_of(row)})


def _rows_of(row: Row) -> tuple[Evidence, ...]:
    """The two registrations, each by its own number and the time that matters."""
    return (
        _registered(row["earlier_source"], row["earlier"], f"{row['earlier_ends']:%Y-%m-%d %H:%M}"),
        _registered(row["later_source"], row["later"], f"{row['both_from']:%Y-%m-%d %H:%M}"),
    )


def _registered(source: str, admission_id: str, at: str) -> Evidence:
    return Evidence("table", source, admission_id, row=admission_id, label="就诊登记", at=at)


def _blood(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    for row in inspection.warehouse.rows(cohort_query("identities", "blood"), limits):
        seen = (
            f"同一证件 {row['earlier_begins']:%Y-%m-%d} 住院化验血型为 {row['one_abo']} 型，"
            f"{row['later_begins']:%Y-%m-%d} 住院为 {row['other_abo']} 型"
        )
        facts = (row["one_fact"], row["other_fact"])
        yield _problem(inspection, row, seen, "blood", Certainty.PROBABLE, facts)


def _operated_again(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    rows = inspection.warehouse.rows(cohort_query("identities", "operated"), limits)
    for _, of_card in groupby(rows, key=lambda row: row["card"]):
        removals: dict[str, list[Row]] = defaultdict(list)
        for row in of_card:
            organ = removed_by(row["operation_name"])
            if organ is not None:
                removals[organ.name].append(row)
        for name, done in removals.items():
            yield from _second_removal(inspection, name, done)


def _second_removal(inspection: Inspection, name: str, done: list[Row]) -> Iterator[Problem]:
    first = done[0]
    for row in done[1:]:
        days = [one["operated_on"] for one in (first, row)]
        if row["admission_id"] == first["admission_id"] or None in days or days[1] <= days[0]:
            continue
        seen = (
            f"同一证件 {days[0]:%Y-%m-%d} 已行“{first['operation_name']}”，"
            f"{days[1]:%Y-%m-%d} 又行“{row['operation_name']}”"
        )
        certainty = Certainty.PROBABLE if first["origin"] == row["origin"] == "hospital" else Certainty.CLUE
        pair = {"earlier": first["admission_id"], "later": row["admission_id"]}
        yield _problem(
            inspection, pair, seen, f"removed {name}", certainty, (first["fact_id"], row["fact_id"])
        )


def _still_described(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    operated = inspection.warehouse.rows(cohort_query("identities", "operated"), limits)
    removed = [(row, organ) for row in operated if (organ := removed_by(row["operation_name"]))]
    if not removed:
        return
    names = "|".join(organ.name for organ in ORGANS)
    by_card: dict[str, list[Row]] = defaultdict(list)
    for row in inspection.warehouse.rows(
        cohort_query("identities", "described"), {**limits, "organs": names}
    ):
        by_card[row["card"]].append(row)
    for done, organ in removed:
        for report in by_card.get(done["card"], ()):
            words = describes(report["findings"], organ)
            if (
                report["admission_id"] == done["admission_id"]
                or report["begins_at"] <= done["begins_at"]
                or not words
            ):
                continue
            seen = (
                f"同一证件前次住院已行“{done['operation_name']}”，本次“{report['exam_name']}”仍描述“{words}”"
            )
            pair = {"earlier": done["admission_id"], "later": report["admission_id"]}
            facts = (done["fact_id"], report["fact_id"])
            yield _problem(inspection, pair, seen, f"described {organ.name}", Certainty.CLUE, facts)


def _heights(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    for row in inspection.warehouse.rows(cohort_query("identities", "heights"), limits):
        seen = (
            f"同一证件 {row['earlier_begins']:%Y-%m-%d} 住院身高 {row['one_height']:g} cm，"
            f"{row['later_begins']:%Y-%m-%d} 住院 {row['other_height']:g} cm"
        )
        yield _problem(inspection, row, seen, "height", Certainty.CLUE, (row["one_fact"], row["other_fact"]))


def _of_the_other_sex(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    rows = inspection.warehouse.rows(cohort_query("identities", "of_one_sex"), limits)
    for admission_id, told in groupby(rows, key=lambda row: row["admission_id"]):
        items = list(told)
        operations = [row for row in items if row["origin"] == "operation"]
        exams = [row for row in items if row["origin"] == "exam" and not _says_absent(row["findings"])]
        noted = () if operations or len(exams) != 1 else tuple(_noted(inspection, admission_id, exams[0]))
        if not operations and len(exams) + len(noted) < 2:
            continue
        hard = bool(operations) and bool(exams)
        names = list(dict.fromkeys(row["name"] for row in (*operations, *exams)))
        seen = f"登记性别为{items[0]['sex']}，院内记录有“{'”“'.join(names[:4])}”等异性器官的手术或检查所见"
        seen += "，病历查体亦有描述" if noted else ""
        facts = tuple(row["fact_id"] for row in (*operations[:2], *exams[:3]))
        certainty = Certainty.PROBABLE if hard else Certainty.CLUE
        found = _problem(inspection, {"later": admission_id}, seen, "sex", certainty, facts)
        yield Problem(**{**vars(found), "evidence": noted})


def _noted(inspection: Inspection, admission_id: str, exam: Row) -> Iterator[Evidence]:
    """Where a note tells the organ of the patient's own body, beside the one report and not quoting it."""
    record = inspection.records[admission_id]
    organs = OF_WOMEN if exam["sex"] == "男" else OF_MEN
    if any(BETWEEN_SEXES.search(document.text) for document in record.documents):
        return
    for document in record.of_kind(*EXAMINED_IN):
        if not organs.search(document.text):
            continue
        for sentence in sentences(document):
            match = organs.search(sentence.bare)
            quoted = sentence.section in REPORTED or (exam["name"] and exam["name"] in sentence.bare)
            if match and not quoted and told_of_the_patient(sentence.bare, match):
                yield record.quote(document, *sentence.whole)
                return


def _says_absent(findings: str) -> bool:
    return "缺如" in findings or "切除术后" in findings
