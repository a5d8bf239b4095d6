"""Noise on one stay in five: missing signs or nursing notes, contradicting and copied sentences, bare dates.

What is disturbed never carries a label: no sign of the first day goes, and no day loses its last proof of presence.
"""

from datetime import datetime, time

from evals.generating.clinical_notes import Story
from evals.generating.stay import DAY, Stay

SHARE = 0.2
TEMPLATES = (
    "患者神志清楚，精神可，生命体征平稳，未诉特殊不适。",
    "患者病情较前有所加重，必要时转上级医院。",
    "患者卧床休息，生活不能自理。",
    "患者下床活动自如，饮食睡眠好。",
)


def disturb(stay: Stay, story: Story) -> str:
    """What was done to this stay, "" on four of five."""
    if stay.random.random() >= SHARE:
        return ""
    kind = stay.random.choice(
        ("missing signs", "contradiction", "no nursing notes", "bare dates", "copied forward")
    )
    if kind == "missing signs":
        _drop_signs(stay)
    elif kind == "contradiction" and story.notes:
        at, title, text = story.notes[-1]
        story.notes[-1] = (at, title, text + stay.random.choice(TEMPLATES))
    elif kind == "bare dates":
        _bare_dates(stay)
    elif kind == "copied forward" and len(story.notes) > 2:
        story.notes[-1] = (*story.notes[-1][:2], story.notes[-2][2])
    return kind


def _drop_signs(stay: Stay) -> None:
    """The signs of two days from the third on, where something was executed, examined or charged with an executor."""
    days = [
        day
        for n in range(2, stay.days)
        if any(
            line.at.date() == (day := (stay.begin + n * DAY).date())
            and line.performer
            and line.item.charge_type not in ("01", "02", "07")
            for line in stay.lines
        )
    ]
    gone = {str(day) for day in days[:2]}
    stay.vitals = [row for row in stay.vitals if row["测量时间"][:10] not in gone]


def _bare_dates(stay: Stay) -> None:
    """Charges and orders told by the day alone, as some systems export them."""
    for line in stay.lines:
        line.at = datetime.combine(line.at.date(), time())
    for row in stay.orders:
        for column in ("医嘱开始日期", "医嘱停止日期"):
            row[column] = row[column][:10]
