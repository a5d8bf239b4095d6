"""What binds the stays of a person: which older ones a month's stays bring back, and that no others are needed."""

import random
from datetime import datetime, timedelta

import pyarrow.parquet as pq
import pytest
from month_extracts import add, screened, stands, write_month

from review.checks.registry import all_checks
from review.screening.watch_together import together_query

MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")
OVER_STAYS = ("CHG-003", "CHG-021", "CHG-024", "CHG-027", "CHG-028", "CHG-032")
CHECKS = tuple(check for check in all_checks() if check.header.code in OVER_STAYS)
# code, name, kind of item, kind of charge, price
BED = ("001109000010300", "普通病房床位费", "201", "01", 30)
SUGAR = ("002503020030000", "糖化血红蛋白测定", "201", "04", 80)  # once in 15 days
GENES = ("002507000190300", "化学药物用药指导的基因检测", "201", "04", 1500)  # 2,200 yuan in a year
HAND = ("003402000050000", "手功能评定", "201", "03", 60)  # 14 days apart, 90 days of an illness
COURSE = ("XN07XXD221B002010103694", "丁苯酞氯化钠注射液", "101", "09", 100)  # 14 days of a course
TABLET = ("XC08CAA299A001010100001", "氨氯地平片", "101", "09", 2)


def stay(number, person, begins, days, lines, hospital="H22990000001"):
    """A stay; each line is an item, the day it is charged on, and maybe the days taken home."""
    name = f"{number:018d}"
    row = {
        "mdtrt_id": name,
        "psn_no": person,
        "psn_name": f"甘试{number}",
        "fixmedins_code": hospital,
        "begntime": begins,
        "endtime": begins + timedelta(days=days),
        "adm_dept_name": "试科",
        "chfpdr_name": "田试医",
        "med_type": "2101",
    }
    charged = [
        {
            "bkkp_sn": f"{name}{place:04d}",
            "mdtrt_id": name,
            # days without hours: a hospital's clock would turn with few lines and bring its stays back
            "fee_ocur_time": begins.replace(hour=0) + timedelta(days=day),
            "med_list_codg": item[0],
            "hilist_name": item[1],
            "medins_list_name": item[1],
            "list_type": item[2],
            "med_chrgitm_type": item[3],
            "cnt": 1,
            "pric": item[4],
            "det_item_fee_sumamt": item[4],
            "dscg_tkdrug_flag": "1" if home else "0",
            "prd_days": home,
        }
        for place, (item, day, home) in enumerate((*line, "")[:3] for line in lines)
    ]
    return row, charged


def at(day, month="2024-01"):
    return datetime.fromisoformat(f"{month}-{day:02d} 08:00")


def daily(item, days):
    return [(item, day) for day in range(days)]


class Bench:
    def __init__(self, folder):
        self.folder, self.home, self.months = folder, folder / "home", {}
        self.home.mkdir()

    def add(self, month, stays):
        self.months[month] = write_month(self.folder / month, stays)
        return add(self.folder / "watch", month, self.months[month], CHECKS, self.home).ran

    def stands(self):
        return stands(self.folder / "watch")[0]

    def whole(self):
        months = [folder for _, folder in sorted(self.months.items())]
        return screened(self.folder / "whole", months, CHECKS, self.home)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


FIRST, BEFORE = at(3), [(SUGAR, 1)]
BRINGS = {
    "the same test within its days": (BEFORE, at(12), [(SUGAR, 1)], 1),
    "the same test after them": (BEFORE, at(25), [(SUGAR, 1)], 0),
    "another test within them": (BEFORE, at(12), [(GENES, 1)], 0),
    "a sum in the same year": ([(GENES, 1)], at(20, "2024-12"), [(GENES, 1)], 1),
    "a sum in another year": ([(GENES, 1)], at(20, "2025-01"), [(GENES, 1)], 0),
    "a course that goes on": (daily(COURSE, 6), at(14), daily(COURSE, 10), 1),
    "a course long ended": (daily(COURSE, 6), at(20), daily(COURSE, 10), 0),
    "tablets taken home that last": ([(TABLET, 5, 30)], at(20), [(TABLET, 1)], 1),
    "tablets taken home that are used up": ([(TABLET, 5, 7)], at(20), [(TABLET, 1)], 0),
    "the next day": (BEFORE, at(9), [(BED, 0)], 1),
    "two days after": (BEFORE, at(10), [(BED, 0)], 0),
}


