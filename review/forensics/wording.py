"""What a change of words is about, and whether it is what every office makes: numbering, stamping, filling in.

Labels are those of Chinese records; a date, a number, a name, a result or a signature put in another's place weighs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

DATE = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?(?:\s?\d{1,2}\s?[:：时]\s?\d{2}(?:\s?[:：分]\s?\d{2})?分?秒?)?"
    r"|\d{1,2}[:：时]\d{2}分?|\d{1,2}月\d{1,2}日"
)
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[×xX*/~～]\d+(?:\.\d+)?)*%?")
TOKEN = re.compile(
    f"(?P<date>{DATE.pattern})|(?P<number>{NUMBER.pattern})|[A-Za-z]+|[\\u4e00-\\u9fff]+|\\s+|.", re.DOTALL
)
LABELS = (
    ("姓名", re.compile(r"姓\s*名|患者|病人|\bname\b", re.IGNORECASE)),
    ("签名", re.compile(r"签\s*[名字章]|医师|医生|护士|记录者|审核者|报告者|检验者|操作者|术者")),
    ("诊断", re.compile(r"诊\s*断|印象|\bdiagnos", re.IGNORECASE)),
    ("性别", re.compile(r"性\s*别")),
    ("年龄", re.compile(r"年\s*龄")),
    ("手术", re.compile(r"手术名称|术\s*式|操作名称|麻醉方式")),
)
RESULT = re.compile(
    r"阴性|阳性|^[(（]?[+\-±]{1,4}[)）]?$|未见|异常|正常|\b(?:positive|negative)\b", re.IGNORECASE
)
DISEASE = re.compile(  # what the name of a disease ends in, a remark or a stage behind it
    r"(?:[炎癌瘤疝伤]|[疾恶]?病|综合征|症|感染|骨折|衰竭|梗死|梗塞|出血|结石|脓肿|溃疡|脱位|狭窄|扭转|穿孔|休克|中毒|"
    r"增生|肥大|息肉|囊肿|积液|栓塞|血栓|破裂|畸形|缺损|硬化|白内障|青光眼|高血压|贫血|心绞痛|哮喘)"
    r"(?:[（(][^）)]{1,12}[）)]|[ⅠⅡⅢⅣⅤIV\d]{1,3}[级期型度])?$"
)
SIDE = re.compile(r"左|右|双侧")
GRAVE = re.compile(r"加重|好转|危重|昏迷|同意|拒绝|指征|急诊|出血|癌|恶性|良性")
WEIGHTY = frozenset(("日期", "数值", "姓名", "签名", "诊断", "性别", "年龄", "手术", "结果", "侧别"))
FURNITURE = re.compile(
    r"第\s*\d+\s*页|共\s*\d+\s*页|\bpage\s*\d+|打印|复印|条码|扫描|归档|病案室|与原件|骑缝|水印|作废|副本|密级|盖章|专用章|已核|已阅",
    re.IGNORECASE,
)
ONLY_PAGE = re.compile(r"^[\s\-—_–]*\d{1,4}(?:\s*/\s*\d{1,4})?[\s\-—_–]*$")
BLANK = re.compile(r"^[\s_＿.…·\-—□〇○:：/年月日时分()（）]*$")
PRIVATE = re.compile(
    r"姓\s*名|身份证|证件|电话|手机|联系|住\s*址|地\s*址|单\s*位|邮编|医保号|卡号|\b(?:name|phone|address)\b",
    re.I,
)
LABEL = re.compile(r"([\u4e00-\u9fffA-Za-z][\u4e00-\u9fffA-Za-z0-9()（） ]{0,15})\s*[:：]?\s*$")
LONGEST = 40  # characters of a changed phrase that are shown


@dataclass(frozen=True)
class Change:
    """Words that differ: what they are about, what came before them on their line, and where they stand after."""

    what: str
    label: str
    before: str
    after: str
    start: int  # in the later text
    end: int


def changes(before: str, after: str, lines: Sequence[int] = ()) -> Iterator[Change]:
    """The words that differ between two wordings of one passage; the way its lines break does not count.

    `lines` says where the lines of the later wording begin: a label stands on the line of its value."""
    old, new = _tokens(before), _tokens(after)
    places = [0]
    for token in new:
        places.append(places[-1] + len(token))
    for kind, a, b, c, d in _joined(SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), old):
        if kind == "equal":
            continue
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if "".join(gone.split()) == "".join(come.split()):
            continue
        begins = max((line for line in lines if line <= places[c]), default=0)
        lead = "".join(new[:c])[begins:][-24:]
        around = lead + "".join(new[d : d + 4])
        shown = _trimmed(gone.strip(), come.strip())
        yield Change(_about(gone, come, lead, around), _label(lead), *shown, places[c], places[d])


def _tokens(text: str) -> list[str]:
    return [match[0] for match in TOKEN.finditer(text)]


def _joined(
    codes: Sequence[tuple[str, int, int, int, int]], old: list[str]
) -> list[tuple[str, int, int, int, int]]:
    """Two changes with nothing but a sign between them are one."""
    joined: list[tuple[str, int, int, int, int]] = []
    for at, (kind, a, b, c, d) in enumerate(codes):
        between = "".join(old[a:b])
        thin = kind == "equal" and 0 < at < len(codes) - 1 and len(between) <= 1 and not between.isalnum()
        if (
            joined
            and joined[-1][0] != "equal"
            and (kind != "equal" or (thin and between not in "，。；,;\n "))
        ):
            joined[-1] = ("replace", joined[-1][1], b, joined[-1][3], d)
        else:
            joined.append((kind, a, b, c, d))
    return joined


def _trimmed(gone: str, come: str) -> tuple[str, str]:
    """Long phrases without what they begin and end with alike, but for a few characters."""
    if max(len(gone), len(come)) <= 14 or not gone or not come:
        return gone[:LONGEST], come[:LONGEST]
    start = 0
    while start < min(len(gone), len(come)) and gone[start] == come[start]:
        start += 1
    end = 0
    while end < min(len(gone), len(come)) - start and gone[-1 - end] == come[-1 - end]:
        end += 1
    start, end = max(start - 4, 0), max(end - 4, 0)
    return gone[start : len(gone) - end][:LONGEST], come[start : len(come) - end][:LONGEST]


def _label(lead: str) -> str:
    found = LABEL.search(lead.rstrip())
    return found[1].strip() if found else ""


def _about(gone: str, come: str, lead: str, around: str) -> str:
    both = f"{gone} {come}"
    if DATE.search(both) and not re.sub(DATE, "", both).strip(" 至到-~—"):
        return "日期"
    label = re.split(r"[，。；,;\s]{1,}(?=[^:：]*[:：])", lead)[-1]
    for name, pattern in LABELS:
        if pattern.search(label):
            return name
    if gone.strip() and come.strip() and set(SIDE.findall(gone)) != set(SIDE.findall(come)):
        return "侧别"
    if NUMBER.findall(gone) != NUMBER.findall(come):
        return "日期" if DATE.search(both) else "数值"
    if RESULT.search(both.strip()) or RESULT.search(gone.strip()) or RESULT.search(come.strip()):
        return "结果"
    if DISEASE.search(gone.strip()) and DISEASE.search(come.strip()):
        return "诊断"
    return next((name for name, pattern in LABELS if pattern.search(both)), "文字")


def weighs(change: Change) -> bool:
    """Whether something of clinical weight was put in another's place."""
    if not change.before.strip() or not change.after.strip():
        return False
    return change.what in WEIGHTY or bool(GRAVE.search(change.before) or GRAVE.search(change.after))


def harmless(change: Change, line: str) -> bool:
    """Numbering, stamping, signing and filling in what was blank."""
    if FURNITURE.search(line):
        return True
    if BLANK.match(change.before) and BLANK.match(change.after):
        return True
    filled = BLANK.match(change.before) and bool(change.before.strip() or change.label)
    signed = BLANK.match(change.before) and change.what == "签名"
    return bool(filled or signed)


def private(line: str) -> bool:
    """Whether a line holds what is blacked out to protect a person."""
    return bool(PRIVATE.search(line))
