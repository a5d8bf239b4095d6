"""DOC-017: a passage equal to another patient's, with facts in it that are true of the other and false of this one.

Equal wording alone is no finding: templates and half of genuine notes repeat. The stay whose own data the passage fits
is the original and is never named as suspect. Every finding says how common the like is in this very inspection.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.innocent_copies import explained_by_event, homes_of, mother_and_child, of_one_birth
from review.checks.inputs import Inspection, Record
from review.checks.likeness import keep_likeness
from review.checks.own_facts import Conflict, conflicts
from review.checks.passages import Narrative, Shared, Written, both_ways, narratives_of, written_in
from review.checks.readings import creation_of
from review.copies.search import Search, search
from review.copies.specifics import bits_of, holders_of, shared_clauses
from review.facts import statements
from review.facts.statements import Statement
from review.models import Evidence, Problem, Skipped
from review.violations import Certainty

PROTOCOLS = ("手术", "麻醉", "护理", "出院")
STRETCH, STRETCHES = 40, 5  # length and number of the stretches by which others with a block are counted


@dataclass(frozen=True)
class Suspect:
    """A side of a match, what in it is false of its patient, and whether something innocent explains the likeness."""

    side: Shared
    own: tuple[Conflict, ...]
    explained: bool
    people: int = 2  # who have the longest block word for word
    bits: float = 0.0  # of what is one person's own in it, where nothing is false

    @property
    def document_id(self) -> str:
        return self.side.here.document.document_id


def _written(record: Record, limits: Limits) -> tuple[Written, ...]:
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    return written_in(record)


@check(
    gathers=_written,
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
        "clue_characters": 80,
        "clue_containment": 0.8,
        "clue_bits": 20,
        "clue_bits_within": 30,
        "same_event_hours": 72,
        "family_days": 14,
        "family_members": 6,
        "unexplained_facts": 3,
    },
    limits_said={
        "least_characters": "一段至少几个字",
        "least_shared": "相同文字至少几个字",
        "template_share": "占多大比例视为模板",
        "template_patients": "几人以上共有视为模板",
        "false_facts": "与本人不符的事实至少几项",
        "clue_characters": "为“线索”至少几个字",
        "clue_containment": "为“线索”文字相同的比例",
        "clue_bits": "为“线索”至少多少信息量（比特）",
        "clue_bits_within": "只占一段一部分时为“线索”至少多少信息量（比特）",
        "same_event_hours": "同一事件相距至多（小时）",
        "family_days": "家人同住相距至多（天）",
        "family_members": "一家至多几人",
        "unexplained_facts": "无从解释的事实至少几项",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第三条"),
    basis_of={"documentation_defect": ("病历书写基本规范#第三条",)},
    message="$document（$written）有 $shared 字与另一患者$other_written的$other_document逐字相同，"
    "其中$conflicts。$reading本次检查中该段文字见于 $people 名患者；$kind $documents 份，"
    "与他人文书过半相同的 $alike 份（$share）。",
    why="真实病历约一半文字会重复，相同本身不说明问题；写着别人的性别、床号、体重或用药，说明内容不是从本人得来。",
    exceptions=(
        "同一患者的多次住院",
        "模板和套语",
        "内容与本人资料相符的相同文字",
        "母亲与新生儿",
        "双胎",
        "原件所属患者",
        "同一术式的手术步骤",
        "同一事故",
        "家庭成员同病",
        "疫情或集体发病",
        "临床研究受试者",
        "出院情况与诊疗经过相同",
    ),
    overturned_by=("本人资料有误的更正记录", "误贴后的更正说明", "原始纸质病历"),
    covers={"problems": (3,)},
)
def copied_from_another_patient(
    inspection: Inspection, limits: Limits, narratives: Mapping[str, Sequence[Written]]
) -> Iterator[Problem | Skipped]:
    if len({admission.person_id for admission in inspection.records.admissions}) < 2:
        raise NotApplicable("本次检查只有一名患者")
    written = [one for own in narratives.values() for one in own]
    said = search(
        [one.writing for one in written],
        limits["template_share"],
        limits["template_patients"],
        limits["least_characters"],
        limits["least_shared"],
    )
    paired = {number for match in said.matches for number in (match.here, match.there)}
    found = narratives_of(inspection, written, paired)
    keep_likeness(inspection, said, written, found)
    for suspect in _suspects(inspection, said, found, limits):
        yield _problem(suspect, said, limits)


def _suspects(
    inspection: Inspection, said: Search, found: Mapping[int, Narrative], limits: Limits
) -> Iterator[Suspect]:
    """The strongest likeness of every document that has one worth telling."""
    homes = homes_of(inspection, limits)
    told: dict[str, tuple[Statement, ...]] = {}
    best: dict[str, Suspect] = {}
    silent: list[Shared] = []
    _read_in_order(found)
    for match in said.matches:
        pair = both_ways(match, said, found)
        if mother_and_child(pair[0]) or of_one_birth(pair[0]):
            continue
        explained = explained_by_event(pair[0], homes, limits)
        sides = [(side, tuple(_conflicts(side, told))) for side in pair]
        for (side, own), (_, other) in (sides, sides[::-1]):
            suspect = Suspect(side, own, explained)
            known = best.get(suspect.document_id)
            least = len(other) + 1 if not explained else max(len(other) + 1, limits["false_facts"])
            if len(own) >= least and (known is None or len(own) > len(known.own)):
                best[suspect.document_id] = suspect
        if not explained and not any(own for _, own in sides):
            silent.append(max(pair, key=lambda side: str(side.here.document.written_at)))
    for suspect in _identifying(silent, said, limits):
        best.setdefault(suspect.document_id, suspect)
    for suspect in best.values():
        yield replace(suspect, people=min(map(said.people_with, _stretches(suspect.side))))


def _stretches(side: Shared) -> Iterator[str]:
    """Some stretches of the longest block: whoever has the block has them all, and one may be everybody's wording."""
    start, size = side.longest.here, side.longest.size
    last = max(0, size - STRETCH)
    for place in sorted({last * part // (STRETCHES - 1) for part in range(STRETCHES)}):
        yield side.passage.text[start + place : start + place + min(STRETCH, size)]


def _read_in_order(found: Mapping[int, Narrative]) -> None:
    """Reads what the comparison asks of the records concerned, neighbours together: matches jump to and fro."""
    for record in dict.fromkeys(narrative.record for narrative in found.values()):
        _ = record.facts, record.exams, record.labs, record.operations, record.edits
        if record.orders:
            _ = record.charges


def _conflicts(side: Shared, told: dict[str, tuple[Statement, ...]]) -> list[Conflict]:
    document = side.here.document
    if document.document_id not in told:
        told[document.document_id] = tuple(statements(document))
    return conflicts(side.here.record, side.there.record, document, side.spans(), told[document.document_id])


def _identifying(silent: Sequence[Shared], said: Search, limits: Limits) -> Iterator[Suspect]:
    """Passages with so much of one person's own that two would hardly have it: worth a look even where nothing is
    false. Reckoned first as if nobody else had any of it, because counting the holders means reading everything."""
    asked: list[tuple[Shared, tuple[str, ...]]] = []
    for side in silent:
        if any(word in side.here.document.kind for word in PROTOCOLS):
            continue
        if side.length < limits["clue_characters"]:
            continue
        clauses = tuple(shared_clauses(side.passage, side.blocks))
        if _enough(side, bits_of(clauses, _days_of(side), {}, 0), limits):
            asked.append((side, clauses))
    wanted = {clause for _, clauses in asked for clause in clauses}
    holders = holders_of(said.passages, wanted) if wanted else {}
    people = len({passage.writing.person for passage in said.passages})
    for side, clauses in asked:
        pair = {side.here.writing.person, side.there.writing.person}
        others = {clause: len(holders.get(clause, set()) - pair) for clause in clauses}
        bits = bits_of(clauses, _days_of(side), others, max(0, people - len(pair)))
        if _enough(side, bits, limits):
            yield Suspect(side, (), False, bits=bits)


def _enough(side: Shared, bits: float, limits: Limits) -> bool:
    whole = side.containment >= limits["clue_containment"] or side.fills_section(limits["clue_containment"])
    return bool(bits >= limits["clue_bits" if whole else "clue_bits_within"])


def _days_of(side: Shared) -> frozenset[tuple[int, int]]:
    """The days that both may state for their own sake: of the stays, and of the documents themselves."""
    mine, theirs = (
        {
            (at.month, at.day)
            for admission in (one.record.admission,)
            for at in (one.document.written_at, admission.begins_at, admission.ends_at)
            if at is not None
        }
        for one in (side.here, side.there)
    )
    return frozenset(mine & theirs)


def _problem(suspect: Suspect, said: Search, limits: Limits) -> Problem:
    side, own = suspect.side, suspect.own
    here, there = side.here, side.there
    usual = suspect.people >= limits["template_patients"]
    least = limits["unexplained_facts" if suspect.explained else "false_facts"]
    enough = len(own) >= least and not usual
    created = creation_of(here.record, here.document)
    agrees = created is not None and _near(created.edited_at, here.document.written_at)
    kind = here.writing.kind
    documents, alike = said.documents[kind], said.alike.get(kind, 0)
    return Problem(
        admission_id=here.record.admission.admission_id,
        fields={
            "document": here.document.title,
            "written": _time(here.document.written_at),
            "shared": side.length,
            "other_written": _time(there.document.written_at),
            "other_document": there.document.title,
            "conflicts": "；".join(f"{item.mark}写作“{item.said}”，本人为“{item.own}”" for item in own)
            or f"含日期、数值、生活情节等个人内容（信息量约 {suspect.bits:.0f} 比特，"
            "20 比特约合百万分之一的偶同机会），与本人资料尚无矛盾",
            "reading": _reading(suspect, enough, usual),
            "people": suspect.people,
            "kind": kind,
            "documents": documents,
            "alike": alike,
            "share": f"{alike / documents:.0%}",
        },
        evidence=(_quoted(side), _quoted_there(side)),
        fact_ids=tuple(dict.fromkeys(place for item in own for place in item.fact_ids)),
        against_fact_ids=(created.fact_id,) if created is not None and agrees else (),
        certainty=Certainty.PROBABLE if enough else Certainty.CLUE,
        violation="forged_document" if enough else "documentation_defect",
        related_admissions=(there.record.admission.admission_id,),
        points_at=(here.document.document_id, there.document.document_id),
    )


def _reading(suspect: Suspect, enough: bool, usual: bool) -> str:
    if enough:
        return "疑似抄用他人病历。"
    if usual:
        return "同样文字多名患者都有，可能为模板未改，请核对。"
    return (
        "两人可能同一事件、同一家庭或同一研究，请核对。"
        if suspect.explained
        else "可能为模板或偶同，请核对。"
    )


def _quoted(side: Shared) -> Evidence:
    """The longest shared block, as it stands in this document."""
    block = side.longest
    return _span(side.here.record, side.here, block.here, block.size)


def _quoted_there(side: Shared) -> Evidence:
    block = side.longest
    return _span(side.there.record, side.there, block.there, block.size)


def _span(record: Record, narrative: Narrative, start: int, size: int) -> Evidence:
    places = narrative.places
    return record.quote(narrative.document, places[start], places[start + size - 1] + 1)


def _near(created: datetime | None, written: datetime | None) -> bool:
    return created is not None and written is not None and abs(created - written) <= timedelta(hours=1)


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "未注明时间"
