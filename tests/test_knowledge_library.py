import json
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from knowledge.cutting.documents import Document
from knowledge.cutting.passages import Passage
from knowledge.finding import lexical
from knowledge.finding.collection import Collection, loose_passage
from knowledge.finding.index import SentenceModel, static_embedding
from knowledge.finding.indexing import index_in_memory
from knowledge.finding.ranking import rank
from knowledge.finding.word_vectors import WordVectors
from knowledge.holding.adding import add_paths
from knowledge.holding.shelf import INDEXED, READ, REFUSED
from knowledge.library import Library

OLD = "<!--\n标题: 某基金办法\n日期: 2015-01-01公布，2015-02-01施行\n-->\n第一条 会诊应当在48小时内完成。\n第二条 本办法自2015年2月1日起施行。\n"
NEW = "<!--\n标题: 某基金办法\n日期: 2020-01-01公布，2020-02-01施行\n-->\n第一条 会诊应当在24小时内完成。\n第二条 本办法自2020年2月1日起施行。\n"


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "来源"
    folder.mkdir()
    (folder / "旧.md").write_text(OLD, encoding="utf-8")
    (folder / "新.md").write_text(NEW, encoding="utf-8")
    (folder / "坏.docx").write_bytes(b"not a document")
    (folder / "编码.csv").write_text("code,name\nA00,霍乱\nA01,伤寒\n", encoding="utf-8")
    add_paths(tmp_path / "home", [folder])
    return tmp_path / "home"


def test_each_file_has_a_state_and_a_bad_one_stops_nothing(home):
    states = {state.file.rpartition("/")[2]: state for state in Library.open(home).states()}
    assert {name: state.state for name, state in states.items()} == {
        "坏.docx": REFUSED,
        "新.md": INDEXED,
        "旧.md": INDEXED,
        "编码.csv": READ,
    }
    assert states["新.md"].said == "已入库（2 条）"
    assert states["坏.docx"].said.startswith("拒收：")


def test_adding_the_same_again_changes_no_byte(home, tmp_path):
    def held():
        files = sorted(file for file in (home / "knowledge").rglob("*") if file.is_file())
        return {file: file.read_bytes() for file in files if "vectors" not in file.parts}

    before = held()
    add_paths(home, [tmp_path / "来源"])
    assert held() == before


def test_same_content_under_another_name_is_held_once(home, tmp_path):
    copy = tmp_path / "副本.md"
    copy.write_text(NEW, encoding="utf-8")
    assert add_paths(home, [copy])[0].reason == "内容与已添加的文件相同"
    library = Library.open(home)
    assert sum(passage.text.startswith("第一条 会诊应当在24") for passage in library.collection.passages) == 1


def test_clause_is_the_version_in_force_that_day(home):
    library = Library.open(home)
    texts = {
        day: library.clause("某基金办法", "第一条", on=day).text
        for day in (date(2016, 1, 1), date(2021, 1, 1))
    }
    assert texts == {
        date(2016, 1, 1): "第一条 会诊应当在48小时内完成。",
        date(2021, 1, 1): "第一条 会诊应当在24小时内完成。",
    }
    assert library.clause("某基金办法", "第一条", on=date(2010, 1, 1)).in_force is False
    assert library.clause("某基金办法", "第九条") is None
    assert [one.in_force_from for one in library.versions("《某基金办法》")] == [
        date(2015, 2, 1),
        date(2020, 2, 1),
    ]


def test_search_before_commencement_gives_the_clause_that_says_from_when(home):
    hits = Library.open(home).search("会诊几小时完成", as_of=date(2010, 1, 1))
    own = [hit for hit in hits if hit.document == "某基金办法"]
    assert [(hit.passage, hit.in_force) for hit in own] == [("第二条", False)]
    assert own[0].note in ("您问的日期在施行之前（2015-02-01 起）", "您问的日期在施行之前（2020-02-01 起）")


def test_library_in_use_sees_what_was_added_since(home, tmp_path):
    library = Library.open(home)
    assert library.refreshed() is library
    (tmp_path / "又.md").write_text(
        "第一条 甲的规定写在这里。\n第二条 乙的规定写在这里。\n", encoding="utf-8"
    )
    add_paths(home, [tmp_path / "又.md"])
    assert library.refreshed().clause("又", "第二条").text == "第二条 乙的规定写在这里。"


def test_neighbours_stand_in_order_around_the_clause(home):
    around = Library.open(home).neighbours("某基金办法", "第二条", before=1, after=1)
    assert [one.passage for one in around] == ["第一条", "第二条"]


def test_index_of_an_interrupted_add_is_built_when_opened(home):
    shutil.rmtree(home / "knowledge" / "index")
    assert Library.open(home).clause("某基金办法", "第二条") is not None


