"""How often the interpreter looks for what only refers to itself: seldom, while much is read that is held to the end.

Each look goes over all that is held. It is the objects made since the last one that are counted, so what refers only
to itself is still let go of, some ten thousand objects later.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (20_000, 20, 20)  # new objects, and younger looks, before each look; 700, 10 and 10 otherwise


@contextmanager
def collected_seldom() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
