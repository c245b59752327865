"""How likely each edit is to be right: a small network over all that is known of it.

A weighted sum holds what speaks for an edit to count the same whatever else is known; the hidden
units learn where it does not (a rare word counts little where what was typed is a word as well).
All edits of a query share one softmax with "nothing is wrong", whose log-odds are 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HIDDEN, _MEMBERS = 64, 3
_EPOCHS, _BATCH = 30, 256
_RATE, _DECAY, _DROPPED = 3e-3, 1e-2, 0.1
_RARE = -3.0
"""Log-odds of an edit before anything is learned."""
_NEVER = -1e4

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A query, the features of its edits, and which of them lead to what was meant (maybe none).

    Attributes:
        clean: whether the query is right as it is.
        evidence: features of the edits, shape ``(edits, features)``.
        right: shape ``(edits,)``.
    """

    clean: bool
    evidence: Floats
    right: NDArray[np.bool_]

    @property
    def teaches(self) -> bool:
        """Whether there is an edit to choose or to refuse; not where the right one is missing."""
        return len(self.right) > 0 and (self.clean or bool(self.right.any()))


@dataclass(frozen=True)
class Judge:
    """``linear · x + outer · tanh(inner · x + inner_bias) + bias``, x scaled by mean and deviation.

    Attributes:
        mean, scale: of each feature, shape ``(features,)``.
        linear: shape ``(features,)``.
        inner: shape ``(features, hidden)``.
        inner_bias: shape ``(hidden,)``.
        outer: shape ``(hidden,)``.
        bias: shape ``(1,)``.
    """

    mean: Floats
    scale: Floats
    linear: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    bias: Floats

    def log_odds(self, evidence: Floats) -> Floats:
        """Of each edit against "nothing is wrong": shape ``(edits,)``."""
        scaled = (evidence - self.mean) / self.scale
        hidden = np.tanh(scaled @ self.inner + self.inner_bias)
        return np.asarray(scaled @ self.linear + hidden @ self.outer + self.bias, np.float32)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``Judge(**arrays)`` takes it back."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def silent(cls, features: int) -> Judge:
        """One that thinks nothing wrong, whatever the features."""
        nothing = np.zeros(features, dtype=np.float32)
        empty = np.zeros((features, 0), dtype=np.float32)
        never = np.array([_NEVER], dtype=np.float32)
        return cls(nothing, nothing + 1, nothing, empty, empty[0], empty[0], never)


def learn_judge(
    examples: Sequence[Example], made_up: Sequence[Example] = (), seed: int = 0
) -> Judge:
    """The mean of three networks that make what was meant likeliest (log loss, AdamW).

    Slips are made up far more often than people make them. What tells whether an example is made
    up is therefore a feature in training, and false afterwards.

    Args:
        examples: real ones. Those whose right edit is not among the candidates teach nothing.
        made_up: more of them.
        seed: of the networks and the order of the examples.
    """
    import torch
    from torch import nn

    real = [each for each in examples if each.teaches]
    used = [*real, *(each for each in made_up if each.teaches)]
    table, there, right = _padded(used, len(real))
    mean = table[there].mean(axis=0)
    scale = table[there].std(axis=0) + np.float32(1e-6)
    scaled = torch.from_numpy(np.where(there[:, :, None], (table - mean) / scale, 0))
    is_edit, is_right = torch.from_numpy(there), torch.from_numpy(right)
    clean = torch.tensor([e.clean for e in used])

    def loss_of(net: nn.ModuleDict, rows: torch.Tensor) -> torch.Tensor:
        x = scaled[rows]
        hidden = net["drop"](torch.tanh(net["inner"](x)))
        odds = (net["linear"](x) + net["outer"](hidden))[..., 0]
        nothing = torch.zeros(len(rows), 1)
        whole = torch.cat([odds.masked_fill(~is_edit[rows], _NEVER), nothing], 1).logsumexp(1)
        good = odds.masked_fill(~is_right[rows], _NEVER).logsumexp(1)
        return (whole - torch.where(clean[rows], nothing[:, 0], good)).mean()

    members = []
    for member in range(_MEMBERS):
        torch.manual_seed(seed + member)
        net = _network(len(mean))
        optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=_DECAY)
        batches = -(-len(used) // _BATCH)
        cycle = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, _RATE, total_steps=_EPOCHS * batches + 1
        )
        for _ in range(_EPOCHS):
            order = torch.randperm(len(used))
            for start in range(0, len(used), _BATCH):
                rows = order[start : start + _BATCH]
                optimiser.zero_grad()
                loss_of(net, rows).backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                cycle.step()
        members.append(net)
    return _without_last(_mean_of(members, mean, scale))


def _padded(
    used: Sequence[Example], real: int
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Features with whether they are made up, what is an edit, and what is a right one."""
    most = max(len(e.right) for e in used)
    table = np.zeros((len(used), most, used[0].evidence.shape[1] + 1), dtype=np.float32)
    table[real:, :, -1] = 1
    there, right = np.zeros((2, len(used), most), dtype=np.bool_)
    for i, example in enumerate(used):
        count = len(example.right)
        table[i, :count, :-1], there[i, :count] = example.evidence, True
        right[i, :count] = example.right
    return table, there, right


def _network(features: int):  # type: ignore[no-untyped-def]
    from torch import nn

    linear, inner = nn.Linear(features, 1), nn.Linear(features, _HIDDEN)
    outer = nn.Linear(_HIDDEN, 1, bias=False)
    for weight in (linear.weight, outer.weight):
        nn.init.zeros_(weight)
    nn.init.constant_(linear.bias, _RARE)
    parts = {"linear": linear, "inner": inner, "outer": outer, "drop": nn.Dropout(_DROPPED)}
    return nn.ModuleDict(parts)


def _mean_of(members, mean: Floats, scale: Floats) -> Judge:  # type: ignore[no-untyped-def]
    """One network that answers the mean of the members' log-odds."""
    states = [{name: v.detach().numpy() for name, v in net.state_dict().items()} for net in members]
    outer = [state["outer.weight"][0] for state in states]
    return Judge(
        mean=mean,
        scale=scale,
        linear=np.mean([state["linear.weight"][0] for state in states], axis=0),
        inner=np.concatenate([state["inner.weight"].T for state in states], axis=1),
        inner_bias=np.concatenate([state["inner.bias"] for state in states]),
        outer=np.asarray(np.concatenate(outer) / len(states), np.float32),
        bias=np.mean([state["linear.bias"] for state in states], axis=0),
    )


def _without_last(judge: Judge) -> Judge:
    """The same judge where the last feature is always 0."""
    nothing = -judge.mean[-1] / judge.scale[-1]
    return Judge(
        mean=judge.mean[:-1],
        scale=judge.scale[:-1],
        linear=judge.linear[:-1],
        inner=judge.inner[:-1],
        inner_bias=judge.inner_bias + nothing * judge.inner[-1],
        outer=judge.outer,
        bias=judge.bias + nothing * judge.linear[-1],
    )
