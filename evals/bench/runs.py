"""Runs the benchmarks, prints them beside their floors and the run before, and keeps the run for the next time."""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from evals.bench import Figure

NAMES = ("startup", "ocr", "review", "retrieval", "adding", "chat", "workbench")
# from seconds to an hour: only where they are named
ON_REQUEST = ("screening", "cohorts", "copies", "trail", "annexes", "peers", "months", "month_alarms")
ALL = "all"


def run(
    names: list[str], home: Path, file: Path | None, given: Mapping[str, Mapping[str, Any]] | None = None
) -> list[str]:
    """The chosen benchmarks as lines of a table: the short ones by default, every one for `all`.

    `file` also gets them as JSON; `given` holds what is asked of one benchmark only, by its name."""
    names = [*NAMES, *ON_REQUEST] if names == [ALL] else names
    unknown = [name for name in names if name not in NAMES + ON_REQUEST]
    if unknown:
        raise ValueError(f"没有“{unknown[0]}”这项基准；现有：{'、'.join(NAMES + ON_REQUEST)}。")
    figures = [figure for name in names or NAMES for figure in _measure(name, (given or {}).get(name, {}))]
    last = _last(home)
    _keep(figures, home, file)
    return [_line(figure, last.get(figure.task)) for figure in figures]


def _measure(name: str, given: Mapping[str, Any]) -> Iterator[Figure]:
    measured: Iterator[Figure] = import_module(f"evals.bench.{name}").measure(**given)
    return measured


def _line(figure: Figure, before: float | None) -> str:
    change = "" if before is None else f"，上次 {before:.1f} 倍"
    return (
        f"{figure.bench:<10} {figure.task}：{figure.seconds:.3f} 秒，"
        f"为“{figure.floor}”（{figure.floor_seconds:.3f} 秒）的 {figure.ratio:.1f} 倍{change}"
    )


def _last(home: Path) -> dict[str, float]:
    file = home / "bench.json"
    if not file.exists():
        return {}
    return {str(entry["task"]): float(entry["ratio"]) for entry in json.loads(file.read_text("utf-8"))}


def _keep(figures: list[Figure], home: Path, file: Path | None) -> None:
    text = json.dumps([figure.as_json() for figure in figures], ensure_ascii=False, indent=1) + "\n"
    home.mkdir(parents=True, exist_ok=True)
    (home / "bench.json").write_text(text, "utf-8")
    if file is not None:
        file.write_text(text, "utf-8")
