"""Packs the bundle: the project as committed, the wheels of its requirements for this platform, and their checksums.

The same commit and the same wheels give the same bytes.
"""

import gzip
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

OLD_PLATFORMS = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
COMPILED = 1.3  # what is installed beside what the wheels hold: Python's compiled files


class BundleError(Exception):
    """Why there can be no bundle here; the message ends with the remedy."""


@dataclass(frozen=True)
class Packed:
    """The archive, its SHA-256, and how many changed files are in no commit and so not in it."""

    file: Path
    sha256: str
    left_out: int


def pack(root: Path, out: Path, kept: Path) -> Packed:
    """Write `mingjian-COMMIT-PYTHON-MACHINE.tar.gz` and its `.sha256` under `out`; downloads stay under `kept`.

    Raises BundleError when a requirement has no wheel here or pip cannot reach its index.
    """
    commit = _git(root, "rev-parse", "--short=12", "HEAD")
    when = int(_git(root, "log", "-1", "--format=%ct"))
    changed = _git(root, "status", "--porcelain").splitlines()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".packing-") as folder:
        program = Path(folder) / "program"
        with tarfile.open(fileobj=io.BytesIO(_archive(root)), mode="r:") as tar:
            tar.extractall(program, filter="data")
        return assemble(program, gather(program, kept), out, commit, when, len(changed))


def gather(program: Path, kept: Path) -> list[Path]:
    """The wheels that install the requirements without an index, downloaded to `kept` where they are not yet."""
    kept.mkdir(parents=True, exist_ok=True)
    asked = ["-r", str(program / "requirements.txt"), "-r", str(program / "bundle" / "requirements.txt")]
    asked += ["-c", str(program / "constraints.txt"), "--only-binary=:all:", "--quiet"]
    _pip("download", *asked, "-d", str(kept))
    alone = ["--isolated", "--no-index", "--find-links", str(kept), "--dry-run", "--ignore-installed"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        _pip("install", *alone, *asked, "--report", str(report))
        chosen = json.loads(report.read_text("utf-8"))["install"]
    wheels = [Path(unquote(urlsplit(one["download_info"]["url"]).path)) for one in chosen]
    if graphics := [wheel.name for wheel in wheels if wheel.name.startswith(("nvidia_", "triton-"))]:
        raise BundleError(
            f"取到的是带显卡的 torch（{graphics[0]} 等 {len(graphics)} 个）；请清空 {kept}，"
            "设 PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu 后再试。"
        )
    return wheels


def assemble(
    program: Path, wheels: list[Path], out: Path, commit: str, when: int, left_out: int = 0
) -> Packed:
    """The archive of a program's folder and its wheels; `when` is the commit's time, seconds since 1970."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"mingjian-{commit}-py{python}-{platform.machine()}"
    files = {"install.sh": program / "bundle" / "install.sh", "说明.txt": program / "bundle" / "说明.txt"}
    files |= {f"wheels/{wheel.name}": wheel for wheel in wheels}
    files |= {
        f"program/{file.relative_to(program).as_posix()}": file
        for file in program.rglob("*")
        if file.is_file()
    }
    sums = {path: _sha256(file) for path, file in files.items()}
    needed = sum(_unpacked(wheel) for wheel in wheels) * COMPILED + sum(
        f.stat().st_size for f in files.values()
    )
    made = {
        "BUNDLE": f"commit={commit}\npython={python}\nmachine={platform.machine()}\nglibc={_glibc(wheels)}\n"
        f"needs_mb={int(needed / 1e6) + 1}\n",
        "locked.txt": "".join(
            f"{_requirement(wheel)} --hash=sha256:{sums[f'wheels/{wheel.name}']}\n" for wheel in wheels
        ),
    }
    sums |= {path: hashlib.sha256(text.encode()).hexdigest() for path, text in made.items()}
    made["SHA256SUMS"] = "".join(f"{sums[path]}  {path}\n" for path in sorted(sums))
    target = out / f"{name}.tar.gz"
    writing = target.with_suffix(".writing")
    try:
        _write(writing, name, files, made, when)
        os.replace(writing, target)
    finally:
        writing.unlink(missing_ok=True)
    sha256 = _sha256(target)
    Path(f"{target}.sha256").write_text(f"{sha256}  {target.name}\n", "utf-8")
    return Packed(target, sha256, left_out)


def _write(target: Path, name: str, files: dict[str, Path], made: dict[str, str], when: int) -> None:
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 1, raw, mtime=when) as squeezed,  # wheels are compressed already
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted({**files, **made}):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.mtime, entry.mode = when, 0o755 if path.endswith(".sh") else 0o644
            if path in made:
                entry.size = len(made[path].encode())
                tar.addfile(entry, io.BytesIO(made[path].encode()))
            else:
                entry.size = files[path].stat().st_size
                with files[path].open("rb") as content:
                    tar.addfile(entry, content)


def _requirement(wheel: Path) -> str:
    name, version = wheel.name.split("-")[:2]
    return f"{name}=={version}"


def _unpacked(wheel: Path) -> int:
    with zipfile.ZipFile(wheel) as held:
        return sum(entry.file_size for entry in held.infolist())


def _glibc(wheels: list[Path]) -> str:
    """The oldest glibc on which every wheel runs, by their platform tags (PEP 600)."""
    least = 0
    for wheel in wheels:
        tags = wheel.stem.split("-")[-1].split(".")
        minors = [OLD_PLATFORMS[part.split("_")[0]] for part in tags if part.split("_")[0] in OLD_PLATFORMS]
        minors += [int(found[1]) for part in tags if (found := re.match(r"manylinux_2_(\d+)_", part))]
        least = max(least, min(minors, default=0))
    return f"2.{least}"


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _archive(root: Path) -> bytes:
    return _run(["git", "-C", str(root), "archive", "--format=tar", "HEAD"])


def _git(root: Path, *words: str) -> str:
    return _run(["git", "-C", str(root), *words]).decode("utf-8").strip()


def _pip(*words: str) -> None:
    _run([sys.executable, "-m", "pip", *words])


def _run(command: list[str]) -> bytes:
    if not shutil.which(command[0]):
        raise BundleError(f"没有 {command[0]}；请先安装它。")
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = next((line for line in reversed(said) if line.startswith("ERROR")), said[-1] if said else "")
        raise BundleError(f"{' '.join(command[:4])} 没有成功：{reason}。请检查网络和软件源后再试。")
    return done.stdout
