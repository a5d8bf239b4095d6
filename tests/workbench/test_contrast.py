"""Contrast of the colours as the stylesheet names them, in light and in dark: words 4.5 to 1, lines and marks 3 to 1."""

import re
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[2] / "review" / "pages" / "tokens.css"
GROUNDS = ("bg", "surface", "sunk")
WORDS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS),
    *((ink, "accent-soft") for ink in ("ink", "ink-2", "accent")),
    ("accent-ink", "accent"),
    ("for", "for-bg"),
    ("for", "surface"),
    ("against", "against-bg"),
    ("against", "surface"),
    ("ink", "for-bg"),
    ("ink", "against-bg"),
    ("ask", "ask-bg"),
    ("ask", "surface"),
    ("for-ink", "for-line"),
    *((family, ground) for family in ("admission", "charges", "documents") for ground in GROUNDS),
]
LINES = ("line-3", "for-line", "against-line", "accent", "ask", "admission", "charges", "documents")
GRAPHICS = [
    *((line, ground) for line in LINES for ground in GROUNDS),
    ("for-line", "for-bg"),
    ("against-line", "against-bg"),
    ("ask", "ask-bg"),
    ("accent", "accent-soft"),
]


def tokens(theme):
    """The colours of a theme by name; dark takes from light what it does not name itself."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", block))
        for block in re.findall(r"\.mj \{(.*?)\n\}|\.dark\.mj \{(.*?)\n\}", STYLE.read_text("utf-8"), re.S)[
            :2
        ]
        for block in block
        if block
    )
    return light if theme == "light" else light | dark


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """The ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_one_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(WORDS, 4.5), (GRAPHICS, 3)], ids=["words", "graphics"])
def test_every_pair_of_colours_is_told_apart(theme, pairs, least):
    colours = tokens(theme)
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}
