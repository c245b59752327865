"""Makes slips up, and learns from them how to weigh what speaks for and against an edit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.text.pinyin import readings
from semrec.text.spelling import MAX_LENGTH, Speller, fold
from semrec.text.spelling_confusion import SUBSTITUTIONS
from semrec.text.spelling_edits import HAN
from semrec.text.spelling_features import NAMES
from semrec.text.spelling_latin import LATIN_RUN
from semrec.text.spelling_slips import Slip

Floats = NDArray[np.float64]

_SHARES = {
    Slip.HOMOPHONE: 20,
    Slip.HOMOPHONE_WORD: 8,
    Slip.NEAR_HOMOPHONE: 8,
    Slip.SHAPE: 14,
    Slip.MISSING: 10,
    Slip.MISSING_END: 12,
    Slip.DOUBLED: 8,
    Slip.REPEATED: 3,
    Slip.REPEATED_WORD: 2,
    Slip.LEFTOVER: 4,
    Slip.SWAPPED: 6,
    Slip.EXTRA: 3,
    Slip.PINYIN: 5,
}
# Only some queries hold Latin letters at all.
_LATIN_SHARE = 0.4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Most queries are right: what is unharmed weighs more, and must stay so.
_CLEAN_WEIGHT = 3.0
_RIDGE = 1.0


@dataclass(frozen=True)
class Example:
    """A query, the features of its edits, and which of them lead to what was meant (maybe none)."""

    slip: Slip | None
    evidence: NDArray[np.float32]
    right: NDArray[np.bool_]


def harmed(query: str, speller: Speller, rng: random.Random) -> tuple[str, Slip] | None:
    """The folded query with one slip, and which; None if that slip is impossible there."""
    slip = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
    if LATIN_RUN.search(query) and rng.random() < _LATIN_SHARE:
        slip = Slip.LATIN
    han = [at for at, char in enumerate(query) if HAN.match(char)]
    if slip is Slip.LATIN:
        return _mistyped(query, speller, rng)
    if len(han) < 3:
        return None
    at = rng.choice(han)
    front, char, rest = query[:at], query[at], query[at + 1 :]
    after = rest[:1]
    if slip in SUBSTITUTIONS:
        found = speller.confused.of(ord(char))
        kind = SUBSTITUTIONS.index(slip)
        options = speller.confused.targets[found][speller.confused.kinds[found] == kind]
        made = front + _usual(options.tolist(), rng) + rest if len(options) else None
    elif slip is Slip.HOMOPHONE_WORD:
        heard = list(speller.words.homophones(query))
        made = rng.choice(heard).applied(query) if heard else None
    elif slip is Slip.SWAPPED:
        made = front + after + char + rest[1:] if HAN.match(after) else None
    elif slip is Slip.MISSING_END:
        made = query[:-1] if han[-1] == len(query) - 1 else None
    elif slip is Slip.PINYIN:
        two = [readings(c) for c in (char, after) if HAN.match(c)]
        made = front + "".join(r[0] for r in two) + rest[1:] if len(two) == 2 and all(two) else None
    else:
        made = {
            Slip.MISSING: front + rest if rest else None,
            Slip.DOUBLED: front + char + char + rest,
            Slip.REPEATED: char + front + char + rest,
            Slip.REPEATED_WORD: f"{query[-2:]} {query}" if " " not in query[-3:] else None,
            Slip.LEFTOVER: query + rng.choice(_LETTERS),
            Slip.EXTRA: front + query[rng.choice(han)] + char + rest,
        }[slip]
    return (made, slip) if made is not None and made != query else None


def _usual(options: Sequence[int], rng: random.Random) -> str:
    """One of the characters; who types picks usual ones, which stand first (Zipf)."""
    return chr(rng.choices(options, [1 / rank for rank in range(2, len(options) + 2)])[0])


def _mistyped(query: str, speller: Speller, rng: random.Random) -> tuple[str, Slip] | None:
    words = [w for w in LATIN_RUN.findall(query) if len(w) > 3 and w in speller.latin]
    if not words:
        return None
    word = rng.choice(words)
    at = rng.randrange(1, len(word))
    wrong = rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + rng.choice(_LETTERS) + word[at + 1 :],
            word[:at] + rng.choice(_LETTERS) + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        ]
    )
    return (query.replace(word, wrong, 1), Slip.LATIN) if wrong != word else None


def examples(
    queries: Sequence[str], speller: Speller, seed: int, *, chosen: bool = False
) -> Iterator[Example]:
    """Each query as it is, and with a slip.

    Args:
        queries: right queries that the speller has not seen.
        speller: gives edits and features; its weights do not matter.
        seed: for the slips.
        chosen: only the edits that the speller chooses, judged as words as well.
    """
    rng = random.Random(seed)
    for query in (fold(" ".join(q.split())) for q in queries):
        if not 0 < len(query) < MAX_LENGTH:
            continue
        yield _example(query, query, None, speller, chosen=chosen)
        if (slipped := harmed(query, speller, rng)) is not None:
            yield _example(slipped[0], query, slipped[1], speller, chosen=chosen)


def _example(
    typed: str, meant: str, slip: Slip | None, speller: Speller, *, chosen: bool
) -> Example:
    evidence, right = [np.zeros((0, len(NAMES) + chosen), dtype=np.float32)], []
    if chosen:
        few, values = speller.chosen(typed)
        evidence.append(values)
        right = [edit.applied(typed) == meant for edit in few]
    else:
        for edits, values in speller.candidates(typed):
            evidence.append(values)
            right += [edits.edit(at).applied(typed) == meant for at in range(len(edits))]
    all_right = np.array(right, dtype=bool) & (slip is not None)
    return Example(slip, np.concatenate(evidence), all_right)


def learn_weights(made: Sequence[Example]) -> NDArray[np.float32]:
    """Weights that make what was meant likeliest (conditional maximum likelihood, ridge).

    Examples whose right edit is not among the candidates teach nothing and are left out.
    """
    from scipy.optimize import minimize

    used = [e for e in made if len(e.right) and (e.slip is None or e.right.any())]
    evidence = np.concatenate([e.evidence for e in used]).astype(np.float64)
    right = np.concatenate([e.right for e in used])
    sizes = [len(e.right) for e in used]
    of = np.repeat(np.arange(len(used)), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    clean = np.array([e.slip is None for e in used])
    importance = np.where(clean, _CLEAN_WEIGHT, 1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = evidence @ weights
        top = np.maximum(np.maximum.reduceat(scores, starts), 0)
        odds, none = np.exp(scores - top[of]), np.exp(-top)
        total = np.add.reduceat(odds, starts) + none
        good = np.add.reduceat(odds * right, starts) + none * clean
        value = -(importance * np.log(good / total)).sum() + _RIDGE * (weights @ weights) / 2
        pull = np.where(right, odds / good[of], 0) - odds / total[of]
        return float(value), _RIDGE * weights - evidence.T @ (pull * importance[of])

    start = np.where(np.arange(evidence.shape[1]) < len(Slip), -5.0, 0.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    weights: NDArray[np.float32] = found.x.astype(np.float32)
    return weights
