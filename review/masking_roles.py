"""The words a record puts beside a person: labels before a name, titles behind it, kin, and what goes on after it."""

import re

from review.masking_lexicon import (
    COMPOUND,
    RARE_SURNAMES,
    SURNAMES,
    clinical_words,
    general_words,
    no_names,
    written_words,
)

PATIENT, KIN, DOCTOR, NURSE, PERSON = "患者", "家属", "医师", "护士", "人员"

TITLE = (
    r"(?:(?:经治|经管|主管|管床|值班|责任|当班|带教|规培|进修|实习|一线|二线|三线|外请|住院总|急诊|麻醉"
    r"|会诊|手术|全科|社区|工勤|随车|随行|台下|出诊|接诊|门诊|转运|责任|巡回|上级|下级|二级|接收)\s?)?"
    r"(?:副?主任(?:医师|护师|药师|技师|中医师)?|主治(?:医师|医生)?|主管(?:护师|技师|药师)|住院(?:医师"
    r"|医生)|副?教授|副?院长|副?科长"
    r"|护士长|护士|护师|护理员|助产士|[中西]医师|医师|医生|大夫|技师|技士|药师|治疗师|理疗师|麻醉师|营养师|造口师"
    r"|工程师|律师|师傅|老师|同志|班主任|书记|所长|校长|站长|厂长|董事长|乡长|镇长|师父|嫂"
    r"|(?:护理)?组长|部长|处长|局长|主席|大[姐哥叔伯婶娘嫂]|阿[婆公叔]|先生|女士|小姐|阿姨|大爷|大妈|奶奶"
    r"|爷爷|会计|书记|村医|警官|民警|总住院|老汉|老人|老太|同学|经理|队长|村长|主席)"
)
# 主治, 主任 … after a surname alone: what the surname's letter means in ordinary speech must be unlikely there
_SURNAME_ALONE = frozenset(
    "向于和同经从由应时全当与都能会有在后过请上下该本别因是各另原前为即即主副正代科位邀任随连并及师查"
)
ROLE = (
    r"经办|审阅|开立|开具|调剂|医务科|护理部|医保办|院感科|采集|登记|参加讨论|讨论|核查|二线|宣教对象|谈话对象|医师"
    r"|医生|大夫|主任"
    r"|护士|护师|护士长|助产士"
    r"|技师|药师|治疗师|教授|院长|科长|专家|术者|手术者|主刀|助手|一助|二助|三助|[ⅠⅡⅢI1-3]助"
    r"|麻醉|副麻|器械|巡回|洗手|跟台|检验|审核|复核|校对|核对|采血|取血|发血|配液|执行|记录|书写|审签"
    r"|录入|编码|开单|报告|会诊|申请|送检"
    r"|主持|汇报|值班|交班|接班|责任|管床|主管|经治|收治|主治|住院|进修|实习|规培|上机|下机|上报|通知"
    r"|接听|随访|陪护|陪同|联系|委托|受托|被委托"
    r"|授权|被授权|代理|监护|见证|拒绝|告知|被告知|签发|签收|翻译|主诉|代诉|代主诉|供史|推拿|艾灸|针刺"
    r"|操作|注射|皮试|观察|穿刺|维护|护送|司机"
    r"|驾驶|急救|出诊|接诊|转运|接收|转出|转入|交接|鉴定|当事|责任|家访|收费|呼救|肇事|技术|书写|签字"
    r"|签名|签章|签|姓名|曾用名|病员|病人|患者|患儿"
    r"|该患|产妇|死者|伤者|新生儿|家属|代签|医方|患方|参加|参观|在场|抽血|给药|测|评估|复诊|初审|终审"
    r"|质控|主检|体检|作者|摄影|拍片|住|主治|进修|编码"
)
# A label that is followed by a name and by nothing else: whatever stands there is one.
_CERTAIN = re.compile(
    r"(?:姓名|曾用名|签名|签字|签章|代签|医师|医生|护士|护师|护士长|者|人|员|助手|[一二三ⅠⅡⅢI1-3]助|术者"
    r"|主刀|主任|教授|家属|父亲|母亲|妻子?|丈夫|司机|师"
    r"|[父母妻夫子女兄弟姐妹])$"
)
_A_PATIENT = re.compile(r"患者|患儿|病人|病员|产妇|死者|伤者|该患|^姓名|曾用名|新生儿")
_A_NURSE = re.compile(r"护士|护师|助产|器械|巡回|洗手护|护理")
KIN_WORD = (
    r"(?<![㐀-鿿])(?:\d ?|[长次三幼独大二小])(?:子|女|弟|兄|姐|妹|哥)(?![儿子士婿宫痫性])"
    r"|妈妈|爸爸|儿子|女儿|妻子|丈夫|配偶|爱人|母亲|父亲|哥哥|弟弟|姐姐|妹妹|大哥|二哥|大姐|长子|次子|三子|幼子|长女"
    r"|次女|小女|孙子|孙女|外孙女?|儿媳妇?"
    r"|女婿|姐夫|妹夫|嫂子|大嫂|弟媳|婶子?|岳父|岳母|公公|婆婆|侄子|侄女|外甥女?|舅舅|叔叔|伯父|姑姑|姨妈?|祖父|祖母|爷爷|奶奶|外公|外婆"
    r"|养子|养女|继子|家属|亲属|亲友|监护人|陪护人"
    r"|陪同者|陪护者|陪人|陪检员|护工|同事|邻居|朋友|老乡|工友|病友|室友|辅导员|班主任|村支书|保姆|兄妹"
    r"|姐妹|兄弟|夫妇|监护者"
    r"|(?<=[之其])[子女妻夫父母兄弟姐妹侄孙媳婿妹]|(?:(?<![㐀-鿿])|[、,及和与])(?:[妻夫父母](?![亲子人女母])"
    r"|[子女](?![儿子士婿宫痫女弟性]))(?=[㐀-鿿]{2,4}[、,。;)及和均])"
)
_A_KIN = re.compile(rf"(?:{KIN_WORD}|委托人|受托人|联系人|代理人|授权|监护|陪|供史|代诉|陈述者|提供者)")


