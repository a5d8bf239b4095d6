"""A stay under construction with its story, and what a scenario may do to it before it is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from evals.generating.admitting import Admitter
from evals.generating.clinical_notes import Story, write_story
from evals.generating.disturbing import EVERYTHING, disturb
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, MINUTE, Stay, stamp

COLUMNS = {"t": "体温", "p": "脉搏", "r": "呼吸", "s": "收缩压", "d": "舒张压", "o": "血氧饱和度"}


@dataclass
class Case:
    """A stay under construction with its story; `close` writes the documents and, on one stay in five, disturbs it.

    `proof` names what the label rests on, which no noise touches; `undisturbed` stands for all of it.
    """

    admit: Admitter
    stay: Stay
    story: Story
    said: Mapping[str, Any]
    undisturbed: bool = False
    proof: frozenset[str] = frozenset()
    older: list[Stay] = field(default_factory=list)
    first: "Case | None" = None

    def close(self) -> Stay:
        self.stay.noise = disturb(self.stay, self.story, EVERYTHING if self.undisturbed else self.proof)
        if self.story.style:
            write_story(self.stay, self.story)
        return self.stay

    def found(self, certainty: str = "probable", *, sums: bool = True, **more: Any) -> Made:
        """A plant of the whole stay: the amount is the stay's total, which a finding above clue states."""
        stays = [*self.older, self.close()]
        total = sum((line.amount for line in self.stay.lines), start=self.stay.lines[0].amount * 0)
        return Made(stays, amount=total if sums else None, certainty=certainty, **more)

    def spared(self, **more: Any) -> Made:
        return Made([*self.older, self.close()], **more)

    def lab(self, panel: str, name: str, value: str, unit: str, low: str, high: str, at: datetime) -> None:
        """A result without its own charge: part of a panel that is charged once."""
        self.stay.labs.append(
            {
                "住院号": self.stay.inpatient_number, "采样时间": stamp(at),
                "检验报告时间": stamp(at + 50 * MINUTE), "检验者姓名": "沈亦农", "检验样本": "静脉血",
                "检验项目名称": panel, "检验方法": "仪器法", "检验值名称": name, "检验值描述": value,
                "单位": unit, "检验值范围": f"{low}-{high}",
                "样本编号": f"{at:%y%m%d}{self.stay.admission_id[-5:]}{len(self.stay.labs):03d}",
            }
        )  # fmt: skip

    def vital(self, at: datetime, mind: str = "清楚", **signs: Any) -> None:
        row = {"住院号": self.stay.inpatient_number, "测量时间": stamp(at)}
        row |= {
            COLUMNS[key]: f"{value:.1f}" if key == "t" else str(round(value)) for key, value in signs.items()
        }
        self.stay.vitals.append(row | {"意识": mind, "记录护士": self.stay.nurse})

    def note(self, day: int, text: str, hour: int = 9, title: str = "日常病程记录") -> None:
        self.story.notes.append((self.stay.at(day, hour), title, text))

    def away(self, days: Sequence[int]) -> None:
        """Takes every sign of presence off those days: signs, notes, nursing, what was given and examined."""
        dates = {(self.stay.begin + day * DAY).date() for day in days}
        stay, story = self.stay, self.story
        stay.vitals = [row for row in stay.vitals if _day(row["测量时间"]) not in dates]
        stay.labs = [row for row in stay.labs if _day(row["采样时间"]) not in dates]
        stay.exams = [row for row in stay.exams if _day(row["检查登记时间"]) not in dates]
        kept = ("01", "02", "07")
        stay.lines = [
            line for line in stay.lines if line.item.charge_type in kept or line.at.date() not in dates
        ]
        stay.orders = [row for row in stay.orders if _day(row["执行时间"]) not in dates]
        for line in stay.lines:  # beds and ward rounds are posted by the system
            if line.item.charge_type in kept:
                line.performer = ""
        story.notes = [note for note in story.notes if note[0].date() not in dates]
        story.nursing = [note for note in story.nursing if note[0].date() not in dates]


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
