"""Published benchmarks from their own files: judged retrieval, and logs of behaviour.

    from semrec.evaluate import benchmarks
    ecom = benchmarks.ecom_retrieval("EcomRetrieval")   # or with no folder, from the hub
    engine = semrec.Engine.build(ecom.catalog)
    log = benchmarks.movielens("ml-1m")

Nothing of them is part of semrec; each loader says where the files come from.
"""

from __future__ import annotations

from semrec.evaluate.benchmarks.behaviour import lightgcn, movielens, taobao_user_behavior
from semrec.evaluate.benchmarks.retrieval import (
    JudgedCatalog,
    amazon_esci,
    ecom_retrieval,
    multi_cpr,
)

__all__ = [
    "JudgedCatalog",
    "amazon_esci",
    "ecom_retrieval",
    "lightgcn",
    "movielens",
    "multi_cpr",
    "taobao_user_behavior",
]
