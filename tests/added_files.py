"""Files to add to a library, and the command that adds them in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLD = "某省基金巡查办法\n（某省医疗保障局令第18号）\n第一条 巡查结论应当在72小时内送达被巡查的机构。\n第二条 巡查人员不得少于两人。\n第三条 本办法自2018年3月1日起施行。\n"
NEW = "某省基金巡查办法\n（某省医疗保障局令第24号）\n第一条 巡查结论应当在24小时内送达被巡查的机构。\n第二条 巡查人员不得少于两人。\n第三条 本办法自2024年5月1日起施行。\n"


def write(folder, **texts):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def command(home, *words, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "knowledge", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "MINGJIAN_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
