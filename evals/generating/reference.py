"""The official lists and code files the plants draw from, read where they lie; nothing of them is kept here."""

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

Row = Mapping[str, str]
LISTS = "catalogues/two_libs_rules"
PAIRS = "第七批_项目规则库（重复收费）"
GROUPS = "第二批_项目规则库（限定主次操作）"
FREQUENCY = "第八批-1_项目规则库（限定频次）"
COURSE = "第八批-3_项目规则库（限定疗程）"
PERIOD = "第八批-4_项目规则库（限定周期）"
SEX_ITEMS, CHILD_ITEMS = "第一批_项目规则库(限定性别对象)", "第一批_项目规则库(限定年龄对象)"
SEX_DRUGS, CHILD_DRUGS = "第一批_药品规则库(限定性别对象)", "第一批_药品规则库(限定年龄对象)"
INSURANCE_DRUGS, LEVEL_DRUGS = "第三批_药品规则库（限定保险类型）", "第五批_药品规则库（限定机构等级）"
COURSE_DRUGS = "第六批_药品规则库（限定支付疗程）"
ADD_ONS = "catalogues/medimodel_rules/b.2.06-生成项目加收规则.csv"
WORKING_LIMITS = "catalogues/medimodel_rules/b.2.02-生成诊疗限制规则.csv"
WORKING_PAIRS = (
    ("catalogues/medimodel_rules/b.2.08-生成项目重复规则.csv", "从项编码"),
    ("catalogues/medimodel_rules/b.2.04-生成项目分解规则.csv", "分项编码"),
)
KNOWLEDGE = "regulations/36_两库第1-17批_知识点全量_3899.jsonl"


@dataclass(frozen=True)
class Drug:
    """A drug of an official list with one of its codes and what the list says of it."""

    code: str
    name: str
    limit: str


class NeedsReference(LookupError):
    """A scenario draws from an official list and there is none at hand."""


@dataclass(frozen=True)
class Reference:
    """The reference folder, and which half of its rows this run may draw."""

    folder: Path
    seed: int
    half: str

    @classmethod
    def open(cls, folder: Path, seed: int, half: str) -> "Reference":
        if not (folder / LISTS).is_dir():
            raise ValueError(f"{folder}：没有 {LISTS}；请用 --reference 指到参考资料文件夹再生成。")
        return cls(folder, seed, half)

    @classmethod
    def without(cls, seed: int, half: str) -> "Reference":
        """No lists: everyday scenarios can be made, those of a list raise `NeedsReference`."""
        return cls(Path(), seed, half)

    @property
    def has_lists(self) -> bool:
        return self.folder != Path()

    def rows(self, name: str) -> Sequence[Row]:
        if not self.has_lists:
            raise NeedsReference(name)
        return _rows(self.folder / (name if name.endswith(".csv") else f"{LISTS}/{name}.csv"))

    def mine(self, rows: Iterable[Row]) -> list[Row]:
        """The rows this half may draw: the halves of one seed never share a row."""
        return [row for row in rows if half_of(self.seed, "|".join(row.values())) == self.half]

    @cached_property
    def pairs(self) -> Sequence[Row]:
        return [row for row in self.rows(PAIRS) if row["主项编码"] and row["从项编码"]]

    @cached_property
    def paired_codes(self) -> frozenset[frozenset[str]]:
        if not self.has_lists:
            return frozenset()
        return frozenset(frozenset((row["主项编码"], row["从项编码"])) for row in self.pairs)

    @cached_property
    def _working_pairs(self) -> Sequence[tuple[tuple[str, ...], tuple[str, ...]]]:
        found = []
        for name, part in WORKING_PAIRS:
            for row in self.rows(name):
                found.append((_prefixes(row["主项编码"]), _prefixes(row[part])))
        return found

    @cache  # noqa: B019 - a run has one reference
    def exclude_each_other(self, one: str, other: str) -> bool:
        """Whether an official pair or a practitioner's row names the two together."""
        if not self.has_lists:
            return False
        return frozenset((one, other)) in self.paired_codes or any(
            (one.startswith(a) and other.startswith(b)) or (other.startswith(a) and one.startswith(b))
            for a, b in self._working_pairs
        )

    @cached_property
    def groups(self) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows(GROUPS):
            found.setdefault(row["限定值域"], []).append(row)
        return found

    @cached_property
    def sex_of_item(self) -> Mapping[str, str]:
        if not self.has_lists:
            return {}
        return {row["国标代码"]: row["限定性别"] for row in self.rows(SEX_ITEMS)}

    @cached_property
    def age_of_item(self) -> Mapping[str, str]:
        if not self.has_lists:
            return {}
        said = {row["诊疗编码"]: row["年龄限制"] for row in self.rows(WORKING_LIMITS)}
        working = {code: age for code, age in said.items() if age not in ("", "成年")}
        return working | {row["国标代码"]: row["限定对象"] for row in self.rows(CHILD_ITEMS)}

    @cached_property
    def frequencies(self) -> Sequence[Row]:
        return [row for row in self.rows(FREQUENCY) if row["项目编码"]]

    @cache  # noqa: B019 - a run has one reference
    def drugs(self, name: str, value: str = "限定对象") -> Sequence[Drug]:
        """Every code of a drug list that this half may draw, each with its drug's limit."""
        limits = {row["药品通用名"]: row[value] for row in self.rows(name)}
        found = []
        for row in self.mine(self.rows(f"{name}_codes")):
            code = row.get("药品代码") or row.get("国标代码") or ""
            if code and row["药品通用名"] in limits:
                found.append(Drug(code, row["药品通用名"], limits[row["药品通用名"]]))
        return found

    def herbs(self, rule: str) -> list[Drug]:
        """The herbs of the 11th batch under one of its two rules."""
        return [
            Drug(row["codes"], row["item"], rule) for row in self.mine(self._herb_rows) if row["rule"] == rule
        ]

    @cached_property
    def _herb_rows(self) -> Sequence[Row]:
        if not self.has_lists:
            raise NeedsReference(KNOWLEDGE)
        found: list[Row] = []
        with (self.folder / KNOWLEDGE).open(encoding="utf-8") as handle:
            for line in handle:
                row = json.loads(line)
                if row.get("rule_class", "").startswith("中药饮片") and row["codes"]:
                    found.append({"item": row["item"], "codes": row["codes"][0], "rule": row["rule_class"]})
        return found


@cache
def _rows(path: Path) -> Sequence[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return [row for row in csv.DictReader(handle) if any(row.values())]
    except OSError as problem:
        raise ValueError(f"{path}：打不开（{problem.strerror}）；请放好参考资料再生成。") from problem


def _prefixes(said: str) -> tuple[str, ...]:
    """The code prefixes of a practitioner's cell; a bare material class says nothing."""
    return tuple(code for code in said.strip("()").split("|") if len(code) > 3)


@cache
def half_of(seed: int, what: str) -> str:
    """`open` or `sealed`, by a hash that is the same on every machine."""
    return "sealed" if hashlib.sha256(f"{seed}:{what}".encode()).digest()[0] & 1 else "open"
