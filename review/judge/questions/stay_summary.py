"""S: what happened in the stay, in a few sentences that say no more than the lines they name."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from review.judge.answers import StaySummary
from review.judge.borne_out import borne_out
from review.judge.models import Draft, Statement
from review.judge.registry import CANNOT_TELL, Prover, Reading, question
from review.judge.showing import Claims, document_named, ranked, readable, sentence_start, shown
from review.judge.stays import Stay
from review.models import Evidence

FIRST = ranked("入院记录", "出院|死亡", "手术记录", "首次病程", "查房", "病程", "护理")
MOST_SENTENCES, MOST_QUOTES = 10, 4
DIFFERS, FOREIGN = "（前后记载不一致）", "（该文书与本患者不符）"
TWO_PLACES = 2
# words that mean another day in every note
RELATIVE = re.compile(r"今日|今天|今晨|昨日|昨天|次日|明日|明晨")
_DAY = re.compile(r"(?:(\d{4})[-年/.])?(?<!\d)(\d{1,2})[-月/](\d{1,2})(?!\d|/)日?")
TOLD, NOTHING = "told", "nothing_told"


def _read(stay: Stay, draft: Draft, answer: StaySummary, prover: Prover) -> Reading:
    told = []
    claims = Claims(prover)
    for one in answer.sentences[:MOST_SENTENCES]:
        found = [claims.quote(quote.lines, quote.quote, "neutral") for quote in one.quotes]
        proven = [evidence for evidence in found if evidence is not None]
        if not proven or len(proven) < len(found) or len(found) > MOST_QUOTES:
            continue
        quotes, around = (
            [evidence.quote for evidence in proven],
            [_around(stay, evidence) for evidence in proven],
        )
        plain = _plain(stay, one.sentence, proven)
        if plain is not None and borne_out(plain, quotes, around):
            told.append(Statement("neutral", one.sentence, tuple(dict.fromkeys(proven))))
    verdict = TOLD if told else CANNOT_TELL if answer.sentences else NOTHING
    return Reading(verdict, tuple(told), answer.injection)


def _plain(stay: Stay, sentence: str, proven: Sequence[Evidence]) -> str | None:
    """A sentence without what its quotes need not say: our own remark at its end, and the days of its notes.

    Null where it names a day by another one, or says that two places differ and has but one."""
    if RELATIVE.search(sentence):
        return None
    plain = sentence.strip().rstrip("。")
    if plain.endswith(DIFFERS) and len({(one.row, one.start) for one in proven}) < TWO_PLACES:
        return None
    plain = plain.removesuffix(DIFFERS).removesuffix(FOREIGN)
    days = {day for one in proven for day in _days(stay, one)}

    def dated(found: re.Match[str]) -> str:
        year, month, day = found[1], int(found[2]), int(found[3])
        known = any((one.month, one.day) == (month, day) and year in (None, str(one.year)) for one in days)
        return "" if known else found[0]

    return _DAY.sub(dated, plain)


def _days(stay: Stay, evidence: Evidence) -> Iterator[date]:
    """The days a quote may be of: that its sentence is of, else that of its note; yesterday is the day before."""
    document = document_named(stay.record, evidence)
    if document is None:
        return
    at = sentence_start(stay.record, document, evidence)[1] or document.written_at
    if at is None:
        return
    same_day = document.written_at is None or at.date() == document.written_at.date()
    yesterday = same_day and any("昨" in text for text in (_around(stay, evidence), evidence.quote))
    yield at.date() - timedelta(days=1) if yesterday else at.date()


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
