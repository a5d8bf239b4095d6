"""What each rule table holds: its columns with their types, which of them are code patterns, and what
makes two rows the same rule. A column is written `name:type`, with `!` where a value is required.
"""

from dataclasses import dataclass
from functools import cached_property

from knowledge.rows.care_tables import CARE_CHOICES, CARE_TABLES
from knowledge.rows.catalogue_tables import CATALOGUE_CHOICES, CATALOGUE_TABLES
from knowledge.rows.evidence_tables import EVIDENCE_TABLES
from knowledge.rows.stay_tables import STAY_CHOICES, STAY_TABLES
from knowledge.rows.unit_tables import UNIT_CHOICES, UNIT_TABLES

COMMON = (
    "row_id:text! region:region! insutype:text in_force_from:day in_force_to:day authority:choice! "
    "source_doc:text! source_passage:passage! source_row:text match:choice! certainty_ceiling:choice! "
    "state:choice! approved_by:text approved_at:text mark:choice"
)

CHOICES = {
    "authority": "law national_list province city agreement guideline working",
    "match": "exact prefix regex name",
    "certainty_ceiling": "established probable clue",
    "state": "draft approved retired",
    "mark": "local ours verify",
    "scope": "same_day same_stay same_hour within_6_hours same_operation",
    "keep": "a dearer",
    "per": "day stay week month n_days operation year event illness",
    "course_basis": "stay illness calendar",
    "sex": "男 女",
    "aspect": "sex age department level visit insurance diagnosis",
    "lab_op": "< <= > >=",
    "op": "< <= > >= outside between rise fall present",
    "needs": "order lab_result exam_report pathology op_record anaes_record procedure_note treatment_record "
    "nursing_record rescue_record implant_label consent",
    "count_by": "day event qty",
    "criterion": "severity intensity override",
    "mode": "alone plus_intensity supporting",
    "origin": "A G O",
    "rule_kind": "time required",
    "measure": "within before every daily around",
    "price_kind": "service volume_bid pay_standard",
    "pay_kind": "drug service facility material trial",
    "evidence_field": "LAB.检验方法 EXM.检查方法 ANE.麻醉方式名称 OPR DOC equipment spec",
    **CARE_CHOICES,
    **CATALOGUE_CHOICES,
    **UNIT_CHOICES,
    **STAY_CHOICES,
}


@dataclass(frozen=True)
class Column:
    """One column; `options` closes a choice, `many` lets a cell hold several of them joined by `|`."""

    name: str
    kind: str  # text passage regex code int decimal flag day region choice
    required: bool = False
    options: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True)
