"""DOC-025: a diagnosis or an operation of the settlement list that the patient's sex rules out, an operation that only
the list or only the hospital's register knows, or a main operation that is of quite another system than the main
diagnosis.

The sex of the register may itself be wrong: an identity number that says the other one clears. What is coded of a
mother on her child, of a change of sex, or done where the hospital keeps no register says nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.models import Evidence, Problem
from review.record import Diagnosis, OperationRow
from review.violations import Certainty

Row = Mapping[str, Any]
OPERATION = "06"
BETWEEN_SEXES = re.compile(r"两性畸形|性发育异常|易性|性别(?:不一致|焦虑|重置)|变性|假两性|克氏|特纳")
RARE_SEXES = ("Q56", "F64", "Q96", "Q97", "Q98", "E25")
BEFORE_SYSTEMS = (
    "T0",
    "Z94",
    "P",
    "B20",
    "B21",
    "B22",
    "B23",
    "B24",
)  # grouped before any system is looked at
MOST_HOMES = 4  # groups; an operation of more says nothing of any
SURGICAL = re.compile(r"^(?:0[1-9]|[1-7]\d|8[0-6])\.")
AT_THE_BEDSIDE = re.compile(
    r"穿刺|置管|插管|活检|注射|引流|造影|内镜|胃镜|肠镜|导尿|换药|清创|缝合|检查|封闭|洗胃|监测"
)
RECORDS = ("手术记录", "麻醉记录", "有创诊疗操作记录", "术后首次病程记录", "手术安全核查记录")
STEM = re.compile(
    r"(?:经|伴|术|的|及|和|单侧|双侧|左侧?|右侧?|部分|切开|腹腔镜下?|内镜下?|镜下|[（(].*?[)）]|[,，、\[\]])+"
)


@check(
    code="DOC-025",
    title="结算清单编码与诊疗不符",
    violation="documentation_defect",
    certainty="established",
    needs={"tables": ("admissions",), "knowledge": ("dx_rules",)},
    limits={"registered_share": 0.8, "registered_least": 5},
    limits_said={
        "registered_share": "有登记的比例，低于此不判断",
        "registered_least": "判断登记至少几例",
    },
    basis=(
        "住院病案首页数据填写质量规范（暂行）#第五条",
        "住院病案首页数据填写质量规范（暂行）#第十条",
        "住院病案首页数据填写质量规范（暂行）#第二十二条",
    ),
    message="$told。",
    why="清单的诊断和手术编码决定付费分组；患者不可能有的编码和查不到的手术须核实。",
    exceptions=(
        "身份证号表明性别登记有误",
        "性发育异常或性别重置",
        "新生儿名下的母亲诊断",
        "男方因素等不限性别的编码",
        "床旁操作不入手术登记",
        "手术已收费或有手术记录",
        "本院手术登记不完整",
        "本院多数手术不上传编码",
        "多发创伤、新生儿、移植等先期分组",
        "手术类目可在多个系统成组",
    ),
    overturned_by=("身份证件核对", "手术登记与手术记录", "更正后的清单"),
    covers={"classes": (37, 38, 39, 40, 54)},
)
def codes_contradict(record: Record, limits: Limits) -> Iterator[Problem]:
    settled = [row for row in record.operations if row.origin == "settlement"]
    if not record.diagnoses and not settled:
        if not record.provided("setl_list_diag_d") and not record.provided("setl_list_oprn_d"):
            raise NotChecked("缺：结算清单的诊断和手术")
        raise NotApplicable("结算清单没有诊断和手术编码")
    if record.admission.sex is None:
        raise NotChecked("缺：性别")
    other_sex = list(_of_the_other_sex(record, settled))
    yield from other_sex
    yield from _unknown_operations(record, settled, limits)
    yield from _uncoded_operations(record, settled, limits)
    if not other_sex:
        yield from _of_another_system(record, settled)


def _of_the_other_sex(record: Record, settled: Sequence[OperationRow]) -> Iterator[Problem]:
    """Every code of the other sex in one finding."""
    rows = [row for row in record.rows("dx_rules") if row["sex"]]
    coded: list[tuple[str, str, Diagnosis | OperationRow]] = [
        (one.diagnosis_code, one.diagnosis_name, one) for one in record.diagnoses
    ]
    coded += [(row.operation_code or "", row.operation_name or "", row) for row in settled]
    found = [
        (code, name, one, row)
        for code, name, one in coded
        for row in rows
        if row["sex"] != record.admission.sex
        and code.upper().startswith(tuple(str(row["icd_prefix"]).split("|")))
        and not (row["name_exempt"] and re.search(str(row["name_exempt"]), name))
    ]
    if not found or _sex_is_open(record):
        return
    told = "、".join(f"{name}（{code}）" for code, name, _, _ in found[:4])
    yield Problem(
        fields={
            "told": f"患者登记为{record.admission.sex}性，结算清单有限{found[0][3]['sex']}性的编码：{told}"
        },
        evidence=tuple(_diagnosis(record, one) for _, _, one, _ in found[:4] if isinstance(one, Diagnosis)),
        fact_ids=tuple(one.fact_id for _, _, one, _ in found[:4] if isinstance(one, OperationRow)),
        certainty=Certainty.ESTABLISHED,
        row_id=str(found[0][3]["row_id"]),
        points_at=("sex",),
    )


def _diagnosis(record: Record, diagnosis: Diagnosis) -> Evidence:
    shown = f"{diagnosis.diagnosis_code} {diagnosis.diagnosis_name}"
    return Evidence(
        "table", "setl_list_diag_d", shown, row=record.admission.admission_id, label="结算清单诊断"
    )


def _sex_is_open(record: Record) -> bool:
    """Whether the register's sex may be the mistake, or the body is of both."""
    if record.admission.age_years == 0:
        return True
    if any(one.diagnosis_code.startswith(RARE_SEXES) for one in record.diagnoses):
        return True
    if any(BETWEEN_SEXES.search(document.text) for document in record.documents):
        return True
    rows = record.inspection.warehouse.rows(
        "select certno from raw_mdtrt_d where mdtrt_id = $id", {"id": record.admission.admission_id}
    )
    number = str(rows[0]["certno"] or "") if rows else ""
    if re.fullmatch(r"\d{17}[\dXx]", number):
        return record.admission.sex != ("男" if int(number[16]) % 2 else "女")
    return False


