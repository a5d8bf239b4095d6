"""What a plain policy document says of itself where it always stands: its opening lines and its signature.

Letterhead, number and title; the note of promulgation under the title of a law; issuers and day at the end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.cutting.articles import ARTICLE_PASSAGE
from knowledge.cutting.days import DAY, day_of, with_arabic_days

OPENING_LINES = 18
_TITLE_END = re.compile(
    r"(通知|方案|办法|规定|条例|细则|意见|规范|安排|公告|决定|解释|要点|制度|协议|指南|计划|标准|清单|通告|函|法|"
    r"纲要|目录|通报|批复|指引|程序|规程|章程|口径|说明)[》〉]?"
    r"(?:\s*[（(][^）)]{1,14}[）)])*$"
)
_BRACKETED_NUMBER = (
    r"[一-鿿]{2,14}\s*(?:〔|\[|［|【|\(|（)\s*\d{4}\s*(?:〕|\]|］|】|\)|）)\s*(?:第)?\s*\d{1,5}\s*号"
)
_NUMBER = re.compile(
    rf"^[（(]?\s*({_BRACKETED_NUMBER}|[一-鿿]{{2,20}}(?:公告|通告)\s*\d{{4}}\s*年?\s*第\s*\d+\s*号)\s*[）)]?"
    r"(?:\s+签发人.*)?$"
)
_ORDER = re.compile(r"([一-鿿]{2,20}?(?:令|公告))\s*(?:\(|（)?\s*第\s*([\d一二三四五六七八九十百〇]+)\s*号")
_ORDER_NUMBER = re.compile(r"^[（(]?\s*第\s*([\d〇一二三四五六七八九十百]+)\s*号\s*[）)]?$")
_LETTERHEAD = re.compile(r"^[一-鿿、\s]{0,40}(?:文\s*件|令|公\s*告)$")
_SALUTATION = re.compile(r"[：:]$|^[一二三四五六七八九十]+、|^第[一1]条|。$")
_OFFICE = r"(?:局|委员会|人民政府|办公室|办公厅|厅|法院|检察院|部|国务院|中心|委|协会)"
ISSUER_LINE = re.compile(rf"^[一-鿿\s]{{2,24}}{_OFFICE}(?:\s+[一-鿿\s]{{2,24}}{_OFFICE})*$")
_SIGNED_ON_ONE_LINE = re.compile(rf"^([一-鿿]{{2,24}}{_OFFICE})\s*{DAY}(?:印发)?$")
_TITLE_ISSUER = re.compile(rf"^([一-鿿]{{2,30}}?{_OFFICE}(?:[ 、]?[一-鿿]{{2,20}}{_OFFICE})*)(?:关于|印发)")
_ACT = re.compile(rf"{DAY}\s*([^，。；\n]{{0,60}}?)(公布|发布|通过|批准|修订|修正|修改|颁布|施行|实施)")
_CONGRESS = re.compile(r"(全国|[一-鿿]{2,8}[省市区州])?[^ ，。]{0,14}(?:人民代表大会常务委员会|人民代表大会)")
_ISSUED_NAMED = re.compile(
    r"(?:印发\s*[《〈]?|^)([^《》〈〉]{4,60}?)[》〉]\s*的?通知$|印发\s*([^《》〈〉]{4,60}?)的?通知$"
)


@dataclass(frozen=True)
class Opening:
    """What the opening and the signature tell; `instrument` is the title of what a notice issues and carries."""

    title: str | None = None
    instrument: str | None = None
    number: str | None = None
    issuer: str | None = None
    issued: date | None = None
    in_force_from: date | None = None
    signed: bool = False  # whether `issued` is the day of a signature or of promulgation


def read_opening(text: str, signed: bool = True) -> Opening:
    """`signed` false for a collection of documents, whose last signature is not its own."""
    lines = _opening_lines(text)
    issuer, issued = signature(text) if signed else (None, None)
    acts = _promulgation(lines)
    title = _title(lines)
    return Opening(
        title=title,
        instrument=_instrument(title, text),
        number=_number(lines) or acts.number,
        issuer=issuer or acts.issuer or _title_issuer(title) or _letterhead(lines),
        issued=acts.issued or issued,
        in_force_from=max(filter(None, (acts.in_force_from, acts.issued))) if acts.in_force_from else None,
        signed=bool(acts.issued or (issuer and issued)),
    )


def _opening_lines(text: str) -> list[str]:
    """The lines above the first provision or salutation, and that one."""
    found: list[str] = []
    for line in text[:4000].splitlines():
        said = line.strip().lstrip("#").strip().removeprefix("<!-- INFO END -->")
        if not said:
            continue
        found.append(said)
        if len(found) >= OPENING_LINES or ARTICLE_PASSAGE.match(said):
            break
    return found


def _number(lines: Sequence[str]) -> str | None:
    """The document's own number: a line of its own, or the order it was issued under."""
    for line in lines:
        match = _NUMBER.match(with_arabic_days(line))
        if match:
            return re.sub(r"\s+", "", match[1])
        if line.endswith(("：", ":")):
            break
    for place, line in enumerate(lines[:6]):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        order = re.match(r"^[（(]?([一-鿿]{2,24}令)\s*$", line.replace(" ", ""))
        numbered = _ORDER_NUMBER.match(following)
        if order and numbered:
            return f"{order[1].removeprefix('中华人民共和国')}第{numbered[1]}号"
    return None


@dataclass(frozen=True)
class _Acts:
    """What the note of promulgation under a title tells."""

    number: str | None = None
    issuer: str | None = None
    issued: date | None = None
    in_force_from: date | None = None


