"""One calibrated score: what each signal says, in log-odds, added up.

``logit p = base + Σ strength · weight · clip(logit p_s(x_s) − base_s, ±bound)``

``p_s`` is the signal's own calibrated map (``calibrate``) and ``base_s`` the log-odds of a right
candidate in the samples it was fitted on, so that each term is a log-likelihood ratio: evidence
for or against, nought where a signal is silent. Signals overlap (words and meaning find the same
items); the weights, fitted by logistic regression with no negative ones, take that back. No signal
moves the log-odds by more than ``weight · bound``, whatever it says.

Signals without a scale of their own are stretched over the candidates first, as in ``blend``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument, shorten
from semrec.rank import additive, calibrate
from semrec.rank.blend import STRETCHED, stretch
from semrec.rank.calibrate import Calibration, Platt
from semrec.types import Hits, Scores

BOUND = 4.0
"""Log-odds: what one signal may say at most, before its weight; e⁴ is 55 to 1."""
_ONE: Mapping[str, float] = {}


@dataclass(frozen=True)
class Voice:
    """One signal in the blend.

    Attributes:
        calibration: from the stretched signal to log-odds.
        base: log-odds of a right candidate among the samples.
        weight: how much of what it says is counted, 0 or more.
    """

    calibration: Calibration
    base: float
    weight: float

    def evidence(self, scaled: Scores) -> NDArray[np.float64]:
        """Weighted log-likelihood ratios, 0 where the signal is silent; shape as ``scaled``."""
        odds = self.calibration.log_odds(scaled) - self.base
        bounded: NDArray[np.float64] = np.clip(np.nan_to_num(odds, nan=0.0), -BOUND, BOUND)
        return self.weight * bounded


BEHAVIOUR: Mapping[str, Voice] = {
    "popularity": Voice(Platt(2.4, -6.0), -4.9, 0.65),
    "user": Voice(Platt(3.9, -5.55), -4.9, 0.22),
    "content": Voice(Platt(4.9, -7.6), -5.0, 0.1),
    "session": Voice(Platt(3.2, 0.0), 0.0, 1.0),
}
"""What behaviour says where a shop has no search clicks: pseudo-queries know no behaviour. Fitted
to search clicks of the sample shop."""


@dataclass(frozen=True)
class LogOddsBlend:
    """A fitted blend.

    Attributes:
        voices: by signal.
        base: log-odds of a candidate that nothing is known of.
    """

    voices: Mapping[str, Voice]
    base: float

    def contributions(self, hits: Hits, strength: Mapping[str, float] = _ONE) -> dict[str, Scores]:
        """What each signal adds to each candidate's log-odds; with ``base`` they sum to them.

        Args:
            hits: candidates with complete signals.
            strength: signal → share of its weight that counts here (see ``personal``); 1 if absent.

        Returns:
            Signal → shape ``(n,)``, float32; only signals of the blend that say something.
        """
        return {
            name: (strength.get(name, 1.0) * voice.evidence(scaled(hits, name))).astype(np.float32)
            for name, voice in self.voices.items()
            if name in hits.signals and not np.isnan(hits.signals[name]).all()
        }

    def with_voices(self, others: Mapping[str, Voice]) -> LogOddsBlend:
        """The same blend, with other voices for signals that it has none for."""
        return LogOddsBlend({**others, **self.voices}, self.base)

    def bound(self, name: str) -> float:
        """How far one signal can move the log-odds either way."""
        return BOUND * self.voices[name].weight

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What :meth:`from_arrays` takes."""
        found: dict[str, NDArray[np.generic]] = {
            "base": np.array(self.base),
            "signals": np.array(list(self.voices)),
            "bases": np.array([voice.base for voice in self.voices.values()]),
            "weights": np.array([voice.weight for voice in self.voices.values()]),
        }
        for name, voice in self.voices.items():
            found |= {f"{name}.{key}": v for key, v in voice.calibration.arrays().items()}
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> LogOddsBlend:
        """The same again."""
        names = [str(name) for name in arrays["signals"]]
        bases, weights = arrays["bases"].astype(np.float64), arrays["weights"].astype(np.float64)
        voices = {}
        for i, name in enumerate(names):
            head = f"{name}."
            own = {k.removeprefix(head): v for k, v in arrays.items() if k.startswith(head)}
            calibration = calibrate.from_arrays(own)
            voices[name] = Voice(calibration, float(bases[i]), float(weights[i]))
        return cls(voices, float(arrays["base"].astype(np.float64)))


def scaled(hits: Hits, name: str) -> Scores:
    """A signal as the maps take it: stretched over the candidates if it has no scale of its own."""
    values = hits.signals[name]
    return stretch(values) if name in STRETCHED else values


def fit(
    samples: Sequence[tuple[Hits, NDArray[np.float64]]],
    kind: str = "isotonic",
    counts: Sequence[NDArray[np.float64]] | None = None,
) -> LogOddsBlend:
    """Fit maps and weights.

    Args:
        samples: per question its candidates and which of them are right (1) or not (0), shape
            ``(n,)``: pseudo-queries made from titles, or clicks.
        kind: of the maps; see ``calibrate.KINDS``.
        counts: per question how much each candidate counts, for clicks: see
            ``positions.inverse_propensities``. All alike by default.

    Raises:
        InvalidArgument: there is no sample, or no right or no wrong candidate in all of them.
    """
    if not samples:
        raise InvalidArgument(f"samples = {shorten(samples)}; legal: at least one question")
    labels = np.concatenate([right for _, right in samples])
    mass = np.ones(len(labels)) if counts is None else np.concatenate(counts)
    names = list(dict.fromkeys(name for hits, _ in samples for name in hits.signals))
    base = float(np.log((mass * labels).sum() + 1) - np.log((mass * (1 - labels)).sum() + 1))
    voices: dict[str, Voice] = {}
    evidence: dict[str, NDArray[np.float64]] = {}
    for name in names:
        values = np.concatenate([_or_silent(hits, name) for hits, _ in samples])
        known = ~np.isnan(values)
        right, wrong = (
            float((mass * labels)[known].sum()),
            float((mass * (1 - labels))[known].sum()),
        )
        if right <= 0 or wrong <= 0:
            continue  # nothing is to be learned from a signal that no right candidate has
        own = float(np.log(right + 1) - np.log(wrong + 1))
        voices[name] = Voice(calibrate.fit(values, labels, kind, mass), own, 1.0)
        evidence[name] = voices[name].evidence(values)
    if not evidence:
        raise InvalidArgument(
            f"{int((labels > 0).sum())} right of {len(labels)} candidates; legal: some right and "
            "some wrong"
        )
    matrix = np.stack(list(evidence.values()), axis=1).astype(np.float32)
    signs = dict.fromkeys(evidence, 1)
    model = additive.fit(matrix, labels, signs, sample_weights=mass, penalty=1e-3)
    weights = model.weights / model.scales
    weighted = {
        name: Voice(voice.calibration, voice.base, float(weight))
        for (name, voice), weight in zip(voices.items(), weights, strict=True)
    }
    shift = float(model.bias - np.sum(weights * model.means))
    return LogOddsBlend(weighted, shift if np.isfinite(shift) else base)


def _or_silent(hits: Hits, name: str) -> Scores:
    if name in hits.signals:
        return scaled(hits, name)
    return np.full(len(hits), np.nan, dtype=np.float32)
