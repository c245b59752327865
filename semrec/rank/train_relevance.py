"""Train the relevance model that comes with the package.

``python -m semrec.rank.train_relevance DATA --hard tests/rank/hard_pairs.tsv --log
tests/rank/log_pairs.csv`` makes the pairs, fits to two thirds of the queries, prints AUC and
calibration error on the others, then fits to all and writes the weights with their provenance.
The first run encodes some thousand short texts, which takes minutes.

* hard pairs: ``query, title, label, kind``, tab separated, written by hand;
* log pairs: ``line, item_id, label``: a line of the query log (from 0), an item of the catalog,
  and whether it is right, judged by hand.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from semrec.config import Config
from semrec.embed.load import load_encoder
from semrec.embed.protocol import Encoder
from semrec.evaluate.probability import auc, calibration_error
from semrec.rank import additive
from semrec.rank.additive import AdditiveModel, Matrix
from semrec.rank.commonness import Commonness
from semrec.rank.pair_features import NAMES, SIGNS
from semrec.rank.reading import Reader
from semrec.rank.relevance import ASSET, Relevance
from semrec.rank.training_pairs import Pair, Product, from_titles, structured
from semrec.text.normalise import normalise

ASSETS = Path(__file__).parent / "assets"
SEED, QUERIES, TITLES, BACKGROUND, PENALTY = 7, 30_000, 450, 40, 5.0
THIRD = 3
COUNTS = {"hard": 2.0}
"""Pairs written by hand count twice: they are what the model is for."""
Floats: TypeAlias = NDArray[np.float64]
Figures: TypeAlias = dict[str, dict[str, float]]


def read_products(path: Path) -> list[Product]:
    """Products with a category from JSON lines of openbg-products."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Product(row["title"], row["brand"] or "", row["subcategory"], row["attributes"])
        for row in rows
        if row.get("subcategory")
    ]


def read_titles(path: Path) -> dict[str, str]:
    """The titles of a catalog in csv, by item."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["item_id"]: row["title"] for row in csv.DictReader(file)}


def read_hard(path: Path) -> list[Pair]:
    """Pairs written by hand."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Pair(row["query"], row["title"], int(row["label"]), "hard") for row in rows]


def read_log(path: Path, log: Sequence[str], titles: Mapping[str, str]) -> list[Pair]:
    """Judged pairs of a logged query and an item."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Pair(log[int(row["line"])], titles[row["item_id"]], int(row["label"]), "log")
        for row in rows
    ]


def held_out(pairs: Sequence[Pair]) -> NDArray[np.bool_]:
    """A third of the pairs: by query, the same in every run."""
    return np.array([zlib.crc32(pair.query.encode()) % THIRD == 0 for pair in pairs])


def even_weights(pairs: Sequence[Pair], learnt: NDArray[np.bool_]) -> Floats:
    """Each way of making pairs counts alike, and right and wrong ones alike within it."""
    groups = [(pair.way, pair.label) for pair in pairs]
    weights = np.zeros(len(pairs))
    for group in set(groups):
        members = np.array([own == group for own in groups]) & learnt
        if members.any():
            weights[members] = COUNTS.get(group[0], 1.0) / members.sum()
    found: Floats = weights / weights.sum() * learnt.sum()
    return found


def learn(features: Matrix, pairs: Sequence[Pair], learnt: NDArray[np.bool_]) -> AdditiveModel:
    """Fit to some of the pairs."""
    labels = np.array([pair.label for pair in pairs], dtype=np.float64)
    weights = even_weights(pairs, learnt)
    kept = np.flatnonzero(learnt)
    return additive.fit(
        features[kept], labels[kept], SIGNS, sample_weights=weights[kept], penalty=PENALTY
    )


def figures(model: AdditiveModel, features: Matrix, pairs: Sequence[Pair]) -> Figures:
    """AUC and calibration error of each way's pairs."""
    said = model.probabilities(features)
    found: Figures = {}
    for way in dict.fromkeys(pair.way for pair in pairs):
        part = np.array([pair.way == way for pair in pairs])
        right = np.array([pair.label == 1 for pair in pairs])[part]
        if right.any() and not right.all():
            found[way] = {
                "pairs": int(part.sum()),
                "auc": round(float(auc(said[part][None], right[None])[0]), 3),
                "ece": round(calibration_error(said[part], right), 3),
            }
    return found


def make_pairs(
    data: Path, hard: Path, judged: Path, encoder: Encoder
) -> tuple[list[Pair], Relevance, Commonness]:
    """All pairs, and what computes their features."""
    catalog = read_titles(data / "product-search/catalog.csv")
    titles = list(catalog.values())
    products = read_products(data / "openbg-products/products.jsonl")
    log = (data / "product-search/query_log.txt").read_text(encoding="utf-8").splitlines()
    texts = [*titles, *(product.title for product in products), *log[:QUERIES]]
    common = Commonness.count(normalise(text) for text in texts)
    vectors = encoder.encode_items(titles)
    reader, rng = Reader(), random.Random(SEED)
    pairs = list(structured(products, encoder.encode_items([p.title for p in products]), rng))
    pairs += from_titles(titles, vectors, reader, rng, TITLES)
    pairs += [*read_log(judged, log, catalog), *read_hard(hard)]
    return pairs, Relevance(encoder, vectors[::BACKGROUND], reader=reader, common=common), common


def main(arguments: Sequence[str] | None = None) -> None:
    """Make pairs, fit, measure, fit to all, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with openbg-products and product-search")
    parser.add_argument("--hard", type=Path, required=True, help="pairs written by hand")
    parser.add_argument("--log", type=Path, required=True, help="judged pairs of log and catalog")
    parser.add_argument("-o", "--output", type=Path, default=ASSETS)
    options = parser.parse_args(arguments)

    encoder = load_encoder(Config().embed)
    pairs, relevance, common = make_pairs(options.data, options.hard, options.log, encoder)
    features = relevance.features_of([(pair.query, pair.title) for pair in pairs])
    aside = held_out(pairs)
    others = [pair for pair, out in zip(pairs, aside, strict=True) if out]
    measured = figures(learn(features, pairs, ~aside), features[aside], others)
    for way, values in measured.items():
        print(way, values)
    model = learn(features, pairs, np.ones(len(pairs), dtype=np.bool_))
    print({name: round(float(w), 2) for name, w in zip(NAMES, model.weights, strict=True)})
    write(options.output, model, common, len(pairs), measured)


def write(
    folder: Path, model: AdditiveModel, common: Commonness, count: int, measured: Figures
) -> None:
    """The weights and where they come from."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {**common.arrays(), **model.arrays()}
    np.savez_compressed(folder / ASSET, **arrays)
    provenance = {
        "file": ASSET,
        "what": "weights of an additive model over features of query and title; how common grams "
        "are (hashes and counts, no text)",
        "command": "python -m semrec.rank.train_relevance DATA --hard tests/rank/hard_pairs.tsv "
        "--log tests/rank/log_pairs.csv",
        "data": "pairs made from openbg-products and product-search titles (training_pairs.py), "
        "634 pairs of log and catalog judged by hand, 274 pairs written by hand",
        "encoder": Config().embed.model,
        "seed": SEED,
        "pairs": count,
        "a third of the queries held out": measured,
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=2) + "\n"
    (folder / ASSET).with_suffix(".provenance.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
