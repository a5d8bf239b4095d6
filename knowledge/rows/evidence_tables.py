"""The rule tables of what a service takes besides the charge: equipment, staff and wards.

Declared in the same notation as the others; `knowledge.rows.tables` reads them into its specifications.
"""

# name, what it says, own columns, what makes two rows one rule, shortest prefix of a code
EVIDENCE_TABLES = (
    (
        "equipment_required",
        "开展这项服务应有的设备；lower_regex 是设备较低时可以收取的项目，exempt_regex 是不须这种设备的同类项目",
        "code15:code name:text! name_regex:regex equipment_regex:regex! lower_regex:regex exempt_regex:regex since:day",
        "code15 name",
        11,
    ),
    (
        "staff_required",
        "开展这项服务的人员应有的专业；执行人在名册上的专业须合于 specialty_regex",
        "charge_type:text code15:code name:text! name_regex:regex specialty_regex:regex! exempt_regex:regex since:day",
        "charge_type code15 name",
        3,
    ),
    (
        "ward_required",
        "这项床位或监护应当在哪种病房、按什么医嘱、对什么病人收取；几个条件有其一即可",
        "code15:code name:text! name_regex:regex dept_regex:regex! order_regex:regex diag_regex:regex violation:text "
        "lower_regex:regex",
        "code15 name",
        8,
    ),
    (
        "record_denials",
        "病历这样写的日子，这项收费不应有；state_regex 是病历的说法，前后一日有 unless_regex 所写即不算，said 给人看",
        "charge_type:text name:text! name_regex:regex! exempt_regex:regex state_regex:regex! unless_regex:regex "
        "said:text!",
        "name",
        11,
    ),
    (
        "operation_marks",
        "手术名称写明的术式，手术记录的经过应当写到的内容；steps_regex 一处都没有，才算记录与名称不符",
        "name:text! name_regex:regex! steps_regex:regex! exempt_regex:regex",
        "name",
        11,
    ),
)
