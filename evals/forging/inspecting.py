"""What an inspection with generated records has besides its stays: roster, edit trail, the day of the notice."""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from evals.forging.charts import HERE, wards
from evals.forging.desk import Desk
from evals.forging.people import roster
from evals.forging.plants_files import trail
from evals.generating.admitting import Admitter
from evals.generating.reference import Reference
from evals.generating.scenarios import Made
from evals.generating.site import ORDINARY, Site

# Being in the folder is being declared.
DECLARING = tuple(
    import_module(f"{__package__}.{found.name}")
    for found in iter_modules([str(HERE)])
    if found.name.startswith(("plants_", "honest_"))
)
EDITS = "住院号 文书名称 操作时间 操作人 操作类型 修改前 修改后"
TRAILED = 0.5  # of the ordinary stays whose edit trail the hospital hands over


@dataclass(frozen=True)
class Setting:
    tables: dict[str, str]
    people: tuple[str, ...]
    about: dict[str, str]


def setting(reference: Reference, site: Site = ORDINARY) -> Setting:
    people = tuple(roster(reference.seed, reference.half, wards()))
    return Setting({"修改痕迹": EDITS}, people, {"notice_date": str(site.notice)})


def ordinary(admit: Admitter, reference: Reference) -> Made:
    """A stay with nothing to find, its notes carried forward as honest ones are."""
    chart = Desk(admit, reference).chart()
    if admit.random.random() < TRAILED:
        trail(chart)
    return Made([chart.close()])
