"""BM25 over several fields, with exact scores for any candidate, and updates without a rebuild.

Each term's contribution to each item is computed once, at build time, so that a query only adds
up numbers (the idea of Lù 2024, "BM25S"). Fields are combined as in BM25F (Zaragoza et al. 2004,
"Microsoft Cambridge at TREC 13"): with ``c`` the count of term t in field f of item d,

    tf(t, d)    = Σ_f  w_f · c / (1 - b + b · length_f(d) / mean length_f)
    idf(t)      = w_t · ln(1 + (N - df(t) + ½) / (df(t) + ½))
    score(t, d) = idf(t) · tf · (k1 + 1) / (k1 + tf)

where ``w_t`` is the weight of the term's kind (``semrec.text.segment.term_weight``). The score of
an item is the sum over the query's terms, and 0 where the sum is negative.

Updates go to a small second set of postings beside the large one, whose items they replace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.config import LexicalConfig
from semrec.errors import InvalidArgument
from semrec.index.lexical_count import Terms, saturated_counts
from semrec.index.postings import Idf, PostingList, Postings
from semrec.index.topk import top_k
from semrec.index.vocabulary import Vocabulary
from semrec.text.segment import term_weight
from semrec.types import Hits, Mask, Rows, Scores

_MERGE_FROM = 0.1
"""From this share of the postings on, updates are merged into the large part."""


class LexicalIndex:
    """An inverted index of precomputed BM25 contributions; the query is a list of terms.

    Args:
        base: the large part.
        means: mean length of each field, by which new items are normalised.
        live: the rows that hold an item, shape ``(rows,)``.
        updates: postings of the items that were added or replaced since; None if there are none.
        replaced: the rows of which ``base`` is no longer true, shape ``(rows,)``; None = no row.
    """

    def __init__(
        self,
        base: Postings,
        means: Mapping[str, float],
        live: Mask,
        updates: Postings | None = None,
        replaced: Mask | None = None,
    ) -> None:
        self.base = base
        self.means = means
        self.live = live
        self._updates = updates
        self._replaced = replaced

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
        counts, numbers, means = saturated_counts(fields, terms, config)
        live = np.ones(counts.shape[0], dtype=np.bool_)
        return cls(Postings.of(counts, numbers, _idf(len(live))), means, live)

    def __len__(self) -> int:
        """How many rows there are, those of deleted items included."""
        return len(self.live)

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms of the large part."""
        return self.base.vocabulary

    # ---- search ------------------------------------------------------------------------------

    def search(self, query: Sequence[str], k: int, allowed: Mask | None = None) -> Hits:
        """The best ``k`` allowed items with a positive score, ranked; ties by row.

        All posting lists are added up in full, in the order of :meth:`score_rows`, whose scores
        these are to the last bit: an addition takes a nanosecond, so that leaving some out
        (MaxScore, WAND) costs more than it saves at a million items.
        """
        sums = np.zeros(len(self), dtype=np.float32)
        for each in self._lists(self.base, query).values():
            each.add_to(sums)
        if self._replaced is not None:
            sums *= ~self._replaced
            for each in self._lists(self._updates, query).values():
                each.add_to(sums)
        if allowed is not None:
            sums *= allowed
        return top_k(sums, k, above=0)

    def score_rows(self, query: Sequence[str], rows: Rows) -> Scores:
        """The BM25 score of each given item; 0 where it shares no term with the query."""
        return self._score(self._lists(self.base, query), self._lists(self._updates, query), rows)

    def holding(self, terms: Sequence[str]) -> Rows:
        """The rows that hold every one of some terms, ascending; none if no term is given."""
        if not terms:
            return np.empty(0, dtype=np.int64)
        held = np.ones(len(self), dtype=np.bool_)
        for term in set(terms):
            here = np.zeros(len(self), dtype=np.bool_)
            old = self.base.lookup(term)
            if old is not None:
                here[old.items] = True
            if self._replaced is not None:
                here &= ~self._replaced
            new = self._updates.lookup(term) if self._updates is not None else None
            if new is not None:
                here[new.items] = True
            held &= here
        return np.flatnonzero(held)

    def matcher(self, query: Sequence[str]) -> Callable[[int], list[tuple[str, float]]]:
        """What the query and an item share: row → terms with their share of the score, best first.

        Terms that lower the score are left out. The terms are looked up once, so that many items
        can be asked cheaply.
        """
        in_base, in_updates = self._lists(self.base, query), self._lists(self._updates, query)

        def matched(row: int) -> list[tuple[str, float]]:
            lists = in_updates if self._is_replaced(row) else in_base
            here = np.array([row])
            shares = [(term, float(each.at(here)[0])) for term, each in lists.items()]
            return sorted((pair for pair in shares if pair[1] > 0), key=lambda pair: -pair[1])

        return matched

    def _is_replaced(self, row: int) -> bool:
        return self._replaced is not None and bool(self._replaced[row])

    def _lists(self, part: Postings | None, query: Sequence[str]) -> dict[str, PostingList]:
        """The posting lists of the query's terms, a term said twice counting twice."""
        if part is None:
            return {}
        found = {}
        for term, times in Counter(query).items():
            postings = part.lookup(term, times)
            if postings is not None:
                found[term] = postings
        return found

    def _score(
        self,
        in_base: Mapping[str, PostingList],
        in_updates: Mapping[str, PostingList],
        rows: Rows,
    ) -> Scores:
        scores = _sum(in_base, rows)
        if self._replaced is not None:
            scores = np.where(self._replaced[rows], _sum(in_updates, rows), scores)
        return np.maximum(scores, 0)

    # ---- updates -----------------------------------------------------------------------------

    def upsert(
        self,
        rows: Rows,
        fields: Mapping[str, Sequence[str]],
        terms: Terms,
        config: LexicalConfig,
    ) -> LexicalIndex:
        """The index with items added or replaced; this one stays as it is.

        Known terms keep their idf, and fields their mean length, until :meth:`merged` renews the
        idf. The mean lengths stay those of the last build: they drift little, and a rebuild
        renews them.

        Args:
            rows: row of each item, unique, shape ``(n,)``; a row from ``len(index)`` on is new.
            fields, terms, config: as in :meth:`build`, one text for each of ``rows``.

        Raises:
            InvalidArgument: a row is negative or repeated, or a field has another number of texts.
        """
        _check(rows, fields)
        counts, numbers, _ = saturated_counts(fields, terms, config, self.means)
        size = max(len(self), int(rows.max(initial=-1)) + 1)
        placed = _placed(counts, rows, size)
        fresh = Postings.of(placed, numbers, self._frozen_idf())
        index = self.delete(rows[rows < len(self)])._grown(size)
        live, replaced = index.live.copy(), index._replaced_mask().copy()
        live[rows], replaced[rows] = True, True
        parts: list[tuple[Postings, Mask | None]] = [(fresh, None)]
        if index._updates is not None:
            parts.append((index._updates, None))
        updates = Postings.merged(parts, self._frozen_idf())
        result = LexicalIndex(self.base, self.means, live, updates, replaced)
        heavy = len(updates.items) > _MERGE_FROM * len(self.base.items)
        return result.merged() if heavy else result

    def delete(self, rows: Rows) -> LexicalIndex:
        """The index without the items of some rows; their row numbers stay, and find nothing.

        Raises:
            InvalidArgument: there is no such row.
        """
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            raise InvalidArgument(f"rows {rows.min()}..{rows.max()}; legal: 0..{len(self) - 1}")
        live, replaced = self.live.copy(), self._replaced_mask().copy()
        live[rows], replaced[rows] = False, True
        updates = self._updates
        if updates is not None:
            updates = Postings.merged([(updates, live)], self._frozen_idf())
        return LexicalIndex(self.base, self.means, live, updates, replaced)

    def merged(self) -> LexicalIndex:
        """One large part again, with the idf of the items that it holds now."""
        if self._replaced is None:
            return self
        parts: list[tuple[Postings, Mask | None]] = [(self.base, ~self._replaced)]
        if self._updates is not None:
            parts.append((self._updates, None))
        base = Postings.merged(parts, _idf(int(np.count_nonzero(self.live))))
        return LexicalIndex(base, self.means, self.live)

    def _grown(self, size: int) -> LexicalIndex:
        more = size - len(self)
        live = np.pad(self.live, (0, more))
        replaced = np.pad(self._replaced_mask(), (0, more), constant_values=True)
        return LexicalIndex(self.base, self.means, live, self._updates, replaced)

    def _replaced_mask(self) -> Mask:
        if self._replaced is None:
            return np.zeros(len(self), dtype=np.bool_)
        return self._replaced

    def _frozen_idf(self) -> Idf:
        """The idf of the large part; a term that it does not know is as rare as it is new."""
        usual = _idf(max(int(np.count_nonzero(self.live)), 1))

        def idf(vocabulary: Vocabulary, df: NDArray[np.int64]) -> NDArray[np.float32]:
            values = usual(vocabulary, df)
            for i, term in enumerate(vocabulary):
                number = self.base.vocabulary.find(term)
                if number >= 0:
                    values[i] = self.base.idf[number]
            return values

        return idf

    # ---- persistence -------------------------------------------------------------------------

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that must be saved, updates merged; :meth:`from_arrays` takes it back."""
        whole = self.merged()
        names = Vocabulary.of(whole.means)
        return {
            **whole.base.arrays(),
            "live": whole.live,
            "fields": names.block,
            "field_offsets": names.offsets,
            "mean_lengths": np.array([whole.means[name] for name in names], dtype=np.float64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], count: int) -> LexicalIndex:
        """An index over (mapped) arrays; nothing large is copied.

        Raises:
            InvalidArgument: the arrays are of another number of rows than ``count``.
        """
        if len(arrays["live"]) != count:
            raise InvalidArgument(f"an index of {len(arrays['live'])} rows; expected: {count}")
        names = Vocabulary(arrays["fields"], arrays["field_offsets"])
        means = dict(zip(names, arrays["mean_lengths"].tolist(), strict=True))
        return cls(Postings.from_arrays(arrays), means, np.asarray(arrays["live"]))


def _idf(count: int) -> Idf:
    def idf(vocabulary: Vocabulary, df: NDArray[np.int64]) -> NDArray[np.float32]:
        kinds = np.fromiter(map(term_weight, vocabulary), np.float32, len(vocabulary))
        # Rows that an update replaced can still be in df.
        weights: NDArray[np.float32] = (
            kinds * np.log1p(np.maximum(count - df + 0.5, 0.5) / (df + 0.5))
        ).astype(np.float32)
        return weights

    return idf


def _sum(lists: Mapping[str, PostingList], rows: Rows) -> Scores:
    scores = np.zeros(len(rows), dtype=np.float32)
    for each in lists.values():
        scores += each.at(rows)
    return scores


def _placed(counts: Any, rows: Rows, size: int) -> Any:
    """The same lines of a matrix at other row numbers, in a matrix of ``size`` rows."""
    from scipy import sparse

    lines = counts.tocoo()
    return sparse.csr_matrix((lines.data, (rows[lines.row], lines.col)), (size, counts.shape[1]))


def _check(rows: Rows, fields: Mapping[str, Sequence[str]]) -> None:
    if len(np.unique(rows)) != len(rows) or (len(rows) and rows.min() < 0):
        raise InvalidArgument("rows of an update must be unique and 0 or more")
    for name, texts in fields.items():
        if len(texts) != len(rows):
            raise InvalidArgument(f"field {name}: {len(texts)} texts for {len(rows)} rows")
