"""The bundled sample shop: a small Chinese shop whose right answers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semrec.data.sample.queries import make_judged_queries
from semrec.data.sample.sample import Sample, Truth, make_sample, sample_products

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sample", "Truth", "load_judged_queries", "load_sample"]


def load_sample(seed: int = 7) -> Sample:
    """Generate the sample shop; takes a few seconds and needs neither files nor network.

    2,400 products in 13 categories, 1,200 users, 52,000 events from March to May 2026, 5,000
    reviews. Texts are composed of hand-written vocabularies, behaviour is simulated.

    Args:
        seed: the same seed gives the same shop.
    """
    return make_sample(seed)


def load_judged_queries(seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Queries as shoppers would type them, and which products of the sample shop fit.

    Args:
        seed: that of the sample shop which is searched.

    Returns:
        Queries with columns qid, query; judgements with columns qid, item_id, relevance (1).
        Items that are not judged do not fit.
    """
    products, _, catalog = sample_products(seed)
    return make_judged_queries(products, list(catalog["item_id"]))
