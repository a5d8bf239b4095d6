"""How a picture looks, small enough to be kept and held against others: a perceptual hash, and a thumbnail to confirm.

Pictures of two patients taken with one machine have the same frame, scale and writing, and often the same hash. A copy
agrees in the fine grain of every part; that is what `same_picture` asks for.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy
from numpy.typing import NDArray
from PIL import Image

SIDE, BLOCK = 96, 16  # of the thumbnail, and of the parts that are compared one by one
HASH_SIDE, HASH_SOURCE = 8, 32
FAR = 4  # of 64 signs of the hash; a copy that was scaled or saved anew stays below
PAPER, PAPER_SPAN = 170, 30  # least brightness of paper, and how far it lies below the brightest points
MOST_PAPER = 0.5  # of a picture; above it is writing on a sheet, which a form has in common with all others
GRAIN = 2.0  # standard deviation in grey values from which a part has something to compare
LEAST_PARTS = (
    8  # of the sixteen in the middle, where what was taken lies; at the rim stand scales and writing
)
MIDDLE_AGREEING, ALL_AGREEING, AGREEING = 0.9, 0.75, 0.8
INK = 150  # grey value below which a point is ink
LEAST_INK, MOST_INK = 0.003, 0.5  # of the points of a signature or a sheet; with less it is empty
ALIKE_STROKES = 0.98
Grey = NDArray[numpy.float64]


@dataclass(frozen=True)
class Look:
    """A picture's looks: its size in points, its hash, a thumbnail (base64) and the digest of its content."""

    width: int
    height: int
    hash: str  # 16 hexadecimal digits
    small: str
    digest: str
    toned: bool  # continuous in tone, as what a machine has taken; else writing or drawing on paper
    ink: float  # share of dark points


def look_of(picture: Image.Image) -> Look:
    """The looks of one picture; what shines through is taken for paper."""
    flat = picture
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        full = picture.convert("RGBA")
        flat = Image.new("RGBA", full.size, "white")
        flat.alpha_composite(full)
    grey = flat.convert("L")
    small = grey.resize((SIDE, SIDE), Image.Resampling.BOX)
    points = numpy.asarray(small, dtype=numpy.float64)
    paper = float((points >= max(PAPER, numpy.percentile(points, 95) - PAPER_SPAN)).mean())
    return Look(
        *grey.size,
        _hash(grey),
        base64.b64encode(small.tobytes()).decode(),
        hashlib.sha256(grey.tobytes()).hexdigest(),
        bool(paper <= MOST_PAPER and len(_middle(_parts(_grain(points)))) >= LEAST_PARTS),
        round(sum(grey.histogram()[:INK]) / (grey.width * grey.height), 4),
    )


def _hash(grey: Image.Image) -> str:
    """The signs of the slowest waves of the picture against their median (pHash)."""
    source = grey.resize((HASH_SOURCE, HASH_SOURCE), Image.Resampling.LANCZOS)
    points = numpy.asarray(source, dtype=numpy.float64)
    waves = _WAVES @ points @ _WAVES.T
    signs = (waves > numpy.median(waves.ravel()[1:])).ravel()
    return f"{int(''.join('1' if sign else '0' for sign in signs), 2):016x}"


def _cosines() -> Grey:
    places = numpy.arange(HASH_SOURCE)
    rows = numpy.arange(HASH_SIDE)[:, None]
    return numpy.asarray(numpy.cos(numpy.pi * (2 * places + 1) * rows / (2 * HASH_SOURCE)))


_WAVES = _cosines()


def distance(one: str, other: str) -> int:
    """By how many of 64 signs two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def same_picture(one: str, other: str) -> bool:
    """Whether two thumbnails are of one picture: nearly every part that has a grain has the same one."""
    here, there = _grain_of(one), _grain_of(other)
    every = _parts(here) | _parts(there)
    agreeing = {place for place in every if _agreement(_part(here, place), _part(there, place)) >= AGREEING}
    middle = _middle(every)
    return (
        len(middle) >= LEAST_PARTS
        and len(middle & agreeing) >= MIDDLE_AGREEING * len(middle)
        and len(agreeing) >= ALL_AGREEING * len(every)
    )


def same_strokes(one: str, other: str) -> bool:
    """Whether two thumbnails are of one piece of handwriting."""
    return _agreement(_points(one), _points(other)) >= ALIKE_STROKES


def _points(small: str) -> Grey:
    flat = numpy.frombuffer(base64.b64decode(small), dtype=numpy.uint8)
    return flat.reshape(SIDE, SIDE).astype(numpy.float64)


@lru_cache(maxsize=512)
def _grain_of(small: str) -> Grey:
    return _grain(_points(small))


def _grain(points: Grey) -> Grey:
    """What differs from point to point: the picture without its slow changes of brightness."""
    wide = numpy.pad(points, 2, mode="edge")
    windows = numpy.lib.stride_tricks.sliding_window_view(wide, (5, 5))
    return numpy.asarray(points - windows.mean(axis=(2, 3)))


def _parts(grain: Grey) -> set[tuple[int, int]]:
    """The parts in which there is something to compare."""
    places = range(0, SIDE, BLOCK)
    return {(y, x) for y in places for x in places if _part(grain, (y, x)).std() >= GRAIN}


def _middle(places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    return {(y, x) for y, x in places if min(y, x) >= BLOCK and max(y, x) < SIDE - BLOCK}


def _part(grain: Grey, place: tuple[int, int]) -> Grey:
    y, x = place
    return grain[y : y + BLOCK, x : x + BLOCK]


def _agreement(one: Grey, other: Grey) -> float:
    """Correlation, from -1 to 1; nothing agrees with what is even."""
    a, b = one - one.mean(), other - other.mean()
    size = float(numpy.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size else 0.0
