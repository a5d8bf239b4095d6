"""What the handlers of all pages share: the store, the runs, the library, and the way from a key to a case.

A handler gets a desk, the person who asks and one mapping of values; it returns values or raises `Refused`.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge.library import Library
from knowledge.readers.viewing import Viewer
from review.casework.hearing import Heard, after_hearing, heard_in
from review.casework.pairing import Pairing, visible
from review.casework.proposing import as_line, joined, own_lines
from review.casework.results import Line, Results, open_results
from review.casework.runs import Runs
from review.chat.askings import Askings
from review.errors import ReviewError
from review.library.additions import Additions
from review.llm import Model
from review.opaque_keys import OpaqueKeys
from review.own_rules import own_rules
from review.rulebook.rulebook import describe, describe_headers
from review.store.accounts import IDLE, PAGES, Accounts, Person
from review.store.entries import Decision, InspectionEntry
from review.store.life import ARCHIVED
from review.store.store import Store

IN_MENU = ("quality", "users")  # pages that stand in a person's menu, not in the bar
NO_CASE = "没有这份病例，或未分配给您。"
NO_RIGHT = "您没有这一页的权限，可请组长分配。"
Call = Mapping[str, Any]


class Refused(ReviewError):
    """The person may not do this, or asks for what is not there; the message is shown as it stands."""


@dataclass(frozen=True)
class Case:
    """An admission of a reviewed inspection, found by its key."""

    key: str
    inspection: InspectionEntry
    admission_id: str
    results: Results
    pairing: Pairing  # as it was when the case was asked for


@dataclass
class Desk:
    """One workbench."""

    store: Store
    accounts: Accounts
    runs: Runs
    home: Path
    embedding: str | None = None
    model: Model | None = None  # answers in the chat where there is one
    askings: Askings = field(default_factory=Askings)
    viewer: Viewer = field(default_factory=Viewer)  # original pages for the screen
    drawing: threading.Lock = field(
        default_factory=threading.Lock
    )  # second reviewers are drawn one at a time
    _opening: threading.Lock = field(default_factory=threading.Lock)
    _library: Library | None = None
    _pairings: dict[str, tuple[tuple[int, ...], Results | None, Pairing]] = field(default_factory=dict)
    _joined: dict[str, tuple[tuple[Results, tuple[int, int]], Results]] = field(default_factory=dict)
    _heard: dict[str, tuple[tuple[int, ...], dict[str, Heard]]] = field(default_factory=dict)
    additions: Additions = field(init=False)  # files on their way into the library

    def __post_init__(self) -> None:
        self.additions = Additions(self.home, self.embedding)

    @property
    def library(self) -> Library:
        """Opened when first needed, and again when a file was added or withdrawn meanwhile."""
        with self._opening:
            held = self._library
            self._library = held.refreshed() if held else Library.open(self.home, embedding=self.embedding)
            return self._library

    @cached_property
    def named_by(self) -> OpaqueKeys:
        """What departments and doctors are called in addresses."""
        return OpaqueKeys(self.store.life.secret())

    @cached_property
    def _headers(self) -> Mapping[str, Line]:
        return {rule["code"]: rule for rule in describe_headers()}

    @property
    def rules(self) -> Mapping[str, Line]:
        """The headers of all checks, by code; with those of an analyst's own files."""
        own = (describe(rule.check) for rule in own_rules(self.home) if rule.check)
        return {**self._headers, **{rule["code"]: rule for rule in own}}

    def inspections(self, asked: str = "") -> list[InspectionEntry]:
        """Those one may switch to, newest first: what is archived only where it is asked for by its key."""
        entries = self.store.inspections()
        return [entry for entry in entries if entry.standing != ARCHIVED or entry.key == asked]

    def inspection(self, key: str) -> InspectionEntry:
        for entry in self.store.inspections():
            if entry.key == key:
                return entry
        raise Refused("没有这个检查；请在“检查”页选择。")

    def results(self, entry: InspectionEntry) -> Results | None:
        """The last finished review of an inspection with what experts found themselves; null before the first."""
        if not entry.run:
            return None
        found = open_results(self.runs.out(entry.key, entry.run))
        version = self.store.proposals.version(entry.key)
        if not version[0]:
            return found
        held, mark = self._joined.get(entry.key), (found, version)
        if held is None or held[0] != mark:
            own = own_lines(self.store.proposals.of(entry.key), self.store.decisions(entry.key))
            by_price = {code for code, rule in self.rules.items() if rule.get("takes") == "price"}
            held = self._joined[entry.key] = mark, joined(found, own, by_price)
        return held[1]

    def case(self, key: str, person: Person) -> Case:
        """A case that a person may open: one assigned to him, or any for who leads."""
        found = self.store.case(key)
        entry = self.inspection(found[0]) if found else None
        results = self.results(entry) if entry else None
        if found is None or entry is None or results is None or found[1] not in results.admissions:
            raise Refused(NO_CASE)
        pairing = self.pairing(entry)
        if not pairing.part(person, found[1]):
            raise Refused(NO_CASE)
        return Case(key, entry, found[1], results, pairing)

    def pairing(self, entry: InspectionEntry) -> Pairing:
        """Who has which case of an inspection, and how first and second calls stand."""
        pairs, results = self.store.pairs, self.results(entry)
        # the marks before what they stand for: what comes in between is read once more the next time
        version, held = pairs.version(entry.key), self._pairings.get(entry.key)
        if held and held[:2] == (version, results):
            return held[2]
        lines = self.store.decisions(entry.key)
        if held and held[0][:-2] == version[:-2] and held[0][-1] == version[-1]:
            known = held[2].rules, held[2].assigned, held[2].rulings
        else:
            known = pairs.rules(entry.key), pairs.assigned(entry.key), pairs.adjudications(entry.key)
        rules, assigned, rulings = known
        amounts, own = (results.amounts, results.own) if results else ({}, frozenset())
        made = Pairing(entry.key, rules, assigned, lines, rulings, amounts, own)
        self._pairings[entry.key] = version, results, made
        return made

    def heard(self, entry: InspectionEntry) -> Mapping[str, Heard]:
        """By finding, what the institution said of it and what became of it."""
        version = self.store.hearings.version(entry.key)
        held = self._heard.get(entry.key)
        if held is None or held[0] != version:
            held = self._heard[entry.key] = version, heard_in(self.store.hearings, entry.key)
        return held[1]

    def standing(self, entry: InspectionEntry) -> dict[str, Decision]:
        """What holds for each finding of an inspection, the institution heard; nothing where two reviewers differ.

        A ruling on their difference holds."""
        return after_hearing(self.pairing(entry).holding(), self.heard(entry))

    def standing_for(self, entry: InspectionEntry, person: Person) -> dict[str, Decision]:
        """What holds for each finding, as far as a person may know it."""
        return after_hearing(self.pairing(entry).holding_for(person), self.heard(entry))

    def finding(self, case: Case, person: Person, finding: str) -> Line | None:
        """A finding of a case, if the person may see it yet."""
        calls = case.pairing.seen_by(person, case.admission_id)
        hides = case.pairing.rules.hides_model
        shown, _ = visible(case.results, case.admission_id, calls, hides=hides)
        return next((line for line in shown if line["id"] == finding), None)

    def taken_back(self, case: Case, person: Person, finding: str) -> Line | None:
        """A finding that the person proposed and took back: nobody sees it until he decides on it again."""
        own = (one for one in self.store.proposals.of(case.inspection.key) if one.key == finding)
        held = next((one for one in own if one.who == person.name), None)
        return as_line(held) if held and held.admission_id == case.admission_id else None


