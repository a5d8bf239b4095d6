"""What a PDF tells of how it came about: earlier revisions inside it, text beneath a white box, digits of two fonts.

Works on files alone and knows neither admissions nor findings. An incremental update is no sign by itself: one in
seventeen ordinary PDFs carries one. What counts is what a page shows now and showed differently before.
"""

from dataclasses import dataclass
from datetime import datetime

UPDATED_SHARE = "普通 PDF 中约 6%（3178 份中 182 份）带有增量更新，有更新本身不说明问题"

REPLACED, ADDED, REMOVED = "替换", "添加", "删除"
PAGE_ADDED, PAGE_REMOVED, PICTURE = "插入页", "删除页", "画面改动"
REVISION, COVERED, TYPED_OVER, FONT, LAYER = "revision", "covered", "typed_over", "font", "layer"
TAKEN, SHEET_OF_PAPER, SIGNED = "taken", "sheet", "signed"


@dataclass(frozen=True)
class Picture:
    """One picture inside a file, as `pictures.look_of` sees it."""

    kind: (
        str  # taken by a machine | a sheet of paper, scanned | signed: a small one behind a word for signing
    )
    page: int
    width: int
    height: int
    hash: str
    digest: str
    small: str = ""  # not of a sheet: only what is the same point for point is the same sheet
    label: str = ""  # the words before a signature


@dataclass(frozen=True)
class Sign:
    """One thing seen on one page. `before` and `after` are the words that differ, `line` the line that shows now."""

    kind: str  # revision | covered | typed_over | font | layer
    how: str
    page: int  # counted from 1 in the file as it is now; in the earlier revision where the page is gone
    what: str  # 诊断 | 日期 | 数值 | … | 文字
    label: str  # the words before it on its line; of a picture, where on the page
    before: str
    after: str
    line: str
    weighty: bool = False  # a date, number, name, result or signature put in another's place
    revision: int = 0  # which revision brought it, counted from 1; 0 where it is no matter of revisions
    made_at: datetime | None = None  # when that revision was made, as the file states it


@dataclass(frozen=True)
class FileSigns:
    """All that one PDF tells. `quiet` names the updates that changed nothing a reader sees."""

    pages: int
    revisions: int
    producer: str
    creator: str
    created_at: datetime | None
    modified_at: datetime | None
    signs: tuple[Sign, ...] = ()
    quiet: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    layered: tuple[int, ...] = ()  # scanned pages beneath a text that nobody sees
    pictures: tuple[Picture, ...] = ()
