"""Recorded answers of a capable reader: the requests as they were, what was answered, and what it comes to today.

A set is a folder with `provenance.yaml` (who answered, when, having seen what), `requests.jsonl.gz` (as exported) and
`answers.jsonl` (as a batch run writes them). Its quotes are proved against its own requests, so that a set stays
evidence of how well prompts are read after they have changed; what it says of an inspection is reckoned from the
answers that still belong to a request of today.
"""

import gzip
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evals.questions import share_said
from evals.second_reader import score_reading
from review.judge.stage import export_open, import_and_judge
from review.pipeline import review_inspection
from review.settings import PROJECT, ModelLimits

SETS = Path(__file__).parent / "recorded_answers"
_NUMBERED = re.compile(r"^(\d+)│ ?(.*)$", re.M)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Recorded:
    """One set: requests and answers by the key of the request."""

    name: str
    inspection: Path
    provenance: Mapping[str, Any]
    requests: Mapping[str, str]  # the user message
    answers: Mapping[str, str]  # the text of the answer
    file: Path

    @classmethod
    def read(cls, folder: Path) -> "Recorded":
        """Raises OSError, ValueError or KeyError where the folder holds no set."""
        provenance = yaml.safe_load((folder / "provenance.yaml").read_text("utf-8"))
        with gzip.open(folder / "requests.jsonl.gz", "rt", encoding="utf-8") as lines:
            requests = {row["custom_id"]: _user(row) for row in map(json.loads, lines)}
        file = folder / "answers.jsonl"
        answers = {
            row["custom_id"]: str(row["response"]["body"]["choices"][0]["message"]["content"])
            for row in map(json.loads, file.read_text("utf-8").splitlines())
        }
        inspection = PROJECT / provenance["inspection"]
        return cls(folder.name, inspection, provenance, requests, answers, file)

    def quotes(self) -> Iterator[tuple[str, list[int], str]]:
        """Every quote of every answer with the key of its request and the lines it is said to stand in."""
        for key, text in self.answers.items():
            for lines, quote in _claims(json.loads(text)):
                yield key, lines, quote

    def stands(self, key: str, lines: list[int], quote: str) -> bool:
        """Whether a quote stands letter for letter in those lines of the request; white space is passed over."""
        shown = dict(_NUMBERED.findall(self.requests[key]))
        told = "".join(shown.get(str(number), "") for number in lines)
        return _SPACE.sub("", quote) in _SPACE.sub("", told)


def _user(row: Mapping[str, Any]) -> str:
    return str(next(one["content"] for one in row["body"]["messages"] if one["role"] == "user"))


def _claims(answer: Any) -> Iterator[tuple[list[int], str]]:
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name.endswith("quote") and isinstance(value, str) and value:
                yield list(answer.get(name.removesuffix("quote") + "lines") or []), value
            yield from _claims(value)
    elif isinstance(answer, list):
        for one in answer:
            yield from _claims(one)


def recorded_sets() -> list[Path]:
    """The sets that the project holds."""
    return sorted(file.parent for file in SETS.glob("*/provenance.yaml"))


def score_recorded(folder: Path, home: Path) -> list[str]:
    """What a set was, how its quotes stand, and what its answers come to beside today's rules."""
    held = Recorded.read(folder)
    quotes = list(held.quotes())
    proven = sum(held.stands(*one) for one in quotes)
    told = held.provenance
    return [
        f"{held.name}：{told['answered_on']} 由{told['reader']}作答；{told['seen']}",
        f"  回答 {len(held.answers)} 份，引文 {len(quotes)} 条，"
        f"在所引的行里逐字找到 {share_said(proven, len(quotes))}",
        *replayed(held, home),
    ]


def replayed(held: Recorded, home: Path) -> list[str]:
    """Today's review of the inspection with the answers that still belong to one of its requests."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        review_inspection(held.inspection, out, home=home)
        asked = export_open(out, home, str(held.provenance["model"]), Path(scratch) / "asked.jsonl")
        taken, _ = import_and_judge(out, home, held.file, ModelLimits(), lambda stage, done, total: None)
        return [
            f"  今天的问题 {asked} 个，其中 {taken.kept} 个与当时一字不差，用当时的回答",
            *score_reading(out, held.inspection),
        ]
