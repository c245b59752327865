"""The command line: parse, ask the engine, print. No ranking logic here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer import Argument, Option
from typer.exceptions import TyperException

from semrec import terminal
from semrec._version import __version__
from semrec.errors import SemrecError

if TYPE_CHECKING:
    from semrec.engine import Engine

app = typer.Typer(
    name="semrec",
    help="Chinese product search and recommendation, on a laptop, offline, with reasons.\n\n"
    "Start with `semrec demo`, or build an index from your own files with `semrec build`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
evaluation = typer.Typer(help="Measure an index or a model.", no_args_is_help=True)
app.add_typer(evaluation, name="evaluate")


class Using(StrEnum):
    """Which legs of the search answer."""

    blend = "blend"
    lexical = "lexical"
    dense = "dense"


class Format(StrEnum):
    """How interactions are written."""

    adjacency = "adjacency"
    events = "events"


FORMATS = "auto, semrec, recbole, rectools, ubi, personalize, taobao or ratings"
Index = Annotated[
    Path, Argument(help="Index folder that `semrec build` wrote.", show_default=False)
]
Item = Annotated[str, Argument(help="Item id, as in the catalog.", show_default=False)]
Json = Annotated[bool, Option("--json", help="Print one JSON object on stdout, nothing else.")]
TopK = Annotated[int, Option("-k", "--k", help="How many items at most.")]
FilterOption = Annotated[
    list[str] | None,
    Option(
        "--filter",
        "-f",
        help="category=美妆, price=100..500, price=..500; may be repeated; several values of one "
        "column: any of them.",
    ),
]
ModelOption = Annotated[
    str | None, Option(help="Embedding model: a folder, a hub name, or the offline default.")
]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"semrec {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Chinese product search and recommendation, on a laptop, offline, with reasons."""


@app.command()
def build(
    catalog: Annotated[Path, Option(help="csv, jsonl or parquet, also .gz.")],
    out: Annotated[Path, Option("--out", "-o", help="Index folder to write.")],
    events: Annotated[Path | None, Option(help="Behaviour log.")] = None,
    reviews: Annotated[Path | None, Option(help="Reviews.")] = None,
    config: Annotated[Path | None, Option(help="Settings, a TOML file.")] = None,
    column: Annotated[
        list[str] | None,
        Option("--column", "-c", help="Your name of a column: catalog.title=商品名称; repeatable."),
    ] = None,
    catalog_format: Annotated[str, Option(help=f"Of the catalog: {FORMATS}.")] = "auto",
    events_format: Annotated[str, Option(help=f"Of the events: {FORMATS}.")] = "auto",
    model: ModelOption = None,
    json: Json = False,
) -> None:
    """Build an index folder from a shop's files.

    Example: semrec build --catalog goods.csv --events log.csv -o indexes/shop
    -c catalog.title=商品名称
    """
    from semrec.engine import Engine
    from semrec.index.folder import check_target

    settings = terminal.settings(config, column or [], model)
    check_target(out)  # before minutes of encoding, not after them
    engine = Engine.build(
        catalog,
        events,
        reviews,
        settings,
        catalog_format=catalog_format,
        events_format=events_format,
    )
    engine.save(out)
    terminal.print_build(engine, out, as_json=json)


@app.command()
def search(
    index: Index,
    query: Annotated[str, Argument(help="What a shopper types.", show_default=False)],
    user: Annotated[str | None, Option("--user", "-u", help="Who asks.")] = None,
    k: TopK = 10,
    filter: FilterOption = None,
    using: Annotated[Using, Option(help="One leg alone, for comparison.")] = Using.blend,
    model: ModelOption = None,
    json: Json = False,
) -> None:
    """Find items for a query.

    Example: semrec search indexes/shop 送女友的生日礼物 -f category=美妆 -f price=..500
    """
    engine = _load(index, model)
    filters = terminal.filters(filter or [])
    results = engine.search(query, user=user, k=k, filters=filters, using=using.value)
    terminal.print_results(results, as_json=json)