def _unknown_operations(record: Record, settled: Sequence[OperationRow], limits: Limits) -> Iterator[Problem]:
    """A coded operation of which neither register, charges, anaesthesia nor documents tell."""
    asked = [
        row
        for row in settled
        if SURGICAL.match(row.operation_code or "") and not AT_THE_BEDSIDE.search(row.operation_name or "")
    ]
    if not asked or not record.provided("operations") or not record.charges:
        return
    if any(row.origin == "hospital" for row in record.operations) or record.anesthesia:
        return
    charged = any(charge.charge_type == OPERATION for charge in record.charges)
    if charged or record.of_kind(*RECORDS) or any(_spoken_of(record, row) for row in asked):
        return
    coded, registered = _registered(record.inspection)
    if registered < limits["registered_least"] or registered < limits["registered_share"] * coded:
        return
    names = "、".join(f"{row.operation_name}（{row.operation_code}）" for row in asked[:3])
    yield Problem(
        fields={
            "told": f"结算清单编有手术 {names}，本次住院没有手术登记、麻醉、手术收费和手术记录，"
            f"本院 {coded} 例有手术编码的住院中 {registered} 例有登记"
        },
        fact_ids=tuple(row.fact_id for row in asked[:3]),
        certainty=Certainty.CLUE,
        points_at=("unknown", *(row.operation_code or "" for row in asked)),
    )


