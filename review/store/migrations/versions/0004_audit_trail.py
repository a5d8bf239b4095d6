"""The trail as a chain of hashes: lines of before are carried over, with a line for each decision saved until then.

Admission numbers in them give way to the opaque keys of their cases. From then on the database refuses any change.
The hash is written out here and not imported: this step must stay what it was.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

OF_A_CASE = ("open_case", "view_page", "compare")  # their subject began with the admission's number
TELLS = ("who", "act", "inspection", "subject", "before", "after")
REFUSES = "the audit trail is append-only"


def upgrade() -> None:
    connection = op.get_bind()
    lines = _lines(connection)
    op.drop_table("trail")
    _tables()
    last = _carry_over(connection, lines)
    heads = sa.table("trail_heads", sa.column("one"), sa.column("lines"), sa.column("hash"))
    op.bulk_insert(heads, [{"one": 1, "lines": len(lines), "hash": last}])
    for statement in _REFUSALS[connection.dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()))
        users.add_column(sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()))


def _tables() -> None:
    op.create_table(
        "trail",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("inspection", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    for name, columns in (("who", ["who", "seq"]), ("act", ["act", "seq"]), ("time", ["at"])):
        op.create_index(f"trail_by_{name}", "trail", columns)
    op.create_index("decisions_by_finding", "decisions", ["inspection", "admission_id", "finding"])
    op.create_index("trail_by_inspection", "trail", ["inspection", "seq"])
    op.create_table(
        "trail_heads",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def _lines(connection: sa.Connection) -> list[dict[str, Any]]:
    """The lines of before and those of the decisions, by time; then one that says where the chain begins."""
    keys = _case_keys(connection)
    old = connection.execute(sa.text("select * from trail order by seq")).mappings()
    carried = [(_time(row["at"]), 0, row["seq"], _old_line(row, keys)) for row in old]
    decided = connection.execute(sa.text("select * from decisions order by seq")).mappings()
    carried += [(_time(row["at"]), 1, row["seq"], _decision_line(row, keys)) for row in decided]
    carried.sort(key=lambda one: one[:3])
    lines = [line | {"at": at} for at, _, _, line in carried]
    if lines:
        begins = {"who": "系统", "act": "chain_begins", "inspection": "", "subject": "", "before": ""}
        moment = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        lines.append(begins | {"after": json.dumps({"carried": len(lines)}), "at": moment})
    return lines


def _case_keys(connection: sa.Connection) -> dict[tuple[str, str], str]:
    held = connection.execute(sa.text("select inspection, admission_id, key from cases"))
    keys = {(row[0], row[1]): row[2] for row in held}
    decided = connection.execute(sa.text("select distinct inspection, admission_id from decisions"))
    for inspection, admission in decided.fetchall():
        if (inspection, admission) not in keys:
            keys[inspection, admission] = secrets.token_urlsafe(12)
            made = {"key": keys[inspection, admission], "inspection": inspection, "admission_id": admission}
            connection.execute(
                sa.text(
                    "insert into cases (key, inspection, admission_id) values (:key, :inspection, :admission_id)"
                ),
                made,
            )
    return keys


def _old_line(row: Any, keys: dict[tuple[str, str], str]) -> dict[str, Any]:
    subject = row["subject"]
    if row["act"] in OF_A_CASE:
        admission, _, rest = subject.partition(" ")
        subject = f"{keys.get((row['inspection'], admission), '')} {rest}".strip()
    line = {name: row[name] for name in ("who", "act", "inspection")}
    return line | {"subject": subject, "before": "", "after": ""}


def _decision_line(row: Any, keys: dict[tuple[str, str], str]) -> dict[str, Any]:
    said = [row[name] for name in ("press", "inspection", "admission_id", "finding", "verdict", "reasons")]
    said += [
        row["note"],
        row["amount"],
        row["undoes"],
        row["who"],
        _time(row["at"]).isoformat(timespec="seconds"),
    ]
    after = {"decision": row["seq"], "verdict": row["verdict"], "content": _sha256(said)}
    after |= {name: row[name] for name in ("amount", "undoes") if row[name] is not None}
    return {
        "who": row["who"],
        "act": "undo" if row["undoes"] is not None else "decide",
        "inspection": row["inspection"],
        "subject": f"{keys[row['inspection'], row['admission_id']]} {row['finding']}".strip(),
        "before": "",
        "after": json.dumps(after, ensure_ascii=False),
    }


def _carry_over(connection: sa.Connection, lines: list[dict[str, Any]]) -> str:
    columns = ("seq", "at", *TELLS, "hash")
    trail = sa.table("trail", *(sa.column(name, sa.DateTime if name == "at" else None) for name in columns))
    last = "0" * 64
    hashed = []
    for seq, line in enumerate(lines, 1):
        said = [last, seq, line["at"].isoformat(timespec="seconds"), *(line[name] for name in TELLS)]
        last = _sha256(said)
        hashed.append(line | {"seq": seq, "hash": last})
    for block in _blocks(hashed):
        connection.execute(sa.insert(trail), block)
    return last


def _blocks(rows: list[dict[str, Any]], size: int = 5000) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _sha256(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode("ascii")).hexdigest()


def _time(value: Any) -> datetime:
    """SQLite hands a time back as text where a statement is plain text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


_REFUSALS = {
    "sqlite": [
        f"create trigger trail_no_{act} before {act} on trail begin select raise(abort, '{REFUSES}'); end"
        for act in ("update", "delete")
    ],
    "postgresql": [
        "create function trail_refuses() returns trigger language plpgsql as "
        f"'begin raise exception ''{REFUSES}''; end'",
        "create trigger trail_no_change before update or delete on trail "
        "for each row execute function trail_refuses()",
        "create trigger trail_no_truncate before truncate on trail "
        "for each statement execute function trail_refuses()",
    ],
}
