"""A share of independent trials with its 95 % interval, good for few trials and near 0 and 1: Wilson, JASA 22, 1927."""

import math

from review.agreement import Interval, Z


def wilson(part: float, whole: int) -> Interval | None:
    """The share `part / whole`; null without trials."""
    if not whole:
        return None
    share, spread = part / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))
