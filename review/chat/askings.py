"""The questions being answered right now: who asks them, and the way to stop one."""

import threading

from review.errors import ReviewError

MOST_OF_ONE = 3  # questions one person may have open at once, in all windows


class TooManyAsked(ReviewError):
    """The person waits for other answers still."""


class Askings:
    """What is under way, by person and by the key that the asking page made for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], threading.Event] = {}

    def begin(self, who: str, key: str) -> threading.Event:
        """Note a question; the event is set when it is to stop."""
        with self._lock:
            if (who, key) in self._open or sum(one == who for one, _ in self._open) >= MOST_OF_ONE:
                raise TooManyAsked("前面的问题还在回答，请等它答完或按 Esc 停下。")
            self._open[who, key] = threading.Event()
            return self._open[who, key]

    def end(self, who: str, key: str) -> None:
        with self._lock:
            self._open.pop((who, key), None)

    def stop(self, who: str, key: str) -> bool:
        """Stop one of a person's own questions; false where it is not under way."""
        with self._lock:
            event = self._open.get((who, key))
        if event is not None:
            event.set()
        return event is not None
