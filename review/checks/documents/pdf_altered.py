"""DOC-022: a PDF shows now what an earlier revision inside it showed otherwise, or hides words beneath a white box.

An update alone is never reported. What a file was made with and when counts only against this hospital's own files. The
compression errors of a photograph are not read: every saving and scaling moves them, so they prove no edit.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.checks.header import Limits, check
from review.checks.inputs import Inspection, Record
from review.checks.likeness import keep_rate
from review.models import Outcome, Problem, Skipped
from review.record import Fact
from review.violations import Certainty

EDITOR = re.compile(
    r"photoshop|gimp|illustrator|coreldraw|paint|word|wps|writer|foxit|acrobat|pdfelement|wondershare|ilovepdf|smallpdf"
    r"|canva|nitro|pdf-xchange|福昕|金山",
    re.IGNORECASE,
)
SHOWN, CITED = 4, 8
BASE_RATE = "普通 PDF 约 6% 带增量更新（3178 份中 182 份），有更新本身不说明问题"


@dataclass(frozen=True)
class File:
    """One PDF of a record: who made it and when, what changed in it, and when its documents say they were written."""

    record: Record
    made: Fact
    signs: tuple[Fact, ...]
    kind: str
    written_at: datetime | None

    @property
    def maker(self) -> str:
        """The program, without its version."""
        named = self.made.value or self.made.name or ""
        return re.split(r"[\d(（]", named)[0].strip().lower()


@check(
    code="DOC-022",
    title="PDF 文件内有改动痕迹",
    violation="forged_document",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "documents")},
    limits={"files_for_rate": 20, "usual_share": 0.9, "made_late_days": 30, "record_open_hours": 24},
    limits_said={
        "files_for_rate": "计算本院比例至少几份文件",
        "usual_share": "占多大比例视为本院惯常",
        "made_late_days": "成文晚于记录的天数",
        "record_open_hours": "归档前可改的小时数",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）",),
    message="$file：$told。$rate。",
    why="同一文件里先后两版显示的日期、数值、姓名、诊断不同，须由医院说明改动的经过。",
    exceptions=(
        "电子签名",
        "盖章、页码",
        "填写表单",
        "扫描件补文字层",
        "迎检重新打印",
        "审阅批注",
        "遮盖身份信息",
        "系统统一换了打印程序",
    ),
    overturned_by=("原始纸质病历", "电子病历系统修改日志", "文件导出与打印记录"),
    covers={"problems": (6,)},
)
def pdf_altered(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    files: list[File] = []
    facts: dict[str, list[Fact]] = {}
    told = inspection.warehouse.fetch(Fact, "facts", "starts_with(kind, 'file_') order by fact_id")
    for fact in told:
        facts.setdefault(fact.admission_id, []).append(fact)
    for admission_id, record in inspection.records.items():
        own = list(_files(record, facts.get(admission_id, ())))
        files += own
        unread = [fact for fact in facts.get(admission_id, ()) if fact.kind == "file_unread"]
        if unread:
            said = "；".join(f"{_name(fact)}：{fact.name}" for fact in unread[:3])
            yield Skipped(admission_id, Outcome.NOT_CHECKED, f"PDF 未能查看（{said}）")
        elif not own:
            yield Skipped(admission_id, Outcome.NOT_APPLICABLE, "本次住院的病历没有 PDF 文件")
    keep_rate(inspection, "pdf_revisions", (int(file.made.unit or 1) for file in files))
    on_time = _printed_on_time(files, limits)
    usual = _usual_makers(files, limits)
    for file in files:
        yield from _problem(file, on_time, usual, limits)


def _files(record: Record, told: Sequence[Fact]) -> Iterator[File]:
    by_source: dict[str, list[Fact]] = {}
    for fact in told:
        by_source.setdefault(fact.source, []).append(fact)
    for source, facts in sorted(by_source.items()):
        made = next((fact for fact in facts if fact.kind == "file_made"), None)
        if made is not None:
            documents = [document for document in record.documents if document.source == source]
            written = [document.written_at for document in documents if document.written_at]
            kind = documents[0].kind if len({document.kind for document in documents}) == 1 else "多种文书"
            signs = tuple(fact for fact in facts if fact is not made and fact.kind != "file_unread")
            yield File(record, made, signs, kind, max(written, default=None))


def _printed_on_time(files: Sequence[File], limits: Limits) -> bool:
    """Whether this hospital's files normally carry the time at which what they hold was written."""
    known = [late for file in files if (late := _late(file, limits)) is not None]
    return bool(
        len(known) >= limits["files_for_rate"] and known.count(False) >= limits["usual_share"] * len(known)
    )


