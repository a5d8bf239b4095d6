"""What SQL of an investigation may see: the plain tables, with the stay's own rows numbered and everybody unnamed.

People and their numbers are placeholders before a query runs, so that no expression can take a name apart; texts of
other stays are empty. `line` numbers the stay's own rows as they may be cited, and is empty for all others.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.checks.records import Record
from review.engines.guarded import ClosedRoom
from review.investigator.veil import Veil


@dataclass(frozen=True)
class Shown:
    """One table; a column is `name` or `name:kind`, its kind person or stay (a placeholder for everybody),
    or one of the own stay's alone: text, charge, order, document."""

    name: str
    says: str
    columns: str
    key: str | None = None  # what its rows are cited by
    where: str = "true"

    @property
    def kinds(self) -> Mapping[str, str]:
        parts = (part.partition(":") for part in self.columns.split())
        return {name: kind or "plain" for name, _, kind in parts}

    @property
    def names(self) -> tuple[str, ...]:
        return ("line", *self.kinds)


CHARGE = (
    "charge_id:charge admission_id:stay charged_at charged_on order_no:order code15 item_name hospital_item_name kind "
    "charge_type spec unit quantity unit_price amount full_self_pay in_scope_amount limit_declared "
    "ordering_department ordering_doctor:person executing_department executor:person takeaway subject"
)
TABLES = (
    Shown(
        "admissions",
        "每次住院一行",
        "admission_id:stay person_id:person sex age_years insurance_type price_level admission_kind admission_way "
        "begins_at ends_at department discharge_department doctor:person bed:person admission_diagnosis:text "
        "main_diagnosis_code main_diagnosis discharge_way died_at bed_days total_amount fund_amount",
    ),
    Shown("charges", "费用明细，已冲减退费", CHARGE, "charge_id"),
    Shown("lines_left_out", "退费行、全部退掉的行和没有数量的行", CHARGE, "charge_id"),
    Shown(
        "diagnoses",
        "结算清单的诊断",
        "admission_id:stay is_main diagnosis_code diagnosis_name present_on_admission",
        "diagnosis_code || coalesce(diagnosis_name, '')",
    ),
    Shown(
        "orders",
        "医嘱",
        "admission_id:stay order_type order_no:order group_no:order order_name order_code spec usage dose dose_unit "
        "frequency days quantity begins_at ends_at department doctor:person executed_at executor:person",
        "fact_id",
    ),
    Shown(
        "operations",
        "手术，医院登记（hospital）与结算清单（settlement）并列",
        "admission_id:stay origin operated_on begins_at ends_at surgeon:person operation_code operation_name is_main",
        "fact_id",
    ),
    Shown(
        "anesthesia",
        "麻醉",
        "admission_id:stay anesthesia_on begins_at ends_at anesthetist:person method recovery_begins_at "
        "recovery_ends_at",
        "fact_id",
    ),
    Shown(
        "exams",
        "检查报告",
        "admission_id:stay registered_at reported_at department examiner:person exam_name body_part method "
        "findings:text conclusion:text",
        "fact_id",
    ),
    Shown(
        "labs",
        "检验结果，一行一个指标；value 是读成数的结果",
        "admission_id:stay sampled_at reported_at examiner:person specimen panel method analyte value_text value "
        "unit reference_range",
        "fact_id",
    ),
    Shown(
        "vitals",
        "体温单",
        "admission_id:stay measured_at temperature pulse respiration systolic diastolic oxygen_saturation "
        "consciousness nurse:person",
        "fact_id",
    ),
    Shown(
        "edits",
        "病历系统的修改痕迹",
        "admission_id:stay document_title:text edited_at editor:person action before:text after:text",
        "fact_id",
    ),
    Shown("leaves", "请假离院", "admission_id:stay origin begins_at ends_at first_full_day last_full_day"),
    Shown("operation_events", "进手术室的次数", "admission_id:stay begins_at ends_at operated_on operations"),
    Shown(
        "person_stays",
        "同一人在本院的前后两次住院",
        "admission_id:stay person_id:person begins_at ends_at previous_admission_id:stay previous_ends_at gap_hours",
    ),
    Shown(
        "documents",
        "病历文书（正文用 search_documents 和 read_document 看）",
        "document_id:document admission_id:stay kind title:text written_at",
    ),
)
Key = tuple[str, str]  # table, what its row is cited by


