"""The way through the air gap: open requests as a file in OpenAI's batch format, answers read back from such a file.

An answer is taken for the request whose key it carries and is proven afterwards like any other; what belongs to
nothing that was asked, comes twice or says nothing is counted and told.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.errors import InputError
from review.judge.asking import tokens_of
from review.judge.ledger import Answer, Ledger
from review.judge.requests import Request

LONGEST_LINE = 4_000_000  # characters of one answer
_PLACE = "/v1/chat/completions"


@dataclass(frozen=True)
class Taken:
    """What a file of answers held, by what became of each line; `places` names the first lines of each trouble."""

    kept: int = 0
    known: int = 0  # the same request was answered before
    foreign: int = 0  # to nothing that was asked here
    failed: int = 0  # the server said an error instead of an answer
    unreadable: int = 0
    places: tuple[str, ...] = ()


def export_requests(file: Path, requests: Iterable[Request]) -> int:
    """Write each request once, a line each; gives their number. Raises InputError where the file cannot be written."""
    written: set[str] = set()
    draft = file.with_name(f".{file.name}.writing")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            for one in requests:
                if one.key not in written:
                    written.add(one.key)
                    line = {"custom_id": one.key, "method": "POST", "url": _PLACE, "body": one.body}
                    stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        draft.replace(file)
    except OSError as problem:
        raise InputError(f"{file} 写不进去（{problem.strerror}）；请换一个可写的位置。") from problem
    return len(written)


def import_answers(file: Path, ledger: Ledger) -> Taken:
    """Take the answers of a file into the ledger, in any order. Raises InputError where it is no such file."""
    counts: Counter[str] = Counter()
    places: list[str] = []
    try:
        with file.open(encoding="utf-8-sig", errors="replace") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                what = _take(line, ledger)
                counts[what] += 1
                if what in _TROUBLE and len(places) < 20:
                    places.append(f"第 {number} 行：{_TROUBLE[what]}")
    except OSError as problem:
        raise InputError(f"{file} 读不出来（{problem.strerror}）；请检查文件。") from problem
    if counts and counts["unreadable"] == counts.total():
        raise InputError(
            f"{file} 里没有一行是批量回答；每行应是一个 JSON 对象，"
            "含 custom_id 和 response（如 vllm run_batch 的输出）。"
        )
    return Taken(
        counts["kept"],
        counts["known"],
        counts["foreign"],
        counts["failed"],
        counts["unreadable"],
        tuple(places),
    )


_TROUBLE = {
    "foreign": "不是本次检查提出的问题",
    "failed": "服务器报错，没有回答",
    "unreadable": "读不出来",
}


def _take(line: str, ledger: Ledger) -> str:
    try:
        told: Any = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        return "unreadable"
    if not isinstance(told, dict) or not isinstance(told.get("custom_id"), str):
        return "unreadable"
    key = told["custom_id"]
    asked = ledger.body(key)
    if asked is None:
        return "foreign"
    response = _object(told.get("response"))
    body = _object(response.get("body"))
    if told.get("error") or not body or response.get("status_code", 200) != 200:
        ledger.fail(key, "批量回答里这一问是服务器的报错")
        return "failed"
    answer = _answer(key, body, asked)
    if answer is None:
        return "unreadable"
    return "kept" if ledger.keep(answer) else "known"


def _answer(key: str, body: dict[str, Any], asked: Any) -> Answer | None:
    """The answer in a completion, its tokens counted by us where the server did not; null where there is none."""
    choices = body.get("choices")
    message = _object(_object(choices[0]).get("message")) if isinstance(choices, list) and choices else {}
    if not message:
        return None
    kept: dict[str, Any] = {"role": "assistant", "content": str(message.get("content") or "")}
    calls = message.get("tool_calls")
    if isinstance(calls, list) and calls:
        kept["tool_calls"] = calls
    counted = _object(body.get("usage"))
    told_in, told_out = (_count(counted.get(f"{side}_tokens")) for side in ("prompt", "completion"))
    model = str(body.get("model") or "未说明")
    return Answer(key, kept, model, told_in or tokens_of(asked), told_out or tokens_of(kept))


def _object(value: Any) -> dict[str, Any]:
    """The value where it is a JSON object; an empty one where it is anything else."""
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0
