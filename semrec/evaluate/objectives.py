"""What to tune for: nDCG of search on validation queries, given or made from the catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

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


def pseudo_queries(
    titles: Sequence[str],
    items: Sequence[str],
    words: Callable[[str], Sequence[str]],
    count: int = 300,
    seed: int = 0,
) -> tuple[dict[str, str], dict[str, dict[str, float]]]:
    """Queries for a shop that has none: some words of a title, which should find its product.

    Two to four words, the rarer the likelier (Azzopardi, de Rijke & Balog 2007), in the title's
    order. Titles with all of the words fit as well. Since the words are the title's own, the
    lexical leg looks better than it is with shoppers: judge its weight with care.

    Args:
        titles, items: of the catalog.
        words: cuts a title; ``semrec.text.segment.Segmenter().words`` does.
        count: how many; fewer where titles have fewer than two words.
        seed: of titles and words.

    Returns:
        Queries and judgements by query id.
    """
    cut = [[word for word in dict.fromkeys(words(title)) if len(word) > 1] for title in titles]
    holding: dict[str, set[int]] = {}
    for row, found in enumerate(cut):
        for word in found:
            holding.setdefault(word, set()).add(row)
    usable = [row for row, found in enumerate(cut) if len(found) >= 2]
    rng = np.random.default_rng(seed)
    queries: dict[str, str] = {}
    qrels: dict[str, dict[str, float]] = {}
    for row in rng.permutation(np.array(usable, dtype=np.int64))[:count].tolist():
        found = cut[row]
        rarity = np.array([np.log1p(len(titles) / len(holding[word])) for word in found])
        size = min(int(rng.integers(2, 5)), len(found))
        chosen = sorted(rng.choice(len(found), size, replace=False, p=rarity / rarity.sum()))
        picked = [found[at] for at in chosen]
        fitting = set.intersection(*(holding[word] for word in picked))
        qid = f"pseudo-{row}"
        queries[qid] = " ".join(picked)
        qrels[qid] = {items[other]: 1.0 for other in sorted(fitting)}
    return queries, qrels
