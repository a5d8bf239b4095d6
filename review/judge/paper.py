"""What a printed sheet repeats and what tells nothing: letterhead, its own title, the name and bed once more, bare
signatures. Such lines need not be shown; a line that says anything else always is."""

import re
from collections.abc import Iterator

from review.record import Document

_HOSPITAL = re.compile(r"[一-鿿]{2,24}(?:医院|卫生院|保健院|卫生服务中心|防治院)(?:[（(][一-鿿]{1,12}[）)])?")
# a hospital in a sentence: where somebody went, came from or was sent to
_SENTENCE = re.compile(r"[转往至送赴去来到在于由我从自曾经诊查治建议]|上级|外院|当地|联系")
_FIELD = re.compile(r"(姓名|性别|年龄|科室|科别|病区|床号|住院号|病案号)[:：]\s*([^\s:：，。；]{1,16})")
_SIGNED = re.compile(
    r"(?:(?:上级|主治|主任|住院|经治|麻醉|责任)?(?:医师|医生|护士|手术者|记录者|术者)(?:签名|签字)?[:：]\s*"
    r"[一-鿿·]{2,4}(?![一-鿿])[\s/、]*)+"
)
_LINE = re.compile("[^\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_ENTRY = re.compile(
    r"^[ \t　]*(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})日?(?:[ \tT　]*(\d{1,2})[:：时](\d{1,2}))?", re.M
)


def idle_spans(document: Document) -> tuple[tuple[int, int], ...]:
    """Spans of the lines of a document that its title or an earlier line already says, or that only sign it."""
    return tuple(_idle(document))


def _idle(document: Document) -> Iterator[tuple[int, int]]:
    titles = {_bare(document.title), _bare(document.kind)}
    first: str | None = None
    told: set[tuple[str, str]] = set()
    for match in _LINE.finditer(document.text):
        line = match[0].strip()
        if not line:
            continue
        first = first or line
        fields = _fields(line)
        letterhead = line == first and _HOSPITAL.fullmatch(line) and not _SENTENCE.search(line)
        repeated = bool(fields) and fields <= told
        if letterhead or _bare(line) in titles or repeated or _SIGNED.fullmatch(line):
            yield match.span()
        told |= fields


def _bare(line: str) -> str:
    return "".join(line.split())


def _fields(line: str) -> set[tuple[str, str]]:
    """The fields of a line that holds nothing but fields; none of any other line."""
    rest = _FIELD.sub("", line)
    return set() if rest.strip() else {(name, value) for name, value in _FIELD.findall(line)}


def entry_times(document: Document) -> str | None:
    """From when to when the entries of a sheet were made, as its lines begin; null where no line begins with a date."""
    times = [
        f"{int(year):04}-{int(month):02}-{int(day):02}"
        + (f" {int(hour):02}:{int(minute):02}" if hour else "")
        for year, month, day, hour, minute in _ENTRY.findall(document.text)
    ]
    if not times:
        return None
    first, last = min(times), max(times)
    return first if first == last else f"{first} 至 {last}"
