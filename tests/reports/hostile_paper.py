"""A paper of everything that must not act: formulas, controls, half letters, rare letters, two thousand rows."""

from datetime import date, datetime
from decimal import Decimal

from review.reports.paper import (
    COUNT,
    DAY,
    MINUTE,
    YUAN,
    Column,
    Fields,
    Heading,
    NextPage,
    Paper,
    Signatures,
    Table,
    Text,
)

MADE = datetime(2026, 3, 1, 9, 30)
FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "\n=1+1", " =1", "＝1+1",
    "%0A=1", "|calc", "#N/A", "#REF!", "=HYPERLINK(\"http://x\",\"y\")", "'=1", "1e5", "2024-03-01", "00123", "TRUE",
]  # fmt: skip
RARE = "𠮷野家😀👨\u200d👩\u200d👧é髙﨑"
CONTROLS = "响\x07铃\x00空\x1b[31m\x7f\x85"
TURNED = "甲\u202e乙\u2066丙"
LONG = "患者诉" + "头痛，夜间加重。" * 5_000
UNBROKEN = "A" * 3_000


def hostile_paper(rows=2_000):
    words = [
        *FORMULAS,
        RARE,
        CONTROLS,
        TURNED,
        "半\ud800字\ufffe",
        LONG,
        UNBROKEN,
        "<w:t>&amp;</w:t>]]>",
        "${1}{{7*7}}",
    ]
    table = Table(
        "甲[乙]:*?/\\丙'丁" * 3,
        (
            Column("序号", COUNT, 0.5),
            Column("=标题", width=3),
            Column("金额", YUAN, 1),
            Column("日", DAY, 1),
            Column("时", MINUTE, 1),
        ),
        tuple((n, word, Decimal("1234.5"), date(2024, 2, 29), MADE) for n, word in enumerate(words)),
        ("合计", "", Decimal("-0.10"), None, None),
        "=注",
    )
    lines = Table(
        "费用",
        (Column("项目", width=2), Column("金额", YUAN)),
        tuple((f"项目{n}", Decimal(n) / 100) for n in range(rows)),
    )
    blocks = (
        Fields((("=姓名", "=cmd|x"), ("金额", Decimal("12.5")), ("空", None))),
        Heading("=题"),
        *(Text(word) for word in words),
        table,
        NextPage(),
        lines,
        Signatures(("=签名",)),
    )
    return Paper("取证单", "=医院&P 𠮷", True, MADE, blocks, landscape=True)
