"""The contract of all encoders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from semrec.types import Vectors


class Encoder(Protocol):
    """Text to vectors; queries and items may be encoded differently (prompts)."""

    @property
    def name(self) -> str:
        """How a user names this encoder (``config.embed.model``)."""

    @property
    def fingerprint(self) -> str:
        """Identity of weights, prompts and truncation; equal fingerprints give equal vectors."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries: shape ``(len(texts), dim)``, float32, unit norm."""

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Encode item texts: shape ``(len(texts), dim)``, float32, unit norm."""
