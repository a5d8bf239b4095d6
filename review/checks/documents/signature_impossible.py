"""DOC-008: a signature that cannot be: of somebody not in the hospital's service, of a trainee alone, of a patient who
could not sign, more than a hand can set in a minute, one picture for two, or a blank where this hospital always signs.

A roster that misses every tenth signer is not complete enough to accuse anyone; guests, consultants and pictures of
signatures are everyday. Nurses and technicians are asked about only where the roster lists them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.roster import Institution, institution_of
from review.checks.signature_pictures import signed_for_two
from review.checks.signing_alone import (
    DOCTOR,
    OWN_NOTES,
    SIGNED,
    TRAINEE,
    could_not_sign,
    signed_in,
    trainees,
)
from review.checks.signing_minutes import Dated, dated_in_a_minute, dated_names, signed_in_a_minute
from review.models import Evidence, Outcome, Problem, Skipped
from review.record import Document
from review.violations import Certainty

GUEST = re.compile(r"外请|外院|上级医院专家|院外专家|多点执业|对口支援|医联体|进修|援助|坐诊")
SIGNED_ON_PAPER = re.compile(r"电子签名|手写|见纸质|CA签|已签|扫描")
BLANK = re.compile(
    rf"(?:医师|医生|手术者|术者|记录者){SIGNED}\s*[:：][ \t\u3000_—-]*(?=$|\n|日期|时间|\d{{4}}[-年./])"
)
CONSENTS = ("知情同意书", "病危（重）通知书")
OF_PATIENT = re.compile(r"患者|家属|代理人|被委托人")
BLANK_OF_PATIENT = re.compile(
    r"(?:患者|家属|代理人)[^\n:：]{0,12}签\s*[名字][^\n:：]{0,6}[:：][ \t\u3000_—-]*(?=$|\n|日期|时间|签署|\d{4})"
)


class Signer(NamedTuple):
    """One doctor's name under one document."""

    admission_id: str
    department: str | None
    document_id: str
    title: str
    name: str
    day: date


class Blank(NamedTuple):
    """A place to sign that was left empty, quoted."""

    document_id: str
    kind: str
    title: str
    evidence: Evidence


@dataclass(frozen=True)
class Signing:
    """How the documents of one stay are signed; `alone` is what needs no other stay to be told."""

    documents: int
    signers: tuple[Signer, ...]
    signed: Mapping[str, int]  # documents by kind
    blank: tuple[Blank, ...]
    dated: tuple[Dated, ...]
    alone: tuple[Problem, ...]


def _signing(record: Record, limits: Limits) -> Signing:
    return Signing(
        len(record.documents),
        tuple(_signers(record)),
        *_signed_and_blank(record),
        dated_names(record),
        (*trainees(record), *could_not_sign(record, limits)),
    )


@check(
    gathers=_signing,
    code="DOC-008",
    title="签名异常",
    violation="documentation_defect",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "documents")},
    limits={
        "known_signers": 0.9,
        "least_signers": 5,
        "slack_days": 30,
        "signed_share": 0.9,
        "least_documents": 10,
        "hours_around": 2,
        "signed_in_a_minute": 20,
        "common_signature": 5,
        "family_members": 6,
    },
    limits_said={
        "common_signature": "同一签名图片至多见于几次住院，多于此视为系统预设",
        "family_members": "同一电话或住址至多几人视为一家",
        "known_signers": "签名在名册上的比例，低于此不判断",
        "least_signers": "至少几名签名者",
        "slack_days": "执业起止的容差（天）",
        "signed_share": "有签名的比例，低于此不判断",
        "least_documents": "至少几份文书",
        "hours_around": "签署前后几小时的意识记录",
        "signed_in_a_minute": "一人一分钟至多签名几份",
    },
    basis=("病历书写基本规范#第八条", "病历书写基本规范#第三条"),
    basis_of={"forged_document": ("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第八条")},
    message="$told。",
    why="病历由有资质的本人签名才有效；不在岗的人、尚未独立的人和昏迷的患者不可能签署。",
    exceptions=(
        "执业名单不完整",
        "外请专家与多点执业",
        "到岗、离岗前后三十日",
        "姓名录入相差一字",
        "本院以电子签名图片代替",
        "上级医师已审签",
        "家属代签",
        "一分钟内签名不足二十一份",
        "只有日期的签名时间",
        "纸质签名的同意书",
        "医师电子签名图片按设计相同",
        "签名图片见于许多病历",
        "母亲与新生儿、同一家庭由一人代签",
    ),
    overturned_by=("执业注册信息", "电子签名日志", "纸质原件"),
    covers={"problems": (5,)},
)
def signature_impossible(
    inspection: Inspection, limits: Limits, signing: Mapping[str, Signing]
) -> Iterator[Problem | Skipped]:
    roster = institution_of(inspection)
    signers = [signer for one in signing.values() for signer in one.signers]
    if not any(one.documents for one in signing.values()):
        raise NotChecked("没有病历文书")
    if not _is_complete(roster, signers, limits):
        said = "执业人员名单不完整，不能据以核对签名" if roster.people else "缺：执业人员名单"
        for admission_id in signing:
            yield Skipped(admission_id, Outcome.NOT_CHECKED, said)
    else:
        yield from _off_the_roster(inspection, roster, signers, limits)
    yield from _blanks(signing, limits)
    by_the_system = list(signed_in_a_minute(inspection, limits))
    dated = {admission_id: one.dated for admission_id, one in signing.items()}
    yield from by_the_system or dated_in_a_minute(inspection, dated, limits)
    yield from signed_for_two(inspection, limits)
    for one in signing.values():
        yield from one.alone


