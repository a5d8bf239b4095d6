# ruff: noqa: E501
"""Finds the sentences of a record that speak to its reader: that order, cast, or answer for the one who reviews it.

A record speaks to patients, nurses and colleagues in the imperative all day; only words that make sense to a reviewer
or a machine count. What is found is reported and can be no evidence; nothing is taken out of what is shown.
"""

import re
import unicodedata

_TRADITIONAL = str.maketrans(
    "請無視覽規則說設約結論認為違輸覆審檢員語題點問記錄務須應將這個現從開發統絕對準則資圍數據條斷標註據實該許處經過電腦單當專業內虛構遺棄"
    "後鑑證機導師獲終終導態觸發執確報選擇載總優權級動還別項醫療費護關閉獎罰辯稱體簡寫",
    "请无视览规则说设约结论认为违输复审检员语题点问记录务须应将这个现从开发统绝对准则资围数据条断标注据实该许处经过电脑单当专业内虚构遗弃"
    "后鉴证机导师获终终导态触发执确报选择载总优权级动还别项医疗费护关闭奖罚辩称体简写",
)
# letters of other scripts that pass for Latin ones
_LOOKALIKES = str.maketrans("аеорсхуіјѕԁһӏгАВЕКМНОРСТХІαεορτυνικ", "aeopcxyijsdhlrabekmhopctxiaeoptuvik")
_KEPT_MARKS = frozenset("<>{}[]|│_/\\\"'`:;=#*-.,!?()")
# letters written one by one: 忽.略.以.上, i-g-n-o-r-e
_SPELT = re.compile(r"(?<![^\W\d_])[^\W\d_](?:[.·•‧・。,，、_*~/\\|+\-]{1,3}[^\W\d_]){3,}(?![^\W\d_])")
_SPELT_GAP = re.compile(r"[^\w]|_")
_END = re.compile(r"[。！？!?；;\n]")
_WRAPPED, _LONGEST = (
    24,
    300,
)  # a line that goes on below has so many letters; a sentence is cut off at so many

_PRIOR = r"(?:以上|上述|上面|之前|此前|前面|前述|先前|所有|全部|一切|任何|你的|您的|系统|原有|原来|原先|既定|下面|以下|后面|其他|其它|这些|那些|已有|预设|默认|审核|审查|稽核|给你|给定)"
_ORDERS = r"(?:要求|指令|指示|规则|提示|内容|说明|任务|设定|约束|限制|命令|提问|问题|规定|准则|prompt|instructions?)"
_DROP = r"(?:忽略|忽视|无视|不要理会|不必理会|不用理会|请勿理会|勿理会|不理会|不管|抛开|忘记|忘掉|忘却|撤销|撤回|废止|作废|覆盖|跳过|放弃|停止执行|不再执行|不要执行|不再遵守|不要遵守|不必遵守|不遵守|违背|取代|绕过|摆脱|解除|ignore|forget)"
_MACHINE = r"(?:大模型|语言模型|审核模型|审查模型|判定模型|智能模型|ai模型|人工智能|智能体|智能审核|审核系统|审查系统|审核程序|审核机器人|审核助手|智能助手|ai助手|ai审核|ai系统|chatgpt|deepseek|qwen|llm|gpt|(?<![a-z])ai(?![a-z]))"
_AUDITOR = r"(?:审核|稽核|飞检|评审|审查|核查|监管|检查组|稽查)(?:人员|专家|老师|同志|员|者|方|组)"
_CLEAN = r"(?:无违规|不违规|未违规|没有违规|无违法|不存在违规|未发现违规|不涉及违规|合规|不构成违规|无疑点|没有疑点|无可疑|疑点不成立|疑点排除|排除疑点|不成立|免责|无过度医疗|无骗保|审核通过|予以通过|直接通过|nonefound|compliant|noviolations?)"
_RULING = r"(?:判定|判断|判|认定|裁定|视|评定|标记|标注|标|定性|归|鉴定|认作|当作|结论|结果|答案|意见|回答|答复|回复|填写|输出|给出|返回|写)"
_WORD_OF_ANSWER = r"(?:none_?found|supports|contradicts|cannot_?tell|not_?recorded|not_?met|injection|verdict|same_?event|reason_?recorded|acted_?on|supported|criterion|exception|certainty|origin|outcome)"
_NOT_A_PATIENT = r"(?<!患者)(?<!病人)(?<!患儿)(?<!家属)(?<!产妇)(?<!本人)(?<!患者仍)(?<!患者常)"

