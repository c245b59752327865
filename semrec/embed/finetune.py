"""Fine-tuning of a transformer on a shop's titles, with the trainer of sentence-transformers.

For those with a GPU; on a laptop the student learns the same pairs in minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from semrec.embed.adapt import AdaptReport
from semrec.embed.folder import Prompts, model_prompts
from semrec.embed.heldout import HeldOut, figures
from semrec.embed.load import model_folder
from semrec.embed.pairs import PseudoQueries
from semrec.embed.relevance import Click
from semrec.embed.transformer import TransformerEncoder
from semrec.errors import CannotWrite, InvalidArgument, MissingExtra
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter

_HELD_SHARE, _HELD_MOST = 0.05, 500


@dataclass(frozen=True)
class FinetuneSettings:
    """How a transformer is fine-tuned."""

    steps: int = 1000
    """Batches at most; fewer if ``epochs`` are over before."""
    epochs: int = 1
    """Passes over the pairs."""
    batch: int = 64
    """Pairs of a step; each is a negative of the others."""
    rate: float = 2e-5
    """Length of the first steps (AdamW, falling in a straight line)."""
    temperature: float = 0.05
    """What cosines are divided by before they become distributions."""


def finetune(
    model: str,
    titles: Sequence[str],
    out: str | Path,
    *,
    clicks: Sequence[Click] = (),
    settings: FinetuneSettings | None = None,
    seed: int = 0,
) -> AdaptReport:
    """Fine-tune a model with in-batch negatives, and save it if held-out pairs are found better.

    Args:
        model: the offline default's name, a sentence-transformers folder, or a name on the hub.
        titles: the catalog's.
        out: folder of the new model; it is not made if the result is refused.
        clicks: queries with the row of what was taken, beside pseudo-queries from the titles.
        settings: how; the defaults if None.
        seed: decides pairs and batches.

    Raises:
        InvalidArgument: there is no title, or a click names no row of them.
        ModelNotFound: the model is neither on disk nor on the hub.
        MissingExtra: the trainer's packages are not installed.
        CannotWrite: ``out`` exists already.
    """
    settings = settings or FinetuneSettings()
    out = Path(out)
    if out.exists():
        raise CannotWrite(f"{out}: exists already; legal: a folder that does not")
    if not titles or any(not 0 <= click.row < len(titles) for click in clicks):
        raise InvalidArgument(f"{len(titles)} titles, clicks beyond them; legal: rows of titles")
    folder = model_folder(model)
    prompts = model_prompts(folder, model)
    rng = np.random.default_rng(seed)
    pseudo = PseudoQueries([normalise(title) for title in titles], Segmenter().words)
    order = rng.permutation(len(titles))
    held = order[: max(1, min(_HELD_MOST, int(len(titles) * _HELD_SHARE)))]
    pairs = [(p.query, p.title) for p in pseudo.draw(order[len(held) :], rng)]
    pairs += [(click.query, titles[click.row]) for click in clicks]
    check = HeldOut("pseudo-queries", [p.query for p in pseudo.draw(held, rng)], held)

    before = figures([check], TransformerEncoder(folder, prompts=prompts), titles)
    with TemporaryDirectory() as scratch:
        tuned, losses, seconds = _train(folder, prompts, pairs, settings, seed, Path(scratch))
        tuned.save(str(Path(scratch) / "model"), create_model_card=False)
        encoder = TransformerEncoder(Path(scratch) / "model", prompts=prompts)
        after = figures([check], encoder, titles)
        kept = after[check.name] >= before[check.name]
        if kept:
            tuned.save(str(out), create_model_card=False)
    counts = {"titles": len(titles), "clicks": len(clicks), "pairs": len(pairs)}
    return AdaptReport(losses, before, after, kept, counts, seconds)


def _train(
    folder: Path,
    prompts: Prompts,
    pairs: Sequence[tuple[str, str]],
    settings: FinetuneSettings,
    seed: int,
    scratch: Path,
) -> tuple[Any, dict[str, float], float]:
    """The tuned model, its last loss, and the seconds that training took."""
    try:
        from datasets import Dataset  # type: ignore[import-untyped]
    except ImportError:
        raise MissingExtra("finetune", "datasets") from None
    import torch
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    model = SentenceTransformer(str(folder), local_files_only=True)
    columns = {
        "query": [prompts.query + query for query, _ in pairs],
        "title": [prompts.passage + title for _, title in pairs],
    }
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(scratch),
        max_steps=min(settings.steps, settings.epochs * -(-len(pairs) // settings.batch)),
        per_device_train_batch_size=settings.batch,
        learning_rate=settings.rate,
        warmup_steps=0.1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=torch.cuda.is_available(),
        seed=seed,
    )
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_dict(columns),
        loss=MultipleNegativesRankingLoss(model, scale=1 / settings.temperature),
    )
    outcome = trainer.train()
    return model, {"contrastive": outcome.training_loss}, float(outcome.metrics["train_runtime"])
