"""A plan's deadlines as a calendar file (RFC 5545): the one door to the calendar library."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from review.procedure.plan import Deadline, Plan

DAY = timedelta(days=1)


def as_calendar(plan: Plan, ends: Sequence[Deadline], made_at: datetime) -> bytes:
    """Whole-day events with a reminder the day before, one a stage whose end is known; the same plan, the same keys.

    What is due every month comes back every month."""
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Mingjian//plan//ZH")
    calendar.add("version", "2.0")
    for one in ends:
        if one.ends is None:
            continue
        event = Event()
        event.add("uid", _key(plan.name, one.stage.name))
        event.add("dtstamp", made_at.astimezone(UTC))
        event.add("dtstart", one.ends)
        event.add("dtend", one.ends + DAY)
        event.add("summary", f"{plan.name}：{one.stage.name}（{one.state}）")
        if one.monthly:
            event.add("rrule", {"freq": "monthly"})
        if one.stage.done is None or one.monthly:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"{one.stage.name}明日到期")
            alarm.add("trigger", -DAY)
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _key(plan: str, stage: str) -> str:
    return hashlib.sha256(f"{plan}\x1f{stage}".encode()).hexdigest()[:24] + "@mingjian"
