"""The generator and the two ways to select, against independent arithmetic, published vectors and exact shares."""

import hashlib
import hmac
from collections import Counter
from fractions import Fraction

import pytest
from drawn_hospitals import chi_square_p
from hypothesis import given, settings
from hypothesis import strategies as st

from review.procedure.draw_numbers import Stream, key_of
from review.procedure.draw_sampling import choose, weighted_shares


def test_a_stream_is_hmac_sha256_in_counter_mode_as_its_text_says():
    key = hmac.new(b"12345678", b"mingjian-draw/1\n" + b"ab" * 32, hashlib.sha256).digest()
    assert key_of("12345678", "ab" * 32) == key
    stream = Stream(key, "抽")
    for counter in range(5):
        block = hmac.new(key, "抽".encode() + b"\0" + counter.to_bytes(8, "big"), hashlib.sha256).digest()
        assert stream.below(1000) == int.from_bytes(block, "big") % 1000


def test_the_numbers_of_a_seed_never_change():
    stream = Stream(key_of("2023-08-22 开奖 031117", "0" * 64), "objects/全部")
    assert [stream.below(1000) for _ in range(6)] == [811, 362, 632, 312, 671, 633]
    assert Stream(key_of("2023-08-22 开奖 031117", "0" * 64), "r").shuffled("甲乙丙丁戊") == list(
        "乙丙丁甲戊"
    )


def test_a_block_beyond_the_last_whole_multiple_is_passed_over(monkeypatch):
    blocks = iter([2**256 - 1, 2**256 - 2, 5])
    stream = Stream(b"", "")
    monkeypatch.setattr(stream, "_block", lambda: next(blocks))
    assert stream.below(2**255 + 1) == 5


@pytest.mark.parametrize("limit", [0, -1, 2**256 + 1])
def test_a_limit_out_of_range_is_a_defect(limit):
    with pytest.raises(ValueError, match="limit"):
        Stream(b"", "").below(limit)


def test_every_order_of_four_is_equally_likely():
    seen = Counter("".join(Stream(b"", str(n)).shuffled("abcd")) for n in range(10_000))
    assert len(seen) == 24
    assert chi_square_p(list(seen.values()), [10_000 / 24] * 24) > 0.001


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_shares_sum_to_the_count_never_exceed_one_and_follow_the_weights(data):
    weights = data.draw(st.lists(st.fractions(0, 50, max_denominator=20), min_size=1, max_size=12))
    positive = sum(weight > 0 for weight in weights)
    count = data.draw(st.integers(0, positive))
    sure, shares = weighted_shares(weights, count)
    assert sum(shares) == count
    assert all(0 <= share <= 1 for share in shares)
    ratios = {
        share / w for p, (w, share) in enumerate(zip(weights, shares, strict=True)) if w and p not in sure
    }
    assert len(ratios) <= 1
    at_random = data.draw(st.integers(0, len(weights) - count))
    chosen = choose(weights, count, at_random, b"key", "label")
    assert sum(chosen.probabilities) == count + at_random
    assert len(chosen.by_weight) == count and len(chosen.at_random) == at_random
    assert not set(chosen.by_weight) & set(chosen.at_random)
    assert all(weights[place] for place in chosen.by_weight)


def test_who_would_exceed_one_is_taken_surely_and_the_rest_is_shared_anew():
    sure, shares = weighted_shares([Fraction(w) for w in (100, 6, 2, 2)], 2)
    assert sure == {0}
    assert shares == (1, Fraction(6, 10), Fraction(2, 10), Fraction(2, 10))


def test_more_than_there_is_is_refused():
    with pytest.raises(ValueError, match="more units"):
        choose([Fraction(1), Fraction(0)], 2, 0, b"", "")
    with pytest.raises(ValueError, match="more units"):
        choose([Fraction(1), Fraction(0)], 1, 2, b"", "")
