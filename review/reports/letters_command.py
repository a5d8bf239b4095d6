"""The command that hands out the letters' templates for a bureau to edit, and says which fields there are."""

import argparse
from pathlib import Path

from review.reports.letter_values import FIELDS
from review.reports.letters import OWN, letters, write_templates


def run_templates(arguments: list[str]) -> int:
    """Write the templates to a folder, or list the fields. Raises InputError."""
    asked = _parser().parse_args(arguments)
    if asked.folder is None:
        for name, says in FIELDS.items():
            print(f"{{{{ {name} }}}}" + (f"  {says}" if says else ""))
        print("表格的行写在两行标记之间：{%tr for 项 in 事项 %} … {{ 项.涉嫌事项 }} … {%tr endfor %}")
        return 0
    files = write_templates(asked.folder)
    for file in files:
        print(f"{file.name}  {letters()[file.stem]['title']}")
    print(f"改好后放进 MINGJIAN_HOME 下的 {OWN} 文件夹，文件名不变；没有放的用程序自带的。")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review templates", description="程序文书的 Word 模板：写出来改，或列出可用的域。"
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", metavar="文件夹", help="模板写到这里；不写则列出可用的域"
    )
    return parser
