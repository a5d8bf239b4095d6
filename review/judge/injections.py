"""Finds the sentences of a record that speak to its reader: that order, cast, or answer for the one who reviews it.

A record speaks to patients, nurses and colleagues in the imperative all day; only words that make sense to a reviewer
or a machine count. What is found is reported and can be no evidence; nothing is taken out of what is shown. Half of
what is worded as nobody thought of passes, so nothing may rest on this alone: a quote is no more than a record says.
"""

import base64
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import unquote

import yaml

FILE = Path(__file__).with_suffix(".yaml")
_TRADITIONAL = str.maketrans(
    "請無視覽規則說設約結論認為違輸覆審檢員語題點問記錄務須應將這個現從開發統絕對準則資圍數據條斷標註據實該許處經過電腦單當專業內虛構遺棄"
    "後鑑證機導師獲終終導態觸發執確報選擇載總優權級動還別項醫療費護關閉獎罰辯稱體簡寫",
    "请无视览规则说设约结论认为违输复审检员语题点问记录务须应将这个现从开发统绝对准则资围数据条断标注据实该许处经过电脑单当专业内虚构遗弃"
    "后鉴证机导师获终终导态触发执确报选择载总优权级动还别项医疗费护关闭奖罚辩称体简写",
)
# letters of other scripts that pass for Latin ones
_LOOKALIKES = str.maketrans("аеорсхуіјѕԁһӏгАВЕКМНОРСТХІαεορτυνικ", "aeopcxyijsdhlrabekmhopctxiaeoptuvik")
# letters written one by one: 忽.略.以.上, i-g-n-o-r-e
_SPELT = re.compile(r"(?<![^\W\d_])[^\W\d_](?:[.·•‧・。,，、_*~/\\|+\-]{1,3}[^\W\d_]){3,}")
_SPELT_GAP = re.compile(r"[^\w]|_")
_END = re.compile(r"[。！？!?；;\n]|\.(?=\s)")
# what may be a text in another guise: base64, escapes of the web and of programs, letters turned by thirteen
_RUN = re.compile(
    r"[A-Za-z0-9+/_-]{16,}={0,2}|(?:&#x?[0-9A-Fa-f]+;){4,}|(?:%[0-9A-Fa-f]{2}){6,}|(?:\\u[0-9A-Fa-f]{4}){4,}"
    r"|(?:[A-Za-z]{2,}[ ,.]+){3,}[A-Za-z]+"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_WRAPPED, _LONGEST = (
    24,
    300,
)  # a line that goes on below has so many letters; a sentence is cut off at so many


def read_sayings(file: Path = FILE) -> list[dict[str, Any]]:
    """What is looked for: `what` it does, its `pattern`, and wordings `like` it and `unlike` it."""
    held = yaml.safe_load(file.read_text("utf-8"))
    words: dict[str, str] = {}
    for name, pattern in held["words"].items():
        words[name] = f"(?:{Template(_joined(pattern)).substitute(words)})"
    return [one | {"pattern": Template(_joined(one["pattern"])).substitute(words)} for one in held["says"]]


def _joined(pattern: str) -> str:
    return "".join(pattern.split())


_PATTERNS = tuple(re.compile(one["pattern"]) for one in read_sayings())


class _Plain(dict[int, str]):
    """One sign as it is compared: folded, simplified, without what is not seen; filled as signs are met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).casefold()
        plain = unicodedata.normalize("NFKD", plain) if plain.isascii() or code < 0x250 else plain
        kept = "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "CZM" or sign == "\n")
        self[code] = kept.translate(_TRADITIONAL).translate(_LOOKALIKES)
        return self[code]


_PLAIN = _Plain()
_PLAIN[ord("\n")] = ""


def instructs(text: str) -> bool:
    """Whether a text tells its reader what to do."""
    return bool(instructing_spans(text))


@lru_cache(maxsize=1024)
def instructing_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the sentences that speak to a reader stand in a text, in order; a sentence may go on over line ends."""
    found = [*_found(text, text.translate(_PLAIN)), *_encoded(text)]
    return tuple(sorted({_sentence(text, start, end) for start, end in found}))


def _found(text: str, plain: str) -> list[tuple[int, int]]:
    """Matches in the text as it is and with the letters that were spelt one by one put together."""
    matches = _matches(plain)
    spelt = [match.span() for match in _SPELT.finditer(plain)]
    if not matches and not spelt:
        return []
    places = [place for place, sign in enumerate(text) for _ in _PLAIN[ord(sign)]]
    found = [(places[start], places[end - 1] + 1) for start, end in matches if end > start]
    if spelt:
        gaps = {start + gap.start() for start, end in spelt for gap in _SPELT_GAP.finditer(plain[start:end])}
        kept = [place for place in range(len(plain)) if place not in gaps]
        joined = "".join(plain[place] for place in kept)
        for first, last in _matches(joined):
            start, end = kept[first], kept[last - 1]
            if any(start <= gap <= end for gap in gaps):
                found.append((places[start], places[end] + 1))
    return found


def _encoded(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that speak to a reader once they are decoded, as a model that is too clever would."""
    for run in _RUN.finditer(text):
        if any(_matches(said.translate(_PLAIN)) for said in _decoded(run[0])):
            yield run.span()


def _decoded(run: str) -> Iterator[str]:
    if _BASE64.fullmatch(run):
        yield base64.b64decode(run[: len(run) // 4 * 4]).decode("utf-8", "ignore")
    if "&#" in run:
        yield html.unescape(run)
    if "%" in run:
        yield unquote(run, errors="ignore")
    if "\\u" in run:
        yield _ESCAPED.sub(lambda one: chr(int(one[1], 16)), run)
    if run.isascii() and " " in run:
        yield codecs.decode(run, "rot13")


def _matches(plain: str) -> list[tuple[int, int]]:
    """One after another they are faster than as one expression of alternatives."""
    return [match.span() for pattern in _PATTERNS for match in pattern.finditer(plain)]


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole sentence around a match; a line end ends it unless the line only wraps."""
    begin = start
    while begin > 0 and start - begin < _LONGEST and not _ends(text, begin - 1):
        begin -= 1
    while end < len(text) and end - start < _LONGEST and not _ends(text, end):
        end += 1
    return begin, end


def _ends(text: str, place: int) -> bool:
    if _END.match(text, place) is None:
        return False
    if text[place] != "\n":
        return True
    line = text[text.rfind("\n", 0, place) + 1 : place].strip()
    return len(line) < _WRAPPED
