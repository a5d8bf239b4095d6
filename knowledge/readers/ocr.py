"""Reads pictures: the only door to rapidocr. Results are kept by the digest of the picture, so a page is read once.

The models lie beside the installed library and are named by path, so nothing is ever fetched. What a line
may support at which confidence is decided by those who use it.
"""

import hashlib
import io
import json
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from knowledge.readers import Doubt, Line, Page, Progress, ReadText, UnreadableFile
from knowledge.readers.askew import level, tilt_of
from knowledge.readers.columns import reading_groups
from knowledge.readers.sureness import SureDecoder, Weak, said_surely
from knowledge.readers.text import read_bytes

LARGEST_PICTURE = 60 * 1024 * 1024
MOST_PIXELS = 80_000_000
MOST_FRAMES = 200
LONGEST_SIDE = 3200
DOUBTFUL = 0.75  # mean confidence below which the page may stand on its head
TALL = 2.0  # of the usual height of a page's lines
SPECK = 0.5  # a line of one or two characters below this is a stain or a table rule
_READING = "6"  # raise when the way of reading changes: cached results of another reading are not used
_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
Box = tuple[float, float, float, float]
_lock = threading.Lock()
_engine: Any = None


@dataclass(frozen=True)
class OcrLine:
    """One line as read: text, confidence 0–1, box as fractions of the picture, and the row it stands in."""

    text: str
    confidence: float
    box: Box
    row: int = 0
    weak: tuple[Weak, ...] = ()  # its numbers and times that are less sure than the whole


Recognise = Callable[[Image.Image, Path | None], tuple[OcrLine, ...]]


def _load_engine() -> Any:
    """One engine per process, built at the first picture."""
    global _engine
    if _engine is None:
        import rapidocr

        folder = Path(rapidocr.__file__).parent / "models"
        missing = [name for name in _MODELS.values() if not (folder / name).is_file()]
        if missing:
            raise UnreadableFile(
                f"缺少文字识别模型 {'、'.join(missing)}", "请按 requirements.txt 重装 rapidocr"
            )
        params = {f"{part}.model_path": str(folder / name) for part, name in _MODELS.items()}
        _engine = rapidocr.RapidOCR(params=params | {"Global.log_level": "error", "Global.text_score": 0.0})
        recogniser = _engine._load_rec_model()
        recogniser.postprocess_op = SureDecoder(recogniser.postprocess_op)
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return _engine


def recognise(picture: Image.Image, cache: Path | None) -> tuple[OcrLine, ...]:
    """The lines of one picture in reading order; a page scanned on its side is turned first."""
    picture = picture.convert("RGB")
    if blank(picture):
        return ()
    picture.thumbnail(_bounds(picture.size))
    digest = hashlib.sha256(picture.tobytes() + repr((_READING, picture.size)).encode()).hexdigest()
    kept = _kept(cache, digest)
    if kept is not None:
        return kept
    with _lock:
        lines = _lines(picture)
        if _on_end(lines) or _mean_confidence(lines) < DOUBTFUL:
            lines = _best_turn(picture, lines)
    from knowledge.readers.inked import (
        Inks,
        weak_under_ink,
    )  # a library of its own, loaded with the first picture

    if (inks := Inks(picture)).sealed:
        lines = [replace(line, weak=weak_under_ink(inks, line.text, line.box, line.weak)) for line in lines]
    _keep(cache, digest, tuple(lines))
    return tuple(lines)


def _bounds(size: tuple[int, int]) -> tuple[int, int]:
    """No side beyond the longest, and no more points than a sheet of that length has: memory goes by the points."""
    sheet = LONGEST_SIDE * LONGEST_SIDE / 2**0.5
    scale = min(1.0, (sheet / (size[0] * size[1])) ** 0.5)
    return min(LONGEST_SIDE, round(size[0] * scale)), min(LONGEST_SIDE, round(size[1] * scale))


def blank(picture: Image.Image) -> bool:
    """Nothing to read: hardly any difference between the lightest and the darkest point."""
    low, high = picture.convert("L").resize((400, 560)).getextrema()
    return bool(high - low < 24)  # type: ignore[operator]


