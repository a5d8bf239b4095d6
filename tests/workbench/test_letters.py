"""程序文书: letters filled into Word templates, ours or the bureau's own; a field that is misspelt is named, not left empty."""

import io
from dataclasses import replace
from datetime import datetime

import pytest
from docx import Document
from test_hearing import HEAD, findings, say, weigh  # noqa: F401

from knowledge.library import Library
from review.casework.desk import Refused
from review.procedure.terms import terms
from review.reports.catalogue import KINDS
from review.reports.letter_values import FIELDS, OF_ITEM, values_of
from review.reports.letters import OWN, filled, letters, shipped_template, write_templates
from review.reports.shelf import Order, change_state, open_dossier, put_together

MADE_AT = datetime(2026, 3, 2, 9)
LETTERS = [key for key, kind in KINDS.items() if kind.letter]
HOSTILE = "{{ 7 * 7 }}<w:t>&=cmd|'/C'!A0\x07\n第二行"


def words(content):
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def letter(desk, key, kind):
    return put_together(desk, HEAD, Order(key, kind), MADE_AT)[0]


def dossier(desk, key):
    entry = desk.inspection(key)
    return open_dossier(entry, desk.results(entry), desk.standing(entry), desk.rules)


def test_each_letter_rests_on_a_passage_we_hold(desk):
    library: Library = desk.library
    for said in letters().values():
        assert library.clause(said["document"], said["passage"]) is not None


def test_every_letter_is_filled_whole_and_reads_back_what_its_file_says(desk, key, findings):  # noqa: F811
    for kind in LETTERS:
        made = letter(desk, key, kind)
        said = words(made.word)
        assert "{{" not in said and "{%" not in said
        assert desk.inspection(key).name in said
        assert [block.text for block in made.blocks if hasattr(block, "text")]


def test_the_fields_listed_are_those_there_are(desk, key, findings):  # noqa: F811
    values = values_of(dossier(desk, key), terms(), MADE_AT, draft=True)
    assert set(values) == set(FIELDS)
    assert tuple(values["事项"][0]) == OF_ITEM
    assert values["报送进度工作日"] == 30 and values["书面报告工作日"] == 5


def test_sums_of_a_letter_are_those_of_the_final_list(desk, key, findings):  # noqa: F811
    say(desk, key, findings[0]["id"])
    weigh(desk, key, findings[0]["id"], "reduced", amount="1.00")
    values = values_of(dossier(desk, key), terms(), MADE_AT, draft=False)
    final = put_together(desk, HEAD, Order(key, "final"), MADE_AT)[0]
    total = next(table for table in final.tables if table.name == "逐项").total
    assert (values["合计金额"], values["合计基金"]) == tuple(f"{sum_:,.2f}" for sum_ in total[5:7])
    assert values["事项"][0]["金额"] == "1.00"


def test_words_of_a_record_stay_words(desk, key, findings, tmp_path):  # noqa: F811
    whole = dossier(desk, key)
    stay = next(stay for stay in whole.stays if stay.points)
    hostile = replace(stay, points=(replace(stay.points[0], message=HOSTILE), *stay.points[1:]))
    stays = tuple(hostile if one is stay else one for one in whole.stays)
    values = values_of(replace(whole, hospital=HOSTILE, stays=stays), terms(), MADE_AT, draft=True)
    to_police = {"部门": "公安机关", "理由": "涉嫌", "文件": "规定", "条款": "第一条"}
    values = {**values, "移送": [{**to_police, "事项": values["事项"], "合计金额": values["合计金额"]}]}
    said = words(filled("transfer", tmp_path, values, MADE_AT))
    assert "{{ 7 * 7 }}<w:t>&=cmd|'/C'!A0" in said and "49" not in said.replace("2024", "")
    assert "第二行" in said


def test_the_bureaus_own_template_is_used_and_ours_is_not_written_over(desk, key, findings, tmp_path):  # noqa: F811
    with pytest.raises(Exception, match="已有"):
        write_templates(tmp_path)
        write_templates(tmp_path)
    own = Document(io.BytesIO(shipped_template("notice")))
    own.add_paragraph("山岭县医保局制　第 {{ 事项数 }} 号")
    (desk.home / OWN).mkdir()
    own.save(desk.home / OWN / "notice.docx")
    assert f"山岭县医保局制　第 {len(findings)} 号" in words(letter(desk, key, "notice").word)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ 被检机够 }}", "被检机够"),
        ("{{ 被检机构", "域写法有误"),
        ("{%p for 项 in 事项 %}", "域写法有误"),
        ("{{ 事项.一.二 }}", "域写法有误"),
        ("{{ ''.__class__.__mro__ }}", "域写法有误"),
    ],
)
def test_a_template_that_is_wrong_is_named_with_what_is_wrong(desk, key, text, told):
    own = Document(io.BytesIO(shipped_template("notice")))
    own.add_paragraph(text)
    (desk.home / OWN).mkdir()
    own.save(desk.home / OWN / "notice.docx")
    with pytest.raises(Refused, match=told) as refusal:
        letter(desk, key, "notice")
    assert "notice.docx" in str(refusal.value)


def test_a_file_that_is_no_word_document_is_refused(desk, key):
    (desk.home / OWN).mkdir()
    (desk.home / OWN / "notice.docx").write_bytes(b"PK nothing")
    with pytest.raises(Refused, match="另存为"):
        letter(desk, key, "notice")


def test_the_same_letter_has_the_same_bytes(desk, key):
    assert letter(desk, key, "record").word == letter(desk, key, "record").word


def test_a_notice_waits_for_no_decision(desk, key):
    change_state(desk, HEAD, desk.inspection(key), "notice", "已定")
    assert not letter(desk, key, "notice").draft
    with pytest.raises(Refused, match="待定"):
        change_state(desk, HEAD, desk.inspection(key), "feedback", "已定")
