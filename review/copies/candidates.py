"""Pairs of texts worth comparing, from bands of their signatures and from clauses that few texts have.

Everything is sorted and counted in arrays. A group that shares a band is compared all with all while it is small;
in a larger one each text meets the first and the one before it, so that the work grows with the texts.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from review.copies.signatures import Signatures

Pairs = NDArray[np.int64]  # shape (n, 2), the earlier text first
BANDS, ROWS = 16, 4  # half-alike windows are met two times in three, windows alike at 0.7 in 99 of 100
SMALL = 8
LEAST_CLAUSE = 6
CLAUSE = re.compile(r"[，。；！？,;:：]")
NONE: Pairs = np.empty((0, 2), dtype=np.int64)


def alike_by_signature(signatures: Signatures, people: NDArray[np.int64]) -> Pairs:
    """Pairs of texts of different people with a window that agrees in a whole band of the sketch."""
    found = [NONE]
    for band in range(BANDS):
        rows = signatures.values[:, band * ROWS : (band + 1) * ROWS].astype(np.uint64)
        keys = np.zeros(len(rows), dtype=np.uint64)
        for column in range(ROWS):
            keys = (keys ^ rows[:, column]) * np.uint64(0x9E3779B97F4A7C15)
            keys ^= keys >> np.uint64(32)
        found.append(linked(keys, signatures.owners, people))
    return once(np.concatenate(found))


def alike_by_clauses(lines_of: Sequence[Iterable[str]], people: NDArray[np.int64], least: int) -> Pairs:
    """Pairs that share at least `least` characters in equal clauses which no more than a few texts have."""
    numbers: dict[str, int] = {}
    keys: list[int] = []
    owners: list[int] = []
    for owner, lines in enumerate(lines_of):
        clauses = {clause for line in lines for clause in CLAUSE.split(line) if len(clause) >= LEAST_CLAUSE}
        keys += [numbers.setdefault(clause, len(numbers)) for clause in sorted(clauses)]
        owners += [owner] * len(clauses)
    if not keys:
        return NONE
    lengths = np.array([len(clause) for clause in numbers], dtype=np.int64)
    held = np.array(keys, dtype=np.int64)
    rare = np.bincount(held)[held] <= SMALL
    return _long_enough(held[rare], np.array(owners, dtype=np.int64)[rare], people, lengths, least)


def _long_enough(
    keys: Pairs, owners: NDArray[np.int64], people: NDArray[np.int64], lengths: NDArray[np.int64], least: int
) -> Pairs:
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    found, weights = [NONE], [np.empty(0, dtype=np.int64)]
    for apart in range(1, SMALL):
        same = np.flatnonzero(keys[apart:] == keys[:-apart]) if len(keys) > apart else np.empty(0, np.int64)
        pairs = np.column_stack((owners[same], owners[same + apart]))
        other = people[pairs[:, 0]] != people[pairs[:, 1]]
        found.append(pairs[other])
        weights.append(lengths[keys[same[other]]])
    pairs, weight = np.concatenate(found), np.concatenate(weights)
    if not len(pairs):
        return NONE
    unique, place = np.unique(_packed(pairs), return_inverse=True)
    shared = np.bincount(place, weights=weight)
    return _unpacked(unique[shared >= least])


def linked(keys: NDArray[np.uint64], owners: NDArray[np.int64], people: NDArray[np.int64]) -> Pairs:
    """Pairs of different people among the texts with an equal key; `owners` must rise."""
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    if len(keys) < 2:
        return NONE
    begins = np.concatenate(([True], keys[1:] != keys[:-1]))
    group = np.cumsum(begins) - 1
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, len(keys)))
    small = sizes[group] <= SMALL
    whose = people[owners]
    new_person = begins | np.concatenate(([True], whose[1:] != whose[:-1]))
    latest = np.maximum.accumulate(np.where(new_person, np.arange(len(keys)), 0))
    before = latest - 1  # the last text of the person before, where that is still in the group
    within = before >= starts[group]
    here = np.flatnonzero(~small & within)
    found = [
        np.column_stack((owners[starts[group[here]]], owners[here])),
        np.column_stack((owners[before[here]], owners[here])),
    ]
    for apart in range(1, SMALL):
        there = (
            np.flatnonzero(small[apart:] & (group[apart:] == group[:-apart]))
            if len(keys) > apart
            else here[:0]
        )
        found.append(np.column_stack((owners[there], owners[there + apart])))
    pairs = np.concatenate(found)
    return once(pairs[people[pairs[:, 0]] != people[pairs[:, 1]]])


def once(pairs: Pairs) -> Pairs:
    """Each pair once, the earlier text first, in order."""
    return _unpacked(np.unique(_packed(pairs))) if len(pairs) else NONE


def _packed(pairs: Pairs) -> NDArray[np.int64]:
    packed: NDArray[np.int64] = (pairs.min(axis=1) << 32) | pairs.max(axis=1)
    return packed


def _unpacked(packed: NDArray[np.int64]) -> Pairs:
    return np.column_stack((packed >> 32, packed & 0xFFFFFFFF))
