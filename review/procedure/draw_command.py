"""The command `python -m review draw`: objects, experts, regions and verify. A certificate is never replaced."""

import argparse
import json
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from review.errors import InputError, ReviewError, SettingsError
from review.procedure.derangement import RegionsRequest
from review.procedure.draw import ObjectsRequest
from review.procedure.draw_certificate import (
    KINDS,
    Again,
    Occasion,
    Request,
    certify,
    check,
    columns_of,
    kind_of,
    now,
    read_certificate,
    request_of,
    whole,
)
from review.procedure.draw_experts import OWN, ExpertColumns, ExpertsRequest
from review.procedure.draw_frame import Columns, FrameRules, StratumColumn
from review.procedure.draw_lists import DrawList, read_list
from review.procedure.draw_options import parser
from review.procedure.draw_sizes import EACH, SHARE, TOTAL, Size
from review.procedure.draw_trail import DrawTrail, trail_here
from review.reports.paper import shown


def run_draw(arguments: Sequence[str]) -> int:
    """0 when drawn or verified, 1 where a certificate does not agree, 2 where the request cannot be met."""
    options = parser().parse_args(arguments)
    try:
        return _verify(options) if options.what == "verify" else _draw(options)
    except ReviewError as problem:
        what = "核对" if options.what == "verify" else "抽取"
        print(shown(f"不能{what}：{problem}"), file=sys.stderr)
        return 2


def _draw(options: argparse.Namespace) -> int:
    out: Path = options.out
    if out.suffix.lower() != ".json":
        raise SettingsError(f"证书文件 {out.name} 须以 .json 结尾；请改名。")
    if out.exists() or out.with_suffix(".docx").exists():
        raise SettingsError(
            f"{out.name} 或同名 .docx 已存在，证书不覆盖；请换文件名，重新抽取用 --again 和 --reason。"
        )
    request, source = _request(options)
    rows = read_list(options.list, *columns_of(request))
    with trail_here() as trail:
        again = _again(options, rows, kind_of(request), source, trail)
        seed = options.seed or secrets.token_hex(32)
        origin = options.seed_source or ("由操作人给出" if options.seed else "本机随机数发生器")
        made = certify(rows, request, Occasion(options.title, seed, origin, options.by, now()), again, source)
        _write(out, made)
        trail.note(made)
    print(told(made))
    print(f"证书：{out.name}（打印件 {out.with_suffix('.docx').name}）\n证书哈希：{made['hash']}")
    print("请把证书哈希另处抄存；以后用 draw verify --known 核对。")
    return 0


def _write(out: Path, made: dict[str, Any]) -> None:
    from review.procedure.draw_paper import paper_of
    from review.reports.word import as_word

    word = as_word(paper_of(made))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
        out.with_suffix(".docx").write_bytes(word)
    except OSError as problem:
        raise SettingsError(f"证书写不进 {out.name}；请核对文件夹的权限和空间。") from problem


def _request(options: argparse.Namespace) -> tuple[Request, str]:
    """What is asked for, and the hash of the certificate it rests on."""
    if options.what == "regions":
        return RegionsRequest(options.id, tuple(options.ruled_out), options.one_way), ""
    if options.what == "experts":
        return _experts(options)
    kind, value = next(
        (kind, said)
        for kind, said in ((SHARE, options.share), (EACH, options.each), (TOTAL, options.total))
        if said
    )
    columns = Columns(
        options.id,
        options.name,
        options.risk,
        options.history,
        options.designated,
        options.region,
        options.top_by,
    )
    if options.risk_share not in ("0", "0%") and not options.risk:
        raise SettingsError("按风险选取要有风险分的列；请补上 --risk。")
    earlier = [_sound(file, "objects") for file in options.without]
    rules = FrameRules(
        columns,
        tuple(StratumColumn(column, bounds) for column, bounds in options.by_stratum),
        tuple(options.exclude),
        tuple(options.lookback),
        options.until,
        options.top,
        tuple(sorted({one["key"] for made in earlier for one in made["result"]["drawn"]})),
    )
    size = Size(kind, value)
    return ObjectsRequest(rules, size, options.risk_share, options.minimum, options.allow_empty), "、".join(
        made["hash"] for made in earlier
    )


def _experts(options: argparse.Namespace) -> tuple[Request, str]:
    made = _sound(options.objects, "objects")
    objects = tuple((one["key"], one["name"], one["region"]) for one in made["result"]["drawn"])
    columns = ExpertColumns(
        options.id,
        options.discipline,
        options.name,
        options.unit,
        options.region,
        options.load,
        options.interests,
    )
    needs = tuple(options.need)
    return ExpertsRequest(columns, objects, needs, options.most, options.crosswise), made["hash"]


