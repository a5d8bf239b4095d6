"""Reads the interface payloads under platform/: rows for tables nobody else gave, text nodes as documents.

What feeds what is declared in `platform.yaml`. A table that claims/ or hospital/ already gives is left alone, so
that nothing is counted twice.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from knowledge.readers import UnreadableFile
from knowledge.readers.text import decode, one_page, read_bytes
from review.intake.columns import TableShape, shapes
from review.intake.conversion import MissingColumn, convert
from review.intake.documents import split_documents
from review.intake.files import FileState, files_under
from review.intake.raw import RawTable
from review.intake.records import Source
from review.models import Fault
from review.record import Document

LARGEST_PAYLOAD = 200 * 1024 * 1024
INHERITED = ("mdtrt_id", "setl_id", "psn_no", "ipt_no", "mdtrtsn")
# Our own names that a payload spells otherwise; what identifies a row must be there, the rest may be missing.
NEEDED = frozenset(
    {"bkkp_sn", "mdtrt_id", "inpatient_no", "fee_ocur_time", "cnt", "pric", "det_item_fee_sumamt"}
)
NEEDED |= {
    "diag_code",
    "oprn_oprt_code",
    "order_name",
    "operation_name",
    "exam_name",
    "analyte",
    "measured_at",
}
Node = Mapping[str, Any]


@dataclass
class Payloads:
    """What the payloads gave."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    states: list[FileState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@cache
def _declared() -> Mapping[str, Mapping[str, Any]]:
    text = (Path(__file__).parent / "platform.yaml").read_text(encoding="utf-8")
    declared: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return declared


def read_platform(folder: Path, given: Mapping[str, pa.Table]) -> Payloads:
    """All payloads under platform/, in the order of their names."""
    found = Payloads()
    files, passed = files_under(folder, "platform")
    found.states += passed
    parts: dict[str, list[pa.Table]] = {}
    for path in files:
        _read_file(path, path.relative_to(folder).as_posix(), given, parts, found)
    found.tables = {name: pa.concat_tables(tables) for name, tables in parts.items()}
    return found


def _read_file(
    path: Path, source: str, given: Mapping[str, pa.Table], parts: dict[str, list[pa.Table]], found: Payloads
) -> None:
    if path.suffix.lower() != ".json":
        found.states.append(FileState(source, "接口报文", 0, "", "未用", "不是 .json 文件"))
        return
    try:
        payloads = list(_payloads(path))
    except UnreadableFile as problem:
        found.states.append(FileState(source, "接口报文", 0, "条", "拒收", str(problem)))
        found.faults.append(Fault(source, problem.place, problem.problem, problem.remedy))
        return
    numbers = sorted({number or "?" for number, _ in payloads})
    title = f"接口报文 {'、'.join(numbers)}"
    known = [(number, node) for number, node in payloads if number in _declared()]
    if not known:
        found.states.append(FileState(source, title, 0, "条", "未用", "不是能用的交易号，或读不出交易号"))
        return
    count, notes = 0, []
    for number in dict.fromkeys(number for number, _ in known):
        inputs = [node for each, node in known if each == number]
        for spec in _declared()[str(number)].get("tables", ()):
            rows, note = _add_table(spec, inputs, source, given, parts, found)
            count += rows
            notes += [note] if note else []
        count += _add_documents(_declared()[str(number)].get("documents", ()), inputs, source, found)
    state = "已读" if count else "未用"
    found.states.append(FileState(source, title, count, "条", state, "；".join(dict.fromkeys(notes))))


def _payloads(path: Path) -> Iterator[tuple[str | None, Node]]:
    """(transaction number, input nodes) of each payload in a file: an envelope, a bare input, or a list of them."""
    try:
        said = json.loads(decode(read_bytes(path, LARGEST_PAYLOAD))[0])
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, UnreadableFile):
            raise
        raise UnreadableFile("不是合法的 JSON", "请重新导出该报文") from problem
    by_name = re.search(r"(?<!\d)(\d{4}A?)(?!\d)", path.stem)
    for body in said if isinstance(said, list) else [said]:
        if not isinstance(body, dict):
            raise UnreadableFile("JSON 的内容不是报文", "请按“交易号 + input 节点”重新导出")
        nodes = body.get("input", body.get("output", body))
        if isinstance(nodes, str):
            nodes = json.loads(nodes) if nodes.lstrip().startswith("{") else {}
        number = str(body.get("infno") or (by_name[1] if by_name else "")) or None
        yield number, nodes if isinstance(nodes, dict) else {"data": nodes}


def _rows(node: object) -> list[Node]:
    rows = node if isinstance(node, list) else [node]
    return [row for row in rows if isinstance(row, dict) and str(row.get("vali_flag", "1")) != "0"]


def _inherited(nodes: Node) -> dict[str, Any]:
    """Keys that stand once in a payload and hold for all of its nodes."""
    held: dict[str, Any] = {key: nodes[key] for key in INHERITED if isinstance(nodes.get(key), str | int)}
    for node in nodes.values():
        if isinstance(node, dict) or (isinstance(node, list) and len(node) == 1):
            for row in _rows(node):
                for key in INHERITED:
                    if row.get(key):
                        held.setdefault(key, row[key])
    return held


