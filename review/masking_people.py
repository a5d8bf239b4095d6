"""Names of persons by what stands beside them: a label, a title, kin, a bed, a sex, a signature at the end of a row.

Works on folded text (`review.masking_letters`). What a table already says is not found here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from review import masking_contexts as near
from review.masking_letters import LETTER
from review.masking_lexicon import AMBIGUOUS, COMPOUND, GIVEN, SURNAMES
from review.masking_roles import (
    FOLLOW,
    PATIENT,
    PERSON,
    a_word,
    alone_is_a_name,
    blank,
    certain,
    clinical,
    is_surname,
    kind_of,
    never_a_name,
)

Known = Callable[[str], bool]


@dataclass(frozen=True)
class Found:
    """A span of the text that names someone or something, and of which kind that is."""

    start: int
    end: int
    kind: str


def people(text: str, known: Known = lambda _: False) -> Iterator[Found]:
    """Spans of names in a folded text; `known` says of letters that they are a name of this admission."""
    reading = _Reading(text, known)
    finders = (reading.labelled, reading.titled, reading.led, reading.first, reading.tails)
    found: dict[tuple[int, int], Found] = {}
    for finder in finders:
        for one in finder():
            found.setdefault((one.start, one.end), one)
    yield from found.values()
    yield from reading.listed(found.values())


class _Reading:
    """One text with what is already known; every finder looks for one kind of company a name keeps."""

    def __init__(self, text: str, known: Known) -> None:
        self._text, self._known = text, known

    def labelled(self) -> Iterator[Found]:
        text = self._text
        for sign in re.finditer(rf"(?<=[{LETTER}) ]):", text):
            label = "".join(text[max(0, sign.start() - 24) : sign.start()].split(" "))[-14:]
            label = label.rsplit("\n")[-1]
            if near.LABEL_END.search(label):
                yield from self._people_at(sign.end(), label, 3 if certain(re.sub(r"\(.*", "", label)) else 2)
        for match in re.finditer(r"(?:签名|姓名|签字);", text):
            yield from self._people_at(match.end(), match[0][:-1], 3)
        for match in near.LABEL_SPACE.finditer(text):
            label = match[0].strip()
            bounded = near.BOUNDED.match(text, match.end())
            yield from self._people_at(match.end(), label, 2 if bounded or certain(label) else 1)
        for match in near.DIRECT.finditer(text):
            bounded = near.BOUNDED.match(text, match.end())
            strong = (bounded and not near.OF_PATIENT.match(match[0])) or (
                match[0][-1] in near.RELATION and len(match[0]) == 1
            )
            found = self._one_at(match.end(), 2 if strong else 1)
            if found:
                yield Found(match.end(), found, kind_of(match[0]))
        for pattern in (near.WITH_SEX, near.WITH_KIN):
            for match in pattern.finditer(text):
                if self._plausible(_letters(match["n"]), 3):
                    yield Found(*match.span("n"), PATIENT if pattern is near.WITH_SEX else PERSON)
        for match in near.DUTY.finditer(text):
            if self._plausible(match["n"], 2):
                yield Found(*match.span("n"), PERSON)
        for match in near.IN_PERSON.finditer(text):
            group = "n" if match["n"] else "m"
            if self._plausible(match[group], 2):
                yield Found(*match.span(group), PERSON)
        for match in near.OF_A_PEOPLE.finditer(text):
            yield Found(*match.span("n"), PATIENT)
        for match in near.SPELT.finditer(text):
            yield Found(*match.span("surname"), PERSON)
            yield Found(*match.span("given"), PERSON)

    def titled(self) -> Iterator[Found]:
        text = self._text
        for match in near.TITLED.finditer(text):
            start = self._before_title(match.start(), match.end())
            if start is not None:
                end = match.start()
                while text[end - 1] == " ":
                    end -= 1
                yield Found(start, end, kind_of(match[0]))

    def led(self) -> Iterator[Found]:
        for match in near.LED.finditer(self._text):
            found = self._one_at(match.end(), 1)
            if found:
                yield Found(match.end(), found, PATIENT if "患" in match[0] else PERSON)
        for match in near.IN_BRACKETS.finditer(self._text):
            found = self._one_at(match.end(), 1)
            if found:
                yield Found(match.end(), found, PERSON)

    def first(self) -> Iterator[Found]:
        for pattern, level in ((near.FIRST, 2), (near.SPEAKS, 1), (near.ALONE, 1), (near.SHAPED, 1)):
            for match in pattern.finditer(self._text):
                if self._plausible(_letters(match["n"]), level):
                    yield Found(*match.span("n"), PERSON)
        for match in near.BED.finditer(self._text):
            found = self._one_at(match.end(), 2)
            if found:
                yield Found(match.end(), found, PATIENT if "床" in match[0] else PERSON)
        for match in near.PAIR.finditer(self._text):
            groups = "ab" if match["both"] else "cd"
            names = [match[group] for group in groups]
            sure = match["both"] or any(self._plausible(one, 1) for one in names)
            if sure and all(self._plausible(one, 2) for one in names):
                yield from (Found(*match.span(group), PERSON) for group in groups)
        for match in near.MASKED.finditer(self._text):
            yield Found(*match.span("n"), PERSON)

    def tails(self) -> Iterator[Found]:
        for match in near.TAIL.finditer(self._text):
            if self._plausible(_letters(match["n"]), 2):
                yield Found(*match.span("n"), PERSON)

    def listed(self, found: Iterable[Found]) -> Iterator[Found]:
        """The neighbours of a name in a list: whoever stands there is a person too."""
        text = self._text
        for one in found:
            at, kind = one.end, one.kind
            for _ in range(40):
                after = near.NEXT_IN_LIST.match(text, at)
                if not after:
                    break
                start = after.end()
                at = self._one_at(start, 2 if near.BOUNDED.match(text, start) else 1)
                if not at:
                    break
                yield Found(start, at, kind)
            before = near.LAST_IN_LIST.search(text[max(0, one.start - 8) : one.start])
            if before and self._plausible(before["n"], 2):
                start = max(0, one.start - 8) + before.start("n")
                yield Found(start, start + len(before["n"]), kind)

    def _people_at(self, at: int, label: str, level: int) -> Iterator[Found]:
        """The names of a list that begins here."""
        text, limit = self._text, at + 160
        kind = kind_of(label)
        blanks = re.compile(r" {0,4}(?:\n ?)?").match(text, at)
        at = blanks.end() if blanks else at
        first = True
        while at < limit:
            end = self._one_at(at, level if first else min(level, 2))
            if not end:
                return
            yield Found(at, end, kind)
            while behind := near.BEHIND.match(text, end):
                end = behind.end()
            between = near.BETWEEN.match(text, end)
            if not between:
                if not (end < len(text) and near.RUN.match(text, end)):
                    return
                at = end
            else:
                at = between.end()
            first, level = False, min(level, 2) if between and " " not in between[0] else 1

    def _one_at(self, at: int, level: int) -> int:
        """Where the name that begins here ends; 0 where none begins."""
        text = self._text
        if whole := near.WHOLE.match(text, at):
            return whole.end() if level > 1 or "·" in whole[0] else 0
        run = near.RUN.match(text, at)
        if not run:
            return 0
        if len(run[0]) == 1 and (spaced := near.SPACED.match(text, at)):
            places = [place for place in range(*spaced.span()) if text[place] != " "]
        else:
            places = list(range(*run.span()))
        if at + 13 > run.end() and text[run.end() : run.end() + 1] in ("某", "×"):
            places.append(run.end())
        rest = text[places[-1] + 1 : places[-1] + 4]
        size = self._cut("".join(text[place] for place in places), level, rest)
        return places[size - 1] + 1 if size else 0

    def _cut(self, run: str, level: int, after: str) -> int:
        if len(run) == 3 and run[2] in near.ENDS_EARLY and self._plausible(run[:2], level):
            return 2
        if len(run) <= (4 if level == 3 or run[:2] in COMPOUND else 3) and self._plausible(
            run, level, bounded=True
        ):
            return len(run)
        for size in (3, 4, 2) if run[:2] in COMPOUND else (2, 3):
            if size < len(run) and near.DOES.match(run[size:]) and self._plausible(run[:size], max(level, 2)):
                return size
        for size in (3, 4, 2) if run[:2] in COMPOUND else (2, 3):
            if size < len(run) and FOLLOW.match(run[size:] + after) and self._plausible(run[:size], level):
                return size
        if len(run) > 1 and alone_is_a_name(run[0]) and near.A_TITLE.match(run, 1):
            return 1
        if len(run) > 3 and set(run[1:3]) <= GIVEN and self._plausible(run[:3], 1):
            return 3
        if level == 3 and len(run) > 4 and is_surname(run, rare=False) and not never_a_name(run[:2]):
            return 3
        return 0

    def _plausible(self, letters: str, level: int, *, bounded: bool = False) -> bool:
        if "·" in letters or not letters[0] >= "㐀":
            return True
        if self._known(letters):
            return True
        if level == 3:
            if not 2 <= len(letters) <= 4 or blank(letters) or near.A_ROLE.search(letters):
                return False
            if len(letters) > 3 and letters[:2] not in COMPOUND and never_a_name(letters[:2]):
                return False
            return is_surname(letters, rare=False) or not (
                clinical(letters) or a_word(letters) or near.NEVER & set(letters)
            )
        if len(letters) < 2 or len(letters) > (4 if letters[:2] in COMPOUND else 3):
            return False
        if (
            not is_surname(letters)
            or never_a_name(letters)
            or clinical(letters)
            or near.A_ROLE.search(letters)
        ):
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

    def _before_title(self, at: int, after: int) -> int | None:
        """Where the name that ends before a title begins."""
        text = self._text
        places: list[int] = []
        place = at - 1
        while place >= 0 and len(places) < 6 and at - place < 14:
            if text[place] == " " and (not places or (place > 0 and text[place - 1] != " ")):
                place -= 1
                continue
            if not re.match(near.ONE, text[place]):
                break
            places.append(place)
            place -= 1
        letters = "".join(text[one] for one in reversed(places))
        best, best_score = None, 1
        for size in range(1, min(4, len(letters)) + 1):
            name, before = letters[-size:], letters[-size - 1 : -size]
            if size == 1 and near.TO_TITLE.match(text, after):
                continue
            score = self._score_before_title(name, before)
            if score > best_score:
                best, best_score = places[size - 1], score
        return best

    def _score_before_title(self, name: str, before: str) -> int:
        if self._known(name):
            return 9
        edge = 2 if not before or before in near.BEFORE_TITLE else 0
        if len(name) == 1 or name in COMPOUND:
            return (
                edge + 1
                if alone_is_a_name(name)
                or (not before and name not in near.NEVER_ALONE and is_surname(name, rare=False))
                else 0
            )
        if (len(name) == 4 and name[:2] not in COMPOUND) or not self._plausible(name, 2):
            return 0
        if name[0] in near.BEFORE_TITLE and name[1] in SURNAMES and edge == 0:
            return 0
        if edge == 0 and (a_word(name) or not is_surname(name, rare=False)):
            return 1 if len(name) > 2 and is_surname(name, rare=False) and not never_a_name(name[:2]) else 0
        return edge + 2 + (len(name) > 2)


def _letters(name: str) -> str:
    return name.replace(" ", "")
