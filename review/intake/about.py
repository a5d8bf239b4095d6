"""What an inspection is about: `inspection.yaml`, and for what it leaves out, the tables where it stands there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from knowledge.readers import UnreadableFile
from knowledge.readers.text import decode, normalise, read_bytes
from review.errors import InputError
from review.intake.values import read_value
from review.models import Fault

FILE = "inspection.yaml"
LARGEST = 4 * 1024 * 1024
KNOWN = frozenset({"name", "region", "hospital", "hospital_level", "period", "notice_date", "notes"})
# Code table hosp_lv of the national interface.
LEVELS = ["三级特等", "三级甲等", "三级乙等", "三级丙等", "二级甲等", "二级乙等", "二级丙等"]
LEVELS += ["一级甲等", "一级乙等", "一级丙等", "无等级", "三级无等", "二级无等", "一级无等"]


@dataclass(frozen=True)
class About:
    """The frame of one inspection; `extra` keeps keys that the program does not know."""

    name: str | None = None
    region_code: str | None = None
    region_name: str | None = None
    hospital_code: str | None = None
    hospital_name: str | None = None
    hospital_level: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    notice_date: date | None = None
    notes: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def read_about(folder: Path) -> tuple[About, list[Fault]]:
    """`inspection.yaml` as it stands. Raises InputError where it is no YAML at all."""
    file = next((folder / name for name in (FILE, "inspection.yml") if (folder / name).is_file()), None)
    if file is None:
        return About(), []
    try:
        # Scalars stay text: YAML would read the region code 010000 as an octal number.
        said = yaml.load(decode(read_bytes(file, LARGEST))[0], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, UnreadableFile, RecursionError) as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", None)
        place = f"第 {line + 1} 行附近" if line is not None else "整份文件"
        raise InputError(f"{file.name} {place}不是合法的 YAML；请对照缩进和冒号改正后重试。") from problem
    if not said:
        return About(), []
    if not isinstance(said, dict):
        raise InputError(f"{file.name} 应由“键: 值”组成；请对照输入格式说明改正后重试。")
    return _about(said, file.name)


def _about(said: Mapping[str, Any], file: str) -> tuple[About, list[Fault]]:
    faults: list[Fault] = []

    def part(key: str, inner: str) -> str | None:
        value = said.get(key)
        if isinstance(value, dict):
            return _text(value.get(inner))
        if value and not (key == "hospital" and inner == "name"):
            return None
        return _text(value) if not isinstance(value, list) else None

    def day(key: str, text: str | None) -> date | None:
        try:
            value = read_value(text, "date") if text else None
        except ValueError as problem:
            faults.append(Fault(file, f"{key} 键", f"不是日期（{problem}）", "请写成 2024-01-31 的样子"))
            return None
        return value if isinstance(value, date) else None

    code = part("region", "code") or (
        _text(said.get("region")) if isinstance(said.get("region"), str) else None
    )
    if code is not None and not re.fullmatch(r"\d{6}", code):
        faults.append(Fault(file, "region.code 键", "不是 6 位行政区划代码", "请改成 6 位数字"))
        code = None
    start, end = day("period.start", part("period", "start")), day("period.end", part("period", "end"))
    if start and end and end < start:
        faults.append(Fault(file, "period 键", "结束早于开始，未采用", "请改正检查期间"))
        start = end = None
    about = About(
        name=_text(said.get("name")),
        region_code=code,
        region_name=part("region", "name"),
        hospital_code=part("hospital", "code"),
        hospital_name=part("hospital", "name"),
        hospital_level=_text(said.get("hospital_level")),
        period_start=start,
        period_end=end,
        notice_date=day("notice_date", _text(said.get("notice_date"))),
        notes=_text(said.get("notes")),
        extra={key: value for key, value in said.items() if key not in KNOWN},
    )
    return about, faults


def _text(value: object) -> str | None:
    return normalise(value).strip() or None if isinstance(value, str) else None


def complete_about(about: About, tables: Mapping[str, pa.Table], folder: Path) -> About:
    """Fill what the file left out from the first row that states it."""
    stays, hospital = tables.get("mdtrt_d"), tables.get("institution")
    code = about.hospital_code or _first(stays, "fixmedins_code") or _first(hospital, "code")
    level = about.hospital_level or _first(hospital, "level") or _level(_first(stays, "hosp_lv"))
    # A designated hospital's code is H and the six digits of its administrative division.
    own_region = re.match(r"H(\d{6})\d", code or "")
    return replace(
        about,
        name=about.name or folder.resolve().name,
        hospital_code=code,
        hospital_name=about.hospital_name or _first(stays, "fixmedins_name") or _first(hospital, "name"),
        hospital_level=level,
        region_code=about.region_code or (own_region[1] if own_region else None),
    )


def _first(table: pa.Table | None, column: str) -> str | None:
    if table is None:
        return None
    return next((value for value in table[column].slice(0, 1000).to_pylist() if value), None)


def _level(code: str | None) -> str | None:
    return LEVELS[int(code) - 1] if code and code.isdigit() and 1 <= int(code) <= len(LEVELS) else None
