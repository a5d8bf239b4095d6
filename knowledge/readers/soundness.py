"""Whether text can be what it claims to be: Chinese writing, or signs that only look like it.

A broken character map or a file decoded in the wrong encoding gives valid characters that nobody writes. Real
Chinese text takes nine tenths of its characters from the 3,755 most frequent ones (GB 2312, first level);
of characters hit by accident that is one in five.
"""

import re
from functools import cache

FEWEST_CHARACTERS = 10  # a shorter text may be a name of rare characters
COMMON_SHARE, UNKNOWN_SHARE = 0.5, 0.15
_LAST_COMMON_ROW = 0xD7  # the first level of GB 2312 ends with this lead byte
# What a Chinese document may hold; a layer with much else was written without a usable character map.
_PLAUSIBLE = re.compile(
    "[\\s!-~\xa0-\xbf\xd7\xf7Α-ωА-я\u2000-\u2bff\u3000-\u303f\u3040-\u312f\u3200-\u33ff"
    "\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_HAN = re.compile("[\u4e00-\u9fff]")


def sound(text: str) -> bool:
    """Whether a text layer can be used: not empty, nearly all of it plausible, and no stretch of it garbled."""
    characters = [character for character in text if not character.isspace()]
    strange = sum(not _PLAUSIBLE.match(character) for character in characters)
    return bool(characters) and 8 * strange < len(characters) and not garbled(text)


def garbled(text: str) -> bool:
    """Whether the Chinese characters are such as nobody writes, over all or in a tenth of the lines."""
    if _seldom_written(text):
        return True
    lines = [line for line in text.split("\n") if len(_HAN.findall(line)) >= FEWEST_CHARACTERS]
    return 10 * sum(map(_unknown_characters, lines)) > len(lines)


def _seldom_written(text: str) -> bool:
    """Few frequent characters, and some outside GB 2312 altogether; a list of herbs has only the one."""
    han = _HAN.findall(text)
    common, unknown = sum(map(_common, han)), sum(_lead_byte(character) is None for character in han)
    return (
        len(han) >= FEWEST_CHARACTERS
        and common < COMMON_SHARE * len(han)
        and unknown > UNKNOWN_SHARE * len(han)
    )


def _unknown_characters(line: str) -> bool:
    """A line half of which is outside GB 2312 is no writing, though the rest of the text is."""
    han = _HAN.findall(line)
    return 2 * sum(_lead_byte(character) is None for character in han) > len(han)


def _common(character: str) -> bool:
    lead = _lead_byte(character)
    return lead is not None and lead <= _LAST_COMMON_ROW


@cache
def _lead_byte(character: str) -> int | None:
    try:
        return character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return None
