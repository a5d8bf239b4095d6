"""The closed list of violation types: code, Chinese name, family, and who carries the yuan.

Legal places are not here: a check names its own clause, which must resolve to a passage.
"""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Where on the page a finding belongs."""

    CHARGES = "charges"
    ADMISSION = "admission"
    DOCUMENTS = "documents"


class Certainty(StrEnum):
    """How much stands behind a finding, weakest first."""

    CLUE = "clue"
    PROBABLE = "probable"
    ESTABLISHED = "established"

    @property
    def rank(self) -> int:
        return list(Certainty).index(self)


FAMILY_NAMES = {Family.ADMISSION: "住院", Family.CHARGES: "收费", Family.DOCUMENTS: "文书"}
CERTAINTY_NAMES = {
    Certainty.CLUE: "线索",
    Certainty.PROBABLE: "较可能",
    Certainty.ESTABLISHED: "数据可证",
}


def lowest(*certainties: Certainty) -> Certainty:
    """The certainty ladder: a finding is as certain as its weakest step."""
    return min(certainties, key=lambda step: step.rank)


@dataclass(frozen=True)
class Violation:
    """One violation type; `turn` is its place in the order that decides which finding carries a yuan."""

    code: str
    name: str
    family: Family
    turn: int
    whole_stay: bool = False
    counted: bool = True


VIOLATIONS: dict[str, Violation] = {
    violation.code: violation
    for violation in (
        Violation("low_indication_admission", "无（低）指征住院", Family.ADMISSION, 0, whole_stay=True),
        Violation("phantom_stay", "挂床住院", Family.ADMISSION, 0, whole_stay=True),
        Violation("split_admission", "分解住院", Family.ADMISSION, 0, whole_stay=True),
        Violation("induced_admission", "诱导、协助虚假住院", Family.ADMISSION, 0, whole_stay=True),
        Violation("impersonation", "冒名就医", Family.ADMISSION, 0, whole_stay=True),
        Violation("fictitious_service", "虚构医药服务项目", Family.CHARGES, 1),
        Violation("substituted_charge", "串换收费", Family.CHARGES, 2),
        Violation("duplicate_charge", "重复收费", Family.CHARGES, 3),
        Violation("split_charge", "分解项目收费", Family.CHARGES, 4),
        Violation("over_standard_charge", "超标准收费", Family.CHARGES, 5),
        Violation("out_of_scope_payment", "超支付范围", Family.CHARGES, 6),
        Violation("excessive_service", "过度诊疗、检查或开药", Family.CHARGES, 7),
        Violation("upcoding", "高套病组", Family.CHARGES, 8),
        Violation("shifted_cost", "转嫁费用", Family.CHARGES, 9),
        Violation("forged_document", "伪造、变造医学文书", Family.DOCUMENTS, 10, counted=False),
        Violation("documentation_defect", "病历书写缺陷", Family.DOCUMENTS, 10, counted=False),
    )
}
