"""What each question shows of a stay: what it needs, nothing later than its window, nothing of a record outside the block."""

from dataclasses import replace
from datetime import datetime

from asked_stay import QUESTIONS, finding, only, quoted, stay_of, turns

from review.judge.models import PieceKind
from review.judge.registry import all_questions, default_questions
from review.judge.showing import without
from review.judge.tokens import piece_tokens
from review.models import Basis

STAY = {
    "admission_id": "A1",
    "age_years": 61,
    "sex": "女",
    "department": "心血管内科",
    "begins_at": "2024-03-01 09:30",
    "ends_at": "2024-03-08 10:00",
    "main_diagnosis_code": "I15.900",
    "main_diagnosis": "继发性高血压",
}
ADMISSION = {
    "document_id": "D1",
    "kind": "入院记录",
    "written_at": "2024-03-01 11:40",
    "text": "入院记录\n主诉：头晕3天。\n体格检查：T 36.4℃，P 72次/分，BP 212/128mmHg。神志清。\n医师签名：甲",
}
FIRST_NOTE = {
    "document_id": "D2",
    "kind": "首次病程记录",
    "written_at": "2024-03-01 14:00",
    "text": "首次病程记录\n患者由外院转诊来我院。拟查颈动脉超声以除外斑块。",
}
LATER = {
    "document_id": "D3",
    "kind": "日常病程记录",
    "written_at": "2024-03-05 09:00",
    "text": "日常病程记录\n突发意识不清，转入重症监护。",
}
SHEET = {
    "document_id": "D4",
    "kind": "护理记录",
    "written_at": "2024-03-01 10:00",
    "text": "护理记录\n2024-03-01 10:00 步入病房，血压偏高。\n2024-03-06 10:00 患者外出未归。",
}
CASE = {
    "admissions": [STAY],
    "documents": [ADMISSION, FIRST_NOTE, LATER, SHEET],
    "charges": [
        {"charge_id": 1, "item_name": "颈动脉彩超", "charge_type": "03", "charged_at": "2024-03-01 15:00"},
        {"charge_id": 2, "item_name": "人血白蛋白", "charge_type": "09", "charged_at": "2024-03-02 15:00"},
    ],
    "exams": [
        {"exam_name": "心电图", "registered_at": "2024-03-01 10:00", "conclusion": "窦性心律"},
        {"exam_name": "头颅磁共振", "registered_at": "2024-03-04 10:00", "conclusion": "未见异常"},
    ],
    "orders": [{"order_type": "长期医嘱", "order_name": "心电监护", "begins_at": "2024-03-05 10:00"}],
}


def test_every_question_has_a_name_for_the_screen_and_the_first_three_are_the_first_asked():
    assert len({one.title for one in all_questions()}) == len(all_questions())
    assert [one.code for one in default_questions()][:3] == ["J1", "J2", "S"]
    assert {one.code for one in all_questions()} == {*(f"J{n}" for n in range(1, 9)), "S"}


def test_a_stay_without_documents_or_findings_is_asked_nothing():
    stay = stay_of(admissions=[STAY])
    assert [one.prompt for one in all_questions() if list(one.asks(stay))] == []


def test_a_clean_stay_is_asked_for_its_summary_its_presence_and_its_contradictions_only():
    stay = stay_of(outcomes={"ADM-001": "clear"}, **CASE)
    assert {one.prompt for one in all_questions() if list(one.asks(stay))} == {
        "stay_summary",
        "presence_by_day",
        "contradictions",
    }


def test_the_criteria_are_asked_where_the_need_is_in_doubt():
    assert turns("admission_criteria", stay_of([finding("ADM-002")], **CASE))
    assert turns("admission_criteria", stay_of(outcomes={"ADM-001": "not_checked"}, **CASE))
    assert not turns("admission_criteria", stay_of([finding("CHG-004", charge_ids=["1"])], **CASE))


