"""Place names in titles and questions: the provinces and their division codes (GB/T 2260), and local names.

National documents have the region `000000`; a place whose code is not known keeps its name and no code.
"""

import re
from functools import cache
from pathlib import Path

import yaml

NATIONAL = "000000"
CITIES = Path(__file__).parent / "cities.yaml"
PROVINCES: dict[str, str] = {
    "北京": "110000",
    "天津": "120000",
    "河北": "130000",
    "山西": "140000",
    "内蒙古": "150000",
    "辽宁": "210000",
    "吉林": "220000",
    "黑龙江": "230000",
    "上海": "310000",
    "江苏": "320000",
    "浙江": "330000",
    "安徽": "340000",
    "福建": "350000",
    "江西": "360000",
    "山东": "370000",
    "河南": "410000",
    "湖北": "420000",
    "湖南": "430000",
    "广东": "440000",
    "广西": "450000",
    "海南": "460000",
    "重庆": "500000",
    "四川": "510000",
    "贵州": "520000",
    "云南": "530000",
    "西藏": "540000",
    "陕西": "610000",
    "甘肃": "620000",
    "青海": "630000",
    "宁夏": "640000",
    "新疆": "650000",
    "台湾": "710000",
    "香港": "810000",
    "澳门": "820000",
}
_NATIONAL_ISSUERS = re.compile(
    r"国务院|全国人大|全国人民代表大会|最高人民|公安部|卫生部|^中华人民共和国"
    r"|国家[^，、 ]{0,12}(局|委|部|总局|委员会|办公厅)"
)
_LOCAL = re.compile(r"^(?:关于)?([一-鿿]{2,6}?(?:自治州|自治县|地区|市|县|区|旗|盟|州))(?!场)")


def province_in(text: str) -> str | None:
    """The first province a text names, or null; 吉林市 counts as 吉林."""
    found = [(text.find(name), name) for name in PROVINCES if name in text]
    return min(found)[1] if found else None


def provinces_in(text: str) -> set[str]:
    """The provinces a text names, or whose cities it names."""
    folded = text.lower()
    return {name for name in PROVINCES if name in text} | {
        province for city, province in _cities().items() if city in folded
    }


@cache
def _cities() -> dict[str, str]:
    held = yaml.load(CITIES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    english: dict[str, str] = held.pop("english")
    return {city: province for province, names in held.items() for city in names.split()} | english


def is_national(issuer: str | None) -> bool:
    return bool(issuer and _NATIONAL_ISSUERS.search(issuer))


def locality(title: str, issuer: str | None) -> str | None:
    """The town or county that issued a document, as its issuer or title begins; null for wider documents."""
    for text in (issuer, title):
        match = _LOCAL.match(re.sub(r"\s+", "", text or ""))
        if match and not province_in(match[1]):
            return match[1]
    return None


def region_of(title: str, issuer: str | None) -> str | None:
    """`000000` for national documents, a province's code for its own, null where neither is stated."""
    if is_national(issuer) or title.startswith("中华人民共和国"):
        return NATIONAL
    if locality(title, issuer):
        return None
    province = province_in(issuer or "") or province_in(title)
    return PROVINCES[province] if province else None


def applies_in(region: str | None, asked: str | None) -> bool:
    """Whether a document of `region` can apply where `asked` is; unknown regions are not shut out."""
    if asked is None or region in (None, NATIONAL) or asked == NATIONAL:
        return True
    held = str(region)
    if held.endswith("0000"):
        return asked[:2] == held[:2]
    return asked == held or (held.endswith("00") and asked[:4] == held[:4])
