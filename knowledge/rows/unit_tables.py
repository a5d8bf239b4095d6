"""The rule tables of units and sets: what a price is for one of, what belongs to a package, a set, or a price itself.

Declared in the same notation as the others; `knowledge.rows.tables` reads them into its specifications.
"""

UNIT_CHOICES = {
    # what is counted to know how many units there were, each kind read from reports and records by `review.facts`
    "counted": "part system superficial view vessel vertebra disc side finger hours report course number",
    "counted_from": "exam operation anesthesia record",
}

# name, what it says, own columns, what makes two rows one rule, shortest prefix of a code
UNIT_TABLES = (
    (
        "item_unit_rules",
        "计价单位与阶梯：前 base_qty 个为一个基价，以后每 step 个再计一个，单价乘 next_factor，至 max_qty 个封顶；"
        "counted 说明数什么，evidence_regex 是可据以计数的检查、手术或文书；"
        "usual_max 只在没有据以计数的记录时使用",
        "code15:code name:text! unit_std:text! base_qty:decimal step:decimal next_factor:decimal max_qty:decimal "
        "usual_max:decimal scope:choice counted:choice counted_from:choices evidence_regex:regex unless_evidence:regex",
        "code15 unit_std",
        11,
    ),
    (
        "package_components",
        "成套项目及其组成；组成凑满 min_present 个而未按成套收费，视为分解；only_if_priced 为当地有成套价格才看，"
        "evidence_regex 是病历或手术名称里应有的成套项目",
        "package:code name_package:text! components:code name_components:text! min_present:int "
        "scope:choice! replace_by:code only_if_priced:flag evidence_regex:regex",
        "package components",
        11,
    ),
    (
        "material_sets",
        "成套采购的耗材及其组件；同一厂家、同一系统的组件凑满 min_present 种而分别收费，合计高于 set_price 即为拆分",
        "package:code name_package:text! components:code! name_components:text! min_present:int! set_price:decimal "
        "op_regex:regex",
        "name_package",
        1,
    ),
    (
        "bundled_consumables",
        "项目价格已含、不得另收的耗材；per_service 是一次服务已含几件，separately_billable 为除外内容、可以另收",
        "service:code name_service:text! material_regex:regex! name_material:text! per_service:decimal "
        "separately_billable:flag! scope:choice",
        "service name_material",
        1,
    ),
)
