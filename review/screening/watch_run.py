"""One run of a standing watch: which stays are due, which must be seen beside them, and what stands afterwards.

Due are the new and the changed stays. Beside them are seen again the older stays that a rule counts together with them,
or with withdrawn ones, and stays of which an answer about their hospital or item has turned. So the findings that stand
are those that one screening of all months would give.
"""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from review.checks.registry import Check
from review.engines.duckdb import Warehouse
from review.errors import SettingsError
from review.pipeline import NOTHING_SETTLED
from review.screening.claims import ClaimFile, find_claims, text_literal
from review.screening.preparing import Options, Progress, prepared
from review.screening.run import rules_of, screen
from review.screening.watch import Month, Ran, Watch
from review.screening.watch_elsewhere import Elsewhere, Wanted
from review.screening.watch_frame import about, begun_with, rules_key
from review.screening.watch_months import Difference, compare, read_month, weigh, write_extract
from review.screening.watch_together import copy_spans
from review.settled import Settled

APART = 1000  # numbers of files between one reading of stays and the next
DUE = "status where kind in ('new', 'changed')"


@dataclass(frozen=True)
class Adding:
    """What a run is asked to do: add a month's claims, or (`again`) review all that is held anew, or both."""

    month: str = ""
    claims: tuple[Path, ...] = ()
    region: str | None = None
    again: bool = False
    withdrawn: bool = False
    memory: float = 3.0
    seconds: float = 3600.0