def _signers(record: Record) -> Iterator[Signer]:
    admission = record.admission
    for document in record.documents:
        if OWN_NOTES.search(document.kind) and not GUEST.search(document.text):
            training = {match["name"] for match in TRAINEE.finditer(document.text)}
            day = (document.written_at or admission.begins_at).date()
            for signature in document.signatures:
                if signature.name in training:
                    continue
                if DOCTOR.search(signature.role) and document.confidence >= 1.0:
                    yield Signer(
                        admission.admission_id,
                        admission.department,
                        document.document_id,
                        document.title,
                        signature.name,
                        day,
                    )


def _is_complete(roster: Institution, signers: Sequence[Signer], limits: Limits) -> bool:
    """Whether the list holds nearly all who sign: it is held against the names, and against the signatures."""
    names = {signer.name for signer in signers}
    known = {person.name for person in roster.people}
    if not known or len(names) < limits["least_signers"]:
        return False
    share = limits["known_signers"]
    return len(names & known) >= share * len(names) or (
        len(names - known) == 1 and sum(s.name in known for s in signers) >= share * len(signers)
    )


def _off_the_roster(
    inspection: Inspection, roster: Institution, signers: Sequence[Signer], limits: Limits
) -> Iterator[Problem]:
    people = defaultdict(list)
    for person in roster.people:
        people[person.name].append(person)
    colleagues: dict[str | None, set[str]] = defaultdict(set)
    for signer in signers:
        if signer.name in people:
            colleagues[signer.department].add(signer.name)
    slack = timedelta(days=limits["slack_days"])
    found: dict[tuple[str, str, str], list[Signer]] = defaultdict(list)
    for signer in signers:
        own = people.get(signer.name)
        if own is None:
            # a name is misspelt for one who signs on the same ward, not for somebody of a thousand
            near = colleagues[signer.department]
            if not any(_a_slip(signer.name, name) for name in near):
                found[signer.admission_id, signer.name, "不在执业人员名单"].append(signer)
        elif not any(p.serves_on(signer.day + slack) or p.serves_on(signer.day - slack) for p in own):
            ended = max((p.ends_on for p in own if p.ends_on and p.ends_on < signer.day), default=None)
            said = f"已于 {ended} 离岗" if ended else f"{min(p.begins_on for p in own if p.begins_on)} 才到岗"
            found[signer.admission_id, signer.name, said].append(signer)
    for (admission_id, name, said), group in found.items():
        impossible = "岗" in said
        titles = "、".join(dict.fromkeys(f"{s.title}（{s.day}）" for s in group[:3]))
        yield Problem(
            admission_id=admission_id,
            fields={"told": f"{titles} 由“{name}”签名，此人{said}"},
            evidence=_signatures(inspection.records[admission_id], group[:3]),
            violation="forged_document" if impossible else None,
            certainty=Certainty.PROBABLE,
            points_at=(name, said),
        )


def _a_slip(name: str, known: str) -> bool:
    return (
        len(name) == len(known) >= 2
        and sum(a == b for a, b in zip(name, known, strict=True)) >= len(name) - 1
    )


def _signatures(record: Record, signers: Sequence[Signer]) -> tuple[Evidence, ...]:
    documents = {document.document_id: document for document in record.documents}
    return tuple(signed_in(record, documents[signer.document_id], signer.name) for signer in signers)


def _signed_and_blank(record: Record) -> tuple[Mapping[str, int], tuple[Blank, ...]]:
    """How many documents of each kind are signed where they are to be, and those with an empty place instead."""
    signed: dict[str, int] = defaultdict(int)
    blank: list[Blank] = []
    for document in record.documents:
        who, empty = _to_be_signed(document)
        if who is None or document.confidence < 1.0:
            continue
        place = empty.search(document.text)
        # a name at the head says who operated; it does not fill the line to sign on
        at_the_foot = place is not None and "签" in place[0]
        if any(who.search(one.role) and ("签" in one.role or not at_the_foot) for one in document.signatures):
            signed[document.kind] += 1
        elif place is not None and not SIGNED_ON_PAPER.search(document.text):
            evidence = record.quote(document, *place.span())
            blank.append(Blank(document.document_id, document.kind, document.title, evidence))
    return dict(signed), tuple(blank)


def _blanks(signing: Mapping[str, Signing], limits: Limits) -> Iterator[Problem]:
    """A blank behind the label, in a hospital whose other documents of the kind carry names there."""
    signed: dict[str, int] = defaultdict(int)
    blank: dict[str, list[tuple[str, Blank]]] = defaultdict(list)
    for admission_id, one in signing.items():
        for kind, count in one.signed.items():
            signed[kind] += count
        for place in one.blank:
            blank[place.kind].append((admission_id, place))
    for kind, found in blank.items():
        every = signed[kind] + len(found)
        if every < limits["least_documents"] or signed[kind] < limits["signed_share"] * every:
            continue
        for admission_id, place in found:
            yield Problem(
                admission_id=admission_id,
                fields={
                    "told": f"{place.title}签名处空白，本院同类文书 {every} 份中 {signed[kind]} 份有签名"
                },
                evidence=(place.evidence,),
                certainty=Certainty.PROBABLE,
                points_at=(place.document_id, "blank"),
            )


def _to_be_signed(document: Document) -> tuple[re.Pattern[str] | None, re.Pattern[str]]:
    """Who must sign, and how the empty place for it looks: a doctor his note, the patient's side a consent."""
    if document.kind in CONSENTS:
        return OF_PATIENT, BLANK_OF_PATIENT
    return (DOCTOR if OWN_NOTES.search(document.kind) else None), BLANK
