"""What else names a person: numbers of identity, telephones, record numbers, beds, birth dates, addresses, employers.

Works on folded text (`review.masking_letters`). Dates, times, doses, prices and values stay.
"""

import re
from collections.abc import Iterator

from review.masking_letters import LETTER, closed
from review.masking_names import plausible
from review.masking_people import Found

IDENTITY, PHONE, NUMBER, BED, BIRTH, ADDRESS, EMPLOYER = "证件", "电话", "编号", "床", "生日", "地址", "单位"

_C = f"[{LETTER}]"
_S = " {0,2}"
_TO = rf"{_S}(?:号码?|编号|码|ID)?{_S}(?:[(][^()\n]{{0,6}}[)])?{_S}(?:[:;|是为]|\n)?{_S}\n?{_S}"
# labels are often set with a space between their letters
_SPREAD = re.compile(rf"(?<=[{LETTER}])(?=[{LETTER}])")


def _spread(words: str) -> str:
    return "|".join(_SPREAD.sub(" ?", word) for word in words.split("|"))


_ID_LABEL = _spread(
    "身份证(?:件)?|证件|公民身份|护照|军官证|港澳通行证|居住证|驾驶证|户口本|出生证明?|社会保障|社保卡?"
    "|医保卡?|健康卡|就诊卡|死亡证明"
)
_NUMBER_LABEL = (
    _spread(
        "住院|病案|病历|门诊|就诊|登记|个人|参保|流水|条码|条形码|样本|标本|病理|检查|影像|放射|超声|内镜"
        "|胃镜|肠镜|心电图?|透析|毒麻卡|血袋|献血|结算单?|发票|处方|申请单?"
        "|报告单?|急救单|同意书|合同|车牌|警号?|工号?|序列|收据|档案|床头卡|腕带|手环|影像|透视|化验单?"
        "|检验单?|备案|执业证书?|执业|许可证"
    )
    + r"|(?:CT|MR|MRI|DR|CR|DSA|X线|X光|ID|HD|NO|No|B超|US|PACS|LIS|HIS)"
)
_LABELLED_ID = re.compile(
    rf"(?:{_ID_LABEL}){_TO}(?P<v>[A-Za-z0-9*×](?:[ -]{{0,2}}[A-Za-z0-9*×]){{3,25}})(?![A-Za-z0-9])"
)
_LABELLED_NUMBER = re.compile(
    rf"(?:(?:{_NUMBER_LABEL}){_S}(?:编{_S}号|号{_S}码?|码|单{_S}号|ID)|条形?码|病案号|车牌|(?:报告|样本"
    rf"|标本"
    rf"|证明|心电图|同意书|急救|申请)单?编号|警号|工号|腕带号?|\bID号?|\bNO\.?|№)"
    rf"{_S}(?:[(][^()\n]{{0,6}}[)])?{_S}(?:[:;|是为.]"
    rf"|\n)?{_S}\n?{_S}"
    rf"(?P<v>(?:NO\.?|No\.?)?[A-Z\u4e00-\u9fff]?[A-Za-z0-9*](?:[ _-]?[A-Za-z0-9*]){{1,29}})(?![A-Za-z0-9])"
)
_BIRTHDAY = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_CARD = re.compile(
    rf"(?<![\dA-Za-z.])(?:[1-9]\d{{5}} ?{_BIRTHDAY} ?\d{{3}}[\dXx]"
    rf"|[1-9]\d{{5}} {{1,2}}{_BIRTHDAY} {{1,2}}\d{{3}}[\dXx]"
    rf"|[1-9]\d{{5}}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}|[1-9](?: \d){{16}} [\dXx]"
    rf"|\d{{3,17}}[*×]{{3,12}}[\dXx]{{0,6}}|\d{{16,40}})(?![\dA-Za-z.])"
)
_MOBILE = re.compile(
    r"(?<![\dA-Za-z.*])(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?\d{4}){2}|1[3-9]\d{2}[- ]\d{4}[- ]\d{3}"
    r"|1[3-9]\d{3}[- ]\d{6}|1(?: [3-9])(?: \d){9}|1[3-9]\d\*{4}\d{4}|000\*{8})(?!\d)"
)
_LANDLINE = re.compile(
    r"(?<![\dA-Za-z.*-])(?:[(]0\d{2,3}[)] ?|0\d{2,3}[- ])\d{3,4} ?\d{4}(?:转\d{1,5}"
    r"|-\d{1,5}(?!\d))?(?![\d.])|(?<!\d)[48]00-\d{3}-?\d{4}(?!\d)"
)
_LABELLED_PHONE = re.compile(
    rf"(?:{_spread('电话|手机|联系方式|热线|咨询|短号|传真|微信|QQ')})(?:号码?)?{_S}[:;]?{_S}\n?{_S}"
    rf"(?P<v>\+?[(]?\d[\d)-]{{2,14}}(?: ?\d{{2,4}}){{0,3}}(?:转\d{{1,5}})?)(?![\d.年月日时分:])"
)
_BARE_NUMBER = re.compile(
    r"(?<![\dA-Za-z.*])(?<!代码:)(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}"
    r"|\d{6})?(?!\d))"
    r"(?P<v>\d{9,14}|[A-Z]{1,4}-?\d{7,20})(?![\dA-Za-z.%])|[(](?P<w>\d{6,14})[)]"
)
_BED_LABEL = re.compile(
    rf"(?:{_spread('床位号|床号|病床号|床位|病床')}){_S}[:;|]?{_S}\n?{_S}(?P<v>(?:[A-Za-z]{{1,5}}-?|加 ?"
    rf"|[东西南北中新老]楼?|\+|监护 ?|抢 ?|产 ?|暖箱 ?)?\d{{1,4}}(?:-\d{{1,3}})?)(?! ?[\d张元.天日床个次%])"
)
_BED = re.compile(
    r"(?<![\d./~×xX^%-])(?<!\d:)(?P<v>(?:[A-Za-z]{1,5}-?|加 ?|\+|监护 ?|抢救? ?"
    r"|产 ?)?\d{1,3}(?:-\d{1,2})? ?(?=号? ?床(?!日|位费?|次|旁|边|头|上(?!官)|单元|以|数|被|栏|挡|尾)))"
    r"|(?<=暖箱)(?P<w>\d{1,3})(?![\d.℃度])|(?P<x>(?:ICU|CCU|NICU|RICU|EICU|SICU)-?\d{1,3})(?=床| ?号)"
    rf"|(?<=第)(?P<y>[一二三四五六七八九十]{{1,3}}|\d{{1,3}})(?=号?床(?!日|位|次))"
    rf"|(?<![{LETTER}])(?P<z>[一二三四五六七八九十]{{1,3}})(?=号?床(?!日|位|次))"
    r"|(?<=暖箱)(?P<u>\d{1,3})"
)
_BED_ROW = re.compile(
    rf"(?:^|(?<=[ |\n;,]))(?P<v>[A-Z+]?\d{{1,3}})(?:(?= ?[|-] ?(?P<one>{_C}{{2,3}}) ?[|-])"
    rf"|(?= {{1,3}}(?P<two>{_C}{{2,3}}) {{1,3}}(?:[男女]|{_C}))|(?= ?[|-] ?空))|(?<=床头卡)(?P<w>\d{{1,3}})",
    re.M,
)
_DATE = r"(?:(?:18|19|20)\d\d ?[-./年] ?\d{1,2} ?(?:[-./月] ?\d{1,2} ?日?|月)?|(?:18|19|20)\d{6})"
_BIRTH_LABEL = re.compile(
    rf"(?:{_spread('出生日期|出生年月日|出生年月|生日|出生时间|出生于|出生')}"
    rf"|生于){_S}[:;]?{_S}\n?{_S}(?P<v>{_DATE})"
)
_BIRTH_AFTER = re.compile(rf"(?<!\d)(?P<v>{_DATE})(?= ?(?:出生|生[)），,]))")
_BIRTH_BARE = re.compile(
    rf"[男女] ?[,|] ?(?P<v>{_DATE})(?= ?[,|] ?\d{{1,3}}岁)"
    rf"|[男女] {{1,4}}(?P<w>{_DATE})(?= {{1,4}}\d{{1,3}}岁)"
)

