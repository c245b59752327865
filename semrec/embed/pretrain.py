"""Makes the student that the package ships: ``python -m semrec.embed.pretrain --data … --out …``.

It learns, as any shop's student does, from open titles and an unlabelled log with multilingual
e5-small as its teacher, in fewer buckets and 4 bits. It does so twice: first from as many queries
as the teacher encodes in half an hour, then from the whole log, whose other queries it encodes
itself. The second is done several times from the same start, and the tables' mean is what ships
(Wortsman et al. 2022, "Model soups"). ``--without`` leaves a source of titles out, to measure the
result on a catalog of that source, which it then never saw.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from semrec.config import Config
from semrec.embed.adapt import adapt
from semrec.embed.load import load_encoder
from semrec.embed.settings import AdaptSettings
from semrec.embed.student import StudentEncoder
from semrec.types import Hits, Rows, Scores

SETTINGS = AdaptSettings(buckets=1 << 16, bits=4, epochs=3)
SOURCES = ("multicpr", "openbg", "taobao", "tmall-beauty")
"""Values of the column ``source`` of ``product-search/catalog.csv``, which unites open titles."""
LOG_QUERIES, TAUGHT_QUERIES = 100_000, 30_000
MEMBERS = ((0, 0.05), (1, 0.05), (0, 0.08), (1, 0.08))
"""Added to the seed, and temperature, of each second training."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read titles and log, adapt, save, and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the open data sets")
    parser.add_argument("--out", type=Path, required=True, help="folder of the student")
    parser.add_argument("--without", choices=SOURCES, action="append", default=[])
    parser.add_argument("--epochs", type=int, default=SETTINGS.epochs)
    parser.add_argument("--queries", type=int, default=LOG_QUERIES)
    parser.add_argument("--taught", type=int, default=TAUGHT_QUERIES, help="by the teacher")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    folder = given.data / "product-search"
    titles = titles_of(folder / "catalog.csv", set(SOURCES) - set(given.without))
    log = (folder / "query_log.txt").read_text("utf-8").splitlines()[: given.queries]
    learn = partial(
        adapt, titles, teacher=load_encoder(Config().embed), lexical=_LexicalLeg(titles),
        name="pretrained",
    )  # fmt: skip
    settings = replace(SETTINGS, epochs=given.epochs, taught_queries=given.taught)
    adapted = learn(log[: given.taught], seed=given.seed, settings=replace(settings, bits=8))
    print(f"{len(titles)} titles, {given.taught} queries: {adapted.report}", flush=True)
    student = adapted.student
    if len(log) > given.taught:
        members = []
        for seed, temperature in MEMBERS:
            how = replace(settings, bits=8, temperature=temperature)
            made = learn(log, start=student, seed=given.seed + seed, settings=how)
            print(f"{len(titles)} titles, {len(log)} queries: {made.report}", flush=True)
            members.append(made.student)
        student = mean_of(members)
    student.save(given.out)


def mean_of(members: Sequence[StudentEncoder]) -> StudentEncoder:
    """The student of the mean of several tables, which began as one."""
    table = np.mean([member.table() for member in members], axis=0)
    first = members[0]
    about = {"name": first.name, "origin": {**first.origin, "members": len(members)}}
    return StudentEncoder.from_table(table, bits=SETTINGS.bits, **about)


def titles_of(catalog: Path, sources: set[str]) -> list[str]:
    """Titles of some sources, each once, in the order of the file."""
    with catalog.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["source"] in sources]
    return list(dict.fromkeys(row["title"] for row in rows))


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
