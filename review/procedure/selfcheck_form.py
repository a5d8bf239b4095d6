"""The workbook in which a hospital answers its self-check: one row a finding, and a sheet for what it found itself.

Only the answers can be typed over; the ids of the findings stand in hidden columns. Who reads it back compares every
locked cell with the review itself, so that nothing rests on the lock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from review.procedure.annexes import HOSPITAL, annexes
from review.procedure.selfcheck_list import CheckList, Item, Stay
from review.reports.paper import (
    COUNT,
    DAY,
    TEXT,
    YUAN,
    Cell,
    Column,
    Fields,
    Paper,
    Sum,
    Table,
    Text,
)

TITLE, KIND = "自查自纠答复表", "自查答复"
ASKED, OWN = "自查清单", "自行发现"
HASH = "清单哈希"
ACCEPTED, PARTLY, REFUSED = "认可", "部分认可", "不认可"
VERDICTS = (ACCEPTED, PARTLY, REFUSED)
VERDICT, AMOUNT, REASON, MEASURE, DONE = "认定", "认可金额（元）", "理由", "整改措施", "整改完成日期"
RETURNED = "已退回金额（元）"
FINDING_ID, STAY_ID = "疑点编号（请勿改）", "住院标识（请勿改）"
OWN_ROWS = 40
OWN_NOTE = "没有另行发现的，本表留空。"
PROBLEM, CASES, YUAN_FOUND, FUND_FOUND, SAID = (
    "问题类别",
    "涉及例数",
    "涉及金额（元）",
    "其中医保基金（元）",
    "情况说明",
)
NO_ITEMS = "本次审核没有提示疑点；自行发现的问题请写在“自行发现”表。"
HOW = (
    "在“自查清单”里逐项填浅黄色的格：认定从列表中选。认可的，金额可以不填，即按涉及金额全额；"
    "部分认可的，填认可的金额和理由；不认可的，填理由，不填金额。认可和部分认可的，写明整改措施。\n"
    "整次住院只部分认可的，金额只填没有在同次住院其他项里认可的部分。同一费用在几项里出现的，读回时只计一次，"
    "所以应退金额可以小于各项之和。\n"
    "已经退回医保基金的，在“已退回金额”里写实际退回的数，没有退回的留空。\n"
    "清单之外自己发现的问题写在“自行发现”表，一类问题一行；没有的留空。请勿增删行、合并单元格。"
    "用 Excel、WPS 或 LibreOffice 填好后存为 .xlsx，再用 python -m review selfcheck read 读回。"
)
SUM_LABEL = "各项之和"


@dataclass(frozen=True)
class Asked:
    """A locked column of the list: its heading and what stands in it for an item of a stay."""

    column: Column
    value: Callable[[Item, Stay], Cell]


ASKED_COLUMNS = (
    Asked(Column("序号", COUNT, 0.45), lambda item, stay: item.number),
    Asked(Column("住院号", TEXT, 1.2), lambda item, stay: stay.inpatient_no),
    Asked(Column("科室", TEXT, 0.9), lambda item, stay: stay.department),
    Asked(Column("入院", DAY, 0.8), lambda item, stay: stay.begins),
    Asked(Column("出院", DAY, 0.8), lambda item, stay: stay.ends),
    Asked(Column("问题", TEXT, 1.2), lambda item, stay: item.name),
    Asked(Column("把握", TEXT, 0.7), lambda item, stay: item.certainty),
    Asked(Column("提示内容", TEXT, 4.0), lambda item, stay: item.message),
    Asked(Column("依据", TEXT, 3.0), lambda item, stay: item.basis),
    Asked(Column("涉及金额（元）", YUAN, 1.0), lambda item, stay: item.amount),
    Asked(Column("其中医保基金（元）", YUAN, 1.0), lambda item, stay: item.fund),
    Asked(Column("重叠", TEXT, 0.8), lambda item, stay: item.carried),
    Asked(Column(FINDING_ID, TEXT, 0.3, hidden=True), lambda item, stay: item.id),
    Asked(Column(STAY_ID, TEXT, 0.3, hidden=True), lambda item, stay: item.admission_id),
)
ANSWER_COLUMNS = (
    Column(VERDICT, TEXT, 0.9, fills=True, choices=VERDICTS, hint="认可、部分认可或不认可"),
    Column(AMOUNT, YUAN, 1.0, fills=True, hint="零以上，精确到分；全额认可可以不填"),
    Column(REASON, TEXT, 2.0, fills=True),
    Column(MEASURE, TEXT, 2.0, fills=True),
    Column(DONE, DAY, 1.0, fills=True),
    Column(RETURNED, YUAN, 1.0, fills=True, hint="已退回的医保基金；没有退回的留空"),
)
OWN_COLUMNS = (
    Column(PROBLEM, TEXT, 1.4, fills=True, choices=annexes()[HOSPITAL].problems, hint="从列表中选一类问题"),
    Column(CASES, COUNT, 0.8, fills=True, hint="整数"),
    Column(YUAN_FOUND, YUAN, 1.0, fills=True, hint="零以上，精确到分；不含清单里已认可的费用"),
    Column(FUND_FOUND, YUAN, 1.0, fills=True, hint="零以上，精确到分；不知道的留空"),
    Column(SAID, TEXT, 3.0, fills=True),
    Column(MEASURE, TEXT, 2.0, fills=True),
    Column(RETURNED, YUAN, 1.0, fills=True, hint="已退回的医保基金；没有退回的留空"),
)


def form_of(asked: CheckList, made_at: datetime) -> Paper:
    """The paper of the form, for the workbook's writer."""
    who = asked.institution
    rows = tuple(
        tuple(one.value(item, asked.stays[item.admission_id]) for one in ASKED_COLUMNS)
        + (None,) * len(ANSWER_COLUMNS)
        for item in asked.items
    )
    columns = tuple(one.column for one in ASKED_COLUMNS) + ANSWER_COLUMNS
    summed: dict[str, Cell] = {"涉及金额（元）": Sum(), AMOUNT: Sum(), RETURNED: Sum(), "住院号": SUM_LABEL}
    blank: tuple[Cell, ...] = (None,) * len(OWN_COLUMNS)
    return Paper(
        TITLE,
        who.name or who.code or "机构名称未载明",
        False,
        made_at,
        (
            Fields(
                (
                    ("表类", KIND),
                    ("机构编码", who.code or "未载明"),
                    ("机构名称", who.name or "未载明"),
                    ("级别", who.level or "未载明"),
                    ("数据区间", asked.period),
                    ("审核住院", f"{len(asked.stays)} 例"),
                    ("提示疑点", f"{len(asked.items)} 项"),
                    (HASH, asked.sha256),
                    ("生成时间", f"{made_at:%Y-%m-%d %H:%M:%S}"),
                )
            ),
            Text(HOW),
            Text("以上均为程序提示的疑似项，认可与否由机构核对病历后决定。" if asked.items else NO_ITEMS),
            Table(
                ASKED,
                columns,
                rows,
                tuple(summed.get(column.title) for column in columns) if rows else None,
            ),
            Table(OWN, OWN_COLUMNS, (blank,) * OWN_ROWS, note=OWN_NOTE),
        ),
        landscape=True,
    )
