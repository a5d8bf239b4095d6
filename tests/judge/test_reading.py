"""Reading a model's text: forgiving in form, strict in shape."""

import pytest
from pydantic import BaseModel

from review.judge.reading import Unreadable, read_answer


class Count(BaseModel):
    number: int
    names: list[str] = []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('{"number": 1}', 1),
        ('```json\n{"number": 1, "names": ["甲",],}\n```', 1),
        ('格式是 {…}：\n{"number": 2}', 2),
        ('<think>{"number": 9}</think>\n{"number": 3}', 3),
        ('{"number": 1}\n{"number": 4}', 4),
        ('{"number": 5, "names": ["一\n二"], "more": {}}', 5),
    ],
)
def test_an_answer_is_found_among_other_words(text, number):
    assert read_answer(text, Count).number == number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "没有 JSON 对象"),
        ("没有。", "没有 JSON 对象"),
        ('{"names": [{"number": 1}', "没有 JSON 对象"),
        ('{"number": "甲"}', "number：int_parsing"),
        ('{"names": []}', "number：missing"),
        ("{" * 100_000, "没有 JSON 对象"),
        ("[" * 100_000, "没有 JSON 对象"),
        ('{"a":' * 50_000, "没有 JSON 对象"),
    ],
)
def test_what_is_no_answer_says_what_is_wrong_and_repeats_nothing(text, why):
    with pytest.raises(Unreadable) as raised:
        read_answer(text, Count)
    assert str(raised.value) == why
