"""The pictures inside a file: of a PDF's pages, of a Word file, or the file itself. Runs where hostile files may.

Kept are pictures large enough to be what a machine has taken, and small ones that stand behind a word for signing.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from knowledge.readers import UnreadableFile
from knowledge.readers.files import PICTURES
from knowledge.readers.ocr import open_picture
from review.forensics import SHEET_OF_PAPER, SIGNED, TAKEN, Picture
from review.forensics.drawn import DrawnPage, PageLost
from review.forensics.painted import Thing
from review.forensics.pictures import LEAST_INK, MOST_INK, Look, look_of

LEAST_SIDE = 160  # points of a picture that a machine has taken
LEAST_SHOWN = 60.0  # points of the page each way
SHEET = 0.5  # of the page, from which a picture is the sheet itself
LONGEST_STRIP = 3.0  # its longer side to its shorter; what is longer is a letterhead or a strip of buttons
LEAST_SIGNED = (40, 14)  # points of a signature
LARGEST_SIGNED = 0.06  # of the page
MOST_OF_PAGE = 24  # pictures looked at
MOST_OF_FILE = 60
MOST_POINTS = 40_000_000  # of one picture
BUDGET = 160_000_000  # points of one file
LARGEST_PART = 60 * 1024**2  # bytes of a picture in a Word file
MEDIA = "word/media/"
SPENT = "图片过多或过大，其余图片未比对"


class Purse:
    """How many points of pictures may still be looked at in one file, and how many pictures."""

    def __init__(self) -> None:
        self.points, self.pictures = BUDGET, MOST_OF_FILE
        self.spent = False

    def allows(self, width: int, height: int) -> bool:
        """Take what one picture costs; false where there is not enough left."""
        points = width * height
        if points > MOST_POINTS or points > self.points or not self.pictures:
            self.spent = True
            return False
        self.points -= points
        self.pictures -= 1
        return True


def of_page(page: DrawnPage, purse: Purse) -> Iterator[Picture]:
    """The pictures of a PDF's page with where they stand."""
    found = [thing for thing in page.things if thing.kind == "picture" and thing.pointer]
    for thing in found[:MOST_OF_PAGE]:
        if (signed := _signed_by(page, thing)) is None and not _worth(thing):
            continue
        picture = _decoded(page, thing, purse, masked=signed is not None)
        if picture is None:
            continue
        look = look_of(picture)
        if signed is None:
            left, bottom, right, top = thing.box
            whole = (right - left) * (top - bottom) > SHEET * page.size[0] * page.size[1]
            yield from _told(page.number, look, whole)
        elif LEAST_INK <= look.ink <= MOST_INK:
            yield Picture(
                SIGNED, page.number, look.width, look.height, look.hash, look.digest, look.small, signed
            )


def _worth(thing: Thing) -> bool:
    """Whether it takes enough of the page to be looked at."""
    left, bottom, right, top = thing.box
    return min(right - left, top - bottom) >= LEAST_SHOWN


def _signed_by(page: DrawnPage, thing: Thing) -> str | None:
    """The words before a small picture on its line, where they ask for a signature."""
    left, bottom, right, top = thing.box
    wide, high = page.size
    if (right - left) * (top - bottom) > LARGEST_SIGNED * wide * high or right - left < 12:
        return None
    try:
        rows = page.rows
    except PageLost:
        return None
    x0, y0, y1 = left / wide, 1 - top / high, 1 - bottom / high
    for row in rows:
        middle = (row.box[1] + row.box[3]) / 2
        if y0 <= middle <= y1 and row.box[0] < x0 and "签" in row.text:
            return _words_before(row.text, row.box, x0)
    return None


def _words_before(text: str, box: tuple[float, float, float, float], x: float) -> str | None:
    """The last words of a line before a place on the page; null where they do not ask for a signature."""
    share = min(1.0, (x - box[0]) / max(box[2] - box[0], 1e-6))
    before = text[: max(1, round(share * len(text)) + 1)].rstrip("_ ＿")
    label = before[-16:].strip()
    at = label.rfind("签")
    return label if at >= 0 and len(label) - at <= 8 else None


def _decoded(page: DrawnPage, thing: Thing, purse: Purse, masked: bool) -> Image.Image | None:
    """The picture's own points; null where it is too small, too large or cannot be unpacked."""
    try:
        width, height = page.points_of(thing)
        least = LEAST_SIGNED if masked else (LEAST_SIDE, LEAST_SIDE)
        if width < least[0] or height < least[1]:
            return None
        if not masked and max(width, height) > LONGEST_STRIP * min(width, height):
            return None
        if not purse.allows(width, height):
            return None
        return page.image_of(thing, masked)
    except (PageLost, ValueError, TypeError):
        return None  # the page draws without it too


def _told(page: int, look: Look, whole: bool) -> Iterator[Picture]:
    """What a machine has taken, or a sheet that was scanned; drawings and letterheads are neither."""
    if look.toned:
        yield Picture(TAKEN, page, look.width, look.height, look.hash, look.digest, look.small)
    elif whole and look.ink >= LEAST_INK:
        yield Picture(SHEET_OF_PAPER, page, look.width, look.height, look.hash, look.digest)


def of_file(path: Path, purse: Purse) -> Iterator[Picture]:
    """The pictures of a Word file, or of a picture file. Raises `UnreadableFile`."""
    if path.suffix.lower() in PICTURES:
        yield from _of_frames(path, purse)
    else:
        yield from _of_word(path, purse)


def _of_frames(path: Path, purse: Purse) -> Iterator[Picture]:
    picture, _ = open_picture(path)
    for number in range(1, min(getattr(picture, "n_frames", 1), MOST_OF_FILE) + 1):
        picture.seek(number - 1)
        yield from _taken(ImageOps.exif_transpose(picture), number, purse, True)


def _of_word(path: Path, purse: Purse) -> Iterator[Picture]:
    try:
        with zipfile.ZipFile(path) as packed:
            for part in packed.infolist():
                if not part.filename.startswith(MEDIA) or part.file_size > LARGEST_PART:
                    continue
                with Image.open(io.BytesIO(packed.read(part))) as picture:
                    yield from _taken(picture, 1, purse, False)
    except (OSError, ValueError, SyntaxError, zipfile.BadZipFile, Image.DecompressionBombError,
            Image.DecompressionBombWarning, NotImplementedError, RuntimeError) as problem:  # fmt: skip
        raise UnreadableFile("文件里的图片打不开", "请用 Word 另存一份再试") from problem


def _taken(picture: Image.Image, number: int, purse: Purse, whole: bool) -> Iterator[Picture]:
    width, height = picture.size
    if min(width, height) < LEAST_SIDE or max(width, height) > LONGEST_STRIP * min(width, height):
        return
    if purse.allows(width, height):
        yield from _told(number, look_of(picture), whole)
