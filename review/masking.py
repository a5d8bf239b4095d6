"""The mask of one admission: what names a person goes out as a placeholder and comes back as it was written.

The same letters have the same placeholder throughout an admission: `〔医师3〕`; another writing of them
(spaces, width) is `〔医师3-2〕`, so that `show` gives back each as it stood. Numbers are given in the order of the
tables and documents; what only a later text holds is told by a keyed digest, so that no order of questions changes
a placeholder.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from review.masking_letters import BREAKS, bare, folded
from review.masking_numbers import ADDRESS, BED, BIRTH, EMPLOYER, IDENTITY, NUMBER, PHONE, numbers
from review.masking_people import Found, people, stands_alone
from review.masking_roles import DOCTOR, KIN, NURSE, PATIENT, PERSON, a_word, longer_word

NAMES = (PATIENT, KIN, DOCTOR, NURSE, PERSON)
KINDS = (*NAMES, IDENTITY, PHONE, NUMBER, BED, BIRTH, ADDRESS, EMPLOYER)
_ANY_KIND = "|".join(KINDS)
_NUMBER = r"(?:\d{1,6}|x[0-9a-f]{12})"
_PLACEHOLDER = re.compile(rf"〔(?P<written>=+)(?={_ANY_KIND})|〔(?:{_ANY_KIND}){_NUMBER}?(?:-{_NUMBER})?〕")
_LIKE_A_PLACEHOLDER = re.compile(rf"〔(=*)(?={_ANY_KIND})")
_LINE_BREAK = re.compile(f"[{BREAKS}]+")
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z][0-9A-Za-z*-]{4,60}(?![0-9A-Za-z])")
_EDGES = " \u3000\xa0\t"


@dataclass(frozen=True)
class Identifier:
    """What a table says names a person of the admission, as the table writes it."""

    kind: str
    writing: str


class Mask:
    """Hides what identifies and shows it again; one admission, all its texts."""

    def __init__(
        self, known: Sequence[Identifier] = (), texts: Iterable[str] = (), *, born: date | None = None
    ) -> None:
        self._places: dict[str, tuple[str, str]] = {}  # bare letters → kind and number
        self._counts: dict[str, int] = {}
        self._writings: dict[str, str] = {}  # as written → placeholder
        self._shown: dict[str, str] = {}  # placeholder → as written
        self._told = frozenset(bare(one.writing) for one in known if one.kind in NAMES)
        self._own = frozenset(bare(one.writing) for one in known if one.kind == PATIENT)
        self._key: bytes | None = None
        self._born = _birth_pattern(born) if born else None
        for told in known:
            self._register(told.writing.strip(), told.kind)
        self._lines: dict[str, tuple[tuple[int, int, str], ...]] = {}  # what only the lines around one tell
        self._compile()
        texts = list(texts)
        found = [(text, [*self._in_context(folded(text))]) for text in texts]
        for text, in_context in found:
            for one in in_context:
                self._register(text[one.start : one.end].strip(_EDGES), one.kind)
        self._compile()
        for text in texts:
            spans = [*self.spans(text)]
            for start, end, kind in spans:
                self._register(text[start:end], kind)
            self._keep_lines(text, spans)
        self._key = hashlib.sha256("\n".join(self._writings).encode()).digest()

    @property
    def told(self) -> frozenset[str]:
        """The names that the tables tell, as bare letters."""
        return self._told

    def hide(self, text: str) -> str:
        """The text with placeholders; as many lines as before."""
        pieces, at = [], 0
        for start, end, kind in self.spans(text):
            pieces += [_escaped(text[at:start]), self._register(text[start:end], kind)]
            at = end
        return "".join([*pieces, _escaped(text[at:])])

    def show(self, text: str) -> str:
        """The text with every placeholder of this admission as it was written; others stay."""
        return _PLACEHOLDER.sub(self._shown_again, text)

    def _shown_again(self, match: re.Match[str]) -> str:
        return f"〔{match['written'][1:]}" if match["written"] else self._shown.get(match[0], match[0])

    def _register(self, writing: str, kind: str) -> str:
        """The placeholder of what is written so."""
        if placeholder := self._writings.get(writing):
            return placeholder
        letters = bare(writing) or writing
        new = letters not in self._places
        if new:
            self._places[letters] = kind, self._number(kind, letters)
        kind, number = self._places[letters]
        number = "" if kind == PATIENT and number == "1" else number
        placeholder = f"〔{kind}{number}〕"
        if not new and placeholder in self._shown:
            placeholder = f"〔{kind}{number}-{self._number(letters, writing, 1)}〕"
        self._writings[writing], self._shown[placeholder] = placeholder, writing
        return placeholder

    def _number(self, of: str, what: str, before: int = 0) -> str:
        if self._key is not None:
            return f"x{hmac.new(self._key, f'{of} {what}'.encode(), 'sha256').hexdigest()[:12]}"
        self._counts[of] = self._counts.get(of, before) + 1
        return str(self._counts[of])

    def _compile(self) -> None:
        """The patterns of what is known, so that it is found where nothing beside it tells."""
        names = {letters for letters, (kind, _) in self._places.items() if kind in NAMES and len(letters) > 1}
        self._names = any_of(names, "[ \\n]{0,3}")
        plain = {folded(writing): placeholder[1:3] for writing, placeholder in self._writings.items()}
        self._tokens = {
            one for one, kind in plain.items() if kind in (IDENTITY, PHONE, NUMBER) and _TOKEN.fullmatch(one)
        }
        self._others = any_of(
            {one for one, kind in plain.items() if kind in (ADDRESS, EMPLOYER) and len(one) > 3}, ""
        )

    def _is_known(self, letters: str) -> bool:
        return self._places.get(letters, ("", ""))[0] in NAMES

    def _in_context(self, plain: str) -> Iterator[Found]:
        yield from numbers(plain)
        yield from people(plain, self._is_known)

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """What to hide, in order, none over another and none over a line break."""
        plain = folded(text)
        spans = [*self._in_context(plain), *self._known_in(plain)]
        if kept := self._lines.get(text.strip()):
            before = len(text) - len(text.lstrip())
            spans += [Found(before + start, before + end, kind) for start, end, kind in kept]
        rank = {kind: place for place, kind in enumerate(KINDS)}
        at = 0
        for one in sorted(spans, key=lambda one: (one.start, -one.end, rank[one.kind])):
            if one.end <= at:
                continue
            start = max(one.start, at)
            for begin, end in _lines(text, start, one.end):
                yield begin, end, one.kind
            at = one.end

    def _keep_lines(self, text: str, spans: Sequence[tuple[int, int, str]]) -> None:
        """A line is often shown alone: keep what the line above it told, and what a name broken over two lines is."""
        at, next_span = 0, 0
        for line in text.splitlines(keepends=True):
            end, own = at + len(line), []
            while next_span < len(spans) and spans[next_span][0] < end:
                start, stop, kind = spans[next_span]
                own.append((start - at, stop - at, kind))
                next_span += 1
            plain = line.strip()
            if own and len(own) <= 4 and (len(plain) < 40 or own[0][0] < 4 or own[-1][1] > len(plain) - 4):
                before = len(line) - len(line.lstrip())
                inside = tuple((start - before, stop - before, kind) for start, stop, kind in own)
                if {*inside} - {*self.spans(plain)}:
                    self._lines[plain] = inside
            at = end

    def _known_in(self, plain: str) -> Iterator[Found]:
        if self._names:
            for match in self._names.finditer(plain):
                letters = bare(match[0])
                word = a_word(letters) and letters not in self._own
                word = word and not (letters in self._told and stands_alone(plain, *match.span()))
                if letters in self._places and not word and not longer_word(plain, *match.span()):
                    yield Found(*match.span(), self._places[letters][0])
        for match in _TOKEN.finditer(plain) if self._tokens else ():
            if match[0] in self._tokens:
                yield Found(*match.span(), self._places.get(bare(match[0]), (NUMBER, ""))[0])
        if self._others:
            for match in self._others.finditer(plain):
                yield Found(*match.span(), self._places.get(bare(match[0]), (ADDRESS, ""))[0])
        if self._born:
            for match in self._born.finditer(plain):
                yield Found(*match.span(), BIRTH)


def _escaped(text: str) -> str:
    """What the record itself wrote like a placeholder gets a sign that no placeholder has."""
    return _LIKE_A_PLACEHOLDER.sub(r"〔=\1", text)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without line breaks and without the spaces at its edges, as one span for each line."""
    at = start
    for line in _LINE_BREAK.split(text[start:end]):
        begin = text.index(line, at) if line else at
        at = begin + len(line)
        stripped = line.strip(_EDGES)
        if stripped:
            begin += len(line) - len(line.lstrip(_EDGES))
            yield begin, begin + len(stripped)


