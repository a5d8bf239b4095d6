"""The first words of an answer: what the library holds on it, and whether that applied on the day asked about."""

import re
from collections.abc import Sequence
from datetime import date

from knowledge.library import Hit

LONGEST_TITLE = 16


def lead_of(question: str, chosen: Sequence[Hit], as_of: date | None) -> str:
    """One short sentence; a clause that was not in force on the day is never introduced as if it were."""
    first = chosen[0]
    if as_of and first.in_force is False:
        return f"{first.note}，不能直接适用。相关的是："
    day = f"按 {as_of.isoformat()} 的规定，" if as_of else ""
    return f"{day}库中有规定："


def short_title(title: str) -> str:
    """A title people recognise: without the state's name and remarks in brackets, the end of a long one."""
    plain = re.sub(r"\s+", "", title).removeprefix("中华人民共和国")
    plain = re.sub(r"（[^（）]*）", lambda match: match[0] if re.search(r"20\d\d", match[0]) else "", plain)
    if len(plain) > LONGEST_TITLE:
        end = re.sub(r"^[\d年）”」、，]+", "", plain[-LONGEST_TITLE:])
        plain = f"…{end}"
    return f"《{plain}》"
