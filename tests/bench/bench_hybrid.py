"""The hybrid against behaviour alone and content alone, on book lists with a part held out.

    python tests/bench/bench_hybrid.py DOUBAN_BOOKS [MODEL]  # a folder; default user-knn

A list is a user. Of each list of five books or more 20 % are held out. Candidates are all books of
any list and 10,000 others; their vectors are TF-IDF of title characters, author, publisher, and
tags. Recall@20 is the mean over lists; the intervals are of a paired bootstrap over lists.

Recorded (239 lists, 29,776 books; settings are from the sample shop and amazon-cn):

    slice         user-knn    content  equal sum     hybrid hybrid - content   hybrid - user-knn
    all             0.0621     0.2436     0.2506     0.2686 [+0.0039, +0.0472] [+0.1622, +0.2515]
    < 3 lists       0.0317     0.2438     0.2458     0.2771 [+0.0154, +0.0529] [+0.2028, +0.2903]
    0 lists         0.0000     0.2338     0.2273     0.2848 [+0.0324, +0.0723] [+0.2396, +0.3312]
    1-2 lists       0.0806     0.1904     0.2009     0.1485 [-0.0750, -0.0098] [+0.0234, +0.1146]
    3+ lists        0.2714     0.0895     0.1447     0.0811 [-0.0699, +0.0492] [-0.2498, -0.1345]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from semrec.collab.base import top_rows
from semrec.collab.hybrid import Hybrid
from semrec.collab.protocol import Interactions

K = 20
OTHERS = 10_000
SLICES = {
    "all": (0, 10**9),
    "< 3 lists": (0, 2),
    "0 lists": (0, 0),
    "1-2 lists": (1, 2),
    "3+ lists": (3, 10**9),
}


def read(folder: Path) -> tuple[pd.DataFrame, sparse.csr_matrix]:
    """The candidates, and lists × candidates."""
    pairs = pd.read_csv(folder / "doulist_interactions.csv")
    books = pd.read_json(folder / "books.jsonl.gz", lines=True)
    listed = books["id"].isin(pairs["book_id"])
    others = books[~listed].sample(OTHERS, random_state=0)
    books = pd.concat([books[listed], others]).sort_values("id").reset_index(drop=True)
    tags = pd.read_csv(folder / "tag_books.csv.gz").groupby("book_id")["tag"].agg(list)
    books["tags"] = [tags.get(book, []) for book in books["id"]]
    users = pd.factorize(pairs["doulist_id"], sort=True)[0]
    items = pd.Index(books["id"]).get_indexer(pairs["book_id"])
    ones = np.ones(len(pairs), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (users, items)), shape=(users.max() + 1, len(books)))
    matrix.data[:] = 1
    return books, matrix


def hold_out(
    lists: sparse.csr_matrix, share: float = 0.2, seed: int = 1
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    rng = np.random.default_rng(seed)
    train, test = lists.copy(), lists.copy()
    for user in range(lists.shape[0]):
        start, end = lists.indptr[user], lists.indptr[user + 1]
        count = round((end - start) * share) if end - start >= 5 else 0
        out = np.zeros(end - start, dtype=bool)
        out[rng.permutation(end - start)[:count]] = True
        train.data[start:end][out] = 0
        test.data[start:end][~out] = 0
    train.eliminate_zeros()
    test.eliminate_zeros()
    return train, test


def vectors(books: pd.DataFrame) -> sparse.csr_matrix:
    """TF-IDF of each field, unit length together; names count .7 of the title."""

    def whole(text: str) -> list[str]:
        name = re.sub(r"\[.*?\]|\(.*?\)", "", text).strip()
        return [name] if name else []

    titles = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    parts = [titles.fit_transform(books["title"].astype(str))]
    for column in ("author", "publisher"):
        names = TfidfVectorizer(analyzer=whole, min_df=2)
        parts.append(names.fit_transform(books[column].fillna("").astype(str)) * 0.7)
    parts.append(TfidfVectorizer(analyzer=list, min_df=2).fit_transform(books["tags"]) * 0.7)
    return sparse.hstack(parts).tocsr().astype(np.float32)


def interactions(matrix: sparse.csr_matrix) -> Interactions:
    users, items = (part.astype(np.int64) for part in matrix.nonzero())
    zeros, none = np.zeros(len(users)), np.full(len(users), -1, dtype=np.int64)
    return Interactions(users, items, matrix.data, zeros, none, *matrix.shape)


def recall(
    scores: NDArray[np.float32], train: sparse.csr_matrix, test: sparse.csr_matrix
) -> NDArray[np.float64]:
    """Recall@20 of each list that has something held out."""
    scores = scores.copy()
    scores[train.nonzero()] = np.nan
    asked = np.flatnonzero(np.diff(test.indptr))
    hits = top_rows(scores[asked], K)
    found = [np.isin(h.rows, test[u].indices).sum() for u, h in zip(asked, hits, strict=True)]
    return np.array(found) / np.diff(test.indptr)[asked]


def interval(difference: NDArray[np.float64]) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    draws = rng.integers(len(difference), size=(5000, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    folder, name = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "user-knn"
    books, lists = read(folder)
    train, test = hold_out(lists)
    fitted = Hybrid(vectors(books), name).fit(interactions(train))
    behaviour, content, _ = np.nan_to_num(fitted.signals(train))
    # Nothing is found by a share of 0.
    systems = {
        name: np.where(behaviour > 0, behaviour, np.nan).astype(np.float32),
        "content": np.where(content > 0, content, np.nan).astype(np.float32),
        "equal sum": behaviour + content,
        "hybrid": fitted.score_users(train),
    }
    counts = np.diff(train.tocsc().indptr)
    print(f"{lists.shape[0]} lists, {len(books)} books, {test.nnz} held out")
    print(
        f"slice      {''.join(f'{system:>11}' for system in systems)}   "
        f"hybrid - content   hybrid - {name}"
    )
    for label, (low, high) in SLICES.items():
        part = test.multiply((counts >= low) & (counts <= high)).tocsr()
        part.eliminate_zeros()
        each = {system: recall(scores, train, part) for system, scores in systems.items()}
        figures = "".join(f"{values.mean():11.4f}" for values in each.values())
        for other in ("content", name):
            low_end, high_end = interval(each["hybrid"] - each[other])
            figures += f"   [{low_end:+.4f}, {high_end:+.4f}]"
        print(f"{label:11}{figures}")


if __name__ == "__main__":
    main()