def _promulgation(lines: Sequence[str]) -> _Acts:
    """The note between title and first provision; of several acts the last amendment counts."""
    acts = _Acts()
    for line in lines:
        if ARTICLE_PASSAGE.match(line) or line.endswith(("：", ":")):
            break
        plain = with_arabic_days(line)
        order = _ORDER.search(re.sub(DAY, "", plain))
        if order and not re.search(r"修[改订正]", order[1]):
            name = order[1].removeprefix("中华人民共和国")
            issuer = acts.issuer or re.sub(r"(令|公告)$", "", name)
            acts = replace(acts, number=acts.number or f"{name}第{order[2]}号", issuer=issuer)
        for act in _ACT.finditer(plain):
            acts = _with_act(acts, act)
        signed = re.fullmatch(DAY, plain)
        if signed and acts.number:  # an order is signed by a person between its title and its first article
            acts = replace(acts, issued=day_of(signed) or acts.issued)
    return acts


def _with_act(acts: _Acts, act: re.Match[str]) -> _Acts:
    if act[5] in ("施行", "实施"):
        return replace(acts, in_force_from=day_of(act))
    congress = _CONGRESS.search(act[4]) if act[5] == "通过" else None
    if congress and not acts.issuer:
        acts = replace(acts, issuer=_plain_congress(congress[0]))
    # A ministry's meeting passes an order days before it is issued; a congress passes a law on that day.
    issues = act[5] not in ("通过", "批准") or congress
    return replace(acts, issued=day_of(act) or acts.issued) if issues else acts


def _plain_congress(name: str) -> str:
    """第十三届全国人民代表大会常务委员会第三十次会议 is the 全国人民代表大会常务委员会."""
    return re.sub(r"第[〇一二三四五六七八九十百]+(?:届|次会议)", "", name).strip()


def signature(text: str) -> tuple[str | None, date | None]:
    """Issuers and day as a document is signed: the last pair of lines, or one line; else the day of the last line."""
    lines = [line.strip() for line in with_arabic_days(text).splitlines() if line.strip()]
    issuer = issued = None
    for place, line in enumerate(lines):
        on_one = _SIGNED_ON_ONE_LINE.match(line)
        if on_one and (issuer is None or not line.endswith("印发")):
            issuer, issued = on_one[1], day_of(re.match(DAY, line[on_one.start(2) :]))  # type: ignore[arg-type]
        day = re.fullmatch(DAY + r"(?:\s*[（(][^）)]{2,10}[）)])?", line)
        if day is None:
            continue
        signed: list[str] = []
        for above in reversed(lines[max(0, place - 6) : place]):
            if not ISSUER_LINE.match(above) or re.search(r"关于|附件", above):
                break
            signed.insert(0, re.sub(r"\s+", "、" if re.search(_OFFICE + r"\s", above) else "", above))
        if signed:
            issuer, issued = _apart("、".join(signed)), day_of(day)
    if issued is None and lines:
        last = re.search(DAY + r"(?:印发)?$", lines[-1])
        issued = day_of(last) if last else None
    return issuer, issued


def _apart(issuers: str) -> str:
    """Two offices of one place run together: 某省甲局某省乙委 is 某省甲局、某省乙委."""
    place = issuers[:3]
    return issuers[:3] + re.sub(f"(?<!、){re.escape(place)}", f"、{place}", issuers[3:])


def _title(lines: Sequence[str]) -> str | None:
    """The opening lines up to the one that ends like a title; else the first line, if it is no sentence."""
    held = list(lines[:10])
    while len(held) > 1 and _above_title(held[0]):
        held.pop(0)
    joined = ""
    for line in held[:6]:
        if _NUMBER.match(line.replace(" ", "")) or _SALUTATION.search(line):
            break
        joined += line
        if _TITLE_END.search(joined):
            return re.sub(r"^《([^《》]+)》$", r"\1", joined)
    first = held[0] if held else ""
    telling = len(re.findall(r"[^\W\d]", first)) >= 3
    return first if telling and len(first) <= 60 and not _SALUTATION.search(first) else None


def _above_title(line: str) -> bool:
    """Letterhead, number and issuer stand above the title on lines of their own."""
    return bool(
        _NUMBER.match(line.replace(" ", ""))
        or _LETTERHEAD.match(line)
        or _ORDER_NUMBER.match(line)
        or (ISSUER_LINE.match(line) and not _TITLE_END.search(line))
    )


def _instrument(title: str | None, text: str) -> str | None:
    """Of a notice that issues a document which follows in full: that document's title."""
    named = _ISSUED_NAMED.search(title or "")
    if named is None:
        return None
    wanted = re.sub(r"\s", "", named[1] or named[2])
    lines = [(match.start(), match[0]) for match in re.finditer(r"[^\n]+", text)]
    for place, (start, line) in enumerate(lines[1:], start=1):
        said = re.sub(r"[\s《》#]", "", line)
        following = re.sub(r"[\s《》#]", "", lines[place + 1][1]) if place + 1 < len(lines) else ""
        whole = said if wanted in said else said + following
        found = re.fullmatch(
            rf"(?:[一-鿿、]{{2,40}}{_OFFICE})?({re.escape(wanted)}(?:[（(][^）)]{{1,12}}[）)])?)", whole
        )
        if found and len(text) - start > 200:
            return found[1].replace("(", "（").replace(")", "）")
    return None


def _title_issuer(title: str | None) -> str | None:
    match = _TITLE_ISSUER.match(title or "")
    return match[1].strip() if match else None


def _letterhead(lines: Sequence[str]) -> str | None:
    for line in lines[:3]:
        head = re.match(rf"^([一-鿿]{{2,24}}{_OFFICE})\s*(?:文\s*件)$", line)
        if head:
            return head[1]
    return None