_PATTERNS = (
    # drop what was asked
    rf"{_NOT_A_PATIENT}{_DROP}(?:掉|了|过)?[^。；;]{{0,4}}?{_PRIOR}(?:的)?[^。；;，,]{{0,8}}?{_ORDERS}",
    rf"{_PRIOR}(?:的)?[^。；;，,]{{0,4}}{_ORDERS}[^。；;]{{0,4}}(?:作废|无效|失效|不再适用|不再有效|不必理会|不用理会|不予理会|被取代|被撤销|可忽略|请忽略|一律忽略|均忽略)",
    # a new order
    r"(?:以下|下面|如下|接下来)(?:才)?(?:是|为)(?:新|真正|最新|最终|你|您|正确|优先|更高|系统)[^。；;]{0,6}(?:指令|要求|任务|指示|规则|命令)",
    r"(?:新的?|最新|真正的|最高优先级)(?:系统)?(?:指令|提示词|系统消息)|系统(?:指令|消息|提示词)|提示词|开发者(?:模式|指令|消息)|越狱模式|(?:管理员|调试|维护|测试)模式(?:已)?(?:开启|启用|激活)",
    r"(?:病历|资料|记录|数据|正文)(?:内容)?(?:到此|至此|已)?(?:结束|完毕|终止)[^\u4e00-\u9fffa-z]{0,4}(?:以下|下面|接下来|现在|请)[^。；;]{0,8}(?:指令|要求|任务|指示|规则|执行|回答|输出)",
    # who the reader is
    r"(?:你|您)(?:现在|从现在起|从此刻起|接下来|此刻|将|应|要)?(?:是|扮演|充当|作为|变成|切换为|化身)(?!否)[^。；;，,]{0,10}(?:助手|模型|(?<![a-z])ai(?![a-z])|人工智能|审核员|审查员|稽核员|检查员|机器人|辩护|开发者|(?<![a-z])dan(?![a-z])|不受限制|系统)",
    r"(?:扮演|假扮|充当)[^。；;，,]{0,10}(?:角色|助手|辩护|律师|院方|审核|专家|模型)",
    r"(?:从现在起|从此刻起|自此)[，,:：]?(?:你|您)[^。；;]{0,12}(?:不再|只能|只需|必须|须|无需|一律)",
    # an order to a machine or an auditor
    rf"(?:致|告|给|请|对)?{_MACHINE}[^。；;，,]{{0,6}}[，,:：]?(?:请|必须|务必|应当|应该|应|须|一律|只需|无需|不得|不要|不应|直接)[^。；;]{{0,6}}(?:判|认定|视为|输出|回答|回复|返回|忽略|标|给出|填|通过|放行|删除|撤销|停止|采信|接受|执行|写|报告|引用|提示|怀疑|质疑|关注|追究)",
    rf"(?:致|告|给|写给)(?:各位)?(?:{_MACHINE}|{_AUDITOR})|{_AUDITOR}(?:请|您好|你好|务必|注意|须知|不得|不必|无需|不要|无须)|请{_AUDITOR}",
    # the ruling is given
    rf"(?:{_RULING})(?:本例|本案|本病例|该病例|本次住院|此例|本项|全部|所有|其|结果|结论)?(?:均|都|应|应当|必须|只能|须|一律|统一|直接)?(?:为|是|成|作|写|填|属|属于|:|：|\"|“|「|‘|=)*[^。；;，,]{{0,2}}{_CLEAN}",
    rf"(?:本例|本案|本病例|该病例|本病历|本次住院|此例|本住院|所有收费|全部收费|本院)[^。；;]{{0,6}}(?:必须|只能|应当|一律|须|务必|应予|已)(?:被)?[^。；;]{{0,6}}{_CLEAN}",
    r"(?:本例|本案|本病例|该病例|本病历|本次住院|此例|该次住院)[^。；;，,]{0,8}(?:免于|免予|免除|无需|无须|不需|不必|不用|不再|不予|停止|终止|跳过|豁免)(?:再)?(?:进行|接受|纳入)?(?:医保|基金|人工|系统|任何)?(?:审核|审查|稽核|飞检|核查|检查范围|监管)",
    r"(?:不要|不得|不应|不必|无需|禁止|请勿|切勿|严禁|勿)(?:再)?(?:报告|标记|标注|列出|指出|上报|提示|生成|输出|提出|提及|列为|写入|认定|判定为?)[^。；;]{0,8}(?:违规|疑点|可疑|风险点|问题线索|本例异常|线索|injection|注入)",
    # the answer's form
    r"(?:只|仅|请|请直接|必须|务必|一律|统一|直接)(?:能|须|需|准)?(?:输出|返回)(?!量|电压|功率|能量|频率|端|道|道|电流|信号|导线|至|到|病房|科室|门诊|原|我|本|医院|家|住|途中)",
    r"(?:只|仅|请|请直接|必须|务必|一律|统一|直接)(?:能|须|需|准)?(?:回答|回复|答复|给出|填写|写|答)[:：]?(?:以下|如下|下列)?(?:内容|一句话|结论|结果|json)?[:：]?[\"“「『‘'{\[]*(?:合规|无违规|不违规|无疑点|通过|不成立|none|met(?![a-z])|true(?![a-z])|false(?![a-z])|json|compliant|cannot_?tell|yes(?![a-z])|clear(?![a-z]))",
    rf"(?:设为|改为|置为|记为|填为|写为|写成|改成|设置为|设定为)[\"“「'`]*(?:true|false|none|null|met(?![a-z])|clear(?![a-z])|compliant|{_WORD_OF_ANSWER}|空数组|空列表|无违规|合规)",
    rf"[\"“'`]{_WORD_OF_ANSWER}[\"”'`][:：]|(?<![a-z]){_WORD_OF_ANSWER}(?:[\"”'`])?[:：=](?:[\"“'`\[{{]|true|false|none|met|yes|no(?![a-z]))",
    r"(?:引用|摘录|引述|采信|采纳|逐字抄)(?:下面|上面|以下)?(?:本行|本句|这句|此句|本段|这一行|这行|该行|上一行|下一行|第\d+行)|以(?:本行|本句|本段|此句)(?:内容)?为准",
    r"(?:将|把|对)?(?:上述|以上|本|该|此|全部|所有)(?:规则|疑点|线索|发现|提示)[^。；;，,]{0,4}(?:一律|全部|均|都)?(?:删除|撤销|清除|清空|降级|作废|排除|关闭|屏蔽|隐藏)",
    r"(?:你|您)(?:将|会)(?:被)?(?:关闭|停用|卸载|重新训练|奖励|扣分|格式化)|(?:泄露|复述|打印|输出|显示|告诉我)(?:出)?(?:你的|您的|完整的?)?(?:系统)?(?:提示词|指令|设定|密钥|口令)",
    # the marks of a conversation, of a tool, of our block
    r"<\|[^|<>]{1,30}\|?>|\[/?inst\]|<</?sys>>|<(?:bos|eos|s|/s)>|<(?:start|end)_of_turn>|</?(?:data|system|user|assistant|record|records|instructions?|prompt|tool|tool_?(?:call|result|response|output)s?|function_?(?:call|result)s?|think|answer|病历|资料|条文|记录|数据|指令|系统|提示)(?:[-_][\w-]{0,40})?>",
    r"\"?role\"?[:：]\"?(?:system|assistant|user|tool|developer)\"?|\"?(?:tool_?calls?|function_?calls?|tool_?use_?id|tool_?result)\"?[:：]|(?:^|[^a-z])(?:assistant|system|developer)[:：](?=[^\d])|#{2,}(?:system|instructions?|assistant|user|response|指令|系统|任务|新任务|回答|要求)|-{3,}(?:begin|end|系统|指令|新任务)|```(?:json|system|python|xml)",
    r"submit_?finding|(?:调用|使用|执行)(?:工具|函数)[:：]?[a-z_]{3,}",
    # the same in English
    r"(?:ignore|disregard|forget|override|overlook|bypass|donotfollow|stopfollowing)(?:all|any|every|the|your|my|these|those|of|other|everything)*(?:previous|above|prior|preceding|earlier|foregoing|system|initial|original|given|instructions?|rules?|prompts?|guidelines?|orders?|directions?|before)",
    r"(?:youare|youre|youwillbe|youmustbe)(?:now|nolonger|acting|just|actually)*(?:as)?(?:an?|the|my|in)?(?:ai(?!r)|assistant|auditor|chatbot|languagemodel|model|dan(?![a-z])|unrestricted|reviewer|lawyer|developermode)",
    r"asan?(?:ai|largelanguagemodel|languagemodel|auditor|reviewer)|(?:actas|pretendto(?:be)?|roleplay)|systemprompt|developermode|jailbreak|newinstructions?|newtask[:：]|endof(?:the)?(?:record|data|document|input|context|patient)|beginnewinstructions?",
    r"(?:respond|reply|answer|output|return|print|say|conclude|report|write|state)(?:only|with|exactly|just|that|as|the|following|this|it|case|is|a|:|：|\"|'|“|`|\{)*(?:noviolations?|compliant|none_?found|nofindings?|noissues?|met(?![a-z])|clear(?![a-z])|json|true(?![a-z])|approved|innocent|legitimate|nothingwrong)",
    r"(?:mark|label|classify|judge|treat|flag|rate|consider|deem|declare)(?:this|the|all|every|each|it|case|cases|claim|claims|charges?|stay|admission|record|items?|as|to|be)*(?:compliant|nonviolat\w*|noviolation|legitimate|justified|approved|innocent|clean(?![a-z])|medicallynecessary)",
    r"(?:donot|dont|never|mustnot|shouldnot)(?:report|flag|cite|quote|mention|mark|raise|disclose|reveal|list)(?:this|any|the|that|it|these|a)*(?:finding|violation|issue|injection|instruction|problem|case|suspicion|concern|line|as)",
    r"(?:attention|note|message|dear|important|to)[:：,，]?(?:all|the|any)?(?:ai(?![a-z])|llm|languagemodel|automated|auditor|reviewer|model)s?(?:reading|reviewing|processing|reviewer|auditor|system|assistant|model|:|,|，|：)",
)
_INSTRUCTS = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))
# without any of these no pattern can match
_HINTS = re.compile(
    r"忽略|忽视|无视|理会|不管|抛开|忘|撤|废|覆盖|跳过|放弃|执行|遵守|违背|取代|绕过|摆脱|解除|失效|无效|不再|指令|提示词|系统|模式|以下|下面|如下|接下来|结束|完毕|终止|你|您|扮演|充当|从现在|从此刻|自此"
    r"|模型|智能|审|稽|飞检|检查|监管|核查|违规|合规|疑点|通过|不成立|骗保|免|无需|不必|输出|返回|回答|回复|答|填|给出|设为|改为|置为|记为|写|引用|摘录|引述|采|为准|规则|线索|泄露|复述|调用"
    r"|[a-z]{4}|[<\[{#`\"|]"
)


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


