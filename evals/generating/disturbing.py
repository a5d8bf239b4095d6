"""Noise on one stay in five: signs left out or mistyped, contradicting and copied sentences, bare dates, gaps, doubles.

A scenario names what its label rests on, and no noise touches that; no sign of the first day ever goes and no day
loses its last proof of presence. So a label keeps its certainty whatever is disturbed around it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from evals.generating.clinical_notes import Story
from evals.generating.stay import DAY, Row, Stay

NO_PROOF = (
    "01",
    "02",
    "07",
    "09",
    "10",
    "11",
    "12",
    "13",
)  # posted by the system, or dispensed and not given
SHARE = 0.23  # a fifth and a little, so that an inspection of a few hundred stays has its fifth
EVERYTHING = frozenset({"signs", "nursing", "course", "clock", "contact"})
TEMPLATES = (
    "患者神志清楚，精神可，生命体征平稳，未诉特殊不适。",
    "患者病情较前有所加重，必要时转上级医院。",
    "患者卧床休息，生活不能自理。",
    "患者下床活动自如，饮食睡眠好。",
)
SEEN = ("03", "04", "05", "06")  # fee types whose performer was with the patient
UNKNOWN = {"tel": "", "addr": "不详", "emp_name": "无"}


@dataclass(frozen=True)
class Noise:
    """One kind: what it touches, how often it is taken beside the others, whether it found anything to disturb."""

    name: str
    touches: str
    weight: int
    does: Callable[[Stay, Story], bool]


NOISES: list[Noise] = []


def noise(name: str, touches: str = "", weight: int = 1) -> Callable[[Callable[[Stay, Story], bool]], object]:
    def register(does: Callable[[Stay, Story], bool]) -> object:
        NOISES.append(Noise(name, touches, weight, does))
        return does

    return register


def disturb(stay: Stay, story: Story, proof: frozenset[str]) -> str:
    """What was done to this stay, "" on four of five; what touches its `proof` is left out."""
    if stay.random.random() >= SHARE:
        return ""
    unwritten = () if story.style else ("course", "nursing")
    left = [one for one in NOISES if one.touches not in proof and one.touches not in unwritten]
    while left:
        one = stay.random.choices(left, [one.weight for one in left])[0]
        if one.does(stay, story):
            return one.name
        left.remove(one)
    return ""


@noise("missing signs", "signs", 3)
def _drop_signs(stay: Stay, story: Story) -> bool:
    """The signs of two days from the third on, where the patient was examined or treated by somebody."""
    days = [
        day
        for n in range(2, stay.days)
        if any(
            line.at.date() == (day := (stay.begin + n * DAY).date())
            and line.performer
            and line.item.charge_type not in NO_PROOF
            for line in stay.lines
        )
    ]
    gone = {str(day) for day in days[:2]}
    kept = [row for row in stay.vitals if row["测量时间"][:10] not in gone]
    lost, stay.vitals = len(stay.vitals) - len(kept), kept
    return lost > 0


@noise("mistyped sign", "signs")
def _mistype(stay: Stay, story: Story) -> bool:
    """A temperature without its point, or the two pressures in each other's place, on the third day or later."""
    later = [row for row in stay.vitals if row["测量时间"][:10] > str((stay.begin + DAY).date())]
    if not later:
        return False
    row = stay.random.choice(later)
    if stay.random.random() < 0.5:
        row["体温"] = row["体温"].replace(".", "")
    else:
        row["收缩压"], row["舒张压"] = row["舒张压"], row["收缩压"]
    return True


def _routine(story: Story) -> list[int]:
    """Places of the notes that the course itself wrote; what a scenario wrote is never overwritten."""
    said = story.said.get("note", "")
    return [place for place, (_, _, text) in enumerate(story.notes) if said and said in text]


@noise("contradicting sentence", "course", 3)
def _contradict(stay: Stay, story: Story) -> bool:
    places = _routine(story)
    if places:
        at, title, text = story.notes[places[-1]]
        story.notes[places[-1]] = (at, title, text + stay.random.choice(TEMPLATES))
    return bool(places)


@noise("copied forward", "course")
def _copy(stay: Stay, story: Story) -> bool:
    places = _routine(story)
    if len(places) < 3:
        return False
    story.notes[places[-1]] = (*story.notes[places[-1]][:2], story.notes[places[-2]][2])
    return True


@noise("odd spelling", "course")
def _misspell(stay: Stay, story: Story) -> bool:
    """Half-width marks and another word for the patient, as some wards type."""
    places = _routine(story)
    for place in places:
        at, title, text = story.notes[place]
        text = text.replace("患者", "病人").replace("，", ",").replace("：", ":")
        story.notes[place] = (at, title, text)
    return bool(places)


@noise("no nursing notes", "nursing")
def _no_nursing(stay: Stay, story: Story) -> bool:
    told, story.nursing = bool(story.nursing), []
    return told


@noise("bare dates", "clock")
def _bare_dates(stay: Stay, story: Story) -> bool:
    """Charges and orders told by the day alone, as some systems export them."""
    for line in stay.lines:
        line.at = datetime.combine(line.at.date(), time())
    for row in stay.orders:
        for column in ("医嘱开始日期", "医嘱停止日期"):
            row[column] = row[column][:10]
    return True


@noise("contact left out", "contact")
def _no_contact(stay: Stay, story: Story) -> bool:
    known = [column for column in UNKNOWN if stay.said.get(column)]
    if known:
        column = stay.random.choice(known)
        stay.said = {**stay.said, column: UNKNOWN[column]}
    return bool(known)


@noise("rows twice")
def _twice(stay: Stay, story: Story) -> bool:
    """Rows that the export wrote a second time."""
    for rows in (stay.vitals, stay.labs):
        if rows:
            rows.append(dict(stay.random.choice(rows)))
    return bool(stay.vitals)


@noise("names missing")
def _no_names(stay: Stay, story: Story) -> bool:
    """Who measured and who examined, left empty."""
    rows: list[tuple[list[Row], str]] = [(stay.vitals, "记录护士"), (stay.labs, "检验者姓名")]
    for table, column in rows:
        for row in table[::2]:
            row[column] = ""
    return bool(stay.vitals or stay.labs)