def test_nothing_later_than_the_first_day_is_shown_with_the_criteria():
    for turn in turns("admission_criteria", stay_of([finding("ADM-001")], **CASE)):
        assert "头晕3天" in turn.block and "转诊来我院" in turn.block and "步入病房" in turn.block
        for later in ("突发意识不清", "外出未归", "头颅磁共振", "心电监护"):
            assert later not in turn.block


def test_an_admission_record_written_late_is_shown_without_what_was_added_afterwards():
    late = ADMISSION | {
        "written_at": "2024-03-03 11:00",
        "text": ADMISSION["text"] + "\n修正诊断：脑梗死，2024-03-06 补充。",
        "sections": ["体格检查", "修正诊断"],
    }
    case = CASE | {"documents": [late, LATER]}
    for turn in turns("admission_criteria", stay_of([finding("ADM-001")], **case)):
        assert "头晕3天" in turn.block
        assert "脑梗死" not in turn.block


def test_a_criterion_the_rules_found_met_is_not_asked_again():
    given = turns("admission_criteria", stay_of([finding("ADM-002")], **CASE))[0].draft.given
    assert "血氧饱和度" in given["values"] and "S03" not in given["criteria"]
    case = CASE | {"vitals": [{"measured_at": "2024-03-01 10:00", "oxygen_saturation": 84, "pulse": 80}]}
    given = turns("admission_criteria", stay_of([finding("ADM-002")], **case))[0].draft.given
    assert "血氧饱和度" not in given["values"] and "体温" in given["values"]


def test_a_value_is_asked_for_once_and_a_condition_by_itself():
    given = turns("admission_criteria", stay_of([finding("ADM-001")], **CASE))[0].draft.given
    values = given["values"].split("、")
    assert len(values) == len(set(values)) and values.count("体温") == 1
    assert "S05.2 寒战、休克等严重感染征象" in given["criteria"].splitlines()
    assert not any(sign in given["criteria"] for sign in "<>≤≥")


def test_a_reason_is_looked_for_by_the_day_after_the_order_and_no_longer():
    stay = stay_of([finding("CHG-029", charge_ids=["1"])], **CASE)
    turn = only("reason_recorded", stay)
    assert "颈动脉彩超" in turn.block and "除外斑块" in turn.block and "步入病房" in turn.block
    for later in ("突发意识不清", "外出未归", "头颅磁共振"):
        assert later not in turn.block
    closes = datetime(2024, 3, 2, 15, 0)
    assert all(piece.document.written_at <= closes for piece in turn.draft.pieces if piece.document)


def test_items_ordered_on_different_days_are_asked_apart():
    case = CASE | {
        "charges": [
            {
                "charge_id": 1,
                "item_name": "颈动脉彩超",
                "charge_type": "03",
                "charged_at": "2024-03-01 15:00",
            },
            {
                "charge_id": 2,
                "item_name": "动态心电图",
                "charge_type": "03",
                "charged_at": "2024-03-05 15:00",
            },
        ]
    }
    stay = stay_of([finding("CHG-029", charge_ids=["1", "2"])], **case)
    first, second = turns("reason_recorded", stay)
    assert "动态心电图" not in first.block and "突发意识不清" not in first.block
    assert "突发意识不清" in second.block


def test_of_a_stay_spent_on_examinations_the_dearest_are_asked_about():
    charges = [
        {
            "charge_id": n,
            "item_name": f"检查{n}",
            "charge_type": "03",
            "unit_price": n,
            "charged_at": "2024-03-01 15:00",
        }
        for n in range(1, 9)
    ]
    turn = only("reason_recorded", stay_of([finding("ADM-003")], **CASE | {"charges": charges}))
    assert turn.draft.given["items"] == "1、2、3、4、5"
    assert "检查8" in turn.block and "检查3，" not in turn.block


