"""The tool that asks the tables in SQL, within a time and a number of rows, and without anybody's name."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from review.deidentify import mask_numbers
from review.engines.failures import QueryFailed
from review.engines.guarded import Answer
from review.investigator.case import Case
from review.investigator.fence import Row, fenced
from review.investigator.tools import Arguments, Asking, CannotDo, Said, Tool
from review.judge.tokens import line_tokens

MOST_ROWS, MOST_TOKENS, LONGEST_CELL = 60, 4000, 160
LINE = "line"
EMPTY = "—"


class Query(Arguments):
    sql: str = Field(
        min_length=1,
        max_length=4000,
        description="一条 select 查询（DuckDB 语法），只能用列出的表和普通的函数；要引证表行就选出 line 列",
    )


def query(asking: Asking, given: Query) -> Said:
    case, seconds = asking.case, asking.query_seconds
    try:
        answer = case.room.ask(given.sql, seconds=seconds, rows=MOST_ROWS)
    except QueryFailed as problem:
        stopped = "已停止" in problem.reason
        advice = (
            f"加 where admission_id = '{_own(case)}'、写明连接条件，或先汇总"
            if stopped
            else "按列出的表和列改写"
        )
        reason = case.veil.people.hide(problem.reason)
        raise CannotDo(f"查询没有结果：{reason}。请{advice}后再查。") from None
    if not answer.rows:
        return Said("查询成功，没有符合的行。")
    rows = list(_rows(case, answer))
    shown = _few(rows)
    cut = answer.more or len(shown) < len(rows)
    said = f"给出 {len(shown) - 1} 行" + ("，后面还有，请加条件、少选几列或汇总" if cut else "")
    said += "。" if LINE in answer.columns else "；没有选出 line 列，这些行不能引作证据。"
    return Said(f"{said}\n{fenced(shown)}")


def _few(rows: Sequence[Row]) -> list[Row]:
    """The first rows that fit into one result: the head and at least one row."""
    kept, tokens = list(rows[:2]), 0
    for row in rows[2:]:
        tokens += line_tokens(row[1])
        if tokens > MOST_TOKENS:
            break
        kept.append(row)
    return kept


def _rows(case: Case, answer: Answer) -> Iterator[Row]:
    place = answer.columns.index(LINE) if LINE in answer.columns else None
    yield None, " ｜ ".join(name for number, name in enumerate(answer.columns) if number != place)
    for row in answer.rows:
        cells = [_cell(case, cell) for number, cell in enumerate(row) if number != place]
        yield _number(case, row, place), " ｜ ".join(cells)


def _number(case: Case, row: Sequence[str | None], place: int | None) -> int | None:
    """The number a row can be cited by; what an expression made of it is none."""
    said = row[place] if place is not None else None
    number = int(said) if said is not None and said.isdecimal() and len(said) < 9 else 0
    return number if 1 <= number <= len(case.numbered.lines) else None


def _cell(case: Case, cell: str | None) -> str:
    """Cells of the stay itself are masked in the tables already; those of other stays are masked here."""
    if cell is None or cell == "":
        return EMPTY
    hidden = mask_numbers(case.veil.people.hide(cell))
    return hidden if len(hidden) <= LONGEST_CELL else f"{hidden[:LONGEST_CELL]}…"


def _own(case: Case) -> str:
    return case.scene.stays[case.record.admission.admission_id]


TOOLS = (
    Tool(
        "query",
        "用 SQL 查本次检查的明细表（只读）。本次住院的行有行号 line，可以引证；其他住院的行只供比较。"
        "有时间和行数限制，超过就停止。",
        Query,
        query,
    ),
)
