"""What speaks for and against an edit of a query, as numbers for a log-linear model.

A noisy channel has two factors, language model and channel, each trusted fully. The log-linear
model (Och and Ney 2002) weighs them, and adds how well the n-grams over the edited place are
attested before and after: a low probability of an unusual but attested text is no slip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.text.spelling_counts import ORDER, PAD, Codes
from semrec.text.spelling_edits import Edits
from semrec.text.spelling_forms import ALIKE
from semrec.text.spelling_memory import REMEMBERED
from semrec.text.spelling_model import CONTEXT, CharacterModel, framed
from semrec.text.spelling_slips import Slip

NAMES = (
    *(slip.value for slip in Slip),
    "gain",
    "typed",
    *(f"best_{n}_before" for n in range(2, ORDER + 1)),
    *(f"best_{n}_after" for n in range(2, ORDER + 1)),
    "worst_2_before",
    "worst_2_after",
)
"""The features, one weight each: which slip it is, then the evidence."""
LOOKED_AT = (*NAMES, "words", "word_before", "word_after", *ALIKE)
"""The features of the few chosen edits: what they gain as words as well, how long the longest
dictionary word over the place is before and after, and how alike what was typed and what was meant
are in writing and sound."""
_AMONG = ("over_second", "behind_best", "words_behind_best", "length", "ascii")
"""How an edit stands among the others of its query, and what the query is like."""
JUDGED = (*LOOKED_AT, "word_by_sound", *REMEMBERED, *_AMONG)
"""All that an edit is judged by. An input method offers words only (童泰求医 for 童泰秋衣): where a
dictionary word is edited by sound, what was typed is no sign, and the context has to say more."""
_BY_SOUND = [
    LOOKED_AT.index(slip) for slip in (Slip.HOMOPHONE, Slip.HOMOPHONE_WORD, Slip.NEAR_HOMOPHONE)
]
_WORD_BEFORE, _GAIN, _WORDS = (LOOKED_AT.index(n) for n in ("word_before", "gain", "words"))
_FAR = -99.0


@dataclass(frozen=True)
class Query:
    """A query as the language model sees it.

    Attributes:
        codes: framed by edges and CONTEXT more positions of padding, shape ``(length,)``.
        counts: of the n-gram that ends at each position, shape ``(ORDER, length)``.
        sums: log-probability of all before each position, shape ``(length + 1,)``.
    """

    codes: Codes
    counts: NDArray[np.float32]
    sums: NDArray[np.float32]

    @classmethod
    def of(cls, text: str, model: CharacterModel) -> Query:
        """Look a folded text up."""
        codes = np.concatenate([framed(text), np.full(CONTEXT, PAD, dtype=np.int64)])
        counts = model.counts(codes[None])
        logs = model.log_probs(codes[None], counts)[0]
        return cls(codes, counts[:, 0], np.concatenate([[0], np.cumsum(logs)]).astype(np.float32))


def features(query: Query, edits: Edits, model: CharacterModel) -> NDArray[np.float32]:
    """The features of each edit, shape ``(len(edits), len(NAMES))``, all zero for "no edit"."""
    length = edits.codes.shape[1]
    reach = np.arange(CONTEXT)
    starts, stops = edits.starts + CONTEXT, edits.stops + CONTEXT
    before, after = query.codes[starts[:, None] - CONTEXT + reach], stops[:, None] + reach
    window = np.concatenate([before, edits.codes, query.codes[after]], axis=1)
    counts = model.counts(window)
    new = model.log_probs(window, counts)[:, CONTEXT:].sum(axis=1)
    old = query.sums[stops + CONTEXT] - query.sums[starts]
    typed = np.log((query.counts[0, starts] + 1) / (model.total + 1))
    columns = [*(edits.kinds == kind for kind in range(len(Slip)))]
    columns += [new - old, np.where(stops - starts == 1, typed, 0)]
    spans = (stops - starts)[:, None]
    attested_before, attested_after = [], []
    for n in range(2, ORDER + 1):
        # The n-grams over the place end between its first character and n - 1 after its last.
        ends = np.arange(length + n - 1)
        attested_after.append(np.log1p(counts[n - 1][:, CONTEXT + ends]))
        ends = np.arange(int(spans.max(initial=0)) + n - 1)
        at = np.minimum(starts[:, None] + ends, len(query.codes) - 1)
        covered = np.log1p(query.counts[n - 1][at])
        attested_before.append(np.where(ends < spans + n - 1, covered, np.nan))
    columns += [np.nanmax(found, axis=1) for found in attested_before]
    columns += [found.max(axis=1) for found in attested_after]
    columns += [np.nanmin(attested_before[0], axis=1), attested_after[0].min(axis=1)]
    return np.stack(columns, axis=1).astype(np.float32)


def judged(
    shape: str, looked_at: NDArray[np.float32], remembered: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The features of shape ``(edits, len(JUDGED))`` of a folded query's edits.

    Args:
        shape: the query.
        looked_at: shape ``(edits, len(LOOKED_AT))``.
        remembered: shape ``(edits, len(REMEMBERED))``.
    """
    by_sound = (looked_at[:, _WORD_BEFORE] > 0) & looked_at[:, _BY_SOUND].any(axis=1)
    gain, words = looked_at[:, _GAIN], looked_at[:, _WORDS]
    best, second = np.sort(np.append(gain, [_FAR, _FAR]))[:-3:-1]
    same = np.ones_like(gain)
    among = [gain - second if len(gain) > 1 else 0 * gain, best - gain]
    among += [words.max(initial=_FAR) - words, same * np.log(max(len(shape), 1))]
    among += [same * (sum(char.isascii() for char in shape) / max(len(shape), 1))]
    told = [looked_at, by_sound[:, None], remembered, np.stack(among, axis=1)]
    return np.concatenate(told, axis=1, dtype=np.float32)
