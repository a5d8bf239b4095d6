"""The questions being answered right now: who asks them, and the way to stop one."""

import threading
from collections import deque
from dataclasses import dataclass, field

from review.errors import ReviewError

MOST_OF_ONE = 3  # questions one person may have open at once, in all windows
MOST_AHEAD = 256  # stops remembered that came ahead of their question, of all persons


class TooManyAsked(ReviewError):
    """The person waits for other answers still."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question being answered, and the event that is set when it is to stop."""

    question: str
    stop: threading.Event = field(default_factory=threading.Event)


class Askings:
    """What is under way, by person and by the key that the asking page made for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], Asking] = {}
        self._ahead: deque[tuple[str, str]] = deque(maxlen=MOST_AHEAD)

    def begin(self, who: str, key: str, question: str) -> threading.Event:
        """Note a question; the event is set when it is to stop."""
        with self._lock:
            if (who, key) in self._open or sum(one == who for one, _ in self._open) >= MOST_OF_ONE:
                raise TooManyAsked("前面的问题还在回答，请等它答完或按 Esc 停下。")
            self._open[who, key] = asking = Asking(question)
            if (who, key) in self._ahead:
                asking.stop.set()
            return asking.stop

    def end(self, who: str, key: str) -> None:
        with self._lock:
            self._open.pop((who, key), None)

    def of(self, who: str) -> list[tuple[str, str]]:
        """A person's own questions that are not answered yet, the key and the words of each."""
        with self._lock:
            return [(key, one.question) for (person, key), one in self._open.items() if person == who]

    def stop(self, who: str, key: str) -> bool:
        """Stop one of a person's own questions; false where it is not under way.

        A stop may overtake its question on the way here: it is kept, and the question begins as stopped.
        """
        with self._lock:
            asking = self._open.get((who, key))
            if asking is None:
                self._ahead.append((who, key))
                return False
        asking.stop.set()
        return True
