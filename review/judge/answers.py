"""What a model may answer: one closed form for each prompt, forgiving in how it is written and strict in what it means.

Keys nobody asked for are passed over, words are trimmed, an unknown verdict is `cannot_tell`. A claim names its lines
and its quote; whether they stand is not known here. No form has a place for an amount or an intent.
"""

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MOST_CLAIMS = 60  # of one list; a longer one is not an answer to our question
MOST_LINES = 40
_DIGITS = re.compile(r"\d+")
_SPAN = re.compile(r"(\d+)\s*[-–—~至到]\s*(\d+)")
_EDGES = " \t\n\r'\"`。.，,：:；;“”‘’「」（）()[]【】"


def _plain(given: Any) -> Any:
    return (
        given.strip(_EDGES).lower().replace(" ", "_").replace("-", "_") if isinstance(given, str) else given
    )


def _word(words: Any, otherwise: str, also: dict[str, str] | None = None) -> BeforeValidator:
    """Reads a verdict: a word of ours, one that clearly stands for it, else `otherwise`."""
    known = {word: word for word in get_args(words)} | (also or {})

    def read(given: Any) -> Any:
        plain = _plain(given)
        if isinstance(plain, bool):
            plain = "yes" if plain else "no"
        return known.get(plain, otherwise) if isinstance(plain, str) else otherwise

    return BeforeValidator(read)


def _numbers(given: Any) -> Any:
    """Line numbers however they are written: 12, "12", "12│", "12-14", [12, 13]."""
    found: list[int] = []
    for one in given if isinstance(given, list | tuple) else [given]:
        if isinstance(one, int) and not isinstance(one, bool):
            found.append(one)
        elif isinstance(one, float) and one.is_integer():
            found.append(int(one))
        elif isinstance(one, str) and (span := _SPAN.search(one)):
            first, last = int(span[1]), int(span[2])
            found += range(first, min(last, first + MOST_LINES) + 1)
        elif isinstance(one, str):
            found += (int(digits[:9]) for digits in _DIGITS.findall(one))
    return found[:MOST_LINES]


def _text(given: Any) -> Any:
    if given is None:
        return ""
    if isinstance(given, bool):
        return ""
    return (
        str(given) if isinstance(given, int | float) else given.strip() if isinstance(given, str) else given
    )


def _number(given: Any) -> Any:
    """A number, or null where there is none; a value with its unit is not guessed at."""
    if isinstance(given, bool) or given is None:
        return None
    if isinstance(given, int | float):
        return float(given)
    try:
        return float(str(given).strip())
    except ValueError:
        return None


def _listed(given: Any) -> Any:
    """A list, where a single thing or nothing was written."""
    if given is None or given == "":
        return []
    if isinstance(given, dict):
        return [given]
    return given[:MOST_CLAIMS] if isinstance(given, list) else given


def _switch(given: Any) -> Any:
    """Whether a switch is on; a sentence in its place is on too, for it says what was found."""
    if isinstance(given, bool):
        return given
    plain = _plain(given)
    return bool(plain) and plain not in {"false", "no", "none", "null", "0", "否", "无", "没有"}


Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[float | None, BeforeValidator(_number)]
Lines = Annotated[list[int], BeforeValidator(_numbers)]
Switch = Annotated[bool, BeforeValidator(_switch)]
_List = BeforeValidator(_listed)
_Texts = BeforeValidator(lambda given: [given] if isinstance(given, str) else _listed(given))

Met = Literal["met", "not_met", "not_recorded", "cannot_tell"]
MetWord = Annotated[Met, _word(Met, "cannot_tell", {"notmet": "not_met", "notrecorded": "not_recorded"})]
YesNo = Literal["yes", "no", "cannot_tell"]
YesNoWord = Annotated[
    YesNo, _word(YesNo, "cannot_tell", {"是": "yes", "否": "no", "true": "yes", "false": "no"})
]
Strength = Literal["strong", "weak"]
StrengthWord = Annotated[Strength, _word(Strength, "weak")]
Presence = Literal["present", "away", "refused", "not_done", "cannot_tell"]
PresenceWord = Annotated[Presence, _word(Presence, "cannot_tell", {"notdone": "not_done"})]
Shared = Literal["value", "date", "name", "side", "organ", "error", "event", "other"]
Subject = Literal[
    "side", "site", "time", "count", "diagnosis", "finding", "result", "treatment", "allergy", "blood_group",
    "history", "state", "identity", "plan", "other",
]  # fmt: skip
SubjectWord = Annotated[Subject, _word(Subject, "other", {"bloodgroup": "blood_group"})]
Circumstance = Literal["no_transport", "isolation", "outpatient_failed", "referral", "other"]
CircumstanceWord = Annotated[Circumstance, _word(Circumstance, "other")]
SharedWord = Annotated[Shared, _word(Shared, "other")]


class Claim(BaseModel):
    """Lines and the words copied from them."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    lines: Lines = Field(default_factory=list)
    quote: Text = ""


class Answer(BaseModel):
    """What every answer says besides: whether the lines speak to whoever reads them."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    injection: Switch = False


