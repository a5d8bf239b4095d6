"""How a plant or a near miss is declared: a function from an admitter and the reference to what it made.

Being decorated is being registered; the deck deals every scenario equally often.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from evals.generating.admitting import Admitter, Kind, id_card
from evals.generating.catalogue import Item, items, listed_item
from evals.generating.labels import Label
from evals.generating.reference import Reference, Row
from evals.generating.stay import DAY, Line, Stay, cents

VIOLATIONS = {
    "over_standard_charge": (
        "CHG-001",
        "CHG-002",
        "CHG-003",
        "CHG-006",
        "CHG-007",
        "CHG-008",
        "CHG-009",
        "CHG-034",
    ),
    "duplicate_charge": ("CHG-004", "CHG-005", "CHG-012"),
    "split_charge": ("CHG-010", "CHG-011"),
    "substituted_charge": ("CHG-013", "CHG-014", "CHG-033"),
    "fictitious_service": (
        "DOC-023",
        "CHG-015",
        "CHG-016",
        "CHG-017",
        "CHG-018",
        "CHG-019",
        "CHG-020",
        "CHG-021",
        "CHG-022",
        "CHG-032",
    ),
    "out_of_scope_payment": ("CHG-023", "CHG-024", "CHG-025", "CHG-026", "CHG-027"),
    "excessive_service": ("CHG-028", "CHG-029", "CHG-030", "CHG-031", "CHG-035", "CHG-036"),
    "low_indication_admission": ("ADM-001", "ADM-002", "ADM-003", "ADM-004", "ADM-008"),
    "phantom_stay": ("ADM-005",),
    "split_admission": ("ADM-006", "ADM-007", "ADM-012", "ADM-016"),
    "upcoding": ("ADM-009",),
    "induced_admission": ("ADM-010", "ADM-011", "ADM-015"),
    "forged_document": (
        "ADM-013",
        *(f"DOC-{number:03d}" for number in (7, 17, 18, 19, 20, 21, 22, 26, 27)),
    ),
    "documentation_defect": tuple(f"DOC-{number:03d}" for number in (*range(1, 7), *range(8, 17), 24, 25)),
    "impersonation": ("ADM-014",),
}
VIOLATION_OF = {check: violation for violation, checks in VIOLATIONS.items() for check in checks}
# A service drawn from a list at random has no indication and no companion in an ordinary stay; these checks may say so.
INDICATION_OF = {"CHG-029": {"03", "04"}, "CHG-031": {"05", "06"}}
UNINDICATED = ("CHG-025", "CHG-029", "CHG-031", "CHG-032")


FAMILY = {"CHG": "charges", "ADM": "admissions", "DOC": "documents"}


@dataclass(frozen=True)
class Made:
    """What a scenario made: its stays, the last of which is labelled, and what the label says.

    `among`: the stays on any of which a finding on the person is right, where the catalogue names no single one.
    """

    stays: Sequence[Stay]
    lines: Sequence[Line] = ()
    related: Sequence[Line] = ()
    amount: Decimal | None = None
    fund: Decimal | None = None
    certainty: str = ""
    violation: str = ""
    at_most: str = ""
    also: tuple[str, ...] = ()
    why: str = ""
    among: Sequence[Stay] = ()
    files: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()


def noise_of(stays: Iterable[Stay]) -> str:
    return "、".join(sorted({stay.noise for stay in stays if stay.noise}))


Maker = Callable[[Admitter, Reference], Made]


@dataclass(frozen=True)
class Scenario:
    check: str
    name: str
    make: Maker
    clear: str = ""
    claims: bool = False

    @property
    def family(self) -> str:
        return FAMILY[self.check[:3]]

    @property
    def is_plant(self) -> bool:
        return not self.clear

    def label(self, made: Made, half: str) -> Label:
        return Label(
            "plant" if self.is_plant else "near_miss",
            made.stays[-1].admission_id,
            half,
            self.check,
            self.name,
            (made.violation or VIOLATION_OF[self.check]) if self.is_plant else "",
            tuple(line.number for line in made.lines),
            tuple(line.number for line in made.related),
            made.amount,
            made.fund,
            made.certainty,
            f"{self.check} clear: {self.clear}" if self.clear else "",
            made.at_most,
            tuple(dict.fromkeys((*made.also, *self._unindicated(made)))),
            self.claims,
            made.why,
            tuple(stay.admission_id for stay in made.among),
            self.family,
            made.files,
            made.quotes,
            noise_of(made.stays),
        )

    def _unindicated(self, made: Made) -> list[str]:
        """What is put into a quiet stay for another point may rightly be asked for its indication, as a clue."""
        kinds = {line.item.charge_type for line in (*made.lines, *made.related)}
        asked = [check for check, types in INDICATION_OF.items() if kinds & types]
        return [check for check in asked if check != self.check]


@dataclass(frozen=True)
class Registry:
    plants: list[Scenario] = field(default_factory=list)
    near_misses: list[Scenario] = field(default_factory=list)


REGISTRY = Registry()


def plant(check: str, name: str, *, claims: bool = False) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        REGISTRY.plants.append(Scenario(check, name, make, claims=claims))
        return make

    return register


def near_miss(check: str, clear: str, *, claims: bool = False) -> Callable[[Maker], Maker]:
    """`clear` is the item of the check's *clear* list (or of its logic) that this realises."""

    def register(make: Maker) -> Maker:
        REGISTRY.near_misses.append(Scenario(check, make.__name__, make, clear, claims))
        return make

    return register