@dataclass(frozen=True)
class Added:
    """What a run did. `standing` is false where nothing was new and nothing was written."""

    watch: Watch
    ran: Ran
    standing: bool
    notes: tuple[str, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    laps: Mapping[str, float] = field(default_factory=dict)


class Run:
    """One run, step by step; nothing outside the folder of work is touched until the end."""

    def __init__(
        self,
        watch: Watch,
        adding: Adding,
        home: Path,
        tell: Progress,
        settled: Settled = NOTHING_SETTLED,
        checks: tuple[Check, ...] | None = None,
    ) -> None:
        self.watch, self.adding, self.home, self.tell, self.settled = watch, adding, home, tell, settled
        self.checks = rules_of(home, settled) if checks is None else checks
        self.state = watch.state
        self.begun, self.clock = time.perf_counter(), time.perf_counter()
        self.laps: dict[str, float] = {}
        self.parts = {month: watch.part(month) for month in watch.state.months}
        self.notes: tuple[str, ...] = ()

    def lap(self, stage: str) -> None:
        """The seconds since the last stage are this stage's."""
        self.laps[stage] = round(time.perf_counter() - self.clock, 3)
        self.clock = time.perf_counter()

    def go(self) -> Added:
        """Raises InputError or SettingsError with what to do; then nothing has changed."""
        files = find_claims(self.adding.claims) if self.adding.month else ()
        key = rules_key(self.checks, self.home, self.settled)
        again = self.adding.again
        if self.state.run and self.state.rules != key and not again:
            held = sum(month.stays for month in self.state.months.values())
            raise SettingsError(
                f"上次月结之后规则、知识库或口径已更新：在库的 {held:,} 例都须按新的规则重新审核，"
                "否则各月的比率不可比；请加 --again 重试（全部重审一遍）。"
            )
        self.watch.work.mkdir(parents=True)
        if files:
            self._read(files)
        ledger = self._ledger()
        difference = compare(ledger, self.watch, self.parts, self.adding.month)
        weigh(difference, self.watch, self.adding.month, self.adding.withdrawn)
        self.lap("比对")
        if difference.nothing and not again and self.adding.month in self.state.months:
            ledger.close()
            return Added(self.watch, self._ran(difference, 0), False, self.notes, laps=self.laps)
        rules, beside = self._review(ledger, again)
        ran = self._ran(difference, beside)
        watch = self._keep(ledger, key, ran)
        ledger.close()
        self.lap("写入")
        return Added(watch, ran, True, self.notes, rules, self.laps)

    def _read(self, files: tuple[ClaimFile, ...]) -> None:
        """Read the month in, and take what the watch is about from the first."""
        self.tell(f"读入 {self.adding.month}")
        part, scratch = self.watch.work / "part", self.watch.work / "scratch"
        scratch.mkdir()
        laid = read_month(files, part, scratch, self.adding.memory)
        self.notes = laid.notes
        self.parts[self.adding.month] = part
        if not self.state.run:
            self.state = begun_with(self.state, self.adding.claims, self.adding.region, part)
        given = {table for table, count in laid.rows.items() if count}
        self.state = replace(self.state, provided=tuple(sorted(given | set(self.state.provided))))
        self.lap("读入")

    def _ledger(self) -> Warehouse:
        """A warehouse in memory for what is known of stays, not of their lines."""
        ledger = Warehouse.empty()
        spill = str(self.watch.work / "spill").replace("'", "''")
        ledger.bound_memory(self.adding.memory)
        ledger.run(f"set temp_directory = '{spill}'")
        return ledger

    def _review(self, ledger: Warehouse, again: bool) -> tuple[Mapping[str, Any], int]:
        """Screen what is due with what must be seen beside it; the report of the rules, and how many were beside."""
        work, first = self.watch.work, again or not self.state.run
        due = "select admission_id from now" if first else f"select admission_id from {DUE}"
        ledger.run(f"copy ({due}) to {text_literal(work / 'due.parquet')} (format parquet)")
        ledger.keep("due", due)
        ledger.keep("seen", due)
        gone = None if first else self._gone(ledger)
        totals = None if first else self.watch.now / "counts"
        elsewhere = Elsewhere(
            work / "due.parquet",
            totals,
            gone,
            self.state.provided,
            self.parts,
            work / "counts",
            self._fetching(ledger),
        )
        try:
            report = self._screened(ledger, elsewhere)
        finally:
            elsewhere.close()
        self.lap("审核")
        counted = ledger.rows(
            "select count(*) as n from seen where admission_id not in (select admission_id from due)"
        )
        return report, int(counted[0]["n"])

    def _fetching(self, ledger: Warehouse) -> Callable[[Wanted], tuple[ClaimFile, ...]]:
        """What gives the claims of the stays that are wanted too, each time in files of other names."""
        fetched = count(1)
        asked: set[str] = set()

        def fetch(wanted: Wanted) -> tuple[ClaimFile, ...]:
            assert asked.isdisjoint(wanted.stays), "a stay that was fetched is laid out"
            asked.update(wanted.stays)
            self._see(ledger, wanted)
            number = next(fetched)
            claims = self.watch.work / "found" / f"further-{number}"
            write_extract(ledger, self.parts, "wanted", claims, start=number * APART + 1)
            return find_claims((claims,))

        return fetch

    def _see(self, ledger: Warehouse, wanted: Wanted) -> None:
        """Note that these stays are seen again, and why."""
        ledger.keep_arrow("wanted", pa.table({"admission_id": list(wanted.stays)}))
        ledger.run("insert into seen select admission_id from wanted")
        if wanted.turned:
            self.tell(f"本月的数据改变了医院或项目的共同口径，另有 {len(wanted.turned):,} 例须随同重看")
        if wanted.bound:
            self.tell(f"与本月住院合并计算的往次住院 {len(wanted.bound):,} 例，随同重看")

    def _screened(self, ledger: Warehouse, elsewhere: Elsewhere) -> Mapping[str, Any]:
        options = self._options(self.watch.work / "found", "seen", ledger, self.parts)
        if options is None:
            wanted = self._nothing_due(elsewhere)
            if not wanted.stays:
                return {}
            self._see(ledger, wanted)
            options = self._options(self.watch.work / "found", "seen", ledger, self.parts)
        assert options is not None, "stays that are wanted are held"
        done = screen(options, self.home, self.tell, self.checks, self.settled, elsewhere)
        return done.as_json()

    def _nothing_due(self, elsewhere: Elsewhere) -> Wanted:
        bare = Warehouse.empty()
        try:
            bare.load_rows("inspection", [{"hospital_code": self.state.hospital_code}])
            elsewhere.framed(bare)
            return elsewhere.nothing_due(bare)
        finally:
            bare.close()

    def _options(
        self, folder: Path, wanted: str, ledger: Warehouse, parts: Mapping[str, Path]
    ) -> Options | None:
        """An extract of the wanted stays; null where there are none."""
        shutil.rmtree(folder, ignore_errors=True)
        if not ledger.has_rows(wanted):
            return None
        write_extract(ledger, parts, wanted, folder / "claims")
        return Options(
            (folder / "claims",),
            folder / "findings.parquet",
            region=self.state.region,
            memory=self.adding.memory,
            seconds=self.adding.seconds,
            about=about(self.state),
        )

    def _gone(self, ledger: Warehouse) -> Path | None:
        """The counts of the stays as they were before they changed or were withdrawn; null where there are none."""
        work = self.watch.work
        held = {month: self.watch.part(month) for month in self.state.months}
        ledger.keep("gone", "select admission_id from status where kind in ('changed', 'withdrawn')")
        options = self._options(work / "gone", "gone", ledger, held)
        if options is None:
            return None
        ledger.run(f"copy gone to {text_literal(work / 'gone.parquet')} (format parquet)")
        counts = Elsewhere(
            work / "gone.parquet", None, None, self.state.provided, {}, work / "gone" / "counts"
        )
        files = find_claims(options.claims)
        warehouse, _ = prepared(
            options, files, about(self.state), self.home, "", lambda line: None, self.settled, counts
        )
        try:
            counts.count(warehouse)
        finally:
            warehouse.close()
        copy_spans(ledger, self.watch.now / "counts", "gone", work / "gone" / "counts")
        return work / "gone" / "counts"

    def _ran(self, difference: Difference, beside: int) -> Ran:
        seconds = round(time.perf_counter() - self.begun, 1)
        at = datetime.now(UTC).replace(microsecond=0).isoformat()
        told = (difference.new, difference.changed, difference.unchanged, difference.withdrawn, beside)
        return Ran(self.state.run + 1, at, self.adding.month, *told, seconds)

    def _keep(self, ledger: Warehouse, key: str, ran: Ran) -> Watch:
        """Put what now stands in place: the index of stays, the findings and outcomes of this run, the counts."""
        work, run = self.watch.work, ran.run
        ledger.run(
            f"copy (select n.*, case when s.admission_id is not null then {run} else h.reviewed_in end as reviewed_in "
            "from now n left join (select distinct admission_id from seen) s on s.admission_id = n.admission_id "
            "left join held h on h.admission_id = n.admission_id order by n.admission_id) "
            f"to {text_literal(work / 'index.parquet')} (format parquet, compression zstd)"
        )
        found = work / "found" / "findings.parquet"
        if found.exists():
            found.rename(work / "findings.parquet")
            report = json.loads(found.with_suffix(".json").read_text("utf-8"))
            (work / "report.json").write_text(json.dumps(report, ensure_ascii=False), "utf-8")
        for name in ("found", "gone", "scratch", "spill"):
            shutil.rmtree(work / name, ignore_errors=True)
        for name in ("due", "gone"):
            (work / f"{name}.parquet").unlink(missing_ok=True)
        months = dict(self.state.months)
        if self.adding.month:
            stays = ledger.rows(
                f"select count(*) as n from read_parquet({text_literal(work / 'part' / 'stays.parquet')})"
            )
            months[self.adding.month] = Month(run, int(stays[0]["n"]))
        state = replace(self.state, run=run, rules=key, months=months, ran=(*self.state.ran, ran))
        return self.watch.commit(state)
