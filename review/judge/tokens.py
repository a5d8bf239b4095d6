"""How many tokens a text costs, counted the same for every model: one a CJK character, else one per four characters."""

import re

from review.judge.models import Piece

# ideographs with their extensions, kana, and the full-width signs that are a token each as well
_CJK = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_HEAD = len("│ 【】\n")
_NUMBER = len("1234│ \n")


def count_tokens(text: str) -> int:
    """Tokens of a text; no model's own count, so that budgets mean the same everywhere."""
    wide = len(_CJK.findall(text))
    return wide + -(-(len(text) - wide) // 4)


def title_tokens(piece: Piece) -> int:
    """Tokens of a piece's title row."""
    return count_tokens(piece.title + " " * _HEAD)


def line_tokens(text: str) -> int:
    """Tokens of one numbered row."""
    return count_tokens(text + " " * _NUMBER)


def piece_tokens(piece: Piece) -> int:
    """Tokens of a piece in a block: its title and every row with its number."""
    return title_tokens(piece) + sum(line_tokens(line.text) for line in piece.lines)
