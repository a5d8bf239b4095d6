"""What people have settled over the rules as shipped and imported: items matched, rows approved, checks changed.

Rows and headers below are never edited. A number resolves inspection → region row → header; a change keeps who, when
and why, and the last one holds.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge.places import NATIONAL
from knowledge.rows.cells import ANY_DAY, Row
from knowledge.rows.held import row_id_of
from knowledge.rows.regions import rows_of_region
from knowledge.rows.tables import ROW_TABLES
from review.checks.registry import Check

OFF, ADOPTED = "off", "adopted"
LIMIT = "limit:"
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class ItemChoice:
    """What a hospital's item was found to be. An empty `ref_code15` says that the catalogue has no such item."""

    seq: int
    hospital: str
    local_code: str
    local_name: str
    ref_code15: str
    ref_name: str
    quality: str  # same | narrower | wider
    who: str
    at: datetime
    undoes: int | None = None

    @property
    def item(self) -> str:
        """The name of what was written so, the same in every run."""
        return item_name(self.hospital, self.local_code, self.local_name)


def item_name(hospital: str, code: str, name: str) -> str:
    """A name for one way of writing an item that tells nothing of it: 12 hexadecimal digits."""
    return hashlib.sha256("\x1f".join((hospital, code, name)).encode("utf-8")).hexdigest()[:12]


@dataclass(frozen=True)
class RuleChange:
    """One change of a check for an inspection, or for all where `inspection` is empty. `value` null takes it back."""

    seq: int
    inspection: str
    code: str
    name: str  # off | adopted | limit:<name>
    value: Any
    why: str
    who: str
    at: datetime


@dataclass(frozen=True)
class RowApproval:
    """A row that a bureau holds to in its region, with the passage it found. An empty `ceiling` takes it back."""

    seq: int
    row_table: str
    row_id: str
    region: str
    ceiling: str
    source_doc: str
    source_passage: str
    why: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Settled:
    """All that holds for one inspection; every list is what stands now, nothing taken back is in it."""

    items: tuple[ItemChoice, ...] = ()
    changes: tuple[RuleChange, ...] = ()
    approvals: tuple[RowApproval, ...] = ()

    def change(self, code: str, name: str) -> RuleChange | None:
        """The change that holds for a check: the inspection's own before one for all."""
        mine = [one for one in self.changes if one.code == code and one.name == name]
        return max(mine, key=lambda one: (bool(one.inspection), one.seq), default=None)

    @property
    def version(self) -> str:
        """What the version of the rules is followed by where people settled anything."""
        return "+" + hashlib.sha256(repr(self).encode("utf-8")).hexdigest()[:6] if self else ""

    def __bool__(self) -> bool:
        return bool(self.items or self.changes or self.approvals)


def rows_laid_over(rows: Rows, settled: Settled) -> dict[str, list[Row]]:
    """The rows with what people settled beside them: matched items, and approved rows in their region."""
    found = {table: list(held) for table, held in rows.items()}
    found.setdefault("item_map", []).extend(_map_row(choice) for choice in settled.items)
    for approval in settled.approvals:
        held = found.get(approval.row_table, [])
        held += [_approved(row, approval) for row in held if row["row_id"] == approval.row_id]
    return found


def _map_row(choice: ItemChoice) -> Row:
    row: Row = dict.fromkeys(column.name for column in ROW_TABLES["item_map"].columns)
    row |= {
        "region": NATIONAL, "in_force_from": ANY_DAY, "authority": "working", "match": "exact", "state": "approved",
        "certainty_ceiling": "established", "source_doc": "项目对码确认",
        "source_passage": f"{choice.who} {choice.at:%Y-%m-%d} 确认“{choice.local_name}”的对应项目",
        "approved_by": choice.who, "approved_at": choice.at.date().isoformat(),
        "local_code": choice.local_code or None, "local_name": choice.local_name, "hospital": choice.hospital or None,
        "ref_code15": choice.ref_code15 or None, "ref_name": choice.ref_name or None, "quality": choice.quality,
    }  # fmt: skip
    return row | {"row_id": f"{row_id_of('item_map', row)}@{choice.seq}"}


