"""The certificate of a draw: all it rests on, all it gave, and one hash over both; made here and computed again here.

The hash is SHA-256 of the certificate's canonical JSON without the hash itself. Who alters what was drawn is found by
computing the draw again; who alters a date, a name or a reason and the hash with it, by the hash that was printed or
filed. A draw again bears the hash of the certificate it replaces, and the reason. What no certificate can show is
that a seed of this machine was the first one tried; so a seed should be public and not known before the list is
settled.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from review.errors import InputError, SettingsError
from review.procedure.derangement import RegionsRequest, draw_regions
from review.procedure.draw import ObjectsRequest, draw_objects
from review.procedure.draw_experts import ExpertColumns, ExpertsRequest, draw_experts
from review.procedure.draw_frame import Columns, FrameRules, StratumColumn
from review.procedure.draw_lists import DrawList, sha256_of
from review.procedure.draw_numbers import ALGORITHM, SCHEME
from review.procedure.draw_sizes import Size

Request = ObjectsRequest | ExpertsRequest | RegionsRequest
KINDS = {"objects": "抽取对象", "experts": "匹配专家", "regions": "交叉互检"}
FEWEST_SIGNS = 6  # of a seed: a shorter one is soon guessed, and chosen for what it gives


@dataclass(frozen=True)
class Occasion:
    """What a draw cannot compute: its title, the seed and where it came from, who drew and when (ISO time)."""

    title: str
    seed: str
    seed_source: str
    drawn_by: str
    drawn_at: str


@dataclass(frozen=True)
class Again:
    """Why a draw is made again, and the hash of the certificate before."""

    earlier: str
    reason: str


def certify(
    rows: DrawList, request: Request, occasion: Occasion, again: Again | None = None, source: str = ""
) -> dict[str, Any]:
    """The certificate of a draw; `source`: the certificates it rests on, as experts on the objects' one."""
    if len(occasion.seed) < FEWEST_SIGNS:
        raise SettingsError(
            f"种子只有 {len(occasion.seed)} 个字符，至少要 {FEWEST_SIGNS} 个；"
            "请用事先不能选定的数，如当日公布的开奖号码。"
        )
    if again is not None and not again.reason.strip():
        raise SettingsError("重新抽取要写明理由；请补上 --reason。")
    made: dict[str, Any] = {
        "scheme": SCHEME,
        "algorithm": ALGORITHM,
        "kind": kind_of(request),
        **asdict(occasion),
        "list": {
            "name": rows.name,
            "rows": len(rows.rows),
            "columns": list(rows.columns),
            "sha256": rows.sha256,
        },
        "request": json.loads(json.dumps(asdict(request))),
        "source": source,
        "result": _drawn(rows, request, occasion.seed),
        "again": asdict(again) if again else None,
    }
    return {**made, "hash": sha256_of(made)}


def kind_of(request: Request) -> str:
    """objects, experts or regions."""
    if isinstance(request, ObjectsRequest):
        return "objects"
    return "experts" if isinstance(request, ExpertsRequest) else "regions"


def check(made: Mapping[str, Any], rows: DrawList, known: str = "") -> tuple[str, ...]:
    """What does not agree, in words; nothing where the certificate stands. `known` is the hash that was filed."""
    wrong = [*whole(made)]
    if known and known != made["hash"]:
        wrong.append("证书的哈希与抄存的不同：证书在抄存以后改过，或不是同一份")
    if made["scheme"] != SCHEME or made["algorithm"] != ALGORITHM:
        wrong.append(f"算法不是 {SCHEME}（{ALGORITHM}），本程序不能复算")
        return tuple(wrong)
    stated = made["list"]
    if stated.get("sha256") != rows.sha256:
        wrong.append("名单的哈希不符：名单与抽取时不同")
    if stated.get("rows") != len(rows.rows) or stated.get("columns") != list(rows.columns):
        wrong.append("名单的行数或所用的列不符")
    if wrong:
        return tuple(wrong)
    try:
        drawn = _drawn(rows, request_of(made), made["seed"])
    except (InputError, SettingsError) as problem:
        return (f"按证书写的要求不能复算：{problem}",)
    except (KeyError, TypeError, ValueError, AttributeError):  # a value of a kind that no draw writes
        return ("证书里的抽取要求形式不对，不能复算",)
    parts = [*drawn, *(part for part in made["result"] if part not in drawn)]
    return tuple(f"复算的“{part}”与证书不同" for part in parts if drawn.get(part) != made["result"].get(part))


