"""Slips that are made up teach how edits are chosen, real ones how the chosen are judged."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from semrec.text.pinyin import readings
from semrec.text.spelling import MAX_LENGTH, Speller, fold
from semrec.text.spelling_confusion import SUBSTITUTIONS
from semrec.text.spelling_edits import HAN
from semrec.text.spelling_features import NAMES
from semrec.text.spelling_general import General
from semrec.text.spelling_judge import Example
from semrec.text.spelling_latin import LATIN_RUN
from semrec.text.spelling_memory import SlipMemory
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
_FOLDS = 5
_MADE_UP = 400
"""Queries of each fold that slips are made up in."""


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


def examples(queries: Sequence[str], speller: Speller, seed: int) -> Iterator[Example]:
    """Each query as it is, and with a slip, with all edits that the characters allow.

    Args:
        queries: right queries that the speller has not seen.
        speller: gives edits and features; its weights do not matter.
        seed: for the slips.
    """
    for typed, meant in _slipped(queries, speller, seed):
        evidence, right = [np.zeros((0, len(NAMES)), dtype=np.float32)], []
        for edits, values in speller.candidates(typed):
            evidence.append(values)
            right += [edits.edit(at).applied(typed) == meant for at in range(len(edits))]
        is_right = np.array(right, dtype=bool) & (typed != meant)
        yield Example(typed == meant, np.concatenate(evidence), is_right)


def cross_fitted(
    titles: Sequence[str],
    queries: Sequence[str],
    words: Sequence[str],
    slips: Sequence[tuple[str, str]],
    base: General,
    seed: int = 0,
) -> tuple[list[Example], list[Example]]:
    """Labelled queries as spellers see them that know what was meant by most others, not by them.

    Some slips are too rare in a log to be learned from it (lanya for 蓝牙). So that they are known
    as well, slips are made up in some queries that the spellers do not know either.

    Args:
        titles, words: what the language is learned from, beside queries.
        queries: without labels.
        slips: queries with what was meant, both the same where a query is right.
        base: the statistics that the shop's are added to, with weights.
        seed: of the folds.

    Returns:
        One example for each of ``slips``, in their order; and those made up.
    """
    fold_of = np.random.default_rng(seed).permutation(len(slips)) % _FOLDS
    found: dict[int, Example] = {}
    made_up: list[Example] = []
    for fold_number in range(_FOLDS):
        apart = np.flatnonzero(fold_of == fold_number).tolist()
        others = [slips[at] for at in np.flatnonzero(fold_of != fold_number).tolist()]
        knowing = replace(base, memory=remembered(others))
        unknown = slice(fold_number * _MADE_UP, (fold_number + 1) * _MADE_UP)
        known = [*queries[: unknown.start], *queries[unknown.stop :]]
        speller = Speller.build(titles, [*known, *(meant for _, meant in others)], words, knowing)
        found.update(zip(apart, labelled([slips[at] for at in apart], speller), strict=True))
        made_up += labelled(_slipped(queries[unknown], speller, seed + fold_number), speller)
    return [found[at] for at in range(len(slips))], made_up


def _slipped(queries: Sequence[str], speller: Speller, seed: int) -> Iterator[tuple[str, str]]:
    """Each query as it is, and with a slip."""
    rng = random.Random(seed)
    for query in map(_plain, queries):
        if 0 < len(query) < MAX_LENGTH:
            yield query, query
            if (slipped := harmed(query, speller, rng)) is not None:
                yield slipped[0], query


def remembered(slips: Sequence[tuple[str, str]]) -> SlipMemory:
    """What labelled queries tell of slips that are made again."""
    return SlipMemory.of((_plain(typed), _plain(meant)) for typed, meant in slips)


def labelled(pairs: Iterable[tuple[str, str]], speller: Speller) -> Iterator[Example]:
    """Real queries with what was meant, both the same where a query is right; for the judged edits.

    Where no single edit leads to what was meant, those that lead nearer are right.

    Args:
        pairs: what was typed, unknown to the speller, and what was meant.
        speller: gives edits and features; the weights by which it judges do not matter.
    """
    for typed, meant in ((_plain(typed), _plain(meant)) for typed, meant in pairs):
        edits, evidence = speller.chosen(typed)
        results = [_plain(edit.applied(typed)) for edit in edits]
        right = np.array([typed != meant == after for after in results], dtype=bool)
        if typed != meant and not right.any():
            far = distance(typed, meant)
            right = np.array([distance(after, meant) < far for after in results], dtype=bool)
        yield Example(typed == meant, evidence, right)


def _plain(text: str) -> str:
    return fold(" ".join(text.split()))


def distance(one: str, other: str) -> int:
    """Characters that must be put in, left out or replaced (Levenshtein 1966).

    >>> distance("经阳茯茶", "泾阳茯砖茶")
    2
    """
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, start=1):
        corner, row[0] = row[0], i
        for j, there in enumerate(other, start=1):
            changed = corner + (char != there)
            corner = row[j]
            row[j] = min(changed, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def learn_weights(
    made: Sequence[Example], clean_weight: float = _CLEAN_WEIGHT, ridge: float = _RIDGE
) -> NDArray[np.float32]:
    """Weights that make what was meant likeliest (conditional maximum likelihood, ridge).

    Examples whose right edit is not among the candidates teach nothing and are left out.

    Args:
        made: the examples.
        clean_weight: what a query without a slip counts, one with a slip counting 1.
        ridge: how strongly the weights are pulled to zero.
    """
    from scipy.optimize import minimize

    used = [each for each in made if each.teaches]
    evidence = np.concatenate([e.evidence for e in used]).astype(np.float64)
    right = np.concatenate([e.right for e in used])
    sizes = [len(e.right) for e in used]
    of = np.repeat(np.arange(len(used)), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    clean = np.array([e.clean for e in used])
    importance = np.where(clean, clean_weight, 1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = evidence @ weights
        top = np.maximum(np.maximum.reduceat(scores, starts), 0)
        odds, none = np.exp(scores - top[of]), np.exp(-top)
        total = np.add.reduceat(odds, starts) + none
        good = np.add.reduceat(odds * right, starts) + none * clean
        value = -(importance * np.log(good / total)).sum() + ridge * (weights @ weights) / 2
        pull = np.where(right, odds / good[of], 0) - odds / total[of]
        return float(value), ridge * weights - evidence.T @ (pull * importance[of])

    # Nothing is a slip, to begin with.
    start = np.where(np.arange(evidence.shape[1]) < len(Slip), -5.0, 0.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    weights: NDArray[np.float32] = found.x.astype(np.float32)
    return weights