def any_of(words: Collection[str], between: str) -> re.Pattern[str] | None:
    """A pattern of many words that shares their beginnings, so that their number costs little; the longest wins."""
    if not words:
        return None
    tree: dict[str, Any] = {}
    for word in words:
        branch = tree
        for sign in word:
            branch = branch.setdefault(sign, {})
        branch[""] = {}
    return re.compile(_branches(tree, between, first=True), re.I)


def _branches(tree: dict[str, Any], between: str, *, first: bool = False) -> str:
    ends = "" in tree
    parts = []
    for sign in sorted(sign for sign in tree if sign):
        tail, branch = sign, tree[sign]
        own = [re.escape(sign)]
        while len(branch) == 1 and "" not in branch:  # a word to its end needs no branch, nor any depth
            tail, branch = next(iter(branch.items()))
            own += [between, re.escape(tail)]
        parts.append("".join(own) + _branches(branch, between))
    if not parts:
        return ""
    joined = f"{'' if first else between}(?:{'|'.join(parts)})"
    return f"(?:{joined})?" if ends else joined


def _birth_pattern(born: date) -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\d)(?:{born.year} ?[-./年] ?0?{born.month} ?[-./月] ?0?{born.day}(?!\d) ?日?|{born:%Y%m%d}(?!\d))"
    )
