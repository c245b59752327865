"""Product words and brands in titles, against labelled ones: precision, recall, F1, time.

``python tests/bench/bench_ner.py DATA`` with the folder of ``taobao-title-ner``. The lexicon is
mined from titles without labels; the tagger that mines comes with the package (trained on the
labels of ``train.jsonl``, see its provenance). Nothing is read from the labels of ``dev.jsonl``
but the score. Half of its titles repeat in ``train.jsonl``, so the second table leaves them out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from semrec.text.lexicon import Lexicon
from semrec.text.mining.labelled import LabelledTitle, read_labelled
from semrec.text.mining.labels import KINDS
from semrec.text.mining.mine import mine_texts
from semrec.text.mining.scoring import score_spans
from semrec.text.mining.tagger import default_tagger
from semrec.text.spans import Span

Find = Callable[[str], list[Span]]


def table(name: str, titles: Sequence[LabelledTitle], ways: dict[str, Find]) -> None:
    print(f"\n{name}: {len(titles)} titles")
    print(f"{'':34}" + "".join(f"{kind:>9} P     R     F1" for kind in KINDS) + "   ms/title")
    gold = [each.spans for each in titles]
    for label, find in ways.items():
        start = time.perf_counter()
        spans = [find(each.title) for each in titles]
        took = (time.perf_counter() - start) / max(len(titles), 1) * 1000
        found = [[(s.start, s.end, s.kind) for s in each] for each in spans]
        cells = ""
        for kind in KINDS:
            score = score_spans(gold, found, kind)
            cells += f"     {score.precision:.3f} {score.recall:.3f} {score.f1:.3f}"
        print(f"{label:34}{cells}   {took:8.3f}")


def main() -> None:
    folder = Path(sys.argv[1])
    train = read_labelled(folder / "taobao-title-ner" / "train.jsonl")
    dev = read_labelled(folder / "taobao-title-ner" / "dev.jsonl")
    shop = folder / "product-search"
    others = (shop / "catalog.csv").read_text(encoding="utf-8").splitlines()[1:]
    others = [line.split(",", 2)[2] for line in others]
    log = (shop / "query_log.txt").read_text(encoding="utf-8").splitlines()
    own = [each.title for each in (*train, *dev)]
    start = time.perf_counter()
    small: Lexicon = mine_texts(own)
    print(f"mined {len(own):,} titles in {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    large = mine_texts([*own, *others], log)
    took = time.perf_counter() - start
    print(f"mined {len(own) + len(others):,} titles, {len(log):,} queries in {took:.1f} s")
    tagger = default_tagger()
    ways: dict[str, Find] = {
        "lexicon of these titles": small.find,
        "lexicon, with catalog and log": large.find,
        "tagger": tagger.tag,
    }
    seen = {each.title for each in train}
    table("dev, distinct titles", dev, ways)
    table("dev, titles not in train", [each for each in dev if each.title not in seen], ways)


if __name__ == "__main__":
    main()
