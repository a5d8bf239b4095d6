"""The same rule files on another engine: the SQL of views and checks, read once and written for Spark.

What the two engines mean differently is set right here, so that a rule's author need not know of it; what cannot be
set right is not permitted, and a test holds every view and check to the list.
"""

from collections.abc import Mapping
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
    for group in tree.find_all(exp.Group):
        if group.args.get("all"):
            found.add("group by all：请写明各列")
    return sorted(found)


def for_spark(sql: str, limits: Mapping[str, Any]) -> str:
    """The query for Spark, its limits bound as values of the tree."""
    tree = _parsed(sql).copy()
    for parameter in list(tree.find_all(exp.Parameter, exp.Placeholder)):
        parameter.replace(exp.convert(limits[parameter.name]))
    for seconds in list(tree.find_all(exp.TimeToUnix)):
        # seconds are a fraction in the one engine and whole in the other
        seconds.replace(exp.cast(seconds.copy(), DOUBLE))
    # the quotient of two decimals is binary in the one engine and a decimal of its own scale in the other
    tree = tree.transform(_binary_quotient).transform(_days_between)
    return str(tree.sql(dialect="spark"))


def _binary_quotient(node: Any) -> Any:
    if isinstance(node, exp.Div):
        for side in ("this", "expression"):
            node.set(side, exp.cast(node.args[side].copy(), DOUBLE))
    return node


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
