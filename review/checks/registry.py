"""Every check there is: being in a folder of `review/checks/` is being registered. A code used twice fails at once."""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from review.checks.header import PYTHON_HEADERS, Gathering, Header, read_header
from review.errors import HeaderError

HERE = Path(__file__).parent
FOLDERS = ("charges", "admission", "documents")
CLAIMS = ".claims.sql"  # beside a Python check: what it can say from the claims alone, for screening
MARKER = re.compile(r"^-- (examined|findings|together)\b.*$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """A check ready to run: two queries, or a generator function.

    A function may have queries beside it, which say what the claims alone tell; a review asks the function. `together`
    is the query of a rule that counts over several stays of a person: it gives `admission_id`, `shared`, `from_on` and
    `to_on`, and stays that share the same over days that meet are reviewed together."""

    header: Header
    file: Path
    examined: str | None = None
    findings: str | None = None
    function: Callable[..., Iterator[Any]] | None = None
    gathers: Gathering | None = None
    together: str | None = None

    @property
    def of_one_stay(self) -> bool:
        """Whether it is a function asked of one admission at a time."""
        return self.function is not None and self.header.scope == "admission"

    @property
    def stay_by_stay(self) -> bool:
        """Whether something of it is asked of one admission at a time: its answer, or what it is to weigh together."""
        return self.of_one_stay or self.gathers is not None


@cache
def all_checks() -> tuple[Check, ...]:
    """The checks in order of their codes."""
    checks: dict[str, Check] = {}
    for folder in FOLDERS:
        for file in sorted((HERE / folder).iterdir()):
            if file.name.endswith(CLAIMS):
                continue
            if file.suffix == ".sql":
                found = [read_sql_check(file)]
            elif file.suffix == ".py" and file.stem != "__init__":
                found = _python_checks(file, folder)
            else:
                continue
            for check in found:
                other = checks.get(check.header.code)
                if other is not None:
                    raise HeaderError(
                        f"{file.name}：编号 {check.header.code} 已被 {other.file.name} 使用；请换一个。"
                    )
                checks[check.header.code] = check
    return tuple(checks[code] for code in sorted(checks))


def read_sql_check(file: Path) -> Check:
    """A `.sql` check: header comment, then `-- examined` and `-- findings`, each one query, and maybe `-- together`."""
    text = file.read_text("utf-8")
    header = read_header(text, file.name)
    queries = _queries(text[text.index("*/") + 2 :], file)
    return Check(header, file, queries["examined"], queries["findings"], together=queries.get("together"))


def _queries(text: str, file: Path) -> dict[str, str]:
    """The queries of a file by their names."""
    parts = MARKER.split(text)
    queries = {name: query.strip().rstrip(";") for name, query in zip(parts[1::2], parts[2::2], strict=True)}
    if set(queries) - {"together"} != {"examined", "findings"}:
        raise HeaderError(f"{file.name}：须有 -- examined 与 -- findings 两段查询；请补上。")
    return queries


def _python_checks(file: Path, folder: str) -> list[Check]:
    """The checks a module declares; a module may hold private functions beside them."""
    name = f"review.checks.{folder}.{file.stem}"
    importlib.import_module(name)
    found = [
        Check(declared.header, file, function=declared.function, gathers=declared.gathers)
        for declared in PYTHON_HEADERS.values()
        if declared.function.__module__ == name
    ]
    if not found:
        raise HeaderError(f"{file.name}：没有用 @check 声明检查；请声明，或移出此文件夹。")
    claims = file.with_name(file.stem + CLAIMS)
    if claims.exists():
        told = _queries(claims.read_text("utf-8"), claims)
        found = [
            replace(
                check, examined=told["examined"], findings=told["findings"], together=told.get("together")
            )
            for check in found
        ]
    return found