def _lines(picture: Image.Image) -> list[OcrLine]:
    """What the engine finds, in reading order."""
    import numpy

    # The engine could turn single lines; whole pages are turned here instead, so that their order is right too.
    engine = _load_engine()
    try:
        found = engine(numpy.asarray(picture)[:, :, ::-1], use_cls=False)
    except (
        Exception
    ) as problem:  # the engine's own errors have no common kind; the page is lost, not the file
        raise UnreadableFile(
            f"文字识别没有成功（{type(problem).__name__}）", "请以 200–300 dpi 重新扫描该页"
        ) from problem
    if found.txts is None or found.boxes is None:
        return []
    width, height = picture.size
    lines = []
    tilt = tilt_of([[(float(x), float(y)) for x, y in corners] for corners in found.boxes])
    for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True):
        xs, ys = [float(x) / width for x, _ in corners], [float(y) / height for _, y in corners]
        text, weak = said_surely(text, float(score))
        if text and (score >= SPECK or len(text) > 2):
            box = clipped(min(xs), min(ys), max(xs), max(ys))
            lines.append(OcrLine(text, round(float(score), 4), box, weak=weak))
    return _in_rows(lines, picture.size, tilt)


def clipped(*parts: float) -> Box:
    x0, y0, x1, y1 = (round(min(max(part, 0.0), 1.0), 5) for part in parts)
    return x0, y0, x1, y1


def _on_end(lines: list[OcrLine]) -> bool:
    """Whether most longer lines run up or down the page."""
    long = [line.box for line in lines if len(line.text) > 2]
    return bool(long) and 2 * sum(box[3] - box[1] > 1.5 * (box[2] - box[0]) for box in long) > len(long)


def _best_turn(picture: Image.Image, lines: list[OcrLine]) -> list[OcrLine]:
    """The turn whose lines lie flat and read best, in that turn's order, with boxes on the page as it came."""
    turns = {0: lines} | {angle: _lines(picture.rotate(angle, expand=True)) for angle in (90, 180, 270)}
    angle = max(turns, key=lambda angle: (not _on_end(turns[angle]), _mean_confidence(turns[angle])))
    back: dict[int, Callable[[float, float, float, float], Box]] = {
        0: clipped,
        90: lambda x0, y0, x1, y1: clipped(1 - y1, x0, 1 - y0, x1),
        180: lambda x0, y0, x1, y1: clipped(1 - x1, 1 - y1, 1 - x0, 1 - y0),
        270: lambda x0, y0, x1, y1: clipped(y0, 1 - x1, y1, 1 - x0),
    }
    return [replace(line, box=back[angle](*line.box)) for line in turns[angle]]


def _mean_confidence(lines: list[OcrLine]) -> float:
    characters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / characters if characters else 0.0


def _in_rows(lines: list[OcrLine], size: tuple[int, int], tilt: float = 0.0) -> list[OcrLine]:
    """In reading order; on a sheet that lies askew the rows are those of the sheet, the boxes those of the picture."""
    levelled = [replace(line, box=level(line.box, size, tilt)) for line in lines] if tilt else lines
    found = {id(level): line for level, line in zip(levelled, lines, strict=True)}
    return [replace(found[id(level)], row=row) for row, level in _ordered(levelled, size)]


def _ordered(lines: list[OcrLine], size: tuple[int, int]) -> list[tuple[int, OcrLine]]:
    """Column by column, top to bottom; boxes whose middle lies within the first box of a row stand in it. What is far
    higher than the lines of the page, as the words of a slanting seal, is a row of its own and draws none to it."""
    width, height = size
    highest = TALL * median([line.box[3] - line.box[1] for line in lines] or [1.0])
    boxes = [
        (x0 * width, y0 * height, x1 * width, y1 * height) for x0, y0, x1, y1 in (one.box for one in lines)
    ]
    rows: list[list[OcrLine]] = []
    for group in reading_groups(boxes):
        row: list[OcrLine] = []
        for line in sorted(
            (lines[place] for place in group),
            key=lambda line: (line.box[1] + line.box[3], line.box[0], line.text),
        ):
            middle = (line.box[1] + line.box[3]) / 2
            if line.box[3] - line.box[1] > highest:
                rows.append([line])
            elif row and row[0].box[1] <= middle <= row[0].box[3]:
                row.append(line)
            else:
                row = [line]
                rows.append(row)
    return [
        (number, line)
        for number, row in enumerate(rows)
        for line in sorted(row, key=lambda line: (line.box[0], line.text))
    ]


