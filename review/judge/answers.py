"""What a model may answer: one closed form for each prompt, forgiving in how it is written and strict in what it means.

Keys nobody asked for are passed over, words are trimmed, an unknown verdict is `cannot_tell`. A claim names its lines
and its quote; whether they stand is not known here. No form has a place for an amount or an intent.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from review.judge.forgiving import Lines, Listed, Number, Switch, Text, Texts, word

Met = Literal["met", "not_met", "not_recorded", "cannot_tell"]
MetWord = Annotated[Met, word(Met, "cannot_tell", {"notmet": "not_met", "notrecorded": "not_recorded"})]
YesNo = Literal["yes", "no", "cannot_tell"]
YesNoWord = Annotated[
    YesNo, word(YesNo, "cannot_tell", {"是": "yes", "否": "no", "true": "yes", "false": "no"})
]
Reason = Literal["yes", "wish", "no", "cannot_tell"]
ReasonWord = Annotated[Reason, word(Reason, "cannot_tell", {"是": "yes", "否": "no"})]
Strength = Literal["strong", "weak"]
StrengthWord = Annotated[Strength, word(Strength, "weak")]
Presence = Literal["present", "away", "refused", "not_done", "cannot_tell"]
PresenceWord = Annotated[Presence, word(Presence, "cannot_tell", {"notdone": "not_done"})]
Shared = Literal["value", "date", "name", "side", "organ", "error", "event", "other"]
Subject = Literal[
    "side", "site", "time", "count", "diagnosis", "finding", "result", "treatment", "allergy", "blood_group",
    "history", "state", "identity", "plan", "before_event", "other",
]  # fmt: skip
SubjectWord = Annotated[
    Subject, word(Subject, "other", {"bloodgroup": "blood_group", "beforeevent": "before_event"})
]
Extent = Literal["night", "day", "part"]
ExtentWord = Annotated[Extent, word(Extent, "part")]
Approach = Literal[
    "open", "laparoscopic", "thoracoscopic", "arthroscopic", "endoscopic", "interventional", "other"
]
ApproachWord = Annotated[Approach, word(Approach, "other")]
Trait = Literal["identity", "history", "diagnosis", "side", "site", "treatment", "result", "other"]
TraitWord = Annotated[Trait, word(Trait, "other")]
Circumstance = Literal["no_transport", "isolation", "outpatient_failed", "referral", "other"]
CircumstanceWord = Annotated[Circumstance, word(Circumstance, "other")]
SharedWord = Annotated[Shared, word(Shared, "other")]


class Claim(BaseModel):
    """Lines and the words copied from them."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    lines: Lines = Field(default_factory=list)
    quote: Text = ""


class Answer(BaseModel):
    """What every answer says besides: whether the lines speak to whoever reads them."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    injection: Switch = False


class MeasuredRead(Claim):
    """A value of the first day, copied with the name of what was measured; the number is read from the quote."""

    item: Text = ""


class CriterionRead(Claim):
    """One condition of an admission criterion as the first day's documents have it."""

    criterion: Text = ""
    verdict: MetWord = "cannot_tell"


class OverrideRead(Claim):
    """A circumstance that speaks for an admission although no criterion is met."""

    kind: CircumstanceWord = "other"


class AdmissionRead(Answer):
    """J1: the criteria of one group."""

    measured: Annotated[list[MeasuredRead], Listed] = Field(default_factory=list)
    criteria: Annotated[list[CriterionRead], Listed]
    override: Annotated[list[OverrideRead], Listed] = Field(default_factory=list)


class Support(Claim):
    """Something of the record that fits one of the ways to overturn a suspicion, by its number."""

    exception: Text = ""
    strength: StrengthWord = "weak"


class Weighed(BaseModel):
    """What the record holds for and against one suspicion."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    finding: Text = ""
    clears: Annotated[list[Support], Listed] = Field(default_factory=list)
    backs: Annotated[list[Claim], Listed] = Field(default_factory=list)
    none_found: Switch = False


class Weighing(Answer):
    """J2: every suspicion of the request."""

    findings: Annotated[list[Weighed], Listed]


class Side(Claim):
    """One of two statements that do not go together."""

    value: Text = ""


class Difference(BaseModel):
    """Two statements about one field; `same_event` says whether they speak of the same thing at all."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    field: SubjectWord = "other"
    same_event: YesNoWord = "cannot_tell"
    explained: YesNoWord = "cannot_tell"
    a: Side = Side()
    b: Side = Side()


