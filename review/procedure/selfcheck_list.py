"""What a hospital is asked in its self-check: every finding of a review of its own data, in order, with its yuan.

No patient's name is in it; the inpatient number says which record is meant. The list is known by its SHA-256.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from review.casework.counting import CENT, line_amounts
from review.casework.results import Line, Results
from review.engines.duckdb import Warehouse
from review.errors import InputError
from review.models import Outcome
from review.procedure.annexes import Institution, problem_of
from review.procedure.draw_lists import sha256_of
from review.procedure.plan import ObjectKind
from review.reports.wording import basis
from review.violations import CERTAINTY_NAMES, VIOLATIONS, Certainty

SPOKE = (Outcome.FOUND, Outcome.CLEAR, Outcome.NOT_APPLICABLE)
NEEDED = ("findings.jsonl", "checks.jsonl", "warehouse.duckdb")


@dataclass(frozen=True)
class Stay:
    """What a stay cost and what the fund paid of it, in yuan; null where the data do not say."""

    inpatient_no: str
    department: str
    begins: date | None
    ends: date | None
    total: Decimal | None
    fund: Decimal | None


@dataclass(frozen=True)
class Item:
    """One finding as the hospital is asked about it; `carried` names the item that already counts its yuan."""

    number: int
    id: str
    admission_id: str
    violation: str
    certainty: str
    message: str
    basis: str
    amount: Decimal | None
    fund: Decimal | None
    carried: str
    line: Line

    @property
    def name(self) -> str:
        return f"疑似{VIOLATIONS[self.violation].name}"

    @property
    def counted(self) -> bool:
        """Whether yuan of it are money to return at all."""
        return VIOLATIONS[self.violation].counted

    @property
    def whole_stay(self) -> bool:
        return VIOLATIONS[self.violation].whole_stay


@dataclass(frozen=True)
class CheckList:
    """The items of one review with what their yuan are counted from."""

    institution: Institution
    period: str
    stays: Mapping[str, Stay]
    items: tuple[Item, ...]
    amounts: Mapping[tuple[str, str], Decimal]  # net yuan of every charge line
    looked_for: frozenset[
        str
    ]  # problems of annex 2 that some check could speak about; of others nothing is known

    @cached_property
    def sha256(self) -> str:
        """The hash of what is asked: ids, yuan and words."""
        return sha256_of(
            [
                [one.id, one.admission_id, one.violation, one.message, str(one.amount), str(one.fund)]
                for one in self.items
            ]
        )


def read_check_list(folder: Path, finds: Mapping[str, str]) -> CheckList:
    """The list of a results folder; `finds` gives the violation each check looks for.

    Raises InputError naming what is missing."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"{folder.name} 里没有 {'、'.join(missing)}；请给 python -m review 写出的结果文件夹。"
        )
    try:
        results = Results(folder)
        try:
            return _list(results, finds)
        finally:
            results.close()
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, Warehouse.errors) as problem:
        raise InputError(f"{folder.name} 的结果文件不完整或已改动；请重新审核后再试。") from problem


def _list(results: Results, finds: Mapping[str, str]) -> CheckList:
    about = results.about
    rows = results.rows(
        "select admission_id, inpatient_no, hospital_code, coalesce(discharge_department, department) as department,"
        " begins_on, ends_on, total_amount, fund_amount from admissions order by begins_at, admission_id"
    )
    stays = {
        row["admission_id"]: Stay(
            row["inpatient_no"] or "",
            row["department"] or "",
            row["begins_on"],
            row["ends_on"],
            _cents(row["total_amount"]),
            _cents(row["fund_amount"]),
        )
        for row in rows
    }
    codes = sorted({row["hospital_code"] for row in rows if row["hospital_code"]})
    institution = Institution(
        about.get("hospital_code") or (codes[0] if len(codes) == 1 else ""),
        about.get("hospital_name") or "",
        str(ObjectKind.HOSPITAL),
        about.get("hospital_level") or "",
        about.get("region") or "",
    )
    lines = [line for stay in stays for line in results.findings.get(stay, []) if not line.get("gone")]
    number = {line["id"]: place for place, line in enumerate(lines, start=1)}
    items = tuple(_item(place, line, number) for place, line in enumerate(lines, start=1))
    period = f"{about.get('period_start') or '未注明'} 至 {about.get('period_end') or '未注明'}"
    return CheckList(
        institution, period, stays, items, line_amounts(results), _looked_for(results, items, finds)
    )


def _looked_for(results: Results, items: Iterable[Item], finds: Mapping[str, str]) -> frozenset[str]:
    """A check that lacked what it needs on every stay has looked at nothing."""
    spoke = {
        str(one["check"]) for lines in results.outcomes.values() for one in lines if one["outcome"] in SPOKE
    }
    kinds = {finds[check] for check in spoke if check in finds} | {item.violation for item in items}
    return frozenset(problem_of()[kind] for kind in kinds)


def _item(place: int, line: Line, number: Mapping[str, int]) -> Item:
    carrier = number.get(line.get("counted_in") or "")
    return Item(
        place,
        line["id"],
        line["admission_id"],
        line["violation"],
        CERTAINTY_NAMES[Certainty(line["certainty"])],
        line["message"],
        "\n".join(basis(one) for one in line["basis"]),
        _cents(line["amount"]),
        _cents(line["fund_amount"]),
        f"与第 {carrier} 项重叠" if carrier else "",
        line,
    )


def _cents(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(str(amount)).quantize(CENT)
