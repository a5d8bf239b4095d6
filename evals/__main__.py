"""The command line of the evaluations: how well the product finds and answers, printed with intervals."""

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any

from evals import quality
from review.errors import ReviewError


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(given or ["score"])
    command: Any = options.command
    try:
        print("\n".join(command(options)))
    except (OSError, ValueError, LookupError, ReviewError) as problem:
        print(f"未能评测：{problem}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="明鉴的评测；不写命令就是 score。")
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")
    retrieval = commands.add_parser("retrieval", help="查找：hit@1、hit@5、MRR")
    source = retrieval.add_mutually_exclusive_group()
    source.add_argument("--questions", type=Path, metavar="文件", help="题目 JSONL；不写则评全部题集")
    source.add_argument("--benchmark", type=Path, metavar="文件夹", help="外部检索题集")
    retrieval.add_argument(
        "--library", type=Path, metavar="文件夹", help="库所在，默认 MINGJIAN_HOME 或 data"
    )
    retrieval.add_argument("--out", type=Path, metavar="文件", help="逐题结果写到这里")
    retrieval.set_defaults(command=_retrieval)
    chat = commands.add_parser("chat", help="问答：答案事实、出处、拒答")
    chat.add_argument("--questions", type=Path, metavar="文件", help="题目 JSONL；不写则评全部题集")
    chat.add_argument("--out", type=Path, metavar="文件", help="逐题结果写到这里")
    chat.set_defaults(command=_chat)
    labelled = commands.add_parser("labelled", help="带标注的检查：发现、误报、清白住院")
    labelled.add_argument("folder", type=Path, metavar="检查文件夹", help="其中有 expected.json")
    labelled.add_argument("--out", type=Path, metavar="文件夹", help="审核结果写到这里")
    labelled.set_defaults(command=_labelled)
    generate = commands.add_parser("generate", help="生成带标注的检查：种植违规、近似而不违规、清白住院")
    generate.add_argument("--admissions", type=int, default=200, metavar="N", help="住院次数，默认 200")
    generate.add_argument("--seed", type=int, default=1, metavar="S", help="种子，同一种子处处同样，默认 1")
    generate.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到这里")
    generate.add_argument("--half", choices=("open", "sealed"), default="open", help="哪一半，默认 open")
    generate.add_argument(
        "--family", choices=("charges", "admissions", "documents", "all"), default="charges",
        help="种植哪一类：收费、住院、文书或三类轮流，默认 charges",
    )  # fmt: skip
    generate.add_argument("--lines-only", action="store_true", help="只写结算数据（Parquet），任意规模")
    generate.add_argument(
        "--reference", type=Path, default=Path("../shared/reference"), metavar="文件夹", help="参考资料所在"
    )
    generate.set_defaults(command=_generate)
    generated = commands.add_parser("generated", help="按生成数据的标注评一次审核结果")
    generated.add_argument("run", type=Path, metavar="结果文件夹", help="python -m review 的 --out")
    generated.add_argument("labels", type=Path, metavar="标注", help="generate 写下的 labels.jsonl")
    generated.add_argument(
        "--out", type=Path, metavar="文件", help="漏查与误报写到这里，默认结果文件夹下 misses.jsonl"
    )
    generated.set_defaults(command=_generated)
    facts = commands.add_parser("facts", help="临床陈述：否认、既往、疑似、亲属、计划与数值的准确和召回")
    facts.add_argument("--verbose", action="store_true", help="列出偶数行的错误（奇数行留出，不列）")
    facts.set_defaults(command=_facts)
    parser.set_defaults(home=Path(os.environ.get("MINGJIAN_HOME") or "data"))
    quality.add_commands(commands)
    _add_province(commands)
    _add_readers(commands)
    _add_matching_and_hostile(commands)
    _add_pictures(commands)
    _add_bench(commands)
    return parser


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="速度：与同一次运行中的下限相比")
    bench.add_argument(
        "names",
        nargs="*",
        metavar="项目",
        help="startup、ocr、review、retrieval、adding、chat、workbench（不写则这些）、screening、cohorts、copies、trail、annexes、peers、months、month_alarms；all",
    )
    bench.add_argument(
        "--lines", type=_sizes, metavar="行数", help="screening 的规模，如 2000000,20000000（默认）"
    )
    bench.add_argument("--claims", type=Path, metavar="文件夹", help="screening 用这份结算数据，不另生成")
    bench.add_argument("--json", type=Path, metavar="文件", help="结果也写成 JSON")
    bench.set_defaults(command=_bench)


