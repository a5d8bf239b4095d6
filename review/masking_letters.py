"""A text as patterns read it: width, compatibility signs and invisible signs folded, letter for letter.

The folded text is exactly as long as the text, so that a span found in one is a span of the other.
"""

import unicodedata

from knowledge.readers.text import normalise

LETTER = "㐀-鿿𠀀-𲎯〇"
BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_PUNCTUATION = dict(zip("，：；（）！？【】［］｜∶﹕｛｝", ",:;()!?[][]|::{}", strict=True))
_DOTS = frozenset("·•・‧⋅∙●･ㆍ᛫")
_DASHES = frozenset("‐‑‒–—―−﹣－")


class _Signs(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = _sign(chr(code))
        return self[code]


_SIGNS = _Signs()


def folded(text: str) -> str:
    """The text with each sign in its plain form; as long as the text."""
    return text.translate(_SIGNS)


def _sign(sign: str) -> str:
    if sign in BREAKS:
        return "\n"
    if sign in _DOTS:
        return "·"
    if sign in _DASHES:
        return "-"
    if sign in _PUNCTUATION:
        return _PUNCTUATION[sign]
    if sign == "\t":
        return "|"
    plain = normalise(sign) or " "
    if plain.isspace():
        return " "
    # a sign that folds to several, or to half of one, stays: spans must not move
    return plain if len(plain) == 1 and unicodedata.combining(plain) == 0 else sign


def bare(text: str) -> str:
    """The letters of an identifier without what is written between them: what tells two of them apart."""
    return "".join(sign for sign in folded(text) if sign not in " \n-_/.:()[]").upper()
