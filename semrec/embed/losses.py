"""The losses of a student with their gradients, over batches of unit vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.types import Vectors

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Loss:
    """A loss and its gradients.

    Attributes:
        value: mean over the batch.
        left: gradient by the left vectors, shape ``(n, dim)``.
        right: gradient by the right vectors, shape ``(m, dim)``.
    """

    value: float
    left: Matrix
    right: Matrix


def relational(left: Vectors, right: Vectors, targets: Matrix, temperature: float) -> Loss:
    """KL divergence of the softmax of cosines from target distributions.

    With one-hot targets it is the in-batch contrastive loss (InfoNCE, van den Oord et al. 2018),
    with a teacher's relevances relational distillation (Tung & Mori 2019).

    Args:
        left: shape ``(n, dim)``.
        right: shape ``(m, dim)``.
        targets: rows that sum to 1, shape ``(n, m)``.
        temperature: what the cosines are divided by.
    """
    logits = left @ right.T / np.float32(temperature)
    logs = logits - logits.max(axis=1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    known = targets > 0
    value = (targets[known] * (np.log(targets[known]) - logs[known])).sum() / len(left)
    slope = (np.exp(logs) - targets) / np.float32(len(left) * temperature)
    return Loss(float(value), slope @ right, slope.T @ left)


def listwise(
    left: Vectors, lists: NDArray[np.float32], targets: Matrix, temperature: float
) -> Loss:
    """KL divergence of the softmax over each vector's own candidates from its target.

    Source: Cao et al. 2007, "Learning to Rank: From Pairwise Approach to Listwise Approach".

    Args:
        left: shape ``(n, dim)``.
        lists: candidates of each, which stay as they are, shape ``(n, c, dim)``.
        targets: rows that sum to 1, 0 where there is no candidate, shape ``(n, c)``.
        temperature: what the cosines are divided by.
    """
    there = targets > 0
    logits = np.matmul(lists, left[:, :, None])[:, :, 0] / np.float32(temperature)
    logits = np.where(there, logits, np.float32(-np.inf))
    logs = logits - logits.max(axis=1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    value = (targets[there] * (np.log(targets[there]) - logs[there])).sum() / len(left)
    slope = (np.exp(logs) - targets) / np.float32(len(left) * temperature)
    gradient = np.matmul(slope[:, None, :], lists)[:, 0]
    return Loss(float(value), gradient, np.zeros_like(lists[:0, 0]))


def regression(vectors: Vectors, wanted: Vectors) -> Loss:
    """One minus the cosine with the wanted vectors, both of shape ``(n, dim)``."""
    value = 1 - (vectors * wanted).sum(axis=1).mean()
    share = np.float32(len(vectors))
    return Loss(float(value), -wanted / share, -vectors / share)


def softmax(scores: Matrix, sharpness: float) -> Matrix:
    """Rows as distributions: ``exp(sharpness × score)``, scaled to sum 1."""
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) * np.float32(sharpness))
    distribution: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return distribution
