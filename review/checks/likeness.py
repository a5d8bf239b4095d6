"""What was found alike in an inspection, kept beside the views for the pages: pairs, templates, base rates.

Written while the checks run, because only then are all documents at hand; a page reads these tables and searches for
nothing. No table holds a document's words: a pair is two documents by name and how much they share.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from review.checks.inputs import Inspection
from review.checks.passages import Narrative, Written
from review.copies.search import Search

PAIRS = (
    "here varchar, there varchar, here_admission varchar, there_admission varchar, shared integer, own integer,"
    " here_share double, there_share double"
)
DOCUMENTS = (
    "document_id varchar, admission_id varchar, kind varchar, characters integer, template integer,"
    " best double, spans varchar"
)
RATES = "measure varchar, level integer, n integer"


def keep_likeness(
    inspection: Inspection, said: Search, written: Sequence[Written], found: Mapping[int, Narrative]
) -> None:
    """Keep the tables `likenesses` (a row for each pair, `here` the later document; `own` counts what is no template,
    shares are of what is no template, 0 to 1) and `likeness_documents` (a row for each narrative, `best` its largest
    share in another's; `spans` says what of its text is template or form, for documents of a pair)."""
    best = [0.0] * len(written)
    pairs = []
    for match in said.matches:
        later, earlier = _in_time(match.here, match.there, written)
        shares = {number: _share(match.length, said, number) for number in (later, earlier)}
        for number, share in shares.items():
            best[number] = max(best[number], share)
        pairs.append(_pair(later, earlier, match.length, sum(b.size for b in match.blocks), shares, written))
    documents = [
        _document(number, said, one, best[number], found.get(number)) for number, one in enumerate(written)
    ]
    inspection.keep("likenesses", PAIRS, pairs)
    inspection.keep("likeness_documents", DOCUMENTS, documents)


def keep_rate(inspection: Inspection, measure: str, levels: Iterable[int]) -> None:
    """Keep in `base_rates` how often each level of a measure was met in this inspection."""
    rows = [{"measure": measure, "level": level, "n": n} for level, n in sorted(Counter(levels).items())]
    inspection.keep("base_rates", RATES, rows)


def _in_time(here: int, there: int, written: Sequence[Written]) -> tuple[int, int]:
    """The later and the earlier of two documents; one without a time counts as the later."""

    def order(number: int) -> tuple[bool, str, int]:
        at = written[number].at
        return at is None, at.isoformat() if at else "", number

    later, earlier = sorted((here, there), key=order, reverse=True)
    return later, earlier


def _share(length: int, said: Search, number: int) -> float:
    return min(1.0, length / max(1, len(said.passages[number].kept)))


def _pair(
    later: int,
    earlier: int,
    own: int,
    shared: int,
    shares: Mapping[int, float],
    written: Sequence[Written],
) -> dict[str, Any]:
    return {
        "here": written[later].document_id,
        "there": written[earlier].document_id,
        "here_admission": written[later].admission_id,
        "there_admission": written[earlier].admission_id,
        "shared": shared,
        "own": own,
        "here_share": shares[later],
        "there_share": shares[earlier],
    }


def _document(
    number: int, said: Search, one: Written, best: float, narrative: Narrative | None
) -> dict[str, Any]:
    passage = said.passages[number]
    whole = sum(len(line) for line in passage.writing.lines)
    spans = _templates(number, said, narrative) if narrative is not None else ()
    return {
        "document_id": one.document_id,
        "admission_id": one.admission_id,
        "kind": one.writing.kind,
        "characters": whole,
        "template": whole - len(passage.kept),
        "best": best,
        "spans": ",".join(f"{start}-{end}" for start, end in spans),
    }


def _templates(number: int, said: Search, narrative: Narrative) -> Iterator[tuple[int, int]]:
    """Where the document's own text is template, heading, signature or other form: all but its individual lines."""
    passage, at, until = said.passages[number], 0, 0
    for line, own in zip(passage.writing.lines, passage.own, strict=True):
        if own and line:
            start = narrative.places[at]
            if start > until:
                yield until, start
            until = narrative.places[at + len(line) - 1] + 1
        at += len(line)
    if until < len(narrative.document.text):
        yield until, len(narrative.document.text)
