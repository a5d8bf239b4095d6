"""The same rule files on another engine: the SQL of views and checks, read once and written for Spark.

What the two engines mean differently is set right here, so that a rule's author need not know of it; what cannot be
set right is not permitted, and a test holds every view and check to the list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

FUNCTIONS = """
    ABS AND ARRAY_AGG ARRAY_SORT ARRAY_TO_STRING CASE CAST CEIL CHR COALESCE CONCAT COUNT DATEDIFF DAY DENSE_RANK EXISTS
    EXTRACT FLOOR GREATEST HOUR IF LAG LEAD LEAST LENGTH LOGICAL_AND LOGICAL_OR LOWER MAX MIN MINUTE MONTH NULLIF OR PAD
    RANK REGEXP_EXTRACT REGEXP_LIKE REGEXP_REPLACE REPEAT REPLACE ROUND ROW_NUMBER SECOND SPLIT_PART STARTS_WITH
    STR_POSITION SUBSTRING SUM TIME_TO_UNIX TRIM TRY_CAST UPPER XOR YEAR
"""
PERMITTED = frozenset(FUNCTIONS.split())
REFUSED = {
    exp.Qualify: "qualify：Spark 没有，请改用子查询",
    exp.Explode: "unnest：两个引擎的写法和空值不同",
    exp.Unnest: "unnest：两个引擎的写法和空值不同",
    exp.Lambda: "lambda：两个引擎的写法不同",
    exp.Pivot: "pivot：两个引擎的写法不同",
}
DOUBLE = exp.DataType.build("double")


def unportable(sql: str) -> list[str]:
    """What of a view's or check's SQL does not mean the same on both engines; empty where all of it does."""
    tree = _parsed(sql)
    found = {reason for kind, reason in REFUSED.items() if tree.find(kind)}
    for function in tree.find_all(exp.Func):
        name = function.name.upper() if isinstance(function, exp.Anonymous) else function.sql_name()
        if name not in PERMITTED:
            found.add(f"{name.lower()}：不在两个引擎含义相同的函数之列")
    for days in tree.find_all(exp.DateDiff):
        if str(days.args.get("unit") or "day").strip("'").lower() != "day":
            found.add("date_diff：只许按日，其他单位一个数边界、一个数时长")
    if any(isinstance(gathered.this, exp.Order) for gathered in tree.find_all(exp.ArrayAgg)):
        found.add("list(… order by …)：另一引擎不保留次序，请用 array_sort(array_agg(…))")
    if any(isinstance(window.this, exp.ArrayAgg) for window in tree.find_all(exp.Window)):
        found.add("array_agg(…) over：没有行时两个引擎给的不同")
    for group in tree.find_all(exp.Group):
        if group.args.get("all"):
            found.add("group by all：请写明各列")
    return sorted(found)


@dataclass(frozen=True)
class Step:
    """A part of a query that several others read; it is to be worked out once, under a name of its own."""

    name: str
    sql: str


def steps_for_spark(sql: str, limits: Mapping[str, Any], mark: str) -> tuple[tuple[Step, ...], str]:
    """The query for Spark in steps: what is kept first, in order, and what is asked last.

    Spark works out a named part once for every mention, and a mention in a part that is itself mentioned twice
    doubles again; `mark` sets the names of this query's steps apart from all others."""
    tree = _meant_alike(sql, limits)
    lifted = list(_lifted(tree, mark))
    mentions: dict[str, int] = {name: 0 for name, _ in lifted}
    for query in (*(query for _, query in lifted), tree):
        for name in _names_read(query):
            if name in mentions:
                mentions[name] += 1
    steps: list[Step] = []
    inline: dict[str, Any] = {}
    for name, query in lifted:
        if mentions[name] > 1 and _is_work(query):
            steps.append(Step(name, _with_parts(query, inline)))
        else:
            inline[name] = query
    return tuple(steps), _with_parts(tree, inline)


