"""Which readers a sentence may say something to, told for all of them at once by the characters it holds.

A reader named here says something only where one of its patterns matches, whatever stands around the sentence.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from review.facts.absences import absences
from review.facts.anaesthetic_doses import DOSE, anaesthetic_doses
from review.facts.care_levels import LEVEL, care_levels
from review.facts.cited_results import GATES, cited_results
from review.facts.denials import CUE, denials
from review.facts.gates import Gates
from review.facts.identity import HEADER, MENTION, identities
from review.facts.implants import COUNT, implants
from review.facts.lab_values import VALUE, lab_values
from review.facts.leaves import LEAVE, leaves
from review.facts.measurements import PRESSURE, READINGS, measurements
from review.facts.phrases import said, wanted
from review.facts.sentences import REMEMBERED, Sentence, Wording
from review.facts.statements import Statement
from review.facts.treatments import gates, treatments
from review.facts.units_done import ACTION, HOURS, SPAN, units_done
from review.facts.units_done import COUNT as DONE_COUNT

Reader = Callable[[Iterable[Sentence]], Iterator[Statement]]


def away(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """Everything that is said rather than measured."""
    return absences(said(sentences))


def _patterns() -> Mapping[Reader, Sequence[re.Pattern[str]]]:
    return {
        away: wanted(()).patterns,
        measurements: (*READINGS.patterns, PRESSURE),
        identities: (*HEADER.patterns, *MENTION.patterns),
        cited_results: GATES.patterns,
        lab_values: (VALUE,),
        leaves: (LEAVE,),
        units_done: (ACTION, DONE_COUNT, HOURS, SPAN),
        care_levels: (LEVEL,),
        anaesthetic_doses: (DOSE,),
        treatments: gates().patterns,
        denials: (CUE,),
        implants: (COUNT,),
    }


@cache
def _gates() -> Gates[Reader]:
    return Gates((pattern, reader) for reader, patterns in _patterns().items() for pattern in patterns)


@lru_cache(maxsize=REMEMBERED)
def readers_of(wording: Wording) -> frozenset[Reader]:
    """The readers to which a wording may say something."""
    return frozenset(_gates().open_to(wording.letters))


def shared_out(sentences: Iterable[Sentence]) -> Mapping[Reader, Sequence[Sentence]]:
    """The sentences in their order by each reader to which they may say something."""
    found: dict[Reader, list[Sentence]] = {}
    for sentence in sentences:
        for reader in readers_of(sentence.wording):
            found.setdefault(reader, []).append(sentence)
    return found
