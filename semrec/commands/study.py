"""Commands that study or train: profile, tune, train-sentiment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from semrec import terminal
from semrec.commands.options import Index, Json, load
from semrec.errors import InvalidArgument

app = typer.Typer()


@app.command()
def profile(
    index: Index,
    user: Annotated[str, Argument(help="A user of the behaviour log.", show_default=False)],
    json: Json = False,
) -> None:
    """Say what the log tells of a person: categories, brands, prices, hours, rhythm, repeats.

    Example: semrec profile indexes/shop u42
    """
    found = load(index).profile(user)
    if json:
        terminal.print_json(found.to_dict())
    else:
        print("\n".join(found.describe()))


@app.command()
def tune(
    index: Index,
    out: Annotated[Path, Option("--out", "-o", help="TOML file to write.")],
    queries: Annotated[Path | None, Option(help="Validation queries; csv: qid, query.")] = None,
    qrels: Annotated[Path | None, Option(help="Judgements; csv: qid, item_id, relevance.")] = None,
    trials: Annotated[int, Option(min=1, help="How many settings are tried.")] = 50,
    seconds: Annotated[float, Option(min=1, help="Time budget.")] = 600.0,
    storage: Annotated[
        Path | None, Option(help="Where trials are kept, so that a later run goes on.")
    ] = None,
    seed: Annotated[int, Option(help="Equal seeds try equal settings.")] = 0,
    json: Json = False,
) -> None:
    """Search the weights of the blend for better answers on validation queries.

    Without judged queries, words of titles serve. Never give the queries that you report on.

    Example: semrec tune indexes/shop -o tuned.toml --seconds 300
    """
    from semrec.evaluate.files import Qrels, Queries, read_qrels, read_queries
    from semrec.evaluate.standard import tune_search, without_some_words

    if (queries is None) != (qrels is None):
        raise InvalidArgument("--queries and --qrels go together; legal: both or none")
    engine = load(index)
    validation: tuple[Queries, Qrels]
    if queries is not None and qrels is not None:
        validation = read_queries(queries), read_qrels(qrels)
    else:
        engine, validation = without_some_words(engine, seed)
    found = tune_search(
        engine,
        engine.with_config,
        validation,
        trials=trials,
        seconds=seconds,
        storage=storage,
        seed=seed,
    )
    found.write(out)
    if json:
        terminal.print_json(
            {"value": found.value, "start_value": found.start_value, "trials": found.trials,
             "changes": dict(found.changes), "settings": str(out)}
        )  # fmt: skip
    else:
        print(f"{out}: {found.value:.4f}, from {found.start_value:.4f}, {found.trials} trials")
        print(f"next: semrec build --config {out} …")


@app.command("train-sentiment")
def train_sentiment(
    files: Annotated[list[Path], Argument(help="csv with review and label.", show_default=False)],
    out: Annotated[Path, Option("--out", "-o", help="File of weights to write.")],
    label: Annotated[str, Option(help="Column of the label, 1 for praise, 0 for blame.")] = "label",
    seed: Annotated[int, Option(help="Equal seeds give equal weights.")] = 0,
    quick: Annotated[bool, Option(help="Without a transformer for doubtful ones.")] = False,
    json: Json = False,
) -> None:
    """Train the sentiment of reviews from labelled files; a held-out part measures it.

    A minute for 1,000 reviews on two cores, a tenth of that with --quick.

    Example: semrec train-sentiment reviews.csv -o sentiment.npz
    """
    from semrec.text.reviews.training import train

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    figures = train(files, out, label=label, seed=seed, say=say, reads_again=not quick)
    if json:
        terminal.print_json(figures)
    else:
        terminal.print_report(figures, as_json=False)
