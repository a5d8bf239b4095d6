"""One stay with its first document and charges, for tests of what answers about it come to."""

STAY = {
    "admission_id": "A1",
    "age_years": 61,
    "department": "心血管内科",
    "begins_at": "2024-03-01 09:30",
    "ends_at": "2024-03-08 10:00",
    "main_diagnosis_code": "I15.900",
    "main_diagnosis": "继发性高血压",
}


def document(number, kind, at, text, **more):
    return {"document_id": number, "kind": kind, "written_at": at, "text": f"{kind}\n{text}", **more}


ADMISSION = document(
    "D1",
    "入院记录",
    "2024-03-01 11:40",
    "主诉：头晕3天。\n门诊时一度收缩压达到二百余，未用降压药。\n体格检查：指氧监测 86%，未吸氧；血压 186/102mmHg。神志清。\n既往：父亲曾昏迷。",
)

TREATED = document("D2", "日常病程记录", "2024-03-03 09:00", "昨日胃镜因准备不足未做，今晨已完成胃镜检查。")
CHARGES = [
    {"charge_id": 1, "item_name": "胃镜检查", "charge_type": "03", "charged_at": "2024-03-02 10:00"},
    {"charge_id": 2, "item_name": "普通针刺", "charge_type": "05", "charged_at": "2024-03-04 10:00"},
    {"charge_id": 3, "item_name": "床位费", "charge_type": "01", "charged_at": "2024-03-04 23:00"},
    {"charge_id": 4, "item_name": "床位费", "charge_type": "01", "charged_at": "2024-03-05 23:00"},
]