@dataclass(frozen=True)
class Aliases:
    """From what a row holds to what is shown for it."""

    stays: Mapping[str, str]
    charges: Mapping[str, str]
    documents: Mapping[str, str]
    orders: Mapping[str, str]
    lines: Mapping[Key, int]


def open_room(warehouse: Path, record: Record, aliases: Aliases, veil: Veil) -> ClosedRoom:
    """The room of one stay. The stay's own rows are held in it, those of others are read through views."""
    room = ClosedRoom(warehouse)
    room.put("stay_names", "(value varchar, shown varchar)", _pairs(aliases.stays))
    own = record.admission.admission_id
    held = {table.name: list(_rows_of(record, table)) for table in TABLES}
    theirs = {value for table in TABLES for row in held[table.name] for value in _people(table, row)}
    known = {value: veil.hide_cell(value) for value in theirs}
    room.put("person_names", "(value varchar, shown varchar)", _pairs({**veil.people.shown, **known}))
    for table in TABLES:
        rows = [_hidden(row, table, aliases, veil) for row in held[table.name]]
        room.put(f"own_{table.name}", f"as {_others(table, own)} limit 0", rows)
        room.show(table.name, f"select * from own_{table.name} union all by name {_others(table, own)}")
    room.lock()
    return room


def _pairs(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "shown": shown} for value, shown in names.items()]


def _rows_of(record: Record, table: Shown) -> list[dict[str, Any]]:
    key = f", {table.key} as cited_by" if table.key else ""
    names = ", ".join(f'"{name}"' for name in table.kinds)
    return record.inspection.warehouse.rows(
        f"select {names}{key} from {table.name} where admission_id = $stay",
        {"stay": record.admission.admission_id},
    )


def _people(table: Shown, row: Mapping[str, Any]) -> Iterator[str]:
    """What the row's columns of people hold, as it is written."""
    for name, kind in table.kinds.items():
        if kind == "person" and row[name] is not None:
            yield str(row[name])


def _hidden(row: Mapping[str, Any], table: Shown, aliases: Aliases, veil: Veil) -> dict[str, Any]:
    line = aliases.lines.get((table.name, str(row.get("cited_by", ""))))
    kinds = table.kinds
    return {"line": line, **{name: _shown(kinds[name], row[name], aliases, veil) for name in kinds}}


def _shown(kind: str, value: Any, aliases: Aliases, veil: Veil) -> Any:
    if value is None or not isinstance(value, str):
        return value
    ways: Mapping[str, Callable[[str], str | None]] = {
        "person": veil.hide_cell,
        "stay": aliases.stays.get,
        "charge": aliases.charges.get,
        "document": aliases.documents.get,
        "order": aliases.orders.get,
    }
    return ways.get(kind, veil.hide)(value)


def _others(table: Shown, own: str) -> str:
    """The rows of all other stays; a name that is not known is not shown."""
    shown, joins = ["null::integer as line"], []
    for number, (name, kind) in enumerate(table.kinds.items()):
        if kind in ("stay", "person"):
            joins.append(f'left join {kind}_names n{number} on n{number}.value = x."{name}"')
            shown.append(f'n{number}.shown as "{name}"')
        elif kind == "plain":
            shown.append(f'x."{name}"')
        else:
            shown.append(f'null::varchar as "{name}"')
    stay = own.replace("'", "''")
    return f"select {', '.join(shown)} from held.{table.name} x {' '.join(joins)} where x.admission_id <> '{stay}'"
