"""Which rules and which knowledge a review was made with: short fingerprints of the files that decide it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
KNOWLEDGE = HERE.parent / "knowledge"


def rules_version() -> str:
    """Changes when a check or a view changes."""
    return _fingerprint(HERE, [*_files(HERE / "checks", "*.sql", "*.py"), *_files(HERE / "views", "*.sql")])


def knowledge_version(home: Path) -> str:
    """Changes when a shipped or imported rule row, or a digest, changes."""
    shipped = [*_files(KNOWLEDGE / "tables", "*.csv"), *_files(KNOWLEDGE / "regulations", "*.md")]
    digest = _fingerprint(KNOWLEDGE, shipped) + _fingerprint(
        home, _files(home / "tables", "*.csv", "*.jsonl")
    )
    return hashlib.sha256(digest.encode("ascii")).hexdigest()[:12]


def _files(folder: Path, *patterns: str) -> list[Path]:
    return sorted(file for pattern in patterns for file in folder.rglob(pattern))


def _fingerprint(root: Path, files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.relative_to(root).as_posix().encode("utf-8"))
        total.update(file.read_bytes())
    return total.hexdigest()[:12]
