"""What fine-tuning changed in a transformer, as matrices of low rank in eight bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.reviews.linear import Quantised

Matrices = Sequence[NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class LowRank:
    """The largest singular directions of the change of each matrix.

    A change of fine-tuning has few directions that matter (Hu et al. 2021, "LoRA"), so the rest are
    left out: ``change ≈ Σ_k sizes_k · left_k ⊗ right_k``.

    Attributes:
        left: unit vectors of all matrices one after another, ``Σ rows · rank`` values.
        right: as many of the other side, ``Σ columns · rank`` values.
        sizes: singular values, shape ``(matrices, rank)``, float32.
    """

    left: Quantised
    right: Quantised
    sizes: NDArray[np.float32]

    @classmethod
    def of(cls, changes: Matrices, rank: int) -> LowRank:
        """The best approximation of each matrix by ``rank`` directions (Eckart & Young 1936)."""
        left, right, sizes = [], [], []
        for change in changes:
            u, s, v = np.linalg.svd(change.astype(np.float64), full_matrices=False)
            left.append(u[:, :rank].ravel())
            right.append(v[:rank].ravel())
            sizes.append(s[:rank])
        return cls(
            Quantised.of(np.concatenate(left), spread=0.9999),
            Quantised.of(np.concatenate(right), spread=0.9999),
            np.stack(sizes).astype(np.float32),
        )

    def changes(self, shapes: Sequence[tuple[int, int]]) -> list[NDArray[np.float32]]:
        """The matrices again, float32.

        Args:
            shapes: rows and columns of each, in the order they were given.

        Raises:
            ValueError: these are not the shapes of what is kept.
        """
        matrices, rank = self.sizes.shape
        sides = (self.left, self.right)
        if len(shapes) != matrices or [len(side.codes) for side in sides] != [
            rank * sum(shape[axis] for shape in shapes) for axis in (0, 1)
        ]:
            raise ValueError(f"changes of rank {rank} of {matrices} matrices are of other shapes")
        left, right = (
            np.split(side.values(), np.cumsum([rank * shape[axis] for shape in shapes])[:-1])
            for axis, side in enumerate(sides)
        )
        return [
            (u.reshape(-1, rank) * size) @ v.reshape(rank, -1)
            for u, size, v in zip(left, self.sizes, right, strict=True)
        ]

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``left``, ``right``, their steps, and ``sizes``."""
        return {
            "left": self.left.codes,
            "right": self.right.codes,
            "steps": np.array([self.left.step, self.right.step], dtype=np.float32),
            "sizes": self.sizes,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> LowRank:
        """The inverse of :meth:`arrays`."""
        left, right = (float(step) for step in arrays["steps"])
        return cls(
            Quantised(arrays["left"], left), Quantised(arrays["right"], right), arrays["sizes"]
        )
