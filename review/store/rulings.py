"""The store's rulings: what people settled on items, checks and rows. Lines are only appended; the last one holds."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Engine

from review.settled import ADOPTED, ItemChoice, RowApproval, RuleChange, Settled
from review.store.life import require_open
from review.store.schema import item_choices, now, row_approvals, rule_changes
from review.store.trail import Trail


class Rulings:
    """Item choices, rule changes and row approvals in the store's database; each call is its own transaction."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def settled(self, inspection: str, hospitals: Iterable[str] | None = None) -> Settled:
        """All that holds for an inspection; `hospitals` narrows the item choices, null takes every hospital's."""
        changes = [
            one for one in self.changes() if one.inspection in ("", inspection) and one.value is not None
        ]
        approvals = [one for one in self.approvals() if one.ceiling]
        return Settled(self.choices(hospitals), tuple(changes), tuple(approvals))

    def choose(self, press: str, who: str, choice: ItemChoice, inspection: str = "") -> ItemChoice:
        """Note what an item is; the same press sent again returns what it made the first time.

        `inspection` is the one in whose review it was asked; raises ClosedInspection where that is closed."""
        row = {
            name: getattr(choice, name)
            for name in ("hospital", "local_code", "local_name", "ref_code15", "ref_name", "quality")
        }
        return self._append_choice(press, row | {"who": who, "undoes": None}, inspection)

    def undo_choice(self, press: str, who: str, hospital: str, inspection: str = "") -> ItemChoice | None:
        """Take back a person's own last standing choice for a hospital; the choice taken back, or null.

        Raises ClosedInspection."""
        lines = self._choice_lines()
        undone = {line.undoes for line in lines}
        own = [
            line
            for line in lines
            if line.who == who
            and line.hospital == hospital
            and line.undoes is None
            and line.seq not in undone
        ]
        if not own:
            return None
        last = own[-1]
        row = {
            name: getattr(last, name)
            for name in ("hospital", "local_code", "local_name", "ref_code15", "ref_name", "quality")
        }
        self._append_choice(press, row | {"who": who, "undoes": last.seq}, inspection)
        return last

    def choices(self, hospitals: Iterable[str] | None = None) -> tuple[ItemChoice, ...]:
        """What stands: of each hospital, code and name the last choice that nobody took back."""
        lines = self._choice_lines()
        undone = {line.undoes for line in lines}
        wanted = None if hospitals is None else set(hospitals)
        standing = {
            (line.hospital, line.local_code, line.local_name): line
            for line in lines
            if line.undoes is None and line.seq not in undone and (wanted is None or line.hospital in wanted)
        }
        return tuple(standing.values())

    def change(self, inspection: str, code: str, name: str, value: Any, why: str, who: str) -> None:
        """Change a check for an inspection, or for all where `inspection` is empty; null takes the change back."""
        row = {"inspection": inspection, "code": code, "name": name, "why": why, "who": who}
        said = json.dumps(value, ensure_ascii=False)
        own = {name: row[name] for name in ("inspection", "code", "name")}
        last = select(rule_changes.c.value).filter_by(**own).order_by(rule_changes.c.seq.desc()).limit(1)
        with self._trail.transaction() as pen:
            before = pen.connection.execute(last).scalar()
            pen.connection.execute(insert(rule_changes).values(row | {"value": said, "at": now()}))
            act = "adopt_rule" if name == ADOPTED else "change_rule"
            pen.write(who, act, inspection, f"{code} {name}", before=_told(before), after=_told(said))

    def history(self, code: str) -> tuple[RuleChange, ...]:
        """Every change of one check, the latest first."""
        lines = select(rule_changes).where(rule_changes.c.code == code).order_by(rule_changes.c.seq.desc())
        with self._engine.connect() as connection:
            return tuple(_change(row) for row in connection.execute(lines).mappings())

    def changes(self) -> tuple[RuleChange, ...]:
        """The last change of each inspection, check and name, also where it took the one before back."""
        with self._engine.connect() as connection:
            lines = connection.execute(select(rule_changes).order_by(rule_changes.c.seq)).mappings()
            last = {(row["inspection"], row["code"], row["name"]): _change(row) for row in lines}
        return tuple(last.values())

    def approve(self, approval: RowApproval) -> None:
        """Note that a row holds in a region, or with an empty ceiling that it no longer does."""
        names = ("row_table", "row_id", "region", "ceiling", "source_doc", "source_passage", "why", "who")
        row = {name: getattr(approval, name) for name in names} | {"at": now()}
        with self._trail.transaction() as pen:
            pen.connection.execute(insert(row_approvals).values(row))
            subject = f"{approval.row_table} {approval.row_id} {approval.region}".strip()
            pen.write(approval.who, "approve_row", "", subject, after=approval.ceiling or "收回批准")

    def approvals(self) -> tuple[RowApproval, ...]:
        """The last word on each row and region, also where it took the approval back."""
        with self._engine.connect() as connection:
            lines = connection.execute(select(row_approvals).order_by(row_approvals.c.seq)).mappings()
            last = {(row["row_table"], row["row_id"], row["region"]): RowApproval(**row) for row in lines}
        return tuple(last.values())

    def _choice_lines(self) -> Sequence[ItemChoice]:
        columns = [column for column in item_choices.columns if column.name != "press"]
        with self._engine.connect() as connection:
            lines = connection.execute(select(*columns).order_by(item_choices.c.seq)).mappings()
            return [ItemChoice(**row) for row in lines]

    def _append_choice(self, press: str, row: dict[str, Any], inspection: str) -> ItemChoice:
        columns = [column for column in item_choices.columns if column.name != "press"]
        known = select(*columns).where(item_choices.c.press == press)
        with self._trail.transaction() as pen:
            if line := pen.connection.execute(known).mappings().first():
                return ItemChoice(**line)
            require_open(pen.connection, inspection)
            undoes = row["undoes"]
            taken = select(item_choices.c.seq).where(item_choices.c.undoes == undoes)
            if undoes is not None and pen.connection.execute(taken).first():
                raise LookupError("这一项刚被另一窗口撤销；请刷新后再试。")
            pen.connection.execute(insert(item_choices).values(row | {"press": press, "at": now()}))
            line = pen.connection.execute(known).mappings().one()
            made = ItemChoice(**line)
            said = made.ref_code15 or "目录里没有"
            if undoes is None:
                pen.write(made.who, "choose_item", inspection, made.item, after=said)
            else:
                pen.write(made.who, "undo_item", inspection, made.item, before=said)
        return made


def _told(value: str | None) -> str:
    """A value as the trail tells it: none where the check stands as shipped."""
    return "" if value is None else "恢复默认" if value == "null" else value


def _change(row: Any) -> RuleChange:
    return replace(RuleChange(**row), value=json.loads(row["value"]))
