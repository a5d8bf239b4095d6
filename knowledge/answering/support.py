"""Whether a sentence is borne out by the quotes of a passage: every word of content is theirs, under the word that
governs it there, and every quantity stands beside what it counts there.

Words only, no understanding: what it cannot follow it refuses, and the passages then answer for themselves.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.answering.glue import GLUE, SOFT
from knowledge.answering.quantities import Quantity, quantities, words
from knowledge.answering.quoted import HAN, Piece, Quoted, one_name
from knowledge.answering.scopes import (
    ABSOLUTE,
    ALLOWED,
    CALLS_WRONG,
    DENIED,
    LISTED,
    PLAIN,
    Clause,
    Scope,
    cut_clauses,
)

LEAST_CONTENT = 4  # characters a sentence must say something with; a quantity counts for two
LOOSE_SHARE = 6  # of so many characters of content one may stand alone
# A sentence may use the narrower word where the quote says one of the wider.
_HELD_BY = (
    ("医院", ("医疗机构", "医药机构")),
    ("患者", ("参保人员",)),
    ("药店", ("零售药店", "药品经营单位")),
    ("写完", ("完成",)),
    ("写好", ("完成",)),
)
_LEADS = frozenset("由向被")  # what follows says who acts
_NEGATIVE = frozenset("不未无非免勿")
_TITLE = re.compile(r"《([^》]*)》")


@dataclass(frozen=True)
class Told:
    """A sentence ready to be held against quotes; `content` marks each character: hard, soft, or a break."""

    text: str
    clauses: tuple[Clause, ...]
    counted: tuple[Quantity, ...]
    content: str  # h | s | -

    @property
    def scopes(self) -> list[Scope]:
        return [scope for clause in self.clauses for scope in clause.scopes]


def unsupported(sentence: str, quoted: Quoted) -> str | None:
    """Why the quotes do not bear a sentence out; null where they do."""
    text = one_name(sentence).replace("\n", "")
    if any(not _same_title(title, quoted) for title in _TITLE.findall(text)):
        return "names another document"
    if text.rstrip("。；;") in quoted.sentences:
        return None
    text = _TITLE.sub(lambda match: "《" + "·" * len(match[1]) + "》", text)
    if "?" in text or "？" in text:
        return "asks instead of telling"
    if words(text) - quoted.words:
        return "has words that are not quoted"
    if any(word not in quoted.text for word in ABSOLUTE.findall(text)):
        return "is more absolute than the quote"
    if CALLS_WRONG.search(text) and not quoted.denies:
        return "calls wrong what the quote does not"
    told = _told(_held_words(text, quoted.text), quoted.name)
    if told.content.count("h") + 2 * len(told.counted) < LEAST_CONTENT:
        return "says nothing of its own"
    if any(scope.word and scope.word not in quoted.governing for scope in told.scopes):
        return "forbids or permits what the quote does not"
    if any(not _is_told(one, quoted) for one in told.counted):
        return "counts what the quote does not"
    return next(
        (reason for place in range(len(told.clauses)) if (reason := _clause(told, place, quoted))), None
    )


def _same_title(told: str, quoted: Quoted) -> bool:
    plain = re.sub("[《》]", "", quoted.title)
    return f"《{told}》" in quoted.text or (len(told) >= 2 and (told in plain or plain in told))


def _held_words(text: str, quoted: str) -> str:
    for word, wider in _HELD_BY:
        if word in text and word not in quoted:
            text = text.replace(word, next((one for one in wider if one in quoted), word))
    return text


def _told(text: str, name: str) -> Told:
    counted = tuple(quantities(text))
    clauses = tuple(cut_clauses(text))
    marks = ["-"] * len(text)
    for scope in (scope for clause in clauses for scope in clause.scopes):
        for place in range(scope.start, scope.end):
            if HAN.match(text[place]):
                marks[place] = "s" if text[place] in SOFT else "h"
    breaks = [match.span() for match in GLUE.finditer(text)]
    for one in counted:
        breaks.append((one.start - _title_before(text, one, name), one.end))
    for start, end in breaks:
        marks[start:end] = "-" * (end - start)
    content = "".join(marks)
    return Told(text, tuple(_joined(clauses, content)), counted, content)


def _title_before(text: str, one: Quantity, name: str) -> int:
    """How many characters before an article number are the document's name: 条例第三十八条."""
    longest = one.start if one.unit.startswith("第") else 0
    return next((size for size in range(longest, 1, -1) if text[one.start - size : one.start] in name), 0)


