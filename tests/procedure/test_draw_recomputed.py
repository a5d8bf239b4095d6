"""A draw repeated from the published description alone, without a line of the program, as another language would."""

import hashlib
import hmac
import json
from fractions import Fraction
from math import lcm

import pytest
from drawn_hospitals import hospitals, request

from review.procedure.draw_certificate import Occasion, certify


class Numbers:
    def __init__(self, key, label):
        self.key, self.label, self.counter = key, label.encode() + b"\0", 0

    def below(self, limit):
        while True:
            block = hmac.new(self.key, self.label + self.counter.to_bytes(8, "big"), hashlib.sha256).digest()
            self.counter += 1
            x = int.from_bytes(block, "big")
            if x < 2**256 - 2**256 % limit:
                return x % limit

    def front(self, items, count):
        items = list(items)
        for k in range(count):
            j = k + self.below(len(items) - k)
            items[k], items[j] = items[j], items[k]
        return items[:count]


def shares(weights, count):
    """Proportional to weight; who reaches 1 is taken surely and the rest shared anew."""
    sure = []
    while True:
        rest = [i for i in range(len(weights)) if i not in sure]
        total, left = sum(weights[i] for i in rest), count - len(sure)
        over = [i for i in rest if left and weights[i] and left * weights[i] >= total]
        if not over:
            return sure, [
                1 if i in sure else left * weights[i] / total if left else 0 for i in range(len(weights))
            ]
        sure += over


def repeated(made, rows):
    cells = [{c: row[c].strip() for c in made["list"]["columns"]} for row in rows]
    cells.sort(key=lambda row: row["编号"])
    text = json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == made["list"]["sha256"]
    key = hmac.new(made["seed"].encode(), b"mingjian-draw/1\n" + digest.encode(), hashlib.sha256).digest()
    passed_over = {one["key"] for one in made["result"]["passed_over"]}
    drawn = {}
    for stratum in made["result"]["strata"]:
        mine = [row for row in cells if row["等级"] == stratum["stratum"] and row["编号"] not in passed_over]
        drawn |= {row["编号"]: ("designated", Fraction(1)) for row in mine if row["指定"]}
        units = [row["编号"] for row in mine if not row["指定"]]
        sure, parts = shares(
            [Fraction(row["风险分"]) for row in mine if not row["指定"]], stratum["weighted"]
        )
        taken = list(sure)
        numbers = Numbers(key, f"objects/{stratum['stratum']}/weighted")
        if stratum["weighted"] > len(sure):
            others = [i for i in range(len(units)) if i not in sure and parts[i]]
            step = lcm(*(Fraction(parts[i]).denominator for i in others))
            order = numbers.front(others, len(others))
            point, end = numbers.below(step), 0
            for i in order:
                end += parts[i] * step
                if point < end:
                    taken.append(i)
                    point += step
        left = [i for i in range(len(units)) if i not in taken]
        at_random = Numbers(key, f"objects/{stratum['stratum']}/random").front(left, stratum["random"])
        rest = Fraction(stratum["random"], len(units) - stratum["weighted"])
        for how, places in (("weighted", taken), ("random", at_random)):
            drawn |= {units[i]: (how, parts[i] + (1 - parts[i]) * rest) for i in places}
    return drawn


@pytest.mark.parametrize("risk_share", ["0", "40%", "100%"])
@pytest.mark.parametrize("seed", ["03-11-17-22", "另一期开奖 0509"])
def test_a_draw_is_repeated_from_its_description_alone(seed, risk_share):
    rows = hospitals()
    asked = request(("share", "30%"), risk_share=risk_share, excluded=("国家2023",))
    made = certify(rows, asked, Occasion("虚构检查", seed, "", "某甲", "2024-06-03T09:00:00+08:00"))
    assert repeated(made, rows.rows) == {
        one["key"]: (one["how"], Fraction(one["probability"])) for one in made["result"]["drawn"]
    }
