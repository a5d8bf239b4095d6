"""Whether a question is of the kind a library of regulations answers at all, told from its signs alone.

A linear model over characters and character pairs, trained by `evals.train_scope` on ways of asking for passages
and on questions of other fields (medicine, prices, personal benefits, errands, everyday talk). It knows nothing of
what the library holds; that is for the search to say.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

SHIPPED = Path(__file__).parent / "learnt"


@dataclass(frozen=True)
class Scope:
    """Weights of known signs; `rarity` is their inverse document frequency, `bias` the constant of the logit."""

    number: dict[str, int]
    rarity: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: float

    @classmethod
    @cache
    def load(cls, folder: Path = SHIPPED) -> "Scope":
        signs = (folder / "signs.txt").read_text(encoding="utf-8").split("\n")
        with np.load(folder / "weights.npz") as held:
            rarity, weights, bias = held["rarity"], held["weights"], float(held["bias"])
        if not len(signs) == len(rarity) == len(weights):
            raise ValueError(f"{folder}：词表与权重不相符；请重新取一份完整的文件。")
        return cls({sign: place for place, sign in enumerate(signs)}, rarity, weights, bias)

    def logit(self, question: str) -> float:
        """Above 0 more likely a question such a library answers, below 0 less."""
        counts = Counter(sign for sign in signs_of(question) if sign in self.number)
        if not counts:
            return self.bias
        places = np.array([self.number[sign] for sign in counts])
        bag = np.array([1 + math.log(count) for count in counts.values()]) * self.rarity[places]
        return float(bag @ self.weights[places] / np.linalg.norm(bag)) + self.bias


def signs_of(text: str) -> list[str]:
    """Single characters and pairs in their order; every digit counts as the same one."""
    plain = re.sub(r"\d", "0", text.lower())
    return [*plain, *(plain[place : place + 2] for place in range(len(plain) - 1))]