class ForeignTrait(Claim):
    """What a note says of its patient, and what the other documents say of this one."""

    kind: TraitWord = "other"
    other: Claim = Claim()


class ForeignNote(BaseModel):
    """A note that speaks of another patient, with the traits that show it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    traits: Annotated[list[ForeignTrait], Listed] = Field(default_factory=list)


class Differences(Answer):
    """J3: where two documents speak differently of one thing, and notes that are of another patient altogether."""

    differences: Annotated[list[Difference], Listed]
    foreign_note: Annotated[list[ForeignNote], Listed] = Field(default_factory=list)


class Step(Claim):
    """One thing an operation record says was done, put in, or went wrong; `side` as the quote has it."""

    name: Text = ""
    side: Text = ""


class Implant(Claim):
    """What was left in the body and how many of it."""

    name: Text = ""
    quantity: Number = None
    spec: Text = ""


class WayIn(Claim):
    """How the place was reached."""

    value: ApproachWord = "other"


class OperationRead(Answer):
    """J3: an operation record; a drain comes out again and is no implant."""

    steps: Annotated[list[Step], Listed]
    approach: Annotated[list[WayIn], Listed] = Field(default_factory=list)
    sides: Annotated[list[Side], Listed] = Field(default_factory=list)
    implants: Annotated[list[Implant], Listed] = Field(default_factory=list)
    drains: Annotated[list[Implant], Listed] = Field(default_factory=list)
    complications: Annotated[list[Claim], Listed] = Field(default_factory=list)


class ClauseRead(Claim):
    """Whether the record supports one clause of a limit, by its number."""

    finding: Text = "1"
    clause: Text = ""
    supported: YesNoWord = "cannot_tell"


class ClausesRead(Answer):
    """J4: the clauses of the limits asked about."""

    clauses: Annotated[list[ClauseRead], Listed]


class ReasonRead(Claim):
    """Whether a reason was recorded for one item, and whether anybody acted on what it showed."""

    item: Text = ""
    reason_recorded: ReasonWord = "cannot_tell"
    against_lines: Lines = Field(default_factory=list)
    against_quote: Text = ""
    acted_on: YesNoWord = "cannot_tell"
    acted_lines: Lines = Field(default_factory=list)
    acted_quote: Text = ""


class ReasonsRead(Answer):
    """J5: the tests and treatments asked about."""

    items: Annotated[list[ReasonRead], Listed]


class SupportRead(Claim):
    """Whether the record holds one objective criterion of a diagnosis, by its number."""

    diagnosis: Text = ""
    criterion: Text = ""
    verdict: MetWord = "cannot_tell"
    value: Number = None


class DiagnosesRead(Answer):
    """J6: the diagnoses asked about."""

    criteria: Annotated[list[SupportRead], Listed]


class PresenceRead(Claim):
    """What one passage says of where the patient was, or of a service that was not done."""

    date: Text = ""
    state: PresenceWord = "cannot_tell"
    span: ExtentWord = "part"
    service: Text = ""


class PresenceByDay(Answer):
    """J7: the days told of."""

    days: Annotated[list[PresenceRead], Listed]


class SharedFact(BaseModel):
    """One thing that two passages share, and whether it is a patient's own rather than a form's."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    kind: SharedWord = "other"
    specific: YesNoWord = "cannot_tell"
    a: Claim = Claim()
    b: Claim = Claim()


class SharedFacts(Answer):
    """J8: the facts two passages share."""

    facts: Annotated[list[SharedFact], Listed]


class SummarySentence(BaseModel):
    """A sentence of the summary with everything it rests on."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    sentence: Text = ""
    quotes: Annotated[list[Claim], Listed] = Field(default_factory=list)


class StaySummary(Answer):
    """S: the stay in a few sentences, in order of time."""

    sentences: Annotated[list[SummarySentence], Listed]


class Searches(BaseModel):
    """Q: what to look for in the library instead of the words of a question."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    searches: Annotated[list[Text], Texts]
