"""The public summary as a paper and as one page of HTML that needs nothing from outside."""

from datetime import datetime
from html import escape

from review.procedure.publish import FEWEST, Row, Told
from review.reports.paper import COUNT, YUAN, Block, Column, Fields, Heading, Paper, Table, Text, told
from review.reports.preview import preview

ROWS = (
    Column("违规类型", width=2.2),
    Column("住院（例）", COUNT, 0.9),
    Column("事项（项）", COUNT, 0.9),
    Column("涉及金额（元）", YUAN, 1.3),
    Column("其中基金（元）", YUAN, 1.3),
)
WHAT = "本次检查对上列机构纳入医保基金支付的住院服务和费用进行了核查。下列为检查确认的事项。"
NEXT = (
    "以上事项由有权机关依法依规处理；是否违法、如何处理，以其决定为准。"
    "金额为涉及金额，同一费用只计一次，并非损失数额。"
)
FEW = f"为保护个人信息，不足 {FEWEST} 例的类型合并列示；本件不含任何患者、医务人员和科室的信息。"
NOTHING = f"确认的事项不足 {FEWEST} 例，不列数字。"
STYLE = (
    "body{font:16px/1.7 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;color:#1a2422;background:#fff;"
    "max-width:860px;margin:0 auto;padding:32px 20px}h1{font-size:26px;text-align:center}h2{font-size:19px}"
    ".muted{color:#45524e;font-size:14px}table{width:100%;border-collapse:collapse;margin:8px 0}"
    "th,td{border:1px solid #b5bdb9;padding:6px 10px;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#e8ecea}.number{text-align:right;white-space:nowrap}tfoot td{font-weight:600}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px}dt{color:#45524e}dd{margin:0}"
    "@media print{body{padding:0}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def paper_of(said: Told, title: str, made_at: datetime) -> Paper:
    """The summary as a paper."""
    names = (
        "、".join(said.institutions)
        if len(said.institutions) <= 10
        else f"{len(said.institutions)} 家定点医疗机构"
    )
    rows = tuple(_cells(row) for row in said.rows)
    blocks: list[Block] = [
        Fields((("检查对象", names), ("检查区间", said.period), ("核查住院", _reviewed(said.reviewed)))),
        Text(WHAT),
        Heading("检查确认的事项"),
        Table("事项", ROWS, rows, _cells(said.total) if said.total else None, FEW, NOTHING),
    ]
    if said.clauses:
        blocks += [Heading("依据"), Text("\n".join(said.clauses))]
    blocks += [Heading("后续处理"), Text(NEXT)]
    return Paper(title, f"{made_at:%Y-%m-%d}", False, made_at, tuple(blocks))


def _reviewed(stays: int) -> str:
    return f"不足 {FEWEST} 例" if stays < FEWEST else f"{stays:,} 例"


def _cells(row: Row) -> tuple[str | int, ...]:
    return row.name, row.stays, row.items, told(row.yuan, YUAN), told(row.fund, YUAN)


def as_page(paper: Paper) -> str:
    """The paper as a page of its own: nothing is fetched, nothing runs, every word is text."""
    said = preview(paper)
    body = "".join(_block(block) for block in said["blocks"])
    title = escape(said["title"])
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{title}</title><style>{STYLE}</style></head>"
        f'<body><h1>{title}</h1><p class="muted">{escape(said["subtitle"])}</p>{body}</body></html>\n'
    )


def _block(one: dict[str, object]) -> str:
    kind = one["kind"]
    if kind == "heading":
        return f"<h2>{escape(str(one['text']))}</h2>"
    if kind == "text":
        return "".join(f"<p>{escape(line)}</p>" for line in str(one["text"]).split("\n"))
    if kind == "fields":
        pairs = one["pairs"]
        held = pairs if isinstance(pairs, list) else []
        return "<dl>" + "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in held) + "</dl>"
    return _table(one)


def _table(one: dict[str, object]) -> str:
    columns, rows, total = one["columns"], one["rows"], one["total"]
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise TypeError("no table")
    if not rows:
        return f"<p>{escape(str(one['empty']))}</p>"

    def line(cells: list[str], tag: str) -> str:
        kinds = (' class="number"' if column["number"] else "" for column in columns)
        return (
            "<tr>"
            + "".join(f"<{tag}{k}>{escape(c)}</{tag}>" for k, c in zip(kinds, cells, strict=True))
            + "</tr>"
        )

    head = line([column["title"] for column in columns], "th")
    foot = f"<tfoot>{line(total, 'td')}</tfoot>" if isinstance(total, list) else ""
    body = "".join(line(row, "td") for row in rows)
    note = f'<p class="muted">{escape(str(one["note"]))}</p>' if one["note"] else ""
    return f"<table><thead>{head}</thead><tbody>{body}</tbody>{foot}</table>{note}"
