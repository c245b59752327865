"""The usual evaluations in one call each, as the command line runs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from semrec.config import Config
from semrec.data.catalog import Catalog
from semrec.engine import Engine
from semrec.errors import InvalidArgument
from semrec.evaluate import slices
from semrec.evaluate.ask import System
from semrec.evaluate.background import Background
from semrec.evaluate.compare import run
from semrec.evaluate.files import Qrels, Queries
from semrec.evaluate.leakage import leaks
from semrec.evaluate.objectives import search_objective
from semrec.evaluate.report import Report
from semrec.evaluate.splits import Split
from semrec.evaluate.systems import recommenders
from semrec.evaluate.tune import BLEND, Space, Tuned, tune
from semrec.evaluate.validation import cloze_queries
from semrec.legs import Using
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter

LEGS: tuple[Using, ...] = ("lexical", "dense", "blend")


def search_report(
    engine: Engine,
    queries: Queries,
    qrels: Qrels,
    legs: Sequence[Using] = LEGS,
    *,
    k: int = 10,
    seed: int = 0,
) -> Report:
    """Legs of an engine side by side on judged queries, the first one as baseline.

    Slices: new and known queries, length, exact or vague wording, and where known category and
    popularity.

    Raises:
        InvalidArgument: there is no leg, or the engine does not have one; ``k`` is below 1.
        DataError: no query has a relevant item.
    """
    background = Background.of_shop(engine.shop)
    log = engine.shop.events.read()
    found = {
        "query": slices.by_log(queries, [] if log is None else log["query"].unique().tolist()),
        "length": slices.by_length(queries),
        "wording": slices.by_wording(queries, qrels, background, Segmenter().words),
        "category": slices.by_category(qrels, background),
    }
    if background.users_of_item is not None:
        found["popularity"] = slices.by_popularity(qrels, background)
    return run(
        {leg: _leg(engine, leg, 10 * k) for leg in legs},
        queries,
        qrels,
        k=k,
        background=background,
        slices=found,
        about={"index": engine.info()},
        seed=seed,
    )


def _leg(engine: Engine, leg: Using, depth: int) -> System:
    return lambda query: engine.search(query, k=depth, using=leg)


def recommend_report(
    train: pd.DataFrame,
    test: pd.DataFrame,
    models: Sequence[str],
    *,
    history: pd.DataFrame | None = None,
    catalog: Catalog | None = None,
    k: int = 20,
    seed: int = 0,
) -> Report:
    """Models of behaviour side by side on a split, the first one as baseline.

    The report counts the leaks of the split. Slices: how much is known of the user and of what is
    wanted, newcomers always.

    Args:
        train, test, history: as in :class:`semrec.evaluate.splits.Split`; what is in ``history``
            is masked but not learnt from.
        models: names in ``semrec.collab.MODELS``.
        catalog: for ``content`` and ``hybrid``, and all that can be recommended.
        k: length of the lists.
        seed: of intervals and tests.

    Raises:
        InvalidArgument: there is no model, an unknown one, or one that needs a catalog or baskets;
            ``k`` is below 1.
        DataError: no test pair is left.
    """
    if not models:
        raise InvalidArgument("no model; legal: at least one")
    split = Split(train, test, history)
    fitted = recommenders(split, models, depth=10 * k, catalog=catalog)
    return run(
        fitted.systems,
        fitted.questions,
        fitted.qrels,
        k=k,
        metrics=("ndcg", "recall", "precision", "hit_rate", "mrr", "map"),
        background=fitted.background,
        slices=fitted.slices,
        item_slices=fitted.item_slices,
        costs=fitted.costs,
        about={
            "train_pairs": len(train),
            "test_pairs": len(test),
            "leaks": [str(leak) for leak in leaks(split)],
        },
        seed=seed,
    )


def tune_search(
    engine: Engine,
    follow: Callable[[Config], Engine],
    validation: tuple[Queries, Qrels],
    *,
    space: Space = BLEND,
    held_out: Queries | None = None,
    trials: int = 50,
    seconds: float = 600.0,
    storage: str | Path | None = None,
    metric: str = "ndcg",
    k: int = 10,
    seed: int = 0,
) -> Tuned:
    """Search the settings of a search engine for a higher figure on validation queries.

    Args:
        engine: built with the settings to start from.
        follow: settings to an engine that has them; see ``search_objective``.
        validation: queries and judgements, not the test's; ``semrec.evaluate.validation`` has
            them for shops without judgements.
        space: what is searched; ``{**BLEND, **LEXICAL}`` if ``follow`` builds the index again.
        held_out: the test queries; one of them among ``validation`` is refused.
        trials, seconds, storage, seed: as :func:`semrec.evaluate.tune.tune`.
        metric, k: what should grow.

    Raises:
        InvalidArgument, DataError, MissingExtra: as :func:`semrec.evaluate.tune.tune` and
            :func:`semrec.evaluate.objectives.search_objective`.
    """
    queries, qrels = validation
    return tune(
        search_objective(follow, queries, qrels, metric=metric, k=k),
        engine.shop.config,
        space,
        trials=trials,
        seconds=seconds,
        storage=storage,
        seed=seed,
        validation=queries.values(),
        held_out=(held_out or {}).values(),
    )


def without_some_words(engine: Engine, seed: int = 0) -> tuple[Engine, tuple[Queries, Qrels]]:
    """An engine of titles that lost words, and queries that ask for them; no judgement is needed.

    It knows no behaviour. The student encodes the shortened titles where there is one, since the
    teacher would take as long as at the first build.
    """
    shop, segmenter = engine.shop, Segmenter()
    made = cloze_queries(
        shop.catalog.texts("title"),
        shop.catalog.items.ids.tolist(),
        lambda text: segmenter.words(normalise(text)),
        seed=seed,
    )
    config = shop.config
    if shop.student is not None:
        embed = config.embed.model_copy(update={"sides": "student"})
        config = config.model_copy(update={"embed": embed})
    shortened = shop.catalog.frame.assign(title=made.titles)
    return Engine.build(shortened, config=config), (made.queries, made.qrels)
