"""What something costs the page and its server in processor time, which a busy machine does not lengthen as it does a wait."""

import os
from pathlib import Path

from serving import RUNNING

TICK = os.sysconf("SC_CLK_TCK")


def page_milliseconds(page, act):
    """Processor milliseconds of the page's own thread (script, layout, paint) from before `act()` until two frames after it."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _task_seconds(session)
    act()
    page.evaluate("() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
    spent = _task_seconds(session) - before
    session.detach()
    return spent * 1000


def server_milliseconds(address, act):
    """Processor milliseconds of the workbench at this address while `act()` lasts, its other threads included."""
    before = _ticks(address)
    act()
    return (_ticks(address) - before) / TICK * 1000


def _task_seconds(session):
    got = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in got if one["name"] == "TaskDuration")


def _ticks(address):
    fields = Path(f"/proc/{RUNNING[address].pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
