"""Commands that measure: evaluate search, recommend, sentiment, report, models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from semrec import terminal
from semrec.commands.options import Format, Index, Json, RerankOption, TopK, UsingOption, load
from semrec.legs import known_using

app = typer.Typer(help="Measure an index or a model.", no_args_is_help=True)


@app.command("search")
def evaluate_search(
    index: Index,
    queries: Annotated[Path, Option(help="csv with the columns qid, query.")],
    qrels: Annotated[Path, Option(help="csv with the columns qid, item_id, relevance.")],
    using: UsingOption = "blend",
    rerank: RerankOption = None,
    json: Json = False,
) -> None:
    """Measure search on judged queries; those that the log has never seen also apart.

    Example: semrec evaluate search indexes/shop --queries queries.csv --qrels qrels.csv
    """
    from semrec.evaluate.files import read_qrels, read_queries
    from semrec.evaluate.runs import evaluate_search as run

    engine = load(index)

    def answer(query: str) -> Sequence[str]:
        return engine.search(query, k=100, using=using, rerank=rerank).item_ids

    log = engine.shop.events.read()
    logged = [] if log is None else log["query"].unique().tolist()
    report = run(answer, read_queries(queries), read_qrels(qrels), logged)
    terminal.print_report(report, as_json=json)


@app.command("recommend")
def evaluate_recommend(
    train: Annotated[Path, Option(help="Interactions to learn from.")],
    test: Annotated[Path, Option(help="Interactions to predict.")],
    valid: Annotated[Path | None, Option(help="Further interactions that are masked.")] = None,
    format: Annotated[
        Format, Option(help="adjacency: `user item item …` a line; events: a behaviour log.")
    ] = Format.adjacency,
    model: Annotated[str, Option(help="Name of a model; a wrong one lists them.")] = "item-knn",
    k: TopK = 20,
    json: Json = False,
) -> None:
    """Measure a recommendation model on a split; train and valid items are masked.

    New users and new items are reported apart; `semrec evaluate models` compares several models.

    Example: semrec evaluate recommend --train train.txt --test test.txt --model item-knn
    """
    from semrec.evaluate.runs import evaluate_recommend as run

    read = terminal.interactions_reader(format.value)
    held = None if valid is None else read(valid)
    terminal.print_report(run(read(train), read(test), held, model=model, k=k), as_json=json)


@app.command("sentiment")
def evaluate_sentiment(
    reviews: Annotated[list[Path], Option(help="csv with review and label; repeatable.")],
    label: Annotated[str, Option(help="Column of the label, 1 for praise, 0 for blame.")] = "label",
    model: Annotated[Path | None, Option(help="Weights of `semrec train-sentiment`.")] = None,
    quick: Annotated[
        bool, Option(help="Without the transformer that reads doubtful ones.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure the sentiment of reviews on labelled ones.

    Some 300 reviews a second on two cores; 1,600 with --quick, as they are when an index is built.

    Example: semrec evaluate sentiment --reviews reviews.csv
    """
    from semrec.evaluate.sentiment import evaluate_sentiment as run

    terminal.print_report(run(reviews, label, model, 0 if quick else None), as_json=json)


@app.command("report")
def evaluate_report(
    index: Index,
    queries: Annotated[Path, Option(help="csv with the columns qid, query.")],
    qrels: Annotated[Path, Option(help="csv with the columns qid, item_id, relevance.")],
    html: Annotated[Path | None, Option(help="Page to write, with plots and failures.")] = None,
    legs: Annotated[
        list[str] | None,
        Option("--using", help="A leg to compare; repeatable, the first is the base."),
    ] = None,
    k: TopK = 10,
    seed: Annotated[int, Option(help="Of intervals and tests.")] = 0,
    json: Json = False,
) -> None:
    """Compare the legs of a search side by side: intervals, tests, slices, costs, failures.

    Example: semrec evaluate report indexes/shop --queries queries.csv --qrels qrels.csv
    --html report.html
    """
    from semrec.evaluate.files import read_qrels, read_queries
    from semrec.evaluate.standard import LEGS, search_report

    engine = load(index)
    chosen = [known_using(leg) for leg in legs or LEGS]
    report = search_report(engine, read_queries(queries), read_qrels(qrels), chosen, k=k, seed=seed)
    terminal.print_comparison(report, html, as_json=json)


@app.command("models")
def evaluate_models(
    train: Annotated[Path, Option(help="Interactions to learn from.")],
    test: Annotated[Path, Option(help="Interactions to predict.")],
    valid: Annotated[Path | None, Option(help="Further interactions that are masked.")] = None,
    format: Annotated[
        Format, Option(help="adjacency: `user item item …` a line; events: a behaviour log.")
    ] = Format.adjacency,
    models: Annotated[
        list[str] | None,
        Option("--model", help="A model to compare; repeatable. A wrong one lists them."),
    ] = None,
    catalog: Annotated[
        Path | None,
        Option(help="Catalog, whose titles `content` and `hybrid` read; its items are candidates."),
    ] = None,
    html: Annotated[Path | None, Option(help="Page to write, with plots.")] = None,
    k: TopK = 20,
    seed: Annotated[int, Option(help="Of intervals and tests.")] = 0,
    json: Json = False,
) -> None:
    """Compare models side by side: intervals, tests, slices, costs.

    Newcomers are always reported: new users, new items. `next-basket` needs a log with times.

    Example: semrec evaluate models --train train.csv --test test.csv --format events
    --catalog catalog.csv --model popularity --model item-knn --model content --model hybrid
    """
    from semrec.data.importers import load_catalog
    from semrec.evaluate.standard import recommend_report

    read = terminal.interactions_reader(format.value)
    held = None if valid is None else read(valid)
    goods = None if catalog is None else load_catalog(catalog, {})[0]
    chosen = models or ["popularity", "item-knn"]
    report = recommend_report(
        read(train), read(test), chosen, history=held, catalog=goods, k=k, seed=seed
    )
    terminal.print_comparison(report, html, as_json=json)
