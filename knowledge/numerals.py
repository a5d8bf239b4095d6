"""Chinese and Arabic numerals of articles, items and points, both ways."""

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "[〇零一二两三四五六七八九十百千]{1,9}"


def number_of(text: str) -> int:
    """`二十三` and `23` are 23; a text that is no numeral raises ValueError."""
    if text.isdecimal():
        return int(text)
    if not text or any(sign not in _DIGITS and sign not in _UNITS for sign in text):
        raise ValueError(f"“{text}”不是数字")
    if not any(sign in _UNITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total, pending = 0, 0
    for sign in text:
        if sign in _UNITS:
            total += (pending or 1) * _UNITS[sign]
            pending = 0
        else:
            pending = _DIGITS[sign]
    return total + pending


def in_chinese(number: int) -> str:
    """23 is `二十三`; good for 1 to 9999, which is more articles than any law has."""
    signs = "零一二三四五六七八九"
    parts: list[str] = []
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            parts.append(signs[digit] + name)
        elif parts and number and not parts[-1].endswith("零"):
            parts.append("零")
    text = "".join(parts).rstrip("零")
    return text[1:] if text.startswith("一十") else text
