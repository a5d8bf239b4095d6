"""Rows of invented people for every table of the store, by table; a column that a release lacks is left out.

The databases number `seq` themselves, as they did for the people; the old trail's numbers had holes and are given.
"""

from datetime import datetime

ADMISSION, OTHER = "22992024060300010548", "A2"


def at(minute: int) -> datetime:
    return datetime(2026, 1, 5, 8, minute)


def decision(press, finding, verdict, minute, **more):
    row = {
        "press": press,
        "inspection": "i1",
        "admission_id": ADMISSION,
        "finding": finding,
        "verdict": verdict,
    }
    row |= {"reasons": '["病程未见"]', "note": "见第 3 页", "amount": None, "undoes": None, "who": "王敏"}
    return row | {"at": at(minute)} | more


def choice(press, **more):
    row = {
        "press": press,
        "hospital": "甲院",
        "local_code": "L01",
        "local_name": "静脉采血",
        "ref_code15": "0" * 15,
    }
    row |= {"ref_name": "静脉采血", "quality": "exact", "undoes": None, "who": "李强", "at": at(20)}
    return row | more


def inspection(key, **more):
    row = {
        "key": key,
        "name": "甲院检查",
        "hospital": "甲院",
        "folder": "/x",
        "demo": False,
        "state": "ready",
    }
    row |= {"problem": None, "run": 1, "created_by": "王敏", "created_at": at(0), "reviewed_at": at(1)}
    return row | more


def assignment(part, who):
    row = {"inspection": "i1", "admission_id": ADMISSION, "part": part, "who": who}
    return row | {"given_by": "王敏", "at": at(25)}


ROWS = {
    "inspections": [
        inspection("i1", standing="stated", standing_since=at(50)),
        inspection("i2", demo=True, state="failed", problem="清单读不出来", run=0, reviewed_at=None),
    ],
    "settings": [{"name": "kept_days", "value": "1095"}],
    "cases": [{"key": "k1", "inspection": "i1", "admission_id": ADMISSION}],
    "decisions": [
        decision("p1", "f1", "confirm", 3, amount="12.00"),
        decision("p2", "f1", "undo", 5, admission_id=OTHER, undoes=1, reasons="[]", note=""),
        decision("p3", "f2", "confirm", 8, amount="30.50"),
        decision("p4", "f2", "reject", 9, who="李强"),
    ],
    "users": [
        {"name": "王敏", "password_hash": "hash", "roles": "组长,管理员", "created_at": at(0)}
        | {"active": True, "must_change": False},
        {"name": "李强", "password_hash": "hash2", "roles": "审核员", "created_at": at(0)}
        | {"active": False, "must_change": True},
    ],
    "sessions": [{"token_hash": "a" * 64, "name": "王敏", "seen_at": at(2), "expires_at": at(59)}],
    "sign_ins": [
        {"name": "王敏", "address": "192.0.2.7", "good": True, "at": at(1)},
        {"name": "李强", "address": "192.0.2.8", "good": False, "at": at(1)},
    ],
    "preferences": [{"who": "王敏", "name": "density", "value": '"dense"'}],
    "questions": [
        {"conversation": "c1", "who": "李强", "at": at(30), "question": "床位费怎么计？", "answer": '{"said": "见依据"}'}
    ],
    "gaps": [
        {"at": at(31), "who": "李强", "question": "新项目的限价？", "as_of": "2026-01-05", "region": "310000"}
        | {"said": "没有依据", "settled_by": "王敏", "settled_at": at(32)},
        {"at": at(33), "who": "王敏", "question": "乙类比例？", "as_of": "2026-01-05", "region": ""}
        | {"said": "没有依据", "settled_by": None, "settled_at": None},
    ],
    "item_choices": [choice("c1"), choice("c2", undoes=1, local_code="", ref_code15="", ref_name="")],
    "rule_changes": [
        {"inspection": "i1", "code": "F01", "name": "off", "value": "true", "why": "不适用", "who": "王敏", "at": at(21)}
    ],
    "row_approvals": [
        {"row_table": "limits", "row_id": "r1", "region": "310000", "ceiling": "confirm", "source_doc": "文一"}
        | {"source_passage": "第三条", "why": "已核对原文", "who": "王敏", "at": at(22)}
    ],
    "assignments": [assignment("first", "王敏"), assignment("second", "李强"), assignment("second", "")],
    "inspection_settings": [{"inspection": "i1", "name": "share", "value": "20"}],
    "adjudications": [
        {"press": "a1", "inspection": "i1", "admission_id": ADMISSION, "finding": "f2", "choice": "other"}
        | {"verdict": "confirm", "amount": "20.00", "reason": "部分成立", "first": 3, "second": 4}
        | {"who": "王敏", "at": at(26)}
    ],
    "known_answers": [
        {"inspection": "i1", "finding": "f9", "verdict": "reject", "given_by": "王敏", "at": at(27)}
    ],
    "spent": [{"press": "p1", "inspection": "i1", "seconds": 41.5}],
    "own_findings": [
        {"key": "own-1", "press": "o1", "inspection": "i1", "admission_id": ADMISSION, "content": "{}"}
        | {"who": "王敏", "at": at(28)}
    ],
    "attachments": [
        {"key": "t1", "inspection": "i1", "admission_id": ADMISSION, "finding": "f1", "name": "照片.png", "size": 12}
        | {"sha256": "ab", "who": "王敏", "at": at(29), "removed_at": at(30)}
    ],
    "statements": [
        {"key": "s1", "inspection": "i1", "admission_id": ADMISSION, "finding": "f1", "stance": "partly", "said": "有记录"}
        | {"admitted": "12.00", "source": "答复.xlsx", "sha256": "cd", "who": "陈立群", "at": at(31)}
    ],
    "statement_files": [
        {"key": "sf1", "inspection": "i1", "admission_id": ADMISSION, "finding": "f1", "name": "医嘱单.pdf", "size": 12}
        | {"sha256": "ef", "who": "陈立群", "at": at(32)}
    ],
    "reconsiderations": [
        {"press": "r1", "inspection": "i1", "admission_id": ADMISSION, "finding": "f1", "statement": "s1", "decision": 1}
        | {"outcome": "reduced", "amount": "12.00", "reason": "理由成立", "who": "陈立群", "at": at(33)}
    ],
    "plans": [{"key": "pl1", "inspection": "i1", "content": "{}", "who": "陈立群", "at": at(34)}],
}  # fmt: skip

OLD_TRAIL = [  # before the chain: subjects began with the admission's number
    {"seq": seq, "at": at(minute), "who": "王敏", "act": act, "inspection": of, "subject": subject}
    for seq, minute, act, of, subject in (
        (1, 1, "sign_in", "", ""),
        (2, 2, "open_case", "i1", ADMISSION),
        (5, 4, "view_page", "i1", f"{ADMISSION} d0 1"),
        (6, 6, "compare", "i1", "A9"),
    )
]
