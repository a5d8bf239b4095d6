"""Puts a run into one page: tables, pictures, and every error with its case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from evals.measuring.calibration import Reliability
from evals.measuring.intervals import Estimate, wilson
from evals.registry import TITLES, CaseSet, Kind
from evals.report.errors import Error, errors_of
from evals.report.plots import Dot, Steps, small, square
from evals.running import Run, read_run
from evals.tables import (
    CERTAINTIES,
    SAID,
    Figure,
    by_set,
    by_violation,
    certainty_of,
    counted,
    f1_by_set,
    grouped,
)
from evals.verdicts import Measure, Verdict, read_verdicts

HERE = Path(__file__).parent
NAMES = {"established": "数据可证", "probable": "较可能", "clue": "线索"}
MOST_ERRORS = (
    400  # with their cases; beyond that a page is no longer read, and the counts stand in the tables
)


def write_report(run: Path, file: Path, sets: Iterable[CaseSet]) -> Path:
    """The report of a run as one HTML file."""
    verdicts, told = read_verdicts(run), read_run(run)
    errors = errors_of(verdicts, run, {one.name: one for one in sets})
    page = Template((HERE / "page.html").read_text("utf-8")).substitute(
        style=(HERE / "page.css").read_text("utf-8"),
        day=escape(told.day),
        versions=escape(f"规则 {told.rules} · 知识 {told.knowledge}"),
        sets=_sets(verdicts, told),
        certainty=_certainty(verdicts),
        checks=_checks(verdicts),
        violations=_violations(verdicts),
        cost=_cost(verdicts, told),
        errors=_errors(errors),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, encoding="utf-8")
    return file


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are HTML already."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _sets(verdicts: Sequence[Verdict], told: Run) -> str:
    f1, figures = f1_by_set(verdicts), grouped_figures(by_set(verdicts))
    rows = []
    for case, own in figures.items():
        kind = TITLES[Kind(str(told.sets[case]["kind"]))] if case in told.sets else ""
        lines = [f"{SAID[Measure(one.measure)]} {counted(one)}" for one in own]
        lines += [f"F1 {f1[case]}"] if case in f1 else []
        rows.append([escape(case), kind, "<br>".join(escape(line) for line in lines)])
    return _table(("案例", "种类", "对 / 全部 = 比例 [95% 区间]"), rows)


def grouped_figures(figures: Iterable[Figure]) -> Mapping[str, Sequence[Figure]]:
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.case, []).append(figure)
    return found


def _certainty(verdicts: Sequence[Verdict]) -> str:
    rows, score = certainty_of(verdicts)
    if not rows or score is None:
        return "<p>没有可判对错的疑点。</p>"
    table = _table(
        ("把握", "疑点", "对", "比例 [95% 区间]"),
        ([NAMES[row.certainty], str(row.findings), str(row.right), escape(str(row.share))] for row in rows),
    )
    skill = "—" if score.skill is None else f"{score.skill:.3f}"
    said = f"<p>Brier {score.score:.4f}；不分把握时 {score.without:.4f}；改善 {skill}。</p>"
    return f'<div class="beside">{_reliability(rows)}<div>{table}{said}</div></div>'


def _reliability(rows: Sequence[Reliability]) -> str:
    """The certainties from the weakest to the strongest, each with the interval of how often it was right."""
    weakest_first = list(reversed(rows))
    series = [
        Steps("", [Dot(NAMES[row.certainty], place / (len(rows) + 1), row.share.value or 0.0, row.share)])
        for place, row in enumerate(weakest_first, 1)
    ]
    return square("各级把握中正确的比例", "把握（左弱右强）", "其中正确", series, measured=False)


def _checks(verdicts: Sequence[Verdict]) -> str:
    """One row for each check, the one with the most errors first."""
    rows = []
    by_code = grouped((one for one in verdicts if one.about and one.violation), lambda one: one.about)
    for code, own in by_code.items():
        wrong = sum(1 - one.right for one in own)
        cells = [escape(code), f"{wrong:.0f}"]
        for measure in (
            Measure.RECALL,
            Measure.PRECISION,
            Measure.AMOUNT,
            Measure.NEAR_MISS,
            Measure.NOT_CHECKED,
        ):
            mine = [one.right for one in own if one.measure == measure]
            share = wilson(sum(mine), len(mine))
            cells.append(escape(f"{sum(mine):.0f}/{len(mine)} {_interval(share)}") if mine else "—")
        cells.append(_by_certainty(code, own))
        rows.append((wrong, code, cells))
    head = ("检查", "错", *(SAID[one] for one in (Measure.RECALL, Measure.PRECISION, Measure.AMOUNT)))
    head += (SAID[Measure.NEAR_MISS], SAID[Measure.NOT_CHECKED], "召回（横）与准确（纵）")
    return _table(head, (cells for _, _, cells in sorted(rows, key=lambda row: (-row[0], row[1]))))


def _interval(share: Estimate) -> str:
    return f"[{share.low:.2f}, {share.high:.2f}]" if share.low is not None else ""


def _by_certainty(code: str, own: Sequence[Verdict]) -> str:
    """Precision against recall as the least certainty that counts goes down."""
    labels = [one for one in own if (one.measure == Measure.RECALL and one.certainty) or one.right == 0]
    labels = [one for one in labels if one.measure == Measure.RECALL]
    findings = [one for one in own if one.measure == Measure.PRECISION]
    if not findings or not labels:
        return "—"
    dots = []
    for place, certainty in enumerate(CERTAINTIES):
        counts = CERTAINTIES[: place + 1]
        said = [one.right for one in findings if one.certainty in counts]
        found = [one.right > 0 and one.certainty in counts for one in labels]
        if said:
            name = f"{NAMES[certainty]}以上：召回 {sum(found)}/{len(found)}，准确 {sum(said):.0f}/{len(said)}"
            dots.append(Dot(name, sum(found) / len(found), sum(said) / len(said)))
    return small(Steps(f"{code} 召回与准确", dots)) if dots else "—"


def _violations(verdicts: Sequence[Verdict]) -> str:
    rows = [
        [escape(one.about), escape(one.case), SAID[Measure(one.measure)], escape(counted(one))]
        for one in sorted(by_violation(verdicts), key=lambda one: (one.about, one.case))
        if one.measure in (Measure.RECALL, Measure.PRECISION, Measure.AMOUNT, Measure.NEAR_MISS)
    ]
    return _table(("违规类型", "案例", "量什么", "对 / 全部 = 比例 [95% 区间]"), rows)


def _cost(verdicts: Sequence[Verdict], told: Run) -> str:
    """Seconds of a set beside its F1; a run with a model is dearer, and shows whether that buys anything."""
    f1 = f1_by_set(verdicts)
    longest = max((float(one["seconds"]) for one in told.sets.values()), default=0.0) or 1.0
    rows, dots = [], []
    for case, one in sorted(told.sets.items()):
        seconds = float(one["seconds"])
        rows.append([escape(case), f"{seconds:.1f}", escape(str(f1.get(case, "—")))])
        if case in f1 and f1[case].value is not None:
            dots.append(Steps("", [Dot(case, seconds / longest, f1[case].value or 0.0, f1[case])]))
    picture = square("各案例的用时与 F1", f"用时（1 = {longest:.0f} 秒）", "F1", dots) if dots else ""
    return f'<div class="beside">{picture}{_table(("案例", "秒", "F1"), rows)}</div>'


def _errors(errors: Sequence[Error]) -> str:
    if not errors:
        return "<p>没有错。</p>"
    shown = "".join(_error(number, error) for number, error in enumerate(errors[:MOST_ERRORS], 1))
    rest = len(errors) - MOST_ERRORS
    return shown + (f"<p>另有 {rest} 处，只计入上面各表。</p>" if rest > 0 else "")


def _error(number: int, error: Error) -> str:
    one = error.verdict
    lines = [*_list("标注", error.wanted), *_list("这次", error.told)]
    return (
        f'<details id="e{number}"><summary><span>{escape(one.case)}</span> {escape(error.title)}</summary>'
        f"{''.join(lines)}</details>"
    )


def _list(name: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"<h4>{name}</h4><ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