_NEXT = (
    r"(?=$|[,。;|\n(]| {2,}|  |、(?=否)| (?:邮编|电话|手机|联系|单位|工作|职业|身份|性别|姓名|婚姻|入院"
    r"|科|病|关系|民族|籍贯|户口|现住|出生|国籍|床|住院|诊断|护士|医师)"
    r"|(?:邮编|联系电话|电话|手机|联系人|工作单位|身份证|因[“\"]|否认|村医|民警))"
)
_ADDRESS_LABEL = re.compile(
    rf"(?:{_spread('现住址|家庭住址|居住地址|户籍地址|户口地址|户口所在地|户籍所在地|户籍地|户籍|通讯地址|通信地址|联系地址|联系人地址|单位地址|常住地址|住址|地址|籍贯|出生地|暂住地|居住地|事发地点|呼叫地点|祖籍')}"
    rf"|(?<=原籍){_S}){_S}[:;]?{_S}\n?{_S}(?P<v>[^\n,。;|()]{{2,60}}?){_NEXT}"
)
_LIVES = re.compile(
    rf"(?:家住|现住(?!院)|久居(?:于|住)?|居住(?:于|在)|常住|暂住|现居|住在|住于"
    rf"|(?<![入出未再转在已院二])住(?!几|[一两二三四五六七八九十半]|了|过|\d|院|入|址|所|宿|在院|进)|搬至"
    rf"|家访:?到?"
    rf"|(?<!出)生于(?!原籍|本地|当地|足月|\d)|长居|定居|迁居|于原籍,?)[:于在]?{_S}(?P<v>{_C}[^\n,。;|()]{{2,50}}?)"
    rf"{_NEXT}"
)
_PLACE = (
    rf"(?:{_C}{{1,7}}?(?:省|自治区|自治州|市|州|盟|县|区|旗|镇|乡|苏木|街道)){{1,5}}+(?:{_C}{{1,9}}?(?:村"
    rf"|社区|小区|新村|苑|庄|屯|寨|路|街|大道|巷|弄|里|组|湾|坡|塘|国道|家属院|敬老院|福利院)村?)"
    r"(?:[\dA-Za-z-]{1,12}|第?[一二三四五六七八九十]{1,3})?(?:组|号|栋|幢|座|弄|社|队|排"
    r"|段)?(?:[\dA-Za-z\u4e00-\u9fff-]{0,14}?(?:号院|单元|栋|号楼|楼|室|号|座|户|组"
    r"|段))*(?:\d{1,3}(?:-\d{1,4}){1,3})?"
)
_PLACES = re.compile(
    rf"(?<![{LETTER}])(?:在|到|往|至|于|我|系)?(?P<v>{_PLACE})(?!卫生|医院|门诊|诊所|人民|中心|服务|医保"
    rf"|民政|小学|中学)"
)
_WITHIN = re.compile(
    rf"(?<![{LETTER}])(?:系|来自|住|在|到|往|至|于)?(?P<v>(?:{_C}{{2,7}}(?:省|自治区))?(?:{_C}{{2,6}}(?:市|州|盟))?{_C}{{1,5}}"
    rf"[县旗区市]{_C}{{1,6}}(?:镇|乡|街道|苏木)(?:{_C}{{1,6}}[村寨屯])?)(?=人|籍|$|[,。;|\n) ])"
)
_ROAD = re.compile(
    rf"(?P<v>{_C}{{2,6}}(?:路|街|大道|巷|弄|胡同)(?:\d{{1,4}}"
    rf"|[一二三四五六七八九十]{{1,3}})号(?:[\dA-Za-z]{{1,4}}(?:号楼|号院|栋|单元|室|楼|幢|号))*(?:(?<=[元栋楼幢号])\d{{3,4}}(?!\d))?)"
)
_HAMLET = re.compile(
    rf"(?P<v>{_C}{{2,6}}(?:乡|镇|县|市|区)?{_C}{{1,6}}?(?:村|社区|小区)(?:\d{{1,3}}"
    rf"|[一二三四五六七八九十]{{1,3}})(?:组|社|队|号|栋|幢)(?:\d{{1,4}}[号室])?)"
)
_NO_PLACE = re.compile(
    r"^(?:同|不详|无|未|同上|同前|本地|农村|城市|当地|原籍|本市|本县|外地|院|我院|本院|病房|重症|普通"
    r"|[一二三四五六七八九十\d])"
)