def kind_of(words: str) -> str:
    """Who a label, a title or a word of kin speaks of."""
    if _A_NURSE.search(words):
        return NURSE
    if re.search(
        r"家属|亲属|父|母|妻|夫$|丈夫|[之其][子女]|监护|委托|代理|陪|代签|代诉|陈述|供史|联系人|授权", words
    ):
        return KIN
    if _A_PATIENT.search(words):
        return PATIENT
    if re.search(r"医|主任|教授|院长|术者|主刀|助|麻醉|报告|审核|诊断|查房|上级|主治|住院|记录", words):
        return DOCTOR
    return KIN if _A_KIN.search(words) else PERSON


def certain(label: str) -> bool:
    """Whether nothing but a name follows the label."""
    return _CERTAIN.search(label) is not None


# What may go on right after a name, so that the name ends there.
FOLLOW = re.compile(
    rf"{TITLE}|签名|签字|代签|签收|性别|[男女](?![㐀-鿿])|年龄|出生|身份证|电话|手机|联系|关系|科室|科别"
    rf"|床号|住院号|诊断|民族|职业|上级|护士|医师|助手|麻醉|记录"
    r"|因[“\"\u300c]?|于|在|诉|述|称|示|说|答|问|提问|提出|查房|会诊|陪同|陪护|陪伴|陪来|陪送|护送|送|到"
    r"|来|已|均|未|对|将|表示|拒绝|同意|要求|签署|执行|核对|完成|主刀|操作"
    r"|实施|汇报|指导|指示|指出|认为|阅片|沟通|谈话|交代|病情|入院|出院|住院|转|今|昨|现|术[前后中]|神志"
    r"|意识|一般|自[诉述行]|无|有|再次|突发|突然|晨|口头|口服|服用|后|时|进食|进行"
    r"|处理|报告|测|给药|接班|交班|书写|审签|补写|接回|记录|给药|评估|置入|置管|[一二]助|辨认|组织|答"
    r"|协助|意识|出院|体健|均体健|注射|测血压|测体温|进行|医嘱|请示|体温|携带|劝解|巡视|随诊|抢救|代述"
    r"|代诉|代办|协助|照料|送医|送来|接生|为|系|是"
    r"|之[子女妻夫父母弟兄姐妹]|的|从|由|被|给|予|和|与|及|等|反映|证实"
    r"|写|嘱|行|取|拟|拒|患|主因|死亡|宫底|透|私自|提供|代为|自愿|知晓|手术|既往|第\d|家[属中]|夫妇|二人"
    r"|两人|本人|通知|值守|在场|该|采|接|负责|操|宣教|维护|家|主诉|查|拔|安返|双|以"
    r"|请示|体温|血压|心率|脉搏|呼吸|精神|意识|体健|评估|置入|切口|伤口|医嘱|解释|说明|配合|双人|审核"
    r"|检查|遵|参加|携|喂|来电|参与|离开|外出|酒后|近日|老人|值守|批准|转介|代领"
    r"|领药|领取|办理|已开|夫妻|透前|随车|[\dA-Za-z]"
)
# What only a person does or has: a name may be a word of the language before it.
PERSON_VERB = (
    rf"(?:{TITLE}|签名|签字|代签|签收|同意|拒绝|要求|诉|称|表示|陪同|陪护|陪伴|护送|查房|会诊|到场|接班"
    rf"|交班|执行|核对|双人|书写|汇报|解释|代办|代诉|代述|领药|操作"
    r"|主刀|指示|指出|认为|提出|提问|报告|处理|之[妻子女夫父母]|夫妇|[二两]人|家属|本人|口头|配合|沟通"
    r"|谈话|补写|接回|送医|照料|嘱|自愿|知晓|写"
    r"|驾驶|交接|接诊|清醒|建议|分析|已签|抱入|随行|租车|独坐|缝合|记录|给药|评估|置入|置管|[一二]助|辨认"
    r"|组织|答|协助|意识|出院|体健|均体健|注射|测血压|测体温|进行"
    r"|医嘱|请示|体温|携带|劝解|巡视|抢救|委托|在场|签署|陪送|照顾|自述|自诉|接听|来电|赶到|描述|回忆|承认|告知"
    r"|协助|讲解|查看|发现|参与)"
)

