"""The investigations of a review: each goes on as far as there are answers, from a server or from a file.

Some stays are investigated beside each other, a turn at a time; the tools ask the warehouse one after another.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from review.investigator.case import Scene
from review.investigator.keeping import FILE, Keeper
from review.investigator.running import investigate_live, open_requests
from review.investigator.transcript import Limits, State
from review.judge.ledger import Answer
from review.judge.models import Judgement
from review.judge.models import State as Became
from review.judge.requests import Request
from review.models import Finding

QUESTION = "I"
_BECAME = {"finished": Became.ANSWERED, "stopped": Became.CANNOT_TELL, "open": Became.NOT_ASKED}


class Inquiry:
    """The investigations of one review; `folder` is where they are kept between their steps."""

    def __init__(self, scene: Scene, folder: Path, model: str, limits: Limits | None = None) -> None:
        """Raises InputError where the folder holds investigations of another version."""
        self._scene, self._model, self._limits = scene, model, limits or Limits()
        self._keeper = Keeper(folder / FILE)

    @staticmethod
    def was_begun(folder: Path) -> bool:
        return (folder / FILE).exists()

    def close(self) -> None:
        self._keeper.close()

    def open_requests(self, admissions: Sequence[str]) -> Iterator[Request]:
        """The next turn of every investigation that is open."""
        yield from open_requests(self._scene, admissions, self._model, self._limits, self._keeper)

    def go_on(
        self,
        admissions: Sequence[str],
        said: Callable[[Request], Answer | None],
        ask: Callable[[Sequence[Request]], None],
    ) -> Iterator[tuple[Judgement, tuple[Finding, ...]]]:
        """Each investigation taken as far as `ask` brings answers: what became of it, and what it could prove."""
        for state in investigate_live(
            self._scene, admissions, self._model, self._limits, said, ask, self._keeper
        ):
            yield _judgement(state), state.findings


def _judgement(state: State) -> Judgement:
    return Judgement(
        state.admission_id,
        QUESTION,
        QUESTION,
        _BECAME[state.status],
        reason=state.reason,
        dropped=sum(state.refused.values()),
        injection=state.injection,
        model=state.model,
        prompt=state.prompt,
    )