def test_digest_gives_way_to_the_official_text():
    digest, official = Document("某条例", digest=True), Document("某条例")
    shelves = [
        (
            digest,
            [Passage("某条例", "第一条", "摘要：不得重复收费。"), Passage("某条例", "第二条", "摘要二。")],
        ),
        (official, [Passage("某条例", "第一条", "第一条 不得重复收费。")]),
    ]
    collection = Collection.of(shelves)
    assert [collection.passages[place].text for place in collection.units] == [
        "摘要二。",
        "第一条 不得重复收费。",
    ]
    assert collection.clause("某条例", "第1条").text == "第一条 不得重复收费。"


def test_paragraph_of_an_article_is_found_by_its_number():
    passage = Passage("某条例", "第四十条", "第四十条 甲：\n（一）乙；\n（二）丙。\n丁的规定。")
    collection = Collection.of([(Document("某条例"), [passage])])
    assert collection.clause("某条例", "第四十条第二款").text == "丁的规定。"
    assert collection.clause("某条例", "第四十条第三款") is None


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("第35条", "第三十五条"),
        ("第38条(三)", "第三十八条（三）"),
        ("第三十八条第（三）项", "第三十八条（三）"),
        ("第三十八条第三项", "第三十八条（三）"),
    ],
)
def test_ways_of_writing_a_passage_are_one(said, same):
    assert loose_passage(said) == same


def test_region_of_another_province_is_left_out():
    documents = [Document("甲省办法", region="220000"), Document("国家办法", region="000000")]
    collection = Collection.of(
        [(one, [Passage(one.title, "第一条", "举报奖励十万元。")]) for one in documents]
    )
    hits = rank(collection, index_in_memory(collection), "举报奖励多少", region="360000")
    assert [hit.document for hit in hits] == ["国家办法"]


def test_row_that_several_lists_repeat_is_one_hit():
    row = Passage("甲表", "限疗程：丙片", "名称：丙片\n限定：支付不超过20天", kind="row")
    again = replace(row, document="乙表", passage="丙片")
    collection = Collection.of([(Document("甲表"), [row]), (Document("乙表"), [again])])
    assert len(rank(collection, index_in_memory(collection), "丙片最多支付几天")) == 1


def test_saved_keyword_index_scores_as_before(tmp_path):
    built = lexical.build(["重复收费", "分解住院", "首次病程记录"])
    built.save(tmp_path / "lexicon.npz")
    asked = dict(lexical.tokens("病程记录多久写"))
    before, after = built.match(asked), lexical.Lexicon.load(tmp_path / "lexicon.npz").match(asked)
    assert np.array_equal(before.bm25, after.bm25)
    assert np.array_equal(before.share, after.share)
    assert before.bm25.sum(axis=0).argmax() == 2


@pytest.mark.slow
def test_shipped_vectors_are_the_same_through_sentence_transformers():
    texts = [
        "首次病程记录应当在入院8小时内完成。",
        "DRG 付费 2024 年",
        "龘龘 xyzzy",
        "医疗保障基金使用监督管理条例",
    ]
    ours = WordVectors.load().encode(texts)
    theirs = static_embedding().encode(texts, normalize_embeddings=False)
    assert np.allclose(ours, theirs, atol=1e-5)


@pytest.mark.slow
def test_model_that_is_not_on_this_machine_is_named():
    with pytest.raises(LookupError, match="MINGJIAN_EMBEDDING"):
        SentenceModel("没有/这个模型")


def test_library_without_anything_added_still_answers(tmp_path):
    hits = Library.open(tmp_path).search("首次病程记录多久内要写完？")
    assert (hits[0].document, hits[0].digest) == ("病历书写基本规范", True)


def test_states_are_plain_json(home):
    assert {
        entry["state"]
        for entry in json.loads((home / "knowledge" / "states.json").read_text("utf-8"))["files"]
    } == {
        INDEXED,
        READ,
        REFUSED,
    }


def test_a_paragraph_is_cut_from_the_official_article_before_our_digest_of_it(tmp_path):
    (tmp_path / "条例.md").write_text(
        "<!--\n标题: 医疗保障基金使用监督管理条例\n制定机关: 国务院\n日期: 2021-01-15公布，2021-05-01施行\n-->\n"
        "第一条 甲。\n第二条 乙。\n第八条 丙一。\n丙二。\n",
        encoding="utf-8",
    )
    add_paths(tmp_path / "home", [tmp_path / "条例.md"])
    clause = Library.open(tmp_path / "home").clause("医疗保障基金使用监督管理条例", "第八条第二款")
    assert clause is not None
    assert (clause.digest, clause.text) == (False, "丙二。")
