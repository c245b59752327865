"""Posting lists with precomputed scores: term → the items that have it, and what it adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.index.vocabulary import Vocabulary
from semrec.types import Mask, Rows

Idf = Callable[[Vocabulary, NDArray[np.int64]], NDArray[np.float32]]
"""Terms and their document frequencies → weight of each term."""


@dataclass(frozen=True, slots=True)
class PostingList:
    """One term's items, seen in place.

    Attributes:
        items: row numbers, ascending, shape ``(n,)``, int32.
        impacts: what the term adds to the score of each, shape ``(n,)``, float32.
        factor: how often the query says the term.
    """

    items: NDArray[np.int32]
    impacts: NDArray[np.float32]
    factor: int = 1

    def add_to(self, sums: NDArray[np.float32]) -> None:
        """Add to the sums of all rows, shape ``(rows,)``, in place."""
        # One pass over the list, if the indices are ``intp`` and both sides of one type; an
        # augmented assignment takes three.
        np.add.at(sums, self.items.astype(np.intp), self._scaled(self.impacts))

    def at(self, rows: Rows) -> NDArray[np.float32]:
        """The impact on each of ``rows``; 0 where the term is absent."""
        # In another type than its items, ``searchsorted`` would copy the whole list.
        rows = rows.astype(self.items.dtype, copy=False)
        place = self.items.searchsorted(rows)
        found: NDArray[np.float32] = self.impacts.take(place, mode="clip")
        found *= self.items.take(place, mode="clip") == rows
        return self._scaled(found)

    def _scaled(self, impacts: NDArray[np.float32]) -> NDArray[np.float32]:
        return impacts if self.factor == 1 else impacts * np.float32(self.factor)


@dataclass(frozen=True)
class Postings:
    """An immutable inverted index.

    Attributes:
        vocabulary: the terms.
        starts: where the items of each term start, and the end; shape ``(terms + 1,)``, int64.
        items: row numbers, ascending within a term, shape ``(postings,)``, int32.
        impacts: what the term adds to the item's score, shape ``(postings,)``, float32.
        idf: the term weight that the impacts hold as a factor, shape ``(terms,)``, float32.
    """

    vocabulary: Vocabulary
    starts: NDArray[np.int64]
    items: NDArray[np.int32]
    impacts: NDArray[np.float32]
    idf: NDArray[np.float32]

    @classmethod
    def of(cls, saturated: sparse.csr_matrix, numbers: Mapping[str, int], idf: Idf) -> Postings:
        """Invert a matrix of saturated term frequencies.

        Args:
            saturated: rows × terms.
            numbers: term → its column.
            idf: weight of each term, given its number of rows.
        """
        vocabulary, rank = Vocabulary.ranked(numbers)
        renamed = (saturated.data, rank[saturated.indices], saturated.indptr)
        by_term = sparse.csr_matrix(renamed, shape=(saturated.shape[0], len(numbers))).tocsc()
        return cls._weighted(vocabulary, by_term, idf)

    @classmethod
    def merged(cls, parts: Sequence[tuple[Postings, Mask | None]], idf: Idf) -> Postings:
        """One from several, each with the mask of the rows that are kept of it (None: all).

        Impacts are brought to the new ``idf``. No row may be kept of two parts.
        """
        terms = [list(part.vocabulary) for part, _ in parts]
        numbers = {term: i for i, term in enumerate(dict.fromkeys(t for ts in terms for t in ts))}
        rows, columns, values = [], [], []
        for (part, kept), names in zip(parts, terms, strict=True):
            here = np.fromiter((numbers[term] for term in names), np.int64, len(names))
            df = np.diff(part.starts)
            chosen = slice(None) if kept is None else kept[part.items]
            rows.append(part.items[chosen])
            columns.append(np.repeat(here, df)[chosen])
            values.append((part.impacts / np.repeat(part.idf, df))[chosen])
        joined = (np.concatenate(rows), np.concatenate(columns))
        shape = (int(joined[0].max(initial=-1)) + 1, len(numbers))
        matrix = sparse.csr_matrix((np.concatenate(values), joined), shape=shape)
        used = np.bincount(matrix.indices, minlength=len(numbers)) > 0
        alive = [term for term in numbers if used[numbers[term]]]
        return cls.of(matrix[:, used], {term: i for i, term in enumerate(alive)}, idf)

    @classmethod
    def _weighted(cls, vocabulary: Vocabulary, by_term: sparse.csc_matrix, idf: Idf) -> Postings:
        df = np.diff(by_term.indptr).astype(np.int64)
        weights = idf(vocabulary, df)
        impacts = (by_term.data * np.repeat(weights, df)).astype(np.float32)
        starts = by_term.indptr.astype(np.int64)
        return cls(vocabulary, starts, by_term.indices.astype(np.int32), impacts, weights)

    def lookup(self, term: str, times: int = 1) -> PostingList | None:
        """The posting list of a term that a query says some times, None if no item has it."""
        number = self.vocabulary.find(term)
        if number < 0:
            return None
        here = slice(*self.starts[number : number + 2].tolist())
        return PostingList(self.items[here], self.impacts[here], times)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that must be saved; :meth:`from_arrays` takes it back."""
        return {
            "terms": self.vocabulary.block,
            "term_offsets": self.vocabulary.offsets,
            "starts": self.starts,
            "items": self.items,
            "impacts": self.impacts,
            "idf": self.idf,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Postings:
        """Postings over (mapped) arrays; nothing is copied."""
        # Plain views: slicing a ``memmap`` object costs more than many a lookup.
        plain = {name: np.asarray(values) for name, values in arrays.items()}
        vocabulary = Vocabulary(plain["terms"], plain["term_offsets"])
        names = ("starts", "items", "impacts", "idf")
        return cls(vocabulary, *(plain[name] for name in names))
