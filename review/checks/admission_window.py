"""What was known when the admission was decided: values and phrases from 24 hours before to 24 hours after arrival.

A thing that is not recorded is absent here, never normal. Later facts are hindsight and do not enter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from knowledge.numerals import number_of
from review.checks.inputs import Record
from review.checks.readings import document_of, facts_of
from review.facts.clinical import DIFFERENTIAL, OTHER_LABEL
from review.facts.clinical_context import MASK, Surroundings, meaning
from review.facts.clinical_vocabulary import vocabulary
from review.facts.sentences import Sentence
from review.record import Document, Fact, Lab, Order, Vital

VITALS = ("temperature", "pulse", "respiration", "systolic", "diastolic", "oxygen_saturation")
SAID_AS = {"heart_rate": "pulse", "pain": "pain_nrs", "gcs": "gcs"}
ANALYTES = {
    item: re.compile(pattern)
    for item, pattern in {
        "wbc": r"^白细胞(?:计数|数)?$|^WBC",
        "pct": r"降钙素原|PCT",
        "hemoglobin": r"^血红蛋白(?:浓度|测定)?$|^Hb$|^HGB",
        "platelet": r"^血小板(?:计数|数)?$|^PLT",
        "sodium": r"^血?(?:清)?钠(?:离子)?$|^Na",
        "potassium": r"^血?(?:清)?钾(?:离子)?$|^K\+?$",
        "calcium": r"^血?(?:清)?(?:总)?钙$|^Ca",
        "ph": r"酸碱度|^pH|血液pH",
        "co2cp": r"二氧化碳结合力|总二氧化碳|碳酸氢根|HCO3|CO2CP",
        "lactate": r"^(?:血)?乳酸(?!脱氢)",
        "glucose": r"^(?:空腹|随机|餐后)?(?:血|血清)?(?:葡萄糖|糖)(?!化|耐)|^GLU",
        "ketone": r"羟丁酸|血酮",
        "osmolality": r"渗透压",
        "creatinine": r"^(?:血)?肌酐$|^Cr|肌酐\(",
        "bilirubin_total": r"^总胆红素",
        "inr": r"INR|国际标准化",
        "neutrophil": r"中性粒细胞(?:绝对值|计数|数|#)",
        "pao2": r"氧分压|PaO2|PO2",
        "alt": r"丙氨酸氨基转移酶|谷丙转氨酶|^ALT",
        "troponin": r"肌钙蛋白|cTn|TNI",
    }.items()
}
BRACKETS = re.compile(r"[（(].*?[)）]")
NOT_OF_NOW = frozenset({"鉴别诊断", "既往史", "家族史", "个人史", "个人史、婚育史、家族史", "拟诊讨论"})
OF_NOW, LASTING = frozenset({"present", "suspected"}), frozenset({"present", "suspected", "past"})
INTENDED = re.compile(r"必要时|择期|拟|建议|备|联系|预约|[若如]")
DENIED_WITHIN = re.compile(
    r"(?<=.)(?:无(?!力|效|(?:明显)?(?:好转|缓解|改善))|未(?!愈|见?(?:好转|缓解|改善))|没有|不(?!佳|清|利|灵|能|稳|止|缓解))"
)
ADMITTING = re.compile(r"入院记录|首次病程|护理|查房|病程|急诊|门诊|会诊|抢救|术前")
UPPER = re.compile(r"[-~—～至<≤]\s*(\d+(?:\.\d+)?)\s*$")
CLAUSE = re.compile("[，,。；;：:]")
SPAN = re.compile(r"(\d+(?:\.\d+)?|[半一二两三四五六七八九十数]+)余?(?:个)?(分钟|小时|天|日|周|月|年)")
HOURS = {"分钟": 1 / 60, "小时": 1, "天": 24, "日": 24, "周": 168, "月": 730, "年": 8760}


@dataclass(frozen=True)
class Reading:
    """A value known in the window and the fact that says it."""

    value: float
    fact_id: str
    at: datetime | None


@dataclass(frozen=True)
class Spoken:
    """A phrase of the window's documents; `denied` where the note says that it is not so."""

    document: Document
    start: int
    end: int
    text: str
    denied: bool = False


