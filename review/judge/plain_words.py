"""The plain words of a row's pattern, for readers: a model and an expert are shown criteria, never expressions."""

import re

MOST_WORDS = 8
_GROUPED_OPTION = re.compile(r"\([^()]*\)\?")
_GROUP = re.compile(r"\((?:\?:)?([^()|]*)\)")
_OPTION = re.compile(r".[?*]")
_LEFT_OVER = re.compile(r"[\\^$.*+?()\[\]{}|]")


def plain_words(pattern: str, most: int = MOST_WORDS) -> tuple[str, ...]:
    """The alternatives of a pattern as words; what may be absent is left out, and what no word can say too.

    One whose variants cannot be told apart in words is passed over; none at all gives an empty tuple."""
    words = (_plain(part) for part in _alternatives(pattern))
    return tuple(dict.fromkeys(word for word in words if word))[:most]


def _alternatives(pattern: str) -> list[str]:
    """The alternatives outside all brackets."""
    found, depth = [""], 0
    for sign in pattern:
        depth += (sign in "([") - (sign in ")]")
        if sign == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found


def _plain(part: str) -> str:
    bare = _GROUPED_OPTION.sub("", part.strip().removeprefix("^").removesuffix("$"))
    bare = _OPTION.sub("", _GROUP.sub(r"\1", bare))
    return "" if _LEFT_OVER.search(bare) else bare.strip()
