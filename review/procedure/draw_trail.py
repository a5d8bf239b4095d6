"""Draws in the audit trail: a line for each, so that one that was not liked cannot be drawn again in silence."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from review.settings import Settings
from review.store.entries import TrailFilter
from review.store.store import Store, is_there

DRAW = "draw"
MOST = 10_000  # lines of draws looked back on
LONGEST_REASON = 300


class DrawTrail:
    """The trail of this machine's workbench as draws see it; of no use, and no hindrance, where there is none."""

    def __init__(self, store: Store | None) -> None:
        self._store = store

    def drawn_before(self, kind: str, sha256: str) -> list[str]:
        """The hashes of earlier certificates of a kind from one list, the latest first."""
        if self._store is None:
            return []
        lines = self._store.trail.lines(TrailFilter(act=DRAW), most=MOST)
        told = [json.loads(line.after) for line in lines if line.subject == kind]
        return [one["certificate"] for one in told if one["list"] == sha256]

    def note(self, made: Mapping[str, Any]) -> None:
        """Write the line of a draw, with the reason where it was drawn again."""
        if self._store is None:
            return
        again = made["again"] or {}
        told = {"certificate": made["hash"], "list": made["list"]["sha256"]}
        if again:
            told["reason"] = again["reason"][:LONGEST_REASON]
        before = str(again.get("earlier", ""))
        after = json.dumps(told, ensure_ascii=False)
        self._store.write_trail(made["drawn_by"], DRAW, "", made["kind"], before=before, after=after)


@contextmanager
def trail_here() -> Iterator[DrawTrail]:
    """The trail of the workbench that this machine's settings name. Raises SettingsError where it cannot be opened."""
    url = Settings.from_environment().database_url
    if not is_there(url):
        yield DrawTrail(None)
        return
    store = Store.open(url)
    try:
        yield DrawTrail(store)
    finally:
        store.close()
