"""Changing what the library holds, as its page asks for it: adding, correcting, withdrawing, confirming columns.

Only leaders and administrators change; a change never waits behind an adding of minutes, it is refused and told so.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.finding.collection import loose_title
from knowledge.holding.amending import correct as correct_document
from knowledge.holding.amending import dismiss as dismiss_file
from knowledge.holding.amending import withdraw as withdraw_file
from knowledge.holding.corrections import FIELDS, CorrectionError
from knowledge.holding.shelf import REFUSED
from knowledge.holding.writability import NotWritable
from knowledge.importing.importers import Mapped, MappingError, file_sha256
from knowledge.importing.waiting_tables import confirm_tables, waiting_table
from knowledge.readers import UnreadableFile
from review.casework.desk import Call, Desk, Refused, text
from review.casework.results import Line
from review.library.confirming_tables import (
    counts_line,
    kinds_line,
    preview_line,
    previewed,
    problem_line,
    read_choices,
    read_stated,
)
from review.library.holdings import Holding, find_holding, holding_detail
from review.store.accounts import ADMINISTRATOR, LEADER, Person

CHANGES = {LEADER, ADMINISTRATOR}
FIRST_ADMINISTRATOR = "添加和更正依据前请先设置第一个管理员；示例检查和已作的决定都会保留。"
READ_ONLY = "添加、更正、撤回和确认由组长或管理员做；您可以查看。"
BUSY = "有文件正在入库；请等它做完再改，页面上有进度。"
MOST_FILES = 2000
MOST_REJECTED = 200


def clear_additions(desk: Desk, person: Person, call: Call) -> Line:
    """Take what is done off the list of additions."""
    require_change(person)
    desk.additions.clear()
    return {"additions": desk.additions.lines()}


def add_from_server(desk: Desk, person: Person, call: Call) -> Line:
    """Put a file or a folder of the server in line."""
    require_change(person)
    given = text(call, "path", 1000).strip()
    path = Path(given).expanduser()
    if not given or not path.is_absolute():
        raise Refused("请填写服务器上文件或文件夹的完整路径，例如 /data/法规/条例.pdf。")
    try:
        files = _files(path)
    except OSError as problem:
        raise Refused(f"服务器上的这个路径读不出来（{problem.strerror}）；请核对权限。") from problem
    if not files:
        raise Refused("服务器上没有这个文件，或文件夹是空的；请核对路径。")
    if len(files) > MOST_FILES:
        raise Refused(f"这个文件夹里有 {len(files):,} 个文件，超过 {MOST_FILES:,} 个；请分次添加。")
    desk.additions.put(files, person.name)
    desk.store.write_trail(person.name, "library_add", subject=f"{len(files)} files")
    return {"ok": True, "files": len(files)}


def correct(desk: Desk, person: Person, call: Call) -> Line:
    """Set one field of an added document; the index follows before this returns."""
    require_change(person)
    one, name = _file(desk, call), text(call, "field", 40)
    if name not in FIELDS:
        raise Refused("没有这一项，请刷新页面。")
    with _changing(desk):
        correct_document(
            desk.home,
            _sha256(one),
            {name: text(call, "value", 1000)},
            who=person.name,
            embedding=desk.embedding,
        )
    desk.store.write_trail(
        person.name, "library_correct", subject=f"{_sha256(one)[:16]} {name}", after=text(call, "value", 200)
    )
    return holding_detail(desk.library, find_holding(desk.library, one.key))


def withdraw(desk: Desk, person: Person, call: Call) -> Line:
    """Take a file out, once its title has been typed."""
    require_change(person)
    one = _file(desk, call)
    if loose_title(text(call, "title")) != loose_title(one.title):
        raise Refused("标题与这份文件不一致；请照原样写出标题。")
    with _changing(desk):
        gone = withdraw_file(desk.home, _sha256(one), embedding=desk.embedding)
    desk.additions.forget(Path(gone.file))
    desk.store.write_trail(person.name, "library_withdraw", subject=_sha256(one)[:16])
    return {"ok": True, "title": one.title}


def dismiss(desk: Desk, person: Person, call: Call) -> Line:
    """Take a refused file off the list."""
    require_change(person)
    one = find_holding(desk.library, text(call, "key", 16))
    if one.state is None or one.state.state != REFUSED:
        raise Refused("这一份没有拒收；要撤出请用撤回。")
    with _changing(desk):
        gone = dismiss_file(desk.home, one.state.file)
    desk.additions.forget(Path(gone.file))
    desk.store.write_trail(person.name, "library_dismiss", subject=one.key)
    return {"ok": True}


def preview(desk: Desk, person: Person, call: Call) -> Line:
    """The sheets of a table file with the columns chosen so far, and what the import would refuse."""
    one = _file(desk, call)
    stated = read_stated(call, person.name)
    try:
        found = previewed(_table_file(desk, one), desk.home, read_choices(call), stated)
    except (MappingError, UnreadableFile) as problem:
        raise Refused(_sentence(problem, one)) from problem
    return {
        "title": one.title,
        "file": one.name,
        "kinds": kinds_line(),
        "sheets": [preview_line(p) for p in found],
    }


def import_table(desk: Desk, person: Person, call: Call) -> Line:
    """Import the sheets whose columns this person confirms; the confirmation is remembered by the headings."""
    require_change(person)
    one = _file(desk, call)
    stated = read_stated(call, person.name)
    mapping = {
        sheet: Mapped(choice.kind, choice.columns)
        for sheet, choice in read_choices(call).items()
        if choice.columns is not None
    }
    if not mapping:
        raise Refused("没有选中要导入的工作表；请至少确认一张。")
    with _changing(desk):
        try:
            file = _table_file(desk, one)
            report = confirm_tables(desk.home, file, mapping, stated, embedding=desk.embedding)
        except (MappingError, UnreadableFile) as problem:
            raise Refused(_sentence(problem, one)) from problem
    if report is None or not report.counts:
        raise Refused(f"{one.name} 里没有可导入的行；请核对列的对应。")
    desk.store.write_trail(person.name, "library_import", subject=_sha256(one)[:16])
    return {
        "ok": True,
        "counts": counts_line(report.counts),
        "added": report.added,
        "rejected": [problem_line(line.place, line.reason) for line in report.rejected[:MOST_REJECTED]],
        "refused": len(report.rejected),
    }


def require_change(person: Person) -> None:
    """Refuses whoever may only read; the demonstration first needs somebody to answer for what is added."""
    if person.demo:
        raise Refused(FIRST_ADMINISTRATOR)
    if not CHANGES & set(person.roles):
        raise Refused(READ_ONLY)


@contextmanager
def _changing(desk: Desk) -> Iterator[None]:
    """A change of the library, unless another is at work: a page should be told, not wait for minutes."""
    if desk.additions.busy() or _being_written(desk.home):
        raise Refused(BUSY)
    try:
        yield
    except CorrectionError as problem:
        raise Refused(str(problem)) from problem
    except NotWritable as problem:
        raise Refused(str(problem).replace(str(desk.home), "数据文件夹")) from problem
    except LookupError as problem:
        raise Refused("库中已没有这份文件；请刷新页面。") from problem


def _being_written(home: Path) -> bool:
    lock = home / "knowledge" / ".lock"
    if not lock.exists():
        return False
    with lock.open("r+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _files(path: Path) -> list[Path]:
    """The files under a path that are no hidden ones, counted no further than needed to refuse."""
    if path.is_file():
        return [path.resolve()]
    found: list[Path] = []
    for one in path.rglob("*") if path.is_dir() else ():
        if one.is_file() and not any(part.startswith(".") for part in one.relative_to(path).parts):
            found.append(one.resolve())
        if len(found) > 10 * MOST_FILES:
            break
    return sorted(found)


def _file(desk: Desk, call: Call) -> Holding:
    one = find_holding(desk.library, text(call, "key", 16))
    if one.state is None or not one.state.sha256:
        raise Refused("这一份不是添加的文件，不能更改。")
    return one


def _table_file(desk: Desk, one: Holding) -> Path:
    """The file of a table as it was added: the copy kept for confirmation, else where it still lies unchanged."""
    if kept := waiting_table(desk.home, _sha256(one)):
        return kept
    file = Path(one.state.file if one.state else "")
    if not file.is_file() or file_sha256(file) != _sha256(one):
        raise Refused(f"{one.name} 已不在添加时的位置，或已改过；请重新添加这份文件。")
    return file


def _sha256(one: Holding) -> str:
    return str(one.state.sha256) if one.state else ""


def _sentence(problem: Exception, one: Holding) -> str:
    if isinstance(problem, UnreadableFile):
        return f"{one.name} 读不出来：{problem.problem}；{problem.remedy}。"
    return str(problem)