@app.command()
def recommend(
    index: Index,
    user: Annotated[str | None, Option("--user", "-u", help="For whom; nobody: popular.")] = None,
    k: TopK = 10,
    filter: FilterOption = None,
    include_seen: Annotated[bool, Option(help="Keep what the user already dealt with.")] = False,
    json: Json = False,
) -> None:
    """Recommend items to a user, or to nobody in particular.

    Example: semrec recommend indexes/shop --user u42
    """
    filters = terminal.filters(filter or [])
    engine = _load(index)
    results = engine.recommend(user, k=k, filters=filters, exclude_seen=not include_seen)
    terminal.print_results(results, as_json=json)


@app.command()
def similar(
    index: Index, item: Item, k: TopK = 10, filter: FilterOption = None, json: Json = False
) -> None:
    """Find items like one item.

    Example: semrec similar indexes/shop p1
    """
    filters = terminal.filters(filter or [])
    terminal.print_results(_load(index).similar(item, k=k, filters=filters), as_json=json)


@app.command()
def bundle(
    index: Index, item: Item, k: TopK = 5, filter: FilterOption = None, json: Json = False
) -> None:
    """Find items bought together with one item.

    Example: semrec bundle indexes/shop p1
    """
    filters = terminal.filters(filter or [])
    terminal.print_results(_load(index).bundle(item, k=k, filters=filters), as_json=json)


@app.command("explain-query")
def explain_query(index: Index, query: Annotated[str, Argument()], json: Json = False) -> None:
    """Say what was understood of a query.

    Example: semrec explain-query indexes/shop 500元以内的红色连衣裙
    """
    intent = _load(index).understand(query)
    if json:
        terminal.print_json(intent.to_dict())
    else:
        print("\n".join(intent.describe()))


@app.command()
def info(index: Index, json: Json = False) -> None:
    """Check an index folder's files and say what it holds.

    Example: semrec info indexes/shop
    """
    terminal.print_info(_load(index).info(), as_json=json)


@evaluation.command("search")
def evaluate_search(
    index: Index,
    queries: Annotated[Path, Option(help="csv with the columns qid, query.")],
    qrels: Annotated[Path, Option(help="csv with the columns qid, item_id, relevance.")],
    using: Annotated[Using, Option(help="One leg alone, for comparison.")] = Using.blend,
    json: Json = False,
) -> None:
    """Measure search on judged queries.

    Example: semrec evaluate search indexes/shop --queries queries.csv --qrels qrels.csv
    """
    from semrec.evaluate.files import read_qrels, read_queries
    from semrec.evaluate.runs import evaluate_search as run

    engine = _load(index)

    def answer(query: str) -> Sequence[str]:
        return engine.search(query, k=100, using=using.value).item_ids

    report = run(answer, read_queries(queries), read_qrels(qrels))
    terminal.print_report(report, as_json=json)


@evaluation.command("recommend")
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


@app.command()
def demo(
    out: Annotated[Path, Option("--out", "-o", help="Where the index goes.")] = Path(
        "indexes/sample"
    ),
    json: Json = False,
) -> None:
    """Build the bundled sample shop and ask it the four questions.

    Example: semrec demo
    """
    from semrec.demo import run

    terminal.print_demo(run(out), out, as_json=json)


def _load(index: Path, model: str | None = None) -> Engine:
    from semrec.engine import Engine

    return Engine.load(index, model=model)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; a user's mistake is one line on stderr and exit code 2."""
    terminal.prepare()
    try:
        code: Any = app(args=arguments, standalone_mode=False)
    except SemrecError as error:
        code = terminal.complain(str(error))
    except TyperException as error:
        code = terminal.complain(terminal.usage(error))
    except (KeyboardInterrupt, typer.Abort):
        code = terminal.complain("stopped", code=130)
    except BrokenPipeError:  # `semrec search … | head`
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)
