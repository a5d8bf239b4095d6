"""What tables a bureau keeps of its own, and how their columns may be headed. The wordings are `sheet_kinds.yaml`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.importing import limit_words, sheet_values
from knowledge.readers.text import normalise

WORDINGS = Path(__file__).parent / "sheet_kinds.yaml"
READERS: Mapping[str, Callable[[str], Any]] = {
    "code": sheet_values.read_code,
    "codes": sheet_values.read_codes,
    "local_code": sheet_values.read_local_code,
    "map_quality": limit_words.read_map_quality,
    "drug_codes": sheet_values.read_drug_codes,
    "text": sheet_values.read_text,
    "words": sheet_values.read_words,
    "money": sheet_values.read_money,
    "number": sheet_values.read_number,
    "whole": sheet_values.read_whole,
    "percent": sheet_values.read_percent,
    "day": sheet_values.read_day,
    "region": sheet_values.read_region,
    "sex": limit_words.read_sex,
    "age": limit_words.read_age,
    "level": limit_words.read_level,
    "scope": limit_words.read_scope,
    "limit": limit_words.read_limit,
    "per": limit_words.read_per,
    "visit": limit_words.read_visit,
    "insurance": limit_words.read_insurance,
    "price_kind": limit_words.read_price_kind,
    "pay_kind": limit_words.read_pay_kind,
    "herb_limit": limit_words.read_herb_limit,
}
_BRACKETED = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]")
_SIGNS = re.compile(r"[\s*※＊：:_\-—()（）\[\]【】〔〕<>《》“”\"'、，,。./\\|#]+")


@dataclass(frozen=True)
class Field:
    """Something a column can be. `maybe` are wordings that mean it in some places; of two columns that would both do,
    `prefer` says which."""

    name: str
    says: str
    reads: str
    headings: frozenset[str]
    maybe: frozenset[str]
    pattern: re.Pattern[str] | None = None
    prefer: re.Pattern[str] | None = None
    many: bool = False
    common: bool = False

    @property
    def read(self) -> Callable[[str], Any]:
        """Turns a cell into its value; raises ValueError with the reason in Chinese."""
        return READERS[self.reads]


@dataclass(frozen=True)
class SheetKind:
    """A kind of table: its fields, and the groups of fields of which one each must be there."""

    name: str
    says: str
    needs: tuple[tuple[str, ...], ...]
    named: re.Pattern[str]
    must_be_named: bool
    fields: Mapping[str, Field]

    def missing(self, mapped: set[str]) -> list[str]:
        """The needs that no mapped field meets, as the names of their fields."""
        groups = [group for group in self.needs if not mapped & set(group)]
        return ["或".join(self.fields[name].says for name in group) for group in groups]


@cache
def sheet_kinds() -> Mapping[str, SheetKind]:
    held = _wordings()
    common = _fields(held["common"], common=True)
    return {
        name: SheetKind(
            name,
            said["says"],
            tuple(tuple(group) for group in said["needs"]),
            re.compile(said["named"]),
            said.get("must_be_named", False),
            {**_fields(said["fields"]), **common},
        )
        for name, said in held["kinds"].items()
    }


@cache
def patient_columns() -> re.Pattern[str]:
    """What the headings of a fee list or of patient data say."""
    return re.compile(_wordings()["patient_columns"])


@cache
def known_headings() -> frozenset[str]:
    """The keys of every wording of every kind."""
    fields = [field for kind in sheet_kinds().values() for field in kind.fields.values()]
    return frozenset(key for field in fields for key in field.headings | field.maybe)


def heading_keys(heading: str) -> tuple[str, ...]:
    """A heading as wordings are compared: whole, without what stands in brackets, and its last part alone."""
    said = normalise(heading)
    parts = [said, _BRACKETED.sub("", said), said.rpartition("/")[2]]
    return tuple(dict.fromkeys(key for part in parts if (key := _SIGNS.sub("", part).lower())))


@cache
def _wordings() -> Any:
    return yaml.load(WORDINGS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _fields(said: Mapping[str, Any], *, common: bool = False) -> dict[str, Field]:
    return {
        name: Field(
            name,
            field["says"],
            field["reads"],
            frozenset(heading_keys(heading)[0] for heading in _flat(field["headings"])),
            frozenset(heading_keys(heading)[0] for heading in field.get("maybe", ())),
            re.compile(field["pattern"]) if "pattern" in field else None,
            re.compile(field["prefer"]) if "prefer" in field else None,
            field.get("many", False),
            common,
        )
        for name, field in said.items()
    }


def _flat(wordings: list[Any]) -> list[str]:
    """A list of wordings may take in another by its YAML anchor."""
    return [one for part in wordings for one in (_flat(part) if isinstance(part, list) else [str(part)])]
