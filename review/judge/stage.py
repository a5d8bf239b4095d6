"""The second reader over a finished review: every default question of every stay, asked, proven and written down.

The findings of the rules are read and left as they are. What was answered once is never asked again, so a run that
was stopped goes on where it was, and a file of answers from beyond an air gap counts as much as a server.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from knowledge.library import Library
from review.checks.inputs import Inspection
from review.checks.registry import all_checks
from review.checks.stamping import Stamp
from review.deidentify import mask_of
from review.engines.duckdb import Warehouse
from review.errors import InputError
from review.investigator.case import Scene
from review.judge.asking import Asker, still_open
from review.judge.batch import Taken, export_requests, import_answers
from review.judge.inquiry import Inquiry
from review.judge.ledger import LEDGER, Answer, Ledger
from review.judge.models import Judgement, State
from review.judge.registry import Suspicion, default_questions
from review.judge.requests import Request
from review.judge.stays import Stay
from review.judge.turns import Asked, asked_of
from review.judge.weighing import weigh
from review.judge.written import is_finished, read_findings, read_results, write_model_parts
from review.llm import Model
from review.models import Finding
from review.pipeline import Progress, clauses_of
from review.settings import ModelLimits

STAYS_AT_ONCE = 25


@dataclass(frozen=True)
class Judged:
    """What the second reader came to; requests, tokens and yuan are of the whole inspection, all runs together."""

    states: Mapping[str, int]
    dropped: int
    injections: int
    findings: int
    requests: int
    tokens_in: int
    tokens_out: int
    yuan: float
    halted: str | None
    admissions: int
    models: tuple[str, ...]


class Bench:
    """A finished review laid open for a model: its stays with what the rules said of each."""

    def __init__(
        self, out: Path, home: Path, model: str, ledger: Path | None = None, *, inquire: bool = False
    ) -> None:
        """`model` is the name requests are written for; `ledger` is a folder, null where it lies with the results.

        `inquire` lets the model investigate each stay besides; what was begun so is gone on with in any case.

        Raises InputError where the review cannot be read."""
        if not is_finished(out):
            raise InputError(f"{out} 里没有完整的审核结果；请先审核这次检查。")
        self._out, self._model = out, model
        self.ledger = Ledger((ledger or out) / LEDGER)
        self._findings = _by_stay(read_findings(out))
        self._results = _by_stay(read_results(out))
        self._inspection = Inspection(Warehouse.reopen(out / "warehouse.duckdb"))
        self._headers = {check.header.code: check.header for check in all_checks()}

        folder = ledger or out
        self._library = Library.open(home)
        self._inquiry: Inquiry | None = None
        if inquire or Inquiry.was_begun(folder):
            found = {stay: tuple(findings) for stay, findings in self._findings.items()}
            scene = Scene(self._inspection, out / "warehouse.duckdb", self._library, found, mask_of)
            self._inquiry = Inquiry(scene, folder, model)

    def close(self) -> None:
        if self._inquiry is not None:
            self._inquiry.close()
        self.ledger.close()
        self._inspection.warehouse.close()

    @property
    def admissions(self) -> list[str]:
        """Stays with the most at issue first, so that a budget that ends early was spent where it matters."""

        def worth(admission_id: str) -> tuple[float, int]:
            found = self._findings.get(admission_id, ())
            return -sum(float(one.counted_amount or 0) for one in found), -len(found)

        return sorted(self._inspection.records, key=lambda one: (*worth(one), one))

    def _blocks(self) -> Iterator[Sequence[str]]:
        admissions = self.admissions
        for begin in range(0, len(admissions), STAYS_AT_ONCE):
            yield admissions[begin : begin + STAYS_AT_ONCE]

    def asked(self, admission_ids: Sequence[str]) -> Iterator[Asked]:
        """Everything the default questions ask of these stays."""
        questions = default_questions()
        for admission_id in admission_ids:
            record = self._inspection.records[admission_id]
            results = {one.check: one for one in self._results.get(admission_id, ())}
            stay = Stay(record, tuple(self._findings.get(admission_id, ())), results, self._headers)
            yield from asked_of(stay, questions, self._model)

    def open_requests(self) -> Iterator[Request]:
        """What has no readable answer yet, noted in the ledger as it goes out."""
        for block in self._blocks():
            for asked in self.asked(block):
                for turn in asked.turns:
                    self.ledger.note([turn.request])
                    request = still_open(self.ledger, turn.request, asked.question.answer)
                    if request is not None:
                        self.ledger.note([request])
                        yield request
        if self._inquiry is not None:
            for request in self._inquiry.open_requests(self.admissions):
                self.ledger.note([request])
                if self.ledger.answer(request.key) is None:
                    yield request

    def judge(self, asker: Asker | None, limits: ModelLimits, tell: Progress) -> Judged:
        """Ask what is open where there is somebody to ask, weigh all answers, and write the model's share."""
        judgements: list[Judgement] = []
        findings: list[Finding] = []
        stamp = Stamp(self._inspection, clauses_of(self._library))
        count = len(self._inspection.records)
        for number, block in enumerate(self._blocks()):
            asked = list(self.asked(block))
            if asker is not None:
                asker.ask([(turn.request, one.question.answer) for one in asked for turn in one.turns])
            halted = asker.halted if asker else None
            for one in asked:
                weighed = weigh(one, self.ledger, self._inspection.layout, halted)
                judgements += weighed.judgements
                findings += self._stamped(one, weighed.suspicions, stamp, weighed.judgements)
            tell("模型阅读", min((number + 1) * STAYS_AT_ONCE, count), count)
        for judgement, proven in self._investigated(asker, tell):
            judgements.append(judgement)
            findings += proven
        judged = self._told(judgements, findings, limits, asker.halted if asker else None)
        write_model_parts(self._out, judgements, _once(findings), asdict(judged))
        return judged

    def _investigated(
        self, asker: Asker | None, tell: Progress
    ) -> Iterator[tuple[Judgement, tuple[Finding, ...]]]:
        if self._inquiry is None:
            return

        def said(request: Request) -> Answer | None:
            return self.ledger.answer(request.key)

        ask = asker.ask_as_they_are if asker is not None else self.ledger.note
        admissions = self.admissions
        for number, told in enumerate(self._inquiry.go_on(admissions, said, ask), start=1):
            tell("模型查阅", number, len(admissions))
            yield told

    def _stamped(
        self, asked: Asked, suspicions: Sequence[Suspicion], stamp: Stamp, judgements: Sequence[Judgement]
    ) -> Iterator[Finding]:
        """New suspicions under the header of the check they belong to, unless its rule has found the same."""
        known = {one.id for one in asked.stay.findings}
        origin = f"model（{judgements[0].model}，{judgements[0].prompt}）"
        for one in suspicions:
            found = stamp.finding(self._headers[one.check], asked.stay.record, one.problem)
            if found.id not in known:
                yield replace(found, origin=origin)

    def _told(
        self,
        judgements: Sequence[Judgement],
        findings: Sequence[Finding],
        limits: ModelLimits,
        halted: str | None,
    ) -> Judged:
        spent = self.ledger.spent()
        states = Counter(str(one.state) for one in judgements)
        return Judged(
            {str(state): states[str(state)] for state in State},
            sum(one.dropped for one in judgements),
            sum(one.injection for one in judgements),
            len(findings),
            spent.requests,
            spent.tokens_in,
            spent.tokens_out,
            round(limits.cost(spent.tokens_in, spent.tokens_out), 4),
            halted,
            len({one.admission_id for one in judgements}),
            tuple(sorted({one.model for one in judgements if one.model})),
        )


