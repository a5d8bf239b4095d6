"""What people asked and the library does not hold: noted from the chat, settled by who looks after the library."""

from review.casework.desk import Call, Desk, Refused, text
from review.casework.results import Line
from review.chat.answering import read_day
from review.store.accounts import Person

ADMINISTERS = {"组长", "经办", "管理员"}


def note_gap(desk: Desk, person: Person, call: Call) -> Line:
    """Keep a refused question of one's own conversation for whoever administers the library."""
    turns = desk.store.talks.turns(person.name, text(call, "conversation", 32))
    place = call.get("turn")
    if not isinstance(place, int) or not 0 <= place < len(turns):
        raise Refused("没有这个问题，请刷新页面。")
    turn = turns[place]
    answer = turn.answer
    day = read_day(str(answer.get("as_of") or ""))
    desk.store.talks.add_gap(
        person.name,
        turn.question,
        day.isoformat(),
        str(answer.get("region") or ""),
        str(answer.get("answer", "")),
    )
    return {"ok": True}


def open_gaps(desk: Desk, person: Person, call: Call) -> Line:
    """The open gaps, the latest first; for those who administer the library."""
    _require_administration(person)
    return {
        "gaps": [
            {
                "key": gap.seq,
                "at": gap.at.isoformat() + "Z",
                "who": gap.who,
                "question": gap.question,
                "as_of": gap.as_of,
                "region": gap.region,
                "said": gap.said,
            }
            for gap in desk.store.talks.gaps()
        ]
    }


def settle_gap(desk: Desk, person: Person, call: Call) -> Line:
    """Take a gap off the list, once the library holds the answer or never will."""
    _require_administration(person)
    key = call.get("key")
    if not isinstance(key, int) or not desk.store.talks.settle_gap(key, person.name):
        raise Refused("这一条已经处理过了，请刷新页面。")
    return {"ok": True}


def _require_administration(person: Person) -> None:
    if not ADMINISTERS & set(person.roles):
        raise Refused("您没有管理依据库的权限，可请组长分配。")
