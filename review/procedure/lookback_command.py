"""The command `python -m review lookback`: two inspections of one institution, and what to look at first next time."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from review.errors import InputError, ReviewError, SettingsError
from review.procedure.look_back import compare, focus
from review.procedure.look_back_paper import as_data, paper_of, told
from review.procedure.look_back_reading import Reviewed, read_review, sides_of, wards
from review.reports.paper import shown

PAPER, DATA, FOCUS = "回头看.docx", "回头看.json", "重点清单.yaml"


def run_lookback(arguments: Sequence[str]) -> int:
    """0 when compared; 2 where the two cannot be read or are not of one institution."""
    options = _parser().parse_args(arguments)
    try:
        lines = _compare(options.earlier, options.later, options.out)
    except ReviewError as problem:
        print(shown(f"不能比较：{problem}"), file=sys.stderr)
        return 2
    print(shown("\n".join(lines)))
    return 0


def _compare(earlier_said: str, later_said: str, out: Path) -> list[str]:
    if there := [name for name in (PAPER, DATA, FOCUS) if (out / name).exists()]:
        raise SettingsError(f"{out.name} 里已有 {'、'.join(there)}；请另选文件夹。")
    earlier, later = _read(earlier_said), _read(later_said)
    sides, alone = sides_of(earlier, later)
    same_rules = bool(earlier.rules) and earlier.rules == later.rules
    compared = compare(sides, same_rules=same_rules, uneven=alone)
    first = focus(compared, wards(later) | {k: v for k, v in wards(earlier).items() if k not in wards(later)})
    notes = _notes(earlier, later, alone, same_rules=same_rules)
    try:
        _write(out, earlier, later, compared, first, notes)
    except OSError as problem:
        raise SettingsError(f"写不进 {out.name}（{problem.strerror}）；请核对权限和空间。") from problem
    return [*told(compared), *notes, f"已写入 {out.name}：{PAPER}、{DATA}、{FOCUS}。"]


def _write(
    out: Path, earlier: Reviewed, later: Reviewed, compared: Any, first: Any, notes: list[str]
) -> None:
    import yaml

    from review.reports.word import as_word

    out.mkdir(parents=True, exist_ok=True)
    made_at = datetime.now().replace(microsecond=0)
    paper = paper_of(earlier, later, compared, first, notes, made_at)
    (out / PAPER).write_bytes(as_word(paper))
    data = as_data(earlier, later, compared, notes)
    (out / DATA).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    said = {"institution": later.hospital, "from": later.period, "focus": first}
    (out / FOCUS).write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), "utf-8")


def _notes(earlier: Reviewed, later: Reviewed, alone: dict[str, list[str]], *, same_rules: bool) -> list[str]:
    from review.violations import VIOLATIONS

    notes = []
    if not same_rules:
        notes.append(
            "两次审核的规则或知识版本不同：有无的变化可能来自规则，不作“已消除”“新增”的判断；用同一版本重审后可再比较。"
        )
    if not (earlier.code and later.code):
        notes.append("有一次结果没有机构编码，未能核对是否同一机构。")
    if earlier.period == later.period:
        notes.append("两次的检查区间相同；请核对是不是给了同一次的结果。")
    elif earlier.period > later.period:
        notes.append("“较早”的检查区间晚于“较晚”的；请核对两次的次序。")
    for which, run in (("较早一次", earlier), ("较晚一次", later)):
        if run.decided:
            notes.append(
                f"{which}按专家决定：{run.decided:,} 项已定，其中 {len(run.rejected):,} 项不成立、未计。"
            )
        else:
            notes.append(f"{which}按程序提示的疑点（线索除外），未经专家确认。")
    for kind, checks in alone.items():
        notes.append(
            f"“{VIOLATIONS[kind].name}”有只在一次审核中做过的检查，未用于比较，该类不作“已消除”“新增”的判断："
            f"{'、'.join(checks)}。"
        )
    return notes


def _read(said: str) -> Reviewed:
    folder = Path(said)
    if (folder / "findings.jsonl").is_file():
        return read_review(folder)
    if folder.is_dir():
        raise InputError(f"{folder.name} 里没有 findings.jsonl；请给出审核写出的结果文件夹。")
    return _of_workbench(said)


def _of_workbench(name: str) -> Reviewed:
    """An inspection of this machine's workbench by its name or key, with what holds of its findings."""
    from review.procedure.workbench_here import inspection_named, workbench_here

    with workbench_here() as desk:
        entry, _ = inspection_named(desk, name)
        calls = {key: call for key, call in desk.standing(entry).items() if call.finding}
        rejected = {key for key, call in calls.items() if call.verdict == "reject"}
        return read_review(desk.runs.out(entry.key, entry.run), rejected, len(calls))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review lookback",
        description="回头看：同一机构两次检查的违规类型逐类比较（重复、减少、未再见、新增），并列出下次的重点清单。",
    )
    where = "结果文件夹，或本机工作台里检查的名称或编号"
    parser.add_argument("earlier", metavar="较早", help=where)
    parser.add_argument("later", metavar="较晚", help=where)
    parser.add_argument("--out", type=Path, required=True, metavar="文件夹", help="比较写到这里")
    return parser
