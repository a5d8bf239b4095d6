"""Trains the small model that tells questions for a library of regulations from others. Run by a developer.

Learns from `evals/inside.tsv`, `evals/outside.tsv` and the ways of asking in our digests; never from the question
sets that score it. Written to `knowledge/scope`: `signs.txt`, `weights.npz`.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from knowledge.answering.scope import SHIPPED, Scope, signs_of
from knowledge.cutting.digests import shipped_digests

HERE = Path(__file__).parent
INSIDE_WEIGHT = 3.0  # of a whole question as people type it, against the short ways of asking of a digest
STRENGTH = 10.0
LEAST = 2  # texts a sign must stand in


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    inside, outside = read_lines(HERE / "inside.tsv"), read_lines(HERE / "outside.tsv")
    asked = sorted(
        {line for _, held in shipped_digests() for passage in held for line in passage.asked.splitlines()}
    )
    texts = [*inside, *asked, *outside]
    right = np.array([1] * (len(inside) + len(asked)) + [0] * len(outside))
    weights = np.array([INSIDE_WEIGHT] * len(inside) + [1.0] * (len(asked) + len(outside)))
    bags = TfidfVectorizer(analyzer=signs_of, sublinear_tf=True, min_df=LEAST)
    rows = bags.fit_transform(texts)
    model = LogisticRegression(C=STRENGTH, max_iter=2000, class_weight="balanced")
    guessed = cross_val_predict(model, rows, right, cv=5, method="predict_proba")[:, 1]
    print(f"正例 {right.sum()}，反例 {(1 - right).sum()}；五折 AUC {roc_auc_score(right, guessed):.3f}")
    model.fit(rows, right, sample_weight=weights)
    save(bags, model, options.out)
    scope = Scope.load(options.out)
    most = max(
        abs(scope.logit(text) - expected)
        for text, expected in zip(texts, model.decision_function(rows), strict=True)
    )
    print(f"{len(scope.number)} 个字词，写入 {options.out}；与训练时最大相差 {most:.4f}")


def read_lines(file: Path) -> list[str]:
    """The second column of each line."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.partition("\t")[2].strip() for line in lines if "\t" in line]


def save(bags: TfidfVectorizer, model: LogisticRegression, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "signs.txt").write_text("\n".join(bags.get_feature_names_out()), encoding="utf-8")
    np.savez_compressed(
        folder / "weights.npz",
        rarity=bags.idf_.astype(np.float32),
        weights=model.coef_[0].astype(np.float32),
        bias=np.float32(model.intercept_[0]),
    )


if __name__ == "__main__":
    main()
