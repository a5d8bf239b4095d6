"""The documents of a stay in three styles of writing: under headings, in running text, in bracketed lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evals.generating.stay import HOUR, MINUTE, Stay, stamp

SEX = {"1": "男", "2": "女"}


@dataclass
class Story:
    """What the documents tell; `extra` is added to the admission record, `ending` to the discharge record."""

    said: Mapping[str, Any]
    style: str
    signs: Mapping[str, float] = field(default_factory=dict)
    notes: list[tuple[datetime, str, str]] = field(default_factory=list)
    nursing: list[tuple[datetime, str]] = field(default_factory=list)
    extra: str = ""
    plan: str = ""
    ending: str = "患者病情好转，予以出院。"
    advice: str = "注意休息，门诊随诊。"
    thin: bool = False
    height: int = 0
    blood: str = ""
    further: list[tuple[str, str]] = field(default_factory=list)


def write_story(stay: Stay, story: Story) -> None:
    """Adds the documents to the stay, each under its title, with its time and its signature."""
    stay.document("入院记录", _admission(stay, story))
    stay.document("首次病程记录", _first_note(stay, story))
    for at, title, text in sorted(story.notes):
        stay.document(title, f"{title}\n{stamp(at)}\n{text}\n医师签名：{stay.doctor}\n")
    if story.nursing:
        rows = "\n".join(f"{stamp(at)} {text} 护士签名：{stay.nurse}" for at, text in story.nursing)
        stay.document("护理记录", f"护理记录\n{rows}\n")
    for title, text in story.further:
        stay.document(title, text)
    stay.document("出院记录", _discharge(stay, story))


def _body(stay: Stay, story: Story) -> str:
    """The bedside findings that every admission record states; a thin record states none."""
    if story.thin:
        return f"查体：{story.said['exam']}"
    s, said = story.signs, story.said
    temp, pulse, breath = f"{s['t']:.1f}", f"{s['p']:.0f}", f"{s['r']:.0f}"
    pressure, oxygen = f"{s['s']:.0f}/{s['d']:.0f}mmHg", f"{s['o']:.0f}%"
    figures = {
        "A": f"T {temp}℃ P {pulse}次/分 R {breath}次/分 BP {pressure} SpO2 {oxygen}",
        "B": f"体温{temp}℃，脉搏{pulse}次/分，呼吸{breath}次/分，血压{pressure}，未吸氧下血氧饱和度{oxygen}",
        "C": f"T:{temp}℃，P:{pulse}bpm，R:{breath}bpm，BP:{pressure}，SpO2:{oxygen}（未吸氧）",
    }[story.style]
    motor = said.get("motor", "四肢肌力5级，肌张力正常")
    bleeding = said.get("bleeding", "未见活动性出血，皮肤黏膜无瘀点瘀斑")
    abdomen = "" if "腹软" in said["exam"] else "腹软，无压痛及反跳痛。"
    size = f"身高{story.height}cm。" if story.height else ""
    found = f"{figures}。{size}神志清楚，查体合作。{said['exam']}{abdomen}{motor}，{bleeding}。"
    return f"{found}疼痛评分（NRS）{said.get('pain', 0)}分。"


def _admission(stay: Stay, story: Story) -> str:
    said, who = story.said, stay.person
    age, at = who.age_on(stay.begin.date()), stamp(stay.begin + 2 * HOUR)
    body = _body(stay, story)
    past = f"{said.get('past', '既往体健')}。" + (f"血型：{story.blood}。" if story.blood else "")
    history = f"{said['history']}{story.extra}"
    shown = "；".join(f"{row['检查项目名称']}：{row['检查报告诊断']}" for row in stay.exams[:2]) or "暂缺"
    sign = f"医师签名：{stay.doctor} {at}\n"
    if story.style == "A":
        return (
            f"入院记录\n姓名：{who.name} 性别：{SEX[who.sex]} 年龄：{age}岁 科室：{stay.department}\n"
            f"入院时间：{stamp(stay.begin)} 记录时间：{at}\n"
            f"主诉：{said['complaint']}\n现病史：{history}\n既往史：{past}\n"
            f"体格检查：{body}\n辅助检查：{shown}\n初步诊断：{stay.reason}\n{sign}"
        )
    if story.style == "B":
        return (
            f"入院记录\n患者{who.name}，{SEX[who.sex]}，{age}岁，于{stamp(stay.begin)}收入{stay.department}。"
            f"记录时间 {at}\n"
            f"主诉：{said['complaint']}。现病史：{history}既往史：{past}\n体格检查：{body}"
            f"辅助检查：{shown}。初步诊断：{stay.reason}。\n{sign}"
        )
    return (
        f"入院记录\n【姓名】{who.name}【性别】{SEX[who.sex]}【年龄】{age}岁\n【入院时间】{stamp(stay.begin)}\n【记录时间】{at}\n"
        f"【主诉】{said['complaint']}\n【现病史】{history}\n【既往史】{past}\n【体格检查】{body}\n"
        f"【辅助检查】{shown}\n【初步诊断】{stay.reason}\n{sign}"
    )


def _first_note(stay: Stay, story: Story) -> str:
    at = stamp(stay.begin + 70 * MINUTE)
    said, who = story.said, stay.person
    plan = story.plan or said.get("plan") or "完善相关检查，按诊疗常规治疗。"
    s = story.signs
    found = (
        ""
        if story.thin
        else f"查体：T {s['t']:.1f}℃，BP {s['s']:.0f}/{s['d']:.0f}mmHg，神志清楚，{said['exam']}"
    )
    age = who.age_on(stay.begin.date())
    if story.style == "C":
        return (
            f"首次病程记录\n{at}\n【病例特点】{SEX[who.sex]}，{age}岁，{said['complaint']}。{found}\n【拟诊讨论】根据病史、体征，诊断考虑{stay.reason}。\n"
            f"【诊疗计划】{plan}\n医师签名：{stay.doctor}\n"
        )
    return (
        f"首次病程记录\n{at}\n病例特点：患者{SEX[who.sex]}，{age}岁，因“{said['complaint']}”入院。{found}\n"
        f"诊断依据：结合病史及体征，诊断为{stay.reason}。\n诊疗计划：{plan}\n医师签名：{stay.doctor}\n"
    )


def _discharge(stay: Stay, story: Story) -> str:
    at = stamp(stay.end - 20 * MINUTE)
    return (
        f"出院记录\n{at}\n入院日期：{stay.begin:%Y-%m-%d} 出院日期：{stay.end:%Y-%m-%d} 住院{stay.days}天\n"
        f"入院诊断：{stay.reason}\n出院诊断：{stay.diagnoses[0][1]}\n诊疗经过：入院后完善检查，予{stay.reason}相应治疗。\n"
        f"出院情况：{story.ending}\n出院医嘱：{story.advice}\n医师签名：{stay.doctor}\n"
    )
