"""Pictures of every page and state of the workbench, taken in a real browser over a prepared home of invented people.

The pages show what a real server answers over a real review of the demonstration; nothing is drawn for the picture.
Only the times of decisions are those of the moment they are taken.
"""

import io
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.demonstration_home import PASSWORD, furnish

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
LEADER, EXPERT, CLERK = "陈立群", "王敏", "赵青"
SETTLED = """() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))
    .then(() => new Promise(requestAnimationFrame)).then(() => null)"""
REVIEW = ":is(mark.now, tr.now)"
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Picture:
    """One picture: who looks at which address, what must stand there first, and the keys pressed before."""

    name: str
    path: str
    ready: str
    who: str | None = LEADER
    keys: tuple[str, ...] = ()
    then: str = ""
    width: int = 1440
    height: int = 900
    dark: bool = False
    fill: str = ""  # typed into the box of the page before the keys
    marks: str = ""  # a line of the record, selected before the keys


PICTURES = (
    Picture(
        "inspections-running", "/inspections?inspection={running}", ".mj.app > main"
    ),  # while it still runs
    Picture("review", "/", REVIEW, EXPERT),
    Picture("review-1280", "/", REVIEW, EXPERT, width=1280, height=800),
    Picture("review-1920", "/", REVIEW, EXPERT, width=1920, height=1080),
    Picture("review-tablet", "/", REVIEW, EXPERT, width=820, height=1180),
    Picture("review-dark", "/", REVIEW, EXPERT, dark=True),
    Picture("review-basis", "/", REVIEW, EXPERT, ("b",), ".drawer .clause"),
    Picture("review-keys", "/", REVIEW, EXPERT, ("?",), "dialog[open]"),
    Picture("review-lanes", "/", REVIEW, EXPERT, ("t",)),
    Picture("review-reasons", "/", REVIEW, EXPERT, ("2",), ".asking"),
    Picture("review-missing", "/", REVIEW, EXPERT, ("3",), ".asking"),
    Picture("review-amount", "/", REVIEW, EXPERT, ("e",)),
    Picture("review-note", "/", REVIEW, EXPERT, ("n",), ".asking .attach-row"),
    Picture("review-own", "/", REVIEW, EXPERT, ("Shift+Equal",), ".proposing", marks=".document mark"),
    Picture("review-charges", "/", REVIEW, EXPERT, ("f",), ".text.as-table"),
    Picture("review-leader", "/", REVIEW, LEADER),
    Picture(
        "compare-nothing", "/?case={compared}&finding={compared_finding}", REVIEW, LEADER, ("c",), ".stage"
    ),
    Picture("likeness-map", "/", REVIEW, LEADER, ("m",), ".stage"),
    Picture("overview", "/overview", ".drawing svg"),
    Picture("overview-dark", "/overview", ".drawing svg", dark=True),
    Picture("overview-tablet", "/overview", ".drawing svg", width=820, height=1180),
    Picture("inspections", "/inspections?inspection={reviewed}", ".files"),
    Picture("chat-empty", "/chat", ".start", CLERK),
    Picture(
        "chat", "/chat", ".start", CLERK, ("Enter",), ".answer .foot", fill="首次病程记录应当几小时内完成"
    ),
    Picture(
        "chat-refused", "/chat", ".start", CLERK, ("Enter",), ".answer.refused", fill="量子计算机如何散热"
    ),
    Picture("rules", "/rulebook", ".mj.app > main"),
    Picture("papers", "/papers", ".side-papers li"),
    Picture("papers-hearing", "/papers?paper=hearing", ".hearing-rows a"),
    Picture("papers-letter", "/papers?paper=feedback", ".sheet table"),
    Picture("review-hearing", "/?case={heard}&finding={heard_finding}", ".card.open .hearing", height=1300),
    Picture("audit", "/audit", ".mj.app > main"),
    Picture("library", "/library", ".mj.app > main"),
    Picture("users", "/users", ".mj.app > main"),
    Picture("quality", "/quality", ".quality"),
    Picture("password", "/password", "form"),
    Picture("sign-in", "/sign-in", "form", None),
    Picture("no-right", "/users", "body", CLERK),
    Picture("review-unknown-case", "/?case=none", REVIEW, EXPERT),
)


def run(out: Path, only: list[str]) -> list[str]:
    """Take the pictures named, or all of them, and say how large each became."""
    from playwright.sync_api import sync_playwright

    wanted = [one for one in PICTURES if not only or one.name in only]
    if missing := set(only) - {one.name for one in PICTURES}:
        raise LookupError(
            f"没有这样的图：{'、'.join(sorted(missing))}。有：{'、'.join(p.name for p in PICTURES)}"
        )
    out.mkdir(parents=True, exist_ok=True)
    lines = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        keys = furnish(Path(folder), ROOT / "demo" / "mountain-county-2024")
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with served(Path(folder)) as address:
            for one in wanted:
                size = _take(chromium, address, one, keys, out / f"{one.name}.webp")
                lines.append(f"{one.name}\t{one.width}×{one.height}\t{size:,} 字节")
        chromium.close()
    total = sum(file.stat().st_size for file in out.glob("*.webp"))
    if total > MOST_BYTES:
        raise ValueError(f"图共 {total:,} 字节，超过 {MOST_BYTES:,}；请减少图或降低质量。")
    return [*lines, f"共 {len(wanted)} 张，文件夹合计 {total:,} 字节"]


def _take(chromium: Any, address: str, one: Picture, keys: Mapping[str, str], file: Path) -> int:
    context = chromium.new_context(
        viewport={"width": one.width, "height": one.height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        color_scheme="dark" if one.dark else "light",
    )
    page = context.new_page()
    if one.who:
        page.goto(address + "/sign-in")
        page.fill("input[name=name]", one.who)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(address + one.path.format(**keys))
    page.wait_for_selector(one.ready, timeout=90_000)
    if one.fill:
        page.fill("textarea", one.fill)
    if one.marks:
        page.locator(one.marks).first.click(click_count=3)
    for key in one.keys:
        page.keyboard.press(key)
    if one.then:
        page.wait_for_selector(one.then, timeout=90_000)
    page.wait_for_load_state("networkidle")
    page.evaluate(SETTLED)
    _write(page.screenshot(), file)
    context.close()
    return file.stat().st_size


def _write(png: bytes, file: Path) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(file, "WEBP", quality=82, method=6)


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a workbench over this home, in a process of its own; it ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "MINGJIAN_HOME": str(home),
        "MINGJIAN_PORT": str(port),
        "MINGJIAN_DEMO": str(home / "none"),
    }
    log = home / "serving.log"
    with log.open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            [
                "/usr/bin/env",
                *(f"{name}={value}" for name, value in settings.items()),
                sys.executable,
                "app.py",
            ],
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/sign-in", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise OSError("工作台没有启动，请直接运行 python app.py 看原因。")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise OSError("工作台两分钟内没有启动。")
