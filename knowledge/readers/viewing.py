"""Pages of original files for the screen: their pictures, and where words stand on them.

A file is hostile until shown otherwise, so it is opened in a process of its own. Each thread here owns one, for a
process ends with the thread that started it; what was shown or refused lately is kept in memory. A file that held a
process up is not tried page by page: the other pages wait for no answer.
"""

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from knowledge.readers import ReadText, UnreadableFile
from knowledge.readers.files import boxes
from knowledge.readers.isolated import LIMITS, IsolatedReader
from knowledge.readers.isolation import Limits
from knowledge.readers.ocr import Box

DPI = 118
AT_ONCE = 2  # processes: while one works on a bad page, the other shows sound ones
PATIENCE = 60.0  # seconds in which a page is shown or refused, those before it in line included
KEPT_BYTES = 48 * 1024**2  # of pictures
KEPT_TEXTS = 6  # files, whose texts are asked for quote by quote
REFUSED_FOR = 300.0  # seconds; a machine that was busy may show it later
HELD_UP = 5.0  # seconds to a refusal, from which the file as a whole is refused
_File = tuple[str, int, int]
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class _Kept:
    """What one question came to."""

    told: bytes | ReadText | UnreadableFile
    at: float

    @property
    def stale(self) -> bool:
        return isinstance(self.told, UnreadableFile) and time.monotonic() - self.at > REFUSED_FOR

    @property
    def answer(self) -> bytes | ReadText:
        """What is shown. Raises `UnreadableFile` where it was refused."""
        if isinstance(self.told, UnreadableFile):
            raise UnreadableFile(self.told.problem, self.told.remedy, self.told.place)
        return self.told


class Viewer:
    """Shows pages to many readers at once; what cannot be shown safely is refused with its reason."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits, self._own = limits, threading.local()
        self._processes: list[IsolatedReader] = []
        self._threads = ThreadPoolExecutor(AT_ONCE, "pages")
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[_File, object], _Kept] = OrderedDict()
        self.close = weakref.finalize(self, _end, self._threads, self._processes)

    def picture(self, path: Path, number: int, dpi: float = DPI) -> bytes:
        """A page as PNG. Raises `UnreadableFile`, and `OSError` where there is no such file."""
        shown = self._asked(path, (number, dpi), lambda reader: reader.picture(path, number, dpi))
        assert isinstance(shown, bytes)
        return shown

    def read(self, path: Path, cache: Path | None) -> ReadText:
        """The file's text. Raises `UnreadableFile`, and `OSError` where there is no such file."""
        read = self._asked(path, "text", lambda reader: reader.read(path, cache), patience=None)
        assert isinstance(read, ReadText)
        return read

    def boxes(self, path: Path, read: ReadText, start: int, end: int) -> tuple[int | None, tuple[Box, ...]]:
        """Page number and boxes (fractions of the page) of characters start…end of a file's text."""
        return boxes(path, read, start, end, self._text_boxes)

    def _text_boxes(self, path: Path, number: int, start: int, end: int) -> tuple[Box, ...]:
        return _in_time(self._threads.submit(lambda: self._reader().text_boxes(path, number, start, end)))

    def _asked(
        self,
        path: Path,
        what: object,
        ask: Callable[[IsolatedReader], bytes | ReadText],
        patience: float | None = PATIENCE,
    ) -> bytes | ReadText:
        state = path.stat()
        file = str(path.resolve()), state.st_mtime_ns, state.st_size
        kept = self._known(file, what) or _in_time(
            self._threads.submit(lambda: self._known(file, what) or self._outcome(file, what, ask)), patience
        )
        return kept.answer

    def _known(self, file: _File, what: object) -> _Kept | None:
        """What this question came to lately, or the file as a whole."""
        with self._lock:
            for key in ((file, what), (file, None)):
                kept = self._kept.get(key)
                if kept is not None and not kept.stale:
                    self._kept.move_to_end(key)
                    return kept
        return None

    def _outcome(self, file: _File, what: object, ask: Callable[[IsolatedReader], bytes | ReadText]) -> _Kept:
        """In a thread of ours: the answer, kept even where nobody waits for it any more."""
        begun = time.monotonic()
        told: bytes | ReadText | UnreadableFile
        try:
            told = ask(self._reader())
        except UnreadableFile as refusal:
            told = refusal
        kept = _Kept(told, time.monotonic())
        held_up = isinstance(told, UnreadableFile) and kept.at - begun > HELD_UP
        with self._lock:
            self._kept[file, None if held_up else what] = kept
            self._forget()
        return kept

    def _forget(self) -> None:
        """The pictures and texts that were asked for longest ago, beyond what is kept."""
        weight, texts = 0, 0
        for key in reversed(list(self._kept)):
            told = self._kept[key].told
            weight += len(told) if isinstance(told, bytes) else 1024
            texts += isinstance(told, ReadText)
            if weight > KEPT_BYTES or (isinstance(told, ReadText) and texts > KEPT_TEXTS):
                del self._kept[key]

    def _reader(self) -> IsolatedReader:
        """The process of this thread; started when the first page is asked for."""
        own: IsolatedReader | None = getattr(self._own, "reader", None)
        if own is None:
            own = self._own.reader = IsolatedReader(self._limits)
            self._processes.append(own)
        return own


def _in_time(answer: Future[_Answer], patience: float | None = PATIENCE) -> _Answer:
    try:
        return answer.result(patience)
    except TimeoutError:
        answer.cancel()
        raise UnreadableFile("前面的文件仍在打开", "请稍后再试") from None


def _end(threads: ThreadPoolExecutor, processes: Sequence[IsolatedReader]) -> None:
    threads.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.close()
