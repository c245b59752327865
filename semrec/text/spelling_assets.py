"""Makes the shipped statistics: ``python -m semrec.text.spelling_assets DATA LABELS``.

DATA holds ``product-search/{catalog.csv,query_log.txt}`` and ``jd-brands/brands.txt``; LABELS is
``tests/text/log_slips.csv`` (:func:`read_log`). With ``--characters FONT STROKES`` the characters
are described anew, from an OpenType font with simplified Chinese and ``char_order.dict`` of the
package char-similar, a JSON object of the strokes of each; otherwise what is shipped stays. Needs
pandas, scipy, jieba and torch, for the characters also Pillow; takes some five minutes of one core.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import random
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semrec.text.dictionary import plain_tokenizer
from semrec.text.pinyin import readings, tone
from semrec.text.spelling import Speller, fold
from semrec.text.spelling_counts import (
    NgramCounts,
    PairCounts,
    count_ngrams,
    count_pairs,
    merge_counts,
)
from semrec.text.spelling_edits import HAN
from semrec.text.spelling_forms import Forms
from semrec.text.spelling_general import General, general, no_statistics
from semrec.text.spelling_judge import learn_judge
from semrec.text.spelling_latin import latin_counts
from semrec.text.spelling_training import cross_fitted, examples, learn_weights, remembered
from semrec.text.spelling_words import WordModel, count_words

HELD_OUT = 800
"""Queries of the log that slips are made of, by which edits are chosen; unknown to the model that
learns from them."""
SEED = 0
_WEIGHTS = (0.3, 1.0, 0.1)
_FONT = "NotoSansSC-Regular.otf"
_STROKES = "char-similar 0.0.2, char_order.dict (MIT; its LICENSE file: Apache 2.0)"
_LEAST = 3.0
"""Rarer words are not shipped."""
_SIDE = 24
_LOOK_ALIKES = 12
_ALIKE = 0.5
# Characters beyond GB 2312 are hardly ever meant; they are typed (by hand above all) for one that
# is, and so like it that few need to be tried.
_RARE_LOOK_ALIKES = 5
_RARE_ALIKE = 0.6
_RARE = range(0x4E00, 0x9FA6)
UNSURE = "?"
"""Stands for what was meant where nobody can tell."""


@dataclasses.dataclass(frozen=True, slots=True)
class Log:
    """The lines of a query log.

    Attributes:
        unread: those that nobody read, in random order.
        read: those that were read, with what was meant, both the same where a query is right.
    """

    unread: list[str]
    read: list[tuple[str, str]]

    def mended(self) -> list[str]:
        """All of them, the read ones as they were meant."""
        return [*self.unread, *(meant for _, meant in self.read)]


def read_sources(data: Path) -> tuple[list[str], list[str]]:
    """Titles and words of the folder."""
    import jieba
    import pandas as pd

    shop = data / "product-search"
    titles = [str(title) for title in pd.read_csv(shop / "catalog.csv")["title"]]
    dictionary = jieba.get_dict_file().read().decode("utf-8").splitlines()
    words = [word for word, count, *_ in map(str.split, dictionary) if int(count) >= 3]
    brands = (data / "jd-brands" / "brands.txt").read_text(encoding="utf-8").splitlines()
    return titles, words + brands


def read_forms(strokes: Path) -> Forms:
    """How each character is written and read, where both are known."""
    written: dict[str, str] = json.loads(strokes.read_text(encoding="utf-8"))
    return Forms.of(
        {
            char: (found[0], str(tone(char)), order)
            for char, order in written.items()
            if HAN.match(char) and order and (found := readings(char))
        }
    )


def usual_characters() -> list[str]:
    """Those of GB 2312."""
    raw = (bytes((a, b)) for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    return [char for code in raw if (char := code.decode("gb2312", "ignore"))]


def look_alikes(font: Path) -> list[tuple[str, str]]:
    """For each character the usual ones whose blurred picture is most like its own (cosine)."""
    usual = usual_characters()
    rare = [char for char in map(chr, _RARE) if char not in set(usual)]
    pictures = _pictures([*usual, *rare], font)
    pictures -= pictures[: len(usual)].mean(axis=0)
    pictures /= np.maximum(np.linalg.norm(pictures, axis=1, keepdims=True), 1e-9)
    found = []
    for chars, most, least in (
        (usual, _LOOK_ALIKES, _ALIKE),
        (rare, _RARE_LOOK_ALIKES, _RARE_ALIKE),
    ):
        first = 0 if chars is usual else len(usual)
        alike = pictures[first : first + len(chars)] @ pictures[: len(usual)].T
        if chars is usual:
            np.fill_diagonal(alike, -1)
        nearest = np.argsort(-alike, axis=1)[:, :most]
        found += [
            (chars[one], usual[other])
            for one, row in enumerate(nearest)
            for other in row
            if alike[one, other] > least
        ]
    return found


def _pictures(chars: Sequence[str], font: Path) -> NDArray[np.float32]:
    """One row of grey values a character; all 0 where the font has none."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    face = ImageFont.truetype(str(font), 40)
    pictures = []
    for char in chars:
        image = Image.new("L", (2 * _SIDE, 2 * _SIDE))
        ImageDraw.Draw(image).text((4, -6), char, 255, font=face)
        small = image.filter(ImageFilter.GaussianBlur(1.5)).resize((_SIDE, _SIDE))
        pictures.append(np.asarray(small, dtype=np.float32).ravel())
    return np.stack(pictures)


