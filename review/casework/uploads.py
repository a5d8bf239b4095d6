"""Brings an inspection folder in: a folder on the server, or a ZIP unpacked under the home folder.

A ZIP is hostile until shown otherwise: no path leaves the target, sizes are counted while unpacking.
"""

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from review.errors import InputError

GIB = 1024**3
LARGEST_UPLOAD = 8 * GIB
LARGEST_UNPACKED = 40 * GIB
MOST_FILES = 500_000
RATIO = 400  # text packs about 1:20; far beyond that it is a trap
PARTS = ("claims", "records", "hospital", "platform")
IGNORED = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
UTF8_NAMES, ENCRYPTED = 0x800, 0x1


def inspection_folder(path: str) -> Path:
    """A folder on this machine that looks like an inspection."""
    folder = Path(path.strip()).expanduser()
    if not path.strip() or not folder.is_absolute():
        raise InputError("请填写服务器上检查文件夹的完整路径，例如 /data/检查一。")
    if not folder.is_dir():
        raise InputError("服务器上没有这个文件夹，或没有读取权限；请检查路径。")
    return _with_parts(folder, "这个文件夹")


def unpack(archive: Path, target: Path) -> Path:
    """Unpack a ZIP into `target` and return the inspection folder in it."""
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            _refuse_oversize(members, archive)
            for member in members:
                _unpack_member(packed, member, target)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as problem:
        raise InputError("这个文件不是完整的 ZIP；请重新打包，或填写服务器上的路径。") from problem
    inner = [entry for entry in target.iterdir() if entry.name not in IGNORED]
    alone = len(inner) == 1 and inner[0].is_dir() and inner[0].name not in PARTS
    return _with_parts(inner[0] if alone else target, "这个 ZIP")


def _refuse_oversize(members: list[zipfile.ZipInfo], archive: Path) -> None:
    if len(members) > MOST_FILES:
        raise InputError(f"ZIP 里有 {len(members)} 个文件，超过 {MOST_FILES} 个；请分成几个检查。")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise InputError("ZIP 有密码；请解密后重新打包。")
    total = sum(member.file_size for member in members)
    if total > LARGEST_UNPACKED or total > RATIO * max(archive.stat().st_size, 1024 * 1024):
        raise InputError("ZIP 解开后过大；请填写服务器上的路径。")
    if total > shutil.disk_usage(archive.parent).free:
        raise InputError("磁盘空间不够解开这个 ZIP；请清理磁盘，或填写服务器上的路径。")


def _unpack_member(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    name = PurePosixPath(_name(member).replace("\\", "/"))
    if IGNORED & set(name.parts):
        return
    linked = stat.S_ISLNK(member.external_attr >> 16)
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or linked:
        raise InputError("ZIP 里有指向文件夹之外的路径；请重新打包。")
    place = target.joinpath(*name.parts)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with packed.open(member) as source, place.open("wb") as sink:
            _copy(source, sink, member.file_size)
    except OSError as problem:
        raise InputError("ZIP 里有写不出来的文件名；请缩短文件名后重新打包。") from problem


def _copy(source: IO[bytes], sink: IO[bytes], promised: int) -> None:
    """Copy as many bytes as the directory of the ZIP promised; more is a lie."""
    left = promised
    while block := source.read(min(1024 * 1024, left + 1)):
        left -= len(block)
        if left < 0:
            raise InputError("ZIP 里的文件比它写明的更大；请重新打包。")
        sink.write(block)


def _name(member: zipfile.ZipInfo) -> str:
    """File names of Chinese Windows are GBK, which the format reads as code page 437."""
    if member.flag_bits & UTF8_NAMES:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _with_parts(folder: Path, what: str) -> Path:
    if not any((folder / part).is_dir() for part in ("claims", "records")):
        raise InputError(f"{what}里没有 claims 或 records 文件夹；请按检查文件夹的约定放好。")
    return folder
