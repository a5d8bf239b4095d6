"""The blood groups that the documents of a stay and its laboratory state, and where two of one system stand there.

What is told of a donor, a bag, a relative or a newborn is left out. Which group is right it does not say.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.facts.statements import Statement
from review.record import Lab

ABO_VALUE = re.compile(r'^[“"]?(AB|A|B|O)[”"]?(?:型|$|[(（,，/]|R[hH])')
ABO_ANALYTE = re.compile(r"ABO|血型")
RHESUS_ANALYTE = re.compile(r"R[hH][（(]?D?[）)]?(?:血型|定型|因子)?|D抗原")
RHESUS_VALUE = re.compile(r"(?P<positive>阳性|[＋+])|阴性|^[（(]?[-－—][）)]?$")
NOT_OWN = re.compile(r"Rh|RH|献血|供|血袋|不规则|反定型|脐|新生儿|婴儿|抗")
SHOWN = {"+": "Rh 阳性", "-": "Rh 阴性"}


@dataclass(frozen=True)
class TwoGroups:
    """One system (ABO, Rh) of which the sources of a stay name two groups."""

    system: str
    told: tuple[str, ...]
    said: tuple[Statement, ...]  # one sentence for each group
    tested: tuple[Lab, ...]


def two_groups(said: Sequence[Statement], labs: Sequence[Lab]) -> Iterator[TwoGroups]:
    """At most one for ABO and one for Rh."""
    for system, read in (("ABO", _abo), ("Rh", _rhesus)):
        groups: dict[str, list[Statement]] = defaultdict(list)
        for statement in said:
            if statement.kind == "blood_group" and statement.name == system:
                groups[str(statement.value)].append(statement)
        tested: dict[str, Lab] = {}
        for lab in labs:
            value = read(lab)
            if value:
                tested.setdefault(value, lab)
        if len({*groups, *tested}) < 2:
            continue
        told = [
            f"{statements[0].sentence.document.title}写作 {_shown(group)}"
            for group, statements in sorted(groups.items())
        ]
        told += [f"化验为 {_shown(group)}" for group in sorted(tested)]
        yield TwoGroups(
            system,
            tuple(told),
            tuple(statements[0] for statements in groups.values()),
            tuple(tested.values()),
        )


def _shown(group: str) -> str:
    return SHOWN.get(group, f"{group} 型")


def _abo(lab: Lab) -> str | None:
    analyte = f"{lab.analyte or ''}{lab.panel or ''}{lab.specimen or ''}"
    match = ABO_VALUE.match("".join((lab.value_text or "").upper().split()))
    return match[1] if match and ABO_ANALYTE.search(analyte) and not NOT_OWN.search(analyte) else None


def _rhesus(lab: Lab) -> str | None:
    analyte = f"{lab.analyte or ''}{lab.specimen or ''}"
    if not RHESUS_ANALYTE.search(analyte) or NOT_OWN.search(RHESUS_ANALYTE.sub("", analyte)):
        return None
    match = RHESUS_VALUE.search("".join((lab.value_text or "").split()))
    return None if match is None else "+" if match["positive"] else "-"
