"""The files that experts attached, as a paper names them: what each is called, and the hash that proves it the same."""

from dataclasses import replace

from review.casework.desk import Desk
from review.reports.dossier import Dossier
from review.store.accounts import Person
from review.store.entries import InspectionEntry
from review.store.pairs import SECOND


def with_files(desk: Desk, person: Person, entry: InspectionEntry, dossier: Dossier) -> Dossier:
    """A dossier whose points name their files, as far as a person may know them."""
    pairing = desk.pairing(entry)
    held: dict[str, list[tuple[str, str]]] = {}
    for one in desk.store.proposals.attached(entry.key):
        of_finding = held.setdefault(one.finding, [])
        waits = pairing.second_of(one.admission_id) == person.name and one.finding not in pairing.calls(
            SECOND
        )
        if one.who == person.name or not waits:
            of_finding.append((one.name, one.sha256))
    if not held:
        return dossier
    stays = (
        replace(stay, points=tuple(replace(one, files=tuple(held.get(one.id, ()))) for one in stay.points))
        for stay in dossier.stays
    )
    return replace(dossier, stays=tuple(stays))