class TableSpec:
    """A rule table. Rows with the same `key` are the same rule: a regional one replaces the national.

    `single` says that a rule is one row; where it is not, its rows are conditions beside each other."""

    name: str
    says: str
    own: tuple[Column, ...]
    key: tuple[str, ...]
    min_prefix: int = 11
    single: bool = True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return COMMON_COLUMNS + self.own

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The columns that hold code patterns, to be expanded against the codes of an inspection."""
        return tuple(column.name for column in self.own if column.kind == "code")

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def _column(text: str) -> Column:
    name, _, kind = text.rstrip("!").partition(":")
    required, many = text.endswith("!"), kind == "choices"
    kind, _, list_name = kind.replace("choices", "choice").partition("=")
    options = tuple(CHOICES[list_name or name].split()) if kind == "choice" else ()
    return Column(name, kind or "text", required, options, many)


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(_column(part) for part in text.split())


def _table(
    name: str, says: str, columns: str, key: str, min_prefix: int = 11, *, single: bool = True
) -> TableSpec:
    return TableSpec(name, says, _columns(columns), tuple(key.split()), min_prefix, single)


COMMON_COLUMNS = _columns(COMMON)
DRUG = "drug_prefix:code generic:text! "
CRITERION = "item:text! op:choice! value:decimal value2:decimal unit:text phrase_regex:regex "

ROW_TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        _table(
            "exclusive_items",
            "a 的价格已含 b，或两者择一；b_per_a 是一个 a 含几个 b，空为全部",
            "a:code name_a:text! b:code name_b:text! b_per_a:decimal scope:choice! keep:choice! "
            "unless_code:code unless_evidence:regex also_site_sensitive:flag",
            "a b",
        ),
        _table(
            "item_limits",
            "一个项目在一段时间里最多收多少；family 相同的项目同日合并计算",
            "code15:code name:text! per:choice! n_days:int max_qty:decimal qty_unit:text min_gap_days:int "
            "course_days:int course_basis:choice cap_amount:decimal family:text",
            "code15 per",
        ),
        _table(
            "item_scope_limits",
            "项目限性别、年龄、科室、机构级别、就医方式、险种或诊断；一行只管一个方面",
            "code15:code name:text! aspect:choice! sex:choice age_min_d:int age_max_d:int dept_regex:regex "
            "hosp_lv_min:int visit_types:text insutypes:text diag_regex:regex violation:text",
            "code15 aspect",
        ),
        _table(
            "same_incision_groups",
            "同一切口的手术分组；第二及以后手术按 second_rate 计价",
            "code15:code name:text! group_name:text! second_rate:decimal max_rate_sum:decimal "
            "applies_from_level:int",
            "code15 group_name",
        ),
        _table(
            "drug_scope_limits",
            "药品限性别、年龄、机构级别、就医方式或险种；一行只管一个方面",
            DRUG + "aspect:choice! sex:choice age_min_d:int age_max_d:int hosp_lv_min:int visit_type:text "
            "needs_insutype:text limit_text:text!",
            "generic aspect",
        ),
        _table(
            "drug_indication_limits",
            "药品限定支付条件；同一药品各 clause_no 为或，同一行内为且",
            DRUG
            + "clause_no:int! diag_regex:regex lab_item:regex lab_op:choice lab_value:decimal lab_unit:text "
            "lab_days_before:int order_regex:regex first_line_regex:regex dept_regex:regex hosp_lv_min:int "
            "text:text! catalogue_year:int",
            "generic",
            single=False,
        ),
        _table(
            "drug_course_limits",
            "药品最多支付的天数",
            DRUG + "max_days:int! per:choice! text:text!",
            "generic",
        ),
        _table(
            "evidence_required",
            "收了这项费用，病历或院内系统里应当有什么；needs 中任一即可",
            "charge_type:text code15:code name:text! name_regex:regex needs:choices! window_h:int "
            "count_by:choice! exempt_regex:regex",
            "charge_type code15 name needs",
            min_prefix=2,
            single=False,
        ),
        _table(
            "not_payable",
            "基金不予支付的药品、项目、设施、材料",
            "code15:code name:text! name_regex:regex kind:choice=pay_kind! condition:text",
            "code15 name",
        ),
        _table(
            "herb_rules",
            "饮片：单独使用不予支付、始终不予支付、剂量和味数上限",
            "herb_code:code name:text! alone_not_paid:flag never_paid:flag max_g_day:decimal max_kinds:int "
            "max_doses:int",
            "name",
        ),
        _table(
            "add_on_items",
            "加收项目及其主项；每个主项最多加收 max_per_base 次",
            "add_on:code name_add_on:text! base:code name_base:text! max_per_base:decimal! "
            "condition_regex:regex",
            "add_on",
        ),
        _table("newborn_items", "新生儿专用的项目", "code15:code name:text!", "code15"),
        _table(
            "companions",
            "收了 code15（或名称合于 name_regex 的材料、药品）时，范围内应当有合于 needs_any_regex 的项目",
            "code15:code name:text! name_regex:regex needs_code:code needs_any_regex:regex scope:choice!",
            "code15 name",
            min_prefix=1,
        ),
        _table(
            "price_caps",
            "最高限价，按价格级别；各地价格文件导入，出厂为空：未见现行价格文件",
            "code15:code! name:text! price_level:int cap:decimal! unit_std:text child_pct:decimal "
            "child_age_max_d:int kind:choice=price_kind!",
            "code15 price_level",
        ),
        _table(
            "outpatient_conditions",
            "一般门诊可以处理的病种；排除情形见 outpatient_exclusions",
            "condition:text! icd_prefix:code! name_regex:regex excluded_when:text!",
            "condition",
            min_prefix=3,
        ),
        _table(
            "outpatient_exclusions",
            "有其一即不按门诊可处理病种看；criterion 引入院标准，否则以 item、op、value 表示",
            "condition:text! criterion:text " + CRITERION + "times:int within_days:int note:text!",
            "condition criterion item op",
            single=False,
        ),
        _table(
            "admission_criteria",
            "入院标准；同一 code 的各 clause 为或，同一 clause 的各行为且",
            "population:text! code:text! name:text! kind:choice=criterion! clause:int! "
            + CRITERION
            + "for_days:int within_days:int mode:choice! origin:choice! note:text",
            "population code clause item op",
            single=False,
        ),
        _table(
            "iv_not_intensity",
            "不算“需要静脉”的常规输注",
            "drug_prefix:code name:text! name_regex:regex! reason:text!",
            "name",
            min_prefix=2,
        ),
        _table(
            "doc_rules",
            "文书的时限和应有；basis 写作 规范#条号，when_regex 说明何时才要求",
            "kind:choice=rule_kind! document:text! accepts:text measure:choice limit_hours:decimal "
            "from_event:text basis:text! basis_2:text condition:text when_regex:regex "
            "late_reported_h:decimal note:text",
            "kind document condition",
        ),
        _table(
            "region_policy",
            "各地可以自定的口径",
            "policy_key:text! value:text! unit:text note:text!",
            "policy_key",
        ),
        _table(
            "substitution_hints",
            "收了 charged 而证据写的是 cheaper",
            "charged:code name_charged:text! cheaper:code name_cheaper:text! "
            "evidence_field:choices charged_regex:regex cheaper_regex:regex",
            "charged cheaper",
        ),
        *(
            _table(*declared)
            for declared in (
                *CARE_TABLES,
                *CATALOGUE_TABLES,
                *UNIT_TABLES,
                *EVIDENCE_TABLES,
                *STAY_TABLES,
            )
        ),
    )
}
