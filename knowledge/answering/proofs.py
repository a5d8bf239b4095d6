"""Whether a model's sentences are borne out: each must quote, letter for letter, the numbered passages it was given,
and say no more than they do.

What is not proven is dropped and counted; nothing is mended.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.answering.claims import Claim
from knowledge.answering.quoted import Quote, read_quotes
from knowledge.answering.replies import Citation, Statement
from knowledge.answering.support import unsupported
from knowledge.library import Hit

LEAST_QUOTE, LONGEST_QUOTE = 5, 500
LONGEST_SENTENCE = 300
_LETTER = re.compile(r"[㐀-鿿A-Za-z0-9]")
_MARKS = re.compile(
    r"\*\*|__|`|^\s*(?:[-•·*]|\d{1,2}[.、)）]|[（(]\d{1,2}[)）])\s*|[\[【](?:\d{1,2}[,，、]?)+[\]】]"
)
# No regulation speaks to a model; a passage that does is neither shown to one nor quoted by it, whoever put it there.
_INSTRUCTS = re.compile(
    r"忽略.{0,8}(?:要求|指令|指示|规则|提示|内容)|(?:你|您)(?:现在)?(?:是|扮演|作为).{0,6}(?:助手|模型|AI)|提示词|系统指令|只输出|请输出"
    r"|ignore (?:all|any|the|previous|above)|system prompt|as an ai|<\|",
    re.I,
)


@dataclass(frozen=True)
class _Placed:
    """A quote and the passage it was found in."""

    hit: Hit
    quote: Quote

    @property
    def citation(self) -> Citation:
        return Citation(self.hit.document, self.hit.passage, self.quote.letters)


def prove(claim: Claim, hits: Sequence[Hit]) -> Statement | None:
    """The sentence with its quotes in the passages' own letters; null where it is not borne out.

    Every quote must stand in the passage it names. The sentence must be borne out by the quotes of one article: what
    two provisions say is two sentences.
    """
    sentence = plain_sentence(claim.sentence)
    placed = [_placed(number, quote, hits) for number, quote in claim.citations]
    found = [one for one in placed if one is not None]
    if not found or len(found) < len(placed) or len(sentence) > LONGEST_SENTENCE or instructs(sentence):
        return None
    for hit in dict.fromkeys(one.hit for one in found):
        standing = [(one, quote) for one in found if (quote := _within(one, hit)) is not None]
        quotes = [quote for _, quote in standing]
        if unsupported(sentence, read_quotes(quotes, hit.document, hit.passage, hit.number)) is None:
            return Statement(sentence, tuple(dict.fromkeys(one.citation for one, _ in standing)))
    return None


def instructs(text: str) -> bool:
    """Whether a text tells a model what to do."""
    return _INSTRUCTS.search(text) is not None


def _within(one: _Placed, hit: Hit) -> Quote | None:
    """The quote in this passage; that of an item stands in its article too."""
    if one.hit == hit:
        return one.quote
    span = find_letters(one.quote.letters, hit.text) if one.hit.document == hit.document else None
    return Quote(hit.text, *span) if span else None


def plain_sentence(text: str) -> str:
    """A sentence without marks of lists, emphasis and citation numbers, on one line, with its stop."""
    line = " ".join(text.split())
    while (bare := _MARKS.sub("", line).strip()) != line:
        line = bare
    return line if not line or line[-1] in "。！？；" else f"{line}。"


def _placed(number: int, quote: str, hits: Sequence[Hit]) -> _Placed | None:
    """The quote where it stands in the passage of that number; null where it does not, or says too little."""
    if not 1 <= number <= len(hits) or instructs(hits[number - 1].text):
        return None
    text = hits[number - 1].text
    span = find_letters(quote, text) or find_letters(quote.strip(" \n「」『』“”\"'。；;，,…"), text)
    if span is None:
        return None
    said = len(_LETTER.findall(text[span[0] : span[1]]))
    if said < LEAST_QUOTE or span[1] - span[0] > LONGEST_QUOTE:
        return None
    return _Placed(hits[number - 1], Quote(text, *span))


def find_letters(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, white space and the width of signs aside; nothing else is forgiven."""
    folded, places = _folded(text)
    wanted, _ = _folded(quote)
    at = folded.find(wanted) if wanted else -1
    return None if at < 0 else (places[at], places[at + len(wanted) - 1] + 1)


def _folded(text: str) -> tuple[str, list[int]]:
    signs, places = [], []
    for place, sign in enumerate(text):
        if not sign.isspace():
            code = ord(sign)
            signs.append(chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else sign)
            places.append(place)
    return "".join(signs), places
