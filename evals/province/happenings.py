"""What happens in the hospitals: the stays of each in a year with their labels, and the files they are written to."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from zlib import crc32

from evals.forging import inspecting
from evals.generating.clinical import PERSONAL
from evals.generating.dealing import Deal, deals, stays_beside
from evals.generating.labels import Label, write_labels
from evals.generating.reference import Reference
from evals.generating.site import Site
from evals.generating.stay import Stay
from evals.generating.writing import InspectionWriter
from evals.province.land import EARLIER, NUMBERS, Hospital, Province

HALF = "open"


def stays_of(
    province: Province, hospital: Hospital, year: int, reference: Reference
) -> Iterator[tuple[Sequence[Stay], list[Label]]]:
    """The stays of one hospital that lie within an examined year, case by case, each with its labels."""
    site, seed = hospital.site(year), _seed(province, hospital, year)
    own = replace(reference, seed=seed)
    count = max(4, round(NUMBERS[hospital.kind] * province.size.share))
    for deal in deals(count, seed, HALF, own, "all", site):
        if _within(site, deal.made.stays) and _really_done(deal, hospital, year, seed):
            yield deal.made.stays, [deal.label, *stays_beside(deal, HALF)]


def write_claims(province: Province, year: int, reference: Reference, folder: Path) -> int:
    """The claims of the whole province in one year and their labels beside them; how many stays there are."""
    labels, count = [], 0
    with InspectionWriter(folder, PERSONAL, claims_only=True) as writer:
        for hospital in province.hospitals:
            for stays, said in stays_of(province, hospital, year, reference):
                labels += said
                for stay in stays:
                    writer.write(stay)
                    count += 1
    write_labels(labels, folder.with_suffix(".labels.jsonl"))
    return count


def write_extract(
    province: Province,
    hospital: Hospital,
    year: int,
    reference: Reference,
    folder: Path,
    drawn: Collection[str],
) -> list[Label]:
    """An inspection folder: the claims of all stays, the hospital's own tables and documents of the drawn ones."""
    site, labels = hospital.site(year), list[Label]()
    own = replace(reference, seed=_seed(province, hospital, year))
    with InspectionWriter(folder, PERSONAL, **vars(inspecting.setting(own, site)), site=site) as writer:
        for stays, said in stays_of(province, hospital, year, reference):
            labels += said
            for stay in stays:
                writer.write(stay, extracted=stay.admission_id in drawn)
    write_labels(labels, folder.with_suffix(".labels.jsonl"))
    return labels


def _seed(province: Province, hospital: Hospital, year: int) -> int:
    return province.seed * 1_000_000 + hospital.number * 10_000 + year


def _within(site: Site, stays: Sequence[Stay]) -> bool:
    return all(stay.begin.date() >= site.first_day and stay.end.date() <= site.last_day for stay in stays)


def _really_done(deal: Deal, hospital: Hospital, year: int, seed: int) -> bool:
    """Whether the hospital commits what is planted; what is no violation happens in every hospital."""
    if deal.label.kind != "plant":
        return True
    if Random(f"{seed}:{deal.number}:does").random() >= hospital.does[year]:
        return False
    first_half = crc32(deal.label.violation.encode()) % 2 == 0
    return not hospital.turns or first_half == (year == EARLIER)
