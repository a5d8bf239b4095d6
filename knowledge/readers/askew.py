"""Sheets laid in askew: how far their lines sink, and where they lie once the sheet is turned straight."""

from statistics import median

LEAST_TILT, MOST_TILT = 0.004, 0.2  # a quarter of a degree to eleven degrees
Box = tuple[float, float, float, float]


def tilt_of(quads: list[list[tuple[float, float]]]) -> float:
    """How far lines sink for each step to the right, by the upper edges of the long ones; a sheet laid in straight has
    none. Lines that run up or down the page tell nothing."""
    edges = [
        (right[0] - left[0], right[1] - left[1], abs(foot[1] - right[1])) for left, right, foot, _ in quads
    ]
    slopes = [down / across for across, down, high in edges if across > 3 * high]
    tilt = median(slopes) if slopes else 0.0
    return tilt if LEAST_TILT < abs(tilt) < MOST_TILT else 0.0


def level(box: Box, size: tuple[int, int], tilt: float) -> Box:
    """Where a line lies once the sheet is turned straight; not clipped, for only the order comes of it."""
    x0, y0, x1, y1 = box
    slant = tilt * size[0] / size[1]
    middle = (y0 + y1) / 2 - slant * (x0 + x1) / 2
    half = max((y1 - y0) - abs(slant) * (x1 - x0), 0.3 * (y1 - y0)) / 2
    return x0, middle - half, x1, middle + half
