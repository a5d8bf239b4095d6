"""How right a model read, against the labels of an inspection: whether it read the record, and apart from that whether
what it made of it was right; finding by finding, what got better and what got worse than the rules alone.

Reads what a review wrote (`findings.jsonl`, `judgements.jsonl`, `model.json`); asks nothing.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from evals.labelled import Labels, Line, found, read_lines
from evals.questions import share_said

ORDER = ("变差", "改善", "不变")  # what an expert would want to see first


class Truth(StrEnum):
    """What the labels say of a finding."""

    RIGHT = "应发现"
    WRONG = "不应有"
    OPEN = "未标注"


class Leaning(StrEnum):
    """What the proven quotes beside a finding speak for, taken together."""

    FOR = "支持"
    AGAINST = "不支持"
    BOTH = "两面都有"
    SILENT = "没有说法"


@dataclass(frozen=True)
class Weighed:
    """One rule finding with what the labels and the model say of it."""

    finding: Line
    truth: Truth
    leaning: Leaning

    @property
    def effect(self) -> str:
        """Whether a reader of both is better or worse off than with the rule alone."""
        good = {(Truth.RIGHT, Leaning.FOR), (Truth.WRONG, Leaning.AGAINST)}
        bad = {(Truth.RIGHT, Leaning.AGAINST), (Truth.WRONG, Leaning.FOR)}
        pair = (self.truth, self.leaning)
        return "改善" if pair in good else "变差" if pair in bad else "不变"


def truth_of(finding: Line, labels: Labels, findings: Sequence[Line]) -> Truth:
    """What the labels say: a planted violation this finding names, one they rule out or a clean stay, or nothing."""
    for admission, item in labels.wanted():
        if finding in found(findings, admission, item):
            return Truth.RIGHT
    if labels.sprung([finding]) or finding["admission_id"] in labels.clean():
        return Truth.WRONG
    return Truth.OPEN


def leaning_of(judgements: Sequence[Line]) -> Leaning:
    """What the proven statements speak for."""
    says = {one["says"] for line in judgements for one in line["statements"] if one["evidence"]}
    if says >= {"for", "against"}:
        return Leaning.BOTH
    return Leaning.FOR if "for" in says else Leaning.AGAINST if "against" in says else Leaning.SILENT


def weighed(findings: Sequence[Line], judgements: Sequence[Line], labels: Labels) -> list[Weighed]:
    """Each rule finding that a model was asked about."""
    about: dict[str, list[Line]] = {}
    for line in judgements:
        about.setdefault(line["about"], []).append(line)
    return [
        Weighed(one, truth_of(one, labels, findings), leaning_of(about[one["id"]]))
        for one in findings
        if one["origin"] == "rule" and one["id"] in about
    ]


def score_reading(run: Path, folder: Path) -> list[str]:
    """The report of one run. Raises ValueError where the run or its labels cannot be read."""
    labels = Labels.read(folder)
    if not (run / "model.json").exists():
        raise ValueError(f"{run} 里没有模型阅读的结果；请先用模型审核，或导入回答。")
    findings, judgements = read_lines(run / "findings.jsonl"), read_lines(run / "judgements.jsonl")
    rules = [one for one in findings if one["origin"] == "rule"]
    own = [one for one in findings if one["origin"] != "rule"]
    told = json.loads((run / "model.json").read_text("utf-8"))
    return [
        *_read_right(judgements, told),
        *_judged_right(weighed(findings, judgements, labels)),
        *_own_findings(rules, own, labels),
    ]


def _read_right(judgements: Sequence[Line], told: Mapping[str, object]) -> Iterator[str]:
    """Whether the record was read right: how many claims stand letter for letter where they are said to stand."""
    proven = sum(len(one["evidence"]) for line in judgements for one in line["statements"])
    dropped = sum(line["dropped"] for line in judgements)
    share = share_said(proven, proven + dropped)
    yield f"读得对不对：引文核对一致 {proven} 条，不一致而未采用 {dropped} 条，一致率 {share}"
    for question in sorted({line["question"] for line in judgements}):
        states = Counter(line["state"] for line in judgements if line["question"] == question)
        yield (
            f"  {question}  答出 {states['answered']} · 判断不了 {states['cannot_tell']} · "
            f"未问 {states['not_asked']} · 出错 {states['failed']}"
        )
    yield f"  请求 {told['requests']} 次，输入 {told['tokens_in']} 词元，输出 {told['tokens_out']} 词元"


def _judged_right(all_of_them: Sequence[Weighed]) -> Iterator[str]:
    """Whether what was made of it was right, beside each rule finding."""
    effects = Counter(one.effect for one in all_of_them)
    yield (
        f"判断对不对：看过规则疑点 {len(all_of_them)} 项；"
        f"改善 {effects['改善']}，变差 {effects['变差']}，不变 {effects['不变']}"
    )
    for truth in Truth:
        leanings = Counter(one.leaning for one in all_of_them if one.truth is truth)
        yield f"  {truth} {leanings.total()} 项：" + " · ".join(
            f"{name} {leanings[name]}" for name in Leaning
        )
    for one in sorted(all_of_them, key=lambda one: ORDER.index(one.effect)):
        named = " ".join(one.finding[name] for name in ("admission_id", "check", "certainty"))
        yield f"  {one.effect}  {named}：{one.truth}，模型{one.leaning}"


def _own_findings(rules: Sequence[Line], own: Sequence[Line], labels: Labels) -> Iterator[str]:
    """What the model found of its own: what the rules had missed, and what it accuses wrongly."""
    gained = [item for item in labels.missed(rules) if item not in labels.missed([*rules, *own])]
    truths = {one["id"]: truth_of(one, labels, [*rules, *own]) for one in own}
    counts = Counter(truths.values())
    yield (
        f"模型另提疑点 {len(own)} 项："
        + " · ".join(f"{truth} {counts[truth]}" for truth in Truth)
        + f"；规则漏而模型补上 {len(gained)} 项"
    )
    for one in own:
        yield f"  {truths[one['id']]}  {one['admission_id']} {one['check']} {one['violation']} {one['certainty']}"
