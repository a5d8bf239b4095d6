"""The numbers a draw is made of: HMAC-SHA-256 in counter mode, repeatable in any language from this text alone.

    key      = HMAC-SHA-256(key = seed as UTF-8, message = "mingjian-draw/1" + LF + SHA-256 of the list as hex)
    block i  = HMAC-SHA-256(key, label as UTF-8 + one zero byte + i as 8 bytes, big end first), i = 0, 1, 2, …
    below(n) : the block as an integer x, big end first; where x >= 2**256 - 2**256 mod n the block is passed over and
               the next one taken (so no remainder is likelier than another), else x mod n
    shuffle  : Fisher and Yates as Durstenfeld wrote it (CACM 7, 1964, algorithm 235), from the front: for k = 0, 1, …
               exchange place k with place k + below(length - k)

Each label opens a stream of its own that begins at block 0. It is HMAC (RFC 2104) with SHA-256
(FIPS 180-4) over a counter, in the manner of the counter mode of NIST SP 800-108.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

SCHEME = "mingjian-draw/1"
ALGORITHM = "HMAC-SHA-256 counter, Durstenfeld shuffle, randomised systematic selection"
SPAN = 2**256
Item = TypeVar("Item")


def key_of(seed: str, list_sha256: str) -> bytes:
    """The key of a draw: of the seed and of the list, so that neither can be exchanged after the other is known."""
    return hmac.digest(seed.encode("utf-8"), f"{SCHEME}\n{list_sha256}".encode("ascii"), hashlib.sha256)


class Stream:
    """Uniform integers under one label."""

    def __init__(self, key: bytes, label: str) -> None:
        self._key, self._label, self._place = key, label.encode("utf-8") + b"\x00", 0

    def below(self, limit: int) -> int:
        """An integer from 0 to limit - 1, each equally likely; `limit` is from 1 to 2**256."""
        if not 1 <= limit <= SPAN:
            raise ValueError("limit must be from 1 to 2**256")
        fair = SPAN - SPAN % limit
        while (drawn := self._block()) >= fair:
            pass
        return drawn % limit

    def first(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` of the items in random order, every choice and order equally likely."""
        order = list(items)
        for place in range(count):
            other = place + self.below(len(order) - place)
            order[place], order[other] = order[other], order[place]
        return order[:count]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """All items, every order equally likely."""
        return self.first(items, len(items))

    def _block(self) -> int:
        block = hmac.digest(self._key, self._label + self._place.to_bytes(8, "big"), hashlib.sha256)
        self._place += 1
        return int.from_bytes(block, "big")
