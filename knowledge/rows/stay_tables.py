"""The rule tables of what a stay was for: operations done within a day, and what a diagnosis must rest on.

Declared in the same notation as the others; `knowledge.rows.tables` reads them into its specifications.
"""

STAY_CHOICES = {"support": "lab exam vital order"}

# name, what it says, own columns, what makes two rows one rule, shortest prefix of a code
STAY_TABLES = (
    (
        "day_surgery",
        "可在日间完成的手术；operation_code 以 + 相连时须都做",
        "operation_code:text! name:text!",
        "operation_code",
        11,
    ),
    (
        "dx_rules",
        "诊断编码规则：icd_prefix（以 | 分隔）的诊断应有 support 中合于 needs_any 的结果；同一 condition 的各行为或，"
        "op 与 value 说明结果须达到的值；另可限性别、年龄和相容手术",
        "condition:text! icd_prefix:text! name_exempt:regex support:choice needs_any:regex op:choice value:decimal "
        "sex:choice age_min_d:int age_max_d:int op_compatible:regex",
        "condition support needs_any",
        11,
    ),
)
