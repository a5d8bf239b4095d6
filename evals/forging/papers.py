"""One document before it is set in a hospital's layout: what it says, when, about whom and under whose name."""

from dataclasses import dataclass, field
from datetime import datetime

COURSE = ("日常病程记录", "主治医师查房记录", "副主任医师查房记录", "首次病程记录", "术后首次病程记录")


@dataclass
class Paper:
    """`parts` are labelled sections, running text under an empty label. `head` holds what the document's head says of
    the patient. `file` is set when the document is written, `signed_at` only where the signature has its own time.
    """

    title: str
    at: datetime
    parts: list[tuple[str, str]]
    signers: list[tuple[str, str]] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)
    signed_at: datetime | None = None
    file: str = ""
    bare: bool = False  # states no time of its own

    def text(self, label: str) -> str:
        return next((text for name, text in self.parts if name == label), "")

    def put(self, label: str, text: str) -> None:
        """Sets a section, in its place if there is one."""
        for place, (name, _) in enumerate(self.parts):
            if name == label:
                self.parts[place] = (name, text)
                return
        self.parts.append((label, text))

    def add(self, label: str, text: str) -> None:
        self.put(label, self.text(label) + text)

    def swap(self, old: str, new: str) -> None:
        """Replaces words wherever they stand; that there are such words is the caller's promise."""
        if not any(old in text for _, text in self.parts):
            raise LookupError(f"{self.title}里没有“{old}”")
        self.parts = [(label, text.replace(old, new)) for label, text in self.parts]

    def copy(self) -> "Paper":
        return Paper(
            self.title, self.at, list(self.parts), list(self.signers), dict(self.head), self.signed_at
        )

    @property
    def is_course(self) -> bool:
        return self.title in COURSE
