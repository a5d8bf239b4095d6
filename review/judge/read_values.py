"""The number a proven quote gives for a thing that a threshold is about: read by us, never taken from a model.

The name of the thing must stand in the quote and the number right behind it; another unit than the threshold's, or a
range, is no number at all.
"""

import re
from collections.abc import Mapping
from typing import Any

from review.checks.criteria import holds

_NUMBER = r"(\d{1,5}(?:\.\d{1,3})?)"
_BETWEEN = r"[^\d，,。；;、]{0,10}?"
_PRESSURE = re.compile(rf"(?:血压|BP){_BETWEEN}(\d{{2,3}})\s*[/／]\s*(\d{{2,3}})", re.I)
_UNIT = re.compile(r"\s*(℃|°C|度|次/分|mmHg|毫米汞柱|%|[a-zA-Zμµ×^0-9]*/[a-zA-Zμµ]+|分|g|倍)", re.I)
_RANGE = re.compile(r"\s*[-–~～—至]\s*\d")
_NAMES: Mapping[str, str] = {
    "temperature": r"体温|(?<![A-Za-z])T(?![A-Za-z])|发热|高热|Tmax",
    "pulse": r"脉搏|脉率|心率|(?<![A-Za-z])(?:P|HR)(?![A-Za-z])",
    "respiration": r"呼吸(?:频率)?|(?<![A-Za-z])RR?(?![A-Za-z])",
    "oxygen_saturation": r"血氧饱和度|氧饱和度|血氧|指氧|S[pa]O2",
    "pain_nrs": r"疼痛评分|数字评分|NRS|VAS",
    "gcs": r"GCS|格拉斯哥",
    "burn_area": r"烧伤(?:总)?面积|TBSA",
    "oxygen_l_min": r"吸氧|氧流量|氧疗",
    "wbc": r"白细胞|WBC",
    "pct": r"降钙素原|PCT",
    "hemoglobin": r"血红蛋白|血色素|Hb|HGB",
    "platelet": r"血小板|PLT",
    "sodium": r"血?钠|Na\+?",
    "potassium": r"血?钾|K\+?",
    "calcium": r"血?钙|Ca(?:2\+|²⁺)?",
    "ph": r"pH|酸碱度",
    "co2cp": r"二氧化碳结合力|碳酸氢根|HCO3|CO2CP",
    "lactate": r"乳酸(?!脱氢)|Lac",
    "glucose": r"血糖|葡萄糖|GLU",
    "ketone": r"血酮|羟丁酸",
    "osmolality": r"渗透压",
    "creatinine": r"肌酐|Cr(?![a-zA-Z])",
    "bilirubin_total": r"总胆红素|TBIL",
    "inr": r"INR|国际标准化比值?",
    "neutrophil": r"中性粒细胞(?:绝对值|计数|数)?",
    "pao2": r"氧分压|PaO2|PO2",
}
_SAME_ITEM = {
    "oxygen_saturation_no_lung_disease": "oxygen_saturation",
    "oxygen_saturation_chronic_lung": "oxygen_saturation",
}
_PRESSURES = ("systolic", "diastolic")
_UNITS = {
    "℃": ("℃", "°c", "度"),
    "次/分": ("次/分", "bpm", "/min", "/分"),
    "mmHg": ("mmhg", "毫米汞柱"),
    "%": ("%",),
    "分": ("分",),
    "g/L": ("g/l",),
    "10^9/L": ("10^9/l", "×10^9/l", "x10^9/l", "*10^9/l", "109/l"),
    "mmol/L": ("mmol/l",),
    "umol/L": ("umol/l", "μmol/l", "µmol/l"),
    "ng/mL": ("ng/ml", "ug/l", "μg/l"),
    "mOsm/L": ("mosm/l", "mosm/kg"),
    "L/min": ("l/min", "升/分"),
}


def plain_item(item: str) -> str:
    """The thing that is measured, whomever the threshold is for."""
    return _SAME_ITEM.get(item, item)


def readable_item(item: str) -> bool:
    """Whether a number of this item can be read from a quote at all."""
    return item in _PRESSURES or plain_item(item) in _NAMES


def value_in(quote: str, item: str, unit: str | None = None) -> float | None:
    """The first value of an item in a quote; null where the quote does not give it plainly, or in another unit."""
    if item in _PRESSURES:
        pressure = _PRESSURE.search(quote)
        return float(pressure[1 if item == "systolic" else 2]) if pressure else None
    names = _NAMES.get(plain_item(item))
    return value_behind(names, quote, unit) if names else None


def value_behind(names: str, quote: str, unit: str | None = None) -> float | None:
    """The first number behind one of these names, as `value_in`."""
    found = re.search(rf"(?:{names}){_BETWEEN}{_NUMBER}(?![\d.])", quote, re.I)
    if found is None or _RANGE.match(quote, found.end()):
        return None
    told = _UNIT.match(quote, found.end())
    if told and unit and not told[1].lower().startswith(_UNITS.get(unit, (unit.lower(),))):
        return None
    return float(found[found.lastindex or 1])


def reaches(quote: str, row: Mapping[str, Any]) -> bool | None:
    """Whether the value a quote gives for a criterion's row satisfies it; null where it gives none."""
    value = value_in(quote, str(row["item"]), row["unit"])
    return None if value is None else holds(value, row)
