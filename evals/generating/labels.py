"""What is planted and what must not be found: one label a line, each with the check it follows from."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Kind = Literal["plant", "near_miss", "clean", "pattern", "ward"]


@dataclass(frozen=True)
class Label:
    """A plant has violation, lines and amount; a near miss the *clear* item it realises; a clean stay neither.

    `charge_ids` are the lines at issue, `related_ids` the other side of a pair. `amount` null = the check states none.
    `at_most` names the certainty a near miss may still have (the specification lowers it there instead of clearing).
    `also_allowed` are checks that may rightly hit the same lines. A pattern concerns `admissions`, the stays of a ward.
    A label of the family `admissions` is about the whole stay; a finding is right on any of its `admissions`. A line of
    kind `ward` is of a stay that belongs to a case or a pattern without being what it is about.
    `noise` is what disturbs one of its stays; it never touches what the label rests on.
    A label of the family `documents` names the `files` it stands in and the `quotes`, of which a finding must show one.
    """

    kind: Kind
    admission_id: str
    half: str
    check: str = ""
    scenario: str = ""
    violation: str = ""
    charge_ids: tuple[str, ...] = ()
    related_ids: tuple[str, ...] = ()
    amount: Decimal | None = None
    fund_amount: Decimal | None = None
    certainty: str = ""
    clear: str = ""
    at_most: str = ""
    also_allowed: tuple[str, ...] = ()
    claims_only: bool = False
    why: str = ""
    admissions: tuple[str, ...] = ()
    family: str = "charges"
    files: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    noise: str = ""

    def line(self) -> str:
        values = {
            name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()
        }
        return json.dumps(values, ensure_ascii=False)


def write_labels(labels: Iterable[Label], file: Path) -> None:
    file.write_text("".join(label.line() + "\n" for label in labels), encoding="utf-8")


def read_labels(file: Path) -> Iterator[Label]:
    """The labels of a file; a line that is none names its place."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as problem:
        raise ValueError(
            f"{file}：读不出标注（{problem.strerror}）；请给出 generate 写下的 labels.jsonl。"
        ) from problem
    for number, line in enumerate(lines, 1):
        try:
            yield _label(json.loads(line))
        except (ValueError, TypeError) as problem:
            raise ValueError(
                f"{file} 第{number}行不是标注（{problem}）；请用 generate 重新写出。"
            ) from problem


def _label(values: dict[str, Any]) -> Label:
    for name in ("amount", "fund_amount"):
        values[name] = None if values[name] is None else Decimal(values[name])
    for name in ("charge_ids", "related_ids", "also_allowed", "admissions", "files", "quotes"):
        values[name] = tuple(values[name])
    return Label(**values)
