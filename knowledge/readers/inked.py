"""Numbers read beneath the coloured ink of a seal: however sure the reading, a stroke of it may have made a 3 an 8.

A number printed in colour has no other ink beside it and is left alone, as are the thin coloured rules of a form.
"""

from collections.abc import Iterable

import numpy
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from knowledge.readers.sureness import NUMBERED, Weak

SEALED = 0.85  # how sure a number beneath a seal can be: enough for a look, not for more
CHROMA = 60  # between the strongest and the weakest of red, green and blue, from which ink is coloured
DARK, NEUTRAL = 110, 40  # the strongest of the three, and their span, of black ink
RULE = 3  # points of a coloured line that is too thin for a seal's stroke
MARGIN = 1.0  # Chinese characters on each side of a number
LEAST_COLOURED, LEAST_BLACK = 0.01, 0.02  # of the points of a number's box
Mask = NDArray[numpy.bool_]
Box = tuple[float, float, float, float]


class Inks:
    """Where a picture has coloured and where black ink; made when first asked about."""

    def __init__(self, picture: Image.Image) -> None:
        self.size = picture.size
        points = numpy.asarray(picture.convert("RGB"))
        strongest, weakest = points.max(axis=2), points.min(axis=2)
        span = strongest - weakest
        broad = Image.fromarray((span >= CHROMA).astype(numpy.uint8) * 255).filter(
            ImageFilter.MinFilter(RULE)
        )
        self._coloured: Mask = numpy.asarray(broad) > 0
        self._coloured[[0, -1]] = self._coloured[:, [0, -1]] = False  # the filter leaves the rim as it was
        self._black: Mask = (strongest <= DARK) & (span <= NEUTRAL)

    @property
    def sealed(self) -> bool:
        """Whether there is any broad coloured ink at all."""
        return bool(self._coloured.any())

    def covers(self, box: Box) -> bool:
        """Whether a stretch of the picture (fractions of it) holds black writing under coloured ink."""
        width, height = self.size
        rows = slice(int(box[1] * height), max(int(box[3] * height), int(box[1] * height) + 1))
        columns = slice(int(box[0] * width), max(int(box[2] * width), int(box[0] * width) + 1))
        return bool(
            self._coloured[rows, columns].mean() >= LEAST_COLOURED
            and self._black[rows, columns].mean() >= LEAST_BLACK
        )


def weak_under_ink(inks: Inks, text: str, box: Box, weak: Iterable[Weak]) -> tuple[Weak, ...]:
    """The doubtful numbers of a line, with those that stand under a seal."""
    doubts = {(start, end): sure for start, end, sure in weak}
    for word in NUMBERED.finditer(text):
        if inks.covers(_stretch(text, box, *word.span())):
            doubts[word.span()] = min(doubts.get(word.span(), SEALED), SEALED)
    return tuple((start, end, sure) for (start, end), sure in sorted(doubts.items()))


def _stretch(text: str, box: Box, start: int, end: int) -> Box:
    """The part of a line's box that some of its characters take, with one character more on each side: a stroke may
    have cut the number short. Of a line that runs up or down the page, all of it."""
    x0, y0, x1, y1 = box
    if y1 - y0 > 1.5 * (x1 - x0):
        return box
    widths = [0.5 if sign.isascii() else 1.0 for sign in text]
    one = (x1 - x0) / (sum(widths) or 1.0)
    return (
        max(x0 + one * (sum(widths[:start]) - MARGIN), 0.0),
        y0,
        min(x0 + one * (sum(widths[:end]) + MARGIN), 1.0),
        y1,
    )
