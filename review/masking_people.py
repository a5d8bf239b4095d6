"""Names of persons by what stands beside them: a label, a title, kin, a bed, a sex, a signature at the end of a row.

Works on folded text (`review.masking_letters`). What a table already says is not found here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from review import masking_contexts as near
from review.masking_letters import closed
from review.masking_lexicon import COMPOUND
from review.masking_likelihood import given_cost, is_a_word, likelier_a_name, words_cost
from review.masking_names import NEVER, Known, length_of_name, plausible
from review.masking_roles import (
    FOLLOW,
    PATIENT,
    PERSON,
    certain,
    kind_of,
    never_a_name,
)
from review.masking_titles import before_title

_BROKEN = 6.0  # a surname left alone at the end of a line goes on below
_FREE, _ALONE = 4.0, -1.0  # the same where nothing at all stands around them
# By how much letters behind such a word must be likelier a name than words.
_LABEL, _ROLE, _THE_PATIENT, _LED_BY_A_WORD, _LED = -2.0, 0.0, 0.0, 2.0, 5.0


@dataclass(frozen=True)
class Found:
    """A span of the text that names someone or something, and of which kind that is."""

    start: int
    end: int
    kind: str


def people(text: str, known: Known = lambda _: False) -> Iterator[Found]:
    """Spans of names in a folded text; `known` says of letters that they are a name of this admission."""
    yield from _people(text, known)
    around, places = closed(text)
    for one in _people(around, known) if around else ():
        start, end = places[one.start], places[one.end - 1] + 1
        if end - start > one.end - one.start and _goes_on(text, start, end, around[one.end : one.end + 6]):
            yield Found(start, end, one.kind)


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the letters of someone's name that are a word as well are meant as the name: no word goes on with
    them, no word stands beside them and no dose in their sentence."""
    if near.A_LETTER.match(text, end) or near.LETTERS_END.search(text[max(0, start - 1) : start])[0]:  # type: ignore[index]
        return False
    beside = near.BESIDE.match(text, end)
    return not (beside and is_a_word(beside["n"])) and not _Reading(text, lambda _: False).among_things(
        start, end
    )


def _goes_on(text: str, start: int, end: int, after: str) -> bool:
    """Whether what stands below a line break belongs to the name above it rather than to a word of its own."""
    below = text[start:end].rpartition("\n")[2].strip() if "\n" in text[start:end] else ""
    rest = run[0] if (run := near.RUN.match(after)) else ""
    gain = words_cost(below + rest) - words_cost(rest) + (_BROKEN if text[start + 1] in " \n" else 0)
    return not below or "·" in text[start:end] or given_cost(below) < gain


