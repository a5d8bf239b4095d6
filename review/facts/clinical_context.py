"""How a clinical name is meant where it stands: present, denied, of the past, suspected, of a relative, only possible.

Cues are read from the clause with the names of the vocabulary masked, so that the 无 of 无尿 denies nothing and a list
is seen as one; a list carries its cue to its last member, a new assertion ends it.
"""

import re
from typing import NamedTuple

from review.facts.context import CLAUSE_ENDS
from review.facts.sentences import Wording

MASK = "■"
CLAUSE_BEGIN = re.compile(f".*[{CLAUSE_ENDS}]", re.DOTALL)
CLAUSE_OR_LABEL = re.compile(f".*[{CLAUSE_ENDS}：:]", re.DOTALL)
CLAUSE_END = re.compile("[，,。；;！!]")
ITEM = rf"[{MASK}、及和或与”"
DENIAL = re.compile(
    r"否认|未见|未闻|未触|未及|未引出|未查|未发现|未诉|未述|未出现|未再|未发生|未伴|未提示|未有|没有|并无|从无|不伴|不考虑|不支持|"
    r"不符合|无再|未曾|从未|不曾|未觉|未感|未解|(?<![需疑并])排除|(?<!不)除外|"
    r"(?<!有)无(?!明显诱因|明确诱因|诱因|论|法|效|创|菌|好转|缓解|改善|变化|特殊|不适|异常|痛(?=[性胃肠内人支气电]|$)|明显(?:好转|缓解|变化|改善|加重)|规律)|"
    rf"[未非不没](?=[{MASK}]|$)"
)
SCOPE_ENDS = re.compile(
    r"但|仍|而(?!后)|出现|伴(?!随)|致|遂|突|予|考虑|现(?!病|在)|后(?![背壁])|因|加重|可闻|可见|转为|呈|，有|继而|诉有"
)
DIRECT = re.compile(r"^(?:再|及|到|明显|明确|显著|诉|伴|有|出现|发|闻|触|引出|确切|见|新发|发生|因)*")
DENIED_AFTER = re.compile(
    ITEM
    + r"等症状病史征象体表现反应情况]*(?:[^，。；、"
    + MASK
    + r"]{0,4}?)(?:阴性|（[-－—]）|\([-－—]\)|[均皆都]无|[：:]无|"
    r"未见(?!好转|缓解|减轻|改善|加重)|未及|未触及|未闻及|未引出|[均已]?否认|"
    r"消失|消退|完全缓解|已退|已消|停止|已止|已停|纠正|治愈|痊愈|已愈|已?(?<![需待不能全未])排除|可除外|已除外|不支持|不考虑|依据不足|证据不足|"
    r"可能性(?:较|很|不)?(?:小|低|大不)|可能性不大|不符)"
)
SUSPECTED_BEFORE = re.compile(
    r"(?<![无质])疑|不除外|[不未]能?(?:完全)?(?:排除|除外)|(?:需|须|协助|进一步|待|以|为|拟|明确)[^，。；]{0,6}?(?:排除|除外|鉴别)|"
    r"可能(?:为|是|系)|倾向|尚不能排除|不排除|待除外"
)
SUSPECTED_AFTER = re.compile(
    ITEM + r"等]*(?:[^，。；、" + MASK + r"]{0,6}?)(?:[（(]?[？?]|(?:相|进行)?鉴别|待排|待除外|待鉴别|"
    r"不除外|不能除外|不排除|不能(?:完全)?排除|的?可能(?!性[较很]?[小低不]))"
)
UNEXPLAINED = re.compile(ITEM + r"等]*[^，。；、]{0,4}?(?:待查|待诊|待明确)")
WORK_UP = re.compile(r"建议|完善|拟|急查|进一步|必要时|明日|行[^，。；]{0,12}$")
CONDITION = re.compile(
    r"如(?:有|出现|果|再|遇|发生|若|仍|突)|(?:^|[，；：:])如(?!厕|下|上|前|期)|若|一旦|假如|倘若|万一|警惕|谨防|以防|预防|防止|避免|"
    r"可能(?:会)?(?:出现|发生|导致|引起|并发|存在|有)|有无|是否|注意(?:观察)?|风险[：:]|并发症[：:]|风险包括|风险如"
)
CONDITION_AFTER = re.compile(ITEM + r"等的]*(?:风险|可能性|时[及立随请应]|危险|高危)")
PLAN = re.compile(
    r"拟|择期|计划|准备|将[于行]|必要时|建议|预约|定于|明日|次日|明晨|今日下午|下周|周[一二三四五六日]|要求|为行|为求|求行|"
    r"待[^，。]{0,8}后|择日|为(?=第)|进一步|下一步|完善|限期|等待|安排|需行|应行|可行|[入住来返]院(?:行|第)|申请|待行|待$|[需须](?:要|急诊|尽快|立即|限期|再次|行)*$|考虑行?$|决定|行第\d+(?:次|周期)[^，。；]{0,6}(?:入院|收)|(?:[若如][^，。；]{1,12}则)"
)
NOT_DONE = re.compile(r"未行|取消|未果")
DONE = re.compile(r"已|昨日|昨天|后第|完成|曾|既往|今日行|当日行|过程顺利|急诊行|术后")
PAST_BEFORE = re.compile(
    r"既往|曾|以往|自幼|(?:既往|过去)史[：:]|(?:[\d一二三四五六七八九十数半多余两]+)(?:余|多)?(?:年|个?月)余?前|多年前|(?:19|20)\d\d年(?!\d{1,2}月\d{1,2}日)"
)
PAST_AFTER = re.compile(
    ITEM + r"等]*(?:[（(][^）)]{0,8}[）)])?[^，。；、]{0,4}?(?:病史|史(?!无)|"
    r"[^，。；、]{0,8}?(?:\d+|[半数多十一二三四五六七八九两])(?:余|多)?(?:年|个?月))"
)
MONTHS_AGO = re.compile(r"月余?前")
DATED = re.compile(r"(?:19|20)\d\d[-年./]")
AT_NEED = re.compile(ITEM + r"]*时")
RECENT_AGAIN = re.compile(r"近\d|再发|反复|间断|间歇|加重|逐渐|再次")
STILL_PAST = re.compile(r"^(?:遗留|诊断|确诊|明确|表现为|发作时|当时|后遗|并发|术后|后|经|予)")
RELATIVE = re.compile(
    r"父|母|兄|哥|嫂|弟|姐|妹|配偶|丈夫|妻|其子(?!宫)|其女|儿子|女儿|家族|[舅叔姑姨爷奶]|外公|外婆|子女|亲属"
)
WATCHED = re.compile(r"(?:观察|监测|关注|评估)[^，。；]*$")
WATCHED_AFTER = re.compile(ITEM + r"等]*(?:变化|情况|程度)")
TELLS = re.compile(r"诉|述|称|发现|告知|陪|说|代|见患|送|反映")
GENERAL = re.compile(
    r"可致|可引起|可导致|"
    r"多有|常有|可有|常见|多见|典型|常伴|多伴|多表现|可表现|常表现|多为|早期可|多于|好发|一般有|特点为|临床表现"
)
UNLIKELY = re.compile(
    r"不支持|不符|可能性(?:较|很)?(?:小|低)|可能性不大|(?<![需待不能])(?:可|已|暂)?(?:予以?)?(?:排除|除外)(?!性)|不考虑|依据不足|无[^，。]{0,12}(?:依据|证据)|[可资]鉴别"
)
OPEN = re.compile(
    r"(?:完善|检查|动态观察)[^，。]{0,8}(?:排除|除外)[，。；]?$|"
    r"需[^，。]{0,16}(?:排除|鉴别|除外)|进一步|待[^，。]{0,8}(?:排除|除外|明确)|不[能可]?(?:完全)?(?:排除|除外)"
)
FAMILY = "家族史"
BEFORE_SECTIONS = ("既往史", "个人史")