def test_older_stays_are_seen_again_only_where_a_rule_counts_both(bench):
    cases = list(enumerate(BRINGS.values(), start=1))
    bench.add("2024-01", [stay(n, f"P{n}", FIRST, 5, before) for n, (before, *_) in cases])
    later = [stay(100 + n, f"P{n}", begins, 12, after) for n, (_, begins, after, _) in cases]
    bench.add("2024-02", [*later, stay(300, "P300", FIRST, 5, BEFORE)])
    index = pq.read_table(next((bench.folder / "watch").glob("runs/0002/index.parquet"))).to_pylist()
    again = {int(row["admission_id"]) for row in index if row["reviewed_in"] == 2}
    told = {says: n in again for n, says in enumerate(BRINGS, start=1)}
    assert told == {says: bool(beside) for says, (*_, beside) in BRINGS.items()}
    assert bench.stands() == bench.whole()


def test_a_chain_of_stays_is_seen_again_to_its_end(bench):
    for number, month in enumerate(MONTHS[:3]):
        bench.add(month, [stay(number, "P1", at(1) + timedelta(days=13 * number), 3, [(SUGAR, 1)])])
    ran = bench.add(MONTHS[3], [stay(9, "P1", at(1) + timedelta(days=39), 3, [(SUGAR, 1)])])
    assert ran.beside == 3
    assert bench.stands() == bench.whole()


def test_a_stay_that_goes_or_changes_is_missed_by_those_it_was_counted_with(bench):
    first = stay(1, "P1", FIRST, 5, BEFORE)
    bench.add("2024-01", [first, stay(5, "P5", FIRST, 5, BEFORE)])
    bench.add("2024-02", [stay(2, "P1", at(12), 5, [(SUGAR, 1)]), stay(6, "P5", at(12), 5, [(SUGAR, 1)])])
    assert len(bench.stands()) == 2
    ran = bench.add("2024-01", [stay(1, "P1", FIRST, 5, [(GENES, 1)])])
    assert (ran.changed, ran.withdrawn, ran.beside) == (1, 1, 2)
    assert bench.stands() == bench.whole() == []


def drawn(random_, number, month):
    """Any stay of few persons: what it has is charged on any of its days."""
    days, begins = random_.randint(1, 16), at(random_.randint(1, 27), month)
    lines = daily(BED, days + random_.randint(0, 2))
    for item in random_.sample((SUGAR, GENES, HAND, COURSE), 2):
        lines += [(item, day) for day in range(days) if random_.random() < (0.9 if item is COURSE else 0.2)]
    if random_.random() < 0.5:
        lines.append((TABLET, days, random_.choice((3, 14, 40))))
    lines += [(TABLET, day) for day in range(days) if random_.random() < 0.4]
    hospital = f"H2299000000{random_.randint(1, 2)}"
    return stay(number, f"P{random_.randint(1, 9)}", begins, days, lines, hospital)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 8])
def test_months_in_any_order_changed_and_withdrawn_stand_as_one_screening(bench, seed):
    random_ = random.Random(seed)
    stays = {
        month: [drawn(random_, 100 * place + number, month) for number in range(9)]
        for place, month in enumerate(MONTHS)
    }
    beside = [bench.add(month, stays[month]).beside for month in random_.sample(MONTHS, len(MONTHS))]
    again = random_.choice(MONTHS)
    changed = int(stays[again][0][0]["mdtrt_id"])
    beside.append(bench.add(again, [drawn(random_, changed, again), *stays[again][2:]]).beside)
    found = bench.stands()
    assert found == bench.whole()
    assert {one[1] for one in found} >= {"CHG-003", "CHG-021", "CHG-024", "CHG-027", "CHG-028"}
    assert sum(beside) > 0


def test_every_rule_that_looks_at_a_persons_stays_says_what_binds_them():
    """Else the months' sum would have to review all stays of every person who comes back."""
    unsaid = [
        check.file.name
        for check in all_checks()
        if check.findings is not None and check.file.parent.name == "charges"
        if check.together is None and together_query(check) is not None
    ]
    assert unsaid == []