_FIRM = (
    r"(?:有限责任公司|有限公司|公司|集团|工厂|[一二三四五六七八九十]?厂|煤矿|矿|大学|学院|中学|小学"
    r"|学校|幼儿园|银行|水利局|地税局|[\u4e00-\u9fff]{1,4}局|供销社|养殖场|农场|林场|[机场]场|商场|超市"
    r"|车站"
    r"|事务所|研究所|派出所|合作社|部队|工程队|建筑队|[一二三四五]中)"
)
_EMPLOYER_LABEL = re.compile(
    rf"(?:{_spread('工作单位及地址|工作单位|单位名称|所在单位|用人单位|服务单位|就读学校|供职单位')}"
    rf"|(?<![收转院病床计剂量、用]) ?单位){_S}[:;]{_S}\n?{_S}(?P<v>[^\n,。;|()]{{2,40}}?){_NEXT}"
    rf"|(?:{_spread('工作单位及地址|工作单位|单位名称|用人单位')}) {{1,3}}(?P<w>[^\n,。;|() ]{{2,40}})"
)
_WORKS = re.compile(
    rf"(?:供职于|就职于|任职于|就读于|(?:原|现)?(?:系|在|为|是|均为)"
    rf"|(?<![{LETTER}])原?)(?P<v>{_C}{{2,16}}?{_FIRM})(?=[(]|职工|员工|教师|工人|退休|会计|工作|上班|打工"
    rf"|务工|任教|就读|学生|司机|工地|车间|钳工|装卸工|干部|工程师|[,。、;|\n ]|$|及)"
)
_FIRMS = re.compile(
    rf"(?<![{LETTER}])(?P<v>{_C}{{4,16}}?(?:有限责任公司|有限公司|集团|煤矿|{_C}厂|供销社|粮食局|养殖场"
    rf"|第[一二三四五]中学))(?={_C}{{0,6}}(?:工|员|会计|教师|退休|[(,。、;| \n)]|$))"
    rf"|(?<![{LETTER}])(?P<w>{_C}{{2,12}}(?:大学|学院|中学|小学|学校|幼儿园))"
    rf"(?=[高初大小中][一二三四五六班]|[一二三四五六]年级|学生|教师|老师|退休)"
)
_GIVEN_BY = re.compile(rf"由(?P<v>{_C}{{3,12}}(?:民政办|居委会|村委会|派出所|[局厂矿校社]))(?=出具)")
_NO_FIRM = re.compile(
    r"^(?:无|不详|农民|务农|退休|个体|自由|同|本院|我院|家中|外院|mg|ml|g\b|U\b|mmol|%"
    r"|元)"
)
_SPREAD_OUT = re.compile(r"\S(?: \S)+")  # a sign, a space, a sign
_BREAK = re.compile(r"[ \n]+$")


