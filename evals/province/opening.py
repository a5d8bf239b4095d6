"""Opens every document of the scenario in LibreOffice: what does not become pages is told by name."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from knowledge.readers import UnreadableFile
from knowledge.readers.files import read_file

AT_ONCE, LONGEST = 20, 600  # files of one call, seconds
COMPUTED = ("Err:5", "#REF!", "#NAME?", "#VALUE!")  # what a sheet shows that took a text for a formula


def open_documents(files: Sequence[Path], out: Path) -> dict[Path, int]:
    """Each document with its pages, zero where it did not open or computes what is a text; the pages lie in `out`.

    Raises ValueError where there is no LibreOffice.
    """
    office = shutil.which("soffice")
    if office is None:
        raise ValueError("本机没有 soffice；请先安装 libreoffice-writer-nogui 和 libreoffice-calc-nogui。")
    out.mkdir(parents=True, exist_ok=True)
    copies = {file: out / f"{number:04d}{file.suffix}" for number, file in enumerate(files, 1)}
    for file, copy in copies.items():
        shutil.copyfile(file, copy)
    profile = f"-env:UserInstallation=file://{(out / 'profile').resolve()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(out)]
    given = [str(copy) for copy in copies.values()]
    for begin in range(0, len(given), AT_ONCE):
        subprocess.run(
            [*command, *given[begin : begin + AT_ONCE]], capture_output=True, timeout=LONGEST, check=False
        )
    shutil.rmtree(out / "profile", ignore_errors=True)
    return {file: _pages(copy.with_suffix(".pdf")) for file, copy in copies.items()}


def _pages(made: Path) -> int:
    try:
        read = read_file(made, cache=None)
    except (UnreadableFile, OSError):
        return 0
    return 0 if any(sign in read.text for sign in COMPUTED) else len(read.pages)