def _approved(row: Row, approval: RowApproval) -> Row:
    """The row as its region's own: it goes before the one it was taken from, which stays as it is elsewhere."""
    return row | {
        "row_id": f"{row['row_id']}@{approval.region}",
        "region": approval.region,
        "source_doc": approval.source_doc,
        "source_passage": approval.source_passage,
        "certainty_ceiling": approval.ceiling,
        "approved_by": approval.who,
        "approved_at": approval.at.date().isoformat(),
    }


@dataclass(frozen=True)
class Limit:
    """One number of a check, beside the header's, and its origin: header | region | inspection."""

    name: str
    label: str
    value: Any
    default: Any
    origin: str
    said: str = ""


def limits_of(
    check: Check, settled: Settled, policies: Sequence[Mapping[str, Any]], on: date | None = None
) -> tuple[Limit, ...]:
    """Each limit of a check: the inspection's change, else the region's policy `<code>.<limit>`, else the header."""
    local = {str(row["policy_key"]): row for row in policies if on is None or _in_force(row, on)}
    found = []
    for name, default in check.header.limits.items():
        limit = Limit(name, check.header.limits_said.get(name, name), default, default, "header")
        if row := local.get(f"{check.header.code}.{name}"):
            limit = _of_region(limit, row)
        change = settled.change(check.header.code, LIMIT + name)
        if change and change.value is not None:
            said = f"{change.who} {change.at:%Y-%m-%d}：{change.why}"
            limit = replace(limit, value=change.value, origin="inspection", said=said)
        found.append(limit)
    return tuple(found)


def _of_region(limit: Limit, row: Mapping[str, Any]) -> Limit:
    try:
        value = read_limit(limit.default, str(row["value"]))
    except ValueError:
        return replace(limit, said=f"{row['source_doc']}的值“{row['value']}”读不出，未采用")
    return replace(limit, value=value, origin="region", said=str(row["source_doc"]))


def checks_laid_over(
    checks: Sequence[Check], settled: Settled, policies: Sequence[Mapping[str, Any]], on: date | None = None
) -> tuple[Check, ...]:
    """The checks with the limits that hold."""
    found = []
    for check in checks:
        limits = {limit.name: limit.value for limit in limits_of(check, settled, policies, on)}
        header = check.header.model_copy(update={"limits": limits})
        found.append(check if limits == check.header.limits else replace(check, header=header))
    return tuple(found)


def why_off(check: Check, settled: Settled) -> str | None:
    """Why a check does not run in this inspection; null where it does."""
    change = settled.change(check.header.code, OFF)
    if change is None or not change.value:
        return None
    return f"本次检查停用（{change.who} {change.at:%Y-%m-%d}：{change.why}）"


def policies_of(rows: Rows, region: str | None) -> tuple[Mapping[str, Any], ...]:
    """The rows of `region_policy` that hold in a region."""
    return rows_of_region(rows.get("region_policy", ()), ROW_TABLES["region_policy"], region).rows


def read_limit(default: Any, text: str) -> Any:
    """What somebody typed for a limit, of the kind that the header has. Raises ValueError in Chinese."""
    said = text.strip()
    try:
        value = _like(default, said)
    except (InvalidOperation, ValueError, json.JSONDecodeError):
        raise ValueError(
            f"“{said[:40]}”不能作为这个参数的值；原来的值是 {default}，请按同样的写法填。"
        ) from None
    if isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value <= 10_000_000:
        raise ValueError(f"“{said[:40]}”超出参数的范围；请填 0 到 10000000 之间的数。")
    return value


def _like(default: Any, text: str) -> Any:
    if isinstance(default, bool):
        if text not in ("是", "否", "true", "false"):
            raise ValueError(text)
        return text in ("是", "true")
    if isinstance(default, int):
        return int(text)
    if isinstance(default, float):
        return float(Decimal(text))
    if isinstance(default, str):
        return text
    value = json.loads(text)
    if type(value) is not type(default):
        raise ValueError(text)
    return value


def _in_force(row: Mapping[str, Any], on: date) -> bool:
    begins, ends = row["in_force_from"], row["in_force_to"]
    return (begins is None or begins <= on) and (ends is None or on <= ends)
