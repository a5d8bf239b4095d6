"""The quotes of one passage taken apart: clause by clause, what they say, what governs it, and what they count.

A quote is read as it stands in its passage, not as it was cut out of it: 分解住院 cut out of 不得分解住院 stays denied,
and a number stays with the clause that it was written in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.answering.quantities import Quantity, narrow, quantities, words
from knowledge.answering.scopes import DENIED, LISTED, PLAIN, WRONG, Clause, cut_clauses

HAN = re.compile(r"[㐀-鿿〇\U00020000-\U0003ffff]")
# One thing under two names, made one on both sides; longer names first.
_ONE_NAME = (
    (re.compile(r"医保行政部门|医保部门|医保局|医疗保障局|医疗保障部门"), "医疗保障行政部门"),
    (re.compile(r"医保"), "医疗保障"),
    (re.compile(r"病人|病患"), "患者"),
    (re.compile(r"医生|大夫"), "医师"),
    (re.compile(r"参保人(?!员)|参保者"), "参保人员"),
    (re.compile(r"首程"), "首次病程记录"),
)
_ITEM = re.compile(r"\s*(?:[（(](?:[一二三四五六七八九十]+|\d+)[）)]|[一二三四五六七八九十]+、|\d+[.．、])")
_STOP = re.compile(r"[。；;！!？?\n]")


@dataclass(frozen=True)
class Quote:
    """A span of a passage's text."""

    text: str
    start: int
    end: int

    @property
    def letters(self) -> str:
        return self.text[self.start : self.end]


@dataclass(frozen=True)
class Piece:
    """A clause of the passage, or a part of one that counts for itself.

    `pairs` are the quoted characters two by two, by what governs them, and `counted` the quoted quantities;
    `all_pairs` and `all_counted` are those of the whole piece.
    """

    sentence: int
    clause: int
    pairs: dict[str, frozenset[str]]
    counted: tuple[Quantity, ...]
    all_pairs: frozenset[str]
    all_counted: tuple[Quantity, ...]

    @property
    def governed(self) -> bool:
        return any(held for kind, held in self.pairs.items() if kind != PLAIN)


@dataclass(frozen=True)
class Quoted:
    """All quotes of one passage.

    `named` are the article numbers and years of the passage's own name; `sentences` stand in the quotes from their
    first word to their last.
    """

    text: str
    pieces: tuple[Piece, ...]
    counted: tuple[Quantity, ...]
    named: tuple[Quantity, ...]
    words: frozenset[str]
    title: str
    name: str  # title, passage and document number in one
    governing: frozenset[str]  # the words that govern anything in the quoted sentences
    denies: bool
    sentences: frozenset[str]


def read_quotes(quotes: Sequence[Quote], title: str, passage: str, number: str | None = None) -> Quoted:
    """The quotes of one passage of the document `title`, whose document number is `number`."""
    name = f"{title} {passage} {number or ''}"
    whole, spans = _renamed(quotes[0].text, sorted((quote.start, quote.end) for quote in quotes))
    pieces, governing, denies = _pieces(whole, spans)
    text = "\n".join(whole[start:end] for start, end in spans)
    return Quoted(
        text=text,
        pieces=tuple(pieces),
        counted=tuple(one for piece in pieces for one in piece.counted),
        named=tuple(one for one in quantities(name) if one.unit.startswith("第") or one.unit == "date"),
        words=frozenset(words(f"{text} {name}")),
        title=one_name(title),
        name=one_name(name),
        governing=governing,
        denies=denies,
        sentences=frozenset(_sentences(whole, spans)),
    )


def one_name(text: str) -> str:
    """The text with half-width signs, without white space, and with one name for one thing."""
    plain = re.sub(r"[^\S\n]+", "", narrow(text))
    for pattern, name in _ONE_NAME:
        plain = pattern.sub(name, plain)
    return plain


def pairs_of(text: str) -> Iterator[str]:
    """Each two Chinese characters that stand together."""
    for place in range(len(text) - 1):
        if HAN.match(text[place]) and HAN.match(text[place + 1]):
            yield text[place : place + 2]


