"""How far the audit trail is known to be whole: proven from the first line on in the background, then only followed.

What was proven is remembered in this process alone, where nobody with the database's own tools can write; a new
process proves everything again. A proof older than a day is made again at the next asking.
"""

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from review.logs import record_defect
from review.store.entries import ChainState
from review.store.schema import now
from review.store.trail import Trail

TRUSTED = timedelta(days=1)
_PATIENCE = 10  # seconds that closing waits for the block being walked


@dataclass(frozen=True)
class Proven:
    """What is known of the chain now."""

    state: ChainState | None  # the proven part with what followed; null before the first proof has ended
    whole_lines: int  # lines of the last proof from the first line on
    whole_at: datetime | None  # when it ended, UTC
    walked: tuple[int, int] | None  # of a proof that runs: lines walked, lines there are
    defect: str = ""  # number in the log of a proof that could not be ended


class Prover:
    """Proves a trail in a thread of its own, one proof at a time; asking costs the lines written since."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._known = Proven(None, 0, None, None)
        self._lock = threading.Lock()  # over what is known
        self._following = threading.Lock()  # one walk along the new lines at a time
        self._worker: threading.Thread | None = None
        self._closing = threading.Event()

    def asked(self) -> Proven:
        """What is known, brought up to the last line; a first or outdated proof is begun."""
        with self._lock:
            known = self._known
        outdated = known.whole_at is None or now() - known.whole_at > TRUSTED
        if outdated and not known.defect:
            self.begin()
        if known.state and not known.state.problem:
            self._follow()
        with self._lock:
            return self._known

    def begin(self) -> None:
        """Prove the whole chain anew, unless a proof runs already."""
        with self._lock:
            if self._known.walked is not None or self._closing.is_set():
                return
            self._set(walked=(0, 0), defect="")
            self._worker = threading.Thread(target=self._prove, name="proving", daemon=True)
            self._worker.start()

    def close(self) -> None:
        """End a proof that runs; the store is about to close."""
        self._closing.set()
        if self._worker:
            self._worker.join(_PATIENCE)

    def _follow(self) -> None:
        with self._following:
            with self._lock:
                place = self._known.state
            if place is None or place.problem:
                return
            state = self._trail.follow(place)
            with self._lock:
                if self._known.state is place:  # a proof that ended meanwhile knows more
                    self._set(state=state)

    def _prove(self) -> None:
        try:
            state = self._trail.verify(passing=self._passing)
        except _Closing:
            return
        except Exception as problem:
            number = record_defect(problem, "proof of the audit trail")
            with self._lock:
                self._set(walked=None, defect=number)
            return
        with self._lock:
            self._known = Proven(state, state.lines, now(), None)

    def _passing(self, walked: int, lines: int) -> None:
        if self._closing.is_set():
            raise _Closing
        with self._lock:
            self._set(walked=(walked, lines))

    def _set(self, **values: object) -> None:
        self._known = replace(self._known, **values)  # type: ignore[arg-type]


class _Closing(Exception):
    """The store closes before the proof has ended."""
