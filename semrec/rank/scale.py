"""How probable a candidate is, by what its signals say together: two numbers, fitted by shop.

``logit p = base + swing · Σ w_s (x_s − m_s)`` (Platt 1999): a monotone map, so that it changes no
order. With the clicks of a shop ``p`` is the probability that a hit among the first ten is what is
clicked, without them that it is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.rank import additive
from semrec.types import Scores

Floats = NDArray[np.float64]
_LEAST_SWING = 0.5


@dataclass(frozen=True)
class Scale:
    """A fitted scale.

    Attributes:
        base: log-odds of a candidate that nothing is known of, or of which words and meaning say
            half of what they say of the best.
        swing: log-odds between the least and the most that a signal of weight 1 says.
    """

    base: float
    swing: float

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What :meth:`from_arrays` takes."""
        return {"base": np.array(self.base), "swing": np.array(self.swing)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Scale:
        """The same again."""
        return cls(*(float(arrays[name].astype(np.float64)) for name in ("base", "swing")))


GENERAL = Scale(base=-4.0, swing=4.0)
"""Fitted to graded titles of a query log (calibration error .03 over the titles that were graded,
which stood high in one leg); for shops without clicks."""


def fit(said: Sequence[Scores], right: Sequence[Floats]) -> Scale:
    """The scale of some questions.

    Args:
        said: per question ``Σ w_s (x_s − m_s)`` of its first hits, shape ``(n,)``.
        right: which of them were taken, 1 or 0, shape ``(n,)``.
    """
    sums = np.concatenate(said)[:, None].astype(np.float32)
    model = additive.fit(sums, np.concatenate(right), {"said": 1}, penalty=1e-6)
    swing = float(model.weights[0] / model.scales[0])
    base = float(model.bias - swing * model.means[0])
    # Clicks that the signals tell nothing of would make all items of a list alike.
    return Scale(base, swing) if swing >= _LEAST_SWING else GENERAL