def _renamed(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """The passage with one name for one thing, and where its quotes then stand."""
    whole, found, at = "", [], 0
    for start, end in spans:
        start = max(start, at)
        whole += one_name(text[at:start])
        quote = one_name(text[start:end])
        found.append((len(whole), len(whole) + len(quote)))
        whole += quote
        at = max(end, at)
    return whole + one_name(text[at:]), found


def _pieces(whole: str, spans: Sequence[tuple[int, int]]) -> tuple[list[Piece], frozenset[str], bool]:
    """The pieces of the sentences that the quotes touch, the words that govern them, and whether anything denies."""
    stops = [match.start() for match in _STOP.finditer(whole)]
    touched = {_sentence(stops, place) for start, end in spans for place in range(start, max(end, start + 1))}
    pieces: list[Piece] = []
    governing: set[str] = set()
    carried, carrying, denies = PLAIN, "", False
    for clause in cut_clauses(whole):
        if whole[clause.start - 1 : clause.start] == "\n" and not _ITEM.match(whole, clause.start):
            carried = PLAIN
        kinds = [
            LISTED[carried] if scope.kind == PLAIN and carried != PLAIN else scope.kind
            for scope in clause.scopes
        ]
        sentence = _sentence(stops, clause.start)
        if sentence in touched:
            governing |= {scope.word for scope in clause.scopes} | ({carrying} if carried != PLAIN else set())
            denies = denies or DENIED in kinds or LISTED[DENIED] in kinds
            denies = denies or bool(WRONG.search(whole, clause.start, clause.end))
            for part in _counting_apart(whole, clause):
                pieces.append(_piece(whole, clause, kinds, part, spans, sentence))
        # the line above a list governs its items
        last = clause.scopes[-1]
        if whole[clause.end : clause.end + 1] in ("：", ":") and last.kind in LISTED:
            carried, carrying = last.kind, last.word
    return pieces, frozenset(governing - {""}), denies


def _sentences(whole: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Sentences quoted whole; an item of a list is none without the line above it."""
    ends = [match.start() for match in _STOP.finditer(whole)]
    for start, end in zip([0, *(end + 1 for end in ends)], [*ends, len(whole)], strict=True):
        listed = _ITEM.match(whole, whole.rfind("\n", 0, start) + 1) is not None
        if end > start and not listed and any(low <= start and end <= high for low, high in spans):
            yield whole[start:end]


def _sentence(stops: Sequence[int], place: int) -> int:
    return sum(stop < place for stop in stops)


def _piece(
    whole: str,
    clause: Clause,
    kinds: Sequence[str],
    part: tuple[int, int],
    spans: Sequence[tuple[int, int]],
    sentence: int,
) -> Piece:
    pairs: dict[str, set[str]] = {}
    for scope, kind in zip(clause.scopes, kinds, strict=True):
        for start, end in spans:
            low, high = max(scope.start, part[0], start), min(scope.end, part[1], end)
            pairs.setdefault(kind, set()).update(pairs_of(whole[low:high]))
    counted = [one for one in quantities(whole[clause.start : clause.end])]
    own = [one for one in counted if part[0] <= one.start + clause.start < part[1]]
    quoted = [
        one
        for one in own
        if any(start <= one.start + clause.start and one.end + clause.start <= end for start, end in spans)
    ]
    return Piece(
        sentence,
        clause.start,
        {kind: frozenset(held) for kind, held in pairs.items()},
        tuple(quoted),
        frozenset(pairs_of(whole[part[0] : part[1]])),
        tuple(own),
    )


def _counting_apart(whole: str, clause: Clause) -> list[tuple[int, int]]:
    """A clause in one, or at its 、 where several parts count something: 三级100元、二级80元."""
    ends = [
        *(match.start() for match in re.finditer("、", whole) if clause.start <= match.start() < clause.end)
    ]
    parts = list(zip([clause.start, *(end + 1 for end in ends)], [*ends, clause.end], strict=True))
    counting = sum(bool(quantities(whole[first:last])) for first, last in parts)
    return parts if counting > 1 else [(clause.start, clause.end)]
