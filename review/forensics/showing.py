"""One page of a PDF in each of its revisions: its lines and its picture, for a reader to hold side by side.

Run as `python -m review.forensics.showing FILE PAGE` it does so in a process of its own, because the file is hostile
until shown otherwise; `page_versions` starts that process and bounds its time and memory.
"""

import base64
import contextlib
import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from knowledge.readers import UnreadableFile
from knowledge.readers.text import read_bytes
from review.forensics.drawn import DrawnFile, DrawnPage, PageLost, opened
from review.forensics.examination import LARGEST
from review.forensics.revisions import revision_ends
from review.forensics.structure import Structure, read_structure

ROOT = Path(__file__).parents[2]
SECONDS, STARTING = 18, 30  # for the page, and for the libraries to load on a busy machine
MOST_MEMORY = 640 * 1024**2
MOST_VERSIONS = 6
PICTURE_SIDE = 1100  # px
SLOW = UnreadableFile("用时过长，已放弃", "请打印成新的 PDF 再试")
BROKEN = UnreadableFile("结构损坏或展开过大，未能画出", "请索取原始电子文件，或打印成新的 PDF 再试")


@dataclass(frozen=True)
class PageVersion:
    """A page as one revision shows it: lines from the top with their boxes (fractions of the page), and a PNG."""

    revision: int
    made_at: str
    lines: tuple[str, ...]
    boxes: tuple[tuple[float, float, float, float], ...]
    picture: str  # base64


def page_versions(file: Path, page: int) -> list[PageVersion]:
    """A page in all the revisions in which it shows something else. Raises `UnreadableFile`."""
    asked = [sys.executable, "-m", "review.forensics.showing", str(file.resolve()), str(page)]
    limits = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            asked, cwd=ROOT, env=limits, capture_output=True, timeout=SECONDS + STARTING, check=False
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise SLOW from None
    except ValueError:
        raise BROKEN from None
    if "problem" in answer:
        raise UnreadableFile(answer["problem"], answer["remedy"])
    return [
        PageVersion(
            **{**one, "lines": tuple(one["lines"]), "boxes": tuple(tuple(box) for box in one["boxes"])}
        )
        for one in answer["versions"]
    ]


def _versions(file: Path, page: int) -> Iterator[PageVersion]:
    """From the last revision back; what a revision shows as the one after it did is passed over."""
    content = read_bytes(file, LARGEST)
    ends = revision_ends(content)
    last = read_structure(content)
    key = last.pages[page - 1].key if last.pages is not None and page <= len(last.pages) else None
    shown: list[str] | None = None
    given = 0
    for number in range(len(ends), 0, -1):
        part = content if number == len(ends) else content[: ends[number - 1]]
        structure = last if number == len(ends) else read_structure(part)
        with contextlib.suppress(UnreadableFile), opened(part) as drawn:
            found = _page(drawn, structure, key, page)
            if found is None:
                continue
            lines = [row.text for row in found.rows]
            if lines != shown and given < MOST_VERSIONS:
                shown, given = lines, given + 1
                yield PageVersion(
                    number,
                    _moment(structure),
                    tuple(lines),
                    tuple(row.box for row in found.rows),
                    _png(found),
                )


def _page(drawn: DrawnFile, structure: Structure, key: str | None, page: int) -> DrawnPage | None:
    """The same page in another revision: by the object it is, else by its number."""
    keys: Sequence[str] = [mark.key for mark in structure.pages] if structure.pages is not None else []
    number = keys.index(key) + 1 if key in keys else page
    return drawn.page(number) if number <= len(drawn) else None


def _moment(structure: Structure) -> str:
    at = structure.made.modified_at or structure.made.created_at
    return at.isoformat(sep=" ", timespec="minutes") if at else ""


def _png(page: DrawnPage) -> str:
    try:
        picture = Image.fromarray(page.picture)
    except (PageLost, ValueError, MemoryError):
        return ""
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    file = io.BytesIO()
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _answer(file: Path, page: int) -> dict[str, Any]:
    try:
        versions = [asdict(version) for version in _versions(file, page)]
        if not versions:
            raise BROKEN
        return {"versions": versions[::-1]}
    except UnreadableFile as problem:
        return {"problem": problem.problem, "remedy": problem.remedy}
    except OSError as problem:
        return {"problem": f"打不开（{problem.strerror or '未知原因'}）", "remedy": "请核对路径与权限"}


def main() -> None:
    """Answer on the output; what a library prints goes elsewhere."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    json.dump(_answer(Path(sys.argv[1]), int(sys.argv[2])), output, ensure_ascii=True)
    output.close()


if __name__ == "__main__":
    main()
