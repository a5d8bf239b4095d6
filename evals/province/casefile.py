"""One institution's inspection, from its review to its papers, in the workbench itself with simulated people."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from evals.province.acting import Acting, Errors, Judged, judged
from evals.province.institution import OBJECTS, answered
from evals.province.lists import LEADER
from review.agreement import Agreement, agreement
from review.casework.desk import Desk
from review.casework.results import Line, Results
from review.pages.assigning import assign_auto
from review.pages.calling import adjudicate, decide
from review.pages.hearing import reload_hearing, save_reconsideration
from review.pages.planning import take_plan
from review.procedure.plan import read_plan
from review.reports.answers_taken import take_in
from review.reports.catalogue import KINDS, WRITERS
from review.reports.dossier import open_dossier
from review.reports.shelf import SETTLED as PAPER_SETTLED
from review.reports.shelf import Order, change_state, put_together
from review.store.accounts import EXPERT, Person
from review.store.accounts import LEADER as LEADS
from review.store.entries import InspectionEntry, User
from review.store.life import SETTLED, STATED
from review.store.pairs import FIRST, SECOND, Rules
from review.store.store import new_key

HEAD = Person(LEADER, (LEADS,))
SECOND_SHARE = 50  # percent of the finished cases that a second expert reviews without seeing the first call
REASONS = {True: "核对原文与费用明细，事实成立", False: "记录可以解释，不成立"}
OUTCOMES = {True: ("withdrawn", "核对所附记录，理由成立。"), False: ("upheld", "所附记录不能说明，维持。")}
STEP, LONGEST = 0.2, 1800  # seconds between two looks at a running review, and until it is given up


@dataclass(frozen=True)
class Standing:
    """What stands at one point: confirmed findings that are right, wrong, and such that no label speaks of; yuan."""

    right: int
    wrong: int
    unknown: int
    yuan: Decimal

    @property
    def told(self) -> str:
        known = self.right + self.wrong
        share = f"，其中标注支持 {self.right}/{known}" if known else ""
        return f"成立 {known + self.unknown} 项{share}，{self.yuan:,.2f} 元"


@dataclass(frozen=True)
class Called:
    """Experts' calls, the second ones too: right findings called unfounded, wrong ones confirmed, each of how many."""

    rejected: int = 0
    right: int = 0
    confirmed: int = 0
    wrong: int = 0

    def __add__(self, other: "Called") -> "Called":
        return Called(
            self.rejected + other.rejected, self.right + other.right, self.confirmed + other.confirmed,
            self.wrong + other.wrong,
        )  # fmt: skip


