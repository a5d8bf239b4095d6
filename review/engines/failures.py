"""Why a query of a rule came to nothing, in words for whoever wrote the rule; and how much it may take.

The engines' own messages are read by their fixed openings. What is not among them is a defect of ours and is raised
as it came.
"""

import re
from dataclasses import dataclass

SAID = (
    (r'Referenced column "([^"]+)" (?:not found|was not found)', "没有“{}”这一列"),
    (r'does not have a column named "([^"]+)"', "没有“{}”这一列"),
    (r"UNRESOLVED_COLUMN[^`]*`([^ ]+)` cannot be resolved", "没有“{}”这一列"),
    (r"Table with name \"?(\w+)\"? does not exist", "没有“{}”这张表"),
    (r"TABLE_OR_VIEW_NOT_FOUND[^`]*`([^ ]+)` cannot be found", "没有“{}”这张表"),
    (r"(?:Function|function) with name \"?(\w+)\"? does not exist", "没有“{}”这个函数"),
    (r"UNRESOLVED_ROUTINE[^`]*`([^ ]+)`", "没有“{}”这个函数"),
    (r"(?:Parser|Syntax) Error: ([^\n]*)", "SQL 写法有误（{}）"),
    (r"PARSE_SYNTAX_ERROR\] ([^\n]*)", "SQL 写法有误（{}）"),
    (r"Binder Error: ([^\n]*)", "SQL 不成立（{}）"),
    (r"Conversion Error: ([^\n']*)", "有值不能转换（{}）"),
)


@dataclass(frozen=True)
class Caps:
    """What one query of a rule may take: seconds, gigabytes of memory and of disk to spill to, rows of its answer."""

    seconds: float = 600.0
    gigabytes: float = 2.0
    rows: int = 1_000_000
    spilled: float = 20.0


class QueryFailed(Exception):
    """A query of a rule cannot be answered; `reason` says in Chinese which column, table, limit or cap it was."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def failed(problem: Exception, caps: Caps) -> QueryFailed | None:
    """What to say of an engine's error; null where it is none that a rule's author could act on."""
    kind, said = type(problem).__name__, str(problem)
    if kind == "InterruptException":
        return too_long(caps)
    if kind == "OutOfMemoryException" or "OutOfMemoryError" in said:
        return QueryFailed(f"所需内存超过 {caps.gigabytes:g} GB，已停止；请检查是否缺少连接条件")
    for opening, words in SAID:
        found = re.search(opening, said)
        if found:
            return QueryFailed(words.format(found[1].replace("`", "").strip()))
    return None


def too_long(caps: Caps) -> QueryFailed:
    """Said of a query that was stopped at its cap of seconds."""
    return QueryFailed(f"超过 {caps.seconds:g} 秒，已停止；请检查是否缺少连接条件")


def too_many(caps: Caps) -> QueryFailed:
    """Said of an answer that grows beyond its cap of rows."""
    return QueryFailed(f"结果超过 {caps.rows:,} 行，已停止；请检查是否缺少连接条件")


def without_value(names: set[str]) -> QueryFailed:
    """Said of a query that names limits which the header does not set."""
    return QueryFailed(f"没有给出限值“{'”“'.join(sorted(names))}”")
