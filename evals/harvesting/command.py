"""`python -m evals harvest`: from the store of a workbench to a labelled case, with what a person should know of it.

The harvest itself is noted in the audit trail: who takes records out of a workbench leaves a trace of it.
"""

from collections.abc import Iterator
from pathlib import Path

from evals.harvesting.fidelity import Fidelity, Mark
from evals.harvesting.harvest import Harvested, Reviewed, harvest_case
from review.casework.hearing import heard_in
from review.casework.pairing import Pairing
from review.casework.proposing import joined, own_lines
from review.casework.results import Results
from review.rulebook.rulebook import describe_headers
from review.settings import Settings
from review.store.entries import InspectionEntry
from review.store.store import Store, is_there

SHOWN = 10
BY = "命令行"


def harvest(wanted: str, out: Path, settings: Settings, *, check: bool = False) -> list[str]:
    """Harvest the inspection of this name or key and tell what came of it. Raises ValueError where it cannot be."""
    if not is_there(settings.database_url):
        raise ValueError(
            "还没有工作台的数据库；请先在工作台审阅检查，或核对 MINGJIAN_HOME、MINGJIAN_DATABASE。"
        )
    store = Store.open(settings.database_url)
    try:
        entry = _entry(store, wanted)
        run = settings.home / "inspections" / entry.key / f"run-{entry.run}"
        if not run.is_dir():
            raise ValueError(f"检查“{entry.name}”的审核结果 {run} 已不在；请核对 MINGJIAN_HOME，或重新审核。")
        results = Results(run)
        try:
            whole = _with_own(store, entry, results)
            heard = heard_in(store.hearings, entry.key)
            reviewed = Reviewed(Path(entry.folder), whole.findings, _pairing(store, entry, whole), heard)
        finally:
            results.close()
        if not reviewed.folder.is_dir():
            raise ValueError(f"检查文件夹 {entry.folder} 已不在；请放回原处，或核对磁盘是否接好。")
        done = harvest_case(reviewed, out, settings.home, check=check)
        settled = store.rulings.settled(entry.key)
        store.write_trail(BY, "harvest", entry.key, after=str(_labels(done)))
    finally:
        store.close()
    return [
        *_told(done, out),
        *_told_of_settled(len(settled.items) + len(settled.changes) + len(settled.approvals)),
    ]


def _entry(store: Store, wanted: str) -> InspectionEntry:
    entries = store.inspections()
    found = [one for one in entries if one.key == wanted] or [one for one in entries if one.name == wanted]
    if not found:
        held = "、".join(f"{one.name}（{one.key}）" for one in entries[:SHOWN]) or "一个也没有"
        raise ValueError(f"没有名称或编号为“{wanted}”的检查；现有：{held}。")
    if len(found) > 1:
        keys = "、".join(one.key for one in found)
        raise ValueError(f"有 {len(found)} 个检查都叫“{wanted}”；请改用编号：{keys}。")
    if not found[0].run:
        raise ValueError(f"检查“{found[0].name}”还没有审核过；请先在工作台审核并由专家决定。")
    return found[0]


def _pairing(store: Store, entry: InspectionEntry, results: Results) -> Pairing:
    pairs, key = store.pairs, entry.key
    lines, rulings = store.decisions(key), pairs.adjudications(key)
    return Pairing(key, pairs.rules(key), pairs.assigned(key), lines, rulings, results.amounts, results.own)


def _with_own(store: Store, entry: InspectionEntry, results: Results) -> Results:
    """The results with what experts found themselves: a case that lacks it would hide what the checks missed."""
    own = own_lines(store.proposals.of(entry.key), store.decisions(entry.key))
    by_price = {rule["code"] for rule in describe_headers() if rule.get("takes") == "price"}
    return joined(results, own, by_price)


def _labels(done: Harvested) -> int:
    return sum(len(said["must_find"]) + len(said["must_not_find"]) for said in done.admissions.values())


def _told(done: Harvested, out: Path) -> Iterator[str]:
    said, written = done.admissions.values(), done.written
    wanted, spared = (sum(len(one[part]) for one in said) for part in ("must_find", "must_not_find"))
    clean = sum(one["clean"] for one in said)
    yield f"案例写到 {out}：住院 {len(done.admissions)} 例"
    yield f"  应发现 {wanted} 项，不应发现 {spared} 项，清白住院 {clean} 例"
    if done.labels.pending:
        yield f"  未决 {done.labels.pending} 项（未决定、待补、两人不一致而未裁定），不作标注"
    if done.labels.withdrawn:
        yield f"  经陈述申辩撤销 {done.labels.withdrawn} 项，不作标注：所依据的可能是机构另行提交的材料"
    if done.labels.withheld:
        yield f"  驳回 {done.labels.withheld} 项未作标注：同一例还有同类同明细的疑点未被驳回"
    if written.reissued:
        recognised = f"，其中 {written.recognised} 份含识别的页" if written.recognised else ""
        yield f"  {written.reissued} 份 Word、PDF、图片改以文本写出{recognised}；版式、签章图像与文件痕迹不在案例里"
    if written.unread:
        yield f"  {written.unread} 份读不出来的文件没有写出"
    yield "残留检查：逐字节查过全部输出文件和文件名，没有残留"
    if done.words:
        yield f"  {done.words} 个姓名与常用词或项目名同字：只在语境表明是人的地方改写，请抽看这些案例的文书"
    if done.fidelity:
        yield from _told_of_fidelity(done.fidelity, done.destroyed)


def _told_of_fidelity(fidelity: Fidelity, destroyed: int) -> Iterator[str]:
    yield f"前后各审核一次：{fidelity.same} 项疑点一致，少 {len(fidelity.lost)} 项，多 {len(fidelity.new)} 项"
    yield from (f"  少：{_short(mark)}" for mark in fidelity.lost[:SHOWN])
    yield from (f"  多：{_short(mark)}" for mark in fidelity.new[:SHOWN])
    if destroyed:
        yield f"  少的疑点中有 {destroyed} 项专家已确认；改写使其无从发现，已从标注中去掉"


def _short(mark: Mark) -> str:
    check, violation, stay, lines, yuan, certainty = mark
    return f"{stay} {check} {violation} {certainty} 明细 {len(lines)} 行 {yuan} 元"


def _told_of_settled(count: int) -> Iterator[str]:
    if count:
        yield f"工作台对这个检查有 {count} 项对码、规则改动或批准；评测案例时不带这些，结果可能因此不同"
