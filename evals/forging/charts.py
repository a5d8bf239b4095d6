"""A stay with its whole record under construction, and how the record is written when it is closed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from evals.copying.wording import WORDS, Words
from evals.forging.layouts import Layout
from evals.forging.papers import Paper
from evals.forging.pdf_pages import annotated, numbered, pdf_of, signed
from evals.forging.people import Team, halved
from evals.generating.stay import DAY, Row, Stay, stamp

HERE = Path(__file__).parent
UPDATED = 0.06  # of ordinary PDFs that carry an incremental update
PRINTED = ("出院记录", "检查报告单", "病案首页")
SEX = {"1": "男", "2": "女"}
Condition = Mapping[str, Any]
Change = Callable[[bytes, str], bytes]


@cache
def conditions() -> Mapping[str, Condition]:
    found: Mapping[str, Condition] = yaml.safe_load((HERE / "conditions.yaml").read_text("utf-8"))
    return found


def wards() -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(said["ward"]) for said in conditions().values()))


@cache
def words(seed: int, half: str) -> Words:
    """What this half's notes are made of; the words of a child's record stand under `child` and their kind."""
    phrases = yaml.safe_load((HERE / "phrases.yaml").read_text("utf-8"))
    children = {f"child {kind}": several for kind, several in phrases["child"].items()}
    everything = {**WORDS, **children, "usual": phrases["usual"]}
    return {kind: halved(several, seed, half) for kind, several in everything.items()}


@dataclass
class Chart:
    """`close` sets the papers in the ward's layout; a paper's `file` then names where it stands.

    `changed` are papers whose PDF is changed after it was made, `bound` papers that stand together in one file.
    """

    stay: Stay
    team: Team
    layout: Layout
    condition: Condition
    said: Condition
    words: Words
    random: Random
    side: str
    bed: str
    blood: str
    papers: list[Paper] = field(default_factory=list)
    theatre: tuple[datetime, datetime] | None = None
    changed: dict[int, Change] = field(default_factory=dict)
    bound: list[list[Paper]] = field(default_factory=list)
    closed: bool = False

    @property
    def age(self) -> int:
        return self.stay.person.age_on(self.stay.begin.date())

    @property
    def sex(self) -> str:
        return SEX[self.stay.person.sex]

    def paper(self, title: str, nth: int = 0) -> Paper:
        return self.all(title)[nth]

    def all(self, title: str) -> list[Paper]:
        return sorted((paper for paper in self.papers if paper.title == title), key=lambda paper: paper.at)

    def notes(self) -> list[Paper]:
        """The progress notes and rounds after the first note, in order."""
        titles = ("日常病程记录", "主治医师查房记录", "副主任医师查房记录")
        return sorted((paper for paper in self.papers if paper.title in titles), key=lambda paper: paper.at)

    def drop(self, *gone: Paper) -> None:
        names = {id(paper) for paper in gone}
        self.papers = [paper for paper in self.papers if id(paper) not in names]

    def write(
        self, title: str, at: datetime, *parts: tuple[str, str], by: str = "", role: str = "医师"
    ) -> Paper:
        """A further document under the patient's own head."""
        paper = Paper(title, at, list(parts), [(role, by or self.team.resident)], self.head())
        self.papers.append(paper)
        return paper

    def head(self) -> dict[str, str]:
        who = self.stay.person
        return {
            "姓名": who.name, "性别": self.sex, "年龄": f"{self.age}岁", "科室": self.stay.department,
            "床号": self.bed, "住院号": self.stay.inpatient_number,
        }  # fmt: skip

    def readings(self, day: date) -> list[Row]:
        return [row for row in self.stay.vitals if row["测量时间"][:10] == f"{day:%Y-%m-%d}"]

    def last_reading(self, at: datetime) -> Row:
        """The latest reading before that time, the first there is if none was."""
        before = [row for row in self.stay.vitals if row["测量时间"] <= stamp(at)]
        return max(before, key=lambda row: row["测量时间"]) if before else self.stay.vitals[0]

    def rows(self, table: str) -> list[Row]:
        found: list[Row] = getattr(self.stay, table)
        return found

    def days(self) -> Iterator[date]:
        for number in range(self.stay.days + 1):
            yield (self.stay.begin + number * DAY).date()

    def close(self) -> Stay:
        if not self.closed:
            self.closed = True
            self._write_files()
        return self.stay

    def _write_files(self) -> None:
        course = [paper for paper in self.papers if paper.is_course] if self.layout.joined else []
        files = [("病程记录", course)] if course else []
        files += [("、".join(paper.title for paper in papers), papers) for papers in self.bound]
        together = {id(paper) for _, papers in files for paper in papers}
        alone = [paper for paper in self.papers if id(paper) not in together]
        for number, paper in enumerate(sorted(alone, key=lambda paper: paper.at), 1):
            self._write(paper, number)
        for number, (name, papers) in enumerate(files, len(alone) + 1):
            texts = []
            for paper in sorted(papers, key=lambda paper: paper.at):
                paper.file = f"{number:02d}{name}.{self.layout.extension}"
                texts.append(self.layout.set(paper, self.stay.site.name))
            self.stay.files.append((papers[0].file, "\n".join(texts).encode()))

    def _write(self, paper: Paper, number: int) -> None:
        text = self.layout.set(paper, self.stay.site.name)
        change = self.changed.get(id(paper))
        if change or (self.layout.pdf and paper.title in PRINTED):
            paper.file = f"{number:02d}{paper.title}.pdf"
            content = pdf_of(text)
            if change:
                content = change(content, text)
            elif self.random.random() < UPDATED:
                content = self.random.choice((annotated, signed, _stamped))(content)
        else:
            paper.file = f"{number:02d}{paper.title}.{self.layout.extension}"
            content = text.encode()
        self.stay.files.append((paper.file, content))

    def place(self, paper: Paper) -> str:
        """The paper's file as an evidence names it."""
        return f"records/{self.stay.admission_id}/{paper.file}"


def _stamped(content: bytes) -> bytes:
    return numbered(content, "第1页")
