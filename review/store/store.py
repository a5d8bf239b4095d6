"""The store: inspections and decisions in SQLite or PostgreSQL; beside it talks, people, rulings and the trail.

Decisions are only ever appended; what holds now is read from the lines. It knows nothing of findings but their ids.
"""

import json
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from review.errors import SettingsError
from review.settled import Settled
from review.store.chain import decision_hash
from review.store.decision_rows import by_press, case_key, decision_of, is_ruled, own_standing, undo_of
from review.store.engine import engine_of, migrate
from review.store.entries import UNDO, Decision, InspectionEntry, Press, Proposal
from review.store.hearings import Hearings
from review.store.keys import new_key as new_key
from review.store.life import Life, require_open
from review.store.looks import Looks
from review.store.pairs import Pairs
from review.store.people import People
from review.store.plans import Plans
from review.store.proposals import Proposals
from review.store.proving import Prover
from review.store.rulings import Rulings
from review.store.schema import cases, decisions, inspections, preferences
from review.store.schema import now as now
from review.store.talks import Talks
from review.store.trail import Pen, Trail


class AlreadyRuled(Exception):
    """A finding was ruled on or reconsidered: nothing more is decided on it and nothing is taken back."""


class Store:
    """One database, safe from many threads; each call is its own transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read: dict[str, list[Decision]] = {}  # by inspection, as far as they have been read
        self._reading = threading.Lock()
        self.trail = Trail(engine)
        self.prover = Prover(self.trail)
        self.looks = Looks(self.trail)
        self.people = People(engine, self.trail)
        self.talks = Talks(engine, self.trail)
        self.pairs = Pairs(engine, self.trail)
        self.rulings = Rulings(engine, self.trail)
        self.proposals = Proposals(engine, self.trail)
        self.plans = Plans(engine, self.trail)
        self.hearings = Hearings(engine, self.trail)
        self.life = Life(engine, self.trail)

    @classmethod
    def open(cls, url: str) -> "Store":
        """Connect and bring the tables up to date."""
        try:
            engine = engine_of(url)
            with engine.begin() as connection:
                connection.detach()  # what a migration settles for its connection ends with it
                migrate(connection)
        except ImportError as problem:
            raise SettingsError(f"缺少数据库驱动 {problem.name}；请在运行环境里安装它。") from problem
        except (ArgumentError, SQLAlchemyError, OSError) as problem:
            kind = type(problem).__name__
            raise SettingsError(
                f"数据库打不开（{kind}）；请检查 MINGJIAN_DATABASE 的地址、权限和磁盘空间。"
            ) from problem
        return cls(engine)

    def close(self) -> None:
        self.prover.close()
        self._engine.dispose()

    def add_inspection(self, name: str, hospital: str, folder: Path, who: str, *, demo: bool = False) -> str:
        key = new_key()
        row = {
            "key": key,
            "name": name[:200],
            "hospital": hospital[:200],
            "folder": str(folder),
            "demo": demo,
        }
        row |= {"state": "waiting", "run": 0, "created_by": who, "created_at": now()}
        with self._engine.begin() as connection:
            connection.execute(insert(inspections).values(row))
        return key

    def update_inspection(self, key: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(inspections).where(inspections.c.key == key).values(values))

    def inspections(self) -> list[InspectionEntry]:
        """All inspections, newest first."""
        newest = select(inspections).order_by(inspections.c.created_at.desc(), inspections.c.key)
        with self._engine.connect() as connection:
            return [InspectionEntry(**row) for row in connection.execute(newest).mappings()]

    def forget(self, inspection: str, who: str) -> None:
        """Delete an inspection from the store; its lines of the trail stay."""
        self.life.remove(inspection, who)
        with self._reading:
            self._read.pop(inspection, None)

    def case_keys(self, inspection: str, admissions: list[str]) -> dict[str, str]:
        """The opaque key of each admission, made when first asked for."""
        wanted = select(cases.c.admission_id, cases.c.key).where(cases.c.inspection == inspection)
        with self._engine.begin() as connection:
            known = {row[0]: row[1] for row in connection.execute(wanted)}
            fresh = {admission: new_key() for admission in admissions if admission not in known}
            if fresh:
                rows = [{"key": key, "inspection": inspection, "admission_id": a} for a, key in fresh.items()]
                connection.execute(insert(cases), rows)
        return known | fresh

    def case(self, key: str) -> tuple[str, str] | None:
        """The inspection and admission behind a key."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(cases.c.inspection, cases.c.admission_id).where(cases.c.key == key)
            ).first()
        return (row[0], row[1]) if row else None

    def append(self, press: Press, undoes: int | None = None, spent: float | None = None) -> Decision:
        """Write one line and return it; the same press sent again returns the line it made the first time.

        Raises AlreadyRuled where a ruling or a reconsideration of the finding was saved before this line,
        ClosedInspection where nothing is decided any more.

        The line of the audit trail is saved with it; it names no words of the person, only their hash.
        `spent` is the time at the finding before the press, in seconds; it counts once as the press does.
        """
        with self.trail.transaction() as pen:
            known = by_press(pen.connection, press.press) or undo_of(pen.connection, undoes)
            return known or self._write(pen, press, undoes, spent)

    def propose(self, proposal: Proposal, press: Press) -> Decision:
        """Save a finding of an expert with his own call on it; the same press sent again changes nothing.

        Raises ClosedInspection."""
        with self.trail.transaction() as pen:
            known = by_press(pen.connection, press.press)
            if known is not None:
                return known
            require_open(pen.connection, press.inspection)
            case = case_key(pen.connection, press.inspection, press.admission_id)
            self.proposals.add(pen, proposal, case)
            return self._write(pen, press, None, None)

    def _write(self, pen: Pen, press: Press, undoes: int | None, spent: float | None) -> Decision:
        row = asdict(press) | {
            "reasons": json.dumps(press.reasons, ensure_ascii=False),
            "undoes": undoes,
            "at": now(),
        }
        require_open(pen.connection, press.inspection)
        if press.finding and is_ruled(pen.connection, press):
            raise AlreadyRuled
        before = own_standing(pen.connection, press)
        made = insert(decisions).values(row).returning(decisions.c.seq)
        seq = pen.connection.execute(made).scalar_one()
        case = case_key(pen.connection, press.inspection, press.admission_id)
        told = {"decision": seq, "verdict": press.verdict, "content": decision_hash(row)}
        told |= {name: row[name] for name in ("amount", "undoes") if row[name] is not None}
        pen.write(
            press.who,
            "undo" if undoes is not None else "decide",
            press.inspection,
            f"{case} {press.finding}".strip(),
            before=before,
            after=json.dumps(told, ensure_ascii=False),
        )
        if spent is not None:
            self.pairs.note_time(pen, press.inspection, press.press, spent)
        return decision_of(row | {"seq": seq})

    def decisions(self, inspection: str) -> list[Decision]:
        """The whole trail of one inspection, oldest first.

        Lines are only ever appended, one writer at a time, so what was read once is asked for no more.
        """
        with self._reading:
            known = self._read.setdefault(inspection, [])
            fresh = decisions.c.seq > (known[-1].seq if known else 0)
            lines = select(decisions).where(decisions.c.inspection == inspection, fresh)
            with self._engine.connect() as connection:
                rows = connection.execute(lines.order_by(decisions.c.seq)).mappings()
                known.extend(decision_of(row) for row in rows)
            return list(known)

    def undo_last(self, press: str, inspection: str, who: str) -> tuple[Decision, Decision] | None:
        """Take back the last standing line of one person: a new line that names it. Null if there is none."""
        with self._engine.connect() as connection:
            repeated = by_press(connection, press)
        lines = {line.seq: line for line in self.decisions(inspection)}
        if repeated is not None and repeated.undoes is not None:
            return repeated, lines[repeated.undoes]
        undone = {line.undoes for line in lines.values()}
        own = [x for x in lines.values() if x.who == who and x.verdict != UNDO and x.seq not in undone]
        if not own:
            return None
        last = own[-1]
        line = Press(press, inspection, last.admission_id, last.finding, UNDO, who)
        return self.append(line, undoes=last.seq), last

    def write_trail(self, who: str, act: str, inspection: str = "", subject: str = "", **change: str) -> None:
        """Note who did what; `subject`, and in `change` `before` and `after`, hold keys and values, no words."""
        self.trail.write(who, act, inspection, subject, **change)

    def prefer(self, who: str, name: str, value: str) -> None:
        mine = (preferences.c.who == who) & (preferences.c.name == name)
        with self._engine.begin() as connection:
            if connection.execute(update(preferences).where(mine).values(value=value)).rowcount == 0:
                connection.execute(insert(preferences).values(who=who, name=name, value=value))

    def preferences(self, who: str) -> dict[str, str]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(preferences.c.name, preferences.c.value).where(preferences.c.who == who)
            )
            return {row[0]: row[1] for row in rows}


def is_there(url: str) -> bool:
    """Whether a store has been made at an address; a server's is asked only when opened."""
    try:
        address = make_url(url)
    except ArgumentError as problem:
        raise SettingsError("数据库的地址读不出来；请检查 MINGJIAN_DATABASE。") from problem
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


def settled_in(url: str) -> Settled:
    """What people have settled for every inspection; nothing where no store has been made yet."""
    if not is_there(url):
        return Settled()
    store = Store.open(url)
    try:
        return store.rulings.settled("")
    finally:
        store.close()
