"""What the answers to a question come to: each turn proven on its own, the turns held against each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from review.judge.asking import Told, told
from review.judge.ledger import Ledger
from review.judge.models import Judgement, State
from review.judge.proof import Proof
from review.judge.registry import CANNOT_TELL, Reading, Suspicion
from review.judge.turns import Asked
from review.quotes import Layout

NOT_YET = "还没有回答"


@dataclass(frozen=True)
class Weighed:
    """A question's judgements on one stay, and the new suspicions that its answers raise."""

    judgements: tuple[Judgement, ...]
    suspicions: tuple[Suspicion, ...] = ()


def weigh(asked: Asked, ledger: Ledger, layout: Layout, halted: str | None = None) -> Weighed:
    """The judgements of one draft; `halted` says why what is open was not asked."""
    answers = [told(ledger, turn.request, asked.question.answer) for turn in asked.turns]
    base = _base(asked, answers)
    for answer in answers:
        if answer.answer is None:
            state = State.FAILED if answer.asked or (answer.problem and not halted) else State.NOT_ASKED
            return Weighed((replace(base, state=state, reason=answer.problem or halted or NOT_YET),))
    readings = []
    dropped: dict[str, int] = {}
    for turn, answer in zip(asked.turns, answers, strict=True):
        proof = Proof(turn.numbered, asked.mask.show, layout, asked.stay.record)
        readings.append(asked.question.read(asked.stay, asked.draft, answer.answer, proof))
        for kind, count in proof.dropped.items():
            dropped[kind] = dropped.get(kind, 0) + count
    reading = readings[0] if len(readings) == 1 else asked.question.agree(*readings)
    return Weighed(tuple(_judged(base, reading, readings, dropped)), reading.findings)


def _base(asked: Asked, answers: Sequence[Told]) -> Judgement:
    return Judgement(
        asked.stay.admission_id,
        asked.question.code,
        asked.draft.about,
        State.ANSWERED,
        left_out=asked.draft.left_out,
        injection=asked.turns[0].numbered.injection,
        model=next((answer.model for answer in answers if answer.model), None),
        prompt=asked.turns[0].request.prompt,
        requests=tuple(dict.fromkeys(key for answer in answers for key in answer.keys)),
    )


def _judged(
    base: Judgement, reading: Reading, readings: Sequence[Reading], dropped: Mapping[str, int]
) -> Iterator[Judgement]:
    """One judgement, or one for each thing a request asked about; what was dropped is told with the first."""
    parts = reading.apart or {base.about: reading}
    for number, (about, part) in enumerate(parts.items()):
        unsure = part.verdict == CANNOT_TELL
        yield replace(
            base,
            about=about,
            state=State.CANNOT_TELL if unsure else State.ANSWERED,
            verdict=part.verdict,
            reason=_why_unsure(about, readings, bool(reading.apart)) if unsure else None,
            statements=part.statements,
            dropped=sum(dropped.values()) if number == 0 else 0,
            injection=base.injection or part.injection or reading.injection,
        )


def _why_unsure(about: str, readings: Sequence[Reading], is_apart: bool) -> str | None:
    """That two turns said different things; null where the model itself could not tell."""
    said = {(one.apart.get(about, one) if is_apart else one).verdict for one in readings}
    return "两次阅读结论不同" if len(said) > 1 else None
