"""One simulated reviewer: signs in over HTTP and asks the server for what the page's own scripts ask for.

Every press that the server acknowledged is kept as a receipt; how long each answer took is kept by what was asked.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from evals.bench.soak_home import PASSWORD

DECISION, OPENING = "决定", "打开病例"
VERDICTS = ("confirm", "confirm", "reject", "ask")
LOST = "断开"
ANSWERS_IN = 60.0  # seconds, after which a client gives up
IDLE = 3.0  # seconds, after which a connection is made anew: the server closes one that is quiet for five
Line = Mapping[str, Any]


@dataclass(frozen=True)
class Receipt:
    """A press that the server said it has saved; `undone` is the line it took back."""

    who: str
    press: str
    case: str
    finding: str
    verdict: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    amount: str | None = None
    seq: int | None = None
    undone: int | None = None


@dataclass(frozen=True)
class Pace:
    """Mean seconds at a finding and at a fresh case, and those within which people arrive; zero is full speed."""

    finding: float = 3.0
    case: float = 4.0
    arriving: float = 10.0


@dataclass
class Reviewer:
    """One person at one browser."""

    name: str
    port: int
    pace: Pace
    seed: int
    receipts: list[Receipt] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # presses, acknowledged or not
    took: list[tuple[str, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    conflicts: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}/{self.name}")
        self._cookie = ""
        self._parts: dict[str, int] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._asked_at = 0.0
        self._unanswered: Line = {}

    def enter(self) -> None:
        """Sign in, load the page, and find the server's functions as the page library does."""
        form = urlencode({"name": self.name, "password": PASSWORD})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer, _ = self._ask("POST", "/sign-in", form.encode(), kind)
        self._cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
        if answer.status != 303 or not self._cookie:
            raise ConnectionError(f"{self.name} 没有登录成：{answer.status}")
        self._ask("GET", "/", headers={"Accept": "text/html"})
        self.learn()

    def learn(self) -> None:
        """Where the server's functions are, by name; the review page's own come first."""
        _, body = self._ask("GET", "/config")
        for part in json.loads(body)["components"]:
            for name in part["props"].get("server_fns") or ():
                self._parts.setdefault(name, part["id"])

    def work(self, stop: threading.Event) -> None:
        """Review until told to stop; a lost connection ends it, and is written down."""
        stop.wait(self.chance.uniform(0, self.pace.arriving))
        try:
            while not stop.is_set():
                for key in self._cases():
                    self._case(key, stop)
                    if stop.is_set():
                        return
        except (OSError, http.client.HTTPException) as problem:
            self.close()
            self.wrong.append(f"{LOST}：{type(problem).__name__}")

    def call(self, name: str, value: Line, kind: str = "") -> dict[str, Any]:
        """One server function, as the page calls it; what is no answer is written down as wrong."""
        asked = {"data": {**value, "as": self.name}, "component_id": self._parts[name], "fn_name": name}
        body = json.dumps(asked | {"session_hash": f"soak{self.seed}"}).encode()
        begun = time.perf_counter()
        answer, told = self._ask(
            "POST", "/gradio_api/component_server/", body, {"Content-Type": "application/json"}
        )
        self.took.append((kind or name, time.perf_counter() - begun))
        reply: Any = json.loads(told) if answer.status == 200 else None
        if not isinstance(reply, dict) or reply.get("problem") or "signed_out" in reply:
            said = reply.get("problem", "没有会话") if isinstance(reply, dict) else answer.status
            self.wrong.append(f"{name}：{said}")
            return {}
        return reply

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if time.monotonic() - self._asked_at > IDLE:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERS_IN)
        given = {**(headers or {}), **({"Cookie": self._cookie} if self._cookie else {})}
        self._connection.request(method, path, body, given)
        answer = self._connection.getresponse()
        told = answer.read()
        self._asked_at = time.monotonic()
        return answer, told

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # what a person does ----------------------------------------------------------------------------------------
    def _cases(self) -> Iterator[str]:
        """The person's cases of every inspection, in the order of the queue; what is open first."""
        about = self.call("open_queue", {})
        for one in about.get("inspections", ()):
            queue = self.call("open_queue", {"inspection": one["key"]})
            yield from (
                row["key"] for row in queue.get("rows") or () if row["part"] != "leads" or not row["first"]
            )

    def _case(self, key: str, stop: threading.Event) -> None:
        case = self.call("open_case", {"case": key}, OPENING)
        if not case or not case["may_decide"]:
            return
        self._read(case)
        self._wait(self.pace.case, stop)
        for finding in case["findings"]:
            if stop.is_set():
                return
            self._wait(self.pace.finding, stop)
            self._decide(case, finding)
            if self.chance.random() < 0.06:
                self._undo_and_redo(case, finding)

    def _read(self, case: Line) -> None:
        """What the page fetches beside the case: the tab of the first quote, a page image, a table, a clause."""
        key, tabs = case["key"], case["tabs"]
        if tabs and not case["texts"]:
            self.call("open_text", {"case": key, "tab": self.chance.choice(tabs)["key"]})
        if self.chance.random() < 0.5:
            self.call("open_sheet", {"case": key, "sheet": "charges"})
        if case["findings"] and self.chance.random() < 0.3:
            self.call("open_basis", {"case": key, "finding": case["findings"][0]["id"]})
        for tab in tabs:
            if tab["images"] and tab["pages"]:
                begun = time.perf_counter()
                answer, _ = self._ask(
                    "GET", f"/page/{key}/{tab['key']}/{self.chance.choice(tab['pages'])['number']}.png"
                )
                self.took.append(("原页", time.perf_counter() - begun))
                if answer.status != 200:
                    self.wrong.append(f"原页：{answer.status}")

    def _decide(self, case: Line, finding: dict[str, Any]) -> None:
        verdict = self.chance.choice(VERDICTS)
        reasons = {"confirm": (), "reject": finding["reasons"][:1], "ask": finding["materials"][:2]}[verdict]
        draft = verdict == "confirm" and bool(finding["amount"]) and self.chance.random() < 0.3
        made = {
            "finding": finding["id"],
            "verdict": verdict,
            "reasons": ["金额另定"] if draft else list(reasons),
            "note": f"{self.name}的附言" if self.chance.random() < 0.2 else "",
            "amount": f"{finding['amount'] * self.chance.random():.2f}" if draft else "",
        }
        self._send(case, finding, made)

    def _send(self, case: Line, finding: dict[str, Any], made: Line) -> None:
        """One press; where another window was quicker, once more on top of what stands there."""
        for _ in range(5):
            press, stands = self._press(), finding["decision"]
            spent = round(self.chance.uniform(1, 9), 1)
            known = stands["seq"] if stands else None
            value = {"case": case["key"], "press": press, "known": known, "spent": spent, **made}
            self._unanswered = value
            reply = self.call("decide", value, DECISION)
            self._unanswered = {}
            if "conflict" not in reply:
                break
            finding["decision"] = reply["conflict"]
            self.conflicts += 1
        if reply.get("ok"):
            finding["decision"] = reply["decision"]
            self._keep(press, case["key"], made, reply["decision"]["seq"])

    def _keep(self, press: str, case: str, made: Line, seq: int) -> None:
        given = (
            made["finding"],
            made["verdict"],
            tuple(made["reasons"]),
            made["note"],
            made["amount"] or None,
        )
        self.receipts.append(Receipt(self.name, press, case, *given, seq=seq))

    def send_again(self) -> bool:
        """The decision that got no answer, sent once more with the same press; false where there is none."""
        value, self._unanswered = self._unanswered, {}
        if not value:
            return False
        reply = self.call("decide", value, DECISION)
        if reply.get("ok"):
            self._keep(value["press"], value["case"], value, reply["decision"]["seq"])
        return bool(reply.get("ok"))

    def _undo_and_redo(self, case: Line, finding: dict[str, Any]) -> None:
        press = self._press()
        reply = self.call("undo", {"inspection": self._inspection_of(case), "press": press}, "撤销")
        undone = reply.get("undone")
        if not undone:
            return
        found = Receipt(self.name, press, reply["case"], reply["finding"], "undo", undone=undone["seq"])
        self.receipts.append(found)
        if reply["finding"] != finding["id"]:
            return
        finding["decision"] = reply["stands"]
        again = {"finding": finding["id"], "verdict": undone["verdict"], "reasons": undone["reasons"]}
        self._send(case, finding, again | {"note": undone["note"], "amount": undone["amount"] or ""})

    def _inspection_of(self, case: Line) -> str:
        about = self.call("open_queue", {"case": case["key"]})
        return str(about.get("inspection", ""))

    def _press(self) -> str:
        press = f"{self.chance.getrandbits(128):032x}"
        self.sent.append(press)
        return press

    def _wait(self, mean: float, stop: threading.Event) -> None:
        if mean:
            stop.wait(self.chance.uniform(0.4, 1.6) * mean)


def slowest(took: Sequence[float], share: int) -> float:
    """The value below which a share, in percent, of the times lies."""
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else 0.0