# What may stand right before a name in running text.
LEAD = (
    r"\d{1,2}:\d\d|今[日晨天]|昨[日晚天]|[^\n内外妇儿各本我]科|告知|通知|[一二三]线|联系|请示|委托|授权"
    r"|交由|保安|家长|接(?=[㐀-鿿]{2,3}医嘱)|请|经(?!管|吸|治|过|皮|口|主管)|由|与|和"
    r"|(?<![相不共协])同(?!向|侧|意|前|上|时|步|学|事|志|样|类|一|种|期|级|质|位|源|房|科|院)|及|向|对(?!方"
    r"|症|侧|照|比)|嘱|邀|随(?!车|访|诊|后|时|机)|遵|据|找|名叫|叫|是|即|我是|本人|并|让|致|介绍|今有"
    r"|外请专家|专家|外请|本院|监护人|护士|医生"
    r"|医师|村民|村医|民警|造口师|治疗师|推拿|艾灸|助产士|司机|患者姓|病人|患者|患儿|病员|产妇|死者|伤者"
    r"|该患|尊敬的|(?:护理|医务|保卫|院感|感控|医保|药剂|设备|信息)(?:部|科|办|处)|(?<=\d)交"
    r"|(?<=[品物件款])交|(?:[白夜早晚]|小夜|大夜)班|交给|移交|转交|师从|师承|跟师|周[一二三四五六日]|到|系|为|查看|组|示|兹|有"
)
_CLINICAL = re.compile(
    r"[病症癌瘤疗痛诊疹疮血]|[人者员号地单级期型族]$|医|护|患者|签|家属|日期|时间|同意|不详|科室|主任|记录"
    r"|检查|手术"
)


def is_surname(letters: str, *, rare: bool = True) -> bool:
    return letters[:2] in COMPOUND or letters[:1] in SURNAMES or (rare and letters[:1] in RARE_SURNAMES)


def blank(letters: str) -> bool:
    """What stands in a field for a name when there is none."""
    return letters in no_names() or letters[:2] in ("本人", "患者", "家属", "医师", "护士", "签名", "签字")


def never_a_name(letters: str) -> bool:
    """Words of a record that stand where a name may stand."""
    return blank(letters) or letters in written_words() or letters in clinical_words()


def a_word(letters: str) -> bool:
    """Whether the letters are a word as well, so that a sentence may mean it."""
    return letters in written_words() or letters in clinical_words() or letters in general_words()


def clinical(letters: str) -> bool:
    return _CLINICAL.search(letters) is not None


def alone_is_a_name(surname: str) -> bool:
    """Whether a surname and a title are a person: 孙主任, but not 向主任汇报."""
    return (surname in SURNAMES or surname in COMPOUND) and surname not in _SURNAME_ALONE


def longer_word(text: str, start: int, end: int) -> bool:
    """Whether the letters are part of a longer word of the clinic there: 高敏 in 高敏肌钙蛋白."""
    return any(
        len(piece := text[at : at + size]) == size and (piece in clinical_words() or piece in written_words())
        for size in (3, 4)
        for at in range(max(0, end - size), start + 1)
        if at + size > end or at < start
    )
