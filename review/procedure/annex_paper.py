"""An annex as a paper: filled from what is known, or as a form to fill; below it, why cells are empty."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from review.models import Fault
from review.procedure.annexes import HOSPITAL, Annex, AnnexColumn, Filed, Institution, Value, Values, annexes
from review.reports.paper import (
    COUNT,
    TEXT,
    YUAN,
    Block,
    Cell,
    Column,
    Fields,
    Heading,
    Paper,
    Signatures,
    Sum,
    Table,
    Text,
)

PROBLEM, TOTAL = "问题类别", "合计"
CODE, NAME, KIND, LEVEL, REGION = "机构编码", "机构名称", "机构类别", "级别", "统筹地区"
PERIOD, STAYS, MADE, STATE, SHEET = "数据区间", "审核住院（例）", "填报时间", "状态", "表类"
UNKNOWN, WHOLE = "未载明", "完整"
FILLER, FILLED = "填报信息", "填写"
WHO, WHEN, PHONE = "填报人", "填报日期", "联系电话"
CASES = "自查涉及例数（同一病例计一次）"
EMPTY_FORM, NOTHING = "待填", "没有填写"
WIDER = 1.6  # yuan of a province beside a count
FORM_HOW = (
    "填浅黄色的格：没有发现的填 0，没有查的留空，程序不把留空当作 0。“填报信息”里写明填报人和日期。"
    "请勿增删行、合并单元格；用 Excel、WPS 或 LibreOffice 填好存为 .xlsx 报送。"
)

FAULT_COLUMNS = (
    Column("文件", TEXT, 1.4),
    Column("位置", TEXT, 1.8),
    Column("问题", TEXT, 1.8),
    Column("怎样改", TEXT, 1.8),
)


def paper_of(filed: Filed, extra: tuple[Block, ...] = ()) -> Paper:
    """The filled annex. A report that is not whole is a draft, and says so."""
    annex = annexes()[filed.annex]
    return Paper(
        annex.title,
        filed.institution.name or filed.institution.code or "机构名称未载明",
        bool(filed.state),
        filed.made_at,
        (
            about(filed),
            Heading(f"{annex.sheet}　{annex.title}"),
            table_of(annex, filed.rows, filed.total, filed.named),
            *extra,
            Signatures(("填报人", "审核人", "单位负责人（盖章）")),
        ),
        landscape=True,
    )


def form_paper(
    annex: Annex, institution: Institution, made_at: datetime, period: str, objects: tuple[Institution, ...]
) -> Paper:
    """The empty annex, to be filled by hand; `objects` are the rows of annex 4."""
    named = {one.code: one for one in objects}
    rows: Mapping[str, Values] = {key: {} for key in (named or annex.problems)}
    filed = Filed(annex.number, institution, made_at, rows, period=period, state=EMPTY_FORM, named=named)
    return Paper(
        annex.title,
        institution.name or institution.code,
        False,
        made_at,
        (
            about(filed),
            Text(FORM_HOW),
            Table(
                FILLER,
                (Column("项目", TEXT, 0.8), Column(FILLED, TEXT, 2.0, fills=True)),
                tuple((label, None) for label in _asked_of_filler(annex)),
            ),
            table_of(annex, rows, {}, named, form=True),
        ),
        landscape=True,
    )


def _asked_of_filler(annex: Annex) -> tuple[str, ...]:
    return (WHO, WHEN, PHONE, STAYS, CASES) if annex.number == HOSPITAL else (WHO, WHEN, PHONE)


def about(filed: Filed) -> Fields:
    """Who reports what, as its reader finds it again."""
    who = filed.institution
    return Fields(
        (
            (SHEET, annexes()[filed.annex].sheet),
            (CODE, who.code or UNKNOWN),
            (NAME, who.name or UNKNOWN),
            (KIND, who.kind or UNKNOWN),
            (LEVEL, who.level or UNKNOWN),
            (REGION, who.region or UNKNOWN),
            (PERIOD, filed.period or UNKNOWN),
            (STAYS, UNKNOWN if filed.stays is None else str(filed.stays)),
            (MADE, f"{filed.made_at:%Y-%m-%d %H:%M:%S}"),
            (STATE, filed.state or WHOLE),
        )
    )


def table_of(
    annex: Annex,
    rows: Mapping[str, Values],
    total: Values,
    named: Mapping[str, Institution],
    *,
    form: bool = False,
) -> Table:
    """The rows under their heads; in a form the sums are computed where it is filled."""
    shown = [one for one in annex.columns if not form or asked_of_people(annex, one)]
    heads = heads_of(annex)
    columns = (*heads, *(_column(one, form=form) for one in shown))
    body = tuple(
        (*_head(annex, key, named), *(values.get(one.key) for one in shown)) for key, values in rows.items()
    )
    sums: tuple[Cell, ...] = tuple(
        Sum() if form and one.adds == "sum" else total.get(one.key) for one in shown
    )
    blanks: tuple[Cell, ...] = (TOTAL, *(None,) * (len(heads) - 1))
    note = f"口径：{annex.source}。金额单位：元。"
    note += (annex.form_note or annex.note) if form else f"{annex.note}{_blanks(shown, rows)}"
    return Table(annex.sheet, columns, body, (*blanks, *sums) if body else None, note)


def asked_of_people(annex: Annex, column: AnnexColumn) -> bool:
    """Whether a form has the column: what institutions report is not asked of the bureau again."""
    return column.bureau if annex.by_institution else not column.program


def heads_of(annex: Annex) -> tuple[Column, ...]:
    """The columns that say what a row is."""
    if annex.by_institution:
        return (
            Column(CODE, TEXT, 2.0),
            Column(NAME, TEXT, 1.6),
            Column(KIND, TEXT, 0.8),
            Column(LEVEL, TEXT, 1.0),
        )
    return (Column(PROBLEM, TEXT, 2.0),)


def _head(annex: Annex, key: str, named: Mapping[str, Institution]) -> tuple[Cell, ...]:
    if not annex.by_institution:
        return (key,)
    one = named[key]
    return one.code, one.name, one.kind, one.level


def _column(one: AnnexColumn, *, form: bool) -> Column:
    hint = "零以上的整数" if one.kind == COUNT else "零以上，精确到分" if one.number else ""
    width = one.width * WIDER if one.kind == YUAN else one.width
    return Column(one.title, one.kind, width, fills=form, choices=one.choices, hint=hint)


def _blanks(columns: list[AnnexColumn], rows: Mapping[str, Values]) -> str:
    """Which columns have empty cells, and why."""
    empty: dict[str, list[str]] = {}
    for one in columns:
        if any(_missing(values.get(one.key)) for values in rows.values()):
            empty.setdefault(one.blank, []).append(one.title)
    if not empty:
        return ""
    return "　留空的格：" + "；".join(f"{'、'.join(titles)}，{why}" for why, titles in empty.items()) + "。"


def _missing(value: Value) -> bool:
    return value is None or value == ""


def faults_table(faults: Iterable[Fault], name: str = "待改之处") -> Table:
    """Where, what, and what to do."""
    rows = tuple((one.file, one.place, one.problem, one.remedy) for one in faults)
    return Table(name, FAULT_COLUMNS, rows)
