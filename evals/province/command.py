"""`python -m evals province`: the whole procedure on an invented province, its figures and its documents."""

from pathlib import Path

from evals.generating.reference import Reference
from evals.province.acting import Errors
from evals.province.happenings import HALF
from evals.province.land import Size, lay_out
from evals.province.scenario import Scenario

SMALL = Size(regions=3, hospitals=9, pharmacies=36, experts=64, share=0.5)


def play(out: Path, seed: int, reference: Path, *, small: bool) -> list[str]:
    """The printed lines. Raises ValueError where `out` is there already or a step fails."""
    if out.exists() and any(out.iterdir()):
        raise ValueError(f"{out} 里已有文件；请换一个新的文件夹。")
    size = SMALL if small else Size()
    province = lay_out(seed, size)
    source = Reference.open(reference, seed, HALF)
    scene = Scenario(out.resolve(), province, source, Errors(), lambda line: print(line, flush=True))
    figures = scene.run()
    wrong = figures["专家判错"]
    return [
        f"{size.regions} 个地区、{size.hospitals} 家医院、{size.pharmacies} 家药店，三年住院 {figures['住院']}",
        f"专家：成立判为不成立 {wrong['成立判为不成立']}（设定 {Errors().rejects:.0%}），"
        f"不成立判为成立 {wrong['不成立判为成立']}（设定 {Errors().confirms:.0%}）",
        f"文书 {figures['文书']['份']} 份 {figures['文书']['页']} 页，均可打开：{out}",
    ]
