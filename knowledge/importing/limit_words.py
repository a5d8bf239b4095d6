"""Reads limits said in words: sexes, ages, levels, frequencies, courses, the scope of a pair.

Ages come in days, both ends included. Where a wording can be read two ways, the wider limit is taken; a wording that
says no limit raises ValueError with the reason in Chinese.
"""

import re
from decimal import Decimal
from typing import Any

from knowledge.importing.rule_drafts import AGE_MAX_DAYS
from knowledge.importing.sheet_values import plain
from knowledge.numerals import NUMERAL, number_of

_AGE = r"(\d+)(岁|个?月|天|日)"
_UP_TO = re.compile(rf"(?:≤|<=|小于等于|不超过|不大于)?{_AGE}(?:及其?以下|以下|以内)?")
_NOT_YET = re.compile(rf"(?:<|小于|低于|不满|未满){_AGE}")
_FROM = re.compile(rf"(?:≥|>=|>|大于等于|大于|满|年满)?{_AGE}(?:及其?以上|以上)?")
_BETWEEN = re.compile(rf"(\d+)(岁|个?月|天|日)?(?:-|~|—|–|至|到){_AGE}(?:及?以下)?")
_DAYS_PER = {"岁": Decimal("365.25"), "月": Decimal("30.4375"), "个月": Decimal("30.4375")}
_LEVELS = {"三": 3, "二": 2, "一": 1, "3": 3, "2": 2, "1": 1}
_SCOPES = (
    (re.compile(r"[同单每]一?[台次]?手术|同一?术|同时手术"), "same_operation"),
    (re.compile(r"(?:6|六)个?小时"), "within_6_hours"),
    (re.compile(r"同一?小时|单小时|一小时|1小时"), "same_hour"),
    (re.compile(r"次住院|同住院|住院期间|次就诊|就诊期间|次住院期间|每住院|整个住院"), "same_stay"),
    (re.compile(r"日|天"), "same_day"),
)
_PERIODS = {
    "日": ("day", None),
    "天": ("day", None),
    "周": ("n_days", 7),
    "月": ("n_days", 30),
    "年": ("year", None),
}
_WITHIN = re.compile(r"(\d+)[天日]之?内?[^\d]{0,6}?(\d+)次|(\d+)次/(\d+)[天日]")
_PER_STAY = re.compile(r"(?:每|单|一|同)?次?(?:住院|就诊)(?:期间)?[^\d]{0,6}(\d+)次|(\d+)次/次?(?:住院|就诊)")
_COURSE = re.compile(r"[^\d]{0,20}(\d+)(天|个月)[。；]?")
_EVERY = re.compile(r"(?:每|/|单|一|^)(\d?)(日|天|周|月|年)")
MAP_QUALITIES = {
    "same": ("一对一", "1对1", "1:1", "相同", "一致", "等同", "完全对应", "same"),
    "narrower": ("多对一", "n对1", "N对1", "N:1", "较窄", "包含于", "部分对应", "narrower"),
    "wider": ("一对多", "1对n", "1对N", "1:N", "多对多", "较宽", "包含", "wider"),
}
_UNIT = "(次|小时|日|天|部位|个|项|例|床日|)"
_QUANTITY = re.compile(rf"(\d+(?:\.\d+)?){_UNIT}")
_QUANTITY_ALONE = re.compile(rf"(\d+(?:\.\d+)?){_UNIT}")


def read_sex(text: str) -> str:
    said = plain(text)
    sexes = {sex for sex in "男女" if sex in said}
    if len(sexes) != 1:
        raise ValueError(f"“{text}”看不出限男还是限女")
    return sexes.pop()


def read_level(text: str) -> int:
    """The lowest level that a text names: 二级及以上 is 2."""
    found = re.search(r"([一二三123])\s*级?", plain(text))
    if not found:
        raise ValueError(f"“{text}”看不出机构级别")
    return _LEVELS[found[1]]


def read_visit(text: str) -> str:
    return _named(text, ("住院", "门诊", "急诊"), "就医方式（住院、门诊、急诊）")


def read_insurance(text: str) -> str:
    return _named(text, ("工伤", "生育"), "险种（工伤、生育）")


def _named(text: str, words: tuple[str, ...], what: str) -> str:
    found = [word for word in words if word in plain(text)]
    if len(found) != 1:
        raise ValueError(f"“{text}”看不出限哪一种{what}")
    return found[0]


def read_scope(text: str) -> str:
    said = plain(text).replace(" ", "")
    for pattern, scope in _SCOPES:
        if pattern.search(said):
            return scope
    if said in ("same_day", "same_stay", "same_hour", "within_6_hours", "same_operation"):
        return said
    raise ValueError(f"“{text}”看不出时间范围（同日、同次住院、同小时、6 小时内、同次手术）")


