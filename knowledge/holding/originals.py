"""The original of an added file, kept beside its text, so that a citation can open on the page it was read from.

Only what has pages to show is kept: PDF files and pictures.
"""

import os
import shutil
from pathlib import Path

from knowledge.holding.shelf import REFUSED, FileState
from knowledge.readers.files import PICTURES

PAGED = PICTURES | {".pdf"}
KEY = 16  # hexadecimal digits of the content's hash that name a file to a browser


def keep_original(home: Path, file: Path, sha256: str) -> None:
    """Copy the file beside the library, once; it may lie on a medium that is taken away."""
    kept = _kept(home, file, sha256)
    if file.suffix.lower() not in PAGED or kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f".{kept.name}.{os.getpid()}")
    shutil.copyfile(file, part)
    os.replace(part, kept)


def original(home: Path, state: FileState) -> Path | None:
    """The kept file of a state; null where it has no pages or was never kept."""
    if not state.sha256 or state.state == REFUSED:
        return None
    kept = _kept(home, Path(state.file), state.sha256)
    return kept if kept.exists() else None


def _kept(home: Path, file: Path, sha256: str) -> Path:
    return home / "knowledge" / "originals" / f"{sha256}{file.suffix.lower()}"
