from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from review.judge.choosing import chosen
from review.judge.models import Line, Piece, PieceKind
from review.judge.numbered import numbered
from review.judge.pieces import clause_piece, whole_document
from review.judge.tokens import count_tokens, piece_tokens
from review.record import Document


def note(day, lines=4, letters=20):
    text = "\n".join("咳" * letters for _ in range(lines))
    at = datetime(2024, 3, day, 9)
    return whole_document(
        Document(f"A1/1-{day}", "A1", "a.txt", "病程记录", "病程记录", text, day, at, True, 1.0)
    )


def test_a_token_is_a_character_of_chinese_or_four_of_anything_else():
    assert [count_tokens(text) for text in ("", "发热3天", "WBC 12.5", "abc", "，。")] == [0, 4, 2, 1, 2]


def test_what_fits_is_kept_in_record_order():
    notes = [note(3), note(1), note(2)]
    kept, left_out = chosen(notes, sum(map(piece_tokens, notes)))
    assert ([piece.document.document_id for piece in kept], left_out) == (["A1/1-1", "A1/1-2", "A1/1-3"], ())


def test_what_does_not_fit_is_listed_by_title_and_the_next_that_fits_is_taken():
    wanted, long, short = note(3), note(1, lines=40), note(2)
    kept, left_out = chosen([wanted, long, short], piece_tokens(wanted) + piece_tokens(short))
    assert [piece.document.document_id for piece in kept] == ["A1/1-2", "A1/1-3"]
    assert left_out == ("病程记录 2024-03-01 09:00（40 行）",)


def test_a_piece_that_may_be_cut_is_cut_at_a_line_and_the_rest_is_counted():
    long = note(1, lines=40)
    kept, left_out = chosen([long], piece_tokens(replace(long, lines=long.lines[:10])), may_cut=True)
    assert [len(piece.lines) for piece in kept] == [10]
    assert left_out == ("病程记录 2024-03-01 09:00（后 30 行）",)


def test_a_piece_of_which_too_little_would_be_left_is_left_out():
    long = note(1, lines=40)
    assert chosen([long], piece_tokens(replace(long, lines=long.lines[:2])), may_cut=True)[0] == ()


def test_what_is_asked_about_comes_before_the_record_and_the_tables_after_it():
    table = Piece(PieceKind.TABLE, "医嘱", (Line("吸氧"),))
    rule = Piece(PieceKind.RULE, "疑点", (Line("床位费多 2 日"),))
    kept, _ = chosen([table, note(1), clause_piece("办法", "按日计价"), rule], 1000)
    assert [piece.kind for piece in kept] == [
        PieceKind.RULE,
        PieceKind.CLAUSE,
        PieceKind.DOCUMENT,
        PieceKind.TABLE,
    ]


@given(
    st.lists(st.tuples(st.integers(1, 28), st.integers(1, 12), st.integers(1, 40)), max_size=8),
    st.integers(0, 900),
    st.booleans(),
)
def test_the_budget_is_kept_and_nothing_is_lost_in_silence(shapes, budget, may_cut):
    pieces = [note(*shape) for shape in shapes]
    kept, left_out = chosen(pieces, budget, may_cut)
    assert sum(map(piece_tokens, kept)) <= budget
    marks = 2 * len("<病历-0123456789abcdef>\n")
    assert not kept or count_tokens(numbered(kept, str).block) <= budget + marks
    shown = sum(len(piece.lines) for piece in kept)
    listed = sum(int("".join(filter(str.isdigit, title.split("（")[1]))) for title in left_out)
    assert shown + listed == sum(len(piece.lines) for piece in pieces)
    assert chosen(pieces, budget, may_cut) == (kept, left_out)
