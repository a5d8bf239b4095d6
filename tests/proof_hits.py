"""Passages that were found, for the tests of what a model may say of them."""

from datetime import date

from knowledge.library import Hit


def hit(passage, text, document="临江省住院收费监督办法", **more):
    known = {"in_force_from": date(2022, 3, 1), "in_force_to": None, "region": "000000", "source": "办法.md"}
    known |= {"digest": False, "number": "临江省令第90号", "issuer": "临江省人民政府"}
    return Hit(document=document, passage=passage, text=text, **known | more)


CONDUCT = hit(
    "第七条",
    "第七条 开展住院服务的机构应当核验患者身份，保存费用明细，不得虚记床位、虚记护理，不得把已出院的人员留在名册，"
    "不得收取未开展项目的费用。\n"
    "除夜间急救外，收取目录以外费用的，应当事先取得患者或者其家属的书面同意。",
)
PENALTY = hit(
    "第二十条",
    "第二十条 机构有下列行为之一的，由县级收费监督机关责令限期整改，可以公开通报；多收费用的，责令如数退还，"
    "处多收金额3倍以上6倍以下的罚款；逾期不整改的，暂停新增床位4个月以上9个月以下：\n"
    "（一）虚记床位、虚记护理；\n（二）收取未开展项目的费用；\n（三）提供不合理的会诊。",
)
BANNED = hit(
    "第二十一条",
    "第二十一条 机构工作人员不得有下列行为：\n（一）代替患者签署知情文件；\n（二）出借执业证章。",
)
CLOSED = hit(
    "第二十二条",
    "第二十二条 机构有下列情形之一的，不予受理加床申请：\n（一）护士与床位不相配；\n（二）被停止收费未满2年。\n"
    "主管机关可以采取下列措施：\n（一）查阅名册；\n（二）约见值班人员。",
)
DEADLINE = hit(
    "第九条",
    "第九条 转科记录应当在转入后12小时内写成，由接收医师书写；交班记录应当在当班结束前1小时写成。"
    "费用清单保存不少于15年。检查组由2名以上人员组成。",
)
PRICES = hit("第三行", "项目：夜间陪护；限价：甲等医院120元、乙等医院90元；自付比例：30%。", kind="row")
OTHER = hit(
    "第四条", "第四条 伪造收费票据的，处票面金额8倍以上10倍以下的罚款。", document="临江省票据管理规定"
)
HITS = [CONDUCT, PENALTY, BANNED, DEADLINE, PRICES, OTHER, CLOSED]
