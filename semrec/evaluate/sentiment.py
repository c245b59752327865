"""How well praise and complaint are told apart, over all and by category."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.evaluate.probability import calibration_error
from semrec.text.reviews.labelled import Labelled, read_labelled
from semrec.text.reviews.sentiment import Sentiment, load_sentiment


def evaluate_sentiment(
    files: Sequence[Path],
    label: str = "label",
    model: Path | None = None,
    read_again: int | None = None,
) -> dict[str, Any]:
    """Measure a sentiment model on labelled reviews, each row counted as it stands.

    Args:
        files: see ``semrec.text.reviews.labelled.read_labelled``.
        label: name of the label column.
        model: what ``train-sentiment`` wrote; None for the model of the package.
        read_again: see ``Sentiment.probability``.

    Returns:
        ``accuracy, f1`` (of praise), ``macro_f1``, ``ece`` (10 bins), ``reviews``, and with a
        category column ``categories``: the same for each.

    Raises:
        DataError: a file cannot be read, lacks a column, or has no legal label.
        ModelDamaged: the model is none.
    """
    chosen = load_sentiment() if model is None else Sentiment.load(model)
    return judge(chosen, read_labelled(files, label), read_again)


def judge(model: Sentiment, data: Labelled, read_again: int | None = None) -> dict[str, Any]:
    """The figures of :func:`evaluate_sentiment`."""
    probabilities = model.probability(data.texts, read_again)
    figures: dict[str, Any] = _figures(probabilities, data.labels)
    categories = np.array(data.categories, dtype=np.str_)
    names = sorted({name for name in data.categories if name})
    if names:
        each = {
            name: _figures(probabilities[categories == name], data.labels[categories == name])
            for name in names
        }
        figures["macro_f1_of_categories"] = float(np.mean([f["macro_f1"] for f in each.values()]))
        figures["categories"] = each
    return figures


def _figures(probabilities: NDArray[np.float32], labels: NDArray[np.bool_]) -> dict[str, float]:
    said = probabilities > 0.5
    good, bad = f1(said, labels), f1(~said, ~labels)
    return {
        "accuracy": float((said == labels).mean()),
        "f1": good,
        "macro_f1": (good + bad) / 2,
        "ece": calibration_error(probabilities, labels),
        "reviews": len(labels),
    }


def f1(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """``2 · hits / (said + true)``: harmonic mean of precision and recall; 0 without either."""
    total = int(said.sum() + true.sum())
    return 2 * int((said & true).sum()) / total if total else 0.0
