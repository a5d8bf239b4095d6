"""How a ward's record system sets its documents: heads, dates, section marks, names of sections, signatures.

A layout is drawn for a ward from a seed; the halves of a seed share none.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from random import Random

from evals.forging.papers import Paper
from evals.generating.reference import half_of

DATES = (
    "{:%Y-%m-%d %H:%M}",
    "{:%Y年%m月%d日%H时%M分}",
    "{0:%Y}.{0.month}.{0.day} {0.hour}:{0:%M}",
    "{:%Y/%m/%d %H:%M}",
    "{:%Y-%m-%d %H:%M:%S}",
)
MARKS = (
    "{label}：{text}",
    "【{label}】{text}",
    "{label}\n  {text}",
    "{number}、{label}：{text}",
    "{label}: {text}",
)
HEADS = ("{name}：{value}", "【{name}】{value}", "{name}:{value}")
GAPS = ("  ", "    ", "\n", " ｜ ")
SIGNS = ("{role}签名：{name}", "{role}签字：{name}", "{role}（签名）：{name}", "{role}签名: {name} {at}")
SYNONYMS = {
    "体格检查": ("体格检查", "查体", "体检"),
    "辅助检查": ("辅助检查", "辅助检查结果", "实验室及器械检查"),
    "初步诊断": ("初步诊断", "入院诊断"),
    "诊疗计划": ("诊疗计划", "治疗计划"),
    "诊断依据": ("诊断依据", "拟诊讨论"),
    "诊疗经过": ("诊疗经过", "住院经过"),
    "出院情况": ("出院情况", "出院时情况"),
    "出院医嘱": ("出院医嘱", "出院后注意事项"),
    "手术经过": ("手术经过", "手术步骤", "手术经过及所见"),
    "病例特点": ("病例特点", "病史特点"),
}
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Layout:
    """`joined`: the course notes stand in one file. `pdf`: reports and the discharge record come as PDF."""

    date: str
    mark: str
    head: str
    gap: str
    sign: str
    hospital: bool
    stamp_in_title: bool
    joined: bool
    pdf: bool
    extension: str
    names: tuple[tuple[str, str], ...]

    def time(self, moment: datetime) -> str:
        return self.date.format(moment)

    def label(self, name: str) -> str:
        return dict(self.names).get(name, name)

    def set(self, paper: Paper, hospital: str) -> str:
        """The document as text, its title on a line of its own or with the time beside it."""
        beside = self.stamp_in_title and paper.is_course and not paper.bare
        lines = [hospital] if self.hospital and not beside else []
        lines.append(f"{self.time(paper.at)}  {paper.title}" if beside else paper.title)
        if paper.head and not beside:
            lines.append(self.gap.join(self.head.format(name=k, value=v) for k, v in paper.head.items()))
        if not beside and not paper.bare:
            lines.append(self._timed(paper))
        lines += self._sections(paper.parts)
        at = self.time(paper.signed_at or paper.at)
        for role, who in paper.signers:
            signed = self.sign.format(role=role, name=who, at=at)
            if paper.signed_at and at not in signed:
                signed += f"  {at}"
            lines.append(signed.strip())
        return "\n".join(lines) + "\n"

    def _timed(self, paper: Paper) -> str:
        return self.time(paper.at) if paper.is_course else f"记录时间：{self.time(paper.at)}"

    def _sections(self, parts: Iterable[tuple[str, str]]) -> list[str]:
        lines = []
        for number, (label, text) in enumerate(parts):
            numeral = NUMERALS[number % len(NUMERALS)]
            lines.append(
                self.mark.format(label=self.label(label), text=text, number=numeral) if label else text
            )
        return lines


@cache
def layout(seed: int, half: str, ward: str) -> Layout:
    """The layout of a ward."""
    random = Random(f"{seed}:{half}:{ward}:layout")
    while True:
        drawn = Layout(
            random.choice(DATES), random.choice(MARKS), random.choice(HEADS), random.choice(GAPS), random.choice(SIGNS),
            random.random() < 0.6, random.random() < 0.5, random.random() < 0.35, random.random() < 0.4,
            random.choice(("txt", "txt", "md")),
            tuple((name, random.choice(others)) for name, others in SYNONYMS.items()),
        )  # fmt: skip
        if half_of(seed, f"layout {sorted(asdict(drawn).items())}") == half:
            return drawn
