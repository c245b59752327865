"""Sentiment and aspects: how good, how fast. ``python tests/bench/bench_sentiment.py DATA``.

With ``--across`` the linear part is trained without each category in turn and tested on it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from semrec.evaluate.sentiment import judge
from semrec.text.reviews.aspects import find_opinions
from semrec.text.reviews.labelled import Labelled, read_labelled
from semrec.text.reviews.polarity_training import by_sentence, fit, measure, read_targets
from semrec.text.reviews.sentiment import DOUBT, linear_log_odds, load_sentiment
from semrec.text.reviews.training import fit_linear, split


def sentiment(held: Labelled, seen: set[str]) -> None:
    """The shipped model on texts it never saw, by category, and the time it takes."""
    model = load_sentiment()
    parts = model.parts(held.texts)
    for name, score in zip(("linear", "networks"), parts.T, strict=True):
        print(f"{name} alone: accuracy {((score > 0) == held.labels).mean():.4f}")
    if model.reader is not None:
        model.reader.log_odds(held.texts[:1])  # loads torch
    for name, again in (("read once", 0), ("doubtful ones read again", None)):
        start = time.perf_counter()
        figures = judge(model, held, again)
        seconds = time.perf_counter() - start
        print(f"{name}: accuracy {figures['accuracy']:.4f}, {len(held) / seconds:.0f} a second")
    doubtful = np.abs(model.log_odds(held.texts, read_again=0)) < DOUBT
    print(f"in doubt: {doubtful.mean():.3f}; held-out texts seen: {len(seen)}")
    categories = figures.pop("categories")
    for name, one in {"all": figures, **categories}.items():
        print(
            f"{name:<6} accuracy {one['accuracy']:.4f}  f1 {one['f1']:.4f}  macro-f1 "
            f"{one['macro_f1']:.4f}  ECE {one['ece']:.4f}  reviews {one['reviews']}"
        )
    print(f"mean macro-f1 of the categories {figures['macro_f1_of_categories']:.4f}")


def across(data: Labelled) -> None:
    """Train without a category, test on it; beside it what training with it gives."""
    parts = split(data.texts)
    categories = np.array(data.categories)
    learn, held = np.concatenate([parts.fit, parts.mix]), parts.held
    for name in np.unique(categories):
        others = data.take(learn[categories[learn] != name])
        test = data.take(held[categories[held] == name])
        found = linear_log_odds(test.texts, fit_linear(others.texts, others.labels)) > 0
        print(f"without {name}: accuracy {(found == test.labels).mean():.4f}", flush=True)


def aspects(folder: Path, texts: list[str]) -> None:
    """Polarity on the held part of each set, and the speed of finding opinions."""
    files = sorted(folder.glob("*.train.txt"))
    targets, labels, sentences = read_targets(files)
    held = by_sentence(sentences, 0.15, seed=0)
    model = fit([targets[i] for i in np.flatnonzero(~held)], labels[~held])
    sizes = [len(read_targets([file])[1]) for file in files]
    ends = np.cumsum(sizes)
    bounds = list(zip([f.name for f in files], ends - sizes, ends, strict=True))
    for name, begin, end in [("all", 0, len(labels)), *bounds]:
        rows = np.flatnonzero(held[begin:end]) + begin
        print(name, measure(model, [targets[i] for i in rows], labels[rows]))
    start = time.perf_counter()
    found = find_opinions(texts)
    seconds = time.perf_counter() - start
    some = sum(map(bool, found)) / len(texts)
    print(f"opinions: {1e6 * seconds / len(texts):.0f} µs a review, {some:.2f} of them have some")


def main(data: Path) -> None:
    """Print everything."""
    reviews = read_labelled([data / "reviews" / "online_shopping_train.csv"]).distinct()
    parts = split(reviews.texts)
    held = reviews.take(parts.held)
    seen = set(held.texts) & set(reviews.take(np.concatenate([parts.fit, parts.mix])).texts)
    sentiment(held, seen)
    aspects(data / "absa-zh", held.texts[:2000])
    if "--across" in sys.argv:
        across(reviews)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
