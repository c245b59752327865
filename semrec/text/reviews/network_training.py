"""Fits the network of ``network.py`` with torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from semrec.progress import track
from semrec.text.reviews.network import LONGEST, WIDTHS, Network
from semrec.text.reviews.pieces import PADDING, UNKNOWN, padded

DIM = 128
FILTERS = 128
_RATE, _DECAY = 2e-3, 1e-2
_BATCH = 64
_SMOOTHING = 0.05
"""Labels are taken as .95 and .05: some are wrong."""
_HIDDEN = 0.1
"""Share of the pieces that are made unknown in training, so that no single one decides."""

Say = Callable[[str], None]


def fit(
    numbers: Sequence[NDArray[np.int32]],
    labels: NDArray[np.bool_],
    start: NDArray[np.float32],
    seed: int,
    epochs: int,
    say: Say,
) -> Network:
    """Minimise the log loss by AdamW with one cycle of the learning rate (Smith 2018).

    Args:
        numbers: of the pieces of each text, see ``Pieces.numbers``.
        labels: shape ``(texts,)``, True for praise.
        start: the table of embeddings to begin with, shape ``(pieces + 2, dim)``.
        seed: of the weights and the order of the batches.
        epochs: passes over the texts.
        say: gets a line an epoch.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = _module(start)
    lengths = np.array([len(text) for text in numbers])
    target = torch.from_numpy(np.where(labels, 1 - _SMOOTHING, _SMOOTHING).astype(np.float32))
    optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=_DECAY)
    batches = -(-len(numbers) // _BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _RATE, total_steps=epochs * batches + 1, pct_start=0.15
    )
    for epoch in range(epochs):
        net.train()
        total = 0.0
        # Texts of like length share a batch, so that little is padded.
        order = np.argsort(lengths + rng.normal(0, 4, len(numbers)), kind="stable")
        steps = rng.permutation(batches)
        for step in track(steps, total=batches, label=f"epoch {epoch + 1}/{epochs}"):
            batch = order[step * _BATCH : (step + 1) * _BATCH]
            table = padded([numbers[i] for i in batch], LONGEST)
            table[(table != PADDING) & (rng.random(table.shape) < _HIDDEN)] = UNKNOWN
            loss = binary_cross_entropy_with_logits(net(torch.from_numpy(table)), target[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            cycle.step()
            total += loss.item()
        say(f"epoch {epoch + 1}/{epochs}: loss {total / batches:.4f}")
    return _frozen(net)


def _module(start: NDArray[np.float32]):  # type: ignore[no-untyped-def]
    import torch
    from torch import nn

    dim = start.shape[1]

    class Convolutions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(len(start), dim, padding_idx=PADDING)
            self.embedding.load_state_dict({"weight": torch.from_numpy(start)})
            self.filters = nn.ModuleList(nn.Linear(width * dim, FILTERS) for width in WIDTHS)
            self.output = nn.Linear(2 * FILTERS * len(WIDTHS), 1)
            self.drop_input, self.drop = nn.Dropout(0.3), nn.Dropout(0.5)

        def forward(self, table: torch.Tensor) -> torch.Tensor:
            mask = (table != PADDING).float()[:, :, None]
            vectors = self.drop_input(self.embedding(table))
            length = table.shape[1]
            counts = mask.sum(1).clamp(min=1)
            pooled = []
            for width, layer in zip(WIDTHS, self.filters, strict=True):
                side = width // 2
                around = nn.functional.pad(vectors, (0, 0, side, side))
                windows = [around[:, shift : shift + length] for shift in range(width)]
                found = torch.relu(layer(torch.cat(windows, 2))) * mask
                pooled += [found.max(1)[0], found.sum(1) / counts]
            scores: torch.Tensor = self.output(self.drop(torch.cat(pooled, 1)))
            return scores[:, 0]

    return Convolutions()


def _frozen(net) -> Network:  # type: ignore[no-untyped-def]
    state = {name: values.numpy().astype(np.float32) for name, values in net.state_dict().items()}
    numbers = range(len(WIDTHS))
    return Network(
        embedding=state["embedding.weight"],
        filters=tuple(np.ascontiguousarray(state[f"filters.{i}.weight"].T) for i in numbers),
        biases=tuple(state[f"filters.{i}.bias"] for i in numbers),
        output=np.append(state["output.weight"][0], state["output.bias"]).astype(np.float32),
    )