def read_log(path: Path, lines: Sequence[str]) -> Log:
    """The log with what was meant by its queries.

    Args:
        path: csv of ``line`` (from 1) and ``meant``, empty where the query is right, ``UNSURE``
            where it is wrong and nobody knows how; such queries are left out.
        lines: of the log, in their order.
    """
    with path.open(encoding="utf-8", newline="") as file:
        labels = {int(row["line"]) - 1: row["meant"] for row in csv.DictReader(file)}
    unread = [line for at, line in enumerate(lines) if at not in labels]
    random.Random(SEED).shuffle(unread)
    sure = {at: meant for at, meant in labels.items() if meant != UNSURE}
    return Log(unread, [(lines[at], meant or lines[at]) for at, meant in sure.items()])


def with_weights(titles: Sequence[str], log: Log, words: Sequence[str], base: General) -> General:
    """The base with the weights by which edits are chosen, learned on slips made up."""
    speller = Speller.build(titles, log.mended()[HELD_OUT:], words, base)
    held_out = log.unread[:HELD_OUT]
    return dataclasses.replace(base, weights=learn_weights(list(examples(held_out, speller, SEED))))


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


def described(font: Path, strokes: Path) -> General:
    """No statistics; characters that look alike in a font or by their strokes, and their forms."""
    forms = read_forms(strokes)
    pairs = dict.fromkeys([*look_alikes(font), *forms.look_alikes(usual_characters())])
    return no_statistics(list(pairs), forms)


def main(data: Path, labels: Path, characters: Sequence[Path] = ()) -> None:
    """Write the asset and where it comes from.

    Args:
        data, labels: as in the module's first lines.
        characters: font and strokes; empty for what is shipped.
    """
    titles, words = read_sources(data)
    lines = (data / "product-search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    log = read_log(labels, lines)
    shipped = () if characters else (general().shapes, general().forms)
    bare = described(*characters) if characters else no_statistics(*shipped)
    base = with_weights(titles, log, words, bare)
    real, made_up = cross_fitted(titles, log.unread, words, log.read, base)
    judge = learn_judge(real, made_up)
    base = dataclasses.replace(base, judge=judge, memory=remembered(log.read))
    made = statistics(titles, log.mended(), words, base)
    folder = Path(str(resources.files("semrec.text"))) / "assets"
    made.save(folder / "spelling.npz")
    provenance = {
        "file": "spelling.npz",
        "command": "python -m semrec.text.spelling_assets DATA LABELS [--characters FONT STROKES]",
        "holds": "counts of character pairs, hashes and counts of 3- and 4-grams seen at least "
        "twice, words and Latin words seen at least three times, look-alike characters, readings "
        "and strokes of characters, characters typed for others with counts, weights",
        "texts": {
            "product-search catalog titles": len(titles),
            "product-search query log": len(lines),
            "jieba dictionary and jd-brands": len(words),
        },
        "font": _FONT,
        "readings": "pypinyin (MIT)",
        "strokes": _STROKES,
        "learned_on": f"slips made up in {HELD_OUT} queries of the log, and {len(log.read)} "
        f"that were read, of which {sum(a != b for a, b in log.read)} were corrected",
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=1)
    (folder / "spelling.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    folder, labelled_by_hand, *rest = (each for each in sys.argv[1:] if each != "--characters")
    main(Path(folder), Path(labelled_by_hand), [Path(each) for each in rest])
