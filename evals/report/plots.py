"""Pictures as inline SVG, each with what it shows in words; nothing is drawn that is not in a table too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from evals.measuring.intervals import Estimate

SIDE, EDGE = 300, 44  # pixels: of the square that is drawn in, and of the margin that holds the axis
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Dot:
    """A point with shares from 0 to 1 on both axes; `spread` is the interval of its height."""

    name: str
    across: float
    up: float
    spread: Estimate | None = None


@dataclass(frozen=True)
class Steps:
    """Points that belong together, joined in their order."""

    name: str
    dots: Sequence[Dot]


def square(title: str, across: str, up: str, series: Iterable[Steps], measured: bool = True) -> str:
    """Shares against shares; not `measured`: what lies across has an order and no figures."""
    parts = [_axes(across, up, measured)]
    for steps in series:
        parts.append(_joined(steps.dots))
        parts += [_dot(dot, steps.name) for dot in steps.dots]
    size = SIDE + 2 * EDGE
    return f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'


def small(steps: Steps) -> str:
    """Precision against recall of one check, as small as a cell."""
    size = 64
    points = [(4 + dot.across * (size - 8), size - 4 - dot.up * (size - 8)) for dot in steps.dots]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"><title>{escape(dot.name)}</title></circle>'
        for (x, y), dot in zip(points, steps.dots, strict=True)
    )
    return (
        f'<svg class="small" viewBox="0 0 {size} {size}" role="img" aria-label="{escape(steps.name)}">'
        f'<rect class="frame" x="4" y="4" width="{size - 8}" height="{size - 8}"/>'
        f'<polyline points="{line}"/>{dots}</svg>'
    )


def _x(share: float) -> float:
    return round(EDGE + share * SIDE, 1)


def _y(share: float) -> float:
    return round(EDGE + (1 - share) * SIDE, 1)


def _axes(across: str, up: str, measured: bool) -> str:
    parts = [f'<rect class="frame" x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}"/>']
    for tick in TICKS:
        parts.append(f'<line class="grid" x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}"/>')
        if measured:
            parts.append(f'<line class="grid" x1="{_x(tick)}" y1="{_y(0)}" x2="{_x(tick)}" y2="{_y(1)}"/>')
            parts.append(f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle">{tick:.1f}</text>')
        parts.append(f'<text x="{_x(0) - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:.1f}</text>')
    parts.append(f'<text x="{_x(0.5)}" y="{_y(0) + 34}" text-anchor="middle">{escape(across)}</text>')
    middle = f"14,{_y(0.5)}"
    parts.append(
        f'<text transform="translate({middle}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
    )
    return "".join(parts)


def _joined(dots: Sequence[Dot]) -> str:
    line = " ".join(f"{_x(dot.across)},{_y(dot.up)}" for dot in dots)
    return f'<polyline points="{line}"/>' if len(dots) > 1 else ""


def _dot(dot: Dot, series: str) -> str:
    told = escape(f"{series} {dot.name}".strip())
    bar = ""
    if dot.spread is not None and dot.spread.low is not None and dot.spread.high is not None:
        x, low, high = _x(dot.across), _y(dot.spread.low), _y(dot.spread.high)
        bar = f'<line class="spread" x1="{x}" y1="{low}" x2="{x}" y2="{high}"/>'
    label = f'<text x="{_x(dot.across) + 8}" y="{_y(dot.up) - 6}">{escape(dot.name)}</text>'
    circle = f'<circle cx="{_x(dot.across)}" cy="{_y(dot.up)}" r="4"><title>{told}</title></circle>'
    return bar + circle + label
