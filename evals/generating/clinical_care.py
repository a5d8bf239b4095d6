"""What a course has done to its patient: tests, drugs, treatments, signs and notes, from the course's own row."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from evals.generating.admitting import daily_care
from evals.generating.catalogue import HERE, Item, items, read_items
from evals.generating.clinical_case import Case
from evals.generating.filling import SUPPLIES, supply
from evals.generating.stay import HOUR, MINUTE, Stay, stamp
from evals.generating.surgery import operate

NORMAL = {"t": 36.5, "p": 76, "r": 18, "s": 122, "d": 74, "o": 98}
CHILD = {"t": 36.6, "p": 100, "r": 22, "s": 98, "d": 60, "o": 98}
HOURS = (6, 10, 15, 21)


@cache
def clinical_items() -> Mapping[str, Item]:
    return {**items(), **read_items(HERE / "clinical_items.tsv")}


def treat(made: Case, needed: bool) -> None:
    stay, said, found = made.stay, made.said, clinical_items()
    daily_care(stay, 3 if needed else 0)
    first = stay.at(0, 9)
    if stay.days > 1:
        stay.lab([found[key] for key in said["labs"]], stay.at(1, 6))
    for panel, name, value, unit, low, high in said.get("results", ()):
        made.lab(panel, name, value, unit, low, high, first + 40 * MINUTE)
    for key, site, finding in said["exams"]:
        if key == "ecg" and "ecg" in said:
            finding = said["ecg"]
        if key == "mri" and "mri" in said and needed:
            finding = said["mri"]
        at = first + 90 * MINUTE
        stay.exam(found[key], at, site, 检查所见=f"{finding}。", 检查报告诊断=finding)
    if "ecg" in said and not any(key == "ecg" for key, _, _ in said["exams"]):
        stay.exam(found["ecg"], first + 30 * MINUTE, "心脏", 检查所见=said["ecg"], 检查报告诊断=said["ecg"])
    for key, units, frequency in said["drugs"]:
        stay.drug(found[key], 0, stay.days, frequency, units)
    for key in said.get("drip", ()):
        _infuse(made, key, 1, "静滴", min(7, stay.days))
    for key, times in said.get("treat", ()):
        _sessions(stay, found[key], times)
    if "iv" in said:
        key, units, route = said["iv"]
        _infuse(made, key, units, route, min(1 if said.get("chemo") else 4, stay.days))
    _intensity(made)
    _small_things(stay)


def _small_things(stay: Stay) -> None:
    """Supplies as they happen to be used, so that no two bills are alike by themselves."""
    for number in stay.random.sample(range(len(SUPPLIES)), stay.random.randint(4, 7)):
        at = stay.at(stay.random.randrange(1, stay.days) if stay.days > 1 else 0, 11)
        stay.charge(supply(number), at, stay.random.randint(1, 6))


def _infuse(made: Case, key: str, units: int, route: str, days: int) -> None:
    stay, item = made.stay, clinical_items()[key]
    start = stay.at(0, 9)
    number = stay.order(
        item.name, start, until=stay.at(days - 1, 23, 0), 医嘱代码=item.code, 医嘱规格=item.detail,
        医嘱剂量=item.strength, 剂量单位="", 医嘱天数=str(days), 数量=str(units * days), 医嘱用法=route,
    )  # fmt: skip
    for day in range(days):
        at = start + 25 * MINUTE if not day else stay.at(day, 9)
        stay.charge(item, at, units, order=number)
        stay.treat(clinical_items()["infusion"], at)
        if day:
            _executed(stay, number, at)


def _executed(stay: Stay, number: str, at: datetime) -> None:
    row = next(row for row in stay.orders if row["医嘱号"] == number)
    stay.orders.append(row | {"执行时间": stamp(at)})


def _sessions(stay: Stay, item: Item, times: int) -> None:
    span, order = (stay.at(1, 8), stay.end - HOUR), ""
    for day in range(1, stay.days):
        for turn in range(times):
            order = stay.treat(item, stay.at(day, 9 + 5 * turn), order=order, span=span).order


def _intensity(made: Case) -> None:
    stay, said, found = made.stay, made.said, clinical_items()
    full = stay.at(0, 9).replace(minute=0) + HOUR
    if "monitor" in said:
        stay.hours(found["monitor"], full, full + int(said["monitor"]) * HOUR)
        stay.order(
            "测血压、脉搏、呼吸、血氧饱和度",
            full,
            until=full + int(said["monitor"]) * HOUR,
            医嘱用法="护理",
            医嘱频次="q2h",
        )
    if "oxygen" in said:
        stay.hours(found["oxygen"], full, full + 24 * HOUR)
        stay.order(f"氧气吸入 {said['oxygen']}L/min", full, 医嘱用法="治疗")
    if "transfusion" in said:
        order = stay.order("悬浮红细胞2单位 静脉输注", full, 医嘱用法="静脉输注", 数量="2")
        stay.charge(found["rbc"], full + HOUR, 2, order=order)
    if "dialysis" in said:
        for day in range(0, stay.days, 2):
            stay.treat(found["hd"], stay.at(day, 14))
    if "chemo" in said:
        stay.treat(found["chemomix"], full)
    if "extra" in said:
        stay.treat(found[said["extra"]], full - 30 * MINUTE)
    if "sessions" in said:
        for key in ("exercise", "hemi"):
            _sessions(stay, found[key], 1)
    if "op" in said:
        key, code, name, kind, day = said["op"]
        operation(made, key, code, name, kind, day)


def operation(made: Case, key: str, code: str, name: str, kind: str, day: int) -> None:
    stay = made.stay
    start = stay.begin + 5 * HOUR if not day else stay.at(day, 10, 0)
    operate(stay, [clinical_items()[key]], start, 60, kind, [(code, name)], materials=[])


def measure(made: Case, needed: bool) -> None:
    stay, said, draw = made.stay, made.said, made.stay.random.randrange
    child = stay.person.age_on(stay.begin.date()) < 14
    usual = {**(CHILD if child else NORMAL), **({} if needed else said.get("vitals", {}))}
    worst = {**usual, **said.get("vitals", {})}
    made.story.signs = worst
    moments = [stay.begin + 15 * MINUTE]
    if "monitor" in said:
        moments += [stay.begin + 15 * MINUTE + n * 2 * HOUR for n in range(1, int(said["monitor"]) // 2 + 1)]
    moments += [
        stay.at(0, hour)
        for hour in (15, 21)
        if "monitor" not in said and stay.at(0, hour, 0) > stay.begin + HOUR
    ]
    for at in moments:
        made.vital(at, **_jitter(worst, draw, at == moments[0]))
    for day in range(1, stay.days):
        share = 0.4 if day == 1 else 0.0
        level = {key: usual[key] + (worst[key] - usual[key]) * share for key in usual}
        for hour in HOURS:
            at = stay.at(day, hour)
            if at > moments[-1]:
                made.vital(at, **_jitter(level, draw, False))


def _jitter(level: Mapping[str, float], draw: Any, exact: bool) -> dict[str, Any]:
    """Small swings that never carry a sign over a threshold it is not meant to pass."""
    if exact:
        return dict(level)
    swing = {
        "t": (draw(4) - 1) / 10,
        "p": draw(7) - 3,
        "r": draw(3) - 1,
        "s": draw(9) - 4,
        "d": draw(7) - 3,
        "o": -draw(2),
    }
    return {key: value + swing[key] for key, value in level.items()}


def tell(made: Case) -> None:
    stay, text = made.stay, made.said.get("note", "患者病情好转，继续治疗。")
    for day in range(1, stay.days, 2):
        title = "主治医师查房记录" if day == 1 else "日常病程记录"
        made.story.notes.append((stay.at(day, 9), title, _varied(stay, text, day)))
    for day in range(stay.days):
        last = [row for row in stay.vitals if row["测量时间"][:10] == f"{stay.at(day, 12):%Y-%m-%d}"]
        if last:
            made.story.nursing.append((stay.at(day, 16), _nursing(last[-1])))


LEADS = ("查房：", "今日查房，", "患者今日病情记录如下：", "入院第{day}天，")


def _varied(stay: Stay, text: str, day: int) -> str:
    row = [row for row in stay.vitals if row["测量时间"][:10] == f"{stay.at(day, 12):%Y-%m-%d}"]
    signs = f"体温{row[0]['体温']}℃，血压{row[0]['收缩压']}/{row[0]['舒张压']}mmHg。" if row else ""
    return stay.random.choice(LEADS).format(day=day + 1) + signs + text


def _nursing(row: Mapping[str, str]) -> str:
    return (
        f"T {row['体温']}℃ P {row['脉搏']}次/分 R {row['呼吸']}次/分 BP {row['收缩压']}/{row['舒张压']}mmHg，"
        "患者在病房休息，已按医嘱给药。"
    )
