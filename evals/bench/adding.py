"""How long 20,000 passages take to be added, and how much memory, beside only reading the same files from the disk.

The corpus is invented: regulations of one hundred articles, each article of its own words, and one long table.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from evals.bench import Figure, in_turn

ROOT = Path(__file__).parent.parent.parent
REGULATIONS, ARTICLES, ROWS = 150, 100, 5_000
PASSAGES = REGULATIONS * ARTICLES + ROWS
MEMORY_LIMIT = 2 * 1024**3  # bytes; an ordinary laptop must do it
_SUBJECTS = (
    "定点医疗机构",
    "定点零售药店",
    "医疗保障经办机构",
    "参保人员",
    "医疗保障行政部门",
    "医务人员",
    "监督检查人员",
    "统筹地区",
)
_DUTIES = (
    "核验凭证",
    "留存清单",
    "上传明细",
    "公示价格",
    "告知费用",
    "保管档案",
    "退回资金",
    "说明理由",
    "接受询问",
    "提供资料",
    "整改问题",
    "报告情况",
)
_THINGS = (
    "床位费",
    "护理费",
    "检查费",
    "化验费",
    "手术费",
    "麻醉费",
    "药品费",
    "耗材费",
    "诊查费",
    "治疗费",
    "康复费",
    "输血费",
)


def measure() -> Iterator[Figure]:
    """Seconds of `python -m knowledge add` in a process of its own; the peak of its memory is printed."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, home = Path(folder) / "corpus", Path(folder) / "home"
        write_corpus(corpus)
        seconds, peak = _added(corpus, home)
        files = sorted(corpus.iterdir())
        _, floor = in_turn(lambda: None, lambda: [file.read_bytes() for file in files])
        print(
            f"添加 {PASSAGES:,} 条：{seconds:.1f} 秒，每秒 {PASSAGES / seconds:,.0f} 条，"
            f"内存峰值 {peak / 1024**2:,.0f} MB（上限 {MEMORY_LIMIT / 1024**2:,.0f} MB）",
            file=sys.stderr,
        )
        if peak > MEMORY_LIMIT:
            raise MemoryError(f"添加 {PASSAGES:,} 条占用 {peak / 1024**2:,.0f} MB，超过上限。")
    yield Figure(
        "adding", f"{PASSAGES:,} passages in {len(files)} files", seconds, floor, "reading the files"
    )


def write_corpus(folder: Path, seed: int = 20_000) -> None:
    """The same invented files every time."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    for number in range(1, REGULATIONS + 1):
        articles = (
            f"第{place}条 {_sentence(chance)}{_sentence(chance)}\n" for place in range(1, ARTICLES + 1)
        )
        text = f"某省第{number}号管理办法\n{''.join(articles)}"
        (folder / f"办法{number:03}.txt").write_text(text, encoding="utf-8")
    rows = (f"{place},{_item(chance)},{_sentence(chance)}\n" for place in range(1, ROWS + 1))
    (folder / "清单.csv").write_text("序号,项目名称,问题描述\n" + "".join(rows), encoding="utf-8")


def _sentence(chance: random.Random) -> str:
    duties = "、".join(chance.sample(_DUTIES, 3))
    return (
        f"{chance.choice(_SUBJECTS)}对{_item(chance)}应当在{chance.randint(1, 90)}日内{duties}，"
        f"涉及{chance.choice(_SUBJECTS)}的{_item(chance)}不得超过{chance.randint(2, 900)}元。"
    )


def _item(chance: random.Random) -> str:
    return f"{chance.choice(_THINGS)}第{chance.randint(1, 9_999)}类"


def _added(corpus: Path, home: Path) -> tuple[float, int]:
    """Seconds and peak memory in bytes of one add."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "knowledge", "add", str(corpus)],
        cwd=ROOT,
        env={**os.environ, "MINGJIAN_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - begun
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
