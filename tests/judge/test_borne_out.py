"""A sentence of a summary against its quotes."""

import pytest

from review.judge.borne_out import borne_out


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("因反复鼻塞 3 年、加重 1 月入院。", ["主诉：反复鼻塞 3 年，加重 1 月"]),
        ("入院时体温38.5℃，血压150/90mmHg。", ["体温38.5℃，脉搏90次/分，血压150/90mmHg"]),
        ("诊断为社区获得性肺炎、高血压病3级。", ["初步诊断：1.社区获得性肺炎 2.高血压病3级（极高危）"]),
        ("胸部CT示右下肺斑片影。", ["胸部CT（2024-03-01）：右下肺斑片影"]),
        ("既往高血压病10年，否认糖尿病。", ["高血压病10年，否认糖尿病、冠心病"]),
        ("经治疗后症状缓解出院。", ["经治疗，症状缓解，准予出院"]),
    ],
)
def test_a_sentence_in_the_words_of_its_quotes_is_borne_out(sentence, quotes):
    assert borne_out(sentence, quotes)


@pytest.mark.parametrize(
    ("sentence", "quotes", "around"),
    [
        ("于3月9日出院。", ["今日出院"], []),
        ("有头痛。", ["头痛"], ["无头痛，无嗅觉减退"]),
        ("有肝炎、结核病史。", ["肝炎、结核病史"], ["否认肝炎、结核病史"]),
        ("右下肺炎。", ["右下肺斑片影", "肺炎"], ["右下肺斑片影，考虑肺炎待排"]),
        ("同意手术。", ["手术"], ["患者拒绝手术"]),
        ("左侧股骨骨折。", ["右侧股骨骨折"], []),
        ("体温39.2℃。", ["体温36.8℃，血糖39.2"], []),
        ("血压降至80/132mmHg。", ["血压降至132/80mmHg"], []),
        ("无咳嗽。", ["咳嗽较前减轻"], []),
        ("予青霉素 G 治疗。", ["予青霉素治疗"], []),
        ("〔患者〕入院。", ["入院"], []),
        ("住院是否必要？", ["住院必要"], []),
        ("故意延长住院。", ["延长住院"], []),
        ("", ["住院"], []),
        ("治疗。" * 80, ["治疗"], []),
    ],
)
def test_what_the_quotes_do_not_say_is_not_borne_out(sentence, quotes, around):
    assert not borne_out(sentence, quotes, around)
