"""A conversation as a file to put into a report: each question, its answer, and every quote with its source.

Word for pasting, Markdown for everything else. Text is only ever text: nothing in it becomes markup or a formula.
"""

import io
import re
from collections.abc import Callable, Sequence
from datetime import UTC

from review.casework.results import Line
from review.store.entries import Question

TITLE = "法规问答记录"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold


def _statements(turn: Line) -> list[Line]:
    """The sentences of an answer; one of an older version is told whole."""
    stated: list[Line] = turn.get("statements") or []
    if stated or turn.get("refused"):
        return stated
    return [{"text": turn.get("answer", ""), "citations": turn.get("citations", [])}]


def numbered_sources(turn: Line) -> list[Line]:
    """The citations of an answer in their order, each once."""
    found = {
        (one["document"], one["passage"], one["quote"]): one
        for statement in _statements(turn)
        for one in statement["citations"]
    }
    return list(found.values())


def _told(turn: Line) -> list[str]:
    """The answer's lines, with the numbers of what each rests on."""
    sources = numbered_sources(turn)
    if turn.get("refused"):
        return [str(turn.get("answer", ""))]
    lines = [str(turn["lead"])] if turn.get("lead") else []
    for statement in _statements(turn):
        numbers = dict.fromkeys(sources.index(one) + 1 for one in statement["citations"] if one in sources)
        lines.append(statement["text"] + "".join(f"[{number}]" for number in numbers))
    return lines


def _source(number: int, one: Line, turn: Line) -> str:
    hit: Line = next(
        (
            hit
            for hit in turn.get("hits", [])
            if (hit["document"], hit["passage"]) == (one["document"], one["passage"])
        ),
        {},
    )
    since = f"（{hit['in_force_from']} 起施行）" if hit.get("in_force_from") else ""
    digest = "（本系统摘要，非原文，引用前请核对）" if hit.get("digest") else ""
    return f"[{number}]《{one['document']}》{one['passage']}{since}{digest}：“{one['quote']}”"


def _said_of(question: Question) -> str:
    turn = question.answer
    at = question.at.replace(tzinfo=UTC).astimezone()
    how = (
        f"模型 {turn.get('model', '')} 作答，逐句核对".replace("  ", " ")
        if turn.get("origin") == "model"
        else "未用模型"
    )
    parts = [
        f"{at:%Y-%m-%d %H:%M}",
        f"依据日 {turn.get('as_of', '')}",
        f"地区 {turn['region']}" if turn.get("region") else "全国",
        how,
    ]
    if turn.get("dropped"):
        parts.append(f"略去 {turn['dropped']} 句，没有依据")
    return " · ".join([*parts, *([turn["note"]] if turn.get("note") else [])])


def as_markdown(turns: Sequence[Question], who: str) -> bytes:
    lines = [f"# {TITLE}", "", f"{_plain(who)} · {len(turns)} 问", ""]
    for question in turns:
        turn = question.answer
        lines += [f"## {_plain(question.question)}", "", *(f"{_plain(line)}\n" for line in _told(turn))]
        lines += [
            f"- {_plain(_source(n, one, turn))}" for n, one in enumerate(numbered_sources(turn), start=1)
        ]
        lines += ["", f"{_plain(_said_of(question))}", ""]
    return "\n".join(lines).encode("utf-8")


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def as_word(turns: Sequence[Question], who: str) -> bytes:
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(TITLE, level=1)
    document.add_paragraph(_written(f"{who} · {len(turns)} 问"))
    for question in turns:
        turn = question.answer
        document.add_heading(_written(question.question), level=2)
        for line in _told(turn):
            document.add_paragraph(_written(line))
        for number, one in enumerate(numbered_sources(turn), start=1):
            quoted = document.add_paragraph(_written(_source(number, one, turn)))
            quoted.paragraph_format.left_indent = Pt(18)
        small = document.add_paragraph().add_run(_written(_said_of(question)))
        small.font.size = Pt(9)
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()


def _written(text: str) -> str:
    return _UNWRITABLE.sub("", text)


EXPORTS: dict[str, tuple[str, Callable[[Sequence[Question], str], bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_word),
    "md": ("text/markdown; charset=utf-8", as_markdown),
}