def _uncoded_operations(record: Record, settled: Sequence[OperationRow], limits: Limits) -> Iterator[Problem]:
    """An operation that was anaesthetised or charged as one, of which the register knows and the list, which codes the
    hospital's others, does not."""
    operated = record.anesthesia or any(charge.charge_type == OPERATION for charge in record.charges)
    if settled or not record.provided("setl_list_oprn_d") or not operated:
        return
    asked = [
        row
        for row in record.operations
        if row.origin == "hospital" and row.operation_name and not AT_THE_BEDSIDE.search(row.operation_name)
    ]
    registered, coded = _coded(record.inspection)
    if not asked or coded < limits["registered_least"] or coded < limits["registered_share"] * registered:
        return
    names = "、".join(str(row.operation_name) for row in asked[:3])
    yield Problem(
        fields={
            "told": f"手术登记有 {names}，结算清单没有手术编码，"
            f"本院 {registered} 例有手术登记的住院中 {coded} 例编有手术"
        },
        fact_ids=tuple(row.fact_id for row in asked[:3]),
        certainty=Certainty.CLUE,
        points_at=("uncoded", *(row.operation_name or "" for row in asked)),
    )


@lru_cache(maxsize=1)
def _coded(inspection: Inspection) -> tuple[int, int]:
    """Stays with an operation in the register, and those of them whose list codes one."""
    rows = inspection.warehouse.rows(
        "select count(*) as registered, sum(case when s.admission_id is null then 0 else 1 end) as coded"
        " from (select distinct admission_id from operations where origin = 'hospital') h"
        " left join (select distinct admission_id from operations where origin = 'settlement') s"
        " on s.admission_id = h.admission_id"
    )
    return int(rows[0]["registered"]), int(rows[0]["coded"] or 0)


def _of_another_system(record: Record, settled: Sequence[OperationRow]) -> Iterator[Problem]:
    """A main operation that groups with other systems only than that of the main diagnosis."""
    operation = next((row for row in settled if row.is_main), settled[0] if len(settled) == 1 else None)
    main = next((one for one in record.diagnoses if one.is_main), None)
    if operation is None or main is None or main.diagnosis_code.startswith(BEFORE_SYSTEMS):
        return
    if record.admission.age_years == 0 or AT_THE_BEDSIDE.search(operation.operation_name or ""):
        return
    code = (operation.operation_code or "").upper()
    rows = [row for row in record.rows("dx_rules") if row["op_compatible"]]
    homes = [row for row in rows if re.match(str(row["op_compatible"]), code)]
    own = [row for row in rows if _names(row, main.diagnosis_code)]
    if not homes or len(homes) > MOST_HOMES or not own or any(row in homes for row in own):
        return
    others = [
        one
        for one in record.diagnoses
        if one is not main and any(_names(row, one.diagnosis_code) for row in homes)
    ]
    why = f"，与其他诊断 {others[0].diagnosis_name}（{others[0].diagnosis_code}）相应" if others else ""
    yield Problem(
        fields={
            "told": f"主要手术 {operation.operation_name}（{operation.operation_code}）与主要诊断 "
            f"{main.diagnosis_name}（{main.diagnosis_code}）分属不同的主要诊断大类{why}，请核对主要诊断和主要手术的选择"
        },
        evidence=(_diagnosis(record, main),),
        fact_ids=(operation.fact_id,),
        certainty=Certainty.CLUE,
        row_id=str(own[0]["row_id"]),
        points_at=("system", code),
    )


def _names(row: Row, code: str) -> bool:
    return code.upper().startswith(tuple(str(row["icd_prefix"]).split("|")))


def _spoken_of(record: Record, row: OperationRow) -> bool:
    words = [word for word in STEM.split(row.operation_name or "") if len(word) >= 2]
    lines = [charge.item_name or "" for charge in record.charges]
    texts = [document.text for document in record.documents]
    return any(word in text for word in words for text in (*lines, *texts))


@lru_cache(maxsize=1)
def _registered(inspection: Inspection) -> tuple[int, int]:
    """Stays with a coded surgical operation, and those of them whose register has one."""
    rows = inspection.warehouse.rows(
        "select count(*) as coded, sum(case when h.admission_id is null then 0 else 1 end) as registered"
        " from (select distinct admission_id from operations where origin = 'settlement'"
        " and regexp_matches(coalesce(operation_code, ''), $surgical)) s"
        " left join (select distinct admission_id from operations where origin = 'hospital') h"
        " on h.admission_id = s.admission_id",
        {"surgical": SURGICAL.pattern},
    )
    return int(rows[0]["coded"]), int(rows[0]["registered"] or 0)
