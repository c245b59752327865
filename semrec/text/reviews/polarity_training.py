"""Trains the aspect polarity: ``python -m semrec.text.reviews.polarity_training FOLDER OUT``.

FOLDER holds ``*.train.txt``: three lines an example, a sentence with ``$T$`` for the target, the
target, and ``Positive``, ``Neutral`` or ``Negative`` (as in ABSADatasets, Yang et al. 2023).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import FileMissing, NoValidRows
from semrec.text.normalise import normalise
from semrec.text.reviews.linear import fit_logistic
from semrec.text.reviews.polarity import LABELS, Polarity, Target, target_features
from semrec.text.reviews.provenance import write_provenance

SEED = 0
HELD_OUT = 0.15
_PENALTY = 1.0


def read_targets(files: Sequence[Path]) -> tuple[list[Target], NDArray[np.int64], list[str]]:
    """Targets, labels (numbers in ``LABELS``), and the sentences they stand in.

    Raises:
        FileMissing: a file cannot be read.
        NoValidRows: no example has three lines and a known label.
    """
    targets: list[Target] = []
    labels: list[int] = []
    sentences: list[str] = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise FileMissing(file, error.strerror or str(error)) from error
        for sentence, word, label in zip(lines[::3], lines[1::3], lines[2::3], strict=False):
            if label.strip() not in LABELS or "$T$" not in sentence:
                continue
            target, whole = _target(sentence, word)
            targets.append(target)
            labels.append(LABELS.index(label.strip()))
            sentences.append(whole)
    if not targets:
        raise NoValidRows(str(files[0]) if files else "no file", 0, "no example of three lines")
    return targets, np.array(labels, dtype=np.int64), sentences


def _target(sentence: str, word: str) -> tuple[Target, str]:
    # Some sets put a space after each character.
    pieces = sentence.split()
    if 2 * sum(len(piece) == 1 or piece == "$T$" for piece in pieces) >= len(pieces):
        sentence, word = sentence.replace(" ", ""), word.replace(" ", "")
    before, _, after = (normalise(part) for part in sentence.partition("$T$"))
    word = normalise(word)
    text = before + word + after
    return Target.at(text, len(before), len(before) + len(word)), text


def fit(targets: Sequence[Target], labels: NDArray[np.int64]) -> Polarity:
    """One logistic regression a class, taken together by softmax."""
    features = target_features(targets)
    columns = [fit_logistic(features, labels == k, _PENALTY) for k in range(len(LABELS))]
    return Polarity(np.stack(columns, axis=1).astype(np.float32))


def by_sentence(sentences: Sequence[str], share: float, seed: int) -> NDArray[np.bool_]:
    """Which examples are held out; all targets of a sentence go to one side."""
    names, groups = np.unique(np.array(sentences, dtype=np.str_), return_inverse=True)
    held = np.random.default_rng(seed).random(len(names)) < share
    return np.asarray(held[groups])


def train(files: Sequence[Path], out: Path) -> dict[str, Any]:
    """Fit on a part, measure on the rest, fit on all, save; returns the provenance."""
    targets, labels, sentences = read_targets(files)
    held = by_sentence(sentences, HELD_OUT, SEED)
    part = fit([targets[i] for i in np.flatnonzero(~held)], labels[~held])
    figures = measure(part, [targets[i] for i in np.flatnonzero(held)], labels[held])
    fit(targets, labels).save(out)
    details = {"learned_from": len(labels), "seed": SEED, "held_out": HELD_OUT, "figures": figures}
    return write_provenance(out, files, details)


def measure(
    model: Polarity, targets: Sequence[Target], labels: NDArray[np.int64]
) -> dict[str, float]:
    """Accuracy over three classes, and over praise and complaint alone."""
    found = model.probabilities(targets)
    clear = labels != 1
    two = found[clear, 2] > found[clear, 0]
    return {
        "accuracy": float((found.argmax(axis=1) == labels).mean()),
        "accuracy_of_two": float((two == (labels[clear] == 2)).mean()),
        "majority": float(np.bincount(labels).max() / len(labels)),
        "examples": float(len(labels)),
    }


if __name__ == "__main__":
    sources = sorted(Path(sys.argv[1]).glob("*.train.txt"))
    print(json.dumps(train(sources, Path(sys.argv[2])), indent=1))
