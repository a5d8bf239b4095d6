"""Sixty invented hospitals to draw from, requests on them, and the test of counts against stated chances."""

from review.procedure.draw import ObjectsRequest
from review.procedure.draw_frame import Columns, FrameRules, StratumColumn
from review.procedure.draw_lists import list_of
from review.procedure.draw_sizes import Size

LEVELS, AREAS = ("一级", "二级", "三级"), ("甲州", "乙州", "丙州", "丁州")
PAST = ("", "国家2023", "省级2021", "", "省级2022；国家2020", "省级2023")
COLUMNS = Columns("编号", "名称", "风险分", "历次检查", "指定", "地区")


def hospitals(count=60):
    """Invented hospitals: three levels, four areas, risks from 0 to 6, some inspected before, one reported."""
    rows = [
        {
            "编号": f"H{number:03d}",
            "名称": f"虚构{number}医院",
            "等级": LEVELS[number % 3],
            "地区": AREAS[number % 4],
            "风险分": str(number % 7),
            "历次检查": PAST[number % 6],
            "指定": "举报线索" if number == 7 else "",
            "基金用量": str(1000 - number),
        }
        for number in range(count)
    ]
    return list_of("名单.csv", "编号", list(rows[0]), rows)


def request(size=("share", "20%"), *, strata=("等级",), **said):
    """A request on the hospitals; what concerns the frame goes to its rules."""
    frame = {
        name: said.pop(name)
        for name in ("excluded", "lookback", "lookback_until", "top", "left_out")
        if name in said
    }
    columns = said.pop("columns", COLUMNS)
    rules = FrameRules(columns, tuple(StratumColumn(column) for column in strata), **frame)
    return ObjectsRequest(rules, Size(*size), **said)


def chi_square_p(observed, expected):
    from scipy.stats import chi2

    statistic = sum((seen - wanted) ** 2 / wanted for seen, wanted in zip(observed, expected, strict=True))
    return chi2.sf(statistic, len(observed) - 1)
