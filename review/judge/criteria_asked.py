"""What J1 asks: the values and the conditions of the admission criteria that the rules did not find met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from review.checks.criteria import Row, State
from review.checks.header import NotChecked
from review.checks.stay_criteria import Clause, Criterion, criteria_of, name_of, needs_of
from review.judge.read_values import plain_item, readable_item
from review.judge.stays import Stay

# what only a table or a clock gives
RECKONED = frozenset(
    {
        "operation_within_h",
        "planned_operation_within_h",
        "vital_interval_h",
        "age_years",
        "age_days",
        "months_since_event",
        "hemoglobin_fall_48h",
        "creatinine_ratio_7d",
        "alt_uln",
        "rescue_nebulised_per_day",
        "sessions_per_day",
        "session_minutes",
        "staging_then_treatment_d",
    }
)
COMPARED = frozenset(("<", "<=", ">", ">=", "between"))
SAID_NOT = "：病历写明没有"


@dataclass(frozen=True)
class Asked:
    """One clause of a criterion under the number it is asked by."""

    number: str
    criterion: Criterion
    clause: Clause

    @property
    def label(self) -> str:
        return f"{self.criterion.code} {self.criterion.name}：{self.clause.needs}"

    @property
    def conditions(self) -> dict[str, Row]:
        """What is asked of it in words, by number; a letter tells several apart."""
        rows = [row for row in self.clause.rows if row["op"] not in COMPARED]
        letters = ascii_lowercase if len(rows) > 1 else [""]
        return {f"{self.number}{letter}": row for letter, row in zip(letters, rows, strict=False)}

    @property
    def values(self) -> tuple[Row, ...]:
        return tuple(row for row in self.clause.rows if row["op"] in COMPARED)

    def denied(self, row: Row) -> str:
        """The label of a condition that the record says is not there."""
        return f"{self.criterion.code} {self.criterion.name}：{needs_of(row)}{SAID_NOT}"


def open_clauses(stay: Stay, group: str) -> list[Asked]:
    """The clauses of a group that the rules did not find met and that a text can answer."""
    try:
        criteria = criteria_of(stay.record).criteria
    except NotChecked:
        return []
    of_group = (
        one
        for one in criteria
        if one.kind == group and one.state is not State.MET and one.mode != "supporting"
    )
    return [
        Asked(f"{criterion.code}.{place}", criterion, clause)
        for criterion in of_group
        for place, clause in enumerate(criterion.clauses, 1)
        if not any(_beyond_text(row) for row in clause.rows)
    ]


def _beyond_text(row: Row) -> bool:
    """Whether no sentence can answer for a row: it is reckoned from tables, or no number of it can be read."""
    item = str(row["item"])
    return item in RECKONED or (row["op"] in COMPARED and not readable_item(item))


def measured_names(asked: Iterable[Asked]) -> dict[str, Row]:
    """The values asked for by the name they go by, each once."""
    items: dict[str, Row] = {}
    for row in (row for one in asked for row in one.values):
        items.setdefault(plain_item(str(row["item"])), row)
    return {name_of(row): row for row in items.values()}


def words_asked(asked: Sequence[Asked]) -> dict[str, str]:
    """What a request names: the values and, by number, the conditions."""
    conditions = [f"{number} {needs_of(row)}" for one in asked for number, row in one.conditions.items()]
    return {
        "values": "、".join(measured_names(asked)) or "（无）",
        "criteria": "\n".join(conditions) or "（无）",
    }
