"""A teacher fitted to a shop: its item vectors, and both sides centred if that helps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semrec.embed.centre import Centre, CentredEncoder, choose_centre
from semrec.embed.pairs import PseudoQueries
from semrec.embed.protocol import Encoder
from semrec.embed.vectors import checked
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.types import Vectors

_PROBES = 256
"""Pseudo-queries that tell where the teacher's queries lie, and whether centring helps."""


@dataclass(frozen=True)
class FittedTeacher:
    """A teacher for one shop.

    Attributes:
        encoder: the teacher, centred if that is better.
        centre: where its vectors lie; None if they stay as they are.
        items: vectors of the titles by ``encoder``, shape ``(titles, dim)``, unit norm.
    """

    encoder: Encoder
    centre: Centre | None
    items: Vectors


def fit_teacher(
    teacher: Encoder,
    titles: Sequence[str],
    queries: Sequence[str] = (),
    *,
    words: Callable[[str], Sequence[str]] | None = None,
    seed: int = 0,
) -> FittedTeacher:
    """Encode the titles, and centre both sides if pseudo-queries then find their titles better.

    Args:
        teacher: the encoder as it came.
        titles: of the shop.
        queries: a log, which tells where queries lie together with the pseudo-queries.
        words: cuts a normalised title into words for pseudo-queries; jieba's if None.
        seed: of the pseudo-queries.

    Raises:
        BadVectors: the teacher gives NaN, zeros, or another shape.
    """
    raw = checked(teacher.encode_items(titles), len(titles), teacher.dim, f"{teacher.name}: titles")
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(titles))[:_PROBES].astype(np.int64)
    clean = [normalise(title) for title in titles]
    pairs = PseudoQueries(clean, words or Segmenter().words).draw(rows, rng)
    probes = [pair.query for pair in pairs]
    asked = teacher.encode_queries([*probes, *queries])
    asked = checked(asked, len(asked), teacher.dim, f"{teacher.name}: queries")
    centre, _ = choose_centre(asked, raw, rows)
    if not centre.moves:
        return FittedTeacher(teacher, None, raw)
    return FittedTeacher(CentredEncoder(teacher, centre), centre, centre.items(raw))
