"""Values of another patient left in a text: a size or a result that the other's reports hold and the own ones deny.

Only where both sides speak: the own report is of the same part or analyte and says something else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

SIDE = r"(?:(?:mm|cm)?[×xX*](\d+(?:\.\d+)?))?"
SIZE = re.compile(rf"(\d+(?:\.\d+)?){SIDE}{SIDE}(mm|cm)(?![A-Za-z/])")
ORGAN = re.compile(
    r"甲状腺|乳腺|肺|胸腔|心包|主动脉|颈动脉|肝|胆囊|胆总管|胰|脾|肾上腺|肾|输尿管|膀胱|前列腺|子宫|卵巢|附件|盆腔|腹腔|"
    r"阑尾|胃|结肠|直肠|额叶|颞叶|顶叶|枕叶|小脑|丘脑|基底节"
)
SENTENCE = re.compile(r"[^。；;\n]+")
MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10)}


@dataclass(frozen=True)
class Reported:
    """One report's words, or one analyte's value (`what` names it), and the row that says it."""

    what: str
    says: str
    fact_id: str


@dataclass(frozen=True)
class Leftover:
    """What was written, what the own report says, and its row."""

    said: str
    own: str
    fact_id: str


@dataclass(frozen=True)
class Size:
    """A size as it is written, its sides in millimetres with the longest first, and the organ named last before it."""

    organ: str
    said: str
    sides: tuple[Decimal, ...]


def sizes(text: str) -> Iterator[Size]:
    """Every size of which the sentence says what organ it is in."""
    for sentence in SENTENCE.findall(text):
        for match in SIZE.finditer(sentence):
            organs = ORGAN.findall(sentence[: match.start()])
            if organs:
                sides = (Decimal(side) * MILLIMETRES[match[4]] for side in match.group(1, 2, 3) if side)
                yield Size(
                    organs[-1], match[0], tuple(sorted((side.normalize() for side in sides), reverse=True))
                )


def foreign_sizes(text: str, own: Sequence[Reported], other: Sequence[Reported]) -> Iterator[Leftover]:
    """Sizes in a text that the other's report has of that organ and the own one, which measures it too, has not."""
    mine = [(size, report) for report in own for size in sizes(report.says)]
    theirs = {(size.organ, size.sides) for report in other for size in sizes(report.says)}
    for said in sizes(text):
        measured = [(size, report) for size, report in mine if size.organ == said.organ]
        known = any(size.sides == said.sides for size, _ in measured)
        if measured and not known and (said.organ, said.sides) in theirs:
            size, report = measured[0]
            yield Leftover(f"{said.organ}{said.said}", f"{size.organ}{size.said}", report.fact_id)


def foreign_values(
    said: Sequence[tuple[str, str]], own: Sequence[Reported], other: Sequence[Reported]
) -> Iterator[Leftover]:
    """Results, given as (analyte, value), that the other's laboratory has and the own one never had."""
    for name, value in said:
        mine = [report for report in own if _same(report.what, name)]
        theirs = [report for report in other if _same(report.what, name)]
        if not mine or any(_equal(report.says, value) for report in mine):
            continue
        if any(_equal(report.says, value) for report in theirs):
            shown = "、".join(dict.fromkeys(report.says for report in mine[:3]))
            yield Leftover(f"{name}{value}", shown, mine[0].fact_id)


def _same(analyte: str, name: str) -> bool:
    return bool(analyte) and (analyte in name or name in analyte)


def _equal(left: str, right: str) -> bool:
    try:
        return Decimal(left) == Decimal(right)
    except ArithmeticError:
        return left == right