def read_age(text: str) -> tuple[int | None, int | None]:
    """The least and the greatest age: 儿童, ≤6周岁, 18岁以上, 0-28天, 6月至3岁."""
    said = re.sub(r"周岁|\s|[(（]含[)）]", lambda hit: "岁" if hit[0] == "周岁" else "", plain(text))
    said = re.sub(r"^(?:限|仅限|适用于?)|(?:使用|专用|患者|儿童|人群)$", "", said) or said
    groups = {**AGE_MAX_DAYS, "": AGE_MAX_DAYS["儿童"]}
    if said in groups:
        return None, groups[said]
    if said in ("成人", "成年", "成年人"):
        return AGE_MAX_DAYS["儿童"] + 1, None
    if found := _BETWEEN.fullmatch(said):
        return _reached(found[1], found[2] or found[4]), _last_day(found[3], found[4])
    if found := _NOT_YET.fullmatch(said):
        days = found[2] in "天日"
        return None, int(found[1]) - 1 if days else _reached(found[1], found[2])
    if (found := _UP_TO.fullmatch(said)) and said != f"{found[1]}{found[2]}":
        return None, _last_day(found[1], found[2])
    if (found := _FROM.fullmatch(said)) and said != f"{found[1]}{found[2]}":
        return _reached(found[1], found[2]), None
    raise ValueError(f"“{text}”看不出年龄范围")


def _reached(number: str, unit: str) -> int:
    return int(Decimal(number) * _DAYS_PER.get(unit, Decimal(1)))


def _last_day(number: str, unit: str) -> int:
    """The last day of that age: six years last until the seventh birthday."""
    return int(number) if unit in "天日" else _reached(str(int(number) + 1), unit)


def read_limit(text: str) -> dict[str, Any]:
    """A limit in words as cells of `item_limits`: 1次/日, 每周不超过3次, 24小时/日, 疗程14天, 30天内2次, 每次住院1次.

    A quantity alone, such as 1次, comes without `per`: the time must stand in another column."""
    said = re.sub(
        rf"{NUMERAL}(?=次|日|天|周|月|年|小时|个)",
        lambda hit: str(number_of(hit[0])),
        plain(text).replace(" ", ""),
    )
    said = re.sub(r"(\d+)个?月(?=内|之内)", lambda hit: f"{int(hit[1]) * 30}天", said).replace(
        "半年", "180天"
    )
    if found := _WITHIN.search(said):
        days, times = (found[1], found[2]) if found[1] else (found[4], found[3])
        return {**_period(int(days)), "max_qty": Decimal(times), "qty_unit": "次"}
    if found := _PER_STAY.search(said):
        return {"per": "stay", "max_qty": Decimal(found[1] or found[2]), "qty_unit": "次"}
    if (found := _COURSE.fullmatch(said)) and re.search(r"疗程|支付|总时间", said):
        days = int(found[1]) if found[2] == "天" else round(int(found[1]) * 365 / 12)
        return {"per": "illness", "course_days": days, "course_basis": "illness"}
    period = _EVERY.search(said)
    quantity = _QUANTITY.search(_EVERY.sub("", said)) or _QUANTITY_ALONE.fullmatch(said)
    if not quantity:
        raise ValueError(f"“{text}”看不出多少次、多长时间")
    unit = quantity[2].replace("天", "日")
    cells = {"max_qty": Decimal(quantity[1]), **({"qty_unit": unit} if unit else {})}
    if not period:
        return cells
    name, days_each = _PERIODS[period[2]]
    return {**cells, **({"per": name} if days_each is None else _period(days_each * int(period[1] or 1)))}


def _period(days: int) -> dict[str, Any]:
    return {"per": "day"} if days == 1 else {"per": "n_days", "n_days": days}


def read_per(text: str) -> dict[str, Any]:
    """The period of a limit: 日, 住院, 周, 30天."""
    said = plain(text).replace(" ", "")
    days = re.fullmatch(r"(?:每)?(\d+)(天|日)?", said)
    if days and int(days[1]) > 1:
        return {"per": "n_days", "n_days": int(days[1])}
    if re.search(r"住院|就诊", said):
        return {"per": "stay"}
    if re.search(r"手术", said):
        return {"per": "operation"}
    for word, (period, length) in _PERIODS.items():
        if word in said:
            return {"per": period, "n_days": length} if length else {"per": period}
    if re.search(r"疗程|病程", said):
        return {"per": "illness"}
    raise ValueError(f"“{text}”看不出时间范围（日、周、月、年、住院、天数）")


def read_price_kind(text: str) -> str:
    said = plain(text)
    if re.search(r"集采|集中.*采购|中选|带量", said):
        return "volume_bid"
    if re.search(r"支付标准|支付价", said):
        return "pay_standard"
    if re.search(r"服务|限价|指导价|项目|政府定价", said):
        return "service"
    raise ValueError(f"“{text}”看不出价格性质（服务项目限价、集采中选价、支付标准）")


def read_pay_kind(text: str) -> str:
    kinds = (
        ("药", "drug"),
        ("耗材", "material"),
        ("材料", "material"),
        ("设施", "facility"),
        ("试验", "trial"),
    )
    return next((kind for word, kind in kinds if word in text), "service")


def read_herb_limit(text: str) -> dict[str, Any]:
    said = plain(text)
    if re.search(r"单复方|单、复方|单味及复方|均不", said):
        return {"alone_not_paid": True, "never_paid": True}
    if re.search(r"单方|单独|单味", said):
        return {"alone_not_paid": True, "never_paid": False}
    raise ValueError(f"“{text}”看不出是单方不支付还是单复方均不支付")


def read_map_quality(text: str) -> str:
    """Whether the local item is the same as the reference item, narrower or wider: 一对一, 多对一, 一对多."""
    said = plain(text).replace(" ", "")
    for quality, words in MAP_QUALITIES.items():
        if said in words:
            return quality
    raise ValueError(f"“{text}”看不出两个项目是相同、较窄还是较宽")
