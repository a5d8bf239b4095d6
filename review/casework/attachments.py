"""Files beside a person's note on a finding: kept under the hash of their bytes, shown to whom the call itself is.

What is in a file is never looked at or shown in a page; it is handed out as a download only.
"""

import hashlib
import os
import secrets
from collections.abc import AsyncIterable
from pathlib import Path, PurePosixPath

from starlette.concurrency import run_in_threadpool

from review.casework.desk import Case, Desk, Refused
from review.casework.pairing import LEADS, RULES
from review.casework.results import Line
from review.store.accounts import Person
from review.store.entries import Attachment
from review.store.store import new_key, now

FOLDER = "attachments"
MIB = 1024**2
LARGEST, MOST = 20 * MIB, 6  # of one file; of one person's at one finding
NO_FILE = "没有这个附件，或它的来处对您不可见。"


def folder_of(home: Path, inspection: str) -> Path:
    """Where the attached files of an inspection lie."""
    return home / FOLDER / inspection


def files_of(desk: Desk, person: Person, case: Case) -> dict[str, list[Line]]:
    """By finding, the files that a person may know of."""
    shown: dict[str, list[Line]] = {}
    for one in desk.store.proposals.attached(case.inspection.key, case.admission_id):
        if _may_know(case, person, one):
            told = {"key": one.key, "name": one.name, "size": one.size, "who": one.who}
            shown.setdefault(one.finding, []).append(told | {"mine": one.who == person.name})
    return shown


def _may_know(case: Case, person: Person, attachment: Attachment) -> bool:
    """As with the call it belongs to: its maker, who leads or rules, and the other once he has called himself."""
    pairing = case.pairing
    if attachment.who == person.name or pairing.part(person, case.admission_id) in (LEADS, RULES):
        return True
    return pairing.other_call(person, attachment.finding) is not None


async def attach(
    desk: Desk, person: Person, case: Case, finding: str, name: str, body: AsyncIterable[bytes]
) -> Line:
    """Keep a file's bytes, then note it at the finding. Raises Refused where it may not be or is too large."""
    folder = folder_of(desk.home, case.inspection.key)
    draft = folder / f".{secrets.token_hex(8)}"
    await run_in_threadpool(_require_right, desk, person, case, finding)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        size, digest = await write_body(draft, body)
        if not size:
            raise Refused("这个文件是空的；请另选。")
        draft.replace(folder / digest)
    except OSError as problem:
        raise Refused(f"文件没有存下（{problem.strerror}）；请告诉维护人员检查磁盘空间。") from problem
    finally:
        draft.unlink(missing_ok=True)
    told = Attachment(
        new_key(), case.inspection.key, case.admission_id, finding, plain_name(name), size, digest, person.name, now()
    )  # fmt: skip
    return await run_in_threadpool(_note, desk, person, case, told)


def _require_right(desk: Desk, person: Person, case: Case, finding: str) -> None:
    if not case.pairing.decides(person, case.admission_id):
        raise Refused("这一例不由您决定，不能附文件。")
    if desk.finding(case, person, finding) is None:
        raise Refused("这一项疑点已不在本次审核结果里；请刷新页面。")


def _note(desk: Desk, person: Person, case: Case, kept: Attachment) -> Line:
    if not desk.store.proposals.attach(kept, case.key, MOST):
        raise Refused(f"一项疑点每人至多附 {MOST} 个文件；请先移去一个。")
    return {"ok": True, "files": files_of(desk, person, case).get(kept.finding, [])}


async def write_body(draft: Path, body: AsyncIterable[bytes]) -> tuple[int, str]:
    """Keep a body as a new file that only this program reads; its bytes and their SHA-256. Raises Refused."""
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
        async for block in body:
            size += len(block)
            if size > LARGEST:
                raise Refused(f"附件至多 {LARGEST // MIB} MB；请压缩或拆开。")
            digest.update(block)
            sink.write(block)
        sink.flush()
        os.fsync(sink.fileno())
    return size, digest.hexdigest()


def detach(desk: Desk, person: Person, case: Case, key: str) -> Line:
    """Take back a file of one's own."""
    held = _held(desk, case, key)
    if held is None or held.who != person.name:
        raise Refused("只能移去自己附的文件。")
    desk.store.proposals.detach(held, case.key)
    return {"ok": True, "files": files_of(desk, person, case).get(held.finding, [])}


def open_attachment(desk: Desk, person: Person, case: Case, key: str) -> tuple[Path, str]:
    """A file's place and name for who may know of it; the look is written to the trail first."""
    held = _held(desk, case, key)
    if held is None or not _may_know(case, person, held):
        raise Refused(NO_FILE)
    file = folder_of(desk.home, case.inspection.key) / held.sha256
    if not file.is_file():
        raise Refused("附件的文件已不在服务器上；请从备份恢复。")
    subject = f"{case.key} {held.finding} {held.key}"
    desk.store.write_trail(person.name, "open_attachment", case.inspection.key, subject)
    return file, held.name


def _held(desk: Desk, case: Case, key: str) -> Attachment | None:
    held = desk.store.proposals.attachment(key)
    of = (case.inspection.key, case.admission_id)
    return held if held and (held.inspection, held.admission_id) == of else None


def plain_name(name: str) -> str:
    """A file's own name without a path, of letters that a person sees."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in last if letter.isprintable()).strip(". ")
    stem, dot, ending = shown.rpartition(".")
    return (
        f"{stem[: 120 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 10 else shown[:120]
    ) or "附件"
