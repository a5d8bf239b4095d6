"""Pictures that stand in the records of several admissions: candidates by their hashes, confirmed by their grain.

What repeats from page to page of one file is its letterhead and is left out. Who the patients are, and how many
records make a picture common, is for the checks to say.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from review.forensics import SHEET_OF_PAPER, SIGNED, TAKEN, Picture
from review.forensics.pictures import FAR, same_picture, same_strokes

FAR_STROKES = 2  # of 64 signs; of a signature also the size is the same
BANDS = FAR + 1  # two hashes that differ in no more signs than FAR agree in one of these parts
MOST_TOLD = 40  # of one picture's places; by then it is common
MOST_CANDIDATES = 400  # of one band that are held against each other
MOST_PAIRS = 1_000_000  # in all; their nearest are confirmed first
MOST_CONFIRMED, MOST_IN_ALL = 20, 50_000  # comparisons of one picture, and of all; each takes a millisecond
SmallOf = Callable[["Placed"], str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture without its thumbnail, and where it stands; `number` counts the pictures of its file."""

    file: int
    number: int
    admission_id: str
    kind: str
    page: int
    size: tuple[int, int]
    hash: str
    digest: str
    label: str


@dataclass(frozen=True)
class Twins:
    """One picture in several admissions: its places in their order, and how far from the first each hash lies."""

    kind: str
    places: tuple[Placed, ...]
    admissions: int


def placed(file: int, admission_id: str, pictures: Sequence[Picture]) -> Iterator[Placed]:
    """The pictures of one file that may be somebody's own: not those that repeat on its other pages."""
    pages: dict[str, set[int]] = defaultdict(set)
    for one in pictures:
        pages[one.digest].add(one.page)
    for number, one in enumerate(pictures):
        if one.kind == SIGNED or len(pages[one.digest]) == 1:
            yield Placed(file, number, admission_id, one.kind, one.page, (one.width, one.height), one.hash,
                         one.digest, one.label)  # fmt: skip


def twins(pictures: Iterable[Placed], small_of: SmallOf) -> Iterator[Twins]:
    """The pictures that are found in more than one admission; `small_of` gives a picture's thumbnail."""
    by_kind: dict[str, list[Placed]] = defaultdict(list)
    for one in pictures:
        by_kind[one.kind].append(one)
    for kind, found in sorted(by_kind.items()):
        groups = _by_digest(found) if kind == SHEET_OF_PAPER else _grouped(kind, found, small_of)
        for group in groups:
            admissions = {one.admission_id for one in group}
            if len(admissions) > 1:
                yield Twins(kind, tuple(group[:MOST_TOLD]), len(admissions))


def _by_digest(pictures: Sequence[Placed]) -> Iterator[list[Placed]]:
    groups: dict[str, list[Placed]] = defaultdict(list)
    for one in pictures:
        groups[one.digest].append(one)
    yield from groups.values()


def _grouped(kind: str, pictures: Sequence[Placed], small_of: SmallOf) -> Iterator[list[Placed]]:
    """Those that are one picture, by the first of each; what is the same point for point needs no comparison."""
    kinds = list(_by_digest(pictures))
    heads = [group[0] for group in kinds]
    leader = list(range(len(heads)))
    compared: Counter[int] = Counter()
    done = 0
    for _, a, b in sorted(_candidates(kind, heads)):
        if leader[a] == leader[b] or min(compared[a], compared[b]) >= MOST_CONFIRMED:
            continue
        if done >= MOST_IN_ALL:
            break
        compared.update((a, b))
        done += 1
        if _one(kind, heads[a], heads[b], small_of):
            low, high = sorted((leader[a], leader[b]))
            leader = [low if at == high else at for at in leader]
    groups: dict[int, list[Placed]] = defaultdict(list)
    for at, group in zip(leader, kinds, strict=True):
        groups[at] += group
    for group in groups.values():
        yield sorted(group, key=lambda one: (one.file, one.number))


def _candidates(kind: str, heads: Sequence[Placed]) -> set[tuple[int, int, int]]:
    """Pairs of different admissions whose hashes lie near each other, with how far."""
    most = FAR_STROKES if kind == SIGNED else FAR
    bands: Mapping[tuple[int, int], list[int]] = defaultdict(list)
    hashes = [int(one.hash, 16) for one in heads]
    for at, hashed in enumerate(hashes):
        for band in range(BANDS):
            bands[band, hashed >> (13 * band) & 0x1FFF].append(at)
    found: set[tuple[int, int, int]] = set()
    for places in bands.values():
        for a, b in combinations(places[:MOST_CANDIDATES], 2):
            far = (hashes[a] ^ hashes[b]).bit_count()
            if far <= most and heads[a].admission_id != heads[b].admission_id:
                found.add((far, a, b))
        if len(found) > MOST_PAIRS:
            break
    return found


def _one(kind: str, one: Placed, other: Placed, small_of: SmallOf) -> bool:
    if kind == TAKEN:
        return same_picture(small_of(one), small_of(other))
    return one.size == other.size and same_strokes(small_of(one), small_of(other))
