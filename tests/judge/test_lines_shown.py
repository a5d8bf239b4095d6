"""What of a document and a table becomes lines: nothing cut in silence, nothing twice that tells nothing."""

from dataclasses import replace

from asked_stay import stay_of

from review.judge.choosing import chosen
from review.judge.pieces import LABS, document_title, table_piece
from review.judge.showing import shown

STAY = {"admission_id": "A1", "begins_at": "2024-03-01 09:30", "ends_at": "2024-03-08 10:00"}


def test_rows_beyond_the_most_that_are_shown_are_named_as_left_out():
    labs = [
        {"analyte": f"指标{n}", "value_text": str(n), "sampled_at": f"2024-03-02 0{n}:00"}
        for n in range(1, 8)
    ]
    rows = stay_of(admissions=[STAY], labs=labs).record.labs
    whole, cut = table_piece("化验报告", rows, LABS, 7), table_piece("化验报告", rows, LABS, 4)
    assert chosen([whole], 1000)[1] == ()
    assert chosen([cut], 1000)[1] == (f"{cut.title}（后 3 行）",)
    assert chosen([cut], 1)[1] == (f"{cut.title}（7 行）",)


SHEET = (
    "河湾县人民医院\n姓名：周某某  床号：12床\n护理记录\n"
    "2024-03-01 10:00 步入病房。\n姓名：周某某  床号：12床\n2024-03-06 21:30 转河湾县人民医院\n"
    "姓名：周某某  床号：14床\n护士签名：吴某\n医师签名：\n记录者：吴某 诉头晕"
)


def sheet(**more):
    document = {"document_id": "D1", "kind": "护理记录", "text": SHEET} | more
    return stay_of(admissions=[STAY], documents=[document]).record.documents[0]


def test_what_a_sheet_repeats_is_not_shown_and_the_rest_keeps_its_place():
    document = sheet()
    (piece,), left_out = shown([document], 1000)
    lines = piece.lines
    assert left_out == ()
    assert [line.text for line in lines] == [
        "姓名：周某某  床号：12床",
        "2024-03-01 10:00 步入病房。",
        "2024-03-06 21:30 转河湾县人民医院",
        "姓名：周某某  床号：14床",
        "医师签名：",
        "记录者：吴某 诉头晕",
    ]
    assert all(document.text[line.start : line.end] == line.text for line in lines)
    assert len(shown([document], 1000, entire=["D1"])[0][0].lines) == 10


def test_a_hospital_named_in_a_sentence_is_no_letterhead():
    document = sheet(text="转往县人民医院\n病情平稳")
    assert shown([document], 1000)[0][0].lines[0].text == "转往县人民医院"


def test_a_sheet_without_a_time_of_its_own_says_from_when_to_when_its_entries_are():
    title = document_title(replace(sheet(), written_at=None))
    assert title == "护理记录 2024-03-01 10:00 至 2024-03-06 21:30"
    undated = replace(sheet(text="护理记录\n步入病房"), written_at=None)
    assert document_title(undated) == "护理记录 时间不详"
