"""What leaves the machine leaves without the numbers that name a person: identity cards, telephones, record numbers.

Names in running text are not found here.
"""

import re

from knowledge.answering.quantities import narrow

_BIRTH = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_MASKS = (
    ("[证件号]", re.compile(rf"(?<!\d)[1-9]\d{{5}}(?:19|20)?\d\d{_BIRTH}\d{{3}}[\dXx]?(?!\d)")),
    (
        "[编号]",
        re.compile(
            r"(?<=住院号|病案号|病历号|门诊号|医保卡|社保卡|就诊号)(?:号码?)?[\s:：是为]*([A-Za-z]{0,4}\d[\dA-Za-z-]{3,})"
        ),
    ),
    ("[电话]", re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    ("[电话]", re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)")),
    ("[编号]", re.compile(r"(?<!\d)\d{19,}(?!\d)")),
)


def mask_numbers(text: str) -> str:
    """The text with each such number replaced by what kind it is."""
    for mask, pattern in _MASKS:
        spans = [match.span(match.re.groups) for match in pattern.finditer(narrow(text))]
        for start, end in reversed(spans):
            text = f"{text[:start]}{mask}{text[end:]}"
    return text