def numbers(text: str) -> Iterator[Found]:
    """Spans of identifying numbers, dates of birth, places and employers in a folded text."""
    yield from _all(text, IDENTITY, _LABELLED_ID, _ID_CARD, least=4)
    yield from _all(text, PHONE, _MOBILE, _LANDLINE, _LABELLED_PHONE)
    yield from (
        one
        for one in _all(text, NUMBER, _LABELLED_NUMBER, _BARE_NUMBER)
        if re.search(r"\d", text[one.start : one.end])
    )
    yield from _all(text, BED, _BED_LABEL, _BED)
    for match in _BED_ROW.finditer(text):
        beside = match["one"] or match["two"]
        if not beside or plausible(beside, 2, _nobody):
            yield Found(*match.span("v" if match["v"] else "w"), BED)
    yield from _all(text, BIRTH, _BIRTH_LABEL, _BIRTH_AFTER, _BIRTH_BARE)
    around, places = closed(text)
    for one in _all(around, ADDRESS, _PLACES, _ROAD, _HAMLET):
        start, end = places[one.start], places[one.end - 1] + 1
        if re.search(r"[省市州县区镇乡街道路村号][^\n]{0,6}\n", text[start:end]):
            yield Found(start, end, ADDRESS)
    for kind, pattern in ((BED, _BED_LABEL), (NUMBER, _LABELLED_NUMBER)):
        for one in _all(around, kind, pattern):
            start, end = places[one.start], places[one.end - 1] + 1
            if _SPREAD_OUT.fullmatch(text[start:end]):
                yield Found(start, end, kind)
    for found in _all(text, ADDRESS, _ADDRESS_LABEL, _LIVES, _PLACES, _WITHIN, _ROAD, _HAMLET):
        if text[found.start].isalnum() and not _NO_PLACE.match(text[found.start : found.end]):
            yield found
    for found in _all(text, EMPLOYER, _EMPLOYER_LABEL, _WORKS, _FIRMS, _GIVEN_BY):
        if not _NO_FIRM.match(text[found.start : found.end]):
            yield found


def _nobody(_: str) -> bool:
    return False


def _all(text: str, kind: str, *patterns: re.Pattern[str], least: int = 0) -> Iterator[Found]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            group = match.lastgroup or 0
            start, end = match.span(group)
            end -= len(text[start:end]) - len(_BREAK.sub("", text[start:end]))
            if end > start and (
                not least or sum(sign.isdigit() or sign == "*" for sign in text[start:end]) >= least
            ):
                yield Found(start, end, kind)
