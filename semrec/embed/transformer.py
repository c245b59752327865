"""Any sentence-transformers folder as an encoder; torch is loaded with the first text."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from semrec.embed.fingerprint import folder_checksum
from semrec.embed.folder import Prompts, embedding_dim
from semrec.errors import ModelNotFound
from semrec.progress import track
from semrec.types import Progress, Vectors


class TransformerEncoder:
    """A sentence-transformers model on disk.

    ``name``, ``fingerprint`` and ``dim`` are read from the folder's files, so that an index
    whose vectors exist can be opened without torch.

    Args:
        folder: a sentence-transformers folder.
        name: how the user calls it; the folder's path if None.
        prompts: what is put before queries and items.
        max_length: tokens kept of a text, prompt included; at most what the model allows.
        batch_size: texts computed at once.
        progress: shows the progress of a long call.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        name: str | None = None,
        prompts: Prompts | None = None,
        max_length: int = 128,
        batch_size: int = 32,
        progress: Progress = track,
    ) -> None:
        self._folder = Path(folder)
        self._name = str(folder) if name is None else name
        self._prompts = prompts or Prompts()
        self._max_length = max_length
        self._batch_size = batch_size
        self._progress = progress

    @property
    def name(self) -> str:
        """How a user names this encoder."""
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """Hash of weights, tokenizer, module settings, prompts and truncation; 16 hex digits."""
        parts = (
            folder_checksum(self._folder),
            self._prompts.query,
            self._prompts.passage,
            str(self._max_length),
        )
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()

    @cached_property
    def dim(self) -> int:
        """Length of a vector; loads the model only if its files do not tell."""
        dim = embedding_dim(self._folder)
        return dim if dim is not None else len(self._model.encode("", show_progress_bar=False))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries: shape ``(len(texts), dim)``, float32, unit norm."""
        return self._encode(texts, self._prompts.query)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Encode item texts: shape ``(len(texts), dim)``, float32, unit norm."""
        return self._encode(texts, self._prompts.passage)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        # Texts of like length share a batch, so that little is spent on padding; the longest
        # first, so that the estimate of the time left errs on the safe side.
        order = np.argsort([-len(text) for text in texts], kind="stable")
        batches = [
            order[start : start + self._batch_size]
            for start in range(0, len(texts), self._batch_size)
        ]
        for rows in self._progress(batches, total=len(batches), label="encoding"):
            vectors[rows] = self._model.encode(
                [valid_unicode(texts[row]) for row in rows],
                prompt=prompt,
                batch_size=len(rows),
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return _unit(vectors)

    @cached_property
    def _model(self) -> Any:
        # Without this, a fork after the first use makes the tokenizer print a warning.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        try:
            with quiet_loading():
                model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelNotFound(f"{self._name}: no sentence-transformers model: {why}") from error
        longest = model.max_seq_length
        # Static models have no limit (infinity), and none can be set.
        if longest is None or self._max_length < longest < math.inf:
            model.max_seq_length = self._max_length
        return model.eval()


@contextmanager
def quiet_loading() -> Iterator[None]:
    """No progress bar of transformers while a model is loaded."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def valid_unicode(text: str) -> str:
    """Lone surrogates, which a broken file may yield, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _unit(vectors: Vectors) -> Vectors:
    """Scale rows to unit norm; a row without direction (no known token) points everywhere alike."""
    vectors = np.nan_to_num(vectors)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[norms[:, 0] == 0] = 1.0
    norms[norms == 0] = np.sqrt(vectors.shape[1])
    return np.asarray(vectors / norms, dtype=np.float32)
