"""The command line of the bundle: pack it, try it. Messages are Chinese."""

import argparse
import sys
from pathlib import Path

from bundle.packing import BundleError, pack
from bundle.trial import inside, try_out

ROOT = Path(__file__).parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when it was packed or the trial passed, 2 when it cannot be done here."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "pack":
            packed = pack(ROOT, options.out, options.wheels)
            print(f"离线安装包：{packed.file}（{packed.file.stat().st_size / 1e6:.0f} MB）")
            print(f"SHA-256：{packed.sha256}")
            if packed.left_out:
                print(f"未提交的改动没有装进去：{packed.left_out} 个文件。")
        elif options.command == "inside":
            print(inside(options.archive, options.folder, options.python))
        else:
            print(try_out(ROOT, options.archive or newest(options.out)))
    except BundleError as problem:
        print(f"不能完成：{problem}", file=sys.stderr)
        return 2
    return 0


def newest(folder: Path) -> Path:
    """The archive that was packed last."""
    packed = sorted(folder.glob("mingjian-*.tar.gz"), key=lambda file: file.stat().st_mtime)
    if not packed:
        raise BundleError(f"{folder} 里没有离线安装包；请先 make bundle。")
    return packed[-1]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bundle", description="做离线安装包，并在断网处试装。")
    ways = parser.add_subparsers(dest="command", required=True, metavar="pack|trial")
    packing = ways.add_parser("pack", help="把已提交的程序和全部依赖装进一个文件")
    packing.add_argument(
        "--out", type=Path, default=ROOT / "out", metavar="文件夹", help="写到哪里（默认 out）"
    )
    packing.add_argument(
        "--wheels", type=Path, default=ROOT / "out" / "wheels", metavar="文件夹", help="下载过的依赖留在这里"
    )
    trial = ways.add_parser("trial", help="在没有网络的地方解开、安装、启动、审核示例")
    trial.add_argument("archive", type=Path, nargs="?", metavar="离线安装包")
    trial.add_argument(
        "--out", type=Path, default=ROOT / "out", metavar="文件夹", help="离线安装包所在（默认 out）"
    )
    within = ways.add_parser("inside")
    within.add_argument("archive", type=Path)
    within.add_argument("folder", type=Path)
    within.add_argument("python", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
