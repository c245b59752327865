"""What to tune for: nDCG of search on validation queries."""

from __future__ import annotations

from collections.abc import Callable

from semrec.config import Config
from semrec.engine import Engine
from semrec.errors import InvalidArgument, legal, shorten
from semrec.evaluate import metrics
from semrec.evaluate.ask import Numbering, ask
from semrec.evaluate.files import Qrels, Queries
from semrec.evaluate.judged import judge


def search_objective(
    follow: Callable[[Config], Engine],
    queries: Queries,
    qrels: Qrels,
    *,
    metric: str = "ndcg",
    k: int = 10,
) -> Callable[[Config], float]:
    """The mean of a metric over validation queries, as a function of the settings.

    Args:
        follow: settings to an engine that has them: ``lambda config: Engine.build(catalog,
            config=config)``, or something faster where only the blend changes.
        queries, qrels: the validation split, never the test.
        metric: a name in ``semrec.evaluate.metrics.FORMULAS``.
        k: length of the lists.

    Raises:
        InvalidArgument: the metric is unknown, or no query is judged.
    """
    if metric not in metrics.FORMULAS:
        known = legal(metrics.FORMULAS, metric)
        raise InvalidArgument(f"unknown metric {shorten(metric)}; legal: {known}")
    judged = {q: t for q, t in queries.items() if any(g > 0 for g in qrels.get(q, {}).values())}
    if not judged:
        raise InvalidArgument("no validation query has a relevant item")
    wanted = [qrels[qid] for qid in judged]

    def measure(config: Config) -> float:
        engine = follow(config)
        answers = ask(lambda query: engine.search(query, k=k), list(judged.values()), k, "queries")
        numbering = Numbering()
        ranked = numbering.ranked(answers.lists, k)
        gains = judge(ranked, numbering.relevance(wanted), k)
        return metrics.mean(metrics.FORMULAS[metric](gains)).value

    return measure