def test_all_findings_of_a_stay_are_weighed_in_one_request_and_their_exceptions_are_ours():
    findings = [finding("ADM-002", 1), finding("CHG-029", 2, ["1"])]
    turn = only("evidence_for_and_against", stay_of(findings, **CASE))
    assert turn.draft.about == "F1+F2"
    given = turn.draft.given["choices"]
    assert given.startswith("疑点 A（") and "\n疑点 B（无指征检查检验）：B1 写明：手术、输血" in given
    assert "疑点 A：" in turn.block and "规则所说" in turn.block
    assert [piece.kind for piece in turn.draft.pieces][:2] == [PieceKind.RULE, PieceKind.RULE]


def test_more_findings_than_one_request_holds_are_split():
    findings = [finding("CHG-029", n, ["1"]) for n in range(1, 8)]
    first, second = turns("evidence_for_and_against", stay_of(findings, **CASE))
    assert (first.draft.about, second.draft.about) == ("F1+F2+F3+F4+F5", "F6+F7")


def test_a_finding_of_a_model_is_not_weighed():
    told = finding("CHG-029", charge_ids=["1"])
    model = type(told)(**{**vars(told), "origin": "model"})
    assert not turns("evidence_for_and_against", stay_of([model], **CASE))


def test_the_clauses_of_a_limit_are_the_rows_of_our_table():
    drug = {
        "charge_id": 2,
        "item_name": "人血白蛋白",
        "code15": "XB05AAR021B001",
        "kind": "drug",
        "charge_type": "09",
    }
    stay = stay_of([finding("CHG-023", charge_ids=["2"])], **CASE | {"charges": [drug]})
    turn = only("limit_clauses", stay)
    assert "A1 " in turn.draft.given["clauses"] and "重症患者" in turn.draft.given["clauses"]
    assert "人血白蛋白" not in turn.block


def test_a_treatment_is_held_against_the_one_rule_its_finding_cites():
    charge = {"charge_id": 2, "item_name": "运动疗法", "code15": "003402000200000", "charge_type": "05"}
    passage = "运动疗法只用于有相应功能障碍者（序号 173），适应症为我们整理"
    told = replace(finding("CHG-031", charge_ids=["2"]), basis=(Basis("清单", passage),))
    turn = only("limit_clauses", stay_of([told], **CASE | {"charges": [charge]}))
    assert turn.draft.given["clauses"].startswith("疑点 A（运动疗法）：A1 运动疗法只用于有相应功能障碍者（如")
    assert "|" not in turn.draft.given["clauses"] and "序号" not in turn.draft.given["clauses"]


def test_diagnoses_that_decide_the_group_are_asked_with_the_criteria_of_our_table():
    diagnoses = [{"diagnosis_code": "J96.000", "diagnosis_name": "急性呼吸衰竭", "is_main": True}]
    turn = only("diagnosis_criteria", stay_of(**CASE | {"diagnoses": diagnoses}))
    assert "诊断 A：呼吸衰竭" in turn.draft.given["criteria"] and "氧分压" in turn.draft.given["criteria"]
    suspected = [{"diagnosis_code": "J96.000", "diagnosis_name": "呼吸衰竭待查", "is_main": True}]
    assert not turns("diagnosis_criteria", stay_of(**CASE | {"diagnoses": suspected}))


def test_an_operation_record_is_read_where_a_finding_turns_on_it():
    record = {
        "document_id": "D9",
        "kind": "手术记录",
        "written_at": "2024-03-03 12:00",
        "text": "手术记录\n置入锁骨钢板1块。",
    }
    case = CASE | {"documents": [ADMISSION, record]}
    assert not turns("operation_record", stay_of(**case))
    turn = only("operation_record", stay_of([finding("CHG-015", charge_ids=["1"])], **case))
    assert "锁骨钢板" in turn.block and "头晕" not in turn.block


def two_patients():
    other = STAY | {"admission_id": "B1", "person_id": "Q"}
    text = "现病史：患者在修剪果树时由木梯跌落，右髋着地。"
    documents = [
        ADMISSION | {"text": "入院记录\n" + text},
        ADMISSION | {"document_id": "E1", "admission_id": "B1", "text": "入院记录\n乙患者，" + text},
    ]
    stay = stay_of(admissions=[STAY, other], documents=documents)
    records = stay.record.inspection.records
    evidence = (
        quoted(records["A1"], "D1", "由木梯跌落，右髋着地"),
        quoted(records["B1"], "E1", "由木梯跌落，右髋着地"),
    )
    return type(stay)(stay.record, (finding("DOC-017", evidence=evidence, related=["B1"]),), {}, stay.headers)


