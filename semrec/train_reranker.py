"""Train the student reranker that comes with the package.

``python -m semrec.train_reranker DATA --grades tests/rank/log_grades.csv`` builds an index of
product-search twice, with the student and with the teacher on the side of the items; asks it the
graded lines of the query log; prints nDCG@10 before and after over five folds of the queries; then
learns from all and writes the weights with their provenance.

Grades: ``line, item_id, grade``: a line of the query log (from 0), an item, and 3 what was asked,
2 the right kind of product with another condition, 1 related, 0 neither.
"""

from __future__ import annotations

import argparse
import csv
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.engine import Engine
from semrec.evaluate.probability import calibration_error
from semrec.rank.additive import AdditiveModel, Matrix
from semrec.rank.pairwise import fit_order
from semrec.rank.relevance import Relevance
from semrec.rank.reread import ASSET, SIGNS, FeatureReranker
from semrec.types import Scores

ASSETS = Path(__file__).parent / "rank" / "assets"
FOLDS, K, DEPTH, WITHIN, BACKGROUND = 5, 10, 400, 50, 500
GAINS = np.array([0.0, 0.0, 0.3, 3.0])
"""What a grade is worth in the order; half a match is worth a tenth of a match."""
RIGHTS = np.array([0.0, 0.05, 0.5, 1.0])
"""How right a grade is, as a probability."""
SHOWN = np.array([0.0, 0.0, 1.0, 3.0])
"""The gains of the nDCG that is printed, as in ``bench_grades``."""
SIDES = ("student", "student+teacher", "teacher")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One graded query: features and grades of its titles, and which of them are reranked."""

    query: str
    features: Matrix
    grades: NDArray[np.int64]
    reread: NDArray[np.bool_]


def read_grades(path: Path, log: Sequence[str]) -> dict[str, dict[str, int]]:
    """Query → item → grade."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[log[int(row["line"])]][row["item_id"]] = int(row["grade"])
    return dict(found)


def ask(
    engine: Engine, reranker: FeatureReranker, graded: Mapping[str, Mapping[str, int]]
) -> list[Asked]:
    """Ask an engine the graded queries; titles that it does not find are left out."""
    found = []
    for query, grades in graded.items():
        hits = [hit for hit in engine.search(query, k=DEPTH) if hit.item_id in grades]
        if hits:
            scores: Scores = np.array([hit.score for hit in hits], dtype=np.float32)
            rows = reranker.features(query, [hit.title for hit in hits], scores)
            own = np.array([grades[hit.item_id] for hit in hits])
            found.append(Asked(query, rows, own, np.array([hit.rank <= WITHIN for hit in hits])))
    return found


def learn(asked: Sequence[Asked]) -> AdditiveModel:
    """The model of some graded queries."""
    return fit_order(
        [each.features for each in asked],
        [GAINS[each.grades] for each in asked],
        [RIGHTS[each.grades] for each in asked],
        SIGNS,
    )


def cross_validated(groups: Mapping[str, Sequence[Asked]]) -> dict[str, dict[str, float]]:
    """nDCG@10 before and after for each group, over queries that no weight was learned from."""
    found: dict[str, dict[str, float]] = {}
    for name in groups:
        found[name] = {}
        said: dict[str, list[float]] = defaultdict(list)
        likely, right = [], []
        for fold in range(FOLDS):
            learnt = [a for group in groups.values() for a in group if _fold(a.query) != fold]
            model = learn(learnt)
            for each in groups[name]:
                if _fold(each.query) != fold:
                    continue
                read = model.probabilities(each.features)
                likely.append(read)
                right.append(each.grades >= 2)
                _judge(said, each, np.where(each.reread, 1.0 + read, each.features[:, 0]))
        found[name] = {key: round(float(np.mean(values)), 4) for key, values in said.items()}
        error = calibration_error(np.concatenate(likely), np.concatenate(right))
        found[name]["calibration error"] = round(float(error), 3)
    return found


def _judge(said: dict[str, list[float]], each: Asked, after: Floats) -> None:
    """Note the figures of one query, before and after."""
    exact = (each.grades == 3).astype(np.float64)
    for label, gains in (("graded", SHOWN[each.grades]), ("exact", exact)):
        if gains.any():
            said[f"{label} before"].append(_ndcg(each.features[:, 0], gains))
            said[f"{label} after"].append(_ndcg(after, gains))


def _fold(query: str) -> int:
    return zlib.crc32(query.encode()) % FOLDS


def _ndcg(scores: Floats | Scores, gains: Floats) -> float:
    discounts = 1 / np.log2(np.arange(2, K + 2))
    found, ideal = gains[np.argsort(-scores, kind="stable")][:K], np.sort(gains)[::-1][:K]
    return float(found @ discounts[: len(found)] / (ideal @ discounts[: len(ideal)]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, learn, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with product-search")
    parser.add_argument("--grades", type=Path, required=True, help="graded titles of the log")
    parser.add_argument("-o", "--output", type=Path, default=ASSETS)
    options = parser.parse_args(arguments)

    folder = options.data / "product-search"
    log = (folder / "query_log.txt").read_text(encoding="utf-8").splitlines()
    graded = read_grades(options.grades, log)
    groups: dict[str, list[Asked]] = {}
    for sides in SIDES:
        engine = Engine.build(folder / "catalog.csv", config={"embed": {"sides": sides}})
        groups[sides] = ask(engine, FeatureReranker(_reading(engine)), graded)
    measured = cross_validated(groups)
    for sides, figures in measured.items():
        print(sides, figures)
    model = learn([each for group in groups.values() for each in group])
    weights = zip(model.names, model.weights, strict=True)
    print({name: round(float(weight), 2) for name, weight in weights})
    write(options.output, model, len(graded), measured)


def _reading(engine: Engine) -> Relevance:
    """What reads pairs as the engine does: by the packaged student."""
    student = engine.encoders.of("student")
    titles = engine.shop.catalog.texts("title")
    rows = np.linspace(0, len(titles) - 1, min(BACKGROUND, len(titles))).astype(np.int64)
    return Relevance(student, student.encode_items([titles[row] for row in rows]))


def write(
    folder: Path, model: AdditiveModel, queries: int, measured: Mapping[str, Mapping[str, float]]
) -> None:
    """The weights and where they come from."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = dict(model.arrays())
    np.savez(folder / ASSET, **arrays)
    provenance = {
        "file": ASSET,
        "what": "weights of an additive model of order over the blend's score and features of "
        "query and title",
        "command": "python -m semrec.train_reranker DATA --grades tests/rank/log_grades.csv",
        "data": f"titles of product-search, graded by reading for {queries} lines of its query log",
        "sides": list(SIDES),
        "nDCG@10, five folds of the queries": measured,
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=2) + "\n"
    (folder / ASSET).with_suffix(".provenance.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