def _add_province(commands: Any) -> None:
    province = commands.add_parser("province", help="一个虚构的省：从计划、抽取到定案、回头看的全过程")
    province.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到这里（新的文件夹）")
    province.add_argument("--seed", type=int, default=1, metavar="S", help="种子，默认 1")
    province.add_argument("--small", action="store_true", help="三个地区、九家医院，几分钟")
    province.add_argument(
        "--reference", type=Path, default=Path("../shared/reference"), metavar="文件夹", help="参考资料所在"
    )
    province.set_defaults(command=_province)


def _add_readers(commands: Any) -> None:
    reading = commands.add_parser("reading", help="模型阅读：读得对不对、判断对不对，与只用规则逐项相比")
    reading.add_argument(
        "run", type=Path, metavar="结果文件夹", help="python -m review 的 --out，其中问过模型"
    )
    reading.add_argument("folder", type=Path, metavar="检查文件夹", help="其中有 expected.json")
    reading.set_defaults(command=_reading)
    recorded = commands.add_parser("recorded", help="保存下来的回答：引文是否站得住，对今天的疑点有何影响")
    recorded.add_argument("folders", type=Path, nargs="*", metavar="回答文件夹", help="默认项目自带的各套")
    recorded.set_defaults(command=_recorded)


def _add_matching_and_hostile(commands: Any) -> None:
    matching = commands.add_parser("matching", help="项目名称对目录：准确率、候选、速度")
    matching.set_defaults(command=_matching)
    masking = commands.add_parser("masking", help="遮蔽：姓名、号码、住址、单位、床号的召回与准确")
    masking.add_argument(
        "folders", type=Path, nargs="*", metavar="检查文件夹", help="在哪些检查上量，默认示例检查"
    )
    masking.set_defaults(command=_masking)
    scans = commands.add_parser("scans", help="扫描件：字错率，数字与时间的错误，其中识别时已存疑的")
    scans.add_argument("--count", type=int, default=50, metavar="N", help="页数，默认 50")
    scans.add_argument("--seed", type=int, default=1, metavar="S", help="种子，默认 1")
    scans.add_argument("--out", type=Path, metavar="文件", help="读错的数字与时间写到这里（JSONL）")
    scans.set_defaults(command=_scans)
    hostile = commands.add_parser("hostile", help="变异的 PDF：逐份查看，拒收的说明原因，限时限内存")
    hostile.add_argument("--count", type=int, default=3000, metavar="N", help="份数，默认 3000")
    hostile.add_argument("--seed", type=int, default=1, metavar="S", help="种子，默认 1")
    hostile.add_argument(
        "--folder", type=Path, default=Path("../shared/reference/pdf"), metavar="文件夹", help="原始 PDF 所在"
    )
    hostile.add_argument(
        "--out", type=Path, default=Path("hostile.jsonl"), metavar="文件",
        help="逐份结果写到这里（JSONL），已有的不再重做；默认 hostile.jsonl",
    )  # fmt: skip
    hostile.add_argument("--workers", type=int, default=1, metavar="N", help="同时几份，默认 1")
    hostile.set_defaults(command=_hostile)


def _province(options: argparse.Namespace) -> list[str]:
    from evals.province.command import play

    return play(options.out, options.seed, options.reference, small=options.small)


def _labelled(options: argparse.Namespace) -> list[str]:
    from evals.labelled import score_folder

    return score_folder(options.folder, options.home, options.out)