def source_file(case: Case, source: str) -> Path:
    """A file of a record, never one outside the inspection's folder."""
    root = Path(case.inspection.folder).resolve()
    file = (root / source).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        raise Refused("这份文件已不在检查文件夹里；请核对后重新审核。")
    return file


def text(call: Call, name: str, longest: int = 200) -> str:
    """A text value of a call; nothing a browser sends is trusted to be there or to be text."""
    value = call.get(name)
    # PostgreSQL keeps no text with a zero in it
    return value[:longest].replace("\x00", "") if isinstance(value, str) else ""


def texts(call: Call, name: str, longest: int = 10) -> tuple[str, ...]:
    value = call.get(name)
    if not isinstance(value, list):
        return ()
    given = [item[:200].replace("\x00", "") for item in value[:longest] if isinstance(item, str)]
    return tuple(item for item in given if item.strip())


def person_line(person: Person) -> Line:
    """Who is signed in, as the bar shows it."""
    return {
        "name": person.name,
        "role": person.role,
        "demo": person.demo,
        "decides": person.decides,
        "pages": [page for page in PAGES if page not in IN_MENU and person.opens(page)],
        "menu": [page for page in IN_MENU if person.opens(page)],
        "by_proxy": person.by_proxy,
        "idle": int(IDLE.total_seconds()),
    }
