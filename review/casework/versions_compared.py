"""The revisions of one PDF: what was said of each page, and a page as two revisions of the file show it."""

from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from knowledge.readers import UnreadableFile
from review.casework.alignment import changed
from review.casework.desk import Refused
from review.casework.rates import Rates, file_rates
from review.casework.results import Line, Results
from review.forensics.showing import PageVersion, page_versions


@dataclass(frozen=True)
class Told:
    """One change: its page, what was seen in words, when the revision was saved, and how much it weighs."""

    page: int
    says: str
    what: str
    how: str
    at: str
    weighty: bool


@dataclass(frozen=True)
class VersionsTold:
    """What the review kept of one PDF: its changes, its making, and how common revisions are here."""

    source: str
    file: str
    revisions: int
    producer: str
    changes: tuple[Told, ...]
    pages: tuple[int, ...]
    rates: Rates


@dataclass(frozen=True)
class Version:
    """One page in one revision: its text with the spans that differ from its neighbour, boxes of those lines."""

    revision: int
    made_at: str
    text: str
    spans: tuple[Line, ...]
    boxes: tuple[tuple[float, float, float, float], ...]
    picture: str


@dataclass(frozen=True)
class PageCompared:
    """A page in each revision that shows it otherwise, each step as (before, after); none where only one does."""

    page: int
    steps: tuple[tuple[Version, Version], ...]
    alone: Version | None


def versions_told(results: Results, finding: Line) -> VersionsTold:
    """What the review found in the file that a finding cites."""
    source = next(item["source"] for item in finding["evidence"] if item["kind"] == "document")
    rows = results.rows(
        "select * from facts where source = $source and starts_with(kind, 'file_') order by fact_id",
        source=source,
    )
    made = next((row for row in rows if row["kind"] == "file_made"), None)
    signs = [row for row in rows if row["kind"] not in ("file_made", "file_unread")]
    changes = tuple(
        Told(
            row["page"] or 1,
            row["value"] or "",
            row["name"] or "",
            row["unit"] or "",
            row["begins_at"].isoformat(sep=" ", timespec="minutes") if row["begins_at"] else "",
            row["certainty"] == "probable",
        )
        for row in sorted(signs, key=lambda row: (row["certainty"] != "probable", row["page"] or 1))
    )
    pages = tuple(dict.fromkeys(change.page for change in changes)) or (1,)
    return VersionsTold(
        source,
        PurePosixPath(source).name,
        int(made["unit"] or 1) if made else 1,
        (made["name"] or made["value"] or "") if made else "",
        changes,
        pages,
        file_rates(results),
    )


def compare_versions(file: Path, page: int) -> PageCompared:
    """A page as the revisions of the file show it, neighbours beside each other."""
    try:
        versions = page_versions(file, page)
    except UnreadableFile as refusal:
        raise Refused(f"这份 PDF 的旧版不能打开：{refusal.problem}；{refusal.remedy}。") from refusal
    steps = tuple(_step(before, after) for before, after in pairwise(versions))
    alone = _shown(versions[0], ()) if len(versions) == 1 else None
    return PageCompared(page, steps, alone)


def _step(before: PageVersion, after: PageVersion) -> tuple[Version, Version]:
    laid = changed("\n".join(before.lines), "\n".join(after.lines))
    return _shown(before, tuple(asdict(span) for span in laid.here)), _shown(
        after, tuple(asdict(span) for span in laid.there)
    )


def _shown(version: PageVersion, spans: tuple[Line, ...]) -> Version:
    """With the boxes of those lines in which something differs."""
    boxes, at = [], 0
    for line, box in zip(version.lines, version.boxes, strict=True):
        if any(span["start"] < at + len(line) and span["end"] > at for span in spans):
            boxes.append(box)
        at += len(line) + 1
    return Version(
        version.revision, version.made_at, "\n".join(version.lines), spans, tuple(boxes), version.picture
    )