class CriterionRead(Claim):
    """One admission criterion as the first day's documents have it; `value` is the number its quote holds."""

    criterion: Text
    verdict: MetWord = "cannot_tell"
    value: Number = None
    unit: Text = ""
    time: Text = ""


class OverrideRead(Claim):
    """A circumstance that speaks for an admission although no criterion is met."""

    kind: CircumstanceWord = "other"


class AdmissionRead(Answer):
    """J1: the criteria of one group."""

    criteria: Annotated[list[CriterionRead], _List]
    override: Annotated[list[OverrideRead], _List] = Field(default_factory=list)


class Support(Claim):
    """Something of the record that fits one of the ways to overturn a suspicion, by its number."""

    exception: Text
    strength: StrengthWord = "weak"


class Weighed(BaseModel):
    """What the record holds for and against one suspicion."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    finding: Text
    supports: Annotated[list[Support], _List] = Field(default_factory=list)
    contradicts: Annotated[list[Claim], _List] = Field(default_factory=list)
    none_found: Switch = False


class Weighing(Answer):
    """J2: every suspicion of the request."""

    findings: Annotated[list[Weighed], _List]


class Side(Claim):
    """One of two statements that do not go together."""

    value: Text = ""


class Difference(BaseModel):
    """Two statements about one field; `same_event` says whether they speak of the same thing at all."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    field: SubjectWord = "other"
    same_event: YesNoWord = "cannot_tell"
    explained: YesNoWord = "cannot_tell"
    a: Side
    b: Side


class Differences(Answer):
    """J3: where two documents speak differently of one thing."""

    differences: Annotated[list[Difference], _List]


class Step(Claim):
    """One thing an operation record says was done, put in, or went wrong; `side` as the quote has it."""

    name: Text = ""
    side: Text = ""


class Implant(Claim):
    """What was left in the body and how many of it."""

    name: Text = ""
    quantity: Number = None
    spec: Text = ""


class OperationRead(Answer):
    """J3: an operation record."""

    steps: Annotated[list[Step], _List]
    approach: Annotated[list[Claim], _List] = Field(default_factory=list)
    sides: Annotated[list[Side], _List] = Field(default_factory=list)
    implants: Annotated[list[Implant], _List] = Field(default_factory=list)
    complications: Annotated[list[Claim], _List] = Field(default_factory=list)


class ClauseRead(Claim):
    """Whether the record supports one clause of a limit, by its number."""

    finding: Text = "1"
    clause: Text
    supported: YesNoWord = "cannot_tell"


class ClausesRead(Answer):
    """J4: the clauses of the limits asked about."""

    clauses: Annotated[list[ClauseRead], _List]


class ReasonRead(Claim):
    """Whether a reason was recorded for one item, and whether anybody acted on what it showed."""

    item: Text
    reason_recorded: YesNoWord = "cannot_tell"
    acted_on: YesNoWord = "cannot_tell"
    acted_lines: Lines = Field(default_factory=list)
    acted_quote: Text = ""


class ReasonsRead(Answer):
    """J5: the tests and treatments asked about."""

    items: Annotated[list[ReasonRead], _List]


class SupportRead(Claim):
    """Whether the record holds one objective criterion of a diagnosis, by its number."""

    diagnosis: Text
    criterion: Text
    verdict: MetWord = "cannot_tell"
    value: Number = None


class DiagnosesRead(Answer):
    """J6: the diagnoses asked about."""

    criteria: Annotated[list[SupportRead], _List]


class PresenceRead(Claim):
    """What one passage says of where the patient was, or of a service that was not done."""

    date: Text = ""
    state: PresenceWord = "cannot_tell"
    service: Text = ""


class PresenceByDay(Answer):
    """J7: the days told of."""

    days: Annotated[list[PresenceRead], _List]


class SharedFact(BaseModel):
    """One thing that two passages share, and whether it is a patient's own rather than a form's."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    kind: Subject = Literal[
    "side", "site", "time", "count", "diagnosis", "finding", "result", "treatment", "allergy", "blood_group",
    "history", "state", "identity", "plan", "other",
]  # fmt: skip
SubjectWord = Annotated[Subject, _word(Subject, "other", {"bloodgroup": "blood_group"})]
Circumstance = Literal["no_transport", "isolation", "outpatient_failed", "referral", "other"]
CircumstanceWord = Annotated[Circumstance, _word(Circumstance, "other")]
SharedWord = "other"
    specific: YesNoWord = "cannot_tell"
    a: Claim
    b: Claim


class SharedFacts(Answer):
    """J8: the facts two passages share."""

    facts: Annotated[list[SharedFact], _List]


class SummarySentence(BaseModel):
    """A sentence of the summary with everything it rests on."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sentence: Text
    quotes: Annotated[list[Claim], _List]


class StaySummary(Answer):
    """S: the stay in a few sentences, in order of time."""

    sentences: Annotated[list[SummarySentence], _List]


class Searches(BaseModel):
    """Q: what to look for in the library instead of the words of a question."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    searches: Annotated[list[Text], _Texts]