def _joined(clauses: Sequence[Clause], content: str) -> Iterator[Clause]:
    """Clauses, those without content of their own joined to the one before: 挂床住院，是不允许的."""
    held: Clause | None = None
    for clause in clauses:
        if held is not None and "h" not in content[clause.start : clause.end]:
            held = Clause(held.start, clause.end, (*held.scopes, *clause.scopes))
            continue
        if held is not None:
            yield held
        held = clause
    if held is not None:
        yield held


def _is_told(one: Quantity, quoted: Quoted) -> bool:
    return any(one.told_by(other) for other in (*quoted.counted, *quoted.named))


def _clause(told: Told, place: int, quoted: Quoted) -> str | None:
    """Why one clause is not borne out."""
    clause = told.clauses[place]
    own = [
        one
        for one in told.counted
        if clause.start <= one.start < clause.end and any(one.told_by(other) for other in quoted.counted)
    ]
    pieces = _pieces_for(own, quoted.pieces)
    if pieces is None or any(not _counts_there(told, place, one, quoted.pieces) for one in own):
        return "puts a number beside what it does not count"
    free = bool(CALLS_WRONG.search(told.text, clause.start, clause.end))
    governed = {scope.kind for scope in clause.scopes} & {DENIED, ALLOWED}
    around = {pair for piece in quoted.pieces for pair in piece.all_pairs} if governed else set()
    for scope in clause.scopes:
        subject = scope.kind == PLAIN and bool(governed)
        kinds = _kinds_for(scope, told, free or subject)
        held = {pair for piece in pieces for kind in kinds for pair in piece.pairs.get(kind, ())}
        if not _covered(told, scope, held | around if subject else held, quoted.text):
            return "adds words to the quote"
        if scope.kind != DENIED and not free and _turned(told, scope, quoted.text):
            return "leaves out a negation"
        if not _same_actor(told, scope, quoted.text):
            return "lets another act"
    return None


def _kinds_for(scope: Scope, told: Told, free: bool) -> set[str]:
    """Under what the words of a scope may stand in the quote. What is listed below a denial may be told plainly
    where the sentence says the denial too: 有下列情形的，不予受理：（一）… as …的，不予受理."""
    if scope.kind in LISTED:
        return {scope.kind, LISTED[scope.kind]}
    if scope.kind == PLAIN and free:
        return {PLAIN, DENIED, ALLOWED, *LISTED.values()}
    said = {one.kind for one in told.scopes}
    return {scope.kind, *(LISTED[kind] for kind in LISTED if scope.kind == PLAIN and kind in said)}


def _pieces_for(own: Sequence[Quantity], pieces: Sequence[Piece]) -> list[Piece] | None:
    """The pieces a clause with these quantities may be told from; null where a quantity finds none."""
    if not own:
        return list(pieces)
    units = {one.unit for one in own}
    beside: list[Piece] = []
    for one in own:
        others = [other for other in own if other.unit != one.unit]
        right = [
            piece
            for piece in pieces
            if any(one.told_by(held) for held in piece.counted)
            and all(_agrees(other, piece) for other in others)
        ]
        if not right:
            return None
        beside += right
    elsewhere = {piece.sentence for piece in pieces if _counts(piece, units)} - {
        piece.sentence for piece in beside
    }
    rest = [
        piece
        for piece in pieces
        if not piece.governed and not _counts(piece, units) and piece.sentence not in elsewhere
    ]
    return [*beside, *rest]


