"""The merged annexes as papers: one table for each annex, who reported, what to mend, and what is worth a question."""

from review.procedure.annex_merging import MergedAnnex, MergedAnnexes
from review.procedure.annex_paper import WIDER, faults_table, table_of
from review.procedure.annex_peers import CASES, FALSE_SHARE, FEWEST_CASES, FEWEST_PEERS, Compared, Comparison
from review.procedure.annexes import Filed, added, annexes
from review.reports.paper import COUNT, TEXT, YUAN, Block, Cell, Column, Fields, Heading, Paper, Table, Text

TITLE = "专项治理统计表（合并）"
OF_REPORTERS = ("accepted", "open", "found", "yuan", "fund", "returned")
SHOWN = 200  # rows of a comparison on paper
INNOCENT = (
    "报得少或没有报，常见的原因：不收治这类病人或没有这类科室和项目；数据区间、病例范围或填报口径不同；以前年度已经整改；"
    "已自行退回而未再填；没有对全部住院自查。报得多，常见的原因：自查更细、范围更广；收治病种不同；一次性清理了往年问题；"
    "同一问题归在不同类别。本表只提示可以先问一问的地方，不是对任何机构的认定。"
)
HOW = (
    f"方法：只在同级（一、二、三级）之间比较，除本机构外同级不少于 {FEWEST_PEERS} 家。例数按每千例住院的率比较；"
    f"金额按每例住院的平均元比较，只在报告 {FEWEST_CASES} 例以上的机构之间。看本机构是否落在其余同级机构的预测区间之外"
    "（随机效应，Higgins 等 2009；Spiegelhalter 2005）。"
    f"全部比较一并校正（Benjamini-Hochberg 1995，错误发现比例 {FALSE_SHARE:.0%}）："
    "在没有哪家真正不同的模拟表里，约十分之一（各家真实率差异大时至七分之一）仍会点到某一家，只是偶然。"
)


def merged_paper(merged: MergedAnnexes) -> Paper:
    """Everything the bureau reads, in one paper."""
    blocks: list[Block] = [_about(merged)]
    for one in merged.tables:
        if not one.annex.by_institution:
            blocks += _summed(one)
    blocks += [Heading("值得询问"), Text(HOW, "small"), Text(INNOCENT, "small"), *_peers(merged)]
    blocks += [
        Heading("没有读入或待改之处"),
        faults_table(merged.faults, "没有读入或待改"),
        Heading("重复和不一致"),
        faults_table(merged.questions, "重复和不一致"),
    ]
    if merged.silent:
        rows = tuple((one.code, one.name, one.kind, one.level) for one in merged.silent)
        columns = (
            Column("机构编码", TEXT, 1.2),
            Column("机构名称", TEXT, 2.0),
            Column("机构类别"),
            Column("级别"),
        )
        blocks += [Heading("计划内没有报送的机构"), Table("没有报送", columns, rows)]
    for one in merged.tables:
        if one.annex.by_institution:
            blocks += _summed(one)
        elif one.filed:
            blocks += [Heading(f"{one.annex.sheet}　各机构"), _reporters(one)]
    return Paper(TITLE, f"{merged.files} 份文件", False, merged.made_at, tuple(blocks), landscape=True)


def _summed(one: MergedAnnex) -> list[Block]:
    return [
        Heading(f"{one.annex.sheet}　{one.annex.title}"),
        table_of(one.annex, one.rows, one.total, one.named),
    ]


def _about(merged: MergedAnnexes) -> Fields:
    counts = [
        (f"{one.annex.sheet}　报送", f"{len(one.filed)} 家")
        for one in merged.tables
        if not one.annex.by_institution
    ]
    asked = len(merged.comparison.worth_asking)
    return Fields(
        (
            ("文件", f"{merged.files} 份"),
            *counts,
            ("没有读入或待改", f"{len(merged.faults)} 处"),
            ("重复和不一致", f"{len(merged.questions)} 处"),
            ("值得询问", f"{asked} 项" if merged.comparison.rows else "没有可比较的同级机构"),
            ("合并时间", merged.made_at),
        )
    )


def _reporters(one: MergedAnnex) -> Table:
    shown = [column for column in one.annex.columns if column.key in OF_REPORTERS]
    columns = (
        Column("机构编码", TEXT, 1.7),
        Column("机构名称", TEXT, 1.8),
        Column("级别", TEXT, 0.8),
        Column("审核住院", COUNT, 0.8),
        *(Column(column.title, column.kind, WIDER if column.kind == YUAN else 0.9) for column in shown),
        Column("报送时间", TEXT, 1.7),
        Column("状态", TEXT, 1.0),
    )
    return Table(f"{one.annex.sheet}各机构", columns, tuple(_reporter(filed, one) for filed in one.filed))


