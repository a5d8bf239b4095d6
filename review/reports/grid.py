"""How wide the columns of a table on paper are: by their shares, but no number is broken over two lines."""

import re
from collections.abc import Sequence

from review.reports.paper import Column

TWIPS = 567  # of a centimetre
DIGIT, MARGINS = (
    120,
    240,
)  # twips of a wide font's digit at nine points, and of the space beside a cell's text
LONGEST = 12  # digits; a longer number, as of an admission, may be broken
NUMBER = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: float) -> list[int]:
    """Twips of each column of a table that is `width` centimetres wide; `rows` are what its cells say."""
    whole = width * TWIPS
    least = [_least([row[n] for row in rows]) for n in range(len(columns))]
    if sum(least) > whole:
        least = [0] * len(columns)
    narrow: set[int] = set()
    while True:
        left = whole - sum(least[n] for n in narrow)
        shares = sum(column.width for n, column in enumerate(columns) if n not in narrow)
        widths = [
            least[n] if n in narrow else left * column.width / shares for n, column in enumerate(columns)
        ]
        more = {n for n, wide in enumerate(widths) if n not in narrow and wide < least[n]}
        if not more:
            return [round(wide) for wide in widths]
        narrow |= more


def _least(cells: Sequence[str]) -> int:
    """What a column needs so that none of its numbers is broken; zero where it has none."""
    numbers = [
        len(line)
        for cell in cells
        for line in cell.split("\n")
        if len(line) <= LONGEST and NUMBER.fullmatch(line)
    ]
    return MARGINS + DIGIT * max(numbers) if numbers else 0