def _counts(piece: Piece, units: set[str]) -> bool:
    return any(held.unit in units for held in piece.all_counted)


def _agrees(one: Quantity, piece: Piece) -> bool:
    same = [held for held in piece.all_counted if held.unit == one.unit]
    return not same or any(one.told_by(held) for held in same)


def _counts_there(told: Told, place: int, one: Quantity, pieces: Sequence[Piece]) -> bool:
    """Whether the number stands, of all places that count in its unit, where the sentence's own words stand."""
    own = _own_pairs(told, place, one.unit)
    right = other = -1
    for number, piece in enumerate(pieces):
        if _counts(piece, {one.unit}):
            near = piece.all_pairs.union(*(led.all_pairs for led in _led_to(pieces, number, one.unit)))
            shared = sum(weight for pair, weight in own.items() if pair in near)
            if any(one.told_by(held) for held in piece.counted):
                right = max(right, shared)
            else:
                other = max(other, shared)
    return right > other


def _own_pairs(told: Told, place: int, unit: str) -> dict[str, int]:
    """The pairs of a clause and of those before it that count nothing in the unit; words of content weigh double."""
    found: dict[str, int] = {}
    for clause in reversed(told.clauses[: place + 1]):
        counting = any(clause.start <= one.start < clause.end and one.unit == unit for one in told.counted)
        if counting and clause is not told.clauses[place]:
            break
        for at in range(clause.start, clause.end - 1):
            kinds = told.content[at : at + 2]
            if "-" not in kinds:
                found[told.text[at : at + 2]] = kinds.count("h")
    return found


def _led_to(pieces: Sequence[Piece], number: int, unit: str) -> Iterator[Piece]:
    """The pieces of the same sentence before this one, back to the last clause that counts in the unit; parts of
    one clause that count apart share what leads to it."""
    own = pieces[number]
    for piece in reversed(pieces[:number]):
        counting = _counts(piece, {unit})
        if piece.sentence != own.sentence or (counting and piece.clause != own.clause):
            return
        if not counting:
            yield piece


def _covered(told: Told, scope: Scope, held: set[str], quoted: str) -> bool:
    """Whether the content of a scope is made of these pairs; a character or two may stand apart."""
    text, content = told.text, told.content
    met = [False] * len(text)
    for place in range(scope.start, scope.end - 1):
        if "-" not in content[place : place + 2] and text[place : place + 2] in held:
            met[place] = met[place + 1] = True
    hard = [place for place in range(scope.start, scope.end) if content[place] == "h"]
    missing = [place for place in hard if not met[place]]
    if any(text[place] in _NEGATIVE and text[place : place + 2] not in held for place in hard):
        return False
    alone = [
        place for place in missing if "h" in (content[place - 1 : place] + content[place + 1 : place + 2])
    ]
    signs = {sign for pair in held for sign in pair}
    if any(text[place] not in (signs if place in alone else quoted) for place in missing):
        return False
    return not any(b - a == 1 for a, b in pairwise(missing)) and len(alone) <= max(
        1, len(hard) // LOOSE_SHARE
    )


def _turned(told: Told, scope: Scope, quoted: str) -> bool:
    """Whether words that the quote only has with a negation before them are told without: 合理 out of 不合理."""
    for place in range(scope.start, scope.end - 1):
        if told.content[place : place + 2] != "hh" or told.text[place - 1 : place] in _NEGATIVE:
            continue
        for size in (2, 3):
            stands = [
                match.start() for match in re.finditer(re.escape(told.text[place : place + size]), quoted)
            ]
            if stands and all(at and quoted[at - 1] in _NEGATIVE for at in stands):
                return True
    return False


def _same_actor(told: Told, scope: Scope, quoted: str) -> bool:
    """由 and 向 are followed by those whom they lead to in the quote, where it has the word at all."""
    for place in range(scope.start, scope.end - 1):
        leads = told.text[place] in _LEADS and told.content[place + 1] == "h" and told.text[place] in quoted
        if leads and told.text[place : place + 2] not in quoted:
            return False
    return True
