from knowledge.cutting.digests import read_digest
from knowledge.finding.collection import Collection

MADE = """---
title: 某办法
digest: true
---
## 第一条
问：头一条怎么问
### 第一款
有下列情形的：
### （一）
问：甲怎么问
甲。
### （二）
乙。
### 第二款
不在此列。
"""


def read_made(tmp_path):
    file = tmp_path / "made.md"
    file.write_text(MADE, encoding="utf-8")
    return read_digest(file)


def test_an_article_reads_as_the_official_text_does_items_on_their_marks(tmp_path):
    _, passages = read_made(tmp_path)
    assert passages[0].text == "有下列情形的：\n（一）甲。\n（二）乙。\n不在此列。"
    assert [passage.passage for passage in passages[1:]] == [
        "第一条第一款", "第一条（一）", "第一条（二）", "第一条第二款",
    ]  # fmt: skip


def test_how_people_ask_is_no_part_of_what_a_passage_says(tmp_path):
    _, passages = read_made(tmp_path)
    asked = {passage.passage: passage.asked for passage in passages}
    assert (asked["第一条"], asked["第一条（一）"]) == ("头一条怎么问\n甲怎么问", "甲怎么问")
    assert not any("怎么问" in passage.text for passage in passages)


def test_a_paragraph_without_its_own_heading_is_found_in_its_article(tmp_path):
    document, passages = read_made(tmp_path)
    collection = Collection.of([(document, passages[:1])])
    assert collection.clause("某办法", "第一条第二款").text == "不在此列。"
    assert collection.clause("某办法", "第一条第三款") is None