def _people(text: str, known: Known) -> Iterator[Found]:
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
        for sign in near.COLON.finditer(text):
            label = "".join(text[max(0, sign.start() - 24) : sign.start()].split(" "))[-14:]
            label = label.rsplit("\n")[-1]
            if near.LABEL_END.search(label) and not label.endswith("主诉"):
                level = 1 if self._speaks(label) else 3 if certain(label.partition("(")[0]) else 2
                yield from self._people_at(sign.end(), label, level)
        for match in near.SEMICOLON.finditer(text):
            yield from self._people_at(match.end(), match[0][:-1], 2)
        for match in near.LABEL_SPACE.finditer(text):
            label = match[0].strip()
            bounded = near.BOUNDED.match(text, match.end())
            yield from self._people_at(match.end(), label, 2 if bounded or certain(label) else 1)
        for match in near.DIRECT.finditer(text):
            if self._speaks(text[max(0, match.start() - 6) : match.end()]):
                continue
            bounded = near.BOUNDED.match(text, match.end())
            strong = (bounded and not near.OF_PATIENT.match(match[0])) or (
                match[0][-1] in near.RELATION and len(match[0]) == 1
            )
            of_patient = near.OF_PATIENT.match(match[0])
            found = self._one_at(match.end(), 2 if strong else 1, _THE_PATIENT if of_patient else _ROLE)
            if found:
                yield Found(match.end(), found, kind_of(match[0]))
        for pattern in (near.WITH_SEX, near.WITH_KIN):
            for match in pattern.finditer(text):
                if self._plausible(_letters(match["n"]), 3):
                    yield Found(*match.span("n"), PATIENT if pattern is near.WITH_SEX else PERSON)
        for match in near.DUTY.finditer(text):
            if self._plausible(match["n"], 2) and not FOLLOW.match(match["n"]):
                yield Found(*match.span("n"), PERSON)
        for match in near.IN_PERSON.finditer(text):
            group = "n" if match["n"] else "m"
            if self._plausible(match[group], 2):
                yield Found(*match.span(group), PERSON)
        for match in near.OF_A_PEOPLE.finditer(text):
            yield Found(*match.span("n"), PATIENT)
        for pattern in (near.CALLED, near.PARENT_OF, near.OF_MINORITIES):
            for match in pattern.finditer(text):
                if len(match["n"]) > 3 or not never_a_name(match["n"]):
                    yield Found(*match.span("n"), PERSON)
        for match in near.SPELT.finditer(text):
            yield Found(*match.span("surname"), PERSON)
            yield Found(*match.span("given"), PERSON)

    def _speaks(self, label: str) -> bool:
        """Whether what ends before a colon is a person with a title, whose words follow: 傅晨医师:入院时."""
        speaker = near.SPEAKER.search(label)
        before = speaker["n"] if speaker else ""
        return any(self._plausible(before[-size:], 1) for size in (3, 2) if len(before) >= size)

    def titled(self) -> Iterator[Found]:
        text = self._text
        for match in near.TITLED.finditer(text):
            start = before_title(text, match.start(), match.end(), self._known)
            if start is not None:
                end = match.start()
                while text[end - 1] == " ":
                    end -= 1
                yield Found(start, end, kind_of(match[0]))

    def led(self) -> Iterator[Found]:
        for match in near.LED.finditer(self._text):
            if self._speaks(self._text[max(0, match.start() - 6) : match.end()]):
                continue
            found = self._one_at(
                match.end(), 1, _LED if len(match[0]) == 1 or match[0][-1].isdigit() else _LED_BY_A_WORD
            )
            if found:
                yield Found(match.end(), found, PATIENT if "患" in match[0] else PERSON)
        for match in near.IN_BRACKETS.finditer(self._text):
            found = self._one_at(match.end(), 1)
            if found and not self.among_things(match.start(), found):
                yield Found(match.end(), found, PERSON)

    def first(self) -> Iterator[Found]:
        for pattern, level in ((near.FIRST, 2), (near.SPEAKS, 1)):
            for match in pattern.finditer(self._text):
                if self._plausible(_letters(match["n"]), level):
                    yield Found(*match.span("n"), PERSON)
        for pattern in (near.ALONE, near.SHAPED):
            for match in pattern.finditer(self._text):
                if self._plausible(match["n"], 1) and self._likely(*match.span("n")):
                    yield Found(*match.span("n"), PERSON)
        for match in near.BED.finditer(self._text):
            found = self._one_at(match.end(), 2, _LABEL if "床" in match[0] else NEVER)
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

    def _likely(self, start: int, end: int) -> bool:
        """Whether letters without company are a name: no dose behind them, no thing beside them in a list."""
        text = self._text
        run = near.RUN.match(text, start)
        if not run or self.among_things(start, end):
            return "·" in text[start:end]
        letters = run[0][:8]
        return self._known(text[start:end]) or likelier_a_name(letters, end - start) > (
            _FREE if len(letters) > end - start else _ALONE
        )

    def among_things(self, start: int, end: int) -> bool:
        """Whether the sentence there speaks of drugs and their doses."""
        text = self._text
        sentence = near.SENTENCE_START.search(text[max(0, start - 60) : start])
        before = sentence[0] if sentence else ""
        after = near.SENTENCE_END.match(text, end)
        return bool(near.A_DOSE.search(before) or (after and near.A_DOSE.search(after[0])))

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
        blanks = near.BLANKS.match(text, at)
        at = blanks.end() if blanks else at
        first = True
        while at < limit:
            end = self._one_at(at, level if first else min(level, 2), _LABEL if first else NEVER)
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
            ends = near.LAST_OF_LINE.match(text, at)
            first, level = False, min(level, 2) if ends or (between and " " not in between[0]) else 1

    def _one_at(self, at: int, level: int, least: float = NEVER) -> int:
        """Where the name that begins here ends; 0 where none begins."""
        text = self._text
        if whole := near.WHOLE.match(text, at):
            return whole.end() if level > 1 or least < NEVER or "·" in whole[0] else 0
        run = near.RUN.match(text, at)
        if not run:
            return 0
        spaced = near.SPACED.match(text, at) if len(run[0]) == 1 else near.APART.match(text, at)
        if spaced and (len(run[0]) == 1 or run[0] in COMPOUND):
            level = max(level, 2)
            places = [place for place in range(*spaced.span()) if text[place] != " "]
        else:
            places = list(range(*run.span()))
        if at + 13 > run.end() and text[run.end() : run.end() + 1] in ("某", "×"):
            places.append(run.end())
        rest = text[places[-1] + 1 : places[-1] + 4]
        size = length_of_name("".join(text[place] for place in places), level, rest, self._known, least)
        return places[size - 1] + 1 if size else 0

    def _plausible(self, letters: str, level: int) -> bool:
        return plausible(letters, level, self._known)


def _letters(name: str) -> str:
    return name.replace(" ", "")
