"""Knowledge rows as the warehouse takes them: those of the inspection's region, with their code patterns spread out.

A regional row replaces the national row for the same rule (the longest matching region prefix wins). Dates are left to
the checks, which compare them with the day of service.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.places import NATIONAL
from knowledge.rows.held import ROW_TABLES, TableSpec
from knowledge.rows.regions import rows_of_region

SQL_TYPES = {"int": "integer", "decimal": "decimal(18,4)", "day": "date", "flag": "boolean"}
DOSAGE_FORM = re.compile(
    r"(?:氯化钠|葡萄糖)?(?:注射液|注射剂|口服液体剂|口服液|口服剂|口服|制剂|冻干|片剂|胶囊|颗粒|片|丸|乳膏|凝胶贴膏|微球|类|各型)+.*$"
)
SHORTEST_DRUG_NAME = 3
# a limit on such a form says nothing of the plain drug
SPECIAL_RELEASE = re.compile(r"微球|脂质体|缓释|控释|微囊|长效|植入|白蛋白结合")
SALTS = "盐酸|磷酸|硫酸|枸橼酸|富马酸|甲磺酸|马来酸|酒石酸|乳糖酸|重组|异"
INJECTED = r"(?:氯化钠|葡萄糖|乳状|乳)?(?:注射|[(（]|$)"
# the same substance by mouth, on the skin or into a vein is paid under other terms
LOCAL_FORM = re.compile(r"滴眼|眼膏|乳膏|软膏|凝胶|贴膏|贴片|栓|喷雾|吸入|雾化|滴鼻|洗剂")
ORAL_FORM = re.compile(r"口服|片|胶囊|颗粒|丸|糖浆|混悬|散$")
ORAL = r"(?:[(（]|$|片|丸|胶囊|软胶囊|颗粒|口服|分散|缓释|肠溶|干混悬|混悬|糖浆|散)"
ANY_FORM = (
    r"(?:[(（]|$|注射|片|丸|胶囊|软胶囊|颗粒|口服|分散|缓释|肠溶|干混悬|混悬|溶液|乳膏|凝胶|贴|制剂|微球)"
)
PATTERN_COLUMNS = (
    ("table_name", "varchar"),
    ("row_id", "varchar"),
    ("side", "varchar"),
    ("pattern", "varchar"),
    ("match", "varchar"),
    ("ceiling", "varchar"),
    ("national", "boolean"),
    ("holds", "varchar"),
)
ITEM_MAP = "item_map"
TOKEN = re.compile(r"\\.|\[\^?\]?[^\]]*\]|\{[^}]*\}|.", re.DOTALL)


@dataclass(frozen=True)
class KnowledgeTable:
    """One table of rows that hold in the inspection's region; `columns` are (name, SQL type)."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, Any], ...]

    def columns_sql(self) -> str:
        return ", ".join(f'"{name}" {kind}' for name, kind in self.columns)


def tables_for_region(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], region: str | None
) -> list[KnowledgeTable]:
    """Every declared table with the rows of the region, and `row_patterns` with their codes spread out."""
    tables = []
    patterns: list[Mapping[str, Any]] = []
    for name, spec in ROW_TABLES.items():
        found = rows_of_region(rows.get(name, ()), spec, region)
        columns = tuple((column.name, SQL_TYPES.get(column.kind, "varchar")) for column in spec.columns)
        if name == ITEM_MAP:
            tables.append(KnowledgeTable(name, columns, tuple(_mapped(found.rows))))
            continue
        table = KnowledgeTable(name, columns, found.rows)
        tables.append(table)
        patterns += _patterns(table, spec)
        patterns += _taken(table, spec, found.taken)
    return [*tables, KnowledgeTable("row_patterns", PATTERN_COLUMNS, tuple(patterns))]


def _patterns(table: KnowledgeTable, spec: TableSpec) -> Iterable[Mapping[str, Any]]:
    for row in table.rows:
        ceiling = row["certainty_ceiling"] or "established"
        for side in spec.codes:
            said = {"table_name": table.name, "row_id": row["row_id"], "side": side}
            said["national"] = row["region"] == NATIONAL
            for match, pattern in _side_patterns(row, side):
                named = match in {"name", "same_name", "drug_name"}
                held = held_text(pattern) if match in {"name", "drug_name"} else ""
                yield {
                    **said,
                    "pattern": pattern,
                    "match": match,
                    "ceiling": "clue" if named else ceiling,
                    "holds": held,
                }


