"""The nouns of one inspection: admissions, charges, orders, documents — as the plain views give them.

Field names equal the column names of `review/views/*.sql`; money is in yuan, times are local without zone. What a view
gives by the hundred thousand is a named tuple, which is made in a tenth of the time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class Admission(NamedTuple):
    """One inpatient stay (one row of the platform's admission table)."""

    admission_id: str
    person_id: str
    person_name: str | None
    sex: str | None  # 男 | 女
    birth_date: date | None
    age_years: int | None
    insurance_type: str | None
    hospital_code: str | None
    price_level: int | None  # 1 | 2 | 3
    hospital_grade: int | None  # 1 | 2 | 3
    begins_at: datetime
    ends_at: datetime
    admission_kind: str | None
    admission_way: str | None
    inpatient_no: str | None
    doctor: str | None
    admission_diagnosis: str | None
    department: str | None
    bed: str | None
    discharge_department: str | None
    main_diagnosis_code: str | None
    main_diagnosis: str | None
    discharge_way: str | None
    died_at: datetime | None
    bed_days: int
    touch_days: int
    total_amount: Decimal | None
    fund_amount: Decimal | None


class Charge(NamedTuple):
    """One charge line after its refunds; `quantity` and `amount` are net."""

    charge_id: str
    admission_id: str
    order_no: str | None
    charged_at: datetime | None
    charged_on: date | None
    code15: str | None
    item_name: str | None
    item_key: str  # what the rule tables know the item by
    hospital_item_name: str | None
    kind: str  # drug | herb | service | material | other
    charge_type: str | None
    spec: str | None
    unit: str | None
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    full_self_pay: Decimal | None
    in_scope_amount: Decimal | None
    limit_declared: str | None
    ordering_department: str | None
    ordering_doctor: str | None
    executing_department: str | None
    executor: str | None
    takeaway: str | None
    subject: str  # patient | newborn
    source: str


class Diagnosis(NamedTuple):
    """One diagnosis of the settlement list."""

    admission_id: str
    is_main: bool
    diagnosis_code: str
    diagnosis_name: str
    present_on_admission: str | None


class Order(NamedTuple):
    """One order of the hospital's extract; `fact_id` cites its row."""

    fact_id: str
    admission_id: str
    order_type: str | None
    order_no: str | None
    group_no: str | None
    order_name: str | None
    order_code: str | None
    spec: str | None
    usage: str | None
    dose: str | None
    dose_unit: str | None
    frequency: str | None
    days: str | None
    quantity: str | None
    begins_at: datetime | None
    ends_at: datetime | None
    department: str | None
    doctor: str | None
    executed_at: datetime | None
    executor: str | None


class Exam(NamedTuple):
    """One imaging or function report."""

    fact_id: str
    admission_id: str
    registered_at: datetime | None
    reported_at: datetime | None
    department: str | None
    examiner: str | None
    exam_name: str | None
    body_part: str | None
    method: str | None
    findings: str | None
    conclusion: str | None
    image_no: str | None


class Lab(NamedTuple):
    """One analyte of a laboratory report; `value` is null where the text is no number."""

    fact_id: str
    admission_id: str
    sampled_at: datetime | None
    reported_at: datetime | None
    examiner: str | None
    specimen: str | None
    panel: str | None
    method: str | None
    analyte: str | None
    value_text: str | None
    value: Decimal | None
    unit: str | None
    reference_range: str | None
    specimen_no: str | None


class Vital(NamedTuple):
    """One line of the vital-sign chart."""

    fact_id: str
    admission_id: str
    measured_at: datetime | None
    temperature: Decimal | None
    pulse: Decimal | None
    respiration: Decimal | None
    systolic: Decimal | None
    diastolic: Decimal | None
    oxygen_saturation: Decimal | None
    consciousness: str | None
    nurse: str | None


class OperationRow(NamedTuple):
    """One operation as one table gives it (hospital register or settlement list)."""

    fact_id: str
    admission_id: str
    origin: str  # hospital | settlement
    operated_on: date | None
    begins_at: datetime | None
    ends_at: datetime | None
    surgeon: str | None
    operation_code: str | None
    operation_name: str | None
    is_main: bool


class Anesthesia(NamedTuple):
    """One anaesthesia of the hospital's register."""

    fact_id: str
    admission_id: str
    anesthesia_on: date | None
    begins_at: datetime | None
    ends_at: datetime | None
    anesthetist: str | None
    method: str | None
    recovery_begins_at: datetime | None
    recovery_ends_at: datetime | None


class Edit(NamedTuple):
    """One entry of the record system's audit trail."""

    fact_id: str
    admission_id: str
    document_title: str | None
    edited_at: datetime | None
    editor: str | None
    action: str | None  # 创建 | 修改 | 签名 | 打印 | 归档
    before: str | None
    after: str | None


class Stay(NamedTuple):
    """One stay of a person together with the one before it at the same hospital."""

    admission_id: str
    person_id: str
    begins_at: datetime
    ends_at: datetime
    previous_admission_id: str | None
    previous_begins_at: datetime | None
    previous_ends_at: datetime | None
    gap_hours: float | None


@dataclass(frozen=True)
class Section:
    """A named part of a document; positions count in the document's own text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Signature:
    """A name and the role it was signed in (医师签名, 上级医师签名, 护士签名, 记录者 …)."""

    role: str
    name: str


@dataclass(frozen=True)
class Document:
    """One document of a record. `text` is normalised; `start` is its place in the text of its file."""

    document_id: str
    admission_id: str
    source: str
    kind: str  # canonical type, e.g. 首次病程记录; 其他 where the title is not known
    title: str
    text: str
    start: int
    written_at: datetime | None
    written_exact: bool  # false where only the day is stated
    confidence: float  # lowest OCR line in it; 1.0 for text
    sections: tuple[Section, ...] = ()
    signatures: tuple[Signature, ...] = ()


class Fact(NamedTuple):
    """A statement read from a table row or a sentence, with the quote that says it."""

    fact_id: str
    admission_id: str
    kind: str
    name: str
    value: str | None
    unit: str | None
    begins_at: datetime | None
    ends_at: datetime | None
    source: str
    page: int | None
    start: int | None
    end: int | None
    quote: str
    certainty: str | None
