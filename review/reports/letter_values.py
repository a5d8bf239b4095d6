"""What the fields of a letter stand for, from what the papers of an inspection are written from."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from review.procedure.terms import Term
from review.reports.confirmation_letter import confirmed
from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.evidence_sheet import quoted
from review.reports.final_list import provided
from review.reports.handover_list import below_threshold, departments
from review.reports.paper import YUAN, shown, told
from review.reports.wording import ZERO, fund_of

Values = Mapping[str, Any]
Pair = tuple[Sojourn, Point]
SHORT = 16  # digits of a hash on paper
OF_ITEM = ("序号", "病例", "住院号", "涉嫌事项", "核查所见", "条款", "金额", "基金", "机构意见", "复核")
FIELDS: Mapping[str, str] = {
    "草稿": "未定稿时是“（草稿）”，定稿后为空",
    "日期": "生成的日期",
    "检查名称": "",
    "被检机构": "",
    "机构编码": "",
    "检查区间": "结算数据的起止",
    "审核病例数": "",
    "疑点数": "",
    "待定数": "",
    "待补数": "",
    "事项数": "已确认、陈述后仍成立的项数",
    "病例数": "涉及的病例",
    "合计金额": "同一费用只计一次",
    "合计基金": "",
    "事项": f"逐项，每行有：{'、'.join(OF_ITEM)}",
    "按事项": "按事项和条款，每行有：涉嫌事项、条款、项数、病例数、金额、基金",
    "证据": "每行有：序号、病例、涉嫌事项、内容、来源、校验",
    "证据数": "",
    "移送": f"每个部门有：部门、理由、文件、条款、合计金额、事项（{'、'.join(OF_ITEM)}）",
    "报送进度工作日": "期限 report_progress",
    "书面报告工作日": "期限 report_done",
}


def values_of(dossier: Dossier, terms: Mapping[str, Term], made_at: datetime, *, draft: bool) -> Values:
    """Every field by its name: texts as they are to stand, and lists of rows of texts."""
    pairs = confirmed(dossier)
    whole, fund = _sums(pairs)
    evidence = [row for pair in pairs for row in _evidence(pair)]
    return {
        "草稿": "（草稿）" if draft else "",
        "日期": made_at.date().isoformat(),
        "检查名称": shown(dossier.name),
        "被检机构": shown(dossier.hospital),
        "机构编码": shown(dossier.hospital_code) or "待填",
        "检查区间": dossier.period,
        "审核病例数": len(dossier.stays),
        "疑点数": len(list(dossier.points)),
        "待定数": dossier.open,
        "待补数": dossier.asked,
        "事项数": len(pairs),
        "病例数": len({stay.admission_id for stay, _ in pairs}),
        "合计金额": whole,
        "合计基金": fund,
        "事项": _numbered([_item(pair) for pair in pairs]),
        "按事项": _by_kind(pairs),
        "证据": _numbered(evidence),
        "证据数": len(evidence),
        "移送": [
            one
            for one in (_transfer(department, pairs) for department in departments())
            if one["事项"] and one["建议"]
        ],
        "报送进度工作日": terms["report_progress"].value,
        "书面报告工作日": terms["report_done"].value,
    }


def _sums(pairs: list[Pair]) -> tuple[str, str]:
    amount: Decimal = sum((point.confirmed or ZERO for _, point in pairs), ZERO)
    fund: Decimal = sum((fund_of(point) for _, point in pairs), ZERO)
    return told(amount, YUAN), told(fund, YUAN)


def _item(pair: Pair) -> dict[str, Any]:
    stay, point = pair
    return {
        "病例": shown(stay.label),
        "住院号": shown(stay.inpatient_no),
        "涉嫌事项": point.name,
        "核查所见": shown(point.message),
        "条款": provided(point)[0],
        "金额": told(point.confirmed, YUAN),
        "基金": told(fund_of(point), YUAN),
        "机构意见": point.hearing.stance if point.hearing else "",
        "复核": point.hearing.outcome if point.hearing else "",
    }


def _by_kind(pairs: list[Pair]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair[1].name, provided(pair[1])[0]), []).append(pair)
    rows = []
    for (name, clause), held in groups.items():
        amount, fund = _sums(held)
        stays = len({stay.admission_id for stay, _ in held})
        rows.append(
            {
                "涉嫌事项": name,
                "条款": clause,
                "项数": len(held),
                "病例数": stays,
                "金额": amount,
                "基金": fund,
            }
        )
    return rows


def _evidence(pair: Pair) -> list[dict[str, Any]]:
    stay, point = pair
    named = {"病例": shown(stay.label), "涉嫌事项": point.name}
    quotes = [
        named
        | {
            "内容": shown(quoted(item)),
            "来源": shown(
                f"{item['title'] or item['source'].rsplit('/', 1)[-1]}"
                + (f" 第 {item['page']} 页" if item["page"] else "")
                + (f"，{item['at'].replace('T', ' ')}" if item["at"] else "")
            ),
            "校验": "",
        }
        for item in point.evidence
        if item["says"] == "for"
    ]
    files = [*point.files, *(point.hearing.files if point.hearing else ())]
    attached = [
        named | {"内容": shown(name), "来源": "附件", "校验": digest[:SHORT]} for name, digest in files
    ]
    return quotes + attached


def _transfer(department: Mapping[str, Any], pairs: list[Pair]) -> dict[str, Any]:
    concerned = [pair for pair in pairs if pair[1].violation in department["violations"]]
    return {
        "部门": department["name"],
        "理由": department["why"],
        "文件": department["document"],
        "条款": department["passage"],
        "事项": _numbered([_item(pair) for pair in concerned]),
        "建议": not below_threshold(department, concerned),
        "合计金额": _sums(concerned)[0],
    }


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"序号": number} | row for number, row in enumerate(rows, start=1)]
