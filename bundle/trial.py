"""Tries a bundle as a bureau would: unpacked, installed, served and used where there is no network, then compared.

What runs inside has an empty network namespace, an empty home, no pip settings and no pip cache.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bundle.packing import BundleError

DEMO = Path("demo") / "mountain-county-2024"
COMPARED = ("findings.jsonl", "patterns.jsonl", "checks.jsonl", "faults.jsonl")
PAGE_SECONDS = 180
_SIOCSIFFLAGS, _UP = 0x8914, 0x1
_BEYOND = ("192.0.2.1", 443)  # RFC 5737: an address for examples


def try_out(root: Path, archive: Path) -> str:
    """What was measured, in lines; raises BundleError where a step fails or findings differ from those of `root`."""
    with tempfile.TemporaryDirectory(prefix="mingjian-trial-") as folder:
        place = Path(folder)
        outside = place / "outside"
        _do(
            [sys.executable, "-m", "review", str(root / DEMO), "--out", str(outside), "--quiet"],
            root,
            place / "home-outside",
        )
        base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
        within = [sys.executable, "-m", "bundle", "inside", str(archive.absolute()), str(place), str(base)]
        measured = json.loads(_do([*_unshare(), *within], root, place / "home-inside"))
        for name in COMPARED:
            if (outside / name).read_bytes() != (place / "inside" / name).read_bytes():
                raise BundleError(
                    f"断网安装后审核示例的 {name} 与原程序不同；请查明原因，不要发出这个安装包。"
                )
        findings = len((outside / "findings.jsonl").read_text("utf-8").splitlines())
    return "\n".join(
        [
            f"离线安装包 {archive.name}：{archive.stat().st_size / 1e6:.0f} MB，{measured['wheels']} 个依赖",
            f"断网：{measured['network']}",
            *(f"{step} {seconds:.1f} 秒" for step, seconds in measured["seconds"].items()),
            f"装好后占 {measured['installed_mb']:.0f} MB",
            f"审核示例得 {findings} 个疑点，{'、'.join(COMPARED)} 逐字节相同",
        ]
    )


def inside(archive: Path, place: Path, python: Path) -> str:
    """The part of the trial without a network, as JSON: seconds of each step and sizes. Runs in its own namespace."""
    _loopback_up()
    network = _alone()
    seconds: dict[str, float] = {}
    with _timed(seconds, "解开"), tarfile.open(archive) as tar:
        tar.extractall(place / "unpacked", filter="data")
    (unpacked,) = (place / "unpacked").iterdir()
    target, home = place / "installed", place / "bureau"
    home.mkdir()
    bare = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHON": str(python),
    }
    install = ["sh", str(unpacked / "install.sh"), str(target)]
    with _timed(seconds, "安装"):
        _run(install, bare)
    with _timed(seconds, "首次启动到网页可用"):
        _served(target, bare)
    with _timed(seconds, "再次启动到网页可用"):
        _served(target, bare)
    with _timed(seconds, "审核示例"):
        demo = str(target / "current" / "program" / DEMO)
        _run([str(target / "run.sh"), "review", demo, "--out", str(place / "inside"), "--quiet"], bare)
    with _timed(seconds, "在原有数据上再装一次"):
        _run(install, bare)
    if not list((target / "home" / "backups").glob("*.sqlite3")):
        raise BundleError("在原有数据上再装时没有留下备份；请不要发出这个安装包。")
    return json.dumps(
        {
            "seconds": seconds,
            "network": network,
            "wheels": len(list((unpacked / "wheels").glob("*.whl"))),
            "installed_mb": sum(f.lstat().st_size for f in target.rglob("*") if f.is_file()) / 1e6,
        }
    )


def _served(target: Path, environment: dict[str, str]) -> None:
    """Start the workbench, have its page answer with 200, and stop it."""
    port = _free_port()
    server = subprocess.Popen(
        [str(target / "run.sh")],
        env=environment | {"MINGJIAN_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + PAGE_SECONDS
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > until:
                raise BundleError(f"装好后网页没有起来；请看 {target / 'home' / 'logs'}。")
            time.sleep(0.2)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate(timeout=60)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            return page.status == 200 and "明鉴" in page.read().decode("utf-8")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _loopback_up() -> None:
    """A new namespace's loopback is down; the workbench listens on it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _UP) + b"\0" * 14)


def _alone() -> str:
    """That this machine has nothing but its loopback and reaches nothing, in words."""
    names = [name for _, name in socket.if_nameindex()]
    with socket.socket() as probe:
        probe.settimeout(5)
        refused = probe.connect_ex(_BEYOND)
    if names != ["lo"] or not refused:
        raise BundleError(f"试装处仍有网络（{'、'.join(names)}）；请在能新建网络命名空间的机器上试装。")
    return f"只有 lo，连接 {_BEYOND[0]} 得到“{os.strerror(refused)}”"


def _unshare() -> list[str]:
    """The words before a command that runs it in an empty network namespace."""
    for words in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which(words[0]) and subprocess.run([*words, "true"], capture_output=True).returncode == 0:
            return words
    raise BundleError("这里不能新建网络命名空间；请由管理员运行，或安装 util-linux。")


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[step] = round(time.monotonic() - began, 1)


def _do(command: list[str], root: Path, home: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGJIAN_")}
    return _run(command, kept | {"MINGJIAN_HOME": str(home)}, root)


def _run(command: list[str], environment: dict[str, str], folder: Path | None = None) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise BundleError(f"{' '.join(command[:3])} 没有成功：{done.stderr.strip()[-1000:]}")
    return done.stdout
