"""Treatment that returns by plan: chemotherapy, radiotherapy, dialysis, transfusion. Coming back for it is no sign."""

import re

from review.checks.inputs import Record
from review.checks.readings import facts_of

CYCLE_CODES = ("Z51", "Z49", "Z08", "Z09", "D46", "D56", "D57", "D61", "D66")
CYCLE_ORDERS = re.compile(
    r"血液透析|血液灌流|腹膜透析|化疗|铂|紫杉|氟尿嘧啶|卡培他滨|阿霉素|单抗|悬浮红细胞|红细胞悬液"
)


def is_cycle(record: Record) -> bool:
    """Whether a stay is one of a planned series, by its diagnosis, its orders or its notes."""
    code = (record.admission.main_diagnosis_code or "").upper()
    ordered = any(CYCLE_ORDERS.search(order.order_name or "") for order in record.orders)
    return code.startswith(CYCLE_CODES) or ordered or any(f.name == "cycle" for f in facts_of(record, "plan"))