def _reporter(filed: Filed, one: MergedAnnex) -> tuple[Cell, ...]:
    who = filed.institution
    sums = (
        filed.total.get(column.key) if column.adds == "distinct" else added(filed.rows, column)
        for column in one.annex.columns
        if column.key in OF_REPORTERS
    )
    made = f"{filed.made_at:%Y-%m-%d %H:%M}"
    return (who.code, who.name, who.level, filed.stays, *sums, made, filed.state or "完整")


def _peers(merged: MergedAnnexes) -> list[Block]:
    comparison = merged.comparison
    columns = (
        Column("机构", TEXT, 1.6),
        Column("级别", TEXT, 0.6),
        Column("问题类别", TEXT, 1.3),
        Column("比较", TEXT, 1.0),
        Column("本机构", TEXT, 0.8),
        Column("同级中位", TEXT, 0.8),
        Column("说明", TEXT, 3.0),
    )
    asked = comparison.worth_asking
    note = "" if asked else "没有超出同级范围的机构。" if comparison.rows else "没有可比较的同级机构。"
    table = Table("值得询问", columns, tuple(_asked(one) for one in asked[:SHOWN]), None, note, note or "无")
    blocks: list[Block] = [table]
    if len(asked) > SHOWN:
        blocks.append(Text(f"另有 {len(asked) - SHOWN} 行未列。", "small"))
    if comparison.silent:
        blocks += [Heading("同级多数有报告而本机构没有", 2), _silent_ones(comparison)]
    if comparison.left_out:
        blocks.append(
            Table("没有比较", (Column("机构", TEXT, 1.0), Column("原因", TEXT, 2.0)), comparison.left_out)
        )
    return blocks


def _asked(one: Compared) -> tuple[Cell, ...]:
    of_cases = one.measure == CASES
    unit = "每千例住院例数" if of_cases else "每例住院平均元"
    if of_cases and not one.own:
        said = f"没有报告这一类；同级 {one.peers} 家中有 {one.reporting} 家报告。值得询问。"
    else:
        said = f"比同级{'少' if one.few else '多'}得多（同级 {one.peers} 家中 {one.reporting} 家报告）。值得询问。"
    chance = "小于 0.001" if one.q < 0.001 else f"{one.q:.3f}"
    return (
        one.name or one.code,
        one.level,
        one.problem,
        unit,
        f"{one.own:,.2f}",
        f"{one.middle:,.2f}",
        f"{said}校正后的 q {chance}。",
    )


def _silent_ones(comparison: Comparison) -> Table:
    columns = (
        Column("机构", TEXT, 1.6),
        Column("级别", TEXT, 0.6),
        Column("问题类别", TEXT, 1.6),
        Column("说明", TEXT, 3.0),
    )
    rows = tuple(
        (one.name or one.code, one.level, one.problem, _silent(one)) for one in comparison.silent[:SHOWN]
    )
    return Table("多数有报而没有报", columns, rows, None, "只是计数，没有检验：差别可能只是偶然。")


def _silent(one: Compared) -> str:
    return f"同级 {one.peers} 家中 {one.reporting} 家报告；按同级的率，本机构约 {one.expected:,.0f} 例。"


def reporters_paper(merged: MergedAnnexes) -> Paper:
    """A sheet for each reporter, as it reported."""
    blocks: list[Block] = []
    for one in merged.tables:
        for filed in one.filed:
            name = filed.institution.name or filed.institution.code
            annex = annexes()[filed.annex]
            table = table_of(annex, filed.rows, filed.total, filed.named)
            who, stays = filed.institution, "未载明" if filed.stays is None else f"{filed.stays:,} 例"
            note = (
                f"{who.code or '编码未载明'}　{who.level}　数据区间 {filed.period or '未载明'}　审核住院 {stays}　"
                f"报送 {filed.made_at:%Y-%m-%d %H:%M}　{filed.state}　文件 {filed.file}"
            )
            blocks.append(Table(f"{annex.number}{name}", table.columns, table.rows, table.total, note))
    return Paper(
        "各机构报送的附件", f"{merged.files} 份文件", False, merged.made_at, tuple(blocks), landscape=True
    )