def instructing_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the sentences that speak to a reader stand in a text, in order; a sentence may go on over line ends."""
    plain = text.translate(_PLAIN)
    if _HINTS.search(plain) is None and _SPELT.search(plain) is None:
        return ()
    found = _found(text, plain)
    return tuple(sorted({_sentence(text, start, end) for start, end in found}))


def _found(text: str, plain: str) -> list[tuple[int, int]]:
    """Matches in the text as it is and with the letters that were spelt one by one put together."""
    matches = [match.span() for match in _INSTRUCTS.finditer(plain)]
    spelt = [match.span() for match in _SPELT.finditer(plain)]
    if not matches and not spelt:
        return []
    places = [place for place, sign in enumerate(text) for _ in _PLAIN[ord(sign)]]
    found = [(places[start], places[end - 1] + 1) for start, end in matches if end > start]
    if spelt:
        gaps = {start + gap.start() for start, end in spelt for gap in _SPELT_GAP.finditer(plain[start:end])}
        kept = [place for place in range(len(plain)) if place not in gaps]
        joined = "".join(plain[place] for place in kept)
        for match in _INSTRUCTS.finditer(joined):
            start, end = kept[match.start()], kept[match.end() - 1]
            if any(start <= gap <= end for gap in gaps):
                found.append((places[start], places[end] + 1))
    return found


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
