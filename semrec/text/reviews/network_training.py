"""Fits the network of ``network.py`` with torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from semrec.progress import track
from semrec.text.reviews.network import WIDTHS, Network, gram_keys, look_up

DIM = 64
FILTERS = 80
_SINGLES, _PAIRS = 4000, 12000
_RATE, _DECAY = 3e-3, 1e-4
_BATCH = 64
_SMOOTHING = 0.05
"""Labels are taken as .95 and .05: some are wrong."""

Say = Callable[[str], None]


def known_grams(texts: Sequence[str]) -> NDArray[np.int64]:
    """The commonest characters and pairs that stand in the texts at least twice, sorted keys."""
    kept = []
    blocks = [gram_keys(texts[i : i + 1000]) for i in range(0, len(texts), 1000)]
    for kind, limit in ((0, _SINGLES), (1, _PAIRS)):
        every = np.concatenate([block[kind].ravel() for block in blocks])
        keys, counts = np.unique(every[every >= 0], return_counts=True)
        order = np.argsort(-counts, kind="stable")[:limit]
        kept.append(keys[order][counts[order] >= 2])
    return np.sort(np.concatenate(kept))


def fit(
    texts: Sequence[str],
    labels: NDArray[np.bool_],
    seed: int,
    epochs: int,
    say: Say,
) -> Network:
    """Minimise the log loss by AdamW with one cycle of the learning rate (Smith 2018).

    Args:
        texts: normalised.
        labels: shape ``(texts,)``, True for praise.
        seed: of the weights and the order of the batches.
        epochs: passes over the texts.
        say: gets a line an epoch.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    known = known_grams(texts)
    net = _module(len(known) + 2)
    lengths = np.array([len(text) for text in texts])
    target = torch.from_numpy(np.where(labels, 1 - _SMOOTHING, _SMOOTHING).astype(np.float32))
    optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=_DECAY)
    batches = -(-len(texts) // _BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _RATE, total_steps=epochs * batches + 1, pct_start=0.15
    )
    for epoch in range(epochs):
        net.train()
        total = 0.0
        # Texts of like length share a batch, so that little is padded.
        order = np.argsort(lengths + rng.normal(0, 4, len(texts)), kind="stable")
        steps = rng.permutation(batches)
        for step in track(steps, total=batches, label=f"epoch {epoch + 1}/{epochs}"):
            batch = order[step * _BATCH : (step + 1) * _BATCH]
            singles, pairs = gram_keys([texts[i] for i in batch])
            numbers = (torch.from_numpy(look_up(keys, known)) for keys in (singles, pairs))
            loss = binary_cross_entropy_with_logits(net(*numbers), target[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            cycle.step()
            total += loss.item()
        say(f"epoch {epoch + 1}/{epochs}: loss {total / batches:.4f}")
    return _frozen(net, known)


def _module(rows: int):  # type: ignore[no-untyped-def]
    import torch
    from torch import nn

    class Convolutions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(rows, DIM, padding_idx=0)
            nn.init.normal_(self.embedding.weight, 0, 0.1)
            with torch.no_grad():
                self.embedding.weight[0] = 0
            self.filters = nn.ModuleList(nn.Linear(width * DIM, FILTERS) for width in WIDTHS)
            self.output = nn.Linear(2 * FILTERS * len(WIDTHS), 1)
            self.drop_input, self.drop = nn.Dropout(0.3), nn.Dropout(0.5)

        def forward(self, singles: torch.Tensor, pairs: torch.Tensor) -> torch.Tensor:
            mask = (singles > 0).float()[:, :, None]
            vectors = self.drop_input(self.embedding(singles) + self.embedding(pairs))
            length = vectors.shape[1]
            counts = mask.sum(1).clamp(min=1)
            pooled = []
            for width, layer in zip(WIDTHS, self.filters, strict=True):
                side = width // 2
                padded = nn.functional.pad(vectors, (0, 0, side, side))
                windows = [padded[:, shift : shift + length] for shift in range(width)]
                found = torch.relu(layer(torch.cat(windows, 2))) * mask
                pooled += [found.max(1)[0], found.sum(1) / counts]
            scores: torch.Tensor = self.output(self.drop(torch.cat(pooled, 1)))
            return scores[:, 0]

    return Convolutions()


def _frozen(net, known: NDArray[np.int64]) -> Network:  # type: ignore[no-untyped-def]
    state = {name: values.numpy().astype(np.float32) for name, values in net.state_dict().items()}
    numbers = range(len(WIDTHS))
    return Network(
        known=known,
        embedding=state["embedding.weight"],
        filters=tuple(np.ascontiguousarray(state[f"filters.{i}.weight"].T) for i in numbers),
        biases=tuple(state[f"filters.{i}.bias"] for i in numbers),
        output=np.append(state["output.weight"][0], state["output.bias"]).astype(np.float32),
    )