def _kept(cache: Path | None, digest: str) -> tuple[OcrLine, ...] | None:
    if cache is None:
        return None
    try:
        rows = json.loads((cache / "ocr" / f"{digest}.json").read_text(encoding="utf-8"))
        return tuple(
            OcrLine(
                str(text), float(sure), clipped(*box), int(row),
                tuple((int(start), int(end), float(how)) for start, end, how in weak),
            )
            for text, sure, box, row, weak in rows
        )  # fmt: skip
    except (OSError, ValueError, TypeError):
        return None  # not there, or damaged: the picture is read again and the entry replaced


def _keep(cache: Path | None, digest: str, lines: tuple[OcrLine, ...]) -> None:
    if cache is None:
        return
    folder = cache / "ocr"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        rows = [[line.text, line.confidence, line.box, line.row, line.weak] for line in lines]
        json.dump(rows, file, ensure_ascii=False)
    os.replace(name, folder / f"{digest}.json")


def lay_out(lines: tuple[OcrLine, ...], number: int | None, start: int) -> tuple[Page, str]:
    """A page and its text from the lines; spans are counted from `start`."""
    text, spans, doubts = "", list[Line](), list[Doubt]()
    for before, line in zip((None, *lines), lines, strict=False):
        text += ("" if before is None else "  " if before.row == line.row else "\n") + line.text
        at = start + len(text)
        begin = at - len(line.text)
        spans.append(Line(begin, at, line.confidence, line.box))
        doubts += [Doubt(begin + first, begin + last, sure) for first, last, sure in line.weak]
    lowest = min((line.confidence for line in lines), default=0.0)
    origin = "ocr" if lines else "unreadable"
    end = start + len(text)
    return Page(number, start, end, origin, lowest, tuple(spans), doubts=tuple(doubts)), text


def open_picture(path: Path) -> tuple[Image.Image, str]:
    """The picture, refused before decoding where it is damaged or far too large, and the file's digest."""
    content = read_bytes(path, LARGEST_PICTURE)
    try:
        picture = Image.open(io.BytesIO(content))
        large = picture.width * picture.height > MOST_PIXELS
        if not large:
            picture.load()
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as problem:
        raise UnreadableFile("图片损坏或不完整", "请重新扫描或重新导出") from problem
    if large:
        raise UnreadableFile("图片尺寸过大", "请以 200–300 dpi 重新扫描")
    return picture, hashlib.sha256(content).hexdigest()


def read_picture(
    path: Path, *, cache: Path | None, turned: Progress | None = None, recogniser: Recognise | None = None
) -> ReadText:
    """A picture file; every frame of a multi-page TIFF is a page."""
    ask = recogniser or recognise
    picture, digest = open_picture(path)
    text, pages, notes = "", [], []
    for number, frame in enumerate(ImageSequence.Iterator(picture), start=1):
        if number > MOST_FRAMES:
            notes.append(f"只识别前 {MOST_FRAMES} 页")
            break
        start = len(text)
        try:
            found = ask(ImageOps.exif_transpose(frame), cache)
        except UnreadableFile as problem:
            notes.append(f"第 {number} 页{problem.problem}")
            found = ()
        page, said = lay_out(found, number, start)
        pages.append(page)
        text += said + "\n"
        if turned:
            turned(number, getattr(picture, "n_frames", number))
    if not any(page.lines for page in pages):
        notes.append("未识别出文字")
    return ReadText(text, tuple(pages), notes=tuple(notes), sha256=digest)
