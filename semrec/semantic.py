"""The dense leg of one shop: who encodes the queries, and whose vectors the items have."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from semrec.embed.mean import mean, reflected
from semrec.embed.protocol import Encoder
from semrec.embed.teacher import FittedTeacher, fit_teacher
from semrec.encoders import Encoders
from semrec.errors import IndexMismatch, InvalidArgument
from semrec.index.dense import DenseIndex
from semrec.legs import Side, Sides, item_side, query_side
from semrec.shop import Shop
from semrec.types import Vectors

_MOST = 50_000
"""Items that are encoded by the teacher only because a search asks for it; more take an hour."""


class Semantic:
    """Queries and item vectors, by sides.

    The index holds the item vectors of the sides that it was built for. Those of the other side
    are encoded when a search first names it, and kept in memory.

    Args:
        shop: the fitted shop.
        encoders: its teacher and student.
    """

    def __init__(self, shop: Shop, encoders: Encoders) -> None:
        self._shop = shop
        self._encoders = encoders
        self._own = item_side(shop.choice.sides)
        self._made = {self._own: shop.dense}

    @property
    def encoder(self) -> Encoder:
        """The encoder of queries, of the sides that the index is built for."""
        return self._encoders.of(query_side(self._shop.choice.sides))

    def query(self, text: str, sides: Sides | None = None) -> Vectors:
        """The vector of a query, shape ``(dim,)``; by default of the sides the index is built for.

        Raises:
            InvalidArgument: the index has no student.
            IndexMismatch: the student is not of this teacher.
            ModelNotFound: the teacher cannot be loaded.
        """
        sides = sides or self._shop.choice.sides
        if sides in ("student+teacher", "mean") and sides != self._shop.choice.sides:
            self._check_pair()
        vector: Vectors = self._asking(query_side(sides)).encode_queries([text])[0]
        return vector

    def items(self, sides: Sides | None = None) -> DenseIndex:
        """The vectors of the items on their side of ``sides``.

        Raises:
            InvalidArgument: they are not in the index, and too many to encode now.
            ModelNotFound: the teacher cannot be loaded.
        """
        side = item_side(sides) if sides else self._own
        if side not in self._made:
            self._made[side] = DenseIndex.build(self._vectors(side))
        return self._made[side]

    def _vectors(self, side: Side) -> Vectors:
        """The item vectors of a side that the index was not built for, ``(items, dim)``."""
        if side != "teacher":
            titles = self._shop.catalog.texts("title")
            said = self._encoders.of("student").encode_items(titles)
            return said if side == "student" else mean(self._vectors("teacher"), said)
        own = self._shop.dense.reconstruct(np.arange(len(self._shop.catalog)))
        if self._own == "teacher":
            return own
        if self._own == "mean":
            return reflected(self._vectors("student"), own)
        return self._teacher.items

    def _asking(self, side: Side) -> Encoder:
        """The encoder of queries, the teacher centred as its item vectors are."""
        if side == "student" or self._own != "student":
            return self._encoders.of(side)
        return self._encoders.centred(self._teacher.centre).of(side)

    @cached_property
    def _teacher(self) -> FittedTeacher:
        """The teacher of an index that was built without it."""
        catalog = self._shop.catalog
        if len(catalog) > _MOST:
            raise InvalidArgument(
                f"the index holds no teacher vectors of its {len(catalog):,} items; build it "
                'with embed.sides = "student+teacher"'
            )
        return fit_teacher(self._encoders.transformer, catalog.texts("title"))

    def _check_pair(self) -> None:
        if self._encoders.student is not None and not self._encoders.pair:
            student, teacher = self._encoders.student, self._encoders.transformer
            raise IndexMismatch(
                f"a student of the teacher {student.origin.get('teacher')}",
                f"{teacher.name} ({teacher.fingerprint})",
            )


def check_teacher(shop: Shop, teacher: Encoder) -> None:
    """Refuse a teacher whose vectors cannot be compared with those of the index.

    Raises:
        IndexMismatch: the index was built with another one.
    """
    built = shop.encoder
    if item_side(shop.choice.sides) != "student" and teacher.fingerprint != built["fingerprint"]:
        raise IndexMismatch(
            f"{built['name']} ({built['fingerprint']})", f"{teacher.name} ({teacher.fingerprint})"
        )
