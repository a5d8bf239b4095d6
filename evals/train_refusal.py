"""Learns when to refuse: weights of the signs of `knowledge.answering.nearness` and the least sum, by cross-validation.

Run by a developer after the search or the digests have changed, on a library that holds the reference texts. The
development questions are only scored, never learnt from. Writes `knowledge/answering/learnt/refusal.json`.
"""

import argparse
import json
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold

from evals.questions import read_questions, share_said
from knowledge.answering.evidence import eligible, plain_refusal
from knowledge.answering.nearness import SHIPPED, Signs, read_signs
from knowledge.finding.queries import read_query
from knowledge.library import Library

OWN = ("regulations.jsonl", "lists.jsonl")
HERE = Path(__file__).parent / "question_sets"
FOLDS, REPEATS = 10, 5
WRONGLY = (0.02, 0.03, 0.05, 0.08, 0.10)
CHOSEN = 0.03  # of the answerable questions that a refusal by nearness alone may cost

Array = npt.NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder with the reference texts added")
    parser.add_argument("--check", type=Path, nargs="*", default=[], help="question files only to be scored")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    library = Library.open(options.home)
    signs, right = measured(library, [HERE / name for name in OWN])
    guessed = held_out(signs, right)
    print(
        f"{right.sum()} 题有答案，{(~right).sum()} 题没有；{FOLDS} 折 {REPEATS} 次，"
        f"AUC {roc_auc_score(right, guessed):.3f}"
    )
    for wrongly in WRONGLY:
        least = float(np.quantile(guessed[right], wrongly))
        print(
            f"  误拒 {wrongly:.0%}：该拒而拒 {share_said(int((guessed[~right] < least).sum()), int((~right).sum()))}"
        )
    model = fit(signs, right)
    sums = signs @ model
    least = float(np.quantile(sums[right], CHOSEN))
    for file in options.check:
        others, answers = measured(library, [file])
        told = others @ model < least
        print(
            f"  {file.name}：该拒而拒 {share_said(int(told[~answers].sum()), int((~answers).sum()))}，"
            f"误拒 {share_said(int(told[answers].sum()), int(answers.sum()))}"
        )
    names = [field.name for field in fields(Signs)]
    held = {
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, model, strict=True)},
        "least": round(least, 4),
    }
    options.out.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    print(f"写入 {options.out}：{held}")


def measured(library: Library, files: list[Path]) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Signs and whether the library answers, of every question that no plain reason refuses already."""
    rows, right = [], []
    for question in (question for file in files for question in read_questions(file)):
        query = read_query(question.question, question.history)
        hits = library.search(
            question.question, as_of=question.as_of, region=question.region, history=question.history
        )
        official = [hit for hit in hits if eligible(hit, query)]
        if not official or plain_refusal(library, question.question, query, official):
            continue
        rows.append(astuple(read_signs(library, query, official)))
        right.append(question.answerable)
    return np.array(rows), np.array(right)


def fit(signs: Array, right: npt.NDArray[np.bool_]) -> Array:
    """Weights on the signs as they are; learnt on signs of equal spread."""
    spread = signs.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0).fit(signs / spread, right)
    weights: Array = model.coef_[0] / spread
    return weights


def held_out(signs: Array, right: npt.NDArray[np.bool_]) -> Array:
    """The mean sum of each question, from the folds that did not learn from it."""
    sums, times = np.zeros(len(right)), np.zeros(len(right))
    for learnt, tried in RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=1).split(
        signs, right
    ):
        sums[tried] += signs[tried] @ fit(signs[learnt], right[learnt])
        times[tried] += 1
    return sums / times


if __name__ == "__main__":
    main()