class Window:
    """The facts of one admission that count for the decision to admit."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.begins = record.admission.begins_at
        before = 72 if record.admission.admission_way == "1" else 24
        self._values: dict[str, list[Reading]] = {}
        self.opens, self.closes = self.begins - timedelta(hours=before), self.begins + timedelta(hours=24)

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.opens <= at <= self.closes

    def told(self, fact: Fact) -> bool:
        """Whether a text fact was told in the window, or in the admission record whenever that was written."""
        if self.holds(fact.begins_at):
            return True
        document = document_of(self.record, fact)
        return document is not None and "入院记录" in document.kind

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Documents written in the window; an admission record counts however late it was written."""
        return tuple(
            document
            for document in self.record.documents
            if "入院记录" in document.kind
            or (
                ADMITTING.search(document.kind)
                and self.holds(document.written_at)
                and "出院" not in document.kind
            )
        )

    @cached_property
    def spoken(self) -> tuple[Sentence, ...]:
        """The sentences of those documents that speak of now; what is weighed as another disease is left out."""
        return tuple(sentence for sentence in self._written if sentence.section not in NOT_OF_NOW)

    @cached_property
    def _written(self) -> tuple[Sentence, ...]:
        return tuple(
            sentence
            for document in self.documents
            for sentence in _undisputed(self.record.sentences(document))
            if sentence.at is None or sentence.at <= self.closes or "入院" in document.kind
        )

    @cached_property
    def labs(self) -> tuple[Lab, ...]:
        return tuple(
            lab for lab in self.record.labs if self.holds(lab.sampled_at) and "尿" not in (lab.specimen or "")
        )

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        return tuple(order for order in self.record.orders if self.holds(order.begins_at))

    @cached_property
    def ordered(self) -> tuple[tuple[str, str], ...]:
        """What each of those orders says, and the fact that cites it."""
        return tuple((f"{order.order_name or ''}{order.usage or ''}", order.fact_id) for order in self.orders)

    def values(self, item: str) -> list[Reading]:
        """Everything the window says of an item, in order of time; empty where it is not recorded."""
        if item not in self._values:
            self._values[item] = self._all_values(item)
        return list(self._values[item])

    def _all_values(self, item: str) -> list[Reading]:
        measured = [*self._vital_values(item), *self._said_values(item)]
        return sorted(
            self._lab_values(item) if item in ANALYTES else measured, key=lambda reading: str(reading.at)
        )

    @cached_property
    def consciousness(self) -> tuple[Vital, ...]:
        """The lines of the chart that say how conscious the patient was, in order of time."""
        lines = [
            vital for vital in self.record.vitals if vital.consciousness and self.holds(vital.measured_at)
        ]
        return tuple(sorted(lines, key=lambda vital: str(vital.measured_at)))

    def _vital_values(self, item: str) -> Iterator[Reading]:
        if item not in VITALS:
            return
        for vital in self.record.vitals:
            value = getattr(vital, item)
            if value is not None and self.holds(vital.measured_at):
                yield Reading(float(value), vital.fact_id, vital.measured_at)

    def _said_values(self, item: str) -> Iterator[Reading]:
        for fact in self._measured.get(item, ()):
            if fact.value is not None and self.told(fact):
                yield Reading(float(fact.value), fact.fact_id, fact.begins_at)

    @cached_property
    def _measured(self) -> Mapping[str, Sequence[Fact]]:
        """What the notes measured, by item."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in facts_of(self.record, "measurement"):
            found[SAID_AS.get(fact.name, fact.name)].append(fact)
        return found

    def _lab_values(self, item: str) -> Iterator[Reading]:
        pattern = ANALYTES[item]
        for lab in self.labs:
            if lab.value is not None and item in _items_of(lab.analyte or ""):
                yield Reading(float(lab.value), lab.fact_id, lab.sampled_at)
        for fact in facts_of(self.record, "lab_value"):
            if fact.value is not None and pattern.search(fact.name) and self.told(fact):
                yield Reading(float(fact.value), fact.fact_id, fact.begins_at)

    def times_upper(self, item: str) -> list[Reading]:
        """A laboratory value as a multiple of the upper end of its own reference range."""
        pattern = ANALYTES[item]
        found = []
        for lab in self.labs:
            upper = UPPER.search(lab.reference_range or "")
            if lab.value is not None and upper and float(upper[1]) and pattern.search(lab.analyte or ""):
                found.append(Reading(float(lab.value) / float(upper[1]), lab.fact_id, lab.sampled_at))
        return found

    def says(
        self, pattern: re.Pattern[str], *, lasting: bool = False, carried_out: bool = False
    ) -> Spoken | None:
        """The first place where the documents assert a phrase of the patient, else where they deny it.

        A lasting condition may stand in the history; what must have been carried out may not be a mere intention."""
        refused = None
        for sentence in self._written if lasting else self.spoken:
            for match in pattern.finditer(sentence.bare):
                if carried_out and INTENDED.search(_clause_before(sentence.bare, match.start())):
                    continue
                within = DENIED_WITHIN.search(match[0])
                mark = "denied" if within else _meant(sentence, match.start(), match.end())
                if mark in (LASTING if lasting else OF_NOW):
                    return _spoken(sentence)
                if mark == "denied":
                    refused = refused or _spoken(sentence, denied=True)
        return refused

    @cached_property
    def hours_ill(self) -> float | None:
        """How long the complaint has lasted, by the chief complaint; the latest change counts."""
        for sentence in self.spoken:
            if sentence.section == "主诉" or "主诉：" in sentence.bare[:4] or "主诉:" in sentence.bare[:4]:
                spans = [figure_of(match[1]) * HOURS[match[2]] for match in SPAN.finditer(sentence.bare)]
                return min(spans, default=None)
        return None


@lru_cache(maxsize=8_192)  # a laboratory reports the same few hundred analytes
def _items_of(analyte: str) -> frozenset[str]:
    """The items whose value a line of a laboratory report is."""
    name = BRACKETS.sub("", analyte)
    return frozenset(item for item, pattern in ANALYTES.items() if pattern.search(name))


def _undisputed(run: Iterable[Sentence]) -> Iterator[Sentence]:
    """Sentences outside a differential diagnosis, which describes other people's diseases."""
    section, weighing = None, False
    for sentence in run:
        opening = sentence.bare[:10]
        if sentence.section != section or OTHER_LABEL.match(opening):
            section, weighing = sentence.section, False
        weighing = weighing or DIFFERENTIAL.search(opening) is not None
        if not weighing:
            yield sentence


def _meant(sentence: Sentence, start: int, end: int) -> str | None:
    """What is said of the phrase at [start, end), the names around it masked so that a list reads as one."""
    masked = vocabulary().any_word.sub(lambda word: MASK * len(word[0]), sentence.bare[:start])
    masked += MASK * (end - start)
    masked += vocabulary().any_word.sub(lambda word: MASK * len(word[0]), sentence.bare[end:])
    return meaning(Surroundings(sentence.wording, masked), start, end, diagnosis=False)


def _clause_before(bare: str, start: int) -> str:
    return CLAUSE.split(bare[:start])[-1]


def _spoken(sentence: Sentence, *, denied: bool = False) -> Spoken:
    start, end = sentence.whole
    return Spoken(sentence.document, start, end, sentence.bare, denied)


def figure_of(text: str) -> float:
    """How much a history says: 「半」 is a half, 「数」 about three, any other numeral is itself."""
    if text[0].isdigit():
        return float(text)
    if text == "半":
        return 0.5
    return float(number_of(text.replace("半", "").replace("数", "三")))
