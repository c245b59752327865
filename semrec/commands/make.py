"""Commands that make or change something: build, adapt, info, demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from semrec import terminal
from semrec.commands.options import FORMATS, Index, Json, ModelOption, load
from semrec.errors import InvalidArgument

app = typer.Typer()


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
    dictionary: Annotated[
        Path | None, Option(help="Your own words, a text file: `手机壳 product` a line.")
    ] = None,
    synonyms: Annotated[
        Path | None, Option(help="Words of one meaning, a text file: `CHANDO = 自然堂` a line.")
    ] = None,
    model: ModelOption = None,
    budget: Annotated[
        float | None,
        Option(
            min=0,
            help="Seconds that encoding by the model may take (20 titles a second); beyond it the "
            "packaged student encodes. By default 1200.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Build an index folder from a shop's files.

    Example: semrec build --catalog goods.csv --events log.csv -o indexes/shop
    -c catalog.title=商品名称
    """
    from semrec.engine import Engine
    from semrec.index.folder import check_target

    settings = terminal.settings(config, column or [], model, budget, (dictionary, synonyms))
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
def adapt(
    index: Annotated[
        Path, Argument(help="Index folder, or a catalog to build one from.", show_default=False)
    ],
    queries: Annotated[Path | None, Option(help="Query log: text, one query a line.")] = None,
    clicks: Annotated[Path | None, Option(help="Behaviour log whose events name a query.")] = None,
    teacher: Annotated[
        str | None, Option(help="Transformer to learn from: a folder, a hub name, or `none`.")
    ] = None,
    out: Annotated[
        Path | None, Option("--out", "-o", help="Index folder to write; by default the same.")
    ] = None,
    seed: Annotated[int, Option(help="Equal seeds give equal embeddings.")] = 0,
    json: Json = False,
) -> None:
    """Adapt the embedding to a shop's titles, queries and clicks; no labels are needed.

    The teacher encodes titles and queries once, some 20 a second; `--teacher none` learns from the
    titles alone. An embedding that is worse on held-out queries is refused.

    Example: semrec adapt indexes/shop --queries log.txt --clicks events.csv
    """
    from semrec.engine import Engine
    from semrec.index.folder import check_target

    is_catalog = index.is_file()
    if is_catalog and out is None:
        raise InvalidArgument(f"{index} is a catalog: name the index folder to write with --out")
    check_target(out or index)
    named = None if teacher in (None, "none") else teacher
    if is_catalog:
        engine = Engine.build(index, clicks, config=terminal.settings(None, [], named))
    else:
        engine = load(index, named)
    report = engine.adapt(queries or (), clicks, with_teacher=teacher != "none", seed=seed)
    engine.save(out or index)
    terminal.print_adapted(report, out or index, as_json=json)


@app.command()
def info(index: Index, json: Json = False) -> None:
    """Check an index folder's files and say what it holds.

    Example: semrec info indexes/shop
    """
    terminal.print_info(load(index).info(), as_json=json)


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
