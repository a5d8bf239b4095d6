"""The warehouse that a check's cases are run on; it is the product's own, because an analyst's cases run there too."""

from review.check_cases.names import CODES, GRADES, RAW_NAMES, RAW_OF
from review.check_cases.warehouse import (
    REGION,
    ROW,
    STAY,
    VIEW_FILES,
    CaseError,
    CaseWarehouse,
    build,
    knowledge_rows,
    mapped_codes,
    moment,
    shipped_rows,
)

__all__ = [
    "CODES",
    "GRADES",
    "RAW_NAMES",
    "RAW_OF",
    "REGION",
    "ROW",
    "STAY",
    "VIEW_FILES",
    "CaseError",
    "CaseWarehouse",
    "build",
    "knowledge_rows",
    "mapped_codes",
    "moment",
    "shipped_rows",
]
