"""What is done with an inspection as a whole on 检查: its standing, its archive, its end, how long it is kept."""

from review.casework.desk import NO_RIGHT, Call, Desk, Refused, text
from review.casework.ending import delete_inspection, uploaded
from review.casework.results import Line
from review.store.accounts import ADMINISTRATOR, LEADER, Person
from review.store.entries import InspectionEntry
from review.store.life import ARCHIVED, CLOSED, STANDINGS, due

FEWEST_DAYS, MOST_DAYS = 30, 36_500


def set_standing(desk: Desk, person: Person, call: Call) -> Line:
    """Give an inspection another standing; to archive it asks for its name."""
    entry = desk.inspection(text(call, "inspection"))
    if not {LEADER, ADMINISTRATOR} & set(person.roles):
        raise Refused(NO_RIGHT)
    standing = text(call, "standing", 16)
    if standing not in STANDINGS:
        raise Refused("没有这种状态；请刷新页面。")
    if standing == ARCHIVED:
        _named(entry, call)
    if standing in CLOSED and desk.runs.progress(entry.key) is not None:
        raise Refused("正在审核；请等审核完成或取消后再改状态。")
    desk.store.life.move(entry.key, standing, person.name)
    return {"ok": True}


def delete_archived(desk: Desk, person: Person, call: Call) -> Line:
    """Delete an archived inspection with its data; asks for its name."""
    if ADMINISTRATOR not in person.roles:
        raise Refused("删除由管理员做。")
    entry = desk.inspection(text(call, "inspection"))
    _named(entry, call)
    delete_inspection(desk, person, entry)
    return {"ok": True}


def keep_days(desk: Desk, person: Person, call: Call) -> Line:
    """Say how many days an archived inspection is kept; null: without end."""
    if ADMINISTRATOR not in person.roles:
        raise Refused("保存期限由管理员定。")
    days = call.get("days")
    if days is not None and (
        isinstance(days, bool) or not isinstance(days, int) or not FEWEST_DAYS <= days <= MOST_DAYS
    ):
        raise Refused(f"保存期限须是 {FEWEST_DAYS} 至 {MOST_DAYS:,} 天的整数，或不限。")
    desk.store.life.keep(days, person.name)
    return {"ok": True, "kept_days": days}


def standing_line(desk: Desk, entry: InspectionEntry, person: Person, kept_days: int | None) -> Line:
    """An inspection's standing as 检查 shows it, and what the person may do about it."""
    ends = due(entry, kept_days)
    return {
        "standing": entry.standing,
        "standing_name": STANDINGS[entry.standing],
        "closed": entry.standing in CLOSED,
        "since": entry.standing_since.isoformat() + "Z" if entry.standing_since else None,
        "due": ends.date().isoformat() if ends else None,
        "moves": bool({LEADER, ADMINISTRATOR} & set(person.roles)),
        "deletes": ADMINISTRATOR in person.roles and entry.standing == ARCHIVED,
        "own_files": uploaded(desk.home, entry) is not None,
    }


def require_writable(entry: InspectionEntry) -> None:
    """Raises Refused where nothing in the inspection may be changed."""
    if entry.standing in CLOSED:
        raise Refused(f"这个检查{STANDINGS[entry.standing]}，只能查看；需要改动请组长先改回“审核中”。")


def _named(entry: InspectionEntry, call: Call) -> None:
    if text(call, "name").strip() != entry.name.strip():
        raise Refused("名称与这个检查不同；请照原样输入。")


STANDING = (set_standing, delete_archived, keep_days)
