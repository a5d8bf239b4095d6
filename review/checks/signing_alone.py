"""Signatures that one stay alone shows to be impossible: a trainee's without a senior's, or of a patient in coma."""

import re
from collections.abc import Iterator
from datetime import timedelta

from review.checks.header import Limits
from review.checks.inputs import Record
from review.models import Evidence, Problem
from review.record import Document
from review.violations import Certainty

OWN_NOTES = re.compile(
    r"入院记录|病程|查房|手术记录|出院记录|出院小结|死亡记录|术前小结|抢救|阶段小结|麻醉记录|转科|操作记录"
)
DOCTOR = re.compile(r"医师|医生|术者|手术者|主任|记录者")
SIGNED = r"(?:[（(]?\s*签\s*[名字]\s*[）)]?)?"  # 签名, （签名）, or nothing
TRAINEE = re.compile(
    rf"(?:实习|见习|规培|试用期)(?:医师|医生|生|学员)?{SIGNED}\s*[:：]\s*(?P<name>[\u4e00-\u9fff·]{{2,4}})"
)
TRAINEE_BESIDE = re.compile(
    r"[:：]\s*(?P<name>[\u4e00-\u9fff·]{2,4})\s*[（(](?:实习|见习|规培|试用期)[^（）()]{0,4}[）)]"
)
PATIENT = re.compile(r"^患者签[名字]$|^患者$")
COMATOSE = re.compile(r"昏迷")


def trainees(record: Record) -> Iterator[Problem]:
    """Signed by an intern or a trainee, and by nobody else."""
    for document in record.documents:
        match = TRAINEE.search(document.text) or TRAINEE_BESIDE.search(document.text)
        if match is None or document.confidence < 1.0 or not OWN_NOTES.search(document.kind):
            continue
        others = {s.name for s in document.signatures if DOCTOR.search(s.role)} - {match["name"]}
        if not others and not re.search(
            r"(?:上级|带教|审签|审阅)[^\n]{0,6}[:：]\s*[\u4e00-\u9fff]", document.text
        ):
            yield Problem(
                admission_id=record.admission.admission_id,
                fields={"told": f"{document.title}只有“{match[0]}”，没有本院医师审签"},
                evidence=(record.quote(document, match.start(), match.end()),),
                certainty=Certainty.PROBABLE,
                points_at=(document.document_id, "trainee"),
            )


def could_not_sign(record: Record, limits: Limits) -> Iterator[Problem]:
    """The patient's own name on a form, at an hour when every reading around finds a coma, or after the death."""
    around = timedelta(hours=limits["hours_around"])
    for document in record.documents:
        own = [
            s for s in document.signatures if PATIENT.match(s.role) and s.name == record.admission.person_name
        ]
        if not own or document.written_at is None or not document.written_exact or document.confidence < 1.0:
            continue
        readings = [
            vital
            for vital in record.vitals
            if vital.measured_at
            and vital.consciousness
            and abs(vital.measured_at - document.written_at) <= around
        ]
        dead = record.admission.died_at is not None and document.written_at > record.admission.died_at
        if dead or (readings and all(COMATOSE.search(vital.consciousness or "") for vital in readings)):
            state = "死亡" if dead else "昏迷"
            yield Problem(
                admission_id=record.admission.admission_id,
                fields={
                    "told": f"{document.title}（{document.written_at:%Y-%m-%d %H:%M}）由患者本人签名，当时患者已{state}"
                },
                evidence=(signed_in(record, document, own[0].name),),
                fact_ids=tuple(vital.fact_id for vital in readings[:2]),
                violation="forged_document",
                certainty=Certainty.PROBABLE,
                points_at=(document.document_id, "patient"),
            )


def signed_in(record: Record, document: Document, name: str) -> Evidence:
    """The last place of a document where the name stands, with its line; its head where the name is not in the text."""
    text = document.text
    places = list(re.finditer(r"\s*".join(map(re.escape, name)), text))
    start, end = places[-1].span() if places else (0, min(len(text), 20))
    line = text.rfind("\n", 0, start) + 1
    return record.quote(document, line, end, at=document.written_at)
