"""Doses that an anaesthesia record says were given: 丙泊酚100mg, 舒芬太尼20μg. A rate (4mg/kg/h) is no dose."""

import re
from collections.abc import Iterable, Iterator

from review.facts.sentences import Sentence
from review.facts.statements import Statement

TOLD_IN = re.compile(r"麻醉")
NOT_THE_DOSE = re.compile(r"同意|访视|知情|会诊")
DOSE = re.compile(
    r"(?P<drug>[\u4e00-\u9fff]{2,14})[:：]?(?:共|总量|合计|计)?(?P<value>\d+(?:\.\d+)?)(?P<unit>mg|μg|ug|mcg|g|ml|U|IU|单位)(?![/／a-zA-Z])",
    re.IGNORECASE,
)
VERBS = re.compile(
    r"^.*(?:静脉注射|静脉推注|静脉滴注|静注|推注|泵注|泵入|输注|追加|给予|依次|诱导|维持|应用|使用|注射|吸入|予|及|和|给|入)(?=[\u4e00-\u9fff]{2})"
)


def anaesthetic_doses(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """One statement for every dose; `name` is the drug as it stands there."""
    for sentence in sentences:
        told_in = sentence.document.kind + sentence.document.title
        if not TOLD_IN.search(told_in) or NOT_THE_DOSE.search(told_in):
            continue
        for match in DOSE.finditer(sentence.bare):
            yield Statement(
                sentence,
                match.start(),
                match.end(),
                kind="anaesthetic_dose",
                name=VERBS.sub("", match["drug"]),
                value=match["value"],
                unit=match["unit"],
                begins_at=sentence.at,
            )