class Surroundings(NamedTuple):
    """A wording with its names masked, and the clauses of it."""

    wording: Wording
    masked: str

    def clause(self, start: int, end: int, begins: re.Pattern[str] = CLAUSE_BEGIN) -> tuple[int, int]:
        before, after = begins.match(self.masked, 0, start), CLAUSE_END.search(self.masked, end)
        return before.end() if before else 0, after.start() if after else len(self.masked)


def meaning(around: Surroundings, start: int, end: int, *, diagnosis: bool) -> str | None:
    """What is said of the name at [start, end): a mark of `clinical.MARKS`; null where nothing is said of a patient."""
    left, right = around.clause(start, end)
    before, after = around.masked[left:start], around.masked[end:right]
    section = around.wording.section or ""
    if is_general(around, before, section, diagnosis) or _watched(before, after):
        return None
    condition = _conditional(around, left, before, after)
    unsettled = diagnosis and (UNEXPLAINED.match(after) or _ruling_out(around, left, before, section))
    if suspected(before, after) or unsettled:
        return None if condition and not diagnosis else "suspected"
    if denied(before, after) or _denied_list(around, left, start, end):
        return None if condition else "denied"
    if condition:
        return "possible"
    if FAMILY in section or (RELATIVE.search(before) and not TELLS.search(before)):
        return "relative"
    return "past" if _past(around, left, before, after, section, diagnosis) else "present"


