"""What a paper tells of the institution's statement to a finding."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Hearing:
    """What the institution said of a finding last, and what became of it; the finding's verdict is that after it."""

    state: str  # 未答复, 无异议, 待复核, 维持, 核减, 撤销
    stance: str = ""
    said: str = ""
    admitted: Decimal | None = None
    said_at: datetime | None = None
    files: tuple[tuple[str, str], ...] = ()  # of the institution: name and SHA-256
    before: Decimal | None = None  # yuan as confirmed
    outcome: str = ""  # 维持, 核减 or 撤销 of the call that holds
    reason: str = ""
    who: str = ""
    at: datetime | None = None

    @property
    def withdrawn(self) -> bool:
        return self.outcome == "撤销"
