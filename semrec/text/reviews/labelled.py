"""Labelled reviews from files, without repetitions, and a split that any machine repeats."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semrec.data import clean
from semrec.data.columns import rename
from semrec.data.rejects import Rejects
from semrec.data.tables import read_table
from semrec.errors import NoValidRows
from semrec.text.normalise import normalise

_ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("review", "content", "comment", "review_text", "评论", "评价", "内容"),
    "label": ("sentiment", "polarity", "标签", "情感"),
    "category": ("cat", "domain", "类别", "分类"),
}
_LEGAL = {
    **dict.fromkeys(("1", "1.0", "positive", "pos", "true", "正面", "好评"), True),
    **dict.fromkeys(("0", "0.0", "-1", "negative", "neg", "false", "负面", "差评"), False),
}
_MARKS = re.compile(r"\W+")


@dataclass(frozen=True, eq=False)
class Labelled:
    """Reviews with what they are.

    Attributes:
        texts: normalised.
        labels: True for praise, shape ``(texts,)``.
        categories: of each text, "" where the file has none.
    """

    texts: list[str]
    labels: NDArray[np.bool_]
    categories: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: NDArray[np.int64]) -> Labelled:
        """The reviews at these places."""
        texts, categories = self.texts, self.categories
        return Labelled(
            [texts[row] for row in rows], self.labels[rows], [categories[row] for row in rows]
        )

    def distinct(self) -> Labelled:
        """Each text once; texts differ if their letters do. The first label counts."""
        first: dict[str, int] = {}
        for row, text in enumerate(self.texts):
            first.setdefault(text_key(text), row)
        return self.take(np.fromiter(first.values(), dtype=np.int64))


def read_labelled(files: Sequence[Path], label: str = "label") -> Labelled:
    """Read csv, tsv, jsonl or parquet files with a text and a label column.

    Args:
        files: the text column is ``text`` or a usual name for it (``review``, 评论, …); a column
            ``category`` (``cat``) is optional.
        label: name of the label column; legal values are 1/0, positive/negative, 好评/差评.

    Raises:
        DataError: a file cannot be read (FileMissing, EmptyFile, NotText, UnknownFormat).
        MissingColumn: there is no text or no label.
        NoValidRows: no row has a text and a legal label.
    """
    texts: list[str] = []
    labels: list[bool] = []
    categories: list[str] = []
    for file in files:
        table = read_table(file, "reviews")
        mapping = {} if label == "label" else {"label": label}
        raw = rename(table, _ALIASES, ("text", "label"), mapping, Rejects())
        words = [str(value).strip().lower() for value in clean.ids(raw["label"])]
        given = clean.texts(raw["text"])
        kinds = clean.ids(raw["category"]) if "category" in raw else [""] * len(raw)
        for text, word, kind in zip(given, words, kinds, strict=True):
            if word in _LEGAL and (plain := normalise(str(text))):
                texts.append(plain)
                labels.append(_LEGAL[word])
                categories.append(str(kind))
    if not texts:
        where = ", ".join(map(str, files)) or "no file"
        raise NoValidRows(where, 0, "a label is none of 1, 0, positive, negative, 好评, 差评")
    return Labelled(texts, np.array(labels, dtype=np.bool_), categories)


def text_key(plain: str) -> str:
    """What two spellings of one review share: its letters and digits."""
    return _MARKS.sub("", plain) or plain


def buckets(texts: Sequence[str], seed: int) -> NDArray[np.int64]:
    """A number below 100 for each text, by a hash of its letters; shape ``(texts,)``.

    The same text has the same number in every file, order and run, so that a split by these
    numbers never has a text on both sides.
    """
    salt = str(seed).encode()
    numbers = [
        int.from_bytes(
            hashlib.blake2b(text_key(text).encode("utf-8", "replace"), key=salt).digest()[:4],
            "little",
        )
        for text in texts
    ]
    return np.array(numbers, dtype=np.int64) % 100
