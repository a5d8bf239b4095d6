"""The command `python -m review publish`: a public summary of settled inspections of this machine's workbench."""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import unescape
from pathlib import Path

from review.casework.desk import Desk
from review.errors import InputError, ReviewError, SettingsError
from review.procedure.publish import told_of
from review.procedure.publish_paper import as_page, paper_of
from review.procedure.workbench_here import inspection_named, workbench_here
from review.reports.dossier import Dossier, open_dossier
from review.reports.paper import shown
from review.reports.word import as_word
from review.store.entries import InspectionEntry
from review.store.life import CLOSED, STANDINGS

PAGE, WORD = "公开.html", "公开.docx"
SHORTEST_NUMBER = 5  # shorter ones are years and counts as well
PERSONAL = ("person_name", "doctor", "inpatient_no", "person_id", "admission_id")


def run_publish(arguments: Sequence[str]) -> int:
    """0 when written; 2 where something may not be told or cannot be written."""
    options = _parser().parse_args(arguments)
    try:
        lines = _publish(options.inspections, options.title, options.out)
    except ReviewError as problem:
        print(shown(f"不能公开：{problem}"), file=sys.stderr)
        return 2
    print(shown("\n".join(lines)))
    return 0


def _publish(names: Sequence[str], title: str, out: Path) -> list[str]:
    if there := [name for name in (PAGE, WORD) if (out / name).exists()]:
        raise SettingsError(f"{out.name} 里已有 {'、'.join(there)}；请另选文件夹。")
    with workbench_here() as desk:
        opened = [_opened(desk, name) for name in dict.fromkeys(names)]
        made_at = datetime.now().replace(microsecond=0)
        paper = paper_of(told_of([dossier for _, dossier, _ in opened]), title, made_at)
        page = as_page(paper)
        _require_nobody(page, {value for _, _, persons in opened for value in persons})
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / PAGE).write_text(page, "utf-8")
            (out / WORD).write_bytes(as_word(paper))
        except OSError as problem:
            raise SettingsError(f"写不进 {out.name}（{problem.strerror}）；请核对权限和空间。") from problem
        for entry, _, _ in opened:
            desk.store.write_trail("命令行", "publish", entry.key)
    return [
        f"已写入 {out.name}：{PAGE}、{WORD}；已核对其中没有本次检查里患者、医师的姓名和五位以上的号码。",
        "与以前公开的检查有重叠的，两次的数相减可能露出少数几例，请勿重叠公开；发布前请再通读一遍。",
    ]


def _opened(desk: Desk, name: str) -> tuple[InspectionEntry, Dossier, set[str]]:
    """An inspection, what the summary is made from, and every name and number of a person in it."""
    entry, results = inspection_named(desk, name)
    if entry.standing not in CLOSED:
        raise InputError(f"“{name}”{STANDINGS[entry.standing]}；定案以后才能公开。")
    persons = {str(row[column]) for row in results.admissions.values() for column in PERSONAL if row[column]}
    return entry, open_dossier(entry, results, desk.standing(entry), desk.rules), persons


def _require_nobody(page: str, persons: Iterable[str]) -> None:
    """Raises InputError where a name or number of a person stands in the page; it does not say which."""
    said = unescape(page)
    close = "".join(said.split())
    found = sum(_stands_in(value, said, close) for value in persons)
    if found:
        raise InputError(
            f"生成的内容里有 {found} 处与患者或医师的姓名、号码相同（多半在标题、机构或检查的名称里）；"
            "请改名称后重试。没有写出文件。"
        )


def _stands_in(value: str, said: str, close: str) -> bool:
    """Whether a name stands there, however spaced, or a number as one of its own."""
    if re.fullmatch(r"[\w-]*\d[\w-]*", value, re.ASCII):
        apart = rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])"
        return len(value) >= SHORTEST_NUMBER and re.search(apart, said) is not None
    name = "".join(value.split())
    return len(name) >= 2 and name in close


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review publish",
        description="一公开：由已定案的检查写出公开摘要（HTML 和 Word），不含任何人的信息，少于 5 例的不单列。",
    )
    parser.add_argument("inspections", nargs="+", metavar="检查", help="工作台里检查的名称或编号")
    parser.add_argument("--title", default="医疗保障基金使用检查结果公开", metavar="标题")
    parser.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到这里")
    return parser
