"""Examines a file: a PDF's revisions one against the other, the last for what is painted over and set in two fonts,
and any file for the pictures in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from knowledge.readers import UnreadableFile
from knowledge.readers.text import read_bytes
from review.forensics import PAGE_ADDED, PAGE_REMOVED, REVISION, FileSigns, Picture, Sign
from review.forensics.comparison import compare_pages, similar
from review.forensics.drawn import DrawnFile, DrawnPage, PageLost, opened
from review.forensics.embedded import SPENT, Purse, of_file, of_page
from review.forensics.painting import painted_signs
from review.forensics.revisions import revision_ends
from review.forensics.structure import PageMark, Structure, read_structure

LARGEST = 60 * 1024 * 1024  # bytes; above it only the outer signs would take longer than a reader waits
MOST_COMPARED = 60  # pages drawn for one pair of revisions
MOST_PAGES = 300
MOST_FILE_SIGNS = 200
ALIKE = 0.3  # of their lines, from which two pages are one page changed
FURTHER = "另有改动未列"
NO_PASSWORD = "需要密码"


@dataclass(frozen=True)
class _Version:
    """One state of a file: its drawing and what its structure says."""

    drawn: DrawnFile
    structure: Structure

    def marks(self) -> Sequence[PageMark]:
        """Its pages; where the structure is damaged, as the drawing counts them, each to be looked at."""
        if self.structure.pages is not None and len(self.structure.pages) == min(len(self.drawn), MOST_PAGES):
            return self.structure.pages
        return [PageMark(f"#{number}", "") for number in range(1, min(len(self.drawn), MOST_PAGES) + 1)]


def examine(path: Path) -> FileSigns:
    """All that one file tells. Raises `UnreadableFile`."""
    if path.suffix.lower() != ".pdf":
        return _without_revisions(path)
    content = read_bytes(path, LARGEST)
    if b"%PDF" not in content[:1024] and b"%PDF" not in content:
        raise UnreadableFile("不是 PDF", "请核对文件格式")
    ends = revision_ends(content)
    structure = read_structure(content, marks=len(ends) > 1)
    signs: list[Sign] = []
    quiet: list[str] = []
    notes: list[str] = []
    layered: list[int] = []
    pictures: list[Picture] = []
    purse = Purse()
    with opened(content) as drawn:
        count = len(drawn)
        last = _Version(drawn, structure)
        signs += _revisions(content, ends, last, quiet, notes)
        for number in range(1, min(count, MOST_PAGES) + 1):
            page = drawn.page(number)
            if page is not None:
                known = {(sign.page, sign.before) for sign in signs if sign.before}
                signs += [sign for sign in painted_signs(page) if (sign.page, sign.before) not in known]
                layered += [number] if page.layered else []
                pictures += of_page(page, purse)
            drawn.forget(number)
    if count > MOST_PAGES:
        notes.append(f"共 {count} 页，只看前 {MOST_PAGES} 页")
    notes += [SPENT] if purse.spent else []
    made = structure.made
    return FileSigns(
        count, len(ends), made.producer, made.creator, made.created_at, made.modified_at,
        tuple(dict.fromkeys(signs))[:MOST_FILE_SIGNS], tuple(quiet), tuple(notes), tuple(layered),
        tuple(pictures),
    )  # fmt: skip


def _without_revisions(path: Path) -> FileSigns:
    """A Word file or a picture: nothing but the pictures in it."""
    purse = Purse()
    pictures = tuple(of_file(path, purse))
    notes = (SPENT,) if purse.spent else ()
    return FileSigns(0, 1, "", "", None, None, notes=notes, pictures=pictures)


def draw_page(path: Path, number: int, target: Path) -> None:
    """Writes what a page shows, without what is hidden beneath it, as a PNG. Raises `UnreadableFile`."""
    with opened(read_bytes(path, LARGEST)) as drawn:
        page = drawn.page(number)
        if page is None:
            raise UnreadableFile(f"第 {number} 页打不开", "请重新导出该文件")
        page.write_picture(target)


def compare_files(earlier: Path, later: Path) -> FileSigns:
    """What the later of two files shows otherwise than the earlier. Raises `UnreadableFile`."""
    old, new = read_bytes(earlier, LARGEST), read_bytes(later, LARGEST)
    before, after = read_structure(old), read_structure(new)
    notes: list[str] = []
    with opened(old) as one, opened(new) as other:
        signs = list(_compared(_Version(one, before), _Version(other, after), False, notes))
        count = len(other)
    made = after.made
    return FileSigns(count, 1, made.producer, made.creator, made.created_at, made.modified_at,
                     tuple(signs)[:MOST_FILE_SIGNS], notes=tuple(notes))  # fmt: skip


def _revisions(
    content: bytes, ends: Sequence[int], last: _Version, quiet: list[str], notes: list[str]
) -> Iterator[Sign]:
    """What each revision changed of the one before it; pages are those of the revision that shows the change."""
    before: Structure | None = None
    for number, end in enumerate(ends[:-1], start=1):
        following = content[: ends[number]] if number < len(ends) - 1 else content
        before = before or read_structure(content[:end])
        after = last.structure if number == len(ends) - 1 else read_structure(following)
        try:
            with opened(content[:end]) as one:
                if number == len(ends) - 1:
                    found = list(_compared(_Version(one, before), last, True, notes))
                else:
                    with opened(following) as other:
                        found = list(_compared(_Version(one, before), _Version(other, after), True, notes))
        except UnreadableFile:
            notes.append(f"第 {number} 版不能单独打开，未比对")
            before = after
            continue
        when = after.made.modified_at if after.made.modified_at != before.made.modified_at else None
        yield from (replace(sign, revision=number + 1, made_at=when) for sign in found)
        if not found:
            quiet.append(_innocent(number + 1, before, after))
        before = after


def _innocent(number: int, before: Structure, after: Structure) -> str:
    if after.signed and not before.signed:
        what = "电子签名"
    elif before.extras != after.extras:
        what = "批注、表单或签章"
    elif before.made != after.made:
        what = "文件属性"
    else:
        what = "未改变可见内容"
    return f"第 {number} 版：{what}"


def _compared(before: _Version, after: _Version, one_file: bool, notes: list[str]) -> Iterator[Sign]:
    old, new = before.marks(), after.marks()
    drawn = 0
    for a, b in _pairs(before, after, old, new, one_file):
        if a is None and b is not None:
            yield from _whole(after.drawn.page(b), PAGE_ADDED)
        elif b is None and a is not None:
            yield from _whole(before.drawn.page(a), PAGE_REMOVED)
        elif a is not None and b is not None:
            if old[a - 1].digest and old[a - 1].digest == new[b - 1].digest:
                continue
            drawn += 1
            if drawn > MOST_COMPARED:
                notes.append(f"改动的页超过 {MOST_COMPARED} 页，其余未比对")
                return
            one, other = before.drawn.page(a), after.drawn.page(b)
            if one is not None and other is not None:
                yield from _pages(one, other, notes)
            before.drawn.forget(a)
            after.drawn.forget(b)


def _pages(one: DrawnPage, other: DrawnPage, notes: list[str]) -> list[Sign]:
    try:
        return compare_pages(one, other)
    except PageLost:
        notes.append(f"第 {other.number} 页读不出来，未比对")
        return []


def _pairs(
    before: _Version, after: _Version, old: Sequence[PageMark], new: Sequence[PageMark], one_file: bool
) -> Iterator[tuple[int | None, int | None]]:
    """Pages that are one page in both versions; a page without its like stands alone."""
    if one_file:
        names = [mark.key for mark in old], [mark.key for mark in new]
    else:
        names = [mark.digest for mark in old], [mark.digest for mark in new]
    for kind, a, b, c, d in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((a + n + 1, c + n + 1) for n in range(b - a))
        elif b - a == d - c:
            yield from _likest(before, after, range(a + 1, b + 1), range(c + 1, d + 1), certain=not one_file)
        else:
            yield from _likest(before, after, range(a + 1, b + 1), range(c + 1, d + 1), certain=False)


def _likest(
    before: _Version, after: _Version, old: range, new: range, certain: bool
) -> Iterator[tuple[int | None, int | None]]:
    """Each page with the next later page that shares its lines; `certain` where there are as many of both."""
    left = list(new)
    for number in old:
        page = before.drawn.page(number)
        for place, other in enumerate(left):
            drawn = after.drawn.page(other)
            if certain or (page is not None and drawn is not None and similar(page, drawn) >= ALIKE):
                yield from ((None, passed) for passed in left[:place])
                yield number, other
                left = left[place + 1 :]
                break
        else:
            yield number, None
    yield from ((None, number) for number in left)


def _whole(page: DrawnPage | None, how: str) -> Iterator[Sign]:
    """A page that came or went, by its first lines."""
    if page is None:
        return
    lines = [row.text for row in page.rows if row.text]
    first = next((line for line in lines if len(line) > 1), "")
    told = " ".join(lines[:3])[:60]
    added = how == PAGE_ADDED
    yield Sign(REVISION, how, page.number, "页", "", "" if added else told, told if added else "",
               first if added else "")  # fmt: skip
