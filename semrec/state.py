"""What an engine knows at one moment; a change makes another one, which is put in its place."""

from __future__ import annotations

from dataclasses import dataclass

from semrec.answer import Answerer
from semrec.encoders import Encoders
from semrec.query_tools import QueryTools
from semrec.semantic import Semantic
from semrec.shop import Shop
from semrec.text.segment import Segmenter


@dataclass(frozen=True)
class State:
    """A shop and what answers from it.

    A question takes the state once and keeps it to its end, so that it never sees half a change.
    """

    shop: Shop
    encoders: Encoders
    segmenter: Segmenter
    semantic: Semantic
    answerer: Answerer
    tools: QueryTools

    @classmethod
    def of(cls, shop: Shop, encoders: Encoders) -> State:
        """The state of a shop with its encoders."""
        segmenter = Segmenter()
        return cls(
            shop=shop,
            encoders=encoders,
            segmenter=segmenter,
            semantic=Semantic(shop, encoders),
            answerer=Answerer(shop),
            tools=QueryTools(shop.catalog, shop.lexical, shop.dense, segmenter, shop.words),
        )