@dataclass
class CaseFile:
    """`extract` is the inspection folder with its labels beside it, `drawn` the stays whose records it holds.

    `experts` are who was matched to the object.
    """

    desk: Desk
    name: str
    hospital: str
    plan: Path
    extract: Path
    drawn: Collection[str]
    experts: Sequence[str]
    seed: int
    errors: Errors
    key: str = ""
    called: Called = field(default_factory=Called)
    figures: dict[str, Any] = field(default_factory=dict)

    def review(self) -> Path:
        """Add the folder to the workbench and wait for its review; where the results lie."""
        store = self.desk.store
        known = {user.name for user in store.people.all()}
        for name in self.experts:
            if name not in known:
                store.people.add(User(name, "!", (EXPERT,)), LEADER)  # nobody signs in with this password
        self.key = store.add_inspection(self.name, self.hospital, self.extract, LEADER)
        take_plan(self.desk, HEAD, self._entry, read_plan(self.plan))
        begun = time.monotonic()
        self.desk.runs.start(self.key)
        while self._entry.state not in ("ready", "failed"):
            if time.monotonic() - begun > LONGEST:
                raise ValueError(f"{self.name}：审核超过 {LONGEST} 秒没有完成。")
            time.sleep(STEP)
        if self._entry.state == "failed":
            raise ValueError(f"{self.name}：审核没有完成（{self._entry.problem}）。")
        self.figures["审核秒数"] = round(time.monotonic() - begun, 1)
        self.figures |= self._judged.told(self._results, self.drawn)
        return self.desk.runs.out(self.key, self._entry.run)

    @cached_property
    def _judged(self) -> Judged:
        run = self.desk.runs.out(self.key, self._entry.run)
        return judged(run, self.extract.with_suffix(".labels.jsonl"))

    @cached_property
    def acting(self) -> Acting:
        return Acting(self.seed, self.errors, self._judged.truth)

    def decide(self) -> Agreement:
        """First reviewers call, the second ones drawn call without seeing it, the leader rules where they differ."""
        pairs, results = self.desk.store.pairs, self._results
        pairs.set_rules(self.key, Rules(share=SECOND_SHARE), LEADER)
        assign_auto(self.desk, HEAD, {"inspection": self.key})
        for part in (FIRST, SECOND):
            assigned = dict(self.desk.pairing(self._entry).assigned[part])
            if not set(assigned.values()) <= set(self.experts):
                raise ValueError(f"{self.name}：分派给了没有匹配到这一机构的专家。")
            for admission, who in assigned.items():
                for line in results.findings.get(admission, ()):
                    self._call(Person(who, (EXPERT,)), admission, line)
        pairing = self.desk.pairing(self._entry)
        for finding, (first, second) in list(pairing.disputes.items()):
            choice = self.acting.rules_for(finding, first.verdict == "confirm", second.verdict == "confirm")
            ruling = {"press": new_key(), "case": self._cases[first.admission_id], "finding": finding}
            adjudicate(self.desk, HEAD, ruling | {"choice": choice, "reason": "查阅原始病历后裁定。"})
        blind = [(one.verdict, other.verdict) for one, other in pairing.blind_pairs().values()]
        self.figures |= {"复核一致": f"{sum(one == other for one, other in blind)}/{len(blind)}"}
        self.figures["裁定"] = len(pairing.disputes)
        self.called = self._held_against_truth()
        return agreement(blind, ("confirm", "reject"))

    def hear(self, folder: Path) -> None:
        """The sheet goes out, comes back filled, and every objection is weighed by whoever decides the case."""
        self.desk.store.life.move(self.key, STATED, LEADER)
        folder.mkdir(parents=True, exist_ok=True)
        paper, _ = put_together(self.desk, HEAD, Order(self.key, "answers"), _now())
        sent = folder / "陈述申辩表.xlsx"
        sent.write_bytes(WRITERS["xlsx"][1](paper))
        content, stances = answered(sent.read_bytes(), self.acting.objects_to)
        if not stances:  # nothing was confirmed: there is nothing to answer
            return
        (folder / "陈述申辩表-已填.xlsx").write_bytes(content)
        told = asyncio.run(take_in(self.desk, HEAD, self._entry, "陈述申辩表-已填.xlsx", _body(content)))
        if told["saved"] != len(stances):
            raise ValueError(f"{self.name}：填了 {len(stances)} 项答复，读回 {told['saved']} 项。")
        outcomes = Counter(self._weigh(finding) for finding, stance in stances.items() if stance == OBJECTS)
        self.figures |= {"答复": len(stances), "异议": outcomes.total(), "撤销": outcomes["withdrawn"]}

    def settle(self) -> None:
        """Every paper of the leader's is settled, then the inspection."""
        for kind in KINDS.values():
            if not kind.own:
                change_state(self.desk, HEAD, self._entry, kind.key, PAPER_SETTLED)
        self.desk.store.life.move(self.key, SETTLED, LEADER)

    def papers(self, folder: Path) -> list[Path]:
        """Every paper in every form it is written in."""
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for kind in KINDS.values():
            paper, _ = put_together(self.desk, HEAD, Order(self.key, kind.key), _now())
            for ending in kind.formats:
                made.append(folder / f"{kind.title}.{ending}")
                made[-1].write_bytes(WRITERS[ending][1](paper))
        return made

    def standing(self) -> Standing:
        """What is confirmed now, held against the labels."""
        truth, results = self.acting.truth, self._results
        held = self.desk.standing(self._entry)
        confirmed = [finding for finding, call in held.items() if call.verdict == "confirm"]
        counts = Counter(truth.get(finding) for finding in confirmed)
        dossier = open_dossier(self._entry, results, held, self.desk.rules)
        points = (point for stay in dossier.stays for point in stay.points)
        yuan = sum((point.confirmed or Decimal(0) for point in points if point.id in held), Decimal(0))
        return Standing(counts[True], counts[False], counts[None], yuan)

    @property
    def _entry(self) -> InspectionEntry:
        return self.desk.inspection(self.key)

    @property
    def _results(self) -> Results:
        results = self.desk.results(self._entry)
        assert results is not None
        return results

    @cached_property
    def _cases(self) -> Mapping[str, str]:
        return self.desk.store.case_keys(self.key, list(self._results.admissions))

    def _held_against_truth(self) -> Called:
        truth = self.acting.truth
        lines = [line for line in self.desk.store.decisions(self.key) if line.finding in truth]
        counts = Counter((truth[line.finding], line.verdict == "confirm") for line in lines)
        right, wrong = (counts[said, True] + counts[said, False] for said in (True, False))
        return Called(counts[True, False], right, counts[False, True], wrong)

    def _call(self, who: Person, admission: str, line: Line) -> None:
        confirms = self.acting.confirms(who.name, line["id"])
        call = {"press": new_key(), "case": self._cases[admission], "finding": line["id"]}
        said = {"verdict": "confirm" if confirms else "reject", "reasons": [REASONS[confirms]]}
        if not decide(self.desk, who, call | said).get("ok"):
            raise ValueError(f"{self.name}：一项决定没有存上。")

    def _weigh(self, finding: str) -> str:
        admission = self.desk.standing(self._entry)[finding].admission_id
        who = Person(self.desk.pairing(self._entry).first_of(admission), (EXPERT,))
        outcome, reason = OUTCOMES[self.acting.withdraws(finding)]
        call: dict[str, Any] = {"case": self._cases[admission], "finding": finding}
        known = reload_hearing(self.desk, who, call)["hearing"]["known"]
        call |= {"press": new_key(), "outcome": outcome, "reason": reason, "known": known}
        if not save_reconsideration(self.desk, who, call).get("ok"):
            raise ValueError(f"{self.name}：一项复核没有存上。")
        return outcome


async def _body(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _now() -> datetime:
    return datetime.now().replace(microsecond=0)