def _generate(options: argparse.Namespace) -> list[str]:
    from evals.generating.bulk import generate_lines
    from evals.generating.dealing import generate

    what = (options.out, options.admissions, options.seed, options.half, options.reference)
    if not options.lines_only:
        return generate(*what, options.family)
    if options.family != "charges":
        raise ValueError("--lines-only 只写收费明细，没有住院可种植；请去掉 --family，或去掉 --lines-only。")
    return generate_lines(*what)


def _generated(options: argparse.Namespace) -> list[str]:
    from evals.generating.scoring import score

    return score(options.run, options.labels, options.out)


def _reading(options: argparse.Namespace) -> list[str]:
    from evals.second_reader import score_reading

    return score_reading(options.run, options.folder)


def _recorded(options: argparse.Namespace) -> list[str]:
    from evals.recorded import recorded_sets, score_recorded

    home = options.home
    return [line for folder in options.folders or recorded_sets() for line in score_recorded(folder, home)]


def _matching(options: argparse.Namespace) -> list[str]:
    from evals.matching import score_matching

    return score_matching(options.home)


def _masking(options: argparse.Namespace) -> list[str]:
    from evals.masking import score_masking

    lines, below = score_masking(options.folders, options.home)
    if below:
        print("\n".join(lines))
        raise ValueError("低于下限：" + "、".join(below))
    return lines


def _facts(options: argparse.Namespace) -> list[str]:
    from evals.facts import score_facts

    return score_facts(options.verbose)


def _hostile(options: argparse.Namespace) -> list[str]:
    from evals.hostile_pdfs import run

    cache = options.home / "cache"
    return run(options.folder, options.count, options.seed, options.out, cache, options.workers)


def _scans(options: argparse.Namespace) -> list[str]:
    from evals.scans import score_scans

    cache = options.home / "cache"
    return score_scans(options.count, options.seed, cache, options.out)


def _add_pictures(commands: Any) -> None:
    pictures = commands.add_parser("pictures", help="截取工作台每一页和每种状态的图")
    pictures.add_argument("names", nargs="*", metavar="图", help="只截这些；不写则全部")
    pictures.add_argument(
        "--out", type=Path, default=Path("docs/pictures"), metavar="文件夹", help="写到这里"
    )
    pictures.set_defaults(command=_pictures)


def _pictures(options: argparse.Namespace) -> list[str]:
    from evals.pictures import run

    return run(options.out, options.names)


def _bench(options: argparse.Namespace) -> list[str]:
    from evals.bench.runs import run

    given = {"sizes": options.lines, "claims": options.claims}
    screening = {name: value for name, value in given.items() if value}
    home = options.home
    return run(options.names, home, options.json, {"screening": screening})


def _sizes(text: str) -> list[int]:
    sizes = text.replace("_", "").split(",")
    if not all(size.isdecimal() and int(size) for size in sizes):
        raise argparse.ArgumentTypeError(f"“{text}”不是行数，请写成 2000000,20000000")
    return [int(size) for size in sizes]


def _retrieval(options: argparse.Namespace) -> list[str]:
    from evals import retrieval
    from knowledge.library import Library

    home = options.library or options.home
    embedding = os.environ.get("MINGJIAN_EMBEDDING") or None
    reranker = os.environ.get("MINGJIAN_RERANKER") or None
    if options.benchmark:
        return retrieval.score_benchmark(options.benchmark, embedding, reranker)
    if options.questions:
        library = Library.open(home, embedding=embedding, reranker=reranker)
        return retrieval.score_file(library, options.questions, options.out)
    return retrieval.score_everything(home, embedding, reranker)


def _chat(options: argparse.Namespace) -> list[str]:
    from evals import chat

    if options.questions:
        return chat.score_file(_library(options.home), options.questions, options.out)
    return chat.score_everything(options.home)


def _library(home: Path) -> Any:
    from knowledge.library import Library

    return Library.open(home, embedding=os.environ.get("MINGJIAN_EMBEDDING") or None)


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):  # a reader that stops early, as head does, is no error of ours
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
