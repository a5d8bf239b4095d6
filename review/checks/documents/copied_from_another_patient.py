"""DOC-017: a passage equal to another patient's, with facts in it that are true of the other and false of this one.

Equal wording alone is no finding: templates and half of genuine notes repeat. The stay whose own data the passage fits
is the original and is never named as suspect.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection
from review.checks.own_facts import Conflict, conflicts
from review.checks.passages import Passage, Shared, document_frequency, passages, rare_values, shared_passages
from review.checks.readings import creation_of
from review.models import Evidence, Outcome, Problem, Skipped
from review.violations import Certainty

PROTOCOLS = ("手术", "麻醉", "护理", "出院")


@check(
    code="DOC-017",
    title="不同患者病历雷同",
    violation="forged_document",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "documents")},
    limits={
        "least_characters": 60,
        "least_shared": 50,
        "template_share": 0.05,
        "template_patients": 5,
        "false_facts": 2,
        "clue_characters": 120,
        "clue_containment": 0.8,
        "clue_values": 3,
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第三条"),
    basis_of={"documentation_defect": ("病历书写基本规范#第三条",)},
    message="$document（$written）有 $shared 字与另一患者$other_written的$other_document逐字相同，"
    "其中$conflicts。$reading",
    why="真实病历约一半文字会重复，相同本身不说明问题；写着别人的性别、床号、体重或用药，说明内容不是从本人得来。",
    exceptions=(
        "同一患者的多次住院",
        "模板和套语",
        "内容与本人资料相符的相同文字",
        "母亲与新生儿",
        "原件所属患者",
        "同一术式的手术步骤",
    ),
    overturned_by=("本人资料有误的更正记录", "误贴后的更正说明", "原始纸质病历"),
    covers={"problems": (3,)},
)
def copied_from_another_patient(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    if len({record.admission.person_id for record in inspection.records.values()}) < 2:
        raise NotApplicable("本次检查只有一名患者")
    for record in inspection.records.values():
        if not record.documents:
            yield Skipped(record.admission.admission_id, Outcome.NOT_CHECKED, "本次住院没有病历文书")
    found = passages(
        inspection, limits["least_characters"], limits["template_share"], limits["template_patients"]
    )
    frequency = document_frequency(found)
    best: dict[str, tuple[Shared, list[Conflict]]] = {}
    for shared in shared_passages(found, limits["least_shared"]):
        if _mother_and_child(shared):
            continue
        pair = [(side, _conflicts(side)) for side in (shared, shared.turned())]
        for (side, own), (_, other) in (pair, pair[::-1]):
            if len(own) > len(other):
                key = side.here.document.document_id
                if key not in best or len(own) > len(best[key][1]):
                    best[key] = side, own
        if not any(own for _, own in pair):
            later = max((side for side, _ in pair), key=lambda side: str(side.here.document.written_at))
            if _rare(later, frequency, limits):
                best.setdefault(later.here.document.document_id, (later, []))
    for side, own in best.values():
        yield _problem(side, own, limits)


def _conflicts(side: Shared) -> list[Conflict]:
    return conflicts(side.here.record, side.there.record, side.here.document, side.spans())


def _mother_and_child(shared: Shared) -> bool:
    ages = [passage.record.admission.age_years for passage in (shared.here, shared.there)]
    begins = [passage.record.admission.begins_at for passage in (shared.here, shared.there)]
    return (
        0 in ages
        and any(age and age > 12 for age in ages)
        and abs(begins[0] - begins[1]) < timedelta(days=30)
    )


def _rare(side: Shared, frequency: Mapping[str, int], limits: Limits) -> bool:
    """Long, nearly whole, and with numbers that no third note has: worth a look even where nothing is false."""
    if any(word in side.here.document.kind for word in PROTOCOLS):
        return False
    common = "".join(side.here.text[start : start + size] for start, _, size in side.blocks)
    rare = {value for value in rare_values(common) if frequency.get(value, 0) <= 2}
    return bool(
        side.length >= limits["clue_characters"]
        and side.containment >= limits["clue_containment"]
        and len(rare) >= limits["clue_values"]
    )


def _problem(side: Shared, own: Sequence[Conflict], limits: Limits) -> Problem:
    here, there = side.here, side.there
    enough = len(own) >= limits["false_facts"]
    created = creation_of(here.record, here.document)
    agrees = created is not None and _near(created.edited_at, here.document.written_at)
    return Problem(
        admission_id=here.record.admission.admission_id,
        fields={
            "document": here.document.title,
            "written": _time(here.document.written_at),
            "shared": side.length,
            "other_written": _time(there.document.written_at),
            "other_document": there.document.title,
            "conflicts": "；".join(f"{item.mark}写作“{item.said}”，本人为“{item.own}”" for item in own)
            or "含多个罕见数值，与本人资料尚无矛盾",
            "reading": "疑似抄用他人病历。" if enough else "可能为模板或偶同，请核对。",
        },
        evidence=(*_quoted(here, side), *_quoted(there, side.turned())),
        fact_ids=tuple(dict.fromkeys(place for item in own for place in item.fact_ids)),
        against_fact_ids=(created.fact_id,) if created is not None and agrees else (),
        certainty=Certainty.PROBABLE if enough else Certainty.CLUE,
        violation="forged_document" if enough else "documentation_defect",
        related_admissions=(there.record.admission.admission_id,),
        points_at=(here.document.document_id, there.document.document_id),
    )


def _quoted(passage: Passage, side: Shared) -> tuple[Evidence, ...]:
    """The longest shared block, as it stands in this document."""
    start, _, size = max(side.blocks, key=lambda block: block[2])
    first, last = passage.places[start], passage.places[start + size - 1] + 1
    return (passage.record.quote(passage.document, first, last),)


def _near(created: datetime | None, written: datetime | None) -> bool:
    return created is not None and written is not None and abs(created - written) <= timedelta(hours=1)


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "未注明时间"
