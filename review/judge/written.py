"""Reads back what a review wrote, and writes what a model adds: `judgements.jsonl`, `model.json`, findings of its own.

Lines of rule findings are left as they are, byte for byte; each file is replaced in one step.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from review.errors import InputError
from review.judge.models import Judgement
from review.judge.outcomes import restored, with_model
from review.models import CheckResult, Finding
from review.outputs import as_json

RULE = "rule"
_T = TypeVar("_T")


def read_findings(out: Path) -> list[Finding]:
    """The rule findings of a review, as they were written. Raises InputError."""
    return [one for one in _read(out / "findings.jsonl", Finding) if one.origin == RULE]


def read_results(out: Path) -> list[CheckResult]:
    """The outcomes of the checks as the rules alone left them. Raises InputError."""
    return [restored(one) for one in _read(out / "checks.jsonl", CheckResult)]


def read_judgements(out: Path) -> list[Judgement]:
    """What a model read in a review; nothing where none was asked. Raises InputError."""
    file = out / "judgements.jsonl"
    return _read(file, Judgement) if file.exists() else []


def write_model_parts(
    out: Path, judgements: Sequence[Judgement], findings: Sequence[Finding], told: Mapping[str, Any]
) -> None:
    """Put a model's share beside that of the rules; an earlier model's share is replaced. Raises InputError."""
    rules = [line for line in _lines(out / "findings.jsonl") if json.loads(line)["origin"] == RULE]
    own = [_line(as_json(one)) for one in findings]
    _replace(out / "findings.jsonl", "".join(f"{line}\n" for line in (*rules, *own)))
    results = with_model(read_results(out), judgements, findings)
    _replace(out / "checks.jsonl", "".join(f"{_line(as_json(one))}\n" for one in results))
    _replace(out / "judgements.jsonl", "".join(f"{_line(as_json(one))}\n" for one in judgements))
    _replace(out / "model.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")


def is_finished(out: Path) -> bool:
    """Whether a review's files are all there."""
    names = ("findings.jsonl", "checks.jsonl", "summary.json", "warehouse.duckdb")
    return all((out / name).is_file() for name in names)


def is_up_to_date(inspection: Path, out: Path, versions: Mapping[str, str]) -> bool:
    """Whether `out` holds a finished review by these rules and this knowledge that no file of the inspection is newer
    than."""
    if not is_finished(out) or not inspection.is_dir():
        return False
    summary = out / "summary.json"
    if json.loads(summary.read_text("utf-8")).get("versions") != dict(versions):
        return False
    written = summary.stat().st_mtime
    return all(file.stat().st_mtime < written for file in (inspection, *inspection.rglob("*")))


def _read(file: Path, noun: type[_T]) -> list[_T]:
    read = TypeAdapter(noun).validate_json
    found = []
    for number, line in enumerate(_lines(file), start=1):
        try:
            found.append(read(line))
        except ValidationError:
            raise InputError(f"{file} 第 {number} 行读不出来；请重新审核，以写出完整的结果。") from None
    return found


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").split("\n")[:-1]


def _line(told: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in told.items() if name != "admissions"}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.writing")
    draft.write_text(text, "utf-8", newline="\n")
    os.replace(draft, file)
