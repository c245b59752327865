"""What a fine-tuned transformer would add to the sentiment model that ships.

    python tests/bench/bench_sentiment_transformer.py DATA [--texts 34468] [--rate 5e-5]

multilingual-e5-small, all layers but the embeddings, learns for one epoch from the reviews that the
shipped model learned from (bfloat16, 96 tokens; 17 minutes on two cores that nothing else uses).
Its log-odds then join the shipped model's in a logistic mix, fitted on the same reviews as that
one, and both are judged on those that are held out. Recorded, by a draft of this file:

    shipped .9410, transformer alone .9377, both .9453
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import nn
from transformers import AutoModel, AutoTokenizer

from semrec.embed.e5 import offline_folder
from semrec.text.reviews.features import trimmed
from semrec.text.reviews.labelled import read_labelled
from semrec.text.reviews.linear import fit_logistic
from semrec.text.reviews.sentiment import Sentiment
from semrec.text.reviews.training import split

CHARACTERS, TOKENS, BATCH, HEAD_RATE, SMOOTHING = 160, 96, 32, 1e-3, 0.03
Rows = NDArray[np.int64]


class Classifier(nn.Module):
    """One linear unit over the mean of the last layer and its first vector."""

    def __init__(self, body: nn.Module, width: int) -> None:
        super().__init__()
        self.body, self.drop, self.head = body, nn.Dropout(0.1), nn.Linear(2 * width, 1)
        for weights in body.embeddings.parameters():
            weights.requires_grad = False

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        there = mask[:, :, None].float()
        mean = (hidden * there).sum(1) / there.sum(1)
        return self.head(self.drop(torch.cat([mean, hidden[:, 0]], 1)))[:, 0]


def fit(
    net: Classifier,
    batch: Callable[[Rows], tuple[torch.Tensor, torch.Tensor]],
    labels: NDArray[np.bool_],
    rows: Rows,
    lengths: NDArray[np.int64],
    rate: float,
) -> None:
    """One epoch of AdamW with one cycle of the learning rate."""
    target = torch.from_numpy(np.where(labels, 1 - SMOOTHING, SMOOTHING).astype(np.float32))
    body = [weights for weights in net.body.parameters() if weights.requires_grad]
    groups = [{"params": net.head.parameters()}, {"params": body}]
    optimiser = torch.optim.AdamW(groups, lr=rate, weight_decay=0.01)
    steps = -(-len(rows) // BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [HEAD_RATE, rate], total_steps=steps + 1, pct_start=0.1
    )
    rng, start, total = np.random.default_rng(0), time.monotonic(), 0.0
    order = rows[np.argsort(lengths[rows] + rng.normal(0, 4, len(rows)), kind="stable")]
    net.train()
    for number, step in enumerate(rng.permutation(steps), start=1):
        chosen = order[step * BATCH : (step + 1) * BATCH]
        with torch.autocast("cpu", torch.bfloat16):
            said = net(*batch(chosen))
        loss = nn.functional.binary_cross_entropy_with_logits(said.float(), target[chosen])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(body, 1.0)
        optimiser.step()
        cycle.step()
        total += loss.item()
        if number % 100 == 0 or number == steps:
            took = time.monotonic() - start
            print(f"step {number} of {steps}: loss {total / number:.4f}, {took:.0f} s", flush=True)


def log_odds(
    net: Classifier,
    batch: Callable[[Rows], tuple[torch.Tensor, torch.Tensor]],
    rows: Rows,
    lengths: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Log-odds of praise, shape ``(len(rows),)``."""
    net.eval()
    said = np.zeros(len(rows), dtype=np.float32)
    order = np.argsort(lengths[rows], kind="stable")
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), 2 * BATCH):
            at = order[start : start + 2 * BATCH]
            said[at] = net(*batch(rows[at])).float().numpy()
    return said


def mixed(
    mixing: NDArray[np.float32], labels: NDArray[np.bool_], held: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """What a logistic mix fitted on ``mixing`` says of ``held``."""
    weights = fit_logistic(sparse.csr_matrix(mixing.astype(np.float64)), labels, penalty=1.0)
    return np.asarray(held @ weights[:-1] + weights[-1] > 0)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--texts", type=int, help="learn from so many only")
    parser.add_argument("--rate", type=float, default=5e-5)
    given = parser.parse_args(arguments)
    data = read_labelled(sorted((given.data / "reviews").glob("*.csv")), "label").distinct()
    parts = split(data.texts)
    labels = np.asarray(data.labels)
    torch.manual_seed(0)
    tokens = AutoTokenizer.from_pretrained(offline_folder())
    texts = [trimmed(text, CHARACTERS) for text in data.texts]
    ids = [np.array(row) for row in tokens(texts, truncation=True, max_length=TOKENS)["input_ids"]]
    lengths = np.array([len(row) for row in ids])

    def batch(rows: Rows) -> tuple[torch.Tensor, torch.Tensor]:
        shape = (len(rows), int(lengths[rows].max()))
        table, mask = np.full(shape, tokens.pad_token_id), np.zeros(shape, dtype=np.int64)
        for i, row in enumerate(rows):
            table[i, : lengths[row]], mask[i, : lengths[row]] = ids[row], 1
        return torch.from_numpy(table), torch.from_numpy(mask)

    body = AutoModel.from_pretrained(offline_folder())
    net = Classifier(body, body.config.hidden_size)
    fit(net, batch, labels, parts.fit[: given.texts], lengths, given.rate)
    asset = resources.files("semrec.text.reviews").joinpath("assets/sentiment.npz")
    with resources.as_file(asset) as file:
        shipped = Sentiment.load(file)
    said = {rows: log_odds(net, batch, getattr(parts, rows), lengths) for rows in ("mix", "held")}
    own = {rows: shipped.parts([data.texts[i] for i in getattr(parts, rows)]) for rows in said}
    both = {rows: np.column_stack([own[rows], said[rows]]) for rows in said}
    right = labels[parts.held]
    print(f"transformer alone {np.mean((said['held'] > 0) == right):.4f}")
    for name, each in (("shipped", own), ("both", both)):
        found = mixed(each["mix"], labels[parts.mix], each["held"])
        print(f"{name} {np.mean(found == right):.4f}")


if __name__ == "__main__":
    main()