def _late(file: File, limits: Limits) -> bool | None:
    """Whether a file was made long after what it holds, or after the notice; null where it does not tell."""
    made, written = file.made.begins_at, file.written_at
    if made is None or written is None:
        return None
    notice = file.record.inspection.about.get("notice_date")
    announced = notice is not None and written.date() < notice <= made.date()
    return bool(announced or made - written > timedelta(days=limits["made_late_days"]))


def _usual_makers(files: Sequence[File], limits: Limits) -> Mapping[str, str]:
    """By type of document, the program nearly all of them come from."""
    makers: dict[str, Counter[str]] = {}
    for file in files:
        makers.setdefault(file.kind, Counter())[file.maker] += 1
    usual = {}
    for kind, counted in makers.items():
        maker, most = counted.most_common(1)[0]
        total = counted.total()
        if (
            total >= limits["files_for_rate"]
            and most >= limits["usual_share"] * total
            and not EDITOR.search(maker)
        ):
            usual[kind] = maker
    return usual


def _problem(file: File, on_time: bool, usual: Mapping[str, str], limits: Limits) -> Iterator[Problem]:
    weighty = [sign for sign in file.signs if sign.certainty == "probable"]
    signs = [*weighty, *(sign for sign in file.signs if sign not in weighty)]
    told = [str(sign.value) for sign in signs[:SHOWN]]
    if len(signs) > SHOWN:
        told.append(f"另有 {len(signs) - SHOWN} 处")
    told += _surroundings(file, on_time, usual, limits)
    if not told:
        return
    closed = file.record.admission.ends_at + timedelta(hours=limits["record_open_hours"])
    late = [sign for sign in weighty if sign.begins_at is None or sign.begins_at > closed]
    open_then = bool(weighty) and not late
    yield Problem(
        admission_id=file.record.admission.admission_id,
        fields={"file": _name(file.made), "told": "；".join(told), "rate": _rate(file)},
        fact_ids=tuple(sign.fact_id for sign in signs[:CITED]) or (file.made.fact_id,),
        certainty=Certainty.PROBABLE if late else Certainty.CLUE,
        lowered_by=("改动时患者尚未出院或出院未满一日，病历可能仍在书写",) if open_then else (),
        points_at=(file.made.source,),
    )


def _surroundings(file: File, on_time: bool, usual: Mapping[str, str], limits: Limits) -> Iterator[str]:
    """When and with what the file was made, where that sets it apart from the hospital's other files."""
    made, written = file.made.begins_at, file.written_at
    if on_time and _late(file, limits) and made is not None and written is not None:
        yield f"文件生成于 {made:%Y-%m-%d}，其中文书写明 {written:%Y-%m-%d}，本院其他文件多为当时生成"
    expected = usual.get(file.kind)
    if expected is not None and file.maker != expected and EDITOR.search(file.maker):
        yield f"文件由 {file.maker} 生成，本院{file.kind}九成以上由 {expected or '同一系统'} 生成"


def _rate(file: File) -> str:
    return BASE_RATE if any(sign.kind == "file_revision" for sign in file.signs) else "单凭此项不足以认定"


def _name(fact: Fact) -> str:
    return fact.source.rsplit("/", 1)[-1]
