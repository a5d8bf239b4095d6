"""Whether copied histories are found in small inspections as in large ones, and whether honest likeness is let be.

`python -m evals.copying.histories [seed]` prints both rates for inspections of 10, 50 and 300 stays.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from evals.copying.honest import Row, in_force
from evals.copying.told import PAIN, PHRASES, Told, filled, honest_stays, like_another, related, written
from evals.copying.wording import sentence
from review.check_cases.warehouse import REGION, CaseWarehouse, build, shipped_rows
from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.violations import Certainty

SIZES = {10: 100, 50: 20, 300: 4}  # inspections of each size
PLANTED = 0.06  # of the stays
CODE = "DOC-017"


@dataclass(frozen=True)
class Rates:
    """Of one size: honest stays and those with a finding, by certainty; planted stays by kind and those found."""

    honest: int
    accused: Counter[str]
    planted: Counter[str]
    found: Counter[str]


def measure(size: int, inspections: int, seed: int = 1) -> Rates:
    """The check on so many inspections of so many stays each."""
    rates = Rates(0, Counter(), Counter(), Counter())
    cases = CaseWarehouse()
    cases.fill_knowledge(shipped_rows(), REGION)
    for number in range(inspections):
        random = Random(f"{seed}.{size}.{number}")
        made = related(honest_stays(size, random), random)
        planted = _plant(made, max(1, round(size * PLANTED)), number, random)
        said = _said(cases, made)
        wrong = {stay: certainty for stay, certainty in said.items() if stay not in planted}
        rates.accused.update(wrong.values())
        rates.planted.update(planted.values())
        rates.found.update(kind for stay, kind in planted.items() if _is_found(kind, said.get(stay)))
        rates = replace(rates, honest=rates.honest + len(made) - len(planted))
    cases.warehouse.close()
    return rates


def _is_found(kind: str, certainty: str | None) -> bool:
    return certainty is not None and (kind not in WITH_FALSE_FACTS or certainty != Certainty.CLUE.value)


def _said(cases: CaseWarehouse, made: list[Told]) -> Mapping[str, str]:
    """The certainty of what is said of each stay."""
    case: Row = {
        "admissions": [one.stay.admission for one in made],
        "documents": [row for one in made for row in one.stay.documents],
        "vitals": [row for one in made for row in one.stay.vitals],
        "diagnoses": [
            {"admission_id": one.stay.admission["admission_id"], "is_main": True,
             "diagnosis_code": one.diagnosis[0], "diagnosis_name": one.diagnosis[1]}
            for one in made
        ],
    }  # fmt: skip
    inspection = build(cases, case)
    check = next(check for check in all_checks() if check.header.code == CODE)
    found = run_check(check, inspection, Stamp(inspection, in_force)).findings
    return {finding.admission_id: finding.certainty.value for finding in found}


def _plant(made: list[Told], count: int, number: int, random: Random) -> dict[str, str]:
    """Replaces the histories of some stays by another's; by stay, the kind of copy."""
    planted: dict[str, str] = {}
    used: set[int] = set()
    kinds = list(KINDS)
    for place in range(count):
        kind = kinds[(number * count + place) % len(kinds)]
        pair = _unlike(made, used, random)
        if pair is None:
            continue
        source, target = pair
        used |= {source, target}
        made[source], made[target] = KINDS[kind](made[source], made[target], random)
        planted[made[target].stay.admission["admission_id"]] = kind
    return planted


def _unlike(made: list[Told], used: set[int], random: Random) -> tuple[int, int] | None:
    """A woman and a man of quite another age, in no relation to anybody."""
    alone = [
        place
        for place, one in enumerate(made)
        if place not in used
        and one.diagnosis[0][0] != "O"
        and one.stay.admission["age_years"]
        and "phone" not in one.stay.admission
        and sum(other.history == one.history for other in made) == 1
    ]
    women = [place for place in alone if made[place].sex == "女"]
    men = [place for place in alone if made[place].sex == "男"]
    return (random.choice(women), random.choice(men)) if women and men else None


def _own(source: Told, pattern: str, random: Random) -> Told:
    """The source told as somebody with a history of her own."""
    admission = {**source.stay.admission, "age_years": random.randint(56, 75)}
    diagnosis = tuple(random.choice(PHRASES["injuries"])) if pattern in PHRASES["accident"] else PAIN
    history = filled(pattern, source.stay.begins, random)
    return written(admission, history, diagnosis, [[sentence(random)]], random)


