"""Whether letters are a name, and how many letters of a run are: by surname, by the words of records, by likelihood.

The level says what stands around them: 3, nothing but a name can stand there; 2, mostly a name; 1, perhaps.
"""

from collections.abc import Callable

from review import masking_contexts as near
from review.masking_lexicon import ADVERBS, AMBIGUOUS, COMPOUND, GIVEN
from review.masking_likelihood import likelier_a_name, name_cost, words_cost
from review.masking_roles import (
    FOLLOW,
    a_word,
    alone_is_a_name,
    blank,
    clinical,
    is_surname,
    never_a_name,
)

Known = Callable[[str], bool]

NEVER = 99.0  # no likelihood is enough
_SELDOM = 9.0
_RARE_AND_COMMON = 3.0  # what a rare surname loses whose letter is a common word
_BOUNDED = {2: 3.0, 3: 5.0, 4: 5.0}  # what a name gains where nothing goes on behind it
_DOUBT = {1: -6.0, 2: -15.0}  # so much likelier words than a name is no name


def length_of_name(run: str, level: int, after: str, known: Known, least: float = NEVER) -> int:
    """How many letters at the beginning of a run are a name; 0 if none.

    Where no word ends the name, letters that are by `least` likelier a name than words are one.
    """
    size = _told(run, level, after, known)
    if size or least >= NEVER:
        return size
    sizes = (3, 4) if run[:2] in COMPOUND else (2, 3)
    best, best_margin = 0, least
    for size in sizes:
        name = run[:size]
        if len(name) == size and plausible(name, 2, known) and not near.NEVER_SECOND & set(name[-1:]):
            if a_word(name) and size < len(run):
                continue
            margin = likelier_a_name(run, size) + (_BOUNDED[size] if size == len(run) else 0)
            if not is_surname(name, rare=False) and words_cost(name[0]) < _SELDOM:
                margin -= _RARE_AND_COMMON
            if margin > best_margin:
                best, best_margin = size, margin
    return best


def _told(run: str, level: int, after: str, known: Known) -> int:
    if len(run) == 3 and run[2] in near.ENDS_EARLY and plausible(run[:2], level, known):
        return 2
    if len(run) <= (4 if level == 3 or run[:2] in COMPOUND else 3) and plausible(
        run, level, known, bounded=True
    ):
        return len(run)
    sizes = (3, 4, 2) if run[:2] in COMPOUND else (2, 3)
    for ends, least in ((near.DOES, max(level, 2)), (FOLLOW, level)):
        ending = [
            size
            for size in sizes
            if size < len(run) and ends.match(run[size:] + after) and plausible(run[:size], least, known)
        ]
        if ending:
            return max(ending, key=lambda size: (known(run[:size]), likelier_a_name(run, size)))
    if (
        len(run) > 1
        and alone_is_a_name(run[0])
        and near.A_TITLE.match(run, 1)
        and not near.A_TITLE.match(run)
    ):
        return 1
    if len(run) > 3 and set(run[1:3]) <= GIVEN and plausible(run[:3], 1, known):
        return 3
    if level == 3 and len(run) > 4 and is_surname(run, rare=False) and not never_a_name(run[:2]):
        return 3
    return 0


def plausible(letters: str, level: int, known: Known, *, bounded: bool = False) -> bool:
    """Whether letters that stand so may be a name."""
    if "·" in letters or not letters[0] >= "㐀":
        return True
    if known(letters):
        return True
    if level == 3:
        return _after_a_label(letters)
    if len(letters) < 2 or len(letters) > (4 if letters[:2] in COMPOUND else 3):
        return False
    if not is_surname(letters) or never_a_name(letters) or clinical(letters) or near.A_ROLE.search(letters):
        return False
    if not is_surname(letters, rare=False) and FOLLOW.match(letters):
        return False
    if letters[0] in ADVERBS and letters[1] not in GIVEN and not bounded:
        return False
    if words_cost(letters) - name_cost(letters) < _DOUBT[level]:
        return False
    if level == 2:
        return letters[1] not in near.NEVER and not never_a_name(letters[:2])
    return (
        is_surname(letters, rare=False)
        and not a_word(letters)
        and not never_a_name(letters[:2])
        and not near.NEVER & set(letters)
        and not near.BODY & set(letters[1:])
        and (
            len(letters) > 2
            or (letters[1] not in near.NEVER_SECOND and (bounded or letters[0] not in AMBIGUOUS))
        )
    )


def _after_a_label(letters: str) -> bool:
    if not 2 <= len(letters) <= 4 or blank(letters) or near.A_ROLE.search(letters):
        return False
    if len(letters) > 3 and letters[:2] not in COMPOUND and never_a_name(letters[:2]):
        return False
    return is_surname(letters, rare=False) or not (
        clinical(letters) or a_word(letters) or near.NEVER & set(letters)
    )
