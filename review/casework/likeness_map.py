"""Who has whose words: every pair of documents of different patients that share more than templates, for one picture.

Read from what the review kept. A document is a dot in its ward at its time; a pair is a line from the earlier to the
later. Likeness is no verdict: what a finding says of a pair stands beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from review.casework.comparison import shown_name
from review.casework.results import Line, Results

MOST_PAIRS = 6000  # sent at once; the strongest ones and all with a finding
FOUND_BY = "DOC-017"
WHY_NOT = "这次审核没有做不同患者之间的雷同比对"


@dataclass(frozen=True)
class Dot:
    """A document that shares words with another patient's; `at` in minutes since 1970, none where it has no time."""

    key: str
    case: str
    name: str
    ward: str
    kind: str
    at: int | None


@dataclass(frozen=True)
class Pair:
    """Two dots by number, the earlier second; shared characters without templates, and with them; both shares."""

    here: int
    there: int
    own: int
    shared: int
    share: float
    found: str  # the certainty of a finding on it, empty where there is none


@dataclass(frozen=True)
class LikenessMap:
    """The picture, and what it leaves out. `levels` counts documents by the tenth of them that another's has."""

    dots: tuple[Dot, ...]
    pairs: tuple[Pair, ...]
    documents: int
    pairs_in_all: int
    template_share: float
    levels: tuple[int, ...]
    reason: str


def likeness_map(results: Results, keys: Mapping[str, str], whole_names: bool) -> LikenessMap:
    """All pairs of an inspection; `keys` are those its cases go by. `reason` says why there is none."""
    if not results.holds("likenesses"):
        return LikenessMap((), (), 0, 0, 0.0, (), _why_not(results))
    counted = results.rows(
        "select count(*) as n, coalesce(sum(characters), 0) as characters, coalesce(sum(template), 0) as template"
        " from likeness_documents"
    )[0]
    levels = {
        row["level"]: row["n"]
        for row in results.rows(
            "select least(9, cast(floor(best * 10) as integer)) as level, count(*) as n from likeness_documents"
            " group by 1"
        )
    }
    lines = results.rows(
        "select * from likenesses order by greatest(here_share, there_share) desc, own desc, here, there"
    )
    found = _found(results)
    certainty = [found.get((line["here"], line["there"]), "") for line in lines]
    shown = [n for n, says in enumerate(certainty) if says]
    shown += [n for n, says in enumerate(certainty) if not says][: max(0, MOST_PAIRS - len(shown))]
    dots, places = _dots(results, [lines[n] for n in shown], keys, whole_names)
    pairs = tuple(
        Pair(
            places[lines[n]["here"]],
            places[lines[n]["there"]],
            lines[n]["own"],
            lines[n]["shared"],
            round(max(lines[n]["here_share"], lines[n]["there_share"]), 3),
            certainty[n],
        )
        for n in shown
    )
    share = counted["template"] / max(1, counted["characters"])
    reason = "" if lines else "没有两位患者的文书除模板外有相同的文字"
    return LikenessMap(
        dots,
        pairs,
        counted["n"],
        len(lines),
        round(share, 3),
        tuple(levels.get(n, 0) for n in range(10)),
        reason,
    )


def _dots(
    results: Results, lines: Sequence[Line], keys: Mapping[str, str], whole_names: bool
) -> tuple[tuple[Dot, ...], dict[str, int]]:
    wanted = list(dict.fromkeys(document for line in lines for document in (line["here"], line["there"])))
    known = {
        row["document_id"]: row
        for row in results.rows(
            "select d.document_id, d.kind, d.written_at, a.admission_id, a.person_name, a.inpatient_no,"
            " coalesce(a.discharge_department, a.department, '') as ward from documents d"
            " join admissions a on a.admission_id = d.admission_id where d.document_id in"
            " (select here from likenesses union select there from likenesses)"
        )
    }
    dots = []
    for document in wanted:
        row = known[document]
        at = row["written_at"]
        dots.append(
            Dot(
                document,
                keys[row["admission_id"]],
                shown_name(row["person_name"], row["inpatient_no"], whole_names),
                row["ward"] or "未注明科室",
                row["kind"],
                int(at.replace(tzinfo=UTC).timestamp() // 60) if at else None,
            )
        )
    return tuple(dots), {document: number for number, document in enumerate(wanted)}


def _found(results: Results) -> dict[tuple[str, str], str]:
    """The certainty of what a finding says of a pair, by its two documents in either order."""
    cited: dict[tuple[str, str], str] = {}
    for lines in results.findings.values():
        for line in lines:
            if line["check"] == FOUND_BY and not line.get("gone"):
                quoted = (item["row"] for item in line["evidence"] if item["kind"] == "document")
                both = list(dict.fromkeys(quoted))[:2]
                if len(both) == 2:
                    cited[both[0], both[1]] = cited[both[1], both[0]] = line["certainty"]
    return cited


def _why_not(results: Results) -> str:
    """What the check said of all stays, or that the review is older than this picture."""
    said = {
        line["reason"] or ""
        for lines in results.outcomes.values()
        for line in lines
        if line["check"] == FOUND_BY
    } - {""}
    return f"{WHY_NOT}：{'；'.join(sorted(said)[:2])}" if said else f"{WHY_NOT}；重新审核后可看"