def _taken(
    table: KnowledgeTable, spec: TableSpec, codes: Mapping[Any, Sequence[str]]
) -> Iterable[Mapping[str, Any]]:
    """The codes of a row of which a nearer region speaks itself."""
    for row_id, longer in codes.items():
        for pattern in longer:
            said = {"table_name": table.name, "row_id": row_id, "side": spec.codes[0], "pattern": pattern}
            yield {**said, "match": "not", "ceiling": "clue", "national": False, "holds": ""}


def branches(pattern: str) -> list[str]:
    """The alternatives of a regular expression, each one by itself."""
    found, depth = [""], 0
    for part in TOKEN.findall(pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and not depth:
            found.append("")
        else:
            found[-1] += part
    return found


def held_text(pattern: str) -> str:
    """A text that stands in whatever an expression without alternatives matches; empty where there is none.

    Asked first, because an engine compiles an expression anew for every name it is tried on."""
    if "(?i" in pattern:
        return ""
    depth, longest, run = 0, "", ""
    for part in [*TOKEN.findall(pattern), "."]:
        depth += (part == "(") - (part == ")")
        plain = part[1:] if re.fullmatch(r"\\[^0-9A-Za-z]", part) else part
        if not depth and len(plain) == 1 and (part != plain or plain not in ".^$()[]{}?*+|"):
            run += plain
            continue
        # what a quantifier follows need not be there
        run = run[:-1] if part in "?*" or part.startswith("{") else run
        longest, run = max(longest, run, key=len), ""
    return longest


def _mapped(rows: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """One row for each reference code; an item mapped to several is wider than any of them."""
    for row in rows:
        codes = [code for code in str(row["ref_code15"] or "").split("|") if code]
        for code in codes or ("",):
            yield {**row, "ref_code15": code or None, **({"quality": "wider"} if len(codes) > 1 else {})}


def _side_patterns(row: Mapping[str, Any], side: str) -> Iterable[tuple[str, str]]:
    """How one side of a row is known: by its codes, by a regular expression of names, or by its plain name."""
    match = row["match"] or "exact"
    name = row.get(f"name_{side}") or row.get("name") or row.get("generic")
    cell = str(row[side] or "")
    if match == "name":
        named = cell or row.get("name_regex") or name
        return [(match, branch) for branch in branches(str(named))] if named else []
    # a bar separates codes; in a regular expression it is the pattern's own
    parts = cell.split("|") if match in {"exact", "prefix"} else [cell]
    codes = [(match, part.strip()) for part in parts if part.strip()]
    if side == "drug_prefix" and name:
        return [*codes, *(("drug_name", pattern) for pattern in drug_names(str(name)))]
    return [*codes, ("same_name", _plain(str(name)))] if codes and name else codes


def drug_names(generic: str) -> list[str]:
    """How a drug's line may be named where its code is not in the row: the substance in the row's dosage form.

    A generic that is told apart by figures, as amino acids 15AA are, is known by its code only."""
    if re.search(r"[（(][^）)]*[0-9A-Za-zⅠⅡ]", generic):
        return []
    injected = "注射" in generic
    patterns = []
    for part in re.split(r"[、，,/（）()]", generic):
        core = DOSAGE_FORM.sub("", part.removeprefix("注射用").strip())
        if len(core) >= SHORTEST_DRUG_NAME and not re.search(r"注射|冻干|等$", core):
            named = rf"^(?:注射用)?(?:{SALTS})?{re.escape(core)}钠?"
            released = SPECIAL_RELEASE.search(part)
            local = LOCAL_FORM.search(part)
            if released or local:
                form = rf".*{(released or local)[0]}"  # type: ignore[index]
            else:
                form = INJECTED if injected else ORAL if ORAL_FORM.search(part) else ANY_FORM
            patterns.append(named + form)
    return patterns


def _plain(name: str) -> str:
    return name.replace("（", "(").replace("）", ")").replace(" ", "")