def hit(
    stays: Stay | Sequence[Stay],
    excess: Iterable[tuple[Line, Decimal | None]],
    *,
    related: Sequence[Line] = (),
    certainty: str = "probable",
    violation: str = "",
    also: tuple[str, ...] = (),
    why: str = "",
    sums: bool = True,
) -> Made:
    """A plant: the lines at issue with the excess of each (None = all of it); fund part by its own split."""
    parts = [(line, line.amount if part is None else cents(part)) for line, part in excess]
    fund = sum((cents(part * line.covered / line.amount) for line, part in parts if line.amount), Decimal(0))
    whole = stays if isinstance(stays, Sequence) else [stays]
    total = sum((part for _, part in parts), Decimal(0))
    return Made(
        whole,
        [line for line, _ in parts],
        related,
        cents(total) if sums else None,
        cents(fund) if sums else None,
        certainty,
        violation,
        "",
        also,
        why,
    )


def spared(
    stays: Stay | Sequence[Stay],
    lines: Sequence[Line],
    *,
    at_most: str = "",
    also: tuple[str, ...] = (),
    why: str = "",
) -> Made:
    """A near miss: lines the check must leave alone, or touch at most as `at_most`."""
    return Made(stays if isinstance(stays, Sequence) else [stays], lines, at_most=at_most, also=also, why=why)


def medical(kind: Kind) -> bool:
    """An adult's stay without operation, newborn or intensive care: a quiet host."""
    return kind["age"][0] >= 18 and not any(key in kind for key in ("operation", "newborn", "intensive"))


def long_host(admit: Admitter, least: int = 6, **wanted: object) -> Stay:
    return admit.stay(fits=lambda kind: medical(kind) and kind["stay"][0] >= least, **wanted)  # type: ignore[arg-type]


def fresh(stay: Stay) -> Item:
    """An unremarkable drug this stay does not use yet."""
    used = {line.item.code for line in stay.lines}
    return next(
        item for key in ("ambro", "kcl", "amlo", "spiro", "metop") if (item := items()[key]).code not in used
    )


def quiet(stay: Stay, reference: Reference, *found: Item) -> Stay:
    """The stay without those ordinary lines that the listed items exclude or that are of their family."""
    codes = {item.code for item in found}
    families = {code[:6] for code in codes if code.startswith(("001102", "001109", "001201"))}
    stay.lines = [
        line
        for line in stay.lines
        if line.item.code[:6] not in families
        and line.item.code[:11] not in {code[:11] for code in codes}
        and not any(reference.exclude_each_other(line.item.code, code) for code in codes)
    ]
    return stay


def sex_for(reference: Reference, *found: Item) -> str:
    """The sex the listed items ask for, "" when none does."""
    for item in found:
        if item.code in reference.sex_of_item:
            return "1" if reference.sex_of_item[item.code] == "男" else "2"
        if any(
            word in item.name
            for word in ("子宫", "宫颈", "卵巢", "阴道", "输卵管", "接生", "胎", "孕", "乳腺", "会阴")
        ):
            return "2"
        if any(
            word in item.name for word in ("前列腺", "睾丸", "阴茎", "精囊", "附睾", "人绒毛膜促性腺激素兴奋")
        ):
            return "1"
    return ""


def host_for(admit: Admitter, reference: Reference, *found: Item, days: int = 8) -> Stay:
    """A quiet stay whose patient may have these items: sex and age as the lists ask."""
    newborn = any("新生儿" in reference.age_of_item.get(item.code, item.name) for item in found)
    child = any(item.code in reference.age_of_item or "小儿" in item.name for item in found)
    sex = sex_for(reference, *found)
    if newborn or child:
        stay = admit.bare(sex=sex, age=(1, 2), days=days)
        if newborn:
            born = stay.begin.date() - 3 * DAY
            stay.person = replace(
                stay.person, birth=born, id_card=id_card(born, 200 + int(stay.person.sex == "1"))
            )
        return stay
    return admit.bare(sex=sex, age=(26, 55), days=days)


def pick_items(admit: Admitter, reference: Reference, rows: Sequence[Row], code: str, name: str) -> Item:
    """An item drawn at random from the rows this half may draw."""
    row = admit.random.choice(reference.mine(rows))
    return listed_item(row[code], row[name])
