"""The home folder of the soak: reviewed inspections of long stays, and twenty people who have their cases.

Each stay is charged too much, so that every case has findings to decide. Most cases are one expert's; a third also go
to a second one from the beginning, some are nobody's and shared by the leaders.
"""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher

from evals.bench.long_stays import write_inspection
from evals.forging.pdf_pages import pdf_of
from review.pipeline import review_inspection
from review.store.accounts import EXPERT, LEADER
from review.store.entries import User
from review.store.pairs import FIRST, SECOND, Rules
from review.store.store import Store, now

PASSWORD = "twenty people at once"
SHARED_EVERY, FREE_EVERY, SCANNED_EVERY = 3, 7, 4  # of the stays
OVERCHARGED = ("00", "01", "02", "03", "04")  # places in the list of items
TIMES = 3
SHARE = 40  # percent of the finished cases that go to a second review


@dataclass(frozen=True)
class Reviewed:
    """A reviewed inspection: its folder, its results, its admissions."""

    folder: Path
    out: Path
    admissions: Sequence[str]


def people(count: int) -> list[str]:
    """Their names; the first two lead."""
    return [f"组长{n + 1}" if n < 2 else f"专家{n - 1}" for n in range(count)]


def review(place: Path, stays: int, seed: int) -> Reviewed:
    """Write an inspection and review it."""
    folder, out = place / f"inspection-{seed}", place / f"out-{seed}"
    write_inspection(folder, stays, seed)
    _overcharge(folder / "claims" / "fee_list_d.csv")
    admissions = sorted(one.name for one in (folder / "records").iterdir())
    for admission in admissions[::SCANNED_EVERY]:
        lines = [f"护理记录 第 {n} 行：患者神志清，按二级护理常规，未诉不适。" for n in range(1, 60)]
        (folder / "records" / admission / "护理观察单.pdf").write_bytes(pdf_of("\n".join(lines)))
    review_inspection(folder, out, home=place / "home")
    return Reviewed(folder, out, admissions)


def _overcharge(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["bkkp_sn"][-4:-2] in OVERCHARGED:
            amount = f"{TIMES * float(row['pric']):.2f}"
            row.update(cnt=str(TIMES), det_item_fee_sumamt=amount, inscp_amt=amount)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def furnish(home: Path, database: str, inspections: Sequence[Reviewed], count: int) -> list[str]:
    """Put reviewed inspections and people into a home folder; the names of the people."""
    home.mkdir(parents=True, exist_ok=True)
    names = people(count)
    hashed = PasswordHasher().hash(PASSWORD)
    store = Store.open(database)
    for name in names:
        store.people.add(User(name, hashed, (EXPERT if name.startswith("专家") else LEADER,)), "管理员")
    for number, one in enumerate(inspections, start=1):
        key = store.add_inspection(f"长住院检查{number}", "云溪县人民医院", one.folder, names[0])
        shutil.copytree(one.out, home / "inspections" / key / "run-1")
        store.update_inspection(key, state="ready", run=1, reviewed_at=now())
        _assign(store, key, one, names[2:], names[0], (number - 1) * (count - 2) // len(inspections))
    store.close()
    return names


def _assign(store: Store, key: str, one: Reviewed, experts: Sequence[str], leader: str, begin: int) -> None:
    """Deal the cases out from one expert on, round and round."""
    store.case_keys(key, list(one.admissions))
    store.pairs.set_rules(key, Rules(share=SHARE), leader)
    held = [admission for n, admission in enumerate(one.admissions) if n % FREE_EVERY]
    whose = {admission: (begin + n) % len(experts) for n, admission in enumerate(held)}
    dealt = {admission: experts[n] for admission, n in whose.items()}
    second = {admission: experts[whose[admission] - 1] for admission in held[::SHARED_EVERY]}
    store.pairs.assign(key, FIRST, dealt, leader)
    store.pairs.assign(key, SECOND, second, leader)
