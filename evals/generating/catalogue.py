"""The items a generated hospital charges: national item codes, everyday prices of ours, and what a test measures.

Prices belong to no region: they only have to be plausible and the same on every machine.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
CENT = Decimal("0.01")
TREATMENT_WORDS = ("护理", "治疗", "训练", "注射", "灌", "置管", "处置", "换药", "接生", "抢救")


@dataclass(frozen=True)
class Item:
    """One thing that can be charged; `strength` is the active amount of one unit of a drug, `detail` its panel,
    its site or its specification."""

    code: str
    name: str
    unit: str
    charge_type: str
    level: str
    price: Decimal
    strength: str = ""
    detail: str = ""

    @property
    def list_type(self) -> str:
        if self.charge_type == "08":
            return "301"
        return {"09": "101", "11": "101", "10": "102"}.get(self.charge_type, "201")

    @property
    def analyte(self) -> "Analyte":
        """What a laboratory item measures; an item without its own entry is named after itself."""
        parts = self.detail.split(":")
        if len(parts) == 6:
            return Analyte(parts[0], parts[1], parts[2], float(parts[3]), float(parts[4]), parts[5])
        plain = self.name.split("(")[0].removesuffix("测定").removesuffix("检测")
        return Analyte(self.name, plain, "项", 0, 1, "静脉血")


@dataclass(frozen=True)
class Analyte:
    panel: str
    name: str
    unit: str
    low: float
    high: float
    specimen: str


@cache
def items() -> Mapping[str, Item]:
    """The everyday items by their short key."""
    return read_items(HERE / "items.tsv")


def read_items(file: Path) -> Mapping[str, Item]:
    found: dict[str, Item] = {}
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            key, code, name, unit, charge, level, price, strength, detail = line.split("\t")
            found[key] = Item(code, name, unit, charge, level, Decimal(price), strength, detail)
    return found


@cache
def _known_prices() -> Mapping[str, Decimal]:
    return {item.code: item.price for item in items().values()}


def listed_item(code: str, name: str, unit: str = "次") -> Item:
    """A service known only by code and name: its charge type from the code, its price from a hash of it."""
    by_hour = unit == "小时" and code.startswith("0031")
    return Item(code, name, unit, "05" if by_hour else _charge_type(code, name), "01", listed_price(code))


def listed_price(code: str) -> Decimal:
    """A price for an item without one: the same on every machine, dearer for operations, distinct within a group."""
    if code in _known_prices():
        return _known_prices()[code]
    share = int(hashlib.sha256(code.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    low, high = (600, 4200) if code[2:4] == "33" else (800, 3000) if code[2:4] == "32" else (12, 180)
    return Decimal(round(low + share * (high - low), 1)).quantize(CENT)


def listed_drug(code: str, name: str, price: Decimal | None = None) -> Item:
    """A drug of an official list, one unit of which is one dose."""
    charge = "11" if code.startswith("Z") else "10" if code.startswith("T") else "09"
    unit = "克" if charge == "10" else "支" if "注射" in name else "盒"
    worth = price if price is not None else (listed_price("0025" + code) / 2).quantize(CENT)
    return Item(code, name, unit, charge, "02" if charge != "10" else "01", worth, "1支", "")


def _charge_type(code: str, name: str) -> str:
    head = code[2:4]
    if head in ("32", "33"):
        return "06"
    if head == "25":
        return "04"
    if head in ("21", "22", "23", "27"):
        return "03"
    if code.startswith("001109"):
        return "01"
    if code.startswith("001102"):
        return "02"
    if code.startswith("001201"):
        return "07"
    is_test = head == "31" and any(
        word in name for word in ("试验", "检查", "监测", "测定", "镜", "造影", "图")
    )
    return "03" if is_test and not any(word in name for word in TREATMENT_WORDS) else "05"
