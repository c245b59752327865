"""Train the tagger that comes with the package.

``python -m semrec.text.mining.train train.jsonl`` cross-validates and writes the weights with
their ``provenance.json`` entry; ``--dry`` only cross-validates.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

from semrec.text.mining.labelled import LabelledTitle, read_labelled
from semrec.text.mining.labels import KINDS, Tagged
from semrec.text.mining.scoring import SpanScore, score_spans
from semrec.text.mining.tagger import ASSET, Tagger
from semrec.text.mining.training import fit

ASSETS = Path(__file__).parents[1] / "assets"
PROVENANCE = "title_tagger.provenance.json"
SEED = 7


def train(titles: Sequence[LabelledTitle]) -> Tagger:
    """Fit the tagger to labelled titles."""
    return fit([each.title for each in titles], [each.spans for each in titles])


def tagged(tagger: Tagger, titles: Sequence[LabelledTitle]) -> list[list[Tagged]]:
    """What the tagger finds in each title."""
    found = tagger.tag_many([each.title for each in titles])
    return [[(span.start, span.end, span.kind) for span in spans] for spans in found]


def cross_validate(titles: Sequence[LabelledTitle], folds: int) -> dict[str, SpanScore]:
    """Score of each kind over all titles, each tagged by a model that did not see it."""
    shuffled = list(titles)
    random.Random(SEED).shuffle(shuffled)
    gold: list[Sequence[Tagged]] = []
    found: list[Sequence[Tagged]] = []
    for fold in range(folds):
        held_out = shuffled[fold::folds]
        rest = [each for i, each in enumerate(shuffled) if i % folds != fold]
        gold += [each.spans for each in held_out]
        found += tagged(train(rest), held_out)
    return {kind: score_spans(gold, found, kind) for kind in KINDS}


def main(arguments: Sequence[str] | None = None) -> None:
    """Cross-validate, fit to everything, write the weights and where they come from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="labelled titles, one JSON object a line")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    parser.add_argument("-o", "--output", type=Path, default=ASSETS, help="folder of the weights")
    options = parser.parse_args(arguments)
    titles = read_labelled(options.file)
    figures = {}
    for kind, score in cross_validate(titles, options.folds).items():
        values = (score.precision, score.recall, score.f1)
        precision, recall, f1 = (round(value, 3) for value in values)
        figures[kind] = {"precision": precision, "recall": recall, "f1": f1}
        print(f"{kind:8} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")
    if options.dry:
        return
    train(titles).save(options.output / ASSET)
    provenance = {
        "file": ASSET,
        "what": "weights of a linear-chain CRF over hashed features of titles; no text",
        "data": f"{options.file.parent.name}/{options.file.name}, {len(titles)} distinct titles",
        "source": "github.com/allanj/ner_incomplete_annotation (Jie et al., NAACL 2019)",
        "seed": SEED,
        "command": f"python -m semrec.text.mining.train {options.file.name}",
        f"cross-validation, {options.folds} folds": figures,
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=2)
    (options.output / PROVENANCE).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
