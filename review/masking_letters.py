"""A text as patterns read it: width, compatibility signs and invisible signs folded, letter for letter.

The folded text is exactly as long as the text, so that a span found in one is a span of the other.
"""

import re
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


_WRAP = re.compile(rf"(?<=[{LETTER}\d]) {{0,2}}\n {{0,4}}(?=[{LETTER}\d])")
_SPREAD = re.compile(r"(?:[^ \n] ){5,}[^ \n](?![^ \n])")
_BEFORE, _BEHIND = 40, 14  # letters of either line that tell what stands over the break


def closed(text: str) -> tuple[str, list[int]]:
    """What stands around each line break inside a sentence, and each line set with spaces, without the two.

    With the place in the folded text of each sign; the signs that are no part of it are line breaks.
    """
    signs: list[str] = []
    places: list[int] = []
    for match in _WRAP.finditer(text):
        start = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _BEFORE)
        end = text.find("\n", match.end())
        end = min(len(text) if end < 0 else end, match.end() + _BEHIND)
        places += [*range(start, match.start()), *range(match.end(), end), end]
        signs += [text[start : match.start()], text[match.end() : end], "\n"]
    for match in _SPREAD.finditer(text):
        inside = [place for place in range(*match.span()) if text[place] != " "]
        places += [*inside, match.end()]
        signs += [text[place] for place in inside] + ["\n"]
    return "".join(signs), places
