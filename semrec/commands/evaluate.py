"""Commands that measure: evaluate search, evaluate recommend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from semrec import terminal
from semrec.commands.options import Format, Index, Json, TopK, UsingOption, load

app = typer.Typer(help="Measure an index or a model.", no_args_is_help=True)


@app.command("search")
def evaluate_search(
    index: Index,
    queries: Annotated[Path, Option(help="csv with the columns qid, query.")],
    qrels: Annotated[Path, Option(help="csv with the columns qid, item_id, relevance.")],
    using: UsingOption = "blend",
    json: Json = False,
) -> None:
    """Measure search on judged queries.

    Example: semrec evaluate search indexes/shop --queries queries.csv --qrels qrels.csv
    """
    from semrec.evaluate.files import read_qrels, read_queries
    from semrec.evaluate.runs import evaluate_search as run

    engine = load(index)

    def answer(query: str) -> Sequence[str]:
        return engine.search(query, k=100, using=using).item_ids

    report = run(answer, read_queries(queries), read_qrels(qrels))
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

    Example: semrec evaluate recommend --train train.txt --test test.txt --model item-knn
    """
    from semrec.evaluate.runs import evaluate_recommend as run

    read = terminal.interactions_reader(format.value)
    held = None if valid is None else read(valid)
    terminal.print_report(run(read(train), read(test), held, model=model, k=k), as_json=json)