def test_two_like_passages_are_pieces_of_their_own_and_the_other_says_whose_it_is():
    turn = only("shared_facts", two_patients())
    own, other = turn.draft.pieces
    assert own.title.startswith("甲段") and own.document.admission_id == "A1"
    assert other.title.startswith("乙段") and other.document.admission_id == "B1"


def test_nothing_a_record_wrote_stands_in_what_is_given_as_our_own_words():
    mark = "标记"
    documents = [
        {**one, "title": f"{mark}标题", "text": f"{one['text']}\n{mark}文书"} for one in CASE["documents"]
    ] + [
        {
            "document_id": "D8",
            "kind": "手术记录",
            "written_at": "2024-03-02 10:00",
            "text": f"手术记录\n{mark}手术，置入钢板。",
        }
    ]
    diagnoses = [{"diagnosis_code": "J96.000", "diagnosis_name": f"{mark}呼吸衰竭", "is_main": True}]
    charges = [
        {"charge_id": 1, "item_name": f"{mark}彩超", "charge_type": "03", "charged_at": "2024-03-01 15:00"},
        {
            "charge_id": 2,
            "item_name": f"{mark}白蛋白",
            "code15": "XB05AAR021B001",
            "kind": "drug",
            "charge_type": "09",
        },
    ]
    exams = [{"exam_name": f"{mark}检查", "registered_at": "2024-03-01 10:00", "conclusion": f"{mark}结论"}]
    orders = [{"order_name": f"{mark}医嘱", "begins_at": "2024-03-01 10:00"}]
    codes = ("ADM-001", "ADM-003", "CHG-015", "CHG-023", "CHG-029", "CHG-031")
    findings = [
        finding(code, n, ["2" if code == "CHG-023" else "1"], message=f"{mark}消息")
        for n, code in enumerate(codes)
    ]
    stay = stay_of(
        findings, admissions=[STAY], documents=documents, diagnoses=diagnoses, charges=charges, exams=exams, orders=orders
    )  # fmt: skip
    asked = {question.prompt: list(question.asks(stay)) for question in all_questions()}
    doubled = two_patients()
    asked["shared_facts"] = list(QUESTIONS["shared_facts"].asks(doubled))
    assert all(asked.values()), [prompt for prompt, drafts in asked.items() if not drafts]
    for drafts in asked.values():
        for draft in drafts:
            assert mark not in " ".join(draft.given.values())


def test_a_long_record_is_cut_to_its_budget_and_what_is_left_out_is_told():
    many = [
        LATER | {"document_id": f"N{n}", "written_at": f"2024-03-0{2 + n % 5} 0{n % 9}:10", "text": f"病程{n}\n" + "病情平稳，继续治疗。" * 80}
        for n in range(12)
    ]  # fmt: skip
    stay = stay_of(budget=2000, **CASE | {"documents": [ADMISSION, *many]})
    turn = only("stay_summary", stay)
    assert sum(map(piece_tokens, turn.draft.pieces)) <= 2000
    assert turn.draft.left_out and "头晕3天" in turn.block


def test_a_document_recognised_badly_is_not_shown():
    case = CASE | {"documents": [ADMISSION, LATER | {"confidence": 0.5}]}
    assert "突发意识不清" not in only("stay_summary", stay_of(**case)).block


def test_lines_cut_from_a_piece_are_those_that_touch_the_spans():
    turn = only("stay_summary", stay_of(**CASE))
    piece = next(one for one in turn.draft.pieces if one.document.document_id == "D4")
    first = piece.lines[0]
    assert without(piece, [(first.start, first.end)]).lines == piece.lines[1:]
