"""回头看: an institution's two inspections held against each other, violation type by violation type.

Of each type the stays are compared on which a check spoke that both reviews could make: Fisher's exact test (Fisher,
Statistical Methods for Research Workers, 1934), corrected over the types by Holm (Scand. J. Statist. 6, 1979); the
difference with Newcombe's hybrid score interval (Stat. Med. 17, 1998, method 10). Nothing seen again is called ended
only where so many stays would have shown it.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from review.agreement import Interval
from review.proportions import wilson

LEVEL = 0.05
FEWEST_SUMS = 30  # stays with yuan from which on the interval covers 92.7 % and more, by simulation


class Call(StrEnum):
    """What became of a type since the earlier inspection."""

    ENDED = "未再见，可认为已消除"
    NOT_SEEN = "未再见，例数不足以判断"
    FEWER = "减少"
    AGAIN = "重复，未见明显变化"
    MORE = "增多"
    NEW = "新增"
    NEW_FEW = "新见，例数不足以判断"
    NONE = "两次均未见"
    UNKNOWN = "不能比较"


@dataclass(frozen=True)
class Side:
    """One type in one inspection: stays looked at for it, those with it, and of each of these its yuan counted once."""

    looked: int
    seen: int
    yuan: tuple[float, ...] = ()

    @property
    def rate(self) -> Interval | None:
        """The share of stays with its 95 % interval; null where none was looked at."""
        return wilson(self.seen, self.looked)


@dataclass(frozen=True)
class Compared:
    """One type in both inspections. `p` is corrected for the number of types; null where it was not tested."""

    violation: str
    earlier: Side
    later: Side
    difference: tuple[float, float, float] | None  # of the shares, later minus earlier, with its interval
    p: float | None
    call: Call


def compare(
    sides: Mapping[str, tuple[Side, Side]], *, same_rules: bool, uneven: Collection[str] = ()
) -> list[Compared]:
    """All types with their calls. Nothing is called ended or new where the rules differ, nor a type that one review
    held checks for which the other could not make (`uneven`): the change may be theirs."""
    tested = {
        kind: fisher(earlier.seen, earlier.looked, later.seen, later.looked)
        for kind, (earlier, later) in sides.items()
        if earlier.looked and later.looked and (earlier.seen or later.seen)
    }
    corrected = holm(tested)
    found = []
    for kind, (earlier, later) in sides.items():
        p = corrected.get(kind)
        call = _call(earlier, later, p, same_rules=same_rules and kind not in uneven)
        between = newcombe(earlier, later) if earlier.looked and later.looked else None
        found.append(Compared(kind, earlier, later, between, p, call))
    return found


def _call(earlier: Side, later: Side, p: float | None, *, same_rules: bool) -> Call:
    if not earlier.looked or not later.looked:
        return Call.UNKNOWN
    if p is None:
        return Call.NONE
    sure = p <= LEVEL
    if not later.seen:
        return Call.ENDED if sure and same_rules else Call.NOT_SEEN
    if not earlier.seen:
        return Call.NEW if sure and same_rules else Call.NEW_FEW
    if not sure:
        return Call.AGAIN
    return Call.MORE if later.seen / later.looked > earlier.seen / earlier.looked else Call.FEWER


def fisher(seen: int, looked: int, seen_later: int, looked_later: int) -> float:
    """The two-sided exact p of two shares being one: all tables as unlikely as this one or more so."""
    both, whole = seen + seen_later, looked + looked_later
    low, high = max(0, both - looked_later), min(both, looked)
    logs = [_choose(looked, k) + _choose(looked_later, both - k) for k in range(low, high + 1)]
    here = logs[seen - low]
    total = _choose(whole, both)
    return min(1.0, math.fsum(math.exp(one - total) for one in logs if one <= here + 1e-9))


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def holm(tested: Mapping[str, float]) -> dict[str, float]:
    """The p of each, corrected for their number, never falling along their order."""
    corrected, highest = {}, 0.0
    for place, (kind, p) in enumerate(sorted(tested.items(), key=lambda one: one[1])):
        highest = max(highest, min(1.0, (len(tested) - place) * p))
        corrected[kind] = highest
    return corrected


def newcombe(earlier: Side, later: Side) -> tuple[float, float, float]:
    """The difference of two shares, later minus earlier, with its 95 % interval from the two Wilson intervals."""
    one, other = earlier.rate, later.rate
    if one is None or other is None:
        raise ValueError("nothing was looked at on one side")
    between = other.value - one.value
    low = math.hypot(other.value - other.low, one.high - one.value)
    high = math.hypot(other.high - other.value, one.value - one.low)
    return between, max(-1.0, between - low), min(1.0, between + high)


def mean_yuan(side: Side) -> tuple[float, float | None, float | None] | None:
    """Yuan per stay looked at with a 95 % interval of a compound Poisson sum; null where none was looked at.

    The variance of the sum is taken as the sum of squares (each stay with yuan a Poisson event), on the logarithmic
    scale, as few large sums make the plain one too short. Under `FEWEST_SUMS` stays with yuan it would still be too
    short (77 % at two, 90 % at ten) and there is none."""
    if not side.looked:
        return None
    whole = math.fsum(side.yuan)
    mean = whole / side.looked
    if len(side.yuan) < FEWEST_SUMS:
        return mean, None, None
    spread = 1.96 * math.sqrt(math.fsum(one * one for one in side.yuan)) / whole
    return mean, mean * math.exp(-spread), mean * math.exp(spread)


def focus(
    compared: Sequence[Compared], counts: Mapping[str, Iterable[tuple[str, int]]]
) -> list[dict[str, object]]:
    """What to look at first the next time: types that came again, more or anew, each with where they were."""
    order = (Call.MORE, Call.AGAIN, Call.NEW, Call.NEW_FEW, Call.FEWER, Call.NOT_SEEN)
    wanted = [one for one in compared if one.call in order]
    wanted.sort(key=lambda one: (order.index(one.call), -(one.later.seen or one.earlier.seen)))
    return [
        {
            "violation": one.violation,
            "why": str(one.call),
            "earlier": one.earlier.seen,
            "later": one.later.seen,
            "where": [{"name": name, "stays": count} for name, count in counts.get(one.violation, ())],
        }
        for one in wanted
    ]
