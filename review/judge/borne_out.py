"""Whether a sentence about a stay says no more than the quotes it names: their words, their numbers, their denials.

Words only, no understanding, and narrower than what a reader would allow: what it cannot follow is not shown. The rules
for provisions (`knowledge.answering.support`) know the language of statutes; a record has its own.
"""

import re
from collections.abc import Iterable, Sequence

from knowledge.answering.quantities import narrow
from review.judge.showing import forbidden

LONGEST = 160
# words a summary is told with and that claim nothing of their own
GLUE = re.compile(
    r"患者|病人|入院时|入院后|出院时|住院期间|治疗期间|本次|此次|当时|随后|其后|期间|因为|由于|主诉|现病史|既往史|既往有|既往|查体|体格检查|体检"
    r"|辅助检查|检查结果|检查提示|检查示|提示|显示|结果为|结果|诊断为|初步诊断|入院诊断|出院诊断|诊断|收入院|收住院|入住|入院|住院|出院"
    r"|给予|予以|进行|实施|接受|行|予|经|后|因|以|于|为|有|并|及|和|与|等|示|时|在|至|由|的|了|其|该|曾|已|共|约|术中|术后|术前|记载|病历|嘱|查房|认为|回报"
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TOGETHER = re.compile(r"\d+(?:\.\d+)?(?:[/×xX*~-]\d+(?:\.\d+)?)+")  # 132/80, 5×4
LATIN = re.compile(r"[A-Za-z]+")
_HAN = re.compile(r"[㐀-鿿]+")
_CLAUSE = re.compile(r"[，,。；;：:！!？?\n]")
_SENTENCE = re.compile(r"[。；;！!？?\n]")
_DENIES = re.compile(
    r"无(?!力|痛(?:胃|肠|分娩))|未|否认|没有|不(?!适|全|良|稳|足|规则|整|畅|佳|清|利|等)|拒绝|除外|排除|停止|停用|取消|暂缓"
)
_DOUBTS = re.compile(r"可能|待排|待查|疑似|疑|考虑|不除外|？|\?|建议|拟|计划|必要时|备")
_GOES_ON = re.compile(r"否认|无|未见")


def borne_out(sentence: str, quotes: Sequence[str], around: Sequence[str] = ()) -> bool:
    """Whether the quotes bear the sentence out; `around` are the whole sentences they were taken from, so that a denial
    which was cut off is seen. No word and no number comes from there."""
    told = _plain(sentence)
    if not told or len(told) > LONGEST or "〔" in told or "?" in told or "？" in told or forbidden(told):
        return False
    held = [_plain(quote) for quote in quotes]
    if not set(NUMBER.findall(told)) <= {number for quote in held for number in NUMBER.findall(quote)}:
        return False
    if any(not any(one in quote for quote in held) for one in _TOGETHER.findall(told)):
        return False
    latin = {word.lower() for quote in held for word in LATIN.findall(quote)}
    if any(word.lower() not in latin for word in LATIN.findall(told)):
        return False
    clauses = [clause for quote in map(_plain, around or quotes) for clause in _clauses(quote)]
    return all(_clause_borne_out(clause, clauses, "·".join(held)) for clause in _CLAUSE.split(told) if clause)


def _plain(text: str) -> str:
    return narrow("".join(text.split()))


def _clauses(quote: str) -> Iterable[tuple[str, bool, bool]]:
    """The clauses of a quote, each with whether it denies and whether it doubts; a list of denials goes on."""
    for sentence in _SENTENCE.split(quote):
        going_on = False
        for clause in _CLAUSE.split(sentence):
            own = _DENIES.search(clause) is not None
            if re.match(r"有|伴|可见|示|见|诉|予|行", clause):
                going_on = False
            yield clause, own or going_on, _DOUBTS.search(clause) is not None
            going_on = going_on or _GOES_ON.match(clause) is not None


def _clause_borne_out(clause: str, held: Sequence[tuple[str, bool, bool]], everything: str) -> bool:
    pairs = list(_pairs(clause))
    known = set(_pairs(everything, glue=False))
    if any(pair not in known if len(pair) == 2 else pair not in everything for pair in pairs):
        return False
    near = [one for one in held if any(pair in one[0] for pair in pairs)]
    numbers = set(NUMBER.findall(clause))
    if numbers and pairs:
        counted = {number for text, _, _ in near for number in NUMBER.findall(text)}
        if not numbers <= counted:
            return False
    denies, doubts = _DENIES.search(clause) is not None, _DOUBTS.search(clause) is not None
    for pair in (pair for pair in pairs if len(pair) == 2):
        own = [one for one in near if pair in one[0]]
        if not any(denied == denies and (doubts or not doubted) for _, denied, doubted in own):
            return False
    return bool(near) or bool(numbers) or not pairs


def _pairs(text: str, *, glue: bool = True) -> Iterable[str]:
    """Two by two the Chinese characters that stand together, what only tells taken out; a single one by itself."""
    for run in _HAN.findall(GLUE.sub("·", text) if glue else text):
        if len(run) == 1:
            yield run
        for place in range(len(run) - 1):
            yield run[place : place + 2]
