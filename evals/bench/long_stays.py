"""Writes an invented inspection of long stays: sixty documents each, with the tables of the platform and the hospital.

The same seed gives the same files. Every document is filled anew, so that sentences are alike as in a real ward and
figures differ; nothing is planted, and what a review finds in it means nothing.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import yaml

from evals.bench.long_stay import DAYS, REGION, LongStay, phrases
from evals.bench.long_stay_tables import rows_of

DOCUMENTS = 60
Document = tuple[datetime, str, str]


def write_inspection(folder: Path, stays: int, seed: int = 60) -> int:
    """Writes the folder and gives how many documents it holds."""
    tables: dict[str, list[dict[str, Any]]] = {}
    documents = 0
    for number in range(stays):
        stay = LongStay(number, seed)
        written = sorted(_documents(stay))[:DOCUMENTS]
        _write_records(folder / "records" / stay.admission_id, stay, written)
        documents += len(written)
        for name, rows in rows_of(stay):
            tables.setdefault(name, []).extend(rows)
    for name, rows in tables.items():
        place = folder / ("claims" if name.isascii() else "hospital") / f"{name}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    said = {"name": "长住院检查（速度测量）", "region": {"code": REGION, "name": "云溪县"}}
    said |= {"hospital_level": "二级甲等", "period": {"start": "2024-01-01", "end": "2024-12-31"}}
    (folder / "inspection.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return documents


def _write_records(folder: Path, stay: LongStay, documents: Sequence[Document]) -> None:
    """The progress notes as one Word file, as many systems export them; every other document a text file."""
    folder.mkdir(parents=True, exist_ok=True)
    volume = docx.Document()
    for number, (at, title, text) in enumerate(documents, start=1):
        if "病程" in title or "查房" in title:
            for line in (f"{at:%Y-%m-%d %H:%M}  {title}", *text.split("\n"), ""):
                volume.add_paragraph(line)
        else:
            lines = ("云溪县人民医院", title, _who(stay), f"记录时间：{at:%Y-%m-%d %H:%M}", text, "")
            (folder / f"{number:02}{title}.txt").write_text("\n".join(lines), encoding="utf-8")
    volume.save(str(folder / "病程记录.docx"))


def _who(stay: LongStay) -> str:
    return (
        f"姓名：{stay.name}  性别：{stay.sex}  年龄：{stay.age}岁  科室：{stay.ward['name']}  "
        f"床号：{stay.number % 60 + 1:02}床  住院号：{stay.hospital_number}"
    )


def _documents(stay: LongStay) -> Iterator[Document]:
    ward, said, begins = stay.ward, phrases(), stay.begins
    yield begins + timedelta(hours=2), "入院记录", _admission_note(stay)
    yield begins + timedelta(hours=1), "首次病程记录", _first_note(stay)
    for number in range(1, DAYS - 1):
        text = stay.some(said["daily"], 2) + stay.some(ward["course"], 4)
        title = "日常病程记录"
        if number in (2, 5, 9):
            title, text = (
                "主治医师查房记录",
                f"{stay.doctor}主治医师查房：{stay.some(said['rounds'], 2)}{text}",
            )
        yield stay.day(number, 9), title, f"{text}\n医师签名：{stay.doctor}"
    for number in range(2):
        yield (
            stay.day(3 + 4 * number, 15),
            "会诊记录",
            f"{stay.some(said['consult'], 2)}\n会诊医师签名：严书语",
        )
    yield begins + timedelta(hours=3), "知情同意书", f"{stay.say(said['consent'])}\n医师签名：{stay.doctor}"
    for number, text in enumerate(ward["reports"]):
        yield stay.day(1 + number, 11), "检查报告单", f"{stay.say(text)}\n报告医师：严书语"
    for number in range(6):
        text = stay.say(said["labs"][number % 2])
        yield stay.day(1 + 2 * number, 8), "检验报告单", f"{text}\n检验者：林以安"
    yield begins + timedelta(minutes=40), "长期医嘱单", _order_sheet(stay)
    yield stay.ends - timedelta(hours=1), "出院记录", _discharge_note(stay)
    for number in range(DOCUMENTS - 27):
        yield begins + timedelta(hours=4 + 10 * number), "护理记录单", _nursing(stay, number)


def _admission_note(stay: LongStay) -> str:
    ward, said = stay.ward, phrases()
    lines = (
        f"入院时间：{stay.begins:%Y-%m-%d %H:%M}  病史陈述者：患者本人",
        f"主诉：{stay.say(ward['complaint'])}。",
        f"现病史：{stay.say(ward['history'])}",
        f"既往史：{stay.say(said['past'])}",
        f"个人史：{stay.say(said['personal'])}",
        f"体格检查：{stay.say(said['daily'][1])}{stay.say(ward['exam'])}",
        f"辅助检查：{stay.say(ward['reports'][0])}",
        f"初步诊断：{ward['diagnosis']}",
        f"医师签名：{stay.doctor}",
    )
    return "\n".join(lines)


def _first_note(stay: LongStay) -> str:
    ward = stay.ward
    return "\n".join(
        (
            f"病例特点：患者{stay.sex}，{stay.age}岁，因“{stay.say(ward['complaint'])}”入院。{stay.say(ward['exam'])}",
            f"诊断依据：根据病史、体征及辅助检查，诊断{ward['diagnosis']}。",
            "鉴别诊断：需与恶性肿瘤、结核鉴别，目前无相关依据，可待进一步检查排除。",
            f"诊疗计划：完善检查，{stay.some(ward['course'], 2)}",
            f"医师签名：{stay.doctor}",
        )
    )


def _order_sheet(stay: LongStay) -> str:
    lines = [
        f"{stay.begins:%Y-%m-%d %H:%M}\t{name}\tqd\t{stay.doctor}\t{stay.nurse}"
        for _, name, *_ in phrases()["items"]
    ]
    return "\n".join(lines)


def _discharge_note(stay: LongStay) -> str:
    ward = stay.ward
    return "\n".join(
        (
            f"入院日期：{stay.begins:%Y-%m-%d}  出院日期：{stay.ends:%Y-%m-%d}",
            f"入院情况：{stay.say(ward['complaint'])}。{stay.say(ward['exam'])}",
            f"诊疗经过：{stay.some(ward['course'], 5)}",
            f"出院诊断：{ward['diagnosis']}",
            "出院情况：病情好转，生命体征平稳，无特殊不适。",
            f"出院医嘱：注意休息，规律服药，1月后门诊复查。\n医师签名：{stay.doctor}",
        )
    )


def _nursing(stay: LongStay, number: int) -> str:
    begins = stay.begins + timedelta(hours=4 + 10 * number)
    lines = [
        f"{begins + timedelta(hours=2 * place):%Y-%m-%d %H:%M}  {stay.say(text)}  {stay.nurse}"
        for place, text in enumerate(stay.chance.sample(phrases()["nursing"], 3))
    ]
    return "\n".join([*lines, f"护士签名：{stay.nurse}"])
