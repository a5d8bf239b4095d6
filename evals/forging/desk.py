"""Admits the patients of generated records: tables first, then every document, each telling what the tables hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from math import lcm
from typing import Any

import yaml

from evals.forging.charts import HERE, Chart, Condition, conditions, wards, words
from evals.forging.layouts import layout
from evals.forging.people import GROUPS, name, staff, teams
from evals.forging.story import tell
from evals.forging.theatre import operate_on, tell_operation
from evals.generating.admitting import Admitter, daily_care, id_card
from evals.generating.clinical_care import clinical_items
from evals.generating.reference import Reference
from evals.generating.stay import DAY, HOUR, MINUTE, Person, Row, Stay, stamp

TAKING_HOME, AT_HOME = 0.4, ("atorva", "amlo", "metop", "calcium", "hydro", "betahis")
STEP, SPAN = 7, 600  # stays that begin within days of each other fall to different teams
BLOODS = ("A型", "B型", "O型", "AB型")


@dataclass
class Desk:
    """Makes the charts of one number; `group`: whose patients they are, the number's own group unless said."""

    admit: Admitter
    reference: Reference
    group: int | None = None

    def chart(
        self, name: str = "", *, sex: str = "", age: tuple[int, int] | None = None, days: int = 0,
        begin: datetime | None = None, person: Person | None = None, like: Chart | None = None,
        fits: Callable[[Condition], bool] = lambda said: True, change: Callable[[Chart], None] | None = None,
    ) -> Chart:  # fmt: skip
        """A full record with nothing to find; `like`: the same disease on the same ward, by the same people.

        `change` is done to the tables before the documents are told.
        """
        random, made = self.admit.random, None
        said = like.condition if like else self._condition(name, sex, fits)
        length = days or random.randint(*said["stay"])
        start = begin or self._begin()
        who = person or self._person(said, sex, age, start)
        self.admit.made += 1
        number = self.admit.number  # days and groups come together again after their common multiple
        group = (number + number // lcm(SPAN, GROUPS)) % GROUPS if self.group is None else self.group
        team = teams(self.reference.seed, self.reference.half, wards())[said["ward"], group]
        stay = Stay(
            f"{self.admit.site.numbers}{start:%Y%m%d}{self.admit.number:05d}{self.admit.made}", who, start,
            datetime.combine(start.date() + length * DAY, datetime.min.time()) + 10 * HOUR
            + random.randrange(50) * MINUTE,
            said["ward"], team.resident, team.nurse, random, insurance=random.choice(("310", "390")),
            site=self.admit.site,
        )  # fmt: skip
        side = random.choice("左右")
        bed = f"{random.randint(1, 62):02d}床"
        made = Chart(
            stay, team, layout(self.reference.seed, self.reference.half, said["ward"]),
            said, filled(said, random, side, words(self.reference.seed, self.reference.half)),
            words(self.reference.seed, self.reference.half), random, side, bed, random.choice(BLOODS),
        )  # fmt: skip
        furnish(made)
        if change:
            change(made)
        tell(made)
        if made.theatre:
            tell_operation(made)
        return made

    def other_person(self, chart: Chart, *, sex: str = "", age: tuple[int, int] | None = None) -> Person:
        return self._person(chart.said, sex, age, chart.stay.begin)

    def name(self) -> str:
        """A name nobody of the staff has."""
        known = staff(self.reference.seed, self.reference.half, wards())
        return name(self.admit.random, self.reference.seed, self.reference.half, known.__contains__)

    def _condition(self, name: str, sex: str, fits: Callable[[Condition], bool]) -> Condition:
        if name:
            return conditions()[name]
        able = [
            said for said in conditions().values() if fits(said) and (not sex or said.get("sex", sex) == sex)
        ]
        return self.admit.random.choice(able)

    def _begin(self) -> datetime:
        random = self.admit.random
        day = self.admit.site.first_day + timedelta(days=self.admit.number * STEP % SPAN)
        return (
            datetime.combine(day, datetime.min.time())
            + random.randrange(8, 14) * HOUR
            + random.randrange(60) * MINUTE
        )

    def _person(self, said: Condition, sex: str, age: tuple[int, int] | None, start: datetime) -> Person:
        low, high = age or said["age"]
        drawn = self.admit.person(
            said.get("sex") or sex or self.admit.random.choice("12"), low, high, start.date()
        )
        serial = int(drawn.id_card[14:17])
        number = f"P{self.admit.site.numbers}{self.admit.number:07d}{self.admit.made}{self.admit.random.randrange(10)}"
        return replace(drawn, name=self.name(), number=number, id_card=id_card(drawn.birth, serial))


def filled(said: Condition, random: Any, side: str, vocabulary: Mapping[str, Sequence[str]]) -> Condition:
    """The condition with this patient's numbers and words in every text."""
    slots = {
        "n": random.randint(2, 9), "m": random.randint(1, 9), "w": random.randint(21, 64),
        "h": random.randint(12, 48), "d": random.randint(11, 39), "side": side, "other": "右" if side == "左" else "左",
        "cause": random.choice(vocabulary["cause"]), "place": random.choice(vocabulary["place"]),
    }  # fmt: skip
    return {key: _filled(value, slots) for key, value in said.items()} | {"slots": slots}


def _filled(value: Any, slots: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return value.format(**slots)
    if isinstance(value, list):
        return [_filled(one, slots) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, slots) for key, one in value.items()}
    return value


def furnish(chart: Chart) -> None:
    """Tables: care, tests, examinations, drugs, signs, the operation; names are those of the team."""
    stay, said, team = chart.stay, chart.said, chart.team
    found = clinical_items()
    stay.diagnoses = [tuple(said["main"]), *(tuple(other) for other in said.get("other", ()))]
    stay.reason = said["main"][1]
    stay.said = {"psn_name": stay.person.name, "chfpdr_name": team.attending, "adm_bed": chart.bed}
    daily_care(stay, 1)
    stay.order("普通饮食", stay.begin + 20 * MINUTE, until=stay.end - HOUR, 医嘱用法="护理")
    for key, units, frequency in said["drugs"]:
        stay.drug(found[key], 0, stay.days, frequency, units)
    keys = [found[key] for key in said["labs"]]
    stay.lab(keys, stay.begin + 80 * MINUTE)
    again = min(3 if "op" in said else 4, stay.days - 1)
    stay.lab([found["cbc"]], stay.at(again, 6))
    runs(chart)
    for key, site, seen, concluded in said["exams"]:
        at = stay.begin + (100 + 25 * len(stay.exams)) * MINUTE
        stay.exam(
            found[key], at, site, 检查所见=seen, 检查报告诊断=concluded, 检查报告时间=stamp(at + 45 * MINUTE)
        )
    if "op" in said:
        operate_on(chart)
    stay.order("今日出院", stay.end - 2 * HOUR, 医嘱用法="其他")
    if "child" not in said and chart.random.random() < TAKING_HOME:
        stay.take_home(found[chart.random.choice(AT_HOME)], 7, stay.end - HOUR)
    signs(chart)
    name_them(chart)


@cache
def panels() -> Mapping[str, list[list[Any]]]:
    found: Mapping[str, list[list[Any]]] = yaml.safe_load((HERE / "panels.yaml").read_text("utf-8"))
    return found


def runs(chart: Chart) -> None:
    """Replaces single results by the whole runs of the analysers, under the specimen of the blood count."""
    stay = chart.stay
    counts = [row for row in stay.labs if row["检验项目名称"] == "血常规"]
    known = {analyte[0] for several in panels().values() for analyte in several}
    stay.labs = [row for row in stay.labs if row["检验值名称"] not in known]
    for row in counts:
        stay.labs += run(chart, "血常规", row)
    if counts:
        tube = {"样本编号": counts[0]["样本编号"] + "S", "检验样本": "血清"}
        stay.labs += run(chart, "生化全项", counts[0] | tube)


def run(chart: Chart, panel: str, row: Row) -> list[Row]:
    found = []
    for what, unit, low, high, digits in panels()[panel]:
        value = f"{chart.random.uniform(low, high):.{digits}f}"
        cells = {
            "检验值名称": what,
            "检验值描述": value,
            "单位": unit,
            "检验值范围": f"{low}-{high}",
            "检验项目名称": panel,
        }
        found.append(row | cells)
    return found


def signs(chart: Chart) -> None:
    """Four readings on each of the first three days, then two; none while the patient is in the theatre."""
    stay, draw = chart.stay, chart.random.randrange
    child = bool(chart.said.get("child"))
    for day in range(stay.days + 1):
        for hour in (6, 10, 14, 18) if day < 3 else (6, 14):
            at = stay.at(day, hour)
            if not stay.begin + 10 * MINUTE <= at <= stay.end - HOUR or busy(chart, at):
                continue
            stay.vitals.append(
                reading(
                    chart, at, 36.1 + draw(10) / 10, (88 if child else 62) + draw(27), (20 if child else 16) + draw(5),
                    (92 if child else 106) + draw(37), (54 if child else 63) + draw(22), 95 + draw(5),
                )
            )  # fmt: skip
    stay.vitals.sort(
        key=lambda row: row["测量时间"]
    )  # the first day's are put off until the patient is there


def busy(chart: Chart, at: datetime) -> bool:
    return bool(chart.theatre) and chart.theatre[0] - 30 * MINUTE <= at <= chart.theatre[1] + 30 * MINUTE  # type: ignore[index]


def reading(
    chart: Chart, at: datetime, temperature: float, pulse: int, breath: int, high: int, low: int, oxygen: int = 97,
    mind: str = "清楚",
) -> Row:  # fmt: skip
    return {
        "住院号": chart.stay.inpatient_number, "测量时间": stamp(at), "体温": f"{temperature:.1f}", "脉搏": str(pulse),
        "呼吸": str(breath), "收缩压": str(high), "舒张压": str(low), "血氧饱和度": str(oxygen), "意识": mind,
        "记录护士": chart.team.nurse if 8 <= at.hour < 18 else chart.team.night_nurse,
    }  # fmt: skip


def name_them(chart: Chart) -> None:
    """Puts the ward's own people where the general generator has its own."""
    team, stay = chart.team, chart.stay
    for row in stay.labs:
        row["检验者姓名"] = team.chemist
    for row in stay.exams:
        row["检查者姓名"] = team.imager
    for line in stay.lines:
        line.performer = {
            "沈亦农": team.chemist, "顾南乔": team.imager, "白书衡": team.chief, "邹砚青": team.anaesthetist
        }.get(line.performer, line.performer)  # fmt: skip
