"""Is it one person: ADM-014 contradictions between the stays of one card, and what explains them."""

from datetime import timedelta

from evals.generating.admitting import Admitter
from evals.generating.clinical import case
from evals.generating.clinical_care import operation
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss, plant
from evals.generating.stay import DAY
from evals.generating.stays_again import again, shut
from evals.generating.stays_need import LOW
from evals.generating.wordings import worded

APART = timedelta(days=70)


def two(admit: Admitter, first: str = "gastritis", second: str = "pneumonia", **wanted: object) -> Case:
    return again(admit, first, second, APART, needed=True, same=False, **wanted)  # type: ignore[arg-type]


@plant("ADM-014", "one card in two beds at one time")
def overlapping(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "gastritis", needed=True, days=7)
    other = case(
        admit, "lumbar", needed=True, days=7, person=made.stay.person, begin=made.stay.begin + 2 * DAY, documents=True
    )  # fmt: skip
    other.older.append(made.close())
    return other.found(sums=False, among=[made.stay, other.stay], also=("ADM-005", "ADM-006"))


@plant("ADM-014", "another blood group than before")
def other_blood(admit: Admitter, reference: Reference) -> Made:
    made = two(admit, "anaemia", "hip_fracture")
    assert made.first
    made.first.story.blood, made.story.blood = "A型，Rh阳性", "B型，Rh阳性"
    made.first.lab("血型鉴定", "ABO血型", "A型", "", "", "", made.first.stay.at(1, 8))
    made.lab("血型鉴定", "ABO血型", "B型", "", "", "", made.stay.at(1, 8))
    return shut(made).found(sums=False, among=[*made.older, made.stay])


@plant("ADM-014", "an organ removed earlier is operated again")
def organ_again(admit: Admitter, reference: Reference) -> Made:
    key, code, name = admit.random.choice(
        [("append", "47.0900", "其他阑尾切除术"), ("chole", "51.2200", "胆囊切除术")]
    )
    made = two(admit, "gastritis", "gastritis")
    assert made.first
    for one in (made.first, made):
        operation(one, key, code, name, "全身麻醉", 1)
    return shut(made).found(sums=False, among=[*made.older, made.stay])


@plant("ADM-014", "eight centimetres and more between two heights")
def other_height(admit: Admitter, reference: Reference) -> Made:
    made = two(admit)
    assert made.first
    made.first.story.height, made.story.height = 176, 159
    return shut(made).found("clue", sums=False, among=[*made.older, made.stay])


@plant("ADM-014", "an organ the card's sex does not have")
def other_sex(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "uti", sex="1", age=(30, 50))
    if made.stay.person.sex == "2":
        made.said = {**made.said, "exam": "前列腺Ⅱ度增大，质韧，双侧睾丸未见异常。"}
        made.stay.exams[0]["检查所见"] = made.stay.exams[0]["检查报告诊断"] = (
            "前列腺增大，大小约4.8×3.6×3.4cm"
        )
    made.story.said = made.said
    return made.found(sums=False, also=(*LOW, "ADM-009"))


@near_miss("ADM-014", "typing error of a blood group corrected next day")
def corrected_blood(admit: Admitter, reference: Reference) -> Made:
    made = two(admit, "anaemia", "hip_fracture")
    assert made.first
    made.first.lab("血型鉴定", "ABO血型", "A型", "", "", "", made.first.stay.at(1, 8))
    made.lab("血型鉴定", "ABO血型", "B型", "", "", "", made.stay.at(1, 8))
    made.lab("血型鉴定", "ABO血型", "A型", "", "", "", made.stay.at(2, 8))
    made.note(2, worded(admit.random, "blood_corrected"), hour=11)
    return shut(made).spared(among=[*made.older, made.stay])


@near_miss("ADM-014", "transplant")
def transplanted(admit: Admitter, reference: Reference) -> Made:
    made = two(admit, "anaemia", "pneumonia")
    assert made.first
    made.first.lab("血型鉴定", "ABO血型", "A型", "", "", "", made.first.stay.at(1, 8))
    made.lab("血型鉴定", "ABO血型", "O型", "", "", "", made.stay.at(1, 8))
    made.stay.diagnoses.append(("Z94.800", "其他移植的器官和组织状态"))
    made.story.extra = worded(admit.random, "marrow_given")
    return shut(made).spared(among=[*made.older, made.stay])


@near_miss("ADM-014", "logic: the same height but for a few centimetres, the same group")
def nearly_same(admit: Admitter, reference: Reference) -> Made:
    made = two(admit)
    assert made.first
    made.first.story.height, made.story.height = 168, 164
    made.first.story.blood = made.story.blood = "AB型，Rh阳性"
    return shut(made).spared(among=[*made.older, made.stay])


@near_miss("ADM-014", "logic: one stay ends the hour the next begins")
def handed_over(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "stroke", "stroke", timedelta(minutes=20), needed=True, cells={"adm_way": "3"})
    made.older[0].way_out = "2"
    made.older[0].said |= {"fixmedins_code": "H41990000021", "fixmedins_name": "邻江县中医医院"}
    return shut(made).spared(among=[*made.older, made.stay], also=("ADM-006", "ADM-007"))


@near_miss("ADM-014", "logic: organ told as removed, another operated")
def other_organ(admit: Admitter, reference: Reference) -> Made:
    made = two(admit, "gastritis", "hip_fracture")
    assert made.first
    operation(made.first, "append", "47.0900", "其他阑尾切除术", "全身麻醉", 1)
    made.story.extra = "既往有阑尾切除手术史。"
    return shut(made).spared(among=[*made.older, made.stay])


@near_miss("ADM-014", "logic: the other side operated")
def other_side(admit: Admitter, reference: Reference) -> Made:
    made = two(admit, "cataract", "cataract", days=2)
    assert made.first
    for one, side in ((made.first, "右眼"), (made, "左眼")):
        for row in (*one.stay.operations, *one.stay.coded_operations):
            for column in ("手术操作名称", "oprn_oprt_name"):
                if column in row:
                    row[column] += f"（{side}）"
    return shut(made).spared(among=[*made.older, made.stay])
