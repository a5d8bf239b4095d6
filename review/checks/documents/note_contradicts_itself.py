"""DOC-024: a note that says two things of one patient at one hour, or goes on as if the day before had not been.

Whether a plan fits its result takes a reader: without a model no note is called clear, the outcome is `not_checked`.
What needs none is said by rule: two findings of one examination that exclude each other (`incompatible_findings.yaml`),
a tube in place after it was drawn, an organ described after it was taken out, a belly uncut after it was opened, a drug
continued that the culture found resistant. What a machine sees and the hand does not feel is no contradiction.
Source: 病历书写基本规范 第三条.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Record
from review.checks.removed_organs import describes, removed_by
from review.facts.context import context
from review.facts.sentences import Sentence
from review.models import Evidence, Problem
from review.record import Document

FILE = Path(__file__).with_name("incompatible_findings.yaml")
NOTES = re.compile(r"日常病程|查房|术后首次")
ADMISSION = "入院记录"
EXAMINED = re.compile(r"体格检查|查体|专科")
CHANGES = re.compile(
    r"转为|转清|突发|突然|随后|继而|逐渐|入院时|来院时|曾|时许|凌晨|昨|夜间|苏醒|醒后|复苏|至今|恢复|抢救|后(?:出现|转)|\d{1,2}[:：]\d{2}"
)
TUBES = (
    (
        "尿管",
        re.compile(r"(?:拔除|拔出|已拔)(?:留置)?(?:导)?尿管|(?:导)?尿管(?:已|予以?|今日)?(?:拔除|拔出)"),
        re.compile(r"(?:留置)?(?:导)?尿管(?:在位|固定|引流|通畅|妥)"),
    ),
    (
        "胃管",
        re.compile(r"(?:拔除|拔出|已拔)胃管|胃管(?:已|予以?|今日)?(?:拔除|拔出)"),
        re.compile(r"胃管(?:在位|固定|引流|通畅|妥)|胃肠减压(?:通畅|引出)"),
    ),
)
PUT_IN_AGAIN = re.compile(
    r"(?:重新|再次|重|再)(?:予|行|留)?(?:留置|置|插|导)|(?:予|行|给予)(?:留置)?(?:导尿|胃管|置管|插胃管|胃肠减压)|置入(?:尿管|胃管)"
)
ABDOMINAL = re.compile(r"胆囊|阑尾|胃|肠|脾|肝|胰|子宫|卵巢|附件|剖宫产|疝|剖腹|开腹|腹腔镜|胆总管")
WITHOUT_CUT = re.compile(r"内镜|宫腔镜|胃镜|肠镜|经尿道|经阴道|经口|ERCP|介入|穿刺|造影|栓塞|息肉|刮宫|痔|肛")
UNCUT = re.compile(
    r"(?:未见|无)(?:明显)?(?:陈旧性?)?(?:手术)?(?:瘢痕|疤痕)|(?:未见|无)(?:手术)?切口(?=及|、|，|。|和|与|$)|腹壁完整(?:无损)?"
)
RESISTANT = re.compile(
    r"(?:药敏|培养|细菌)[^。；]{0,60}?[对示：:，、](?P<drug>(?:(?![示对敏])[\u4e00-\u9fff]){3,8}?)(?:均)?(?:耐药|（R）|\(R\))"
)
KEPT_WHY = re.compile(r"有效|好转|下降|体温正常|联合|加用|敏感|换用|改用|停用|调整|更换|会诊")
UNREAD = "需要模型"


@dataclass(frozen=True)
class Pair:
    """One entry of `incompatible_findings.yaml`."""

    name: str
    quick: tuple[str, ...]
    one: re.Pattern[str]
    other: re.Pattern[str]
    unless: re.Pattern[str]


@cache
def pairs() -> tuple[Pair, ...]:
    return tuple(
        Pair(
            entry["name"],
            tuple(entry["quick"]),
            *(re.compile(entry[key]) for key in ("one", "other", "unless")),
        )
        for entry in yaml.safe_load(FILE.read_text("utf-8"))
    )


@check(
    code="DOC-024",
    title="模板套用、前后不相容的病程",
    violation="documentation_defect",
    certainty="clue",
    needs={"tables": ("admissions", "documents")},
    limits={"days_kept": 2},
    limits_said={"days_kept": "耐药结果后仍继续用药的天数"},
    basis=("病历书写基本规范#第三条",),
    message="$told。",
    why="同一时刻的查体不能既正常又异常，已拔的管、已切的器官不会再出现；多为套用模板，须看原始记录。",
    exceptions=(
        "病情变化已写明",
        "影像所见与触诊正常",
        "引用入院时或既往的情形",
        "写的是风险、鉴别或否认",
        "其余肢体正常",
        "拔管后重新置管",
        "耐药而写明疗效或已调整",
        "部分切除仍有残余器官",
        "手术切口的正常描述",
    ),
    overturned_by=("当日的其他记录", "医师的书面说明"),
)
def note_contradicts_itself(record: Record, limits: Limits) -> Iterator[Problem]:
    notes = [
        document
        for document in record.documents
        if (NOTES.search(document.kind) or document.kind == ADMISSION) and document.confidence >= 1.0
    ]
    if not notes:
        raise NotChecked("没有病程文书" if not record.documents else "病程文书识别不清或没有")
    found = [
        *(problem for document in notes for problem in _examined(record, document)),
        *_tubes(record, notes),
        *_organs(record, notes),
        *_uncut(record, notes),
        *_resistant(record, notes, limits),
    ]
    if not found:
        raise NotChecked(UNREAD)
    yield from found


def _problem(told: str, evidence: Sequence[Evidence], *points: str, fact_ids: Sequence[str] = ()) -> Problem:
    return Problem(
        fields={"told": told}, evidence=tuple(evidence), fact_ids=tuple(fact_ids), points_at=points
    )


def _whole(record: Record, sentence: Sentence) -> Evidence:
    return record.quote(sentence.document, *sentence.whole, at=sentence.at)


def _examined(record: Record, document: Document) -> Iterator[Problem]:
    """Two findings of one examination that exclude each other."""
    asked = [pair for pair in pairs() if any(word in document.text for word in pair.quick)]
    if not asked:
        return
    read = [sentence for sentence in record.sentences(document) if _of_examination(sentence)]
    for pair in asked:
        ones, others = _asserted(read, pair.one), _asserted(read, pair.other)
        if not ones or not others:
            continue
        (one, said), (other, denied) = ones[0], others[0]
        if any(pair.unless.search(text) or CHANGES.search(text) for text in {one.bare, other.bare}):
            continue
        if any(re.search(r"转为|转清|突发|突然|随后|继而", sentence.bare) for sentence in read):
            continue
        yield _problem(
            f"{document.title}{_dated(document)}同时写“{said}”与“{denied}”（{pair.name}）",
            tuple(dict.fromkeys((_whole(record, one), _whole(record, other)))),
            document.document_id,
            pair.name,
        )


def _dated(document: Document) -> str:
    return f"（{document.written_at:%m-%d %H:%M}）" if document.written_at else ""


def _of_examination(sentence: Sentence) -> bool:
    """In an admission record only the examination speaks of now; elsewhere every sentence of the note."""
    if sentence.document.kind == ADMISSION:
        return bool(sentence.section and EXAMINED.search(sentence.section))
    return sentence.section is None or not re.search(r"诊断|鉴别|既往|计划|现病史|特点", sentence.section)


def _asserted(read: Sequence[Sentence], pattern: re.Pattern[str]) -> list[tuple[Sentence, str]]:
    found = []
    for sentence in read:
        for match in pattern.finditer(sentence.bare):
            around = context(sentence, match.start(), match.end())
            if around.asserted and not around.elsewhere:
                found.append((sentence, match[0]))
    return found


def _timed(notes: Sequence[Document]) -> list[tuple[datetime, Document]]:
    return sorted(
        ((note.written_at, note) for note in notes if note.written_at and note.kind != ADMISSION),
        key=lambda pair: (pair[0], pair[1].document_id),
    )


def _tubes(record: Record, notes: Sequence[Document]) -> Iterator[Problem]:
    """A tube in place on a later day than it was drawn, with no word of another put in."""
    timed = _timed(notes)
    for name, drawn, in_place in TUBES:
        if not any(name in note.text for _, note in timed):
            continue
        gone: tuple[datetime, Sentence] | None = None
        for at, note in timed:
            read = list(record.sentences(note)) if name in note.text or gone else []
            if any(PUT_IN_AGAIN.search(sentence.bare) for sentence in read):
                gone = None
                continue
            kept = _asserted(read, in_place)
            if gone is not None and kept and at.date() > gone[0].date():
                quotes = (_whole(record, gone[1]), _whole(record, kept[0][0]))
                yield _problem(
                    f"{gone[0]:%m-%d} 已拔{name}，{at:%m-%d} 又写“{kept[0][1]}”", quotes, "tube", name
                )
                break
            removed = _asserted(read, drawn)
            gone = (at, removed[0][0]) if removed and gone is None else gone


def _organs(record: Record, notes: Sequence[Document]) -> Iterator[Problem]:
    """An organ described by hand after the operation that took it out whole."""
    for row in record.operations:
        organ = removed_by(row.operation_name or "") if row.operation_name else None
        if organ is None or row.operated_on is None or row.origin != "hospital":
            continue
        for at, note in _timed(notes):
            if at.date() <= row.operated_on or organ.name not in note.text:
                continue
            hit = next(
                (
                    one
                    for one in record.sentences(note)
                    if describes(one.bare, organ) and not CHANGES.search(one.bare)
                ),
                None,
            )
            if hit is not None and not re.search(r"术前|病理|标本|入院", hit.bare):
                said = describes(hit.bare, organ)
                told = f"{row.operated_on:%m-%d} 已行“{row.operation_name}”，{at:%m-%d} 病程仍写“{said}”"
                yield _problem(told, (_whole(record, hit),), "organ", organ.name, fact_ids=(row.fact_id,))
                break


def _uncut(record: Record, notes: Sequence[Document]) -> Iterator[Problem]:
    """A belly without scar or cut on a day after it was opened in this very stay."""
    opened = [
        row
        for row in record.operations
        if row.operated_on and row.origin == "hospital" and ABDOMINAL.search(row.operation_name or "")
        if not WITHOUT_CUT.search(row.operation_name or "")
    ]
    if not opened:
        return
    first = min(opened, key=lambda row: (str(row.operated_on), row.fact_id))
    for at, note in _timed(notes):
        if at.date() <= first.operated_on or not UNCUT.search(note.text):  # type: ignore[operator]
            continue
        for sentence in record.sentences(note):
            match = UNCUT.search(sentence.bare)
            if match and "腹" in sentence.bare and not re.search(r"术前|入院时|除|外(?!科)", sentence.bare):
                told = (
                    f"{first.operated_on:%m-%d} 已行“{first.operation_name}”，{at:%m-%d} 病程写“{match[0]}”"
                )
                yield _problem(told, (_whole(record, sentence),), "uncut", fact_ids=(first.fact_id,))
                return


def _resistant(record: Record, notes: Sequence[Document], limits: Limits) -> Iterator[Problem]:
    """A drug that a note calls resistant and that notes days later go on with, without a reason."""
    timed = _timed(notes)
    if not any("耐药" in note.text or "(R)" in note.text for _, note in timed):
        return
    told: Mapping[str, tuple[datetime, Sentence]] = {
        match["drug"]: (at, sentence)
        for at, note in timed
        for sentence in record.sentences(note)
        if (match := RESISTANT.search(sentence.bare))
    }
    for drug, (since, heard) in told.items():
        goes_on = re.compile(rf"继续[^，。；]{{0,8}}{re.escape(drug[-4:])}")
        later = [(at, note) for at, note in timed if (at - since).days >= limits["days_kept"]]
        reasons = "".join(note.text for at, note in timed if at >= since)
        for at, note in later:
            hit = next((one for one in record.sentences(note) if goes_on.search(one.bare)), None)
            if hit is not None and not KEPT_WHY.search("".join(reasons.split())):
                said = f"{since:%m-%d} 记{drug}耐药，{at:%m-%d} 仍写“{hit.bare[:40]}”"
                yield _problem(said, (_whole(record, heard), _whole(record, hit)), "resistant", drug)
                break
