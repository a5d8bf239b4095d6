"""Rule files of an analyst's own, `<home>/rules/*.sql`: read, held to the rules of every check, counted once adopted.

A file counts only as it was adopted: changed since then, it waits again. Files are SQL only; a query that is no single
SELECT, or that reads files, does not load.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.rows.tables import ROW_TABLES
from review.checks.registry import Check, all_checks, read_sql_check
from review.checks.runner import TABLE_NAMES
from review.engines.duckdb import Warehouse
from review.engines.knowledge_tables import tables_for_region
from review.errors import HeaderError
from review.settled import ADOPTED, Settled

FOLDER = "rules"
_QUOTED = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_READS_FILES = re.compile(r"\b(?:read_\w+|glob|parquet_\w+|sniff_csv|getenv)\s*\(|\bfrom\s+'", re.IGNORECASE)
_NEEDED = {
    "examined": ("admission_id", "outcome", "reason"),
    "findings": ("admission_id",),
    "together": ("admission_id", "shared", "from_on", "to_on"),
}
_PLACEHOLDER = re.compile(r"\$\{?(\w+)\}?")


_READ: dict[tuple[Path, int], "OwnRule"] = {}  # each file as it was at a time, read once


@dataclass(frozen=True)
class OwnRule:
    """One file of the folder: the check it makes, or in Chinese why it makes none."""

    file: Path
    sha256: str
    check: Check | None
    problem: str = ""


def own_rules(home: Path) -> tuple[OwnRule, ...]:
    """Every rule file of the folder in order of name; a code used twice fails in each but the first."""
    files = {file: file.stat().st_mtime_ns for file in sorted((home / FOLDER).glob("*.sql"))}
    fresh = [place for place in files.items() if place not in _READ]
    if fresh:
        warehouse = _empty_warehouse()
        for place in fresh:
            _READ[place] = _read(place[0], warehouse)
        warehouse.close()
    taken = {check.header.code: check.file.name for check in all_checks()}
    found = []
    for place in files.items():
        file, rule = place[0], _READ[place]
        code = rule.check.header.code if rule.check else ""
        if code in taken:
            said = f"{file.name} 的 code：编号 {code} 已被 {taken[code]} 使用；请换一个，如 {code[:4]}901。"
            rule = OwnRule(file, rule.sha256, None, said)
        elif code:
            taken[code] = file.name
        found.append(rule)
    return tuple(found)


def adopted_checks(home: Path, settled: Settled) -> tuple[Check, ...]:
    """The checks of the folder that count: adopted as they now stand."""
    if not any(change.name == ADOPTED for change in settled.changes):
        return ()
    return tuple(rule.check for rule in own_rules(home) if rule.check and is_adopted(rule, settled))


def is_adopted(rule: OwnRule, settled: Settled) -> bool:
    change = settled.change(rule.check.header.code, ADOPTED) if rule.check else None
    return change is not None and change.value == rule.sha256


def _read(file: Path, warehouse: Warehouse) -> OwnRule:
    data = file.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        check = read_sql_check(file)
        _require_sound(check, warehouse)
    except UnicodeDecodeError:
        return OwnRule(file, sha256, None, f"{file.name}：不是 UTF-8 文本；请另存为 UTF-8。")
    except (HeaderError, ValueError) as problem:
        return OwnRule(file, sha256, None, str(problem))
    return OwnRule(file, sha256, check)


def _require_sound(check: Check, warehouse: Warehouse) -> None:
    """Raises HeaderError with file, key and place where the header or a query cannot work."""
    header, file = check.header, check.file.name
    known: tuple[tuple[str, Iterable[str], Iterable[str]], ...] = (
        ("needs.tables", header.needs.tables, TABLE_NAMES),
        ("needs.knowledge", header.needs.knowledge, ROW_TABLES),
    )
    for key, named, tables in known:
        unknown = [name for name in named if name not in tables]
        if unknown:
            raise HeaderError(
                f"{file} 的 {key}：没有“{'”“'.join(unknown)}”这张表；可用：{'、'.join(tables)}。"
            )
    for key, reference in (("basis", reference) for reference in header.basis):
        if "#" not in reference:
            raise HeaderError(f"{file} 的 {key}：“{reference}”不是“法规#条款”的样子；请改正。")
    columns: Sequence[str] = ()
    if check.together is not None:
        _require_query(check, "together", check.together, warehouse)
    for part, query in (("examined", check.examined or ""), ("findings", check.findings or "")):
        columns = _require_query(check, part, query, warehouse)
    missing = [
        name for name in _PLACEHOLDER.findall(header.message) if name not in (*columns, *header.limits)
    ]
    if missing:
        raise HeaderError(
            f"{file} 的 message：-- findings 没有列“{'”“'.join(missing)}”；请补上该列或改写疑点。"
        )


def _require_query(check: Check, part: str, query: str, warehouse: Warehouse) -> Sequence[str]:
    place = f"{check.file.name} 的 -- {part}"
    bare = _QUOTED.sub(lambda found: "''" if found[0].startswith("'") else " ", query)
    if ";" in bare:
        raise HeaderError(f"{place}：只能是一条查询，里面有分号；请删去。")
    if _READS_FILES.search(bare):
        raise HeaderError(f"{place}：查询不能读文件；请只用检查的视图和规则表。")
    try:
        columns = _columns_of(query, check.header.limits, warehouse)
    except (
        Exception
    ) as problem:  # what the engine says of a query is the analyst's to mend, whatever its kind
        said = " ".join(line.strip() for line in str(problem).splitlines() if line.strip())
        raise HeaderError(f"{place}：查询不能运行（{said[:300]}）；请改正。") from problem
    lacking = [name for name in _NEEDED[part] if name not in columns]
    if lacking:
        raise HeaderError(f"{place}：缺列“{'”“'.join(lacking)}”；请补上。")
    return columns


def _columns_of(query: str, limits: dict[str, object], warehouse: Warehouse) -> Sequence[str]:
    """The columns of a query, tried on a warehouse without rows."""
    for name, value in limits.items():
        query = re.sub(rf"\${name}\b", _literal(value), query)
    return [str(row["column_name"]) for row in warehouse.rows(f"describe select * from (\n{query}\n)")]


def _literal(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def _empty_warehouse() -> Warehouse:
    warehouse = Warehouse.empty()
    warehouse.load_knowledge(tables_for_region({}, None))
    warehouse.build_views()
    return warehouse
