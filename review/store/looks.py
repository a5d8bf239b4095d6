"""Looks at cases: nothing of a case is handed out before a line of the trail tells that its reader opened it."""

import threading
from datetime import datetime, timedelta

from review.store.schema import now
from review.store.trail import Trail

HOLDS = timedelta(hours=8)  # as long as a sign-in: whoever reads on later has a line of that time


class Looks:
    """The lines of looks, written before what they tell of is shown; a line that fails to be saved shows nothing."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._lock = threading.Lock()
        self._opened: dict[tuple[str, str], datetime] = {}  # by person and case, since this process began

    def open(self, who: str, inspection: str, case: str) -> None:
        """A case is opened: a line each time."""
        self._trail.write(who, "open_case", inspection, case)
        at = now()
        with self._lock:
            kept = {one: then for one, then in self._opened.items() if at - then < HOLDS}
            self._opened = kept | {(who, case): at}

    def read_on(self, who: str, inspection: str, case: str) -> None:
        """More of a case is asked for: the line of its opening stands for it; where there is none, it is written."""
        with self._lock:
            opened = self._opened.get((who, case))
        if opened is None or now() - opened >= HOLDS:
            self.open(who, inspection, case)
