"""Takes who it is about out of a paper that leaves the bureau: names and numbers of its stay, and of every other stay.

Words of a record are masked as a model would get them. In words of ours a guess at a name is taken back unless it is
somebody's of the inspection: what we say of a person comes from its tables and documents, which the mask knows.
"""

import re
from collections.abc import Callable
from functools import cache

from review.casework.results import Results
from review.checks.inputs import Inspection
from review.deidentify import Mask, mask_of
from review.masking import NAMES
from review.reports.dossier import Hides, masked_name, masked_number

SHORTEST_NUMBER = 6
_GUESSED = re.compile(rf"〔(?:{'|'.join(NAMES)})x[0-9a-f]{{12}}(?:-\w+)?〕")


def masks(results: Results) -> Callable[[str], Hides]:
    """By admission what hides persons in a record's words, and what in ours; a mask is made when first used."""
    patients = {str(row["person_name"]) for row in results.admissions.values() if row["person_name"]}
    doctors = {str(row["doctor"]) for row in results.admissions.values() if row["doctor"]}
    columns = ("inpatient_no", "person_id", "admission_id")
    numbers = {str(row[name]) for row in results.admissions.values() for name in columns if row[name]}
    others = {name: masked_name(name) for name in patients | doctors if len(name) > 1}
    others |= {number: masked_number(number) for number in numbers if len(number) >= SHORTEST_NUMBER}
    named = re.compile("|".join(map(re.escape, sorted(others, key=len, reverse=True))) or r"(?!)")

    @cache
    def mask(admission_id: str) -> Mask:
        with results.alone() as warehouse:
            return mask_of(Inspection(warehouse).records[admission_id])

    def without_others(text: str) -> str:
        return named.sub(lambda found: others[found[0]], text)

    def hides(admission_id: str) -> Hides:
        def of_record(text: str) -> str:
            return without_others(mask(admission_id).hide(text)) if text else text

        def of_ours(text: str) -> str:
            if not text:
                return text
            own = mask(admission_id)
            return without_others(_GUESSED.sub(lambda found: own.show(found[0]), own.hide(text)))

        return of_record, of_ours

    return hides
