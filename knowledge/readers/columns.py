"""Tells a page of two columns of prose from a page of tables, and in what order its pieces are read.

Works on boxes alone, for text layers and recognised pages alike. Columns are taken for such only where both
sides are filled with lines that run to their edge without a break: the cells of a table leave gaps.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 from the top left, in one unit both ways

FEWEST_LINES = 6  # of a column
FULL_SHARE = 0.55  # of the lines of a column reach its right edge
MOST_BREAKS = 0.2  # of the steps from line to line skip more than a line
_STEPS = 200


def reading_groups(boxes: Sequence[Box]) -> list[list[int]]:
    """Places of the boxes in groups to be laid out one after the other; one group where there are no columns."""
    everything = list(range(len(boxes)))
    gutter = _gutter(boxes)
    if gutter is None:
        return [everything] if everything else []
    left = [place for place in everything if boxes[place][2] <= gutter]
    right = [place for place in everything if boxes[place][0] >= gutter]
    across = [place for place in everything if place not in {*left, *right}]
    if not (_prose(boxes, left) and _prose(boxes, right)) or _beside(boxes, across, [*left, *right]):
        return [everything]
    return _bands(boxes, left, right, across)


def _gutter(boxes: Sequence[Box]) -> float | None:
    """The middle of the widest clear strip in the middle of the page; what crosses it are few whole lines."""
    if len(boxes) < 2 * FEWEST_LINES:
        return None
    begin, end = min(box[0] for box in boxes), max(box[2] for box in boxes)
    height = median(box[3] - box[1] for box in boxes)
    places = [begin + (end - begin) * step / _STEPS for step in range(_STEPS * 3 // 10, _STEPS * 7 // 10)]
    crossing = [sum(box[0] < place < box[2] for box in boxes) for place in places]
    least = min(crossing)
    if 6 * least > len(boxes):
        return None
    strips: list[list[float]] = []
    for number, (place, count) in enumerate(zip(places, crossing, strict=True)):
        if count > least:
            continue
        if number and crossing[number - 1] == least and strips:
            strips[-1].append(place)
        else:
            strips.append([place])
    widest = max(strips, key=lambda strip: strip[-1] - strip[0])
    wide_enough = widest[-1] - widest[0] + (end - begin) / _STEPS >= 0.7 * height
    return (widest[0] + widest[-1]) / 2 if wide_enough else None


def _prose(boxes: Sequence[Box], places: Sequence[int]) -> bool:
    """Whether these boxes are lines of running text: long, full, one beneath the other."""
    if len(places) < FEWEST_LINES:
        return False
    lines = sorted((boxes[place] for place in places), key=lambda box: box[1])
    height = median(box[3] - box[1] for box in lines)
    edge = max(box[2] for box in lines)
    full = sum(box[2] >= edge - 2 * height for box in lines)
    long = median(box[2] - box[0] for box in lines) >= 8 * height
    steps = [after[1] - before[1] for before, after in pairwise(lines)]
    pitch = median(steps)
    level = sum(step < 0.5 * height for step in steps)  # two boxes on one line: cells
    breaks = sum(step > 1.9 * pitch for step in steps)
    return (
        long
        and full >= FULL_SHARE * len(lines)
        and 10 * level <= len(steps)
        and breaks <= MOST_BREAKS * len(steps)
    )


def _beside(boxes: Sequence[Box], across: Sequence[int], others: Sequence[int]) -> bool:
    """Whether a box that crosses the gutter stands level with a line of a column."""
    return any(
        boxes[one][1] < (boxes[other][1] + boxes[other][3]) / 2 < boxes[one][3]
        for one in across
        for other in others
    )


def _bands(
    boxes: Sequence[Box], left: Sequence[int], right: Sequence[int], across: Sequence[int]
) -> list[list[int]]:
    """Left column then right column of each stretch between the lines that run across the whole page."""
    groups: list[list[int]] = []
    edges = sorted(across, key=lambda place: boxes[place][1])
    tops = [boxes[place][1] for place in edges]
    for number in range(len(edges) + 1):
        above = tops[number - 1] if number else float("-inf")
        below = tops[number] if number < len(tops) else float("inf")
        if number:
            if groups and groups[-1][-1] == edges[number - 2] and number > 1:
                groups[-1].append(edges[number - 1])
            else:
                groups.append([edges[number - 1]])
        for column in (left, right):
            held = [place for place in column if above <= boxes[place][1] < below]
            if held:
                groups.append(held)
    return groups
