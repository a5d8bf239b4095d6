"""The document as a citation names it."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Document:
    """A regulation, notice, list or table as a citation names it."""

    title: str
    number: str | None = None
    issuer: str | None = None
    issued: date | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    region: str | None = None
    place: str | None = None
    completeness: str | None = None
    digest: bool = False
    source: str = ""
    repeals: tuple[str, ...] = ()  # titles it says lapse with its commencement

    @property
    def begins(self) -> date | None:
        """The first day it can have applied; an unstated commencement is not before its publication."""
        return self.in_force_from or self.issued

    @property
    def official(self) -> bool:
        """Whether it is the whole text as issued: neither our digest nor somebody's extract."""
        return not self.digest and not re.search(r"FRAGMENT|片段|摘录|节选|不完整", self.completeness or "")
