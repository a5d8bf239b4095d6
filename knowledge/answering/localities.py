"""Whether a passage belongs to a place a question names: the province, or the town or county that issued it."""

from knowledge.finding.queries import Query
from knowledge.library import Hit
from knowledge.places import PROVINCES, locality


def is_of_named_place(hit: Hit, query: Query, mentioned: bool = True) -> bool:
    """Whether a passage belongs to a place the question names, or at least tells of one."""
    town = locality(hit.document, hit.issuer)
    if town and town.rstrip("市县区旗") in query.text:
        return True
    own = [name for name, code in PROVINCES.items() if hit.region and code[:2] == hit.region[:2]]
    stated = f"{hit.document}{hit.passage}{hit.text[:80]}" if mentioned else hit.document
    return any(name in own or name in stated for name in query.provinces)
