"""What a bureau supplies with an inspection: caps by level and date, its map, its policy, rows no national list holds.

Written as sheets with the column names of the rule tables, to be added with `python -m knowledge add`.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evals.generating.catalogue import Item, items, listed_price
from evals.generating.reference import Reference
from evals.generating.regional import LOCAL_MONITOR
from evals.generating.site import REGION
from evals.generating.stay import cents

PRICE_CHANGE = date(2025, 7, 1)
CHILD_CAPPED, VOLUME_BID = "dr", "ambro"
LEVELS = {"1": Decimal("0.8"), "2": Decimal(1), "3": Decimal("1.2")}
CHILD = {"child_pct": "0.3", "child_age_max_d": "2191"}
NOTICE = {"city": "青溪县医疗服务项目价格公告（示范）", "agreement": "青溪县医保定点协议（示范）"}
COMMON = (
    "row_id",
    "region",
    "insutype",
    "in_force_from",
    "in_force_to",
    "authority",
    "source_doc",
    "source_passage",
    "source_row",
    "match",
    "certainty_ceiling",
    "state",
    "approved_by",
    "approved_at",
)


def cap_of(item: Item, level: str, on: date) -> Decimal:
    """The region's cap: scans of the abdomen were dearer before the price change."""
    base = Decimal(95) if item.code == items()["us"].code and on < PRICE_CHANGE else item.price
    return cents(base * LEVELS[level])


def sheets(reference: Reference) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Every table with its rows."""
    return {
        "price_caps": _caps(reference),
        "item_map": _map(),
        "same_incision_groups": _groups(reference),
        **_written(),
    }


def write_sheets(reference: Reference, folder: Path, region: str = REGION) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in sheets(reference).items():
        columns = [*dict.fromkeys([*COMMON, *(name for row in rows for name in row)])]
        with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.DictWriter(handle, columns, restval="", lineterminator="\n")
            writer.writeheader()
            for number, row in enumerate(rows, 1):
                writer.writerow(_common(table, number) | {"region": region} | dict(row))


def _common(table: str, number: int) -> dict[str, str]:
    return {
        "row_id": f"QX-{table}-{number:05d}",
        "region": REGION,
        "in_force_from": "2024-01-01",
        "authority": "city",
        "source_doc": NOTICE["city"],
        "source_passage": f"附表 {table} 第{number}行",
        "source_row": str(number),
        "match": "prefix" if table.startswith("drug") else "exact",
        "certainty_ceiling": "established",
        "state": "approved",
        "approved_by": "青溪县医疗保障局",
        "approved_at": "2024-01-01",
    }


def _caps(reference: Reference) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for key, item in items().items():
        if item.list_type == "201":
            found += _cap_rows(item, key)
    for key in (VOLUME_BID, "amlo"):
        found.append(_cap(items()[key], items()[key].price, "2", kind="volume_bid"))
    found.append(_cap(items()["ondan"], items()["ondan"].price, "2", kind="pay_standard"))
    known = {row["code15"] for row in found}
    for code, name in _group_names(reference).items():
        if code not in known:
            found.append(
                {
                    "code15": code,
                    "name": name,
                    "price_level": "2",
                    "cap": listed_price(code),
                    "unit_std": "次",
                    "kind": "service",
                }
            )
    for row in _packages():
        found.append(row)
    return found


def _group_names(reference: Reference) -> Mapping[str, str]:
    return {row["国标代码"]: row["项目名称"] for rows in reference.groups.values() for row in rows}


def _cap_rows(item: Item, key: str) -> list[dict[str, Any]]:
    found = []
    for level in LEVELS:
        child = CHILD if key == CHILD_CAPPED else {}
        if key == "us":
            early = _cap(item, cap_of(item, level, date(2025, 1, 1)), level)
            found.append(early | {"in_force_to": "2025-06-30"})
            found.append(
                _cap(item, cap_of(item, level, PRICE_CHANGE), level) | {"in_force_from": str(PRICE_CHANGE)}
            )
        else:
            found.append(_cap(item, cap_of(item, level, PRICE_CHANGE), level) | child)
    return found


def _cap(item: Item, cap: Decimal, level: str, kind: str = "service") -> dict[str, Any]:
    return {
        "code15": item.code,
        "name": item.name,
        "price_level": level,
        "cap": cap,
        "unit_std": item.unit,
        "kind": kind,
    }


PACKAGES = (
    ("412503100900000", "甲状腺功能五项测定", "120"),
    ("412103000900000", "X线计算机体层(CT)平扫加增强扫描", "300"),
    ("002103000020000", "X线计算机体层(CT)增强扫描", "220"),
)


def _packages() -> list[dict[str, Any]]:
    return [
        {"code15": code, "name": name, "price_level": "2", "cap": cap, "unit_std": "次", "kind": "service"}
        for code, name, cap in PACKAGES
    ]


def _map() -> list[dict[str, Any]]:
    """The local codes are the national ones; one combined local code stands for a national item."""
    services = [(item.code, item.name, item.code) for item in items().values() if item.list_type == "201"]
    services.append((LOCAL_MONITOR.code, LOCAL_MONITOR.name, items()["monitor"].code))
    return [
        {"local_code": code, "local_name": name, "ref_code15": national, "quality": "same"}
        for code, name, national in services
    ]


def _groups(reference: Reference) -> list[dict[str, Any]]:
    return [
        {"code15": row["国标代码"], "name": row["项目名称"], "group_name": group, "second_rate": "0.5"}
        for group, rows in reference.groups.items()
        for row in rows
    ]


@cache
def _written() -> Mapping[str, list[dict[str, Any]]]:
    text = (Path(__file__).parent / "bureau.yaml").read_text("utf-8")
    return {table: [dict(row) for row in rows] for table, rows in yaml.safe_load(text).items()}
