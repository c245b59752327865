"""The command line: parse, ask the engine, print. No ranking logic here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer import Option
from typer.exceptions import TyperException

from semrec import terminal
from semrec._version import __version__
from semrec.commands import ask, evaluate, life, make, study
from semrec.errors import SemrecError

app = typer.Typer(
    name="semrec",
    help="Chinese product search and recommendation, on a laptop, offline, with reasons.\n\n"
    "Start with `semrec demo`, or build an index from your own files with `semrec build`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(make.app)
app.add_typer(ask.app)
app.add_typer(life.app)
app.add_typer(study.app)
app.add_typer(evaluate.app, name="evaluate")


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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line.

    A user's mistake is one line on stderr and exit code 2, so is a full disk; a reader of the
    output who has seen enough (``| head``) is no mistake.
    """
    if arguments is None:
        terminal.speak_chinese()
    terminal.prepare()
    try:
        code: Any = app(args=arguments, standalone_mode=False)
        sys.stdout.flush()
    except SemrecError as error:
        code = terminal.complain(str(error))
    except TyperException as error:
        code = terminal.complain(terminal.usage(error))
    except (KeyboardInterrupt, typer.Abort):
        code = terminal.complain("stopped", code=130)
    except (OSError, SystemExit) as error:
        code = terminal.cut_short(error)
    sys.exit(code if isinstance(code, int) else 0)
