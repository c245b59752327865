"""BM25 over several fields, with exact scores for any candidate.

Each term's contribution to each item is computed once, at build time, so that a query only adds
up numbers (the idea of Lù 2024, "BM25S"). Fields are combined as in BM25F (Zaragoza et al. 2004,
"Microsoft Cambridge at TREC 13"): with ``c`` the count of term t in field f of item d,

    tf(t, d)    = Σ_f  w_f · c / (1 - b + b · length_f(d) / mean length_f)
    score(t, d) = ln(1 + (N - df(t) + ½) / (df(t) + ½)) · tf · (k1 + 1) / (k1 + tf)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.config import LexicalConfig
from semrec.index.topk import top_k
from semrec.index.vocabulary import Vocabulary
from semrec.progress import track
from semrec.types import Hits, Mask, Rows, Scores

Terms = Callable[[str], list[str]]


class LexicalIndex:
    """An inverted index of precomputed BM25 contributions; the query is a list of terms.

    Args:
        vocabulary: the terms.
        starts: where the items of each term start, shape ``(terms + 1,)``, int64.
        items: row numbers, ascending within a term, shape ``(postings,)``, int32.
        impacts: contribution of the term to the item's score, shape ``(postings,)``, float32.
        count: number of items.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        starts: NDArray[np.int64],
        items: NDArray[np.int32],
        impacts: NDArray[np.float32],
        count: int,
    ) -> None:
        self.vocabulary = vocabulary
        self.starts = starts
        self.items = items
        self.impacts = impacts
        self.count = count

    @classmethod
    def build(
        cls, fields: Mapping[str, Sequence[str]], terms: Terms, config: LexicalConfig
    ) -> LexicalIndex:
        """Index the items' fields.

        Args:
            fields: field name → one text an item; fields without a weight in the config are
                left out.
            terms: cuts a text into terms.
            config: k1, b and the weight of each field.
        """
        weights = {name: w for name, w in config.fields.items() if name in fields and w > 0}
        count = len(next(iter(fields.values()), ()))
        numbers: dict[str, int] = {}
        counts = [
            (weight, _count(fields[name], terms, numbers, f"segmenting {name}"))
            for name, weight in weights.items()
        ]
        tf = sparse.csr_matrix((count, len(numbers)), dtype=np.float32)
        for weight, matrix in counts:
            matrix.resize(tf.shape)
            tf = tf + _length_normalised(matrix, config.b) * weight
        by_term = _sorted_terms(tf, numbers)
        return cls(
            by_term[0],
            by_term[1].indptr.astype(np.int64),
            by_term[1].indices.astype(np.int32),
            _impacts(by_term[1], config.k1),
            count,
        )

    def __len__(self) -> int:
        return self.count

    def search(self, query: Sequence[str], k: int, allowed: Mask | None = None) -> Hits:
        """The best ``k`` allowed items that share a term with the query, ranked."""
        scores = np.zeros(self.count, dtype=np.float32)
        for weight, start, end in self._postings(query):
            scores[self.items[start:end]] += weight * self.impacts[start:end]
        found = scores > 0 if allowed is None else (scores > 0) & allowed
        rows = np.flatnonzero(found)
        return top_k(scores[rows], k, rows)

    def score_rows(self, query: Sequence[str], rows: Rows) -> Scores:
        """The BM25 score of each given item; 0 where it shares no term with the query."""
        scores = np.zeros(len(rows), dtype=np.float32)
        for weight, start, end in self._postings(query):
            items = self.items[start:end]
            place = np.minimum(np.searchsorted(items, rows), len(items) - 1)
            scores += np.where(items[place] == rows, weight * self.impacts[start:end][place], 0)
        return scores

    def matcher(self, query: Sequence[str]) -> Callable[[int], list[tuple[str, float]]]:
        """What the query and an item share: row → terms with their share of the score, best first.

        The terms are looked up once, so that many items can be asked cheaply.
        """
        postings = [(term, self._postings([term] * n)) for term, n in Counter(query).items()]

        def matched(row: int) -> list[tuple[str, float]]:
            shares = []
            for term, found in postings:
                for weight, start, end in found:
                    place = start + int(np.searchsorted(self.items[start:end], row))
                    if place < end and self.items[place] == row:
                        shares.append((term, float(weight * self.impacts[place])))
            return sorted(shares, key=lambda pair: -pair[1])

        return matched

    def _postings(self, query: Sequence[str]) -> list[tuple[np.float32, int, int]]:
        """Weight, start and end of the postings of each known term."""
        found = []
        for term, times in Counter(query).items():
            number = self.vocabulary.find(term)
            if number >= 0:
                start, end = int(self.starts[number]), int(self.starts[number + 1])
                found.append((np.float32(times), start, end))
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that must be saved; :meth:`from_arrays` takes it back."""
        return {
            "terms": self.vocabulary.block,
            "term_offsets": self.vocabulary.offsets,
            "starts": self.starts,
            "items": self.items,
            "impacts": self.impacts,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], count: int) -> LexicalIndex:
        """An index over (mapped) arrays; nothing is copied."""
        vocabulary = Vocabulary(arrays["terms"], arrays["term_offsets"])
        return cls(vocabulary, arrays["starts"], arrays["items"], arrays["impacts"], count)


def _count(
    texts: Sequence[str], terms: Terms, numbers: dict[str, int], label: str
) -> sparse.csr_matrix:
    """Items × terms, how often each term stands in each text; new terms enter ``numbers``."""
    columns: list[int] = []
    ends = [0]
    for text in track(texts, total=len(texts), label=label):
        columns += [numbers.setdefault(term, len(numbers)) for term in terms(text)]
        ends.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, columns, ends), shape=(len(texts), len(numbers)))
    matrix.sum_duplicates()
    return matrix


def _length_normalised(counts: sparse.csr_matrix, b: float) -> sparse.csr_matrix:
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    # Items where the field is empty say nothing of how long the field usually is.
    filled = lengths[lengths > 0]
    mean = float(filled.mean()) if len(filled) else 1.0
    scale = 1.0 / (1.0 - b + b * lengths / mean) if b < 1 else mean / np.maximum(lengths, 1)
    return sparse.diags_array(scale.astype(np.float32)).tocsr() @ counts


def _sorted_terms(
    tf: sparse.csr_matrix, numbers: Mapping[str, int]
) -> tuple[Vocabulary, sparse.csc_matrix]:
    vocabulary = Vocabulary.of(numbers)
    old = np.fromiter((numbers[vocabulary[i]] for i in range(len(vocabulary))), np.int64)
    by_term = tf.tocsc()[:, old] if len(old) else tf.tocsc()
    by_term.sort_indices()
    return vocabulary, by_term


def _impacts(by_term: sparse.csc_matrix, k1: float) -> NDArray[np.float32]:
    count = by_term.shape[0]
    df = np.diff(by_term.indptr)
    idf = np.log1p((count - df + 0.5) / (df + 0.5))
    tf = by_term.data
    impacts: NDArray[np.float32] = (np.repeat(idf, df) * tf * (k1 + 1) / (k1 + tf)).astype("f4")
    return impacts
