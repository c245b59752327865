"""Commands for the life of an index: update, compact, verify."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from semrec import terminal
from semrec.commands.options import Index, Json, ModelOption, load

if TYPE_CHECKING:
    from semrec.life.prepare import Updated
    from semrec.life.verify import Verified

app = typer.Typer()


@app.command()
def update(
    index: Index,
    items: Annotated[
        Path | None, Option(help="Items to add or replace, a file like the catalog.")
    ] = None,
    delete: Annotated[
        Path | None, Option(help="Items to delete: a text file with one id a line.")
    ] = None,
    events: Annotated[
        Path | None, Option(help="New events, a file like the behaviour log.")
    ] = None,
    model: ModelOption = None,
    json: Json = False,
) -> None:
    """Add, replace and delete items and take in new events; searches go on meanwhile.

    Only new titles are encoded. A row of --items replaces the item of its id as a whole. Once a
    tenth of the items has changed, the index is compacted.

    Example: semrec update indexes/shop --items new.csv --delete gone.txt --events today.csv
    """
    engine = load(index, model)
    done = engine.update(items, delete or (), events)
    _print_updated(done, index, as_json=json)
    engine.settle()


@app.command()
def compact(index: Index, json: Json = False) -> None:
    """Fit an index again to what it holds now; deleted items leave it for good.

    Words, neighbours, popularity and bundles are learned again, as by a fresh build; vectors are
    kept, nothing is encoded. Searches go on meanwhile.

    Example: semrec compact indexes/shop
    """
    engine = load(index)
    engine.compact()
    counts = engine.shop.counts()
    if json:
        terminal.print_json({"index": str(index), "counts": counts})
    else:
        print(f"{index}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))


@app.command()
def verify(index: Index, json: Json = False) -> None:
    """Check every checksum of an index, its row counts, ids and vectors; 1 if anything is wrong.

    Example: semrec verify indexes/shop
    """
    from semrec.life.verify import verify as check

    found = check(index)
    _print_verified(found, as_json=json)
    if not found.sound:
        raise typer.Exit(1)


def _print_updated(done: Updated, index: Path, *, as_json: bool) -> None:
    """What changed, and what was set aside."""
    lines = done.rejects.summary()
    for line in lines:
        print(line, file=sys.stderr)
    counts = {
        "added": done.added,
        "replaced": done.replaced,
        "deleted": done.deleted,
        "encoded": done.encoded,
        "events": done.events,
    }
    if as_json:
        rejected = len(done.rejects)
        terminal.print_json({"index": str(index), **counts, "rejects": rejected, "summary": lines})
        return
    print(f"{index}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if len(done.rejects):
        print(f"{index / 'rejects.csv'}: every row that was set aside, with its reason")


def _print_verified(found: Verified, *, as_json: bool) -> None:
    """Each check with what was seen and what is wrong."""
    if as_json:
        checks = [asdict(check) for check in found.checks]
        terminal.print_json({"index": str(found.path), "sound": found.sound, "checks": checks})
        return
    for check in found.checks:
        print(f"{'WRONG' if check.wrong else 'ok':6}{check.name:14}{check.found}")
        for line in check.wrong:
            print(f"      {line}")