def _lifted(query: Any, mark: str) -> Iterator[tuple[str, Any]]:
    """The named parts of a query and of its subqueries, taken out of it, each after what it reads."""
    named = query.args.get("with_")
    if named is not None:
        query.set("with_", None)
        parts = list(named.expressions)
        for place, part in enumerate(parts):
            yield from _lifted(part.this, f"{mark}_{part.alias}")
            name = f"{mark}_{part.alias}"
            for reader in (*(later.this for later in parts[place + 1 :]), query):
                _rename(reader, part.alias, name)
            yield name, part.this
    for place, child in enumerate(list(query.iter_expressions())):
        yield from _lifted(child, f"{mark}_{place}" if child.args.get("with_") else mark)


def _rename(query: Any, old: str, new: str) -> None:
    for table in query.find_all(exp.Table):
        if table.name == old and not table.args.get("db"):
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(old)))
            table.set("this", exp.to_identifier(new))


def _names_read(query: Any) -> list[str]:
    return [str(table.name) for table in query.find_all(exp.Table)]


def _is_work(query: Any) -> bool:
    """A plain selection from one table costs less than keeping its answer."""
    return len(_names_read(query)) > 1 or query.find(exp.Group, exp.Window, exp.Distinct) is not None


def _with_parts(query: Any, inline: Mapping[str, Any]) -> str:
    """A query as text, with those named parts before it that it reads, however far away."""
    wanted, waiting = set(), _names_read(query)
    while waiting:
        name = waiting.pop()
        if name in inline and name not in wanted:
            wanted.add(name)
            waiting += _names_read(inline[name])
    parts = [f"{name} AS ({inline[name].sql(dialect='spark')})" for name in inline if name in wanted]
    return (f"WITH {', '.join(parts)} " if parts else "") + str(query.sql(dialect="spark"))


def for_spark(sql: str, limits: Mapping[str, Any]) -> str:
    """The query for Spark, its limits bound as values of the tree."""
    return str(_meant_alike(sql, limits).sql(dialect="spark"))


def _meant_alike(sql: str, limits: Mapping[str, Any]) -> Any:
    tree = _parsed(sql).copy()
    for parameter in list(tree.find_all(exp.Parameter, exp.Placeholder)):
        parameter.replace(exp.convert(limits[parameter.name]))
    for seconds in list(tree.find_all(exp.TimeToUnix)):
        # seconds are a fraction in the one engine and whole in the other
        seconds.replace(exp.cast(seconds.copy(), DOUBLE))
    # the quotient of two decimals is binary in the one engine and a decimal of its own scale in the other
    return tree.transform(_binary_quotient).transform(_days_between).transform(_no_empty_list)


def _binary_quotient(node: Any) -> Any:
    if isinstance(node, exp.Div):
        for side in ("this", "expression"):
            node.set(side, exp.cast(node.args[side].copy(), DOUBLE))
    return node


def _no_empty_list(node: Any) -> Any:
    """What is gathered of no rows is nothing in the one engine and an empty list in the other."""
    gathered = node.this if isinstance(node, exp.Filter) else node
    if not isinstance(gathered, exp.ArrayAgg):
        return node
    size = exp.Anonymous(this="SIZE", expressions=[node.copy()])
    return exp.Case().when(exp.GT(this=size, expression=exp.Literal.number(0)), node.copy())


def _days_between(node: Any) -> Any:
    """One date less another is days in the one engine and an interval in the other."""
    if isinstance(node, exp.Sub) and _is_date(node.this) and _is_date(node.expression):
        return exp.DateDiff(this=node.this, expression=node.expression, unit=exp.var("day"))
    return node


def _is_date(node: Any) -> bool:
    """Whether an expression is a date by the names of the views: `…_on` and `…_date` are days."""
    if isinstance(node, exp.Column):
        return str(node.name).endswith(("_on", "_date"))
    if isinstance(node, exp.Cast):
        return bool(node.is_type("date"))
    if isinstance(
        node, exp.Paren | exp.Max | exp.Min | exp.Greatest | exp.Least | exp.Coalesce | exp.Lag | exp.Window
    ):
        return _is_date(node.this)
    return False


@cache
def _parsed(sql: str) -> Any:
    return sqlglot.parse_one(sql, dialect="duckdb")