def judge_live(
    out: Path,
    home: Path,
    model: Model,
    limits: ModelLimits,
    tell: Progress,
    ledger: Path | None = None,
    stop: threading.Event | None = None,
    *,
    inquire: bool = False,
) -> Judged:
    """Ask a model over the network and write what it read beside the review in `out`. Raises InputError."""
    bench = Bench(out, home, model.name, ledger, inquire=inquire)
    try:
        return bench.judge(Asker(model, bench.ledger, limits, stop), limits, tell)
    finally:
        bench.close()


def export_open(out: Path, home: Path, model: str, file: Path, *, inquire: bool = False) -> int:
    """Write what is to be asked to a file; gives the number of requests. Raises InputError."""
    bench = Bench(out, home, model, inquire=inquire)
    try:
        return export_requests(file, bench.open_requests())
    finally:
        bench.close()


def import_and_judge(
    out: Path, home: Path, file: Path, limits: ModelLimits, tell: Progress
) -> tuple[Taken, Judged]:
    """Take answers from a file and write what they come to. Raises InputError."""
    bench = Bench(out, home, _exported_for(out))
    try:
        taken = import_answers(file, bench.ledger)
        return taken, bench.judge(None, limits, tell)
    finally:
        bench.close()


def last_model(out: Path) -> str | None:
    """The name that the questions of a review were last written for; null where none were."""
    if not (out / LEDGER).exists():
        return None
    ledger = Ledger(out / LEDGER)
    model = ledger.last_model()
    ledger.close()
    return model


def _exported_for(out: Path) -> str:
    model = last_model(out)
    if model is None:
        raise InputError(f"{out} 还没有导出过问题；请先用 --export-requests 导出，再导入它们的回答。")
    return model


def _by_stay(all_of_them: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in all_of_them:
        found.setdefault(one.admission_id, []).append(one)
    return found


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Each finding once, in the order findings are written."""
    unique = {one.id: one for one in findings}
    return sorted(unique.values(), key=lambda one: (one.admission_id, one.check, one.id))
