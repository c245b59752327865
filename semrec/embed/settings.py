"""How a student is adapted to a shop."""

from __future__ import annotations

from dataclasses import dataclass, fields

from semrec.errors import InvalidArgument


@dataclass(frozen=True)
class AdaptSettings:
    """Settings of an adaptation; each was chosen on held-out queries without labels."""

    buckets: int = 1 << 17
    """Rows of the table, a power of two."""
    dim: int = 768
    """Length of a vector where there is neither a teacher nor a start, whose length it else is:
    words alone need more room than a teacher's meanings."""
    bits: int = 8
    """Bits of a number in the stored table: 8 or 4."""
    epochs: int = 8
    """Passes over queries and titles."""
    batch: int = 256
    """Queries of a step."""
    pool: int = 320
    """Titles of a step, among which each query should find its own."""
    drawn_from: int = 20
    """The relevant titles of a step are among the first so many of each query."""
    rate: float = 1e-2
    """Length of the first steps; they shrink to zero in a straight line."""
    temperature: float = 0.05
    """What cosines are divided by before they become distributions."""
    sharpness: float = 12.0
    """What relevances are multiplied by before they become distributions."""
    contrastive: float = 0.5
    """Weight of pseudo-queries against their own titles."""
    contrasted: int = 96
    """Pseudo-queries of a step."""
    relational: float = 1.0
    """Weight of queries against the titles of the step."""
    listwise: float = 10.0
    """Weight of queries against all that lexical leg and teacher find for them."""
    regression: float = 40.0
    """Weight of the cosine with the teacher's vectors."""
    taught_queries: int = 20_000
    """So many queries of the log the teacher encodes, if there is a student to start from that
    learned from it and can encode the others."""
    pseudo_queries: int = 30_000
    """So many pseudo-queries take the place of a log where there is none, at most 16 a title."""

    def __post_init__(self) -> None:
        for each in fields(self):
            if not getattr(self, each.name) > 0 and each.name not in _MAY_BE_ZERO:
                value = getattr(self, each.name)
                raise InvalidArgument(f"{each.name} = {value!r}; legal: a positive number")
        if self.buckets & (self.buckets - 1):
            raise InvalidArgument(f"buckets = {self.buckets}; legal: a power of two")


_MAY_BE_ZERO = {
    "epochs",
    "contrastive",
    "relational",
    "regression",
    "taught_queries",
    "pseudo_queries",
}

SELF_TAUGHT = AdaptSettings(epochs=2, pseudo_queries=240_000)
"""With neither teacher nor log: pseudo-queries cost next to nothing there, and new ones teach more
than one more look at the same."""
