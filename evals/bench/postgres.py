"""A PostgreSQL of our own for measurements and tests: a cluster in a scratch folder, removed when it is done with."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Cluster:
    """A running server; `empty_database()` gives the URL of a new database."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def empty_database(self) -> str:
        name = f"t{uuid.uuid4().hex[:12]}"
        run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "mingjian", name)
        return f"postgresql+psycopg://mingjian@127.0.0.1:{self.port}/{name}"


def installed() -> bool:
    return bool(BINARIES) and (os.geteuid() != 0 or shutil.which("runuser") is not None)


def run(tool: str, *words: str) -> None:
    """The server refuses to run as root; everything runs as the user postgres there."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_user, str(BINARIES[-1] / tool), *words],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Start a cluster and remove it afterwards; without durability, which tests do not need, it is quicker."""
    folder = Path(tempfile.mkdtemp(prefix="mingjian-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        run("initdb", "-D", str(data), "-A", "trust", "-U", "mingjian", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync={'on' if durable else 'off'}"
        run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        yield Cluster(folder, port)
    finally:
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
