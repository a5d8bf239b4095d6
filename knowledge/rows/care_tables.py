"""The rule tables of clinical need: tests, treatments and drugs that want a reason, a measure or each other.

Declared in the same notation as the others; `knowledge.rows.tables` reads them into its specifications.
"""

CARE_CHOICES = {
    "judged": "case cohort both repeat",
    "treatment_kind": "indication contraindication companion recorded prophylaxis consult",
    "safety_kind": "child elderly pregnancy contra interaction herb18",
}

# name, what it says, own columns, what makes two rows one rule, shortest prefix of a code
CARE_TABLES = (
    (
        "indicated_tests",
        "检查检验应有的指征；judged 为 case 只看个案，cohort 只看科室，both 都看，repeat 只看重复；"
        "pair_with 是同日不必同查的项目，gap_days 是多少天内不必重复",
        "code15:code name:text! judged:choice=judged! name_regex:regex pair_with:code name_pair_with:text "
        "diag_regex:regex finding_regex:regex order_regex:regex result_regex:regex dept_exempt:regex "
        "exempt_from_age_y:int gap_days:int cap_share:decimal",
        "code15 name pair_with gap_days",
        11,
    ),
    (
        "treatment_rules",
        "治疗与用药的适应、禁忌和应有的依据；indication 须有适应症，contraindication 不得用于，companion 须与之同做，"
        "recorded 须有记载，prophylaxis 是清洁手术预防用药的小时数，consult 须有会诊",
        "code15:code name:text! kind:choice=treatment_kind! name_regex:regex indication_regex:regex "
        "contra_regex:regex needs_regex:regex prophylaxis_hours:int level:int",
        "code15 name kind",
        4,
    ),
    (
        "drug_dose_limits",
        "药品每日最大量（按 unit 计），和一次最多开药、带药的天数",
        "drug_prefix:code generic:text! route:text max_per_day:decimal unit:text max_days_supply:int "
        "takeaway_days:int",
        "generic route",
        11,
    ),
    (
        "drug_groups",
        "同一组的药品不必同时用两种；duplicate_allowed_with 是组内可以合用的药品",
        "drug_prefix:code generic:text! group_name:text! duplicate_allowed_with:regex",
        "drug_prefix generic group_name",
        5,
    ),
    (
        "drug_safety",
        "用药（或治疗）禁忌：儿童、老年、妊娠、疾病禁忌，两药相互作用，饮片配伍禁忌；"
        "b 或 condition_regex 是不相容的一方",
        "a:code name_a:text! b:code name_b:text kind:choice=safety_kind! age_min_d:int age_max_d:int "
        "condition_regex:regex text:text!",
        "a name_a b name_b kind",
        5,
    ),
)
