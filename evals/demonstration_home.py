"""A home furnished for pictures: accounts, an inspection with decisions and a difference, others beside it.

Two inspections wait for their review: the server begins it when it starts, so that one is seen running and, where its
folder is gone, one failing.
"""

import shutil
from pathlib import Path

from argon2 import PasswordHasher

from review.casework.results import Results
from review.pipeline import review_inspection
from review.store.entries import Press, Statement, User
from review.store.pairs import FIRST, SECOND, Rules
from review.store.store import Store, new_key, now

PASSWORD = "for pictures only, nowhere else"
LEADER = "陈立群"
PEOPLE = {
    LEADER: ("组长", "管理员"),
    "王敏": ("专家",),
    "周岚": ("专家",),
    "李国栋": ("专家",),
    "赵青": ("经办",),
    "孙越": ("只读",),
}


def furnish(home: Path, demonstration: Path) -> dict[str, str]:
    """Review the demonstration into the home and people it; returns the keys that addresses are built from."""
    folder, out = home / "inspection", home / "out"
    shutil.copytree(demonstration, folder, ignore=shutil.ignore_patterns("expected.json"))
    review_inspection(folder, out, home=home)
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    try:
        hashed = PasswordHasher().hash(PASSWORD)
        for name, roles in PEOPLE.items():
            store.people.add(User(name, hashed, roles), LEADER)
        failed = store.add_inspection("清溪县检查", "清溪县中医院", home / "withdrawn", LEADER)
        running = store.add_inspection("临江区检查", "临江区人民医院", folder, LEADER)
        key = store.add_inspection("山岭县检查", "山岭县人民医院", folder, LEADER)
        shutil.copytree(out, home / "inspections" / key / "run-1")
        store.update_inspection(key, state="ready", run=1)
        for name in PEOPLE:  # those made in the same second have no order
            store.prefer(name, "inspection", key)
        compared = _decide(store, key, out)
    finally:
        store.close()
    return {"reviewed": key, "failed": failed, "running": running} | compared


def _decide(store: Store, key: str, out: Path) -> dict[str, str]:
    """First calls in three cases, second ones in two of them, one of which differs."""
    results = Results(out)
    try:
        held = {one: [line["id"] for line in group] for one, group in results.findings.items() if group}
        keys = store.case_keys(key, list(results.admissions))
        everyone = ("王敏", "周岚", "李国栋")
        first = {one: everyone[at % 3] for at, one in enumerate(sorted(results.admissions))}
    finally:
        results.close()
    store.pairs.set_rules(key, Rules(share=30, seed=7), LEADER)
    store.pairs.assign(key, FIRST, first, LEADER)
    decided = sorted(held)[:3]
    for at, one in enumerate(decided):
        for finding in held[one]:
            store.append(_press(key, one, finding, "confirm", first[one]))
        if at < 2:
            second = next(name for name in everyone if name != first[one])
            store.pairs.assign(key, SECOND, {one: second}, "系统")
            verdict = "reject" if at else "confirm"
            for finding in held[one]:
                store.append(_press(key, one, finding, verdict, second, "有正当情形" if at else ""))
    heard, objected = decided[2], held[decided[2]][0]
    said = "该患者当日因病情变化外出检查，已办理请假，护士交接班记录和请假条附后，请予复核。"
    statement = Statement(new_key(), key, heard, objected, "object", said, None, "", "", LEADER, now())
    store.hearings.state([statement], keys)
    shown = next(one for one in sorted(held) if one not in decided)
    return {
        "compared": keys[shown],
        "compared_finding": held[shown][0],
        "heard": keys[heard],
        "heard_finding": objected,
    }


def _press(key: str, admission: str, finding: str, verdict: str, who: str, reason: str = "") -> Press:
    return Press(new_key(), key, admission, finding, verdict, who, (reason,) if reason else ())
