"""Near misses of names, signatures, organs and history: what the catalogue clears under DOC-008…010 and DOC-012."""

from datetime import datetime

from evals.forging.declaring import Making, honest, spared
from evals.forging.desk import Desk
from evals.forging.plants_people import comatose, grown, ungendered
from evals.forging.plants_times import surgical
from evals.generating.scenarios import Made


@honest("DOC-008", "electronic signature images are identical by design")
def signed_electronically(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    for paper in chart.papers:
        paper.signers = [(f"{role}（电子签名）", who) for role, who in paper.signers]
    return spared(chart)


@honest("DOC-008", "multi-site doctors")
def multi_site_doctor(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    who = desk.name()
    text = f"邀请市中心医院{who}主任医师（多点执业备案）会诊，同意目前诊断及治疗。"
    chart.write(
        "会诊记录", chart.stay.at(2, 16), ("会诊意见", text), by=f"{who}（多点执业）", role="会诊医师"
    )
    return spared(chart)


@honest("DOC-008", "intern/trainee without countersignature: here countersigned")
def trainee_countersigned(desk: Desk) -> Made:
    chart = desk.chart()
    paper = chart.paper("首次病程记录")
    paper.signers = [("实习医师", desk.name()), ("带教医师", chart.team.attending)]
    return spared(chart)


@honest("DOC-008", "patient signature when 意识 is coma: here a relative signed")
def signed_by_a_relative(desk: Desk) -> Made:
    chart = desk.chart("hip")
    for paper in comatose(chart):
        paper.signers = [("患者家属", desk.name()), ("与患者关系", "子女"), paper.signers[-1]]
    return spared(chart)


@honest("DOC-009", "pinyin/variant characters")
def written_in_another_form(desk: Desk) -> Made:
    chart = desk.chart()
    for title in ("检查报告单", "入院护理评估单"):
        chart.paper(title).head["姓名"] = variant(chart.stay.person.name)
    return spared(chart)


VARIANTS = {
    "陈": "陳", "张": "張", "杨": "楊", "国": "國", "华": "華", "云": "雲",
    "强": "強", "丽": "麗", "峰": "峯", "兰": "蘭",
    "马": "馬", "苏": "蘇", "吴": "吳", "孙": "孫", "刘": "劉", "晓": "曉",
    "远": "遠", "伟": "偉", "军": "軍", "辉": "輝",
    "东": "東", "书": "書", "梦": "夢", "轩": "軒", "宁": "寧", "彦": "彥",
    "钱": "錢", "郑": "鄭", "冯": "馮", "卫": "衛",
}  # fmt: skip


def variant(name: str) -> str:
    return "".join(VARIANTS.get(sign, sign) for sign in name)


@honest("DOC-009", "newborn 之子")
def child_of_its_mother(desk: Desk) -> Made:
    chart = desk.chart("bronchitis", age=(1, 1))
    for paper in (chart.paper("检查报告单"), chart.paper("检验报告单")):
        paper.head["姓名"] = (
            f"{chart.stay.person.name}（{desk.name()}之{'子' if chart.sex == '男' else '女'}）"
        )
    return spared(chart)


@honest("DOC-009", "bed changes (segments)")
def moved_to_another_bed(desk: Desk) -> Made:
    chart = desk.chart()
    chart.stay.order("调床至67床", chart.stay.at(2, 10), 医嘱用法="其他")
    for paper in chart.papers:
        if paper.at > chart.stay.at(2, 10):
            paper.head["床号"] = "67床"
    return spared(chart)


@honest("DOC-009", "age ± 1 year by birth date")
def a_year_older(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    for title in ("检查报告单", "入院护理评估单", "出院记录"):
        chart.paper(title).head["年龄"] = f"{chart.age + 1}岁"
    return spared(chart)


# What a man's record may say of organs that he has not: the clear item, the section, its words.
OF_A_MAN = {
    "man_without_menses": ('"男性，无月经史" templates', "月经史", "男性，无月经史。"),
    "womb_of_his_wife": ("history of spouse", "婚育史", "已婚，其妻因子宫肌瘤行手术治疗，育有1子。"),
    "ovary_of_the_mother": (
        "gynaecological history of a female relative", "家族史", "母亲患卵巢囊肿，姐姐患子宫内膜癌，父亲体健。"
    ),
}  # fmt: skip


def of_a_man(label: str, told: str) -> Making:
    def make(desk: Desk) -> Made:
        chart = desk.chart(sex="1", fits=ungendered)
        chart.paper("入院记录").put(label, told)
        return spared(chart)

    return make


for name, (clear, label, told) in OF_A_MAN.items():
    honest("DOC-010", clear, name)(of_a_man(label, told))


@honest("DOC-010", "intersex")
def intersex(desk: Desk) -> Made:
    chart = desk.chart(sex="1", fits=ungendered)
    chart.stay.diagnoses.append(("Q56.000", "两性畸形，不可归类在他处者"))
    chart.paper("入院记录").add("既往史", "两性畸形病史，曾查见幼稚子宫。")
    return spared(chart, also=("DOC-015",))


@honest("DOC-010", "negation excluded: what is not there")
def no_womb_found(desk: Desk) -> Made:
    chart = desk.chart(sex="1", fits=ungendered)
    chart.paper("入院记录").add("体格检查", "外生殖器男性型，未见阴道及子宫。")
    return spared(chart)


@honest("DOC-012", "new diagnosis explained")
def diagnosis_explained(desk: Desk) -> Made:
    chart = desk.chart("pneumonia")
    note = chart.notes()[2]
    note.add("", "复查胸部CT示右肺占位，经讨论修正诊断，加诊肺占位性病变，已告知家属。")
    chart.stay.diagnoses.append(("R91.x00", "肺诊断性影像检查的异常所见"))
    paper = chart.paper("出院记录")
    paper.put("出院诊断", "肺炎；肺诊断性影像检查的异常所见")
    chart.paper("病案首页").put("其他诊断", "肺诊断性影像检查的异常所见  疾病编码：R91.x00  入院病情：无")
    return spared(chart)


@honest("DOC-012", "result revised by laboratory")
def result_revised(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    row = next(row for row in chart.stay.labs if row["检验值名称"] == "血红蛋白")
    old = str(int(row["检验值描述"]) - 33)
    reported = datetime.fromisoformat(row["检验报告时间"])
    note = next(paper for paper in chart.notes() if paper.at > reported)
    text = f"检验科来电：昨日报告血红蛋白{old}g/L系标本溶血，已撤回，更正为血红蛋白{row['检验值描述']}g/L。"
    note.add("", text)
    return spared(chart)


@honest("DOC-012", "history corrected and annotated (第七条)")
def history_corrected(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    note = chart.notes()[0]
    note.add(
        "",
        "补充更正病史：入院时未能回忆，现家属补述患者既往有青霉素皮试阳性史，入院记录过敏史据此更正并注明。",
    )
    chart.paper("病案首页").put("药物过敏", "有，过敏药物：青霉素")
    admission = chart.paper("入院记录")
    admission.put(
        "既往史",
        f"{chart.said['past']}，青霉素皮试阳性史（{chart.layout.time(note.at)}更正，{chart.team.resident}）。",
    )
    return spared(chart)
