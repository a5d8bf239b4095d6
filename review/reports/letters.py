"""The procedure's letters as Word: a template, ours or the bureau's own, with what the inspection knows filled in.

A bureau's template is a Word file of its own with fields in double braces; what it misspells is named, not left empty.
Words of a record go in as words: nothing in them is a field, a mark of Word's, or an order.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.readers import UnreadableFile
from knowledge.readers.word import DAMAGE, check_package
from review.errors import InputError
from review.reports.packing import packed
from review.reports.paper import (
    TEXT,
    Block,
    Column,
    Fields,
    Heading,
    NextPage,
    Paper,
    Signatures,
    Table,
    Text,
)
from review.reports.word import as_word

FILE = Path(__file__).with_name("letters.yaml")
OWN = "templates"  # in the home folder
MADE_AT = datetime(2026, 1, 1)
SUBTITLE = "{{ 被检机构 }}　{{ 检查名称 }}　{{ 日期 }}"
BROKEN: tuple[type[Exception], ...] = (UnreadableFile, *DAMAGE)
ROW, OF_ROW = "行", "{{{{ 行.{name} }}}}"
Values = Mapping[str, Any]


@cache
def letters() -> Mapping[str, Mapping[str, Any]]:
    """The letters by key, as the file has them."""
    read: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["letters"]
    return read


def own_template(key: str, home: Path) -> Path | None:
    """The bureau's own template of a letter, where it has one."""
    file = home / OWN / f"{key}.docx"
    return file if file.is_file() else None


@cache
def shipped_template(key: str) -> bytes:
    """Our template of a letter: what a bureau takes to write its own."""
    said = letters()[key]
    blocks = tuple(_blocks(said["blocks"]))
    return as_word(Paper("{{ 草稿 }}" + said["title"], SUBTITLE, False, MADE_AT, blocks))


def _blocks(said: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    for one in said:
        if "text" in one:
            yield Text(one["text"])
        elif "heading" in one:
            yield Heading(one["heading"])
        elif "fields" in one:
            yield Fields(tuple((label, value) for label, value in one["fields"]))
        elif "signatures" in one:
            yield Signatures(tuple(one["signatures"]))
        elif "table" in one:
            yield _table(one["table"])
        else:
            yield Text(f"{{%p for {one['each']['as']} in {one['each']['over']} %}}")
            yield Text("{%p if not loop.first %}")
            yield NextPage()
            yield Text("{%p endif %}")
            yield from _blocks(one["blocks"])
            yield Text("{%p else %}")
            yield Text(one["each"]["empty"])
            yield Text("{%p endfor %}")


def _table(said: Mapping[str, Any]) -> Table:
    columns = tuple(Column(one["title"], one.get("kind", TEXT), one["width"]) for one in said["columns"])
    blank = ("",) * (len(columns) - 1)
    rows = (
        (f"{{%tr for {ROW} in {said['over']} %}}", *blank),
        tuple(OF_ROW.format(name=one["value"]) for one in said["columns"]),
        ("{%tr endfor %}", *blank),
    )
    return Table(said["name"], columns, rows)


def filled(key: str, home: Path, values: Values, made_at: datetime) -> bytes:
    """A letter as the bytes of a Word file. Raises InputError naming the template and what to mend."""
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    own = own_template(key, home)
    name = f"模板 {own.name}" if own else f"模板 {key}"
    try:
        source = own.read_bytes() if own else shipped_template(key)
        check_package(source, "Word")
        template = DocxTemplate(io.BytesIO(source))
        template.init_docx()
    except BROKEN as problem:
        raise InputError(f"{name} 不是完整的 Word 文件；请用 Word 打开后另存为 .docx。") from problem
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        unknown = template.get_undeclared_template_variables(environment, dict(values))
        if unknown:
            there = "、".join(sorted(values))
            raise InputError(
                f"{name} 里写了没有的域：{'、'.join(sorted(unknown))}；可用的有：{there}。请改正。"
            )
        template.render(dict(values), environment, autoescape=True)
    except TemplateError as problem:
        raise InputError(f"{name} 的域写法有误（{problem.message}）；请对照程序自带的模板改正。") from problem
    sink = io.BytesIO()
    template.save(sink)
    return packed(sink.getvalue(), made_at)


def write_templates(folder: Path) -> list[Path]:
    """Write our templates out for a bureau to edit; raises InputError where one stands there already."""
    files = {key: folder / f"{key}.docx" for key in letters()}
    there = [file.name for file in files.values() if file.exists()]
    if there:
        raise InputError(f"{folder.name} 里已有 {'、'.join(there)}；请另选文件夹，免得盖掉改过的模板。")
    folder.mkdir(parents=True, exist_ok=True)
    for key, file in files.items():
        file.write_bytes(shipped_template(key))
    return list(files.values())
