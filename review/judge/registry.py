"""Every question there is to put to a model: being in `review/judge/questions/` is being registered.

A question is a pair of functions: what is asked of a stay, and what the proven answer comes to. Masking, numbering,
asking twice and keeping are the engine's business; nothing here knows a model.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from review.errors import HeaderError
from review.judge.models import Draft, Statement
from review.judge.stays import Stay
from review.models import Evidence, Problem

FOLDER = Path(__file__).with_name("questions")
CANNOT_TELL = "cannot_tell"


class Prover(Protocol):
    """What turns a quote into evidence, or refuses it; `review.judge.proof.Proof` is one."""

    def evidence(self, lines: Sequence[int], quote: str, says: str) -> Evidence | None: ...


@dataclass(frozen=True)
class Suspicion:
    """Something a model read that no rule found: the check under whose header it is stamped, and what was seen.

    The words of the problem's message are ours but for proven quotes; it names no amount."""

    check: str
    problem: Problem

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from the other suspicions of a stay."""
        return (self.check, *self.problem.charge_ids, *self.problem.points_at)


@dataclass(frozen=True)
class Reading:
    """What one proven answer comes to.

    `apart` is filled where one request asks about several things, by what each is about; the reading itself then holds
    no statement. The verdict `cannot_tell` is an ordinary one."""

    verdict: str
    statements: tuple[Statement, ...] = ()
    injection: bool = False
    findings: tuple[Suspicion, ...] = ()
    apart: Mapping[str, "Reading"] = field(default_factory=dict)


Asks = Callable[[Stay], Iterator[Draft]]
Reads = Callable[[Stay, Draft, Any, Prover], Reading]
Agrees = Callable[[Reading, Reading], Reading]


@dataclass(frozen=True)
class Question:
    """A question ready to be asked; its prompt's name tells it from the others."""

    code: str  # J1 … J8, S
    prompt: str
    title: str  # what it is called on screen
    answer: type[BaseModel]
    asks: Asks
    read: Reads
    agree: Agrees
    twice: bool
    default: bool
    place: int  # the first ones are asked first where a budget does not reach for all


_FOUND: dict[str, Question] = {}


def agreed(first: Reading, second: Reading) -> Reading:
    """Two readings of the same question, the pieces in reversed order: what both say stands; where their verdicts
    differ nobody can tell, but what either one quoted is still in the record and is still shown."""
    return Reading(
        first.verdict if first.verdict == second.verdict else CANNOT_TELL,
        merged(first.statements, second.statements),
        first.injection or second.injection,
        _in_both(first.findings, second.findings),
        _apart(first, second, agreed),
    )


def agreed_by_label(first: Reading, second: Reading) -> Reading:
    """As `agreed`, for answers made of many verdicts: only what both say in the same words is kept."""
    both = _labels(first) & _labels(second)
    kept = merged(
        [one for one in first.statements if (one.says, one.label) in both],
        [one for one in second.statements if (one.says, one.label) in both],
    )
    together = agreed(first, second)
    emptied = not kept and bool(first.statements or second.statements)
    return replace(
        together,
        statements=kept,
        verdict=CANNOT_TELL if emptied else together.verdict,
        apart=_apart(first, second, agreed_by_label),
    )


def _apart(first: Reading, second: Reading, agree: Agrees) -> dict[str, Reading]:
    silent = Reading(CANNOT_TELL)
    return {
        about: agree(first.apart.get(about, silent), second.apart.get(about, silent))
        for about in dict.fromkeys((*first.apart, *second.apart))
    }


def _labels(reading: Reading) -> set[tuple[str, str]]:
    return {(one.says, one.label) for one in reading.statements}


def merged(first: Sequence[Statement], second: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements of both, those of one label with the evidence of both."""
    found: dict[tuple[str, str], Statement] = {}
    for one in (*first, *second):
        known = found.get((one.says, one.label))
        evidence = (*(known.evidence if known else ()), *one.evidence)
        found[one.says, one.label] = replace(one, evidence=tuple(dict.fromkeys(evidence)))
    return tuple(found.values())


def _in_both(first: Sequence[Suspicion], second: Sequence[Suspicion]) -> tuple[Suspicion, ...]:
    """A new suspicion stands only where both readings raise it."""
    keys = {one.key for one in second}
    return tuple(one for one in first if one.key in keys)


def question(
    *,
    code: str,
    prompt: str,
    title: str,
    answer: type[BaseModel],
    read: Reads,
    agree: Agrees = agreed,
    twice: bool = True,
    default: bool = False,
    place: int = 100,
) -> Callable[[Asks], Asks]:
    """Declare a question on the function that says what is asked of a stay; `read` says what the answer comes to."""

    def register(asks: Asks) -> Asks:
        known = _FOUND.get(prompt)
        if known is not None and known.asks.__module__ != asks.__module__:
            raise HeaderError(f"{asks.__module__}：提示词 {prompt} 已被另一问题使用；请换一个。")
        _FOUND[prompt] = Question(code, prompt, title, answer, asks, read, agree, twice, default, place)
        return asks

    return register


@cache
def all_questions() -> tuple[Question, ...]:
    """Every question, those first that are asked first."""
    for file in sorted(FOLDER.glob("*.py")):
        if file.stem != "__init__":
            importlib.import_module(f"review.judge.questions.{file.stem}")
    return tuple(sorted(_FOUND.values(), key=lambda one: (not one.default, one.place, one.prompt)))


def default_questions() -> tuple[Question, ...]:
    """The questions a review asks unless told otherwise."""
    return tuple(one for one in all_questions() if one.default)
