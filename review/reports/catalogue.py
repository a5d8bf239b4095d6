"""The papers there are: what each is called, what it is written as, and how it is put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from review.reports import word, workbook
from review.reports.annex_statistics import annex_statistics
from review.reports.confirmation_letter import confirmation_letter
from review.reports.dossier import Dossier
from review.reports.evidence_sheet import evidence_sheet
from review.reports.final_list import final_list
from review.reports.handover_list import handover_list
from review.reports.hearing_sheets import answer_sheet, both_sides
from review.reports.letters import letters
from review.reports.own_notes import own_notes
from review.reports.paper import Block, Paper
from review.reports.working_paper import working_paper

WRITERS: Mapping[str, tuple[str, Callable[[Paper], bytes]]] = {
    "docx": (word.MEDIA, word.as_word),
    "xlsx": (workbook.MEDIA, workbook.as_workbook),
}

WORD, EXCEL = ("docx", "xlsx"), ("xlsx", "docx")  # the one that people ask for first


@dataclass(frozen=True)
class Kind:
    """A kind of paper. `leaves`: it goes out of the bureau; `of_stay`: it can be had for one stay alone.

    A `letter` is filled into a Word template; what is `early` tells of no finding and waits for none."""

    key: str
    title: str
    tells: str
    build: Callable[[Dossier], tuple[Block, ...]]
    formats: tuple[str, ...]
    leaves: bool = False
    of_stay: bool = False
    own: bool = False
    letter: bool = False
    early: bool = False
    group: str = ""


def _letter(key: str, *, early: bool = False) -> Kind:
    said = letters()[key]

    def nothing(dossier: Dossier) -> tuple[Block, ...]:
        return ()

    return Kind(key, said["title"], said["tells"], nothing, WORD[:1], leaves=True, letter=True, early=early)


KINDS: Mapping[str, Kind] = {
    kind.key: replace(kind, group=group)
    for group, kinds in (
        (
            "审核",
            (
                Kind(
                    "evidence",
                    "取证单",
                    "逐例列出疑点、原文、依据和决定",
                    evidence_sheet,
                    WORD[:1],
                    of_stay=True,
                ),
                Kind("working", "工作底稿", "病例、疑点、证据、费用明细、未检查", working_paper, EXCEL),
                Kind("statistics", "统计附表", "机构自查、现场检查、专项治理", annex_statistics, EXCEL),
                Kind("notes", "审核记录", "每一项决定的理由和附言", own_notes, EXCEL, own=True),
            ),
        ),
        (
            "陈述和定案",
            (
                Kind(
                    "letter", "事实确认书", "已确认的事项，交机构核对", confirmation_letter, WORD, leaves=True
                ),
                Kind(
                    "answers", "陈述申辩表", "机构逐项填写答复，收回后导入", answer_sheet, EXCEL, leaves=True
                ),
                Kind("hearing", "复核意见表", "机构陈述、复核结果和理由", both_sides, EXCEL, leaves=True),
                Kind(
                    "final",
                    "最终清单",
                    "按事项和条款，连同条款规定的处理范围",
                    final_list,
                    EXCEL,
                    leaves=True,
                ),
                Kind(
                    "handover", "移送清单", "已确认的事项，按建议移送的部门", handover_list, WORD, leaves=True
                ),
            ),
        ),
        (
            "程序文书",
            (
                _letter("notice", early=True),
                _letter("record", early=True),
                _letter("evidence_list"),
                _letter("feedback"),
                _letter("transfer"),
                _letter("rectify"),
            ),
        ),
    )
    for kind in kinds
}


def make(kind: Kind, dossier: Dossier, made_at: datetime, *, draft: bool) -> Paper:
    """The paper of a dossier; a draft says so on every page."""
    subtitle = f"{dossier.hospital}　{dossier.name}　{made_at:%Y-%m-%d}"
    return Paper(kind.title, subtitle, draft, made_at, kind.build(dossier), not kind.of_stay)
