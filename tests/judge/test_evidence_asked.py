"""What the question about both sides offers and shows: defences a record can hold, and the rows a suspicion stands on."""

from asked_stay import finding, only, stay_of, turns

STAY = {"admission_id": "A1", "begins_at": "2024-03-01 09:30", "ends_at": "2024-03-08 10:00"}
CASE = {
    "admissions": [STAY],
    "documents": [{"document_id": "D1", "kind": "日常病程记录", "text": "今晨已完成胃镜检查。"}],
    "charges": [{"charge_id": 1, "item_name": "胃镜检查", "charged_at": "2024-03-02 10:00"}],
}
PROMPT = "evidence_for_and_against"


def test_only_what_a_record_can_say_is_offered():
    given = only(PROMPT, stay_of([finding("CHG-006", charge_ids=["1"])], **CASE)).draft.given["choices"]
    assert "另有切口" in given
    assert "价格文件" not in given and "退费" not in given and "折价 " not in given


def test_a_finding_of_sums_alone_is_not_asked_about():
    for code in ("CHG-001", "CHG-034", "CHG-036"):
        assert not turns(PROMPT, stay_of([finding(code, charge_ids=["1"])], **CASE))


def test_the_charge_lines_can_be_quoted_and_sums_are_not_told():
    told = finding("CHG-023", charge_ids=["1"], message="胃镜检查按 1180.00 元/次计费")
    turn = only(PROMPT, stay_of([told], **CASE))
    assert "1180" not in turn.block and "疑点所指的费用明细" in turn.block
    number = max(n for n, (_, line) in enumerate(turn.numbered.lines, 1) if "胃镜检查" in line.cells)
    assert turn.proof.evidence([number], "胃镜检查", "for").row == "1"
