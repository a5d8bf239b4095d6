"""Searches every byte of a written case for what identifies: each entry of the vocabulary, and all that looks like one.

It is told nothing of what was replaced: it reads what was written, file by file and name by name.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.harvesting.rewriting import Known
from evals.harvesting.vocabulary import SEARCHED, Vocabulary
from review.masking import any_of
from review.masking_letters import folded
from review.masking_roles import longer_word

LONG = (
    9  # letters of a number from which it is looked for inside others and over what is set between its digits
)
_RUN = re.compile(r"[0-9A-Za-z*]+")
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
_JOINED = re.compile(r"(?<=[0-9A-Za-z])[ -](?=[0-9A-Za-z])")
_LIKE = {
    "证件号码": re.compile(
        r"(?<![0-9A-Za-z.])[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
    ),
    "手机号码": re.compile(r"(?<![0-9A-Za-z])(?<!\d\.)(?:86)?1[3-9]\d{9}(?!\.?\d|[A-Za-z])"),
    "银行卡号": re.compile(r"(?<![0-9A-Za-z.])[3-6]\d{15,18}(?![0-9A-Za-z])"),
    "电子邮箱": re.compile(r"[A-Za-z0-9_.]+@[A-Za-z0-9_]+\.[A-Za-z.]+"),
}


@dataclass(frozen=True, order=True)
class Left:
    """One thing left over: where, and of which kind; never what it says."""

    place: str
    line: int  # 0 in the name of a file
    kind: str


def residue(folder: Path, vocabulary: Vocabulary, known: Known, harmless: Collection[str]) -> list[Left]:
    """What is left in a folder. `harmless` are invented numbers, and codes of catalogues that look like some."""
    seek = _Seek(vocabulary, known, frozenset(harmless))
    found: set[Left] = set()
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder).as_posix()
        found |= {Left("（文件名）", 0, kind) for kind, _ in seek.kinds(place)}
        if file.is_file():
            try:
                text = file.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                found.add(Left(place, 0, "不是文本"))
                continue
            found |= {Left(place, text.count("\n", 0, at) + 1, kind) for kind, at in seek.kinds(text)}
    return sorted(found)


class _Seek:
    def __init__(self, vocabulary: Vocabulary, known: Known, harmless: frozenset[str]) -> None:
        self._harmless = harmless
        self._numbers = {one for one in vocabulary.all_numbers() if len(one) >= SEARCHED}
        self._lengths = sorted({len(one) for one in self._numbers if len(one) >= LONG})
        self._names = any_of(known.names, "[ \\n]{0,3}")
        self._places = any_of(known.places, "[ \\n]?")

    def kinds(self, text: str) -> Iterator[tuple[str, int]]:
        """What is left, with where it begins."""
        plain = folded(text)
        for match in self._names.finditer(plain) if self._names else ():
            if not longer_word(plain, *match.span()):
                yield "姓名", match.start()
        for match in self._places.finditer(plain) if self._places else ():
            yield "住址、单位或机构", match.start()
        yield from self._numbers_in(plain)
        for kind, pattern in _LIKE.items():
            for match in pattern.finditer(plain):
                if match[0].upper() not in self._harmless and (kind != "银行卡号" or _luhn(match[0])):
                    yield f"像{kind}", match.start()

    def _numbers_in(self, plain: str) -> Iterator[tuple[str, int]]:
        decimals = {place for match in _DECIMAL.finditer(plain) for place in (match.start(), match.end())}
        seen: dict[str, bool] = {}
        for run in _RUN.finditer(plain):
            if len(run[0]) < SEARCHED or (len(run[0]) < LONG and {run.start(), run.end()} & decimals):
                continue
            if run[0] not in seen:
                seen[run[0]] = self._holds(run[0].upper())
            if seen[run[0]]:
                yield "号码", run.start()
        at = 0
        for line in plain.split("\n"):
            if _JOINED.search(line):
                apart = _RUN.sub(self._without_harmless, line)
                runs = (run[0] for run in _RUN.finditer(_JOINED.sub("", apart)))
                if any(len(run) >= LONG and run not in seen and self._holds(run.upper()) for run in runs):
                    yield "号码", at
            at += len(line) + 1

    def _without_harmless(self, run: re.Match[str]) -> str:
        return "|" if run[0].upper() in self._harmless else run[0]

    def _holds(self, run: str) -> bool:
        if run in self._numbers:
            return True
        if run in self._harmless:
            return False
        return any(
            run[at : at + size] in self._numbers
            for size in self._lengths
            for at in range(len(run) - size + 1)
        )


def _luhn(digits: str) -> bool:
    doubled = (int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
