"""ADM-011: people of several families with one telephone, or many stays within a month from one address or employer."""

from collections.abc import Iterator

from review.checks.clusters import small_hospitals
from review.checks.gatherings import CONTACT_LIMITS, WINDOW, Gathering, shared_phones, shared_places
from review.checks.header import Limits, check
from review.checks.inputs import Inspection
from review.models import Problem, Skipped

PHONE_SAID = (
    "电话 {mark} 登记在 {persons} 人、{surnames} 个姓氏名下，共住院 {stays} 次；每个号码{says}。"
    "有他人集中联系住院的迹象，仅供选取检查重点。"
)
DEFAULT_SAID = (
    "电话 {mark} 登记在 {stays} 次住院上，占本院的 {share:.0%}，"
    "疑为系统默认或医院自己的号码，患者电话未如实登记。"
)
PLACE_SAID = (
    "{what}“{mark}”在 {days} 天内住院 {n} 次、{persons} 人；{says}。有集中组织住院的迹象，仅供选取检查重点。"
)
WHAT = {"address": "住址", "employer": "单位"}


@check(
    code="ADM-011",
    title="同单位、同地址、同电话集中住院",
    violation="induced_admission",
    certainty="clue",
    scope="hospital",
    counted=False,
    needs={"tables": ("admissions",)},
    limits=CONTACT_LIMITS,
    limits_said={
        "least_stays": "全院至少几例",
        "least_digits": "电话至少几位",
        "least_persons": "至少几人",
        "least_surnames": "至少几个姓氏",
        "family_persons": "几人以内可视为一家",
        "default_share": "占多大比例视为默认填写",
        "least_in_window": "窗口内至少几例",
        "least_window_persons": "窗口内至少几人",
        "times_rate": "为本院平时的几倍",
        "least_period": "数据至少几日",
        "most_q": "错误发现率上限（q 值）",
        "excused_share": "有正当缘由的比例，达到即不提示",
        "accident": "事故、中毒、疫情的编码",
        "care_home": "表示养老机构的词",
        "no_place": "视为没有填写的写法",
    },
    basis=("医疗保障基金使用监督管理条例#第二十五条", "医疗保障基金使用监督管理条例#第四十条（一）"),
    basis_of={"documentation_defect": ("病历书写基本规范#第三条",)},
    why="互不相干的人留同一个电话，或一处在短期内集中住院，可能有人组织；也可能是家庭、养老机构或团体。",
    exceptions=(
        "一家人同一电话",
        "养老机构",
        "事故、中毒或疫情",
        "全年均匀就医的单位",
        "医院默认号码",
        "登记为空或占位",
        "资料时间太短",
        "住院例数不足以比较",
    ),
    overturned_by=(
        "家庭或监护关系",
        "事故或疫情的通报",
        "养老机构入住关系（转看以医代养）",
        "单位职工医院的协议",
        "登记默认值的说明",
    ),
    covers={"problems": (1,)},
)
def contacts_shared(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    yield from small_hospitals(inspection, limits)
    for found in shared_phones(inspection, limits):
        yield _default(found) if found.is_default else _phone(found)
    for found in shared_places(inspection, limits):
        yield _place(found)


def _phone(found: Gathering) -> Problem:
    row = found.standing.row
    says = found.standing.says.replace("预期约", "预期姓氏约")
    return Problem(
        message=PHONE_SAID.format(**{**row, "mark": _masked(row["mark"]), "says": says}),
        admissions=found.admissions,
        marks_stays=True,
        points_at=(row["hospital"], "phone", row["mark"]),
    )


def _default(found: Gathering) -> Problem:
    row = found.standing.row
    share = row["stays"] / row["all_stays"]
    return Problem(
        message=DEFAULT_SAID.format(mark=_masked(row["mark"]), stays=row["stays"], share=share),
        violation="documentation_defect",
        admissions=found.admissions,
        points_at=(row["hospital"], "default", row["mark"]),
    )


def _place(found: Gathering) -> Problem:
    row, standing = found.standing.row, found.standing
    return Problem(
        message=PLACE_SAID.format(
            **{**row, "what": WHAT[found.feature], "days": WINDOW, "says": standing.says}
        ),
        admissions=found.admissions,
        marks_stays=True,
        points_at=(row["hospital"], found.feature, row["mark"]),
    )


def _masked(phone: str) -> str:
    """A number that can be told from another and not called."""
    return f"{phone[:3]}{'*' * (len(phone) - 5)}{phone[-2:]}"
