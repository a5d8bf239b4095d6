"""Two reports beside each other, laboratory or examination, as their rows say them."""

from dataclasses import asdict

from review.casework.alignment import align
from review.casework.comparison import Comparison, Side, shown_name
from review.casework.rates import Bar, Rates, panel_rates
from review.casework.results import Line, Results

SAYS = "补充报告、随访引用、没有测量值的正常模板会相同；两位患者的测量值逐一相同则少见。本院的比例未统计。"


def compare_reports(results: Results, own: str, reports: tuple[Line, Line], whole_names: bool) -> Comparison:
    """Two reports as a comparison; the first is the one the finding is about."""
    here, there = reports
    aligned = align(here["text"], there["text"])
    sides = [
        _side(results, report, spans, own, whole_names)
        for report, spans in ((here, aligned.here), (there, aligned.there))
    ]
    lines, others = here["text"].splitlines(), set(there["text"].splitlines())
    equal = sum(line in others for line in lines)
    label = f"这一份 {len(lines)} 行结果，与对方逐位相同 {equal} 行"
    this = Bar(label, equal / max(1, len(lines)), "this", f"{equal}/{len(lines)}")
    rates = panel_rates(results, this) if here["sheet"] == "labs" else Rates((this,), (), 0, "", SAYS)
    return Comparison(
        "reports", sides[0], sides[1], aligned.shared, 0, equal / max(1, len(lines)), "", rates, ""
    )


def _side(results: Results, report: Line, spans: tuple[object, ...], own: str, whole_names: bool) -> Side:
    stay = results.rows("select * from admissions where admission_id = $id", id=report["admission_id"])[0]
    whole = whole_names or report["admission_id"] == own
    age = f"{stay['age_years']} 岁" if stay["age_years"] is not None else ""
    about = " · ".join(
        filter(
            None, (f"{stay['sex'] or ''} {age}".strip(), stay["discharge_department"] or stay["department"])
        )
    )
    return Side(
        document_id="",
        name=shown_name(stay["person_name"], stay["inpatient_no"], whole),
        about=about,
        title=report["title"],
        file="",
        at=report["at"].isoformat(sep=" ", timespec="minutes") if report["at"] else "",
        signed="",
        text=report["text"],
        spans=tuple(asdict(span) for span in spans),  # type: ignore[call-overload]
        leftovers=(),
        place={"sheet": report["sheet"], "id": report["id"]} if report["admission_id"] == own else None,
    )
