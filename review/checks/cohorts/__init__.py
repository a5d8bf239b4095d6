"""The queries of the checks that look at a whole department or hospital: one file each, cut into sections.

The section `given` holds the tables the others build on.
"""

import re
from functools import cache
from pathlib import Path

_SECTION = re.compile(r"^-- section: (\w+)$", re.MULTILINE)


@cache
def cohort_query(file: str, section: str) -> str:
    """One query of a file of this folder. Raises KeyError where the section is not in it."""
    parts = _SECTION.split((Path(__file__).parent / f"{file}.sql").read_text("utf-8"))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return f"{sections['given']}\n{sections[section]}"
