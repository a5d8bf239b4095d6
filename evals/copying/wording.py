"""Invented clinical sentences with slots, so that no two patients need have the same and every template can be told.

Everything is invented; a person's words follow from a seed alone.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import yaml

Words = Mapping[str, Sequence[str]]
WORDS: Words = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))


def sentence(random: Random, words: Words = WORDS) -> str:
    """A sentence about one patient's day."""

    def pick(name: str) -> str:
        return random.choice(words[name])

    n = random.randint(2, 96)
    return random.choice(
        (
            f"{pick('when')}诉{pick('where')}{pick('feeling')}，{pick('course')}，{pick('cause')}后明显，约{n}分钟",
            f"{pick('relative')}代诉{pick('when')}{pick('where')}{pick('feeling')}，自行{pick('treated')}后{pick('course')}",
            f"{pick('when')}可行走约{n}米，{pick('where')}{pick('feeling')}{pick('course')}，{pick('wish')}",
            f"由{pick('relative')}陪同活动，{pick('when')}{pick('feeling')}，{pick('where')}皮温尚可，{pick('course')}，{pick('wish')}",
            f"补述{n}日前在{pick('place')}{pick('treated')}，{pick('where')}{pick('feeling')}{pick('course')}",
            f"与{pick('relative')}谈及{pick('work')}旧事，{pick('when')}{pick('where')}{pick('feeling')}，{pick('wish')}",
        )
    )


def history(random: Random, count: int = 12, words: Words = WORDS) -> list[str]:
    """The history of one patient, told in sentences that others do not have."""

    def pick(name: str) -> str:
        return random.choice(words[name])

    years, days = random.randint(1, 40), random.randint(2, 300)
    return [
        f"患者{days}天前{pick('cause')}后{pick('where')}{pick('feeling')}，{pick('course')}，曾于{pick('place')}{pick('treated')}",
        f"平素从事{pick('work')}{years}年，有{pick('habit')}习惯，起病前{pick('cause')}，{pick('relative')}陪同来院",
        f"病程中{pick('where')}{pick('feeling')}，{pick('course')}，体重约{random.randint(380, 950) / 10}kg",
        *(sentence(random, words) for _ in range(count - 3)),
    ]


def routine(random: Random, count: int, words: Words = WORDS) -> list[str]:
    """Sentences that everybody's documents have."""
    return random.sample(words["common"], count)
