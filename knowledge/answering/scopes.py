"""What a clause forbids, permits or excepts: its stretches, each under the word that governs it.

不得分解住院 and 可以分解住院 hold the same words; whether a sentence may be told from a passage rests on which of its
words stand under which.
"""

import re
from dataclasses import dataclass

PLAIN, DENIED, ALLOWED, EXCEPTED = "plain", "denied", "allowed", "excepted"
LISTED = {DENIED: "listed under a denial", ALLOWED: "listed under a permission"}

CLAUSE_END = re.compile(r"[，,；;。！!？?：:\n|\t]")
_DENYING = (
    r"不得|禁止|严禁|不准|不许|不允许|不可以|不可(?![避抗逆或])|不能(?!力)|不应当?|不宜|不予|不再|不属于?|不是|不需要?|无需|无须|毋须|不必"
    r"|不适用|不纳入|不支付|不报销|不包括|不包含|不含|不计入?|不受|不收取?|没有|未(?![成满到来达])|并非|免予|免除|拒绝|不要"
)
_ALLOWING = r"可以|(?<![许认不])可(?![能靠行疑见避逆变抗])|允许|准许|准予|有权|能够|能(?![力否够])|许可(?!证)"
_EXCEPTING = r"除(?![了去法夕])[^，。；\n]{1,40}?(?:以外|之外|外)|[^，。；：（）()\n]{1,40}?除外"
# The number's own bound is no denial: 不超过3日 forbids nothing by itself.
_NUMERIC = re.compile(r"不得?(?:超过|多于|高于|大于|少于|低于|小于|长于|短于)|未超过|不足|不满|未满|不到")
_GOVERNS = re.compile(
    f"(?P<numeric>{_NUMERIC.pattern})|(?P<excepted>{_EXCEPTING})|(?P<denied>{_DENYING})|(?P<allowed>{_ALLOWING})"
)
WRONG = re.compile(r"违规|违法|违约|不合规|不允许|禁止")
CALLS_WRONG = re.compile(
    r"(?:属于?|是|为|构成|视为|算)(?:违规|违法|违约|不合规)|违[规法]行为|(?:是|被)(?:不允许|禁止)"
)
_ONE_WORD = (
    ("不得", re.compile(r"不得|禁止|严禁|不准|不许|不允许|不可以?|不能|不应当?|不宜|不要")),
    ("可以", re.compile(r"可以?|允许|准许|准予|有权|能够?|许可")),
)
ABSOLUTE = re.compile(
    r"一律|任何|所有|全部|一切|无论|不论|只能|只有|仅|唯一|必定|绝对|永久|始终|完全|均可|都可以"
)


@dataclass(frozen=True)
class Scope:
    """A stretch of a clause and what governs it."""

    kind: str  # plain | denied | allowed | excepted
    start: int
    end: int
    word: str = ""  # the word that governs it; all prohibitions are 不得, all permissions 可以


@dataclass(frozen=True)
class Clause:
    """One clause of a text, cut into scopes; words that govern stand in none of them."""

    start: int
    end: int
    scopes: tuple[Scope, ...]

    def governed(self, kind: str) -> bool:
        return any(scope.kind == kind for scope in self.scopes)


def cut_clauses(text: str) -> list[Clause]:
    """The clauses of a text between its commas, semicolons, colons, stops and line ends."""
    ends = [match.start() for match in CLAUSE_END.finditer(text)]
    starts = [0, *(end + 1 for end in ends)]
    return [
        Clause(start, end, tuple(_scopes(text, start, end)))
        for start, end in zip(starts, [*ends, len(text)], strict=True)
        if text[start:end].strip()
    ]


def _scopes(text: str, start: int, end: int) -> list[Scope]:
    """What stands before the first governing word is plain; each such word governs what follows it."""
    found: list[Scope] = []
    kind, begin, word = PLAIN, start, ""
    for match in _GOVERNS.finditer(text, start, end):
        if match["numeric"]:
            continue
        found.append(Scope(kind, begin, match.start(), word))
        begin = match.end()
        if match["excepted"]:
            found.append(Scope(EXCEPTED, *match.span()))
        else:
            kind, word = (DENIED if match["denied"] else ALLOWED), _one_word(match[0])
    found.append(Scope(kind, begin, end, word))
    return [scope for scope in found if scope.end > scope.start or scope.word]


def _one_word(word: str) -> str:
    return next((name for name, pattern in _ONE_WORD if pattern.fullmatch(word)), word)
