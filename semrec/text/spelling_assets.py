"""Makes the shipped statistics: ``python -m semrec.text.spelling_assets DATA [FONT]``.

DATA holds ``product-search/{catalog.csv,query_log.txt}`` and ``jd-brands/brands.txt``; FONT is an
OpenType font with simplified Chinese, without which the shipped look-alikes stay. Needs pandas,
scipy and jieba, for a font also Pillow; takes ten minutes.
"""

from __future__ import annotations

import dataclasses
import json
import random
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np

from semrec.text.dictionary import plain_tokenizer
from semrec.text.spelling import Speller, fold
from semrec.text.spelling_counts import (
    NgramCounts,
    PairCounts,
    count_ngrams,
    count_pairs,
    merge_counts,
)
from semrec.text.spelling_general import General, general, no_statistics
from semrec.text.spelling_latin import latin_counts
from semrec.text.spelling_training import examples, learn_weights
from semrec.text.spelling_words import WordModel, count_words

HELD_OUT = 2500
"""Queries of the log that the slips are made of; unknown to the model that learns from them."""
SEED = 0
_WEIGHTS = (0.3, 1.0, 0.1)
_FONT = "NotoSansSC-Regular.otf"
_LEAST = 3.0
"""Rarer words are not shipped."""
_SIDE = 24
_LOOK_ALIKES = 12
_ALIKE = 0.5


def read_sources(data: Path) -> tuple[list[str], list[str], list[str]]:
    """Titles, queries in random order, and words of the folder."""
    import jieba
    import pandas as pd

    shop = data / "product-search"
    titles = [str(title) for title in pd.read_csv(shop / "catalog.csv")["title"]]
    queries = (shop / "query_log.txt").read_text(encoding="utf-8").splitlines()
    random.Random(SEED).shuffle(queries)
    dictionary = jieba.get_dict_file().read().decode("utf-8").splitlines()
    words = [word for word, count, *_ in map(str.split, dictionary) if int(count) >= 3]
    brands = (data / "jd-brands" / "brands.txt").read_text(encoding="utf-8").splitlines()
    return titles, queries, words + brands


def look_alikes(font: Path) -> list[tuple[str, str]]:
    """For each character of GB 2312 those whose blurred picture is most like its own (cosine)."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    face = ImageFont.truetype(str(font), 40)
    raw = (bytes((a, b)) for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    chars = [char for code in raw if (char := code.decode("gb2312", "ignore"))]
    pictures = []
    for char in chars:
        image = Image.new("L", (2 * _SIDE, 2 * _SIDE))
        ImageDraw.Draw(image).text((4, -6), char, 255, font=face)
        small = image.filter(ImageFilter.GaussianBlur(1.5)).resize((_SIDE, _SIDE))
        pictures.append(np.asarray(small, dtype=np.float32).ravel())
    vectors = np.stack(pictures) - np.mean(pictures, axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -1)
    nearest = np.argsort(-alike, axis=1)[:, :_LOOK_ALIKES]
    return [
        (chars[one], chars[other])
        for one, row in enumerate(nearest)
        for other in row
        if alike[one, other] > _ALIKE
    ]


def trained(
    titles: Sequence[str], queries: Sequence[str], words: Sequence[str], base: General
) -> General:
    """The base with weights learned on slips in held-out queries."""
    held_out, seen = queries[:HELD_OUT], queries[HELD_OUT:]
    speller = Speller.build(titles, seen, words, base)
    weights = learn_weights(list(examples(held_out, speller, SEED)))
    speller = dataclasses.replace(speller, weights=weights)
    final = learn_weights(list(examples(held_out, speller, SEED + 1, chosen=True)))
    return dataclasses.replace(base, weights=weights, final=final)


def statistics(
    titles: Sequence[str], queries: Sequence[str], words: Sequence[str], base: General
) -> General:
    """The base with counts of all sources, pruned to what occurs more than once."""
    sources = [[fold(text) for text in texts] for texts in (titles, queries, words)]
    edges = (False, True, False)
    pairs = PairCounts.merged(
        [count_pairs(t, edges=e) for t, e in zip(sources, edges, strict=True)], _WEIGHTS
    )
    kept = pairs.counts >= min(_WEIGHTS)
    tables = [count_ngrams(t, edges=e)[2:] for t, e in zip(sources, edges, strict=True)]
    once = merge_counts(tables, (1, 1, 1))
    longer = [
        NgramCounts(table.keys[raw.counts >= 2], table.counts[raw.counts >= 2])
        for table, raw in zip(merge_counts(tables, _WEIGHTS), once, strict=True)
    ]
    often = latin_counts(text for texts in sources for text in texts)
    latin = sorted(word for word, count in often.items() if count >= 3)
    counted = count_words(sources, plain_tokenizer().lcut)
    counts = WordModel.merged(counted, _WEIGHTS).words()
    spoken = {word: n for word, n in counts.items() if n >= _LEAST and len(word) > 1}
    return dataclasses.replace(
        base,
        pairs=PairCounts(pairs.pairs[kept], pairs.counts[kept]),
        longer=longer,
        latin=latin,
        words=spoken,
    )


def main(data: Path, font: Path | None) -> None:
    """Write the asset and where it comes from."""
    titles, queries, words = read_sources(data)
    shapes = look_alikes(font) if font else general().shapes
    base = trained(titles, queries, words, no_statistics(shapes))
    made = statistics(titles, queries, words, base)
    folder = Path(str(resources.files("semrec.text"))) / "assets"
    made.save(folder / "spelling.npz")
    provenance = {
        "file": "spelling.npz",
        "command": "python -m semrec.text.spelling_assets DATA [FONT]",
        "holds": "counts of character pairs, hashes and counts of 3- and 4-grams seen at least "
        "twice, words and Latin words seen at least three times, look-alike characters, weights",
        "texts": {
            "product-search catalog titles": len(titles),
            "product-search query log": len(queries),
            "jieba dictionary and jd-brands": len(words),
        },
        "font": _FONT,
        "weights_learned_on": f"slips made up in {HELD_OUT} queries of the log, held out",
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=1)
    (folder / "spelling.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
