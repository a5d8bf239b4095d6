"""When a document was written, who signed it, and which sections it has."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice, zip_longest

from review.facts.times import line_moments, moments
from review.intake.titles import NURSING
from review.record import Section, Signature

_DOCTORS = (
    "主任医师|副主任医师|主治医师|住院医师|进修医师|经治医师|管床医师|主管医师|主诊医师|上级医师|值班医师|会诊医师|"
    "麻醉医师|手术医师|接诊医师|科主任|医师|医生"
)
_NURSES = "责任护士|值班护士|巡回护士|器械护士|护士长|护士"
_OTHERS = "手术者|术者|麻醉者|患者(?:[（(或/]?家属[）)]?)?|家属|代理人|被委托人|检查者|检验者|审核者|报告者"
ROLE = re.compile(
    rf"(?P<role>(?:{_DOCTORS}|{_NURSES}|{_OTHERS})\s*[（(]?\s*(?:签\s*[名字]|签章)\s*[）)]?|记录(?:者|人|医师|护士)(?:签名)?|(?:责任|值班)护士|手术者|术者|第[一二]助手|麻醉医师|"
    r"(?:报告|审核|检验|检查|会诊|操作)(?:者|人|医师)|主持人|签\s*[名字])\s*[:：]"
)
BRACKETS = re.compile(r"[（(]\s*(?=签)|(?<=[名字章])\s*[）)]")
_END_OF_NAME = re.compile(
    r"\s{3,}|[，,；;。/]|(?:日\s*期|时\s*间|记录时间|签名时间|签字时间|职称)\s*[:：]|\d|与患者关系"
)
_NAME = re.compile(
    r"\s*([\u4e00-\u9fff·]{2,4}(?![\u4e00-\u9fff])|[\u4e00-\u9fff]\s{1,2}[\u4e00-\u9fff](?![\u4e00-\u9fff])"
    r"|[A-Za-z][A-Za-z .]{2,30})"
)
_NO_NAME = re.compile(r"拒|[已未代补]签|不?同意|本人|同上|空白|无")
_WRITTEN = re.compile(
    r"(?:记\s*录|书\s*写|签\s*[名字]|完\s*成|填\s*写|报\s*告)\s*(?:时\s*间|日\s*期)\s*[:：]\s*"
)
_NEAR = 40  # characters behind a label within which its time must begin

_SECTION = (
    "主诉|现病史|既往史|个人史|婚育史|月经史|婚姻史|生育史|家族史|过敏史|流行病学史|体格检查|查体|专科情况|专科检查|专科体检|辅助检查|实验室检查|"
    "初步诊断|入院诊断|出院诊断|修正诊断|确定诊断|补充诊断|最后诊断|目前诊断|转出诊断|转入诊断|病例特点|病史特点|拟诊讨论|诊断依据|鉴别诊断|诊疗计划|治疗计划|"
    "入院情况|诊疗经过|治疗经过|诊治经过|住院经过|出院情况|出院医嘱|出院带药|目前情况|手术名称|手术方式|手术经过|手术步骤|手术日期|术前诊断|术中诊断|术后诊断|"
    "手术指征|拟施手术|拟行手术|麻醉方式|麻醉方法|术中情况|术后处理|注意事项|病情变化|抢救措施|抢救经过|死亡原因|死亡诊断|死亡时间|会诊目的|会诊意见|讨论意见|"
    "检查所见|影像所见|超声所见|镜下所见|检查结论|诊断意见|影像诊断|超声提示|检查报告诊断|病理诊断|患者意见"
)
_SECTION_LINE = re.compile(
    rf"^[ \t]*(?:[一二三四五六七八九十]{{1,2}}、|\d{{1,2}}[.、]\s*)?[【\[]?"
    rf"(?P<name>(?:{_SECTION})(?:[、及和与/](?:{_SECTION}))*)[ ]*(?:[】\]]\s*[:：]?|[:：\t]|(?=\s*$))",
    re.MULTILINE,
)
_HOLDS = {"拟诊讨论": ("诊断依据", "鉴别诊断")}


@lru_cache(maxsize=4)  # documents are read one after the other
def _roles(text: str) -> tuple[re.Match[str], ...]:
    """Every label of a signature in a document."""
    return tuple(ROLE.finditer(text))


def written_at(text: str, heading: datetime | None, heading_exact: bool) -> tuple[datetime | None, bool]:
    """The time said beside 记录时间 or a signature, else that of the heading; and whether a clock time is given."""
    for place in (*_after_labels(text, _WRITTEN), *_after_signatures(text)):
        found = moments(text[place : place + _NEAR])
        if found and not text[place : place + found[0].start].strip(" \t:："):
            return found[0].at, found[0].exact
    return heading, heading_exact and heading is not None


def _after_labels(text: str, label: re.Pattern[str]) -> list[int]:
    """Where the labels end, the last one first: what stands lower was written later."""
    return [match.end() for match in label.finditer(text)][::-1]


def _after_signatures(text: str) -> Iterator[int]:
    """Behind the name on a signature's line, and the start of the line below it."""
    for match in reversed(_roles(text)):
        if "签" not in match["role"] and not match["role"].startswith("记录"):
            continue
        line_end = text.find("\n", match.end())
        line_end = len(text) if line_end < 0 else line_end
        dated = moments(text[match.end() : line_end])
        if dated:
            yield match.end() + dated[-1].start
        yield line_end + 1


def signatures(text: str) -> tuple[Signature, ...]:
    """Names behind the roles they were signed in, in order; an empty line to sign on is no signature."""
    found: dict[Signature, None] = {}
    labels = _roles(text)
    for label, following in zip_longest(labels, labels[1:]):
        line_end = text.find("\n", label.end())
        end = min(
            len(text) if line_end < 0 else line_end, following.start() if following is not None else len(text)
        )
        role = "".join(BRACKETS.sub("", label["role"]).split())
        for part in re.split(r"[、/]", text[label.end() : end]):
            cut = _END_OF_NAME.search(part.strip())
            name = _NAME.match(part.strip()[: cut.start()] if cut else part.strip())
            if name and not _NO_NAME.match(name[1]):
                found[Signature(role, "".join(name[1].split()))] = None
    return tuple(found)


def sections(kind: str, text: str) -> tuple[Section, ...]:
    """The labelled parts of a document; of a nursing sheet its timed entries, named by their time as written."""
    if kind == NURSING:
        entries = _entries(text)
        if entries:
            return entries
    starts = [(match.start("name"), "".join(match["name"].split())) for match in _SECTION_LINE.finditer(text)]
    signed = [match.start() for match in _roles(text) if "签" in match["role"]]
    found = []
    for number, (start, name) in enumerate(starts):
        held = _HOLDS.get(name, ())
        following = islice(starts, number + 1, None) if held else starts[number + 1 : number + 2]
        end = next((place for place, other in following if other not in held), len(text))
        signature = bisect_right(signed, start)
        end = min([end, *signed[signature : signature + 1]])
        found.append(Section(name, start, start + len(text[start:end].rstrip())))
    return tuple(found)


def _entries(text: str) -> tuple[Section, ...]:
    stamps = line_moments(text, None)
    last = _roles(text)[-1].start() if _roles(text) else len(text)
    found = []
    for stamp, following in zip_longest(stamps, stamps[1:]):
        end = following.start if following is not None else (last if last > stamp.end else len(text))
        name = text[stamp.start : stamp.end].strip(" \t|,，")
        start = stamp.start + len(text[stamp.start : stamp.end]) - len(text[stamp.start : stamp.end].lstrip())
        found.append(Section(name, start, start + len(text[start:end].rstrip())))
    return tuple(found)
