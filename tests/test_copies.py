"""What repeats between writings: templates, sketches, candidates, blocks, leftovers, and notes in a row."""

from random import Random

import numpy as np
import pytest
from datasketch import MinHash

from evals.bench.copies import searched
from evals.copying.histories import measure
from evals.copying.profile import invent
from review.copies.candidates import SMALL, alike_by_clauses, alike_by_signature, linked
from review.copies.confirmation import Block, shared_blocks
from review.copies.leftovers import Leftover, Reported, foreign_sizes, foreign_values
from review.copies.repeated import containments, runs
from review.copies.search import search
from review.copies.signatures import PERMUTATIONS, WINDOW, shingle_hashes, signatures
from review.copies.specifics import bits_of, holders_of, shared_clauses
from review.copies.templates import learn_templates
from review.copies.writings import Passage, Writing


def letters(seed, length):
    random = Random(seed)
    return "".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(length))


def writing(person, *lines, kind="入院记录", ward="内科"):
    return Writing(person, kind, ward, lines)


def test_a_line_is_a_template_by_its_patients_and_not_by_its_documents():
    many = [writing(f"P{number}", f"体温36.{number}℃，继续观察。") for number in range(5)]
    one = [writing("P9", "只此一人反复抄写的句子。") for _ in range(20)]
    templates = learn_templates([*many, *one], share=0.05, least=5)
    assert {line for _, _, line in templates.lines} == {"体温#℃，继续观察。"}


def test_what_one_ward_always_writes_is_a_template_there_and_nowhere_else():
    ward = [writing(f"P{number}", "本科常规宣教已完成。", ward="骨科") for number in range(6)]
    others = [writing(f"Q{number}", letters(number, 30)) for number in range(194)]
    elsewhere = writing("R1", "本科常规宣教已完成。", ward="眼科")
    templates = learn_templates([*ward, *others, elsewhere], share=0.05, least=5)
    assert not any(templates.passage(ward[0]).own)
    assert all(templates.passage(elsewhere).own)


def test_a_sketch_is_the_library_s_own():
    text = letters(1, 100)
    sketch = MinHash(num_perm=PERMUTATIONS, hashfunc=int)
    sketch.update_batch(shingle_hashes(text).tolist())
    assert (signatures([text]).values[0] == sketch.hashvalues).all()


def test_sketches_agree_about_as_often_as_texts_are_alike():
    text = letters(2, WINDOW)
    other = text[:120] + letters(3, WINDOW - 120)
    stretches, others = set(shingle_hashes(text).tolist()), set(shingle_hashes(other).tolist())
    jaccard = len(stretches & others) / len(stretches | others)
    values = signatures([text, other]).values
    assert float((values[0] == values[1]).mean()) == pytest.approx(jaccard, abs=0.15)


def test_hashes_are_the_same_on_every_machine():
    assert shingle_hashes("病程记录患者一般").tolist() == shingle_hashes("病程记录患者一般").tolist()
    assert len(shingle_hashes("短句")) == 0
    assert len(set(shingle_hashes(letters(4, 5000)).tolist())) == 4993


def test_texts_of_one_person_make_no_pair():
    text = letters(5, 200)
    sketches = signatures([text, text, text])
    assert alike_by_signature(sketches, np.array([0, 0, 1])).tolist() == [[0, 2], [1, 2]]


def test_a_large_group_is_linked_and_not_squared():
    count = 1000
    pairs = linked(np.zeros(count, dtype=np.uint64), np.arange(count), np.arange(count))
    assert count - 1 <= len(pairs) <= 2 * count
    assert set(pairs.ravel().tolist()) == set(range(count))


def test_a_small_group_is_compared_all_with_all():
    pairs = linked(np.zeros(SMALL, dtype=np.uint64), np.arange(SMALL), np.arange(SMALL))
    assert len(pairs) == SMALL * (SMALL - 1) // 2


def test_few_equal_clauses_are_too_short_to_make_a_candidate():
    lines = [("右膝外伤后疼痛五小时，急呼救护车送来",), ("右膝外伤后疼痛五小时，自行乘车前来就诊",)]
    assert len(alike_by_clauses(lines, np.array([0, 1]), least=25)) == 0
    assert alike_by_clauses(lines, np.array([0, 1]), least=8).tolist() == [[0, 1]]


def test_blocks_are_found_in_whatever_order_they_were_put():
    first, second, between = letters(6, 40), letters(7, 50), letters(8, 30)
    assert shared_blocks(second + between + first, first + second) == (Block(0, 40, 50), Block(80, 0, 40))


def test_repetition_counts_once_and_stays_cheap():
    blocks = shared_blocks("无不适。" * 4000, "无不适。" * 4000)
    assert sum(block.size for block in blocks) == 16_000


def test_templates_between_copied_lines_are_read_along_and_not_counted():
    passage = Passage(writing("P1", "甲" * 20, "乙" * 30), (True, False))
    assert (passage.kept, passage.weight(0, 50), passage.weight(15, 20)) == ("甲" * 20, 20, 5)


