"""The smallest review that can be harvested: one stay without findings, closed by an expert."""

from datetime import datetime

from review.casework.pairing import Pairing
from review.store.entries import Decision
from review.store.pairs import FIRST, SECOND, Rules

EXPERT = "和嘉树"


def called():
    """What was called, as the workbench gives it."""
    made = Decision(1, "p", "i", "A1", "", "seen", (), "", None, None, EXPERT, datetime(2026, 1, 1))
    return Pairing("i", Rules(), {FIRST: {}, SECOND: {}}, [made], {}, {})
