"""S: what happened in the stay, in a few sentences that say no more than the lines they name."""

from collections.abc import Iterator

from review.judge.answers import StaySummary
from review.judge.borne_out import borne_out
from review.judge.models import Draft, Statement
from review.judge.registry import CANNOT_TELL, Prover, Reading, question
from review.judge.showing import Claims, document_named, ranked, readable, shown
from review.judge.stays import Stay
from review.models import Evidence

FIRST = ranked("入院记录", "出院|死亡", "手术记录", "首次病程", "查房", "病程", "护理")
MOST_SENTENCES = 10
TOLD, NOTHING = "told", "nothing_told"


def _read(stay: Stay, draft: Draft, answer: StaySummary, prover: Prover) -> Reading:
    told = []
    claims = Claims(prover)
    for one in answer.sentences[:MOST_SENTENCES]:
        found = [claims.quote(quote.lines, quote.quote, "neutral") for quote in one.quotes]
        proven = [evidence for evidence in found if evidence is not None]
        if not proven or len(proven) < len(found):
            continue
        quotes, around = (
            [evidence.quote for evidence in proven],
            [_around(stay, evidence) for evidence in proven],
        )
        if borne_out(one.sentence, quotes, around):
            told.append(Statement("neutral", one.sentence, tuple(dict.fromkeys(proven))))
    verdict = TOLD if told else CANNOT_TELL if answer.sentences else NOTHING
    return Reading(verdict, tuple(told), answer.injection)


def _around(stay: Stay, evidence: Evidence) -> str:
    """The sentences a quote touches: a denial cut off a quote is read with it."""
    document = document_named(stay.record, evidence)
    if document is None:
        return evidence.quote
    at = stay.record.inspection.layout.place(evidence.source, evidence.page, evidence.start or 0)
    start, end = at - document.start, at - document.start + len(evidence.quote)
    touched = [
        sentence.bare
        for sentence in stay.record.sentences(document)
        if sentence.whole[0] < end and start < sentence.whole[1]
    ]
    return "。".join(touched) or evidence.quote


@question(
    code="S",
    prompt="stay_summary",
    title="住院摘要",
    answer=StaySummary,
    read=_read,
    twice=False,
    default=True,
    place=30,
)
def stay_summary(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where the stay has no document that can be read."""
    pieces, left_out = shown(readable(stay.record), stay.budget, rank=FIRST)
    if pieces:
        yield Draft("stay", pieces, left_out=left_out)
