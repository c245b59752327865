"""A blend learnt from clicks by boosted trees; needs the extra ``learn`` (LightGBM).

LambdaMART, Burges 2010: trees whose gradients are the gain in nDCG of swapping two candidates.
More of a signal never lowers the score (monotone constraints), and a silent signal stays silent
(trees send it its own way). Clicks count by how unlikely their place was to be seen, see
``positions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument, MissingExtra, shorten
from semrec.rank.log_odds import scaled
from semrec.types import Hits, Scores, best_first

EXTRA = "learn"
_GRADES = 32
"""Labels are whole numbers; the largest weight of a click becomes this grade's gain."""


@dataclass(frozen=True)
class LambdaMart:
    """Fitted trees.

    Attributes:
        signals: names in the order of the trees' features.
        text: the trees in LightGBM's own text format.
    """

    signals: tuple[str, ...]
    text: str

    def blend(self, hits: Hits) -> Hits:
        """The same candidates ranked by the trees; scores have no scale of their own."""
        if not len(hits):
            return hits
        scores = self._trees.predict(_matrix(hits, self.signals))
        order = best_first(hits.rows, scores)
        return Hits(hits.rows, scores.astype(np.float32), hits.signals).take(order)

    def contributions(self, hits: Hits) -> dict[str, Scores]:
        """What each signal adds to each score, by Shapley values (Lundberg et al. 2020).

        With the entry ``base`` they sum to the score; each of shape ``(n,)``, float32.
        """
        parts = self._trees.predict(_matrix(hits, self.signals), pred_contrib=True)
        names = (*self.signals, "base")
        return {name: parts[:, i].astype(np.float32) for i, name in enumerate(names)}

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What :meth:`from_arrays` takes."""
        return {"signals": np.array(self.signals), "text": np.array(self.text)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> LambdaMart:
        """The same again."""
        return cls(tuple(str(name) for name in arrays["signals"]), str(arrays["text"]))

    @cached_property
    def _trees(self) -> Any:
        return _lightgbm().Booster(model_str=self.text)


def fit(
    samples: Sequence[tuple[Hits, NDArray[np.float64]]],
    counts: Sequence[NDArray[np.float64]] | None = None,
    *,
    trees: int = 100,
    leaves: int = 7,
    seed: int = 0,
) -> LambdaMart:
    """Fit to questions with clicks.

    Args:
        samples: per question its candidates and which were clicked (1) or not (0), shape ``(n,)``.
        counts: per question the weight of each click, shape ``(n,)``; all alike by default.
        trees: how many.
        leaves: most leaves of a tree.
        seed: of the trees.

    Raises:
        InvalidArgument: there is no sample.
        MissingExtra: LightGBM is not installed.
    """
    if not samples:
        raise InvalidArgument(f"samples = {shorten(samples)}; legal: at least one question")
    lightgbm = _lightgbm()
    names = tuple(dict.fromkeys(name for hits, _ in samples for name in hits.signals))
    gains = [right * (1.0 if counts is None else counts[i]) for i, (_, right) in enumerate(samples)]
    top = max(max(float(gain.max(initial=0.0)) for gain in gains), 1e-9)
    grades = np.concatenate([np.ceil(gain / top * (_GRADES - 1)) for gain in gains]).astype(int)
    data = lightgbm.Dataset(
        np.concatenate([_matrix(hits, names) for hits, _ in samples]),
        grades,
        group=[len(hits) for hits, _ in samples],
        feature_name=[f"s{i}" for i in range(len(names))],
    )
    settings = {
        "objective": "lambdarank",
        "label_gain": np.arange(_GRADES).tolist(),
        "num_leaves": leaves,
        "learning_rate": 0.1,
        "min_data_in_leaf": 20,
        "monotone_constraints": [1] * len(names),
        "deterministic": True,
        "seed": seed,
        "num_threads": 1,
        "verbosity": -1,
    }
    fitted = lightgbm.train(settings, data, num_boost_round=trees)
    return LambdaMart(names, str(fitted.model_to_string()))


def _matrix(hits: Hits, names: Sequence[str]) -> NDArray[np.float32]:
    """Signals on their common scale, shape ``(n, signals)``, NaN where one is silent."""
    silent = np.full(len(hits), np.nan, dtype=np.float32)
    columns = [scaled(hits, name) if name in hits.signals else silent for name in names]
    return np.stack(columns, axis=1).astype(np.float32)


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError:
        raise MissingExtra(EXTRA, "lightgbm") from None
    return lightgbm
