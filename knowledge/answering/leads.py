"""The first words of an answer: what the library says to it, and whether that applied on the day asked about."""

import re
from collections.abc import Sequence
from datetime import date

from knowledge.answering.item_rows import NAMED, item_name, named_share, names_item
from knowledge.answering.sentences import row_cells
from knowledge.library import Hit

LONGEST_TITLE = 16
_PAIR_ASKED = re.compile(r"收|计费|算钱|重复")
_KIND_ASKED = re.compile(
    r"算什么|算啥|定性|哪类|哪一类|哪种|什么问题|啥问题|什么性质|违规|违反|type of", re.I
)
_KIND = re.compile(r"收费|诊疗|检查|费用|住院|结算|项目|支付|就医|购药|用药|药品|资料|管理")


def lead_of(question: str, meaning: str, chosen: Sequence[Hit], as_of: date | None) -> str:
    """One short sentence; a clause that was not in force on the day is never introduced as if it were.

    `meaning` is the question with what the documents call the things it names.
    """
    first = chosen[0]
    if as_of and first.in_force is False:
        return f"{first.note}，不能直接适用。相关的是："
    day = f"按 {as_of.isoformat()} 的规定，" if as_of else ""
    if _PAIR_ASKED.search(question) and is_listed_pair(first, meaning):
        return f"{day}规则列有这一对，不能同时收费："
    kind = listed_kind(first)
    if kind and _KIND_ASKED.search(question):
        return f"{day}清单列为“{kind}”："
    return f"{day}库中有规定："


def is_listed_pair(hit: Hit, meaning: str) -> bool:
    """A row that forbids charging two items together, both of which the question names."""
    pair = names_item(hit) and "×" in item_name(hit)
    return pair and "重复收费" in f"{hit.document}{hit.text}" and named_share(hit, meaning) >= NAMED


def listed_kind(hit: Hit) -> str | None:
    """The kind of violation a numbered list gives an entry: the cell before the one that tells what is done."""
    if "序号" not in hit.passage:
        return None
    if hit.digest:  # 领域，违规类型：what is done
        kind = re.split(r"[，：]", hit.text.partition("：")[0])[-1]
    else:
        cells = [hit.text[start:end] for start, end in row_cells(hit.text)]
        longest = max(range(len(cells)), key=lambda place: len(cells[place]), default=0)
        kind = cells[longest - 1] if longest > 0 else ""
    return kind if _KIND.search(kind) and len(kind) <= 30 else None


def short_title(title: str) -> str:
    """A title people recognise: without the state's name and remarks in brackets, the end of a long one."""
    plain = re.sub(r"\s+", "", title).removeprefix("中华人民共和国")
    plain = re.sub(r"（[^（）]*）", lambda match: match[0] if re.search(r"20\d\d", match[0]) else "", plain)
    if re.match(r"[A-Za-z_]{6}", plain):  # a file's name, known by its beginning
        return f"《{plain[:LONGEST_TITLE]}…》"
    if len(plain) > LONGEST_TITLE:
        end = re.sub(r"^[\d年）”」、，]+", "", plain[-LONGEST_TITLE:])
        plain = f"…{end}"
    return f"《{plain}》"