def _joined(spec: Node, nodes: Node) -> Iterator[dict[str, Any]]:
    """Rows of the spec's node with what the nodes joined to it add."""
    held = _inherited(nodes)
    for row in _rows(nodes.get(spec["node"])):
        whole = {**held, **{key: value for key, value in row.items() if value not in (None, "")}}
        for other, key in spec.get("joins", {}).items():
            for more in _rows(nodes.get(other)):
                if more.get(key) == row.get(key):
                    for name, value in more.items():
                        whole.setdefault(name, value)
        if not spec.get("only_with") or any(whole.get(name) for name in spec["only_with"]):
            yield whole


def _add_table(
    spec: Node,
    inputs: Iterable[Node],
    source: str,
    given: Mapping[str, pa.Table],
    parts: dict[str, list[pa.Table]],
    found: Payloads,
) -> tuple[int, str]:
    shape = shapes()[spec["table"]]
    if shape.name in given:
        return 0, f"{shape.title}已由 {shape.part}/ 给出，报文未用"
    rows = [row for nodes in inputs for row in _joined(spec, nodes)]
    if not rows:
        return 0, ""
    relaxed = replace(
        shape,
        columns=tuple(
            replace(column, required=column.required and column.name in NEEDED) for column in shape.columns
        ),
    )
    try:
        typed = convert(_raw(spec, relaxed, rows, source), relaxed)
    except MissingColumn as problem:
        found.faults.append(
            Fault(source, "报文", f"缺少必需字段 {problem}，未读入", "请补上该字段后重新导出")
        )
        return 0, ""
    found.faults += [replace(fault, place=fault.place.replace(" 行", " 条", 1)) for fault in typed.faults]
    parts.setdefault(shape.name, []).append(typed.table)
    return typed.table.num_rows, ""


def _raw(spec: Node, shape: TableShape, rows: list[dict[str, Any]], source: str) -> RawTable:
    """Rows as text columns under our own names."""
    columns: dict[str, list[str]] = {}
    for column in shape.columns:
        fields = spec.get("columns", {}).get(column.name) or _fields_of(column.name, shape, rows)
        codes = spec.get("codes", {}).get(column.name, {})
        values = [next((_said(row[name]) for name in fields if _said(row.get(name))), "") for row in rows]
        if any(values):
            columns[column.name] = [codes.get(value, value) for value in values]
    return RawTable(
        source,
        tuple(columns),
        tuple(pa.chunked_array([pa.array(values, pa.string())]) for values in columns.values()),
        pa.array(range(1, len(rows) + 1), pa.int32()),
    )


def _fields_of(name: str, shape: TableShape, rows: list[dict[str, Any]]) -> list[str]:
    """Fields of the payload that the table itself knows under another name."""
    if name == "inpatient_no":
        return ["mdtrt_id", "ipt_no", "mdtrtsn"]
    fields = dict.fromkeys(key for row in rows for key in row)
    return [key for key in fields if (column := shape.column(key)) is not None and column.name == name]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _add_documents(specs: Iterable[Node], inputs: list[Node], source: str, found: Payloads) -> int:
    """Text nodes as documents; those of one admission make one text, so that positions can be traced."""
    texts: dict[str, list[str]] = {}
    for nodes in inputs:
        for spec in specs:
            for row in _joined(spec, nodes):
                owner = _said(row.get("mdtrt_id")) or _said(row.get("ipt_no")) or _said(row.get("mdtrtsn"))
                if not owner:
                    problem = f"{spec['kind']} 没有就诊ID，未读入"
                    found.faults.append(Fault(source, f"节点 {spec['node']}", problem, "请补上 mdtrt_id"))
                    continue
                texts.setdefault(owner, []).append(_text(spec, row, nodes))
    for admission_id, pieces in texts.items():
        name = source if len(texts) == 1 else f"{source}#{admission_id}"
        read = one_page("\n\n".join(pieces))
        found.sources.append(Source(name, admission_id, read))
        order = sum(known.admission_id == admission_id for known in found.sources)
        stem = Path(source).stem
        found.documents += [
            replace(document, document_id=f"{admission_id}/p{order}-{number}")
            for number, document in enumerate(split_documents(read, admission_id, name, order, stem), start=1)
        ]
    return sum(len(pieces) for pieces in texts.values())


def _text(spec: Node, row: Node, nodes: Node) -> str:
    """A node as a document: title, labelled lines, lists, time of writing."""
    lines = [spec["kind"]]
    signed: list[str] = []
    for label, name in spec["fields"].items():
        value = " ".join(_said(row.get(name)).split())
        if value:
            (signed if label.endswith("签名") else lines).append(f"{label}：{value}")
    for node, listed in spec.get("lists", {}).items():
        for each in _rows(nodes.get(node)):
            values = [value for name in listed["fields"] if (value := _said(each.get(name)))]
            lines += [f"{listed['label']}：{'  '.join(values)}"] if values else []
    at = _said(row.get(spec.get("at", "")))
    return "\n".join([*lines, *([f"记录时间：{at}"] if at else []), *signed])
