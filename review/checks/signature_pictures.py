"""One picture of a signature on the consents of two patients: for DOC-008.

A patient or a relative signs by hand, and no two strokes of a hand are alike. What a system sets by design is not
compared: the signatures of doctors, a picture that also stands where a doctor signs, one that many records hold.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from review.checks.header import Limits
from review.checks.innocent_copies import could_be_mother_and_child, homes_of
from review.checks.inputs import Inspection
from review.models import Problem
from review.record import Fact
from review.violations import Certainty

BY_HAND = re.compile(r"患者|病人|家属|代理人|被委托人|委托人|监护人|本人")
OF_STAFF = re.compile(r"医师|医生|护士|术者|手术者|麻醉|谈话人|告知人")
CONSENT = ("知情同意书", "病危（重）通知书", "告知书", "医患沟通记录")


def signed_for_two(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    """Told of each later patient, beside the first."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in inspection.warehouse.fetch(Fact, "facts", "kind = 'signature_twin' order by fact_id"):
        groups[fact.name].append(fact)
    homes = homes_of(inspection, limits) if groups else {}
    for group in groups.values():
        if int(group[0].unit or 0) > limits["common_signature"] or any(
            OF_STAFF.search(fact.value or "") for fact in group
        ):
            continue
        found = [fact for fact in group if BY_HAND.search(fact.value or "") and _on_consent(inspection, fact)]
        found.sort(key=lambda fact: (inspection.records[fact.admission_id].admission.begins_at, fact.fact_id))
        told: set[str] = set()
        for place, fact in enumerate(found):
            here = inspection.records[fact.admission_id].admission
            first = next(
                (
                    one
                    for one in found[:place]
                    if (there := inspection.records[one.admission_id].admission).person_id != here.person_id
                    and not could_be_mother_and_child(here, there)
                    and not homes[here.admission_id] & homes[there.admission_id]
                ),
                None,
            )
            if first is None or here.admission_id in told:
                continue
            told.add(here.admission_id)
            yield Problem(
                admission_id=here.admission_id,
                fields={
                    "told": f"{_where(fact)}“{fact.value}”处的签名图片与另一患者{_where(first)}“{first.value}”处的相同"
                },
                fact_ids=(fact.fact_id, first.fact_id),
                certainty=Certainty.PROBABLE,
                related_admissions=(first.admission_id,),
                points_at=(fact.fact_id, first.fact_id),
            )


def _on_consent(inspection: Inspection, fact: Fact) -> bool:
    return any(document.kind in CONSENT for document in inspection.documents_of(fact.source))


def _where(fact: Fact) -> str:
    return f"“{fact.source.rsplit('/', 1)[-1]}”第 {fact.page or 1} 页"