def denied(before: str, after: str) -> bool:
    """Whether a denial stands before the name and reaches it, or follows its list."""
    cues = list(DENIAL.finditer(before.split("：")[-1].split(":")[-1]))
    if cues:
        scope = before.split("：")[-1].split(":")[-1][cues[-1].end() :]
        scope = scope[_end_of(DIRECT, scope) :]
        if not SCOPE_ENDS.search(scope):
            return True
    return DENIED_AFTER.match(after) is not None


def suspected(before: str, after: str) -> bool:
    if SUSPECTED_AFTER.match(after):
        return True
    cues = [match.end() for match in SUSPECTED_BEFORE.finditer(before)]
    return bool(cues) and not SCOPE_ENDS.search(before[cues[-1] :]) and not DENIED_AFTER.match(after)


def head_verdict(rest: str) -> str:
    """What a differential diagnosis comes to: denied where the text settles it, else suspected."""
    return "denied" if UNLIKELY.search(rest) and not OPEN.search(rest) else "suspected"


def planned(around: Surroundings, start: int, end: int) -> bool:
    """Whether a procedure is to come: a cue of planning in its clause, and none of its being done."""
    left, right = around.clause(start, end, CLAUSE_OR_LABEL)
    before, after = around.masked[left:start], around.masked[end:right]
    wide = around.masked[around.clause(start, end)[0] : start]
    return (
        bool(PLAN.search(before + around.masked[start:end]) or PLAN.search(wide))
        and not DONE.search(before)
        and not NOT_DONE.search(after)
        and not denied(before, after)
    )


def past_procedure(around: Surroundings, start: int, end: int) -> bool:
    left, right = around.clause(start, end)
    before, after = around.masked[left:start], around.masked[end:right]
    section = around.wording.section or ""
    old = (
        "既往史" in section
        or ("诊断" in section and re.match(r"术?后(?!第)", after))
        or (section == "现病史" and DATED.search(before))
        or PAST_BEFORE.search(before)
        or re.match(r"[^，。；]{0,10}史|术?后(?:\d|[一二三四五六七八九十半多余])+(?:余|多)?年", after)
    )
    return bool(old) and not PLAN.search(before)


def is_general(around: Surroundings, before: str, section: str, diagnosis: bool) -> bool:
    """What a disease is like in general is said of no patient."""
    return bool(GENERAL.search(before)) and "患者" not in before and ("鉴别" in section or not diagnosis)


def _watched(before: str, after: str) -> bool:
    """An order to watch a sign does not say that it is there."""
    return bool(WATCHED.search(before) and WATCHED_AFTER.match(after))


def _ruling_out(around: Surroundings, left: int, before: str, section: str) -> bool:
    """An examination that is to rule a disease out has not done so yet."""
    cue = re.search(r"(?:排除|除外)[^，。；]*$", before)
    if cue is None or re.search(r"已|入院后|[可予]$", before[: cue.start()]):
        return False
    earlier = around.masked[max(0, left - 30) : left]
    return bool(
        "计划" in section
        or WORK_UP.search(before[: cue.start()])
        or re.search(r"建议|拟|必要时|需|进一步", earlier)
    )


def _end_of(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _conditional(around: Surroundings, left: int, before: str, after: str) -> bool:
    whole = around.masked[:left]
    listed = re.search(r"(?:风险|并发症|可能(?:出现|发生)[^。；]{0,12})[：:]", whole)
    consent = around.wording.of_consent and "患者" not in around.masked
    at_need = "计划" in (around.wording.section or "") and AT_NEED.match(after)
    return bool(at_need or CONDITION.search(before) or CONDITION_AFTER.match(after) or listed or consent)


def _denied_list(around: Surroundings, left: int, start: int, end: int) -> bool:
    """A clause that is nothing but names goes on with the denial of the clause before it."""
    while left > 0:
        _, right = around.clause(start, end)
        if re.fullmatch(ITEM + r"等病史]*", around.masked[left:right]) is None:
            return False
        end = start = left - 1
        left = around.clause(start, end)[0]
        cue = re.match(r"[^否]{0,8}否认", around.masked[left:start])
        if cue:
            return True
    return False


def _past(around: Surroundings, left: int, before: str, after: str, section: str, diagnosis: bool) -> bool:
    if any(name in section for name in BEFORE_SECTIONS):
        return True
    cue = PAST_BEFORE.search(before)
    if cue:
        return diagnosis or not (RECENT_AGAIN.search(around.masked) or MONTHS_AGO.search(cue[0]))
    if re.match(ITEM + r"等]*(?:病史|史)", after):
        return True
    if diagnosis and PAST_AFTER.match(after):
        return True
    if left > 0 and STILL_PAST.match(before):
        earlier = around.masked[:left]
        return bool(PAST_BEFORE.search(earlier) or re.search(rf"{MASK}[^，。；]{{0,3}}史", earlier))
    return False
