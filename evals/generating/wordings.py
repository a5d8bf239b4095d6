"""How different hands write the same thing: the sentences of `wordings.yaml`, one drawn for each stay."""

from functools import cache
from random import Random

import yaml

from evals.generating.catalogue import HERE


@cache
def wordings() -> dict[str, tuple[str, ...]]:
    """The sentences of every topic."""
    told = yaml.safe_load((HERE / "wordings.yaml").read_text("utf-8"))
    return {topic: tuple(sentences) for topic, sentences in told.items()}


def worded(random: Random, topic: str, **cells: object) -> str:
    """One of the topic's sentences with its days and names put in."""
    return random.choice(wordings()[topic]).format(**cells)
