"""A person and a charge line of a generated stay, and how its money splits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from evals.generating.catalogue import CENT, Item

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
OWN_SHARE = {"01": Decimal(0), "02": Decimal("0.1"), "03": Decimal(1)}
THERAPIST = "岑既白"
FREQUENCIES = {"qd": 1, "bid": 2, "tid": 3, "q12h": 2, "q8h": 3, "q6h": 4, "st": 1}
Row = dict[str, str]


@dataclass(frozen=True)
class Person:
    number: str
    name: str
    sex: str
    birth: date
    id_card: str

    def age_on(self, day: date) -> int:
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


@dataclass
class Line:
    """One charge line as it will be written; `cap` None = the price itself for services, none for the rest."""

    number: str
    item: Item
    at: datetime
    quantity: Decimal
    price: Decimal
    order: str = ""
    original: str = ""
    cap: Decimal | None = None
    over: Decimal = Decimal(0)
    department: str = ""
    doctor: str = ""
    performing: str = ""
    performer: str = ""
    memo: str = ""
    spec: str = ""
    name: str = ""
    local_code: str = ""
    takeaway: bool = False
    declared: str = ""
    suffix: str = ""
    in_scope: bool = True
    amount: Decimal = Decimal(0)
    settlement: int = 0

    @property
    def own(self) -> Decimal:
        return Decimal(0) if self.in_scope and self.item.level != "03" else self.amount

    @property
    def advance(self) -> Decimal:
        return Decimal(0) if self.own else cents((self.amount - self.over) * OWN_SHARE[self.item.level])

    @property
    def covered(self) -> Decimal:
        return self.amount - self.own - self.advance - (Decimal(0) if self.own else self.over)


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def strength(item: Item, units: int) -> tuple[str, str]:
    """The amount and unit of so many units of a drug, as an order states it."""
    number = "".join(sign for sign in item.strength if sign.isdigit() or sign == ".")
    return (plain(Decimal(number or 1) * units), item.strength[len(number) :] or item.unit)


def plain(value: Decimal | float | int) -> str:
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
