"""Where a name begins that a title follows: 孙主任, 欧阳靖医师, but not 向主任汇报."""

from review import masking_contexts as near
from review.masking_lexicon import COMPOUND, SURNAMES
from review.masking_likelihood import is_a_word, words_cost
from review.masking_names import Known, plausible
from review.masking_roles import a_word, alone_is_a_name, is_surname, never_a_name

_ONLY_A_SURNAME = 9.5  # a letter as seldom as this is hardly written but in names


def before_title(text: str, at: int, after: int, known: Known) -> int | None:
    """Where in a folded text the name begins that ends before the title from `at` to `after`; None if none does."""
    places: list[int] = []
    place = at - 1
    while place >= 0 and len(places) < 6 and at - place < 14:
        if text[place] == " " and (not places or (place > 0 and text[place - 1] != " ")):
            place -= 1
            continue
        if not near.A_LETTER.match(text, place):
            break
        places.append(place)
        place -= 1
    letters = "".join(text[one] for one in reversed(places))
    best, best_score = None, 1
    for size in range(1, min(4, len(letters)) + 1):
        name, before = letters[-size:], letters[-size - 1 : -size]
        if size == 1 and near.TO_TITLE.match(text, after):
            continue
        score = _score(name, before, known)
        if score > best_score:
            best, best_score = places[size - 1], score
    return best


def _score(name: str, before: str, known: Known) -> int:
    if known(name):
        return 9
    edge = 2 if not before or before in near.BEFORE_TITLE else 0
    if len(name) == 1 or name in COMPOUND:
        return (
            max(edge, 2 if _only_a_surname(name, before) else 0) + 1
            if alone_is_a_name(name)
            or (not before and name not in near.NEVER_ALONE and is_surname(name, rare=False))
            else 0
        )
    if (len(name) == 4 and name[:2] not in COMPOUND) or not plausible(name, 2, known):
        return 0
    if name[0] in near.BEFORE_TITLE and name[1] in SURNAMES and edge == 0:
        return 0
    if edge == 0 and (a_word(name) or not is_surname(name, rare=False)):
        return 1 if len(name) > 2 and is_surname(name, rare=False) and not never_a_name(name[:2]) else 0
    return edge + 2 + (len(name) > 2)


def _only_a_surname(name: str, before: str) -> bool:
    return (
        words_cost(name) > _ONLY_A_SURNAME and is_surname(name, rare=False) and not is_a_word(before + name)
    )