def _sound(file: Path, kind: str) -> dict[str, Any]:
    made = read_certificate(file)
    problems = whole(made)
    if made["kind"] != kind or problems:
        said = problems[0] if problems else f"不是“{KINDS[kind]}”的证书"
        raise InputError(f"证书 {file.name}：{said}；请取未经改动的证书。")
    return made


def _again(
    options: argparse.Namespace, rows: DrawList, kind: str, source: str, trail: DrawTrail
) -> Again | None:
    """The certificate this one replaces. A second draw from one list is not made without it: neither where the first
    lies in the folder, nor where the trail tells of it."""
    told = [one for one in trail.drawn_before(kind, rows.sha256) if one not in source]
    if options.again is None:
        if options.reason:
            raise SettingsError("写了重新抽取的理由，却没有原证书；请补上 --again。")
        alike = (file for file, made in _beside(options.out) if _same(made, kind, rows, source))
        before = next(alike, None)
        if before is not None:
            raise SettingsError(
                f"同一名单已抽取过（证书 {before.name}）；重新抽取请用 --again {before.name} 并以 --reason 写明理由"
                f"{'，另抽一批请用 --without' if kind == 'objects' else ''}。"
            )
        if told:
            raise SettingsError(
                f"留痕记有同一名单的抽取，证书哈希 {told[0]}；重新抽取请用 --again 原证书（已遗失的写它的哈希）"
                "并以 --reason 写明理由。"
            )
        return None
    if not (options.reason or "").strip():
        raise SettingsError("重新抽取要写明理由；请补上 --reason。")
    lost = options.again.name if not options.again.exists() and options.again.name in told else ""
    return Again(lost or _sound(options.again, kind)["hash"], options.reason.strip())


def _same(made: dict[str, Any], kind: str, rows: DrawList, source: str) -> bool:
    """Whether it drew the same: from this list, its drawn objects not left out now, experts for the same objects."""
    if made["kind"] != kind or made["list"].get("sha256") != rows.sha256:
        return False
    return made["hash"] not in source if kind == "objects" else bool(made["source"] == source)


def _beside(out: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted(out.parent.glob("*.json")):
        try:
            yield file, read_certificate(file)
        except InputError:
            continue  # another kind of file is no earlier draw


def _verify(options: argparse.Namespace) -> int:
    made = read_certificate(options.certificate)
    request = request_of(made)
    wrong = [*check(made, read_list(options.list, *columns_of(request)), options.known)]
    if isinstance(request, ExpertsRequest):
        wrong += _against_objects(options.objects, made, request)
    if options.earlier:
        earlier = _sound(options.earlier, made["kind"])
        if not made["again"] or made["again"].get("earlier") != earlier["hash"]:
            wrong.append("所取代的证书不是给出的这一份")
    for line in wrong:
        print(f"不符：{line}。")
    if wrong:
        return 1
    print(f"相符：名单、要求、种子与结果逐项复算一致。\n{told(made)}\n证书哈希：{made['hash']}")
    if made["again"]:
        print(f"本次为重新抽取，理由：{made['again']['reason']}；所取代的证书：{made['again']['earlier']}")
    return 0


def _against_objects(file: Path | None, made: dict[str, Any], request: ExpertsRequest) -> list[str]:
    if file is None:
        raise SettingsError("核对专家匹配还要对象的抽取证书；请补上 --objects。")
    before = _sound(file, "objects")
    drawn = tuple((one["key"], one["name"], one["region"]) for one in before["result"]["drawn"])
    same = before["hash"] == made["source"] and drawn == request.objects
    return [] if same else ["匹配所依据的对象与给出的对象证书不同"]


def told(made: dict[str, Any]) -> str:
    """What was drawn, in a few lines."""
    result = made["result"]
    if made["kind"] == "objects":
        count = sum(one["eligible"] + one["designated"] for one in result["strata"])
        keys = "、".join(one["key"] for one in result["drawn"][:20])
        more = "……" if len(result["drawn"]) > 20 else ""
        return shown(
            f"{len(result['strata'])} 层，可抽和指定共 {count:,} 个，抽中 {len(result['drawn']):,} 个：{keys}{more}"
        )
    if made["kind"] == "experts":
        lines = [f"{one['object']}　{one['discipline']}　{one['key']}" for one in result["matched"]]
        if made["request"]["columns"]["unit"] and not any(one["why"] == OWN for one in result["stood_aside"]):
            lines.append("没有专家因本单位回避；请核对单位的写法与对象的编号或名称一致。")
        return shown("\n".join(lines))
    return shown("\n".join(f"{one['inspecting']} 查 {one['inspected']}" for one in result["pairs"]))
