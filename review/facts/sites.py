"""Which parts, vessels, vertebrae, sides, fingers and views a text names: the units that prices are for.

Read in one place for reports, operation names and notes alike. Words are `sites.yaml`; whose they are it does not know.

Where a text can be read as more or as fewer sites, it is read as more: a hospital is not accused for our reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.numerals import number_of

FILE = Path(__file__).with_name("sites.yaml")
SIDE = r"(?P<side>双侧|双|两侧|左右两?侧?|左侧?[、，,/／及和与]?右侧?|左侧?|右侧?)?(?:的|全)?"
BOTH = re.compile(r"双|两|左.*右")
SPINE = {"颈": "C", "胸": "T", "腰": "L", "骶": "S"}
LEVELS = {"C": 7, "T": 12, "L": 5, "S": 5}
REGION = r"(?:(?<![A-Za-z])[CTLS]|第?(?:颈|胸|腰|骶)(?:椎)?)"
DISC = re.compile(
    rf"(?P<one>{REGION})(?P<from>\d{{1,2}})(?:[/／]|(?=[-~～—－][CTLS]?\d{{1,2}}(?:椎?间|间隙|髓核|节段))[-~～—－])"
    r"(?P<two>[CTLS]|腰|骶|胸|颈)?(?P<to>\d{1,2})(?!\d)"
)
VERTEBRA = re.compile(
    rf"(?P<one>{REGION})(?P<from>\d{{1,2}})(?!\d|[A-Za-z])"
    r"(?:[-~～—－至到](?P<two>[CTLS]|腰|骶|胸)?(?P<to>\d{1,2})(?!\d))?"
    r"(?P<more>(?:[、，,及和]\d{1,2}(?=[、，,及和椎]|$))*)"
)
ORDINAL = re.compile(r"第(?P<number>\d{1,2})(?P<region>颈|胸|腰)椎")
SPINAL = re.compile(r"椎|间盘|PVP|PKP|髓核")
SPINES = re.compile(r"(?P<all>[颈胸腰骶尾]{1,4})椎")
DIGIT = r"(?:[拇食示中环小]|无名|第?[1-5一二三四五])"
FINGER = re.compile(
    rf"{SIDE}[手足]?(?P<which>{DIGIT}(?:[指趾]?[、，,及和]{DIGIT})*)(?:[-~～至](?P<to>[1-5一二三四五]))?"
    r"(?P<kind>指|趾)(?!数|标|示|导|征|南|压)"
)
FINGERS = {"拇": 1, "食": 2, "示": 2, "中": 3, "环": 4, "无名": 4, "小": 5}
VIEW = re.compile(
    r"(?P<frontal>正(?=、?侧|双?斜)|侧(?=、?双?斜))|(?P<double>双斜位?|左右斜位?|立卧位|张闭口位?|过伸过屈位?|(?<=双侧)斜位)|"
    r"(?P<one>正位|侧位|斜位|轴位|切线位|开口位|过伸位?|过屈位?|张口位?|闭口位?|立位|卧位|蛙式位|穿胸位|梯位|髁间窝位)"
)


@dataclass(frozen=True)
class Site:
    """One site that a text names; [start, end) counts in the text."""

    kind: str  # part | system | superficial | view | vessel | vertebra | disc | side | finger
    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Word:
    """One declared word, compiled."""

    label: str
    pattern: re.Pattern[str]
    sided: bool
    both: bool
    each: int
    own: bool  # named by what was written instead of by its label
    part_of: re.Pattern[str] | None  # no site of its own where this is named too


@cache
def words(kind: str) -> tuple[Word, ...]:
    """The declared words of a kind; a misspelt key is an error."""
    declared = yaml.safe_load(FILE.read_text("utf-8"))[kind]
    return tuple(_word(entry.pop("any"), **entry) for entry in declared)


def _word(
    named: str,
    *,
    label: str,
    sided: bool = False,
    both: bool = False,
    each: int = 1,
    own: bool = False,
    part_of: str = "",
) -> Word:
    pattern = re.compile(f"{SIDE}(?P<word>{named})" if sided else f"(?P<side>(?!))?(?P<word>{named})")
    return Word(label, pattern, sided, both, each, own, re.compile(part_of) if part_of else None)


def sites(text: str, *kinds: str) -> Iterator[Site]:
    """Every site of these kinds that a text without white space names, a site as often as it is named."""
    for kind in kinds:
        match kind:
            case "view":
                yield from _views(text)
            case "vertebra" | "disc":
                yield from _levels(text, kind)
            case "finger":
                yield from _fingers(text)
            case "side":
                yield from _sides(text)
            case "part":
                yield from _spines(text)
                yield from _named(text, kind)
            case _:
                yield from _named(text, kind)


def _named(text: str, kind: str) -> Iterator[Site]:
    for word in words(kind):
        if word.part_of and word.part_of.search(text):
            continue
        for match in word.pattern.finditer(text):
            label = match["word"] if word.own else word.label
            for side in _sides_of(match["side"], word):
                for number in range(1, word.each + 1):
                    counted = f"·{number}" if word.each > 1 else ""
                    yield Site(kind, f"{side}{label}{counted}", match.start(), match.end())


def _sides_of(said: str | None, word: Word) -> tuple[str, ...]:
    if not word.sided:
        return ("",)
    if said is None:
        return ("左", "右") if word.both else ("",)
    return ("左", "右") if BOTH.search(said) else (said[0],)


def _sides(text: str) -> Iterator[Site]:
    for match in re.finditer(
        r"双侧|两侧|双(?=[眼耳乳膝髋肩踝腕肘肾肺足手])|[左右](?!主干|前降|回旋|[冠心室房右])", text
    ):
        for side in ("左", "右") if match[0][0] in "双两" else (match[0],):
            yield Site("side", side, match.start(), match.end())


def _spines(text: str) -> Iterator[Site]:
    """颈椎, 胸腰椎: one part for each region of the spine."""
    for match in SPINES.finditer(text):
        for region in match["all"]:
            yield Site("part", f"{'骶尾' if region in '骶尾' else region}椎", match.start(), match.end())


def _levels(text: str, kind: str) -> Iterator[Site]:
    """L4/5 is a disc, L1 and T12-L2 are vertebrae; nothing is read where no spine is spoken of."""
    if not SPINAL.search(text):
        return
    discs = list(DISC.finditer(text))
    if kind == "disc":
        for match in discs:
            one, two = _region(match["one"]), _region(match["two"] or match["one"])
            label = f"{one}{int(match['from'])}/{two}{int(match['to'])}"
            yield Site(kind, label, match.start(), match.end())
        return
    taken = [(match.start(), match.end()) for match in discs]
    for match in VERTEBRA.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            for label in _vertebrae(match):
                yield Site(kind, label, match.start(), match.end())
    for match in ORDINAL.finditer(text):
        yield Site(kind, f"{SPINE[match['region']]}{int(match['number'])}", match.start(), match.end())


def _region(said: str) -> str:
    return next((code for word, code in SPINE.items() if word in said), said[-1])


def _vertebrae(match: re.Match[str]) -> list[str]:
    one, first = _region(match["one"]), int(match["from"])
    if not 1 <= first <= LEVELS[one]:
        return []
    column = [f"{region}{level}" for region, count in LEVELS.items() for level in range(1, count + 1)]
    begins = column.index(f"{one}{first}")
    ends = begins
    if match["to"]:
        last = f"{_region(match['two'] or match['one'])}{int(match['to'])}"
        ends = column.index(last) if last in column else begins
    more = [f"{one}{int(number)}" for number in re.findall(r"\d+", match["more"])]
    return [*column[begins : max(begins, ends) + 1], *(label for label in more if label in column)]


def _fingers(text: str) -> Iterator[Site]:
    for match in FINGER.finditer(text):
        which = [_digit(one) for one in re.findall(DIGIT, match["which"])]
        which += range(which[-1] + 1, number_of(match["to"]) + 1) if match["to"] else ()
        sides = ("左", "右") if BOTH.search(match["side"] or "") else ((match["side"] or " ")[0].strip(),)
        for side in sides:
            for number in which:
                yield Site("finger", f"{side}{number}{match['kind']}", match.start(), match.end())


def _digit(said: str) -> int:
    return FINGERS.get(said) or number_of(said.removeprefix("第"))


def _views(text: str) -> Iterator[Site]:
    """Each view of each part; a part without its views leaves their number open, and none is given."""
    parts = sorted(sites(text, "part"), key=lambda site: (site.start, site.end))
    views = list(VIEW.finditer(text))
    if parts and (not views or parts[-1].start > views[-1].start()):
        return
    current: list[str] = []
    found: list[Site] = []
    place = 0
    for view in views:
        named = [site.label for site in parts if place <= site.start < view.start()]
        current = named or current or [""]
        count = 2 if view["double"] else 1
        for label in current:
            found += [
                Site("view", f"{label}{view[0]}·{number}", view.start(), view.end())
                for number in range(count)
            ]
        place = view.end()
    yield from found
