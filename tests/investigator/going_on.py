"""Runs one scripted investigation in a process of its own, to be killed: home, keeper's file, ledger's file, step to die at.

Every question asked is written to a file, so that a test can count them over all processes.
"""

import os
import signal
import sys
from pathlib import Path

from scripted import STAY, Script, call, find_line, good, last

from review.investigator.keeping import Keeper
from review.investigator.opening import laid_open
from review.investigator.running import investigate
from review.investigator.transcript import Limits
from review.judge.ledger import Answer, Ledger
from review.judge.requests import Request

STEPS = (
    call("list_findings"),
    call("search_documents", words="降钙素原"),
    find_line,
    lambda messages: good(last(messages)),
    call("finish", reason="收费和病历已对过。"),
)


class Asked:
    """Answers step by step, each answer kept in the ledger first; may die before or after keeping one."""

    def __init__(self, ledger: Ledger, log: Path, die_at: int | None = None, before: bool = False) -> None:
        self.ledger, self.log, self.die_at, self.before = ledger, log, die_at, before

    def __call__(self, request: Request) -> Answer | None:
        held = self.ledger.answer(request.key)
        if held is not None:
            return held
        self.ledger.note([request])
        with self.log.open("a", encoding="utf-8") as stream:
            stream.write(f"{request.turn}\n")
        if self.before and request.turn == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        message = Script(STEPS[request.turn])(request.body)
        answer = Answer(request.key, message, "double", 100, 10)
        self.ledger.keep(answer)
        if not self.before and request.turn == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def run(home: Path, folder: Path, die_at: int | None = None, before: bool = False):
    """The state after as many steps as there are, or no return at all."""
    keeper, ledger = Keeper(folder / "investigations.sqlite3"), Ledger(folder / "model.sqlite3")
    said = Asked(ledger, folder / "asked.txt", die_at, before)
    try:
        with laid_open(home / "out", home) as scene:
            (state,) = investigate(scene, [STAY], "double", Limits(), said, keeper)
    finally:
        keeper.close()
        ledger.close()
    return state


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "before")
