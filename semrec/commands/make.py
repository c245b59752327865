"""Commands that make or change something: build, demo, info."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from semrec import terminal
from semrec.commands.options import FORMATS, Index, Json, ModelOption, load

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
