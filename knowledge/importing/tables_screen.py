"""What `python -m knowledge tables` does and prints: a preview, an import, an export."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from knowledge.holding.writability import NotWritable
from knowledge.importing.confirmed_mappings import Mapped
from knowledge.importing.importers import WAITING, MappingError
from knowledge.importing.mapped_rows import Stated
from knowledge.importing.rule_drafts import Rejected
from knowledge.importing.sheet_kinds import sheet_kinds
from knowledge.importing.sheet_layout import column_letter
from knowledge.importing.sheet_previews import SheetPreview, preview_tables
from knowledge.importing.waiting_tables import confirm_tables, waiting_tables
from knowledge.readers import UnreadableFile
from knowledge.rows.held import load_rows, write_rows
from knowledge.rows.tables import ROW_TABLES

PROBLEMS_SHOWN, ALIKE_SHOWN = 12, 3
WIDEST_CELL = 18


def run(home: Path, options: argparse.Namespace) -> int:
    """Exit 0 when shown or imported, 2 when the file or the confirmation is not good enough."""
    try:
        if options.fields:
            return _show_fields()
        if options.export:
            return _export(home, options.export, options.file)
        if options.file is None:
            return _list_waiting(home)
        named, options.file = options.file, _found(options.file, home)
        if options.table and options.table not in sheet_kinds():
            raise MappingError(f"没有“{options.table}”这类表；可用：{'、'.join(sheet_kinds())}。")
        today = date.today() if options.confirm else None
        stated = Stated(options.region, options.begins, options.ends, options.source, options.by, today)
        previews = _wanted(options, preview_tables(options.file, home, stated=stated, kind=options.table))
        if options.map:
            changed = _changed_mappings(previews, options.map)
            previews = _wanted(options, preview_tables(options.file, home, mapping=changed, stated=stated))
        if options.confirm:
            chosen = {preview.sheet: preview.mapping for preview in previews if preview.mapping}
            return _import(home, options, chosen, stated)
        _print_json(previews) if options.json else _print_previews(previews, named)
        return 0
    except UnreadableFile as problem:
        print(f"{options.file.name} 读不出来：{problem.problem}；{problem.remedy}。", file=sys.stderr)
    except (MappingError, LookupError, NotWritable, OSError) as problem:
        print(f"不能导入：{problem}", file=sys.stderr)
    return 2


def _found(file: Path, home: Path) -> Path:
    """The file as named, else the one of that name that waits for confirmation."""
    if file.is_file():
        return file
    waiting = [kept for kept in waiting_tables(home) if kept.name == file.name]
    if len(waiting) != 1:
        raise MappingError(f"找不到文件 {file}；请核对路径。")
    return waiting[0]


def _list_waiting(home: Path) -> int:
    waiting = waiting_tables(home)
    for file in waiting:
        print(f"{WAITING}：{file.name}　python -m knowledge tables {file.name}")
    if not waiting:
        print("没有待确认列的表格。查看一个文件：python -m knowledge tables 文件")
    return 0


def _wanted(options: argparse.Namespace, previews: Sequence[SheetPreview]) -> list[SheetPreview]:
    """The sheets that the command names, or all."""
    if not options.sheet:
        return list(previews)
    names = [preview.sheet for preview in previews]
    unknown = [name for name in options.sheet if name not in names]
    if unknown:
        raise MappingError(f"没有工作表“{'”“'.join(unknown)}”；现有：{'、'.join(names)}。")
    return [preview for preview in previews if preview.sheet in options.sheet]


def _changed_mappings(previews: Sequence[SheetPreview], changes: Sequence[str]) -> dict[str, Mapped]:
    found = [(preview, preview.mapping) for preview in previews if preview.mapping]
    if not found:
        raise MappingError("看不出是哪一类表，请用 --table 指定；各类表的字段见 --fields。")
    return {preview.sheet: _changed(preview, mapped, changes) for preview, mapped in found}


def _changed(preview: SheetPreview, mapped: Mapped, changes: Sequence[str]) -> Mapped:
    columns = dict(mapped.columns)
    fields = sheet_kinds()[mapped.kind].fields
    for change in changes:
        named, equals, field = change.rpartition("=")
        if not equals:
            raise MappingError(f"“{change}”要写成 列=字段，如 三级价=cap_3 或 E=cap_3。")
        if field and field not in fields:
            raise MappingError(
                f"{sheet_kinds()[mapped.kind].says}没有字段“{field}”；可用：{'、'.join(fields)}。"
            )
        place = _column(preview, named)
        if field and not fields[field].many:
            columns = {other: name for other, name in columns.items() if name != field}
        columns.pop(place, None)
        if field:
            columns[place] = field
    return replace(mapped, columns=columns)


def _column(preview: SheetPreview, named: str) -> int:
    """A column by its heading, else by its letter."""
    found = [place for place, heading in enumerate(preview.headings) if heading == named]
    letters = {column_letter(place): place for place in range(len(preview.headings))}
    if len(found) > 1:
        raise MappingError(f"“{named}”有 {len(found)} 列；请用列字母，如 {column_letter(found[1])}=字段。")
    if found:
        return found[0]
    if named.upper() in letters:
        return letters[named.upper()]
    raise MappingError(
        f"工作表“{preview.sheet}”没有“{named}”这一列；列有：{'、'.join(filter(None, preview.headings))}。"
    )


def _import(home: Path, options: argparse.Namespace, chosen: Mapping[str, Mapped], stated: Stated) -> int:
    report = confirm_tables(home, options.file, chosen, stated, embedding=options.embedding)
    if report is None or not report.counts:
        said = (
            report.rejected[0].reason if report and report.rejected else "看不出是哪一类表，请用 --table 指定"
        )
        raise MappingError(f"{options.file.name}：{said}。")
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1, default=str))
        return 0
    counts = "、".join(f"{table} {count:,} 行" for table, count in report.counts.items())
    print(f"已导入 {options.file.name}：{counts}；其中新增规则 {report.added:,} 条。")
    _print_problems(report.rejected, f"{len(report.rejected):,} 处未采用")
    return 0


def _export(home: Path, table: str, file: Path | None) -> int:
    """Write a rule table for a person to read or change; the shipped and the imported rows alike."""
    target = file or Path(f"{table}.csv")
    if target.exists():
        raise MappingError(f"{target} 已存在；请换一个文件名。")
    rows = load_rows(table, home, states=("approved", "draft", "retired"))
    write_rows(target, rows, ROW_TABLES[table])
    print(f"已导出 {table} {len(rows):,} 行：{target}")
    return 0


def _show_fields() -> int:
    for kind in sheet_kinds().values():
        needs = "；".join("或".join(kind.fields[name].says for name in group) for group in kind.needs)
        print(f"{kind.name}　{kind.says}　必有：{needs}")
        print("　　" + "、".join(f"{field.name}（{field.says}）" for field in kind.fields.values()))
    return 0


def _print_previews(previews: Sequence[SheetPreview], file: Path) -> None:
    for preview in previews:
        _print_preview(preview)
    if any(preview.mapping for preview in previews):
        print(
            f"\n核对无误后：python -m knowledge tables {file} --confirm，要改的列用 --map 列=字段，字段见 --fields。"
        )


def _print_preview(preview: SheetPreview) -> None:
    where = f"表头在第 {preview.heading_row} 行，" if preview.heading_row else ""
    left_out = f"，另有 {preview.left_out} 行合计、附注等不计" if preview.left_out else ""
    print(f"\n【{preview.sheet}】{where}{preview.rows:,} 行数据{left_out}")
    kind = f"{preview.table}：" if preview.table and not preview.official else ""
    print(f"　{kind}{preview.reason}")
    for column in preview.columns:
        field = sheet_kinds()[preview.table].fields.get(column.field or "") if preview.table else None
        said = f"{field.says}（{field.name}，{column.certainty}）" if field else "不用"
        sample = next(
            (cells[column.place] for _, cells in preview.first_rows if cells[column.place].strip()), ""
        )
        why = f"　{column.reason}" if column.reason and not (preview.sure and field) else ""
        print(
            f"　{column_letter(column.place):>3} {column.heading} → {said}　例：{sample[:WIDEST_CELL]}{why}"
        )
    if preview.missing:
        print(f"　还缺：{'、'.join(preview.missing)}")
    if preview.missing and (preview.region or preview.in_force_from):
        region = f"地区 {preview.region}" if preview.region else ""
        begins = f"{preview.in_force_from} 起" if preview.in_force_from else ""
        print(f"　题名像是：{'，'.join(filter(None, (region, begins)))}（须写明才采用）")
    if preview.counts is not None:
        counts = (
            "、".join(f"{table} {count:,} 行" for table, count in preview.counts.items())
            or "没有一行能转成规则"
        )
        print(f"　将得到：{counts}")
    for note in preview.notes:
        print(f"　附记：{note}")
    _print_problems(preview.problems, f"{len(preview.problems):,} 处不会采用")


def _print_problems(problems: Sequence[Rejected], title: str) -> None:
    if not problems:
        return
    print(f"　{title}：")
    alike: Counter[tuple[str | None, str]] = Counter()
    shown = 0
    for problem in problems:
        alike[problem.column, problem.reason] += 1
        if shown < PROBLEMS_SHOWN and alike[problem.column, problem.reason] <= ALIKE_SHOWN:
            print(f"　　{problem.place}：{problem.reason}")
            shown += 1
    if shown < len(problems):
        print(f"　　等，其中最多的：{'；'.join(_counted(*entry) for entry in alike.most_common(3))}")


def _counted(kind: tuple[str | None, str], count: int) -> str:
    column, reason = kind
    return f"{column or '整行'}{reason} {count:,} 处"


def _print_json(previews: Sequence[SheetPreview]) -> None:
    said = [{**asdict(preview), "unmapped": preview.unmapped, "sure": preview.sure} for preview in previews]
    print(json.dumps(said, ensure_ascii=False, indent=1, default=_as_text))


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
