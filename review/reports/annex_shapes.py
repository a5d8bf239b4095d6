"""The shapes of a bureau's annex tables as data: `annex_tables.yaml`. It knows nothing of what fills them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from review.violations import VIOLATIONS

FILE = Path(__file__).with_name("annex_tables.yaml")


@cache
def shapes() -> Mapping[str, Any]:
    """The tables as the file has them; raises ValueError where a violation has no row, or two."""
    read: Mapping[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    named = sorted(code for problem in read["problems"] for code in problem["violations"])
    if named != sorted(VIOLATIONS):
        raise ValueError(f"{FILE.name}: every violation belongs to exactly one problem")
    return read