def test_a_paragraph_copied_into_a_longer_record_is_found_and_its_templates_are_not():
    usual = ["神志清，精神可，查体合作。", "已交代病情，表示理解并配合。"]
    history = letters(9, 90) + "。"
    own = [writing(f"P{number}", *usual, letters(100 + number, 300) + "。") for number in range(30)]
    source = writing("A", *usual, history, letters(50, 80) + "。")
    copy = writing("B", letters(51, 400) + "。", *usual, history)
    said = search([*own, source, copy], 0.05, 5, 60, 50)
    assert [(match.there, match.here, match.length) for match in said.matches] == [(30, 31, 91)]
    assert said.people_with(history[:40]) == 2
    assert (said.documents, said.alike) == ({"入院记录": 32}, {"入院记录": 1})


def test_a_size_of_another_is_left_over_only_where_the_own_report_measures_that_organ():
    own = [Reported("超声", "胆囊底部强回声，大小约6mm。肝内囊肿，直径21mm。", "exams:2")]
    other = [Reported("超声", "胆囊颈部强回声，大小约14mm×9mm。右肾囊肿31mm。", "exams:1")]
    text = "彩超示胆囊颈部结石1.4×0.9cm；右肾囊肿31mm；肝囊肿2.1cm。"
    assert list(foreign_sizes(text, own, other)) == [Leftover("胆囊1.4×0.9cm", "胆囊6mm", "exams:2")]


def test_a_result_of_another_is_left_over_only_where_the_own_laboratory_never_had_it():
    own = [Reported("肌酐", "71.2", "labs:2"), Reported("血钾", "3.90", "labs:3")]
    other = [
        Reported("肌酐", "213.6", "labs:1"),
        Reported("血钾", "3.9", "labs:4"),
        Reported("尿素", "9.1", "labs:5"),
    ]
    said = [("肌酐", "213.6"), ("血钾", "3.9"), ("尿素", "9.1")]
    assert list(foreign_values(said, own, other)) == [Leftover("肌酐213.6", "71.2", "labs:2")]


def test_a_run_is_broken_by_a_note_of_its_own_words():
    same, other = letters(10, 60), letters(11, 60)
    shares = containments([same, same, same, other, other])
    assert shares == [1.0, 1.0, 0.0, 1.0]
    assert [(run.start, run.stop) for run in runs(shares, 0.95)] == [(0, 3), (3, 5)]


def test_invented_documents_repeat_as_genuine_ones_do():
    profile = invent(4_000, seed=3)
    notes = [one for one in profile.writings if one.kind == "日常病程记录"]
    texts = ["".join(one.lines) for one in notes]
    pairs = [
        share
        for place, share in enumerate(containments(texts))
        if notes[place].person == notes[place + 1].person
    ]
    assert 0.12 < sum(share > 0.5 for share in pairs) / len(pairs) < 0.30


def test_the_bench_finds_what_was_planted_and_measures_what_it_says():
    one = searched(4_000)
    assert one.documents == 4_000
    assert one.planted > 0 and one.found == one.planted
    assert 0.35 < one.repeated < 0.65


def test_a_story_has_many_bits_and_a_set_phrase_few_whatever_the_number_of_patients():
    story = ["患者于2024年5月17日傍晚18时41分在菜园搬石块时踩空", "伤后自服药片3片", "由邻居骑三轮车送到村口"]
    phrase = [
        "患者2年前无明显诱因出现右眼视物模糊",
        "呈渐进性加重",
        "不伴眼红眼痛头痛恶心呕吐",
        "未予特殊治疗来我院就诊",
    ]
    assert [bits_of(story, (), {}, people) for people in (0, 8, 5000)] == [33.0] * 3
    assert bits_of(phrase, (), {}, 0) == 5.0


def test_what_others_have_too_says_no_more_than_their_number():
    assert bits_of(["白蛋白31.2g/L"], (), {}, 108) == 7.0
    assert bits_of(["白蛋白31.2g/L"], (), {"白蛋白31.2g/L": 64}, 108) == 1.0


def test_a_day_that_both_may_state_and_a_round_number_say_nothing_of_their_own():
    assert bits_of(["2024-05-17入院"], frozenset({(5, 17)}), {}, 8) == 1.0
    assert bits_of(["约500ml", "约475ml"], (), {}, 8) == 2.0 + 5.0


def test_wording_alone_never_makes_a_finding_however_long():
    clauses = [letters(100 + number, 20) for number in range(60)]
    assert bits_of(clauses, (), {}, 0) == 8.0


def test_only_whole_clauses_that_are_no_template_are_weighed():
    lines = ("患者昨日搬运石块后腰痛，休息后不缓解。", "神志清楚，查体合作。")
    passage = Passage(writing("P1", *lines), (True, False))
    assert list(shared_clauses(passage, [Block(3, 0, 26)])) == ["休息后不缓解"]
    assert holders_of([passage], {"休息后不缓解"}) == {"休息后不缓解": {"P1"}}


@pytest.mark.slow
def test_copied_histories_are_found_among_ten_patients_and_honest_ones_let_be():
    rates = measure(10, 12, seed=5)
    assert rates.found.total() >= 0.9 * rates.planted.total()
    assert rates.accused.total() <= 0.01 * rates.honest
