"""Examines files in a process of its own: one that hangs, crashes or floods the memory is refused and harms nothing.

Run as `python -m review.forensics.examiner` it is that process.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.readers import UnreadableFile
from knowledge.readers.isolation import Answer, Isolated, Limits
from knowledge.readers.serving import Tell, serve
from review.forensics import FileSigns, Picture, Sign

LIMITS = Limits(seconds=18.0, private_bytes=640 * 1024**2)


class Examiner:
    """Examines files one after the other; starts its process when first needed and again after a crash."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._process = Isolated("review.forensics.examiner", limits)

    def examine(self, path: Path) -> FileSigns:
        """All that one file tells. Raises `UnreadableFile`, also where the process did not survive the file."""
        return signs_of(self._process.ask(_request(path)))

    def examine_all(self, paths: Iterable[Path]) -> Iterator[FileSigns | UnreadableFile]:
        """What many files tell, in their order; the next ones are examined while one is being used."""
        for answer in self._process.in_order(_request(path) for path in paths):
            yield answer if isinstance(answer, UnreadableFile) else signs_of(answer)

    def compare(self, earlier: Path, later: Path) -> FileSigns:
        """What the later of two files shows otherwise. Raises `UnreadableFile`."""
        seconds = self._process.limits.seconds
        return signs_of(self._process.ask(_request(earlier, later), more_seconds=seconds))

    def warm(self) -> None:
        """Start the process where there is none, and wait until it can answer."""
        self._process.warm()

    def draw(self, path: Path, page: int, target: Path) -> None:
        """Write what a page shows as a PNG. Raises `UnreadableFile`."""
        self._process.ask([*_request(path), page, str(target.resolve())])

    def peak_megabytes(self) -> float:
        """The most memory the process has held since this was last asked."""
        return self._process.peak_megabytes()

    def close(self) -> None:
        self._process.close()

    def __enter__(self) -> "Examiner":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _request(*paths: Path) -> list[str]:
    return [str(path.resolve()) for path in paths]


def signs_of(answer: dict[str, Any]) -> FileSigns:
    """What the process wrote, as it was."""
    signs = tuple(Sign(**{**sign, "made_at": _moment(sign["made_at"])}) for sign in answer["signs"])
    return FileSigns(
        **{
            **answer,
            "signs": signs,
            "quiet": tuple(answer["quiet"]),
            "notes": tuple(answer["notes"]),
            "layered": tuple(answer["layered"]),
            "pictures": tuple(Picture(**picture) for picture in answer["pictures"]),
            "created_at": _moment(answer["created_at"]),
            "modified_at": _moment(answer["modified_at"]),
        }
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _answered(request: Any, tell: Tell) -> Answer:
    from review.forensics.examination import compare_files, draw_page, examine

    if len(request) == 3:
        draw_page(Path(request[0]), int(request[1]), Path(request[2]))
        return {}
    paths = [Path(path) for path in request]
    ask: Callable[..., FileSigns] = examine if len(paths) == 1 else compare_files
    return asdict(ask(*paths))


if __name__ == "__main__":
    serve(_answered)
