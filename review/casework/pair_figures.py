"""How reviewers do: whether a case is done, how far two agree, what was made of known answers, time on a case."""

from collections import defaultdict
from collections.abc import Mapping
from statistics import median

from review.agreement import FEWEST, Interval, agreement
from review.casework.pairing import Pairing
from review.casework.results import Line, Results
from review.store.accounts import Person
from review.store.entries import UNDO
from review.store.pairs import FIRST, SECOND
from review.violations import VIOLATIONS

CALLS = ("confirm", "reject", "ask")
FAST, FAST_RUN, SAME_RUN = 8.0, 20, 30  # seconds, findings, findings
TOO_FEW = f"少于 {FEWEST} 项，不计 κ"


def done(results: Results, pairing: Pairing, admission: str, part: str) -> bool:
    """Whether one part has called every finding of an admission, or looked at one without any."""
    calls, findings = pairing.calls(part), results.findings.get(admission, [])
    return all(line["id"] in calls for line in findings) if findings else f"case:{admission}" in calls


def agreements(results: Results, pairing: Pairing) -> Line:
    """Agreement of the calls that were made blind, over all, by violation and by pair of people."""
    kinds = {line["id"]: line["violation"] for group in results.findings.values() for line in group}
    by: dict[str, dict[str, list[tuple[str, str]]]] = {
        "violation": defaultdict(list),
        "pair": defaultdict(list),
    }
    everything = []
    for finding, (first, second) in pairing.blind_pairs().items():
        calls = (first.verdict, second.verdict)
        everything.append(calls)
        if finding in kinds:
            by["violation"][VIOLATIONS[kinds[finding]].name].append(calls)
        by["pair"][f"{first.who} · {second.who}"].append(calls)
    told = {kind: [_told(name, group[name]) for name in sorted(group)] for kind, group in by.items()}
    return {"all": _told("合计", everything), **told}


def _told(name: str, calls: list[tuple[str, str]]) -> Line:
    found = agreement(calls, CALLS)
    few = len(calls) < FEWEST
    return {
        "name": name,
        "items": found.items,
        "alike": found.alike,
        "raw": found.raw,
        "kappa": _interval(found.kappa),
        "ac1": _interval(found.ac1),
        "why": TOO_FEW if few else "" if found.kappa else "两人只用了一种决定，κ 无定义",
    }


def _interval(found: Interval | None) -> list[float] | None:
    return [round(value, 3) for value in (found.value, found.low, found.high)] if found else None


def planted(
    results: Results, pairing: Pairing, person: Person, known: Mapping[str, str], keys: Mapping[str, str]
) -> list[Line]:
    """Findings with a known answer, and what a person may know of the calls on them; `keys` are those of the cases."""
    shown = []
    for admission, group in results.findings.items():
        for line in group:
            if line["id"] in known:
                made = [(part, pairing.calls(part).get(line["id"])) for part in (FIRST, SECOND)]
                calls = [
                    {"who": x.who, "part": part, "right": x.verdict == known[line["id"]]}
                    for part, x in made
                    if x and not pairing.waits_for(person, x.finding, x)
                ]
                shown.append(
                    {
                        "case": keys[admission],
                        "finding": line["id"],
                        "title": f"疑似{VIOLATIONS[line['violation']].name}",
                        "name": results.admissions[admission]["person_name"] or "（无姓名）",
                        "verdict": known[line["id"]],
                        "calls": calls,
                    }
                )
    return shown


def pace(pairing: Pairing, times: Mapping[str, float]) -> list[Line]:
    """Time on a case and flags by person: neutral words, for the leader only."""
    undone = {line.undoes for line in pairing.lines}
    shown = []
    for name in sorted({line.who for line in pairing.lines}):
        own = [x for x in pairing.lines if x.who == name and x.verdict != UNDO and x.seq not in undone]
        cases: dict[str, float] = defaultdict(float)
        for line in pairing.lines:
            if line.who == name and line.press in times:
                cases[line.admission_id] += times[line.press]
        flags = pace_flags([(x.verdict, times.get(x.press)) for x in own if x.finding])
        shown.append({"name": name, "cases": len(cases), "seconds": round(median(cases.values()), 1) if cases else None,
                      "flags": flags})  # fmt: skip
    return shown


def pace_flags(calls: list[tuple[str, float | None]]) -> list[str]:
    """What stands out in one person's calls, oldest first, each with its seconds where they are known."""
    flags = []
    timed = [seconds for _, seconds in calls if seconds is not None]
    runs = [timed[at : at + FAST_RUN] for at in range(len(timed) - FAST_RUN + 1)]
    if any(median(run) < FAST for run in runs):
        flags.append("连续 20 项中位低于 8 秒")
    longest, run, last = 0, 0, ""
    for verdict, _ in calls:
        run = run + 1 if verdict == last else 1
        longest, last = max(longest, run), verdict
    if longest >= SAME_RUN:
        flags.append("连续 30 项同一决定")
    return flags


def reviewers(results: Results, pairing: Pairing, times: Mapping[str, float]) -> list[Line]:
    """Who has or had cases in which part, how many of them are done, and the median seconds on one."""
    cases: dict[tuple[str, str], dict[str, bool]] = {}
    for part in (FIRST, SECOND):
        for admission, who in pairing.assigned[part].items():
            if admission in results.admissions:
                cases.setdefault((part, who), {})[admission] = done(results, pairing, admission, part)
    for call in pairing.calls(FIRST).values():  # of cases that were given to nobody
        admission = call.admission_id
        if not pairing.first_of(admission) and admission in results.admissions:
            own = cases.setdefault((FIRST, call.who), {})
            own[admission] = done(results, pairing, admission, FIRST)
    seconds: dict[str, dict[str, float]] = {}
    for line in pairing.lines:
        if line.press in times:
            own_time = seconds.setdefault(line.who, {})
            own_time[line.admission_id] = own_time.get(line.admission_id, 0.0) + times[line.press]
    shown = []
    for (part, who), held in sorted(cases.items()):
        spent = [took for admission, took in seconds.get(who, {}).items() if held.get(admission)]
        shown.append(
            {"name": who, "part": part, "cases": len(held), "done": sum(held.values()),
             "seconds": round(median(spent), 1) if spent else None}
        )  # fmt: skip
    return shown