def _copied(target: Told, text: str) -> Told:
    """The target's admission note as this text, under its own head and time."""
    first, *others = target.stay.documents
    head = str(first["text"]).splitlines()[:2]
    body = "\n".join([*head, *text.splitlines()[2:]])
    return replace(target, stay=replace(target.stay, documents=({**first, "text": body}, *others)))


def _accident_of_a_woman(source: Told, target: Told, random: Random) -> tuple[Told, Told]:
    source = _own(source, random.choice(PHRASES["accident"]), random)
    target = replace(target, diagnosis=("K29.500", "慢性胃炎"))
    return source, _copied(target, source.stay.documents[0]["text"])


def _told_with_age(source: Told, target: Told, random: Random) -> tuple[Told, Told]:
    """Sex and age are said in the history; a quarter of the other sentences are the copyist's own."""
    source = _own(source, random.choice(PHRASES["illness"]), random)
    said = f"女性患者，{source.stay.admission['age_years']}岁，"
    text = source.stay.documents[0]["text"].replace("现病史：", f"现病史：{said}")
    source = _copied(source, text)
    aged = {**target.stay.admission, "age_years": random.randint(25, 45)}
    target = replace(target, stay=replace(target.stay, admission=aged))
    lines = [line if number < 4 or random.random() > 0.25 else sentence(random) + "。"
             for number, line in enumerate(text.splitlines())]  # fmt: skip
    return source, _copied(target, "\n".join(lines))


def _paragraph_within(source: Told, target: Told, random: Random) -> tuple[Told, Told]:
    """Another's story, with sex and bed, stands inside a note that is otherwise the patient's own."""
    source = _own(source, random.choice(PHRASES["illness"]), random)
    bed = "51床" if target.stay.admission["bed"] != "51床" else "52床"
    source = replace(source, stay=replace(source.stay, admission={**source.stay.admission, "bed": bed}))
    said = f"女性患者，{bed}，{source.history}。"
    source = _copied(source, source.stay.documents[0]["text"] + "\n" + said)
    own = target.stay.documents[0]["text"]
    return source, _copied(
        target, own + "\n" + "。\n".join(sentence(random) for _ in range(3)) + "。\n" + said
    )


def _note_of_another(source: Told, target: Told, random: Random) -> tuple[Told, Told]:
    """A progress note with sex and bed."""
    source = replace(source, stay=replace(source.stay, admission={**source.stay.admission, "bed": "49床"}))
    theirs = [{**row, "text": row["text"].replace(row["text"].split("，")[1], "49床", 1)}
              if row["kind"] == "日常病程记录" else row for row in source.stay.documents]  # fmt: skip
    source = replace(source, stay=replace(source.stay, documents=tuple(theirs)))
    rows = list(target.stay.documents)
    kept = {name: rows[2][name] for name in ("admission_id", "written_at")}
    rows[2] = {**theirs[2], **kept}
    return source, replace(target, stay=replace(target.stay, documents=tuple(rows)))


def _story_alone(source: Told, target: Told, random: Random) -> tuple[Told, Told]:
    """One person's story with nothing in it that is false of the other."""
    history = filled(random.choice(PHRASES["illness"]), source.stay.begins, random)
    source = written(
        {**source.stay.admission, "age_years": 48}, history, source.diagnosis, [[sentence(random)]], random
    )
    target = like_another(target, source, random, sex=target.sex)
    return source, target


KINDS: dict[str, Callable[[Told, Told, Random], tuple[Told, Told]]] = {
    "accident of a woman": _accident_of_a_woman,
    "told with age and sex, edited": _told_with_age,
    "paragraph within own note": _paragraph_within,
    "note of another": _note_of_another,
    "story without a false fact": _story_alone,
}
WITH_FALSE_FACTS = frozenset(KINDS) - {"story without a false fact"}


def told(size: int, inspections: int, rates: Rates) -> Iterator[str]:
    """The figures of one size as lines."""
    wrong = rates.accused.total()
    strong = wrong - rates.accused[Certainty.CLUE.value]
    yield (
        f"{size} 例的检查 {inspections} 次：如实的住院 {rates.honest} 例，"
        f"有疑点 {wrong} 例（{wrong / rates.honest:.2%}），其中线索以上 {strong} 例；"
        f"种下 {rates.planted.total()} 例，找到 {rates.found.total()} 例"
    )
    for kind, count in sorted(rates.planted.items()):
        yield f"  {kind}：{rates.found[kind]}/{count}"


if __name__ == "__main__":
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for size, inspections in SIZES.items():
        print("\n".join(told(size, inspections, measure(size, inspections, seed))), flush=True)
