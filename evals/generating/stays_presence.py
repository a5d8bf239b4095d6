"""Was the patient there: ADM-005 empty days, empty nights, signs of being elsewhere."""

from evals.generating.admitting import Admitter
from evals.generating.clinical import case
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss, plant
from evals.generating.stay import DAY, HOUR, stamp
from evals.generating.wordings import worded

ELSEWHERE = {"fixmedins_code": "H41990000021", "fixmedins_name": "邻江县中医医院"}
ELSEWHERE_TESTED = (("PET-CT", "市中心医院"), ("冠状动脉CTA", "市人民医院"), ("核素骨扫描", "省肿瘤医院"))
HOSTS = ("pneumonia", "stroke", "lumbar", "copd", "gastritis")


def host(admit: Admitter, days: int = 9) -> Case:
    made = case(admit, admit.random.choice(HOSTS), needed=True, days=days)
    made.undisturbed = True
    return made


@plant("ADM-005", "consecutive empty days")
def empty_run(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    first = admit.random.randint(3, 5)
    made.away(range(first, first + admit.random.randint(2, 3)))
    return made.found()


@plant("ADM-005", "three empty days of eight, not in a row")
def empty_scattered(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    made.away([2, 4, 7])
    return made.found()


@plant("ADM-005", "no reading at night though ordered")
def empty_nights(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    stay = made.stay
    stay.order(
        "测体温、脉搏、呼吸、血压 q4h",
        stay.begin + HOUR,
        until=stay.end - HOUR,
        医嘱用法="护理",
        医嘱频次="q4h",
    )
    stay.vitals = [
        row
        for row in stay.vitals
        if row["测量时间"][:10] <= str(stay.begin.date() + DAY) or "08" <= row["测量时间"][11:13] < "20"
    ]
    return made.found()


@plant("ADM-005", "two empty days long after a lock-down was over")
def after_lockdown(admit: Admitter, reference: Reference) -> Made:
    made = host(admit, 11)
    shut = made.stay.at(1, 8)
    made.note(2, f"因疫情封控管理，{shut.month}月{shut.day}日病区封闭1日，今日解除。", hour=10)
    made.away([6, 7, 8])
    return made.found()


@plant("ADM-005", "the notes say the patient is elsewhere")
def elsewhere(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    made.away([3, 4, 5])
    for day in (3, 4, 5):
        made.note(day, worded(admit.random, "away"), hour=17)
    return made.found()


@plant("ADM-005", "nurses find the bed empty night after night, while the chart of the days is full")
def told_at_night(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    nights = sorted(admit.random.sample(range(1, 8), admit.random.randint(4, 6)))
    for day in nights:
        made.story.nursing.append((made.stay.at(day, 21), worded(admit.random, "night_away")))
    dates = {str((made.stay.begin + day * DAY).date()) for day in nights}
    made.stay.vitals = [
        row for row in made.stay.vitals if row["测量时间"][:10] not in dates or row["测量时间"][11:13] < "20"
    ]
    return made.found()


@plant("ADM-005", "treated in the morning and at home by night, every day")
def home_by_noon(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    for day in (1, 3, 5, 7):
        made.note(day, worded(admit.random, "home_by_noon"), hour=14)
    made.stay.vitals = [
        row for row in made.stay.vitals
        if row["测量时间"][:10] <= str(made.stay.begin.date()) or "08" <= row["测量时间"][11:13] < "17"
    ]  # fmt: skip
    return made.found("clue")


@plant("ADM-005", "another hospital treats the patient on the same days")
def two_places(admit: Admitter, reference: Reference) -> Made:
    made = host(admit, 10)
    other = case(
        admit, "pneumonia", needed=True, days=3, person=made.stay.person, begin=made.stay.begin + 4 * DAY,
        documents=False, cells=ELSEWHERE,
    )  # fmt: skip
    made.away([5, 6])
    made.older.append(other.close())
    return made.found("established", also=("ADM-014", "ADM-006", "ADM-007"))


@near_miss("ADM-005", "granted leave with order and dates")
def on_leave(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    made.away([4, 5])
    start, stop = made.stay.at(4, 8, 0), made.stay.at(5, 20, 0)
    made.stay.order("请假离院", start, until=stop, 医嘱用法="其他", 医嘱频次="")
    signed = f"经主管医师{made.stay.doctor}批准，按时返院。\n医师签名：{made.stay.doctor}\n"
    asked = f"患者因家中急事请假，自{stamp(start)}至{stamp(stop)}离院，"
    made.story.further.append(("请假条", f"请假条\n{stamp(start - HOUR)}\n{asked}{signed}"))
    made.note(3, f"患者请假，已批准，{stamp(start)}离院，{stamp(stop)}返院。", hour=17)
    return made.spared()


@near_miss("ADM-005", "day ward by policy")
def day_ward(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "rehabilitation", needed=True, days=10, ward="中医日间病房")
    made.stay.vitals = [row for row in made.stay.vitals if "08" <= row["测量时间"][11:13] < "20"]
    made.story.plan = "按日间病房管理政策，白天治疗、夜间离院。"
    return made.spared()


@near_miss("ADM-005", "psychiatric trial leave")
def trial_leave(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "insomnia", days=12, ward="精神科")
    made.undisturbed = True
    made.stay.diagnoses, made.stay.reason = [("F20.900", "精神分裂症")], "精神分裂症"
    made.away([8, 9])
    made.stay.order(
        "试出院（假出院）2天",
        made.stay.at(8, 8, 0),
        until=made.stay.at(9, 20, 0),
        医嘱用法="其他",
        医嘱频次="",
    )
    made.note(7, worded(admit.random, "trial_leave"), hour=16)
    return made.spared()


@near_miss("ADM-005", "examination at another hospital with referral")
def referred_out(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    made.away([4, 5])
    test, place = admit.random.choice(ELSEWHERE_TESTED)
    made.stay.order(
        f"外出至{place}行{test}检查",
        made.stay.at(4, 8, 0),
        until=made.stay.at(5, 18, 0),
        医嘱用法="检查",
        医嘱频次="",
    )
    made.note(3, worded(admit.random, "referred_out", test=test, place=place), hour=16)
    return made.spared()


@near_miss("ADM-005", "vital-sign extract starting later than the stay")
def late_extract(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    start = made.stay.at(5, 0, 0)
    made.stay.vitals = [row for row in made.stay.vitals if row["测量时间"] >= stamp(start)]
    return made.spared()


@near_miss("ADM-005", "paper temperature sheet in records")
def paper_sheet(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    rows = [
        f"{row['测量时间']} T{row['体温']} P{row['脉搏']} R{row['呼吸']} BP{row['收缩压']}/{row['舒张压']}"
        for row in made.stay.vitals
    ]
    made.away([4, 5])
    made.story.further.append(("体温单", "体温单\n" + "\n".join(rows) + f"\n记录者：{made.stay.nurse}\n"))
    return made.spared()


@near_miss("ADM-005", "lockdown")
def lockdown(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    made.away([4, 5])
    first, last = (f"{day.month}月{day.day}日" for day in (made.stay.at(4, 8), made.stay.at(5, 8)))
    made.note(6, worded(admit.random, "lockdown", first=first, last=last), hour=10)
    return made.spared()


@near_miss("ADM-005", "logic: one empty day")
def one_day(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    made.away([5])
    return made.spared()


@near_miss("ADM-005", "logic: no night reading, and none ordered")
def quiet_nights(admit: Admitter, reference: Reference) -> Made:
    made = host(admit)
    made.stay.vitals = [
        row for row in made.stay.vitals
        if row["测量时间"][:10] <= str(made.stay.begin.date() + DAY) or "08" <= row["测量时间"][11:13] < "20"
    ]  # fmt: skip
    return made.spared()