def whole(made: Mapping[str, Any]) -> tuple[str, ...]:
    """Whether the hash is that of the rest."""
    rest = {name: value for name, value in made.items() if name != "hash"}
    return () if sha256_of(rest) == made["hash"] else ("证书内容与它的哈希不符：证书被改过或不完整",)


def request_of(made: Mapping[str, Any]) -> Request:
    """The request as it was made. Raises InputError where the certificate does not hold one."""
    said = made["request"]
    try:
        if made["kind"] == "regions":
            return RegionsRequest(said["key"], tuple((a, b) for a, b in said["ruled_out"]), said["one_way"])
        if made["kind"] == "experts":
            needs = tuple((discipline, count) for discipline, count in said["needs"])
            objects = tuple((code, name, region) for code, name, region in said["objects"])
            columns = ExpertColumns(**said["columns"])
            return ExpertsRequest(columns, objects, needs, said["most"], said["crosswise"])
        rules = dict(said["rules"])
        rules["columns"] = Columns(**rules["columns"])
        rules["strata"] = tuple(StratumColumn(s["column"], tuple(s["bounds"])) for s in rules["strata"])
        for name in ("excluded", "lookback", "left_out"):
            rules[name] = tuple(rules[name])
        rest = {name: said[name] for name in ("risk_share", "minimum", "empty_allowed")}
        return ObjectsRequest(FrameRules(**rules), Size(**said["size"]), **rest)
    except (KeyError, TypeError, ValueError) as problem:
        raise InputError("证书里的抽取要求读不出来；请取未经改动的证书。") from problem


def read_certificate(file: Path) -> dict[str, Any]:
    """A certificate from its file, not yet checked. Raises InputError."""
    try:
        made = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise InputError(f"证书 {file.name} 读不出来；请核对路径，并取抽取时写出的 .json。") from problem
    needed = {"scheme", "algorithm", "kind", "seed", "list", "request", "source", "result", "again", "hash"}
    parts = {"list": dict, "request": dict, "result": dict, "seed": str, "hash": str}
    if not isinstance(made, dict) or needed - set(made) or made["kind"] not in KINDS:
        raise InputError(f"{file.name} 不是抽取证书；请取抽取时写出的 .json。")
    if any(not isinstance(made[name], kind) for name, kind in parts.items()):
        raise InputError(f"证书 {file.name} 不完整；请取未经改动的证书。")
    return made


def columns_of(request: Request) -> tuple[str, tuple[str, ...]]:
    """The identifier's column, and every column the draw uses."""
    if isinstance(request, ObjectsRequest):
        rules = request.rules
        strata = (one.column for one in rules.strata)
        return rules.columns.key, tuple(dict.fromkeys((*rules.columns.used, *strata)))
    if isinstance(request, ExpertsRequest):
        return request.columns.key, tuple(dict.fromkeys(request.columns.used))
    return request.key, (request.key,)


def now() -> str:
    """The time of a draw, to the second, with its zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _drawn(rows: DrawList, request: Request, seed: str) -> dict[str, Any]:
    if isinstance(request, ObjectsRequest):
        return draw_objects(rows, request, seed)
    if isinstance(request, ExpertsRequest):
        return draw_experts(rows, request, seed)
    return draw_regions(rows, request, seed)
