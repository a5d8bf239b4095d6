"""Whether what the server acknowledged is what it holds: every receipt beside the decisions and the audit trail."""

import json
from collections import Counter
from collections.abc import Collection, Sequence

from evals.bench.reviewer import Receipt
from review.store.chain import DECIDES
from review.store.entries import Decision, TrailFilter, TrailLine
from review.store.store import Store

MOST = 1_000_000


def compare(store: Store, receipts: Sequence[Receipt], sent: Collection[str]) -> list[str]:
    """What is wrong, in words; nothing where every press is there once, as it was made, and the chain is whole."""
    held = [line for entry in store.inspections() for line in store.decisions(entry.key)]
    by_press = {line.press: line for line in held}
    wrong = [one for receipt in receipts for one in _against(store, receipt, by_press.get(receipt.press))]
    wrong += [f"决定 {press} 记了 {n} 次" for press, n in Counter(x.press for x in held).items() if n > 1]
    wrong += [f"回执 {press} 有 {n} 份" for press, n in Counter(x.press for x in receipts).items() if n > 1]
    wrong += [f"决定 {line.press} 没有人发出过" for line in held if line.press not in sent]
    wrong += [
        f"第 {seq} 行撤销了 {n} 次" for seq, n in Counter(x.undoes for x in held if x.undoes).items() if n > 1
    ]
    wrong += _against_trail(store, held)
    state = store.trail.verify()
    return wrong + ([state.problem] if state.problem else [])


def _against(store: Store, receipt: Receipt, line: Decision | None) -> list[str]:
    if line is None:
        return [f"回执 {receipt.press}（{receipt.who}）的决定丢失"]
    made = (line.who, line.finding, line.verdict, line.undoes, (line.inspection, line.admission_id))
    told = (receipt.who, receipt.finding, receipt.verdict, receipt.undone, store.case(receipt.case))
    words = (line.reasons, line.note, line.amount) == (receipt.reasons, receipt.note, receipt.amount)
    same = made == told and (receipt.verdict == "undo" or words) and receipt.seq in (None, line.seq)
    return [] if same else [f"回执 {receipt.press}（{receipt.who}）与保存的决定不符"]


def _against_trail(store: Store, held: Sequence[Decision]) -> list[str]:
    """Each decision has one line of the trail, in the name of who made it, about its case and finding."""
    lines = [line for act in DECIDES for line in store.trail.lines(TrailFilter(act=act), most=MOST)]
    told: dict[int, list[TrailLine]] = {}
    for line in lines:
        told.setdefault(json.loads(line.after)["decision"], []).append(line)
    keys = {entry.key: store.case_keys(entry.key, []) for entry in store.inspections()}
    wrong = [f"留痕记了没有的决定 {seq}" for seq in set(told) - {line.seq for line in held}]
    for one in held:
        subject = f"{keys[one.inspection][one.admission_id]} {one.finding}".strip()
        wanted = (one.who, "undo" if one.undoes else "decide", one.inspection, subject)
        found = [(x.who, x.act, x.inspection, x.subject) for x in told.get(one.seq, ())]
        if found != [wanted]:
            wrong.append(f"决定 {one.press} 的留痕不是一行，或不是它的")
    return wrong
