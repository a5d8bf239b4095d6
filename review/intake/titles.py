"""Title lines of record documents: which kinds there are, how hospitals write them, and the time beside a title.

A title is a whole line. Words of a title inside a sentence are no title, so nothing is cut out of running text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from review.facts.times import MOMENT, Moment, moments

OTHER = "其他"
PROGRESS = "日常病程记录"
NURSING = "护理记录"
_GRADE = r"(?:主治|副主任|主任|科主任|上级|住院总|教学)(?:医师|医生)?"
_ROUND = r"(?:代主治)?(?:首次|日常|第[一二三四五\d]+次)?查房(?:记录|意见|录)?"
# Kind and the way its title is written, white space aside. The first that fits a whole line is taken.
_KINDS: tuple[tuple[str, str], ...] = (
    ("24小时内入出院记录", r"(?:24|二十四)小时内?入出院记录"),
    ("24小时内入院死亡记录", r"(?:24|二十四)小时内?入院死亡记录"),
    ("入院记录", r"(?:再次|多次|第[一二三四五六七八九\d]+次|再)?入院(?:记录|志|病历)|住院志|住院病历"),
    ("首次病程记录", r"首次病程(?:记录|志|录)?"),
    ("术后首次病程记录", r"(?:术|手术)后首次病程(?:记录|志|录)?|术后即刻病程记录"),
    ("主治医师查房记录", rf"(?:[\u4e00-\u9fff·]{{2,4}})?主治(?:医师|医生)?{_ROUND}"),
    ("上级医师查房记录", rf"(?:[\u4e00-\u9fff·]{{2,4}})?{_GRADE}{_ROUND}|(?:三级)?查房记录"),
    (PROGRESS, r"(?!.{0,2}(?:见|写|完善|补))[\u4e00-\u9fffA-Za-z\d]{0,8}病程(?:记录|录)|日常病程"),
    ("会诊记录", r"(?:院内|院外|科间|急|多学科|MDT|全院)?会诊(?:记录|单|意见|申请|记录单|申请单|意见单)"),
    ("疑难病例讨论记录", r"疑难(?:危重)?病例讨论(?:记录|会)?"),
    ("死亡病例讨论记录", r"死亡病例讨论(?:记录)?"),
    ("术前讨论记录", r"术前(?:病例)?讨论(?:记录)?"),
    ("抢救记录", r"(?:危重患者)?抢救(?:病程)?记录(?:单)?"),
    ("麻醉术前访视记录", r"(?:麻醉)?(?:术|麻醉)前访视(?:记录|单|记录单)|麻醉前评估(?:单|记录)?"),
    ("麻醉术后访视记录", r"(?:麻醉)?(?:术|麻醉)后(?:随访|访视)(?:记录|单|记录单)"),
    ("麻醉记录", r"麻醉(?:记录|记录单|单)"),
    ("术前小结", r"(?:手?术前)小结"),
    ("手术安全核查记录", r"手术安全核查(?:记录|表|单|记录单)"),
    ("手术清点记录", r"手术(?:物品|器械)?清点(?:记录|单|记录单)"),
    ("手术记录", r"手术(?:记录|记录单|志|经过记录)"),
    (
        "有创诊疗操作记录",
        r"(?:有创)?(?:诊疗|诊断|治疗)?操作记录(?:单)?"
        r"|[\u4e00-\u9fff]{2,10}(?:穿刺|置管|引流|插管)(?:术)?(?:操作)?记录(?:单)?",
    ),
    ("转科记录", r"转(?:科|入|出)记录|转[入出]科?记录"),
    ("交接班记录", r"(?:交接|交|接)班记录"),
    ("阶段小结", r"阶段小结"),
    ("出院记录", r"出院记录"),
    ("出院小结", r"出院小结"),
    ("死亡记录", r"死亡记录"),
    ("输血记录", r"输血(?:治疗)?(?:记录|记录单|病程记录)"),
    (
        NURSING,
        r"(?:一般|危重|病重|病危|重症|特别|特级|[IⅡ一二三]{1,3}级|病情|手术|产科|新生儿)?(?:患者|病人)?(?:病情)?护理(?:观察)?记录(?:单|表)?",
    ),
    ("护理评估单", r"[\u4e00-\u9fff（）()]{0,14}(?:护理|风险|入院)评估(?:单|表|记录)"),
    ("体温单", r"(?:三测|体温)单"),
    ("病危（重）通知书", r"病[危重](?:[（(][危重][）)])?通知(?:书|单)|病(?:危|重)重?通知书"),
    (
        "知情同意书",
        r"(?!.{0,4}(?:签|拒|无|已|见|附))[\u4e00-\u9fffA-Za-z0-9（）()、+/-]{0,24}(?:知情)?同意书",
    ),
    ("告知书", r"(?!.{0,4}(?:签|拒|已|见|附))[\u4e00-\u9fff（）()、]{0,20}告知书"),
    ("医患沟通记录", r"(?:医患)?(?:沟通|谈话)(?:记录|记录单)"),
    ("病案首页", r"(?:住院|中医住院)?病案首页"),
    ("病理报告单", r"(?:[\u4e00-\u9fff]{0,6})?病理(?:检查|诊断|学)?(?:诊断)?报告(?:单|书)?"),
    ("检验报告单", r"(?:[\u4e00-\u9fff]{0,8})?(?:检验|化验)(?:结果)?(?:报告单|报告|单)"),
    (
        "检查报告单",
        r"[\u4e00-\u9fffA-Za-z0-9-]{0,14}(?:检查|CT|MRI|MR|DR|超声|彩超|B超|磁共振|X线|放射|影像|心电图|内镜|胃镜|肠镜|超声心动图)"
        r"(?:诊断)?(?:检查)?(?:报告单|报告书|报告)",
    ),
    (
        "治疗记录单",
        r"(?!.{0,2}(?:见|写|完善|补))[\u4e00-\u9fffA-Za-z]{0,10}?(?:治疗|康复|训练|透析|净化|理疗|放疗|针灸|换药|雾化)"
        r"(?:执行)?记录(?:单|表)?|[\u4e00-\u9fff]{0,6}治疗(?:执行)?单",
    ),
    ("医嘱单", r"(?:长期|临时)?医嘱(?:记录)?(?:单|本)"),
    (
        "费用清单",
        r"(?:住院)?(?:病人|患者)?(?:住院)?费用(?:明细)?(?:清单|汇总单|明细)|(?:一日|每日)(?:费用)?清单",
    ),
)
_TITLE = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_HINT = re.compile(
    r"记\s*录|病\s*程|小\s*结|查\s*房|同\s*意\s*书|告\s*知\s*书|通\s*知\s*书|首\s*页|报\s*告|医\s*嘱\s*(?:记\s*录\s*)?[单本]|清\s*单"
    r"|治\s*疗\s*(?:执\s*行\s*)?单"
    r"|体\s*温\s*单|三\s*测\s*单|评\s*估|会\s*诊|讨\s*论|核\s*查|明\s*细|化\s*验\s*单|检\s*验\s*单|入\s*院\s*[志病]|住\s*院\s*[志病]|访\s*视"
)
_FRAME = re.compile(r"^[\s\-=_*#─—·•【\[《<]+|[\s\-=_*#─—·•】\]》>:：]+$")
_HOSPITAL = re.compile(
    r"^[\u4e00-\u9fff（）()A-Za-z]{2,24}?(?:医院|卫生院|医疗中心|保健院|服务中心|诊所|疗养院)"
)
_DEPARTMENT = re.compile(r"^[\u4e00-\u9fff]{1,8}科(?=病程|首次|日常|护理|入院|出院|查房)")
_SUBTITLE = re.compile(r"[（(][^（）()]{1,20}[）)]$|^[（(][^（）()]{1,8}[）)]")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]{1,2}、|\d{1,2}[.、](?!\d))")
TIME_LABEL = re.compile(r"(?:记录|书写|查房|会诊|抢救|手术|完成)?(?:时间|日期)\s*[:：]")
LONGEST_TITLE = 70
REMEMBERED = 4_096  # a hospital's sheets bear the same few titles


@dataclass(frozen=True)
class Title:
    """A recognised title line: its kind, the title as written, and the time on the same line if any."""

    kind: str
    text: str
    moment: Moment | None


def read_title(line: str) -> Title | None:
    """The title that a line is, or None. A time before or behind it and a subtitle in brackets may stand beside it."""
    return _title_of(line) if len(line) <= LONGEST_TITLE and _HINT.search(line) else None


@lru_cache(maxsize=REMEMBERED)
def _title_of(line: str) -> Title | None:
    stamps = moments(line)
    moment = stamps[0] if stamps else None
    rest = line
    if moment is not None:
        if len(stamps) > 1 or not _beside(line, moment):
            return None
        rest = line[: moment.start] + "  " + line[moment.end :]
    rest = re.sub(r"[（(【\[]\s*[）)】\]]", "", TIME_LABEL.sub("  ", rest))
    head = re.split(r"(?:\s{2,}|\t)(?=[\u4e00-\u9fff\s]{2,8}[:：\t])", rest.strip(), maxsplit=1)[0]
    shown = _FRAME.sub("", head).strip()
    kind = kind_of_title(shown)
    return Title(kind, "".join(shown.split()), moment) if kind else None


def _beside(line: str, moment: Moment) -> bool:
    """Whether the time stands before or behind the title and not in its middle."""
    before, after = line[: moment.start], line[moment.end :]
    return not before.strip(" \t([（【-") or not after.strip(" \t)]）】-") or bool(re.match(r"\s{2,}", after))


@lru_cache(maxsize=REMEMBERED)
def kind_of_title(title: str) -> str | None:
    """The kind that a title names, its hospital, department, numbering and subtitle aside."""
    bare = _NUMBERING.sub("", "".join(title.split()))
    stripped = _SUBTITLE.sub("", bare)
    for candidate in dict.fromkeys((bare, stripped, _without_place(bare), _without_place(stripped))):
        for kind, pattern in _TITLE:
            if candidate and pattern.fullmatch(candidate):
                return kind
    return None


def _without_place(title: str) -> str:
    return _DEPARTMENT.sub("", _HOSPITAL.sub("", title))


def kind_of_file(stem: str) -> str | None:
    """The kind that a file's name states, if it names exactly one; numbers, dates and names aside."""
    pieces = re.split(r"[\s_\-.,，、及和与（）()\d]+", stem)
    kinds = dict.fromkeys(kind for piece in pieces if piece and (kind := kind_of_title(piece)))
    return next(iter(kinds)) if len(kinds) == 1 else None


def only_moment(line: str) -> Moment | None:
    """The time that is all a line says, its label aside."""
    bare = TIME_LABEL.sub("", line).strip(" \t[]【】()（）-")
    match = MOMENT.fullmatch(bare) if bare and len(line) < 40 else None
    return moments(line)[0] if match and moments(line) else None
