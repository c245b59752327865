"""Makes the student that the package ships: ``python -m semrec.embed.pretrain --data … --out …``.

It learns, as any shop's student does, from open titles and an unlabelled log with multilingual
e5-small as its teacher, in fewer buckets and 4 bits. ``--without`` leaves a source of titles out,
to measure the result on a catalog that it never saw.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from semrec.config import Config
from semrec.embed.adapt import adapt
from semrec.embed.load import load_encoder
from semrec.embed.settings import AdaptSettings
from semrec.types import Hits, Rows, Scores

SETTINGS = AdaptSettings(buckets=1 << 16, bits=4)
LOG_QUERIES = 30_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the sources, adapt, save, and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the open data sets")
    parser.add_argument("--out", type=Path, required=True, help="folder of the student")
    parser.add_argument("--without", choices=SOURCES, action="append", default=[])
    parser.add_argument("--epochs", type=int, default=SETTINGS.epochs)
    parser.add_argument("--queries", type=int, default=LOG_QUERIES)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    names = [name for name in SOURCES if name not in given.without]
    titles = list(dict.fromkeys(title for name in names for title in SOURCES[name](given.data)))
    log = (given.data / "product-search" / "query_log.txt").read_text("utf-8").splitlines()
    adapted = adapt(
        titles,
        log[: given.queries],
        teacher=load_encoder(Config().embed),
        lexical=_LexicalLeg(titles),
        settings=AdaptSettings(buckets=SETTINGS.buckets, bits=SETTINGS.bits, epochs=given.epochs),
        seed=given.seed,
        name="pretrained",
    )
    adapted.student.save(given.out)
    print(f"{', '.join(names)}: {adapted.report}")


def _product_search(data: Path) -> list[str]:
    return _column(data / "product-search" / "catalog.csv", "title")


def _openbg(data: Path) -> list[str]:
    return _values(data / "openbg-products" / "products.jsonl", "title")


def _beauty(data: Path) -> list[str]:
    return _column(data / "taobao-beauty" / "taobao_beauty_1111.csv", "title")


def _ner(data: Path) -> list[str]:
    folder = data / "taobao-title-ner"
    return [t for name in ("train", "dev") for t in _values(folder / f"{name}.jsonl", "title")]


SOURCES: dict[str, Callable[[Path], list[str]]] = {
    "product-search": _product_search,
    "openbg-products": _openbg,
    "taobao-beauty": _beauty,
    "taobao-title-ner": _ner,
}
"""Folders of open titles, and how each is read."""


def _column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [row[name] for row in csv.DictReader(stream)]


def _values(path: Path, key: str) -> list[str]:
    return [str(json.loads(line)[key]) for line in path.read_text("utf-8").splitlines()]


class _LexicalLeg:
    """BM25 over the titles, asked by text."""

    def __init__(self, titles: Sequence[str]) -> None:
        from semrec.index.lexical import LexicalIndex
        from semrec.text.segment import Segmenter

        self._terms = Segmenter().terms
        self._index = LexicalIndex.build({"title": titles}, self._terms, Config().lexical)

    def search(self, query: str, k: int) -> Hits:
        return self._index.search(self._terms(query), k)

    def score_rows(self, query: str, rows: Rows) -> Scores:
        return self._index.score_rows(self._terms(query), rows)


if __name__ == "__main__":
    main()
