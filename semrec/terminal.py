"""What the command line reads from options and prints on a terminal."""

from __future__ import annotations

import json
import os
import shlex
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semrec.errors import ConfigError, InvalidArgument, SemrecWarning, shorten

if TYPE_CHECKING:
    import pandas as pd
    from typer.exceptions import TyperException

    from semrec.config import Config
    from semrec.embed.adapt import AdaptReport
    from semrec.engine import Engine
    from semrec.evaluate.report import Report
    from semrec.explanation import Explanation
    from semrec.results import Results

# ---- options in ------------------------------------------------------------------------------


BUDGET = 1200.0
"""Seconds that an index on disk may cost in encoding, unless the settings say otherwise."""


def settings(
    config: Path | None,
    columns: Sequence[str],
    model: str | None,
    budget: float | None = None,
    own_words: tuple[Path | None, Path | None] = (None, None),
) -> Config:
    """Settings of a TOML file with what the command line says on top.

    Args:
        config: the file.
        columns: ``table.ours=theirs``.
        model, budget: of the encoder.
        own_words: files of a dictionary and of synonyms, which are read again at every load.

    Raises:
        ConfigError: the file is wrong, or a column is not ``table.ours=theirs``.
    """
    from semrec.config import Config

    base = Config.from_toml(config) if config is not None else Config()
    values = base.model_dump()
    for text in columns:
        ours, sign, theirs = text.partition("=")
        table, dot, name = ours.partition(".")
        if not (sign and dot and name and theirs) or table not in values["columns"]:
            raise ConfigError(
                f"--column {shorten(text)}: legal: catalog.title=商品名称, events.…=…, reviews.…=…"
            )
        values["columns"][table][name] = theirs
    for name, path in zip(("dictionary", "synonyms"), own_words, strict=True):
        if path is not None:
            values["text"][name] = str(path.absolute())
    if model is not None:
        values["embed"]["model"] = model
    if budget is not None:
        values["embed"]["budget_seconds"] = budget
    elif "budget_seconds" not in base.embed.model_fields_set:
        values["embed"]["budget_seconds"] = BUDGET
    return Config.from_dict(values, "command line")


def filters(options: Sequence[str]) -> dict[str, Any] | None:
    """``category=美妆`` and ``price=100..500`` as the engine takes them; None if there are none.

    Raises:
        InvalidArgument: an option has no ``=``.
    """
    found: dict[str, Any] = {}
    for option in options:
        column, value = _pair("--filter", option, "category=美妆, price=100..500, price=..500")
        if ".." in value:
            low, _, high = value.partition("..")
            found[column] = (low or None, high or None)
        else:
            earlier = found.get(column)
            found[column] = [*earlier, value] if isinstance(earlier, list) else [value]
    return found or None


def situation(options: Sequence[str]) -> dict[str, Any] | None:
    """``hour=22`` and ``weather=下雨`` as the engine takes a context; None if there are none.

    Raises:
        InvalidArgument: an option has no ``=``.
    """
    found: dict[str, Any] = {}
    for option in options:
        name, value = _pair("--context", option, "hour=22, weather=下雨")
        if name in ("texts", "session"):
            found.setdefault(name, []).append(value)
        else:
            found[name] = int(value) if name == "hour" and value.isdecimal() else value
    return found or None


def variety(options: Sequence[str]) -> dict[str, float] | None:
    """``novelty=0.3`` and ``per_brand=2`` as the engine takes them; None if there are none.

    Raises:
        InvalidArgument: an option has no ``=``, or no number behind it.
    """
    found: dict[str, float] = {}
    for option in options:
        examples = "novelty=0.3, per_brand=2"
        name, value = _pair("--diversity", option, examples)
        try:
            found[name] = int(value) if value.isdecimal() else float(value)
        except ValueError:
            raise InvalidArgument(f"--diversity {shorten(option)}: legal: {examples}") from None
    return found or None


def _pair(flag: str, option: str, examples: str) -> tuple[str, str]:
    """The two sides of the first ``=``."""
    name, sign, value = option.partition("=")
    if not sign or not name:
        raise InvalidArgument(f"{flag} {shorten(option)}: legal: {examples}")
    return name, value


def interactions_reader(format: str) -> Callable[[Path], pd.DataFrame]:
    """How ``evaluate recommend`` reads its files."""
    from semrec.evaluate import files

    if format == "adjacency":
        return files.read_adjacency
    return lambda path: files.read_event_pairs(path)


# ---- answers out -----------------------------------------------------------------------------


def speak_chinese() -> None:
    """Start again in Python's UTF-8 mode where the locale has no Chinese (``LC_ALL=C``).

    There arguments arrive as escaped bytes, names of files among them, and answers are printed as
    question marks.
    """
    try:
        "中".encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def prepare() -> None:
    """A character that the terminal cannot show is replaced; warnings to a user are one line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    plain = warnings.formatwarning

    def brief(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        if issubclass(category, SemrecWarning):
            return f"semrec: {' '.join(str(message).split())}\n"
        return plain(message, category, filename, lineno, line)

    warnings.formatwarning = brief


def complain(message: str, code: int = 2) -> int:
    """One line on stderr."""
    print(f"semrec: {' '.join(message.split())}", file=sys.stderr)
    return code


def cut_short(error: OSError | SystemExit) -> int:
    """The exit code where output, or a file, could not be written or read.

    Raises:
        SystemExit: the error, if it is not about a closed pipe; typer and rich end the process by
            themselves where one is closed.
    """
    cause = error.__context__ if isinstance(error, SystemExit) else error
    if not isinstance(cause, OSError):
        raise error
    try:
        sys.stdout.flush()
    except OSError:  # let the interpreter's own last attempt go nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(cause, BrokenPipeError):
        return 0
    return complain(f"{cause.filename or 'output'}: {cause.strerror or cause}")


def usage(error: TyperException) -> str:
    """What is wrong with the command line, and where to read more."""
    message = getattr(error, "format_message", lambda: str(error))()
    return f"{message} (semrec --help shows what is legal)"


def print_json(value: Any) -> None:
    """One JSON object; escaped where the terminal has another encoding than UTF-8."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, ensure_ascii=not utf8))


def print_results(results: Results, *, as_json: bool) -> None:
    """A table, or JSON."""
    if as_json:
        print_json(results.to_dict())
    elif sys.stdout.isatty():
        _console().print(results)
    else:
        print(results)


def print_build(engine: Engine, out: Path, *, as_json: bool) -> None:
    """What was built, and what was set aside."""
    lines = engine.rejects.summary()
    for line in lines:
        print(line, file=sys.stderr)
    counts = engine.shop.counts()
    if as_json:
        rejected = len(engine.rejects)
        print_json({"index": str(out), "counts": counts, "rejects": rejected, "summary": lines})
        return
    print(f"{out}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if len(engine.rejects):
        print(f"{out / 'rejects.csv'}: every row that was set aside, with its reason")
    print(f"next: semrec search {out} {shlex.quote(engine.shop.catalog.texts('title')[0][:8])}")


def print_adapted(report: AdaptReport, out: Path, *, as_json: bool) -> None:
    """What an adaptation learned, and whether it is kept."""
    if as_json:
        print_json({"index": str(out), **asdict(report)})
        return
    print(f"{out}: {report}")
    print(
        f"{report.seconds:.0f} s; "
        + ", ".join(f"{n:,} {what}" for what, n in report.counts.items())
    )


def print_info(values: Mapping[str, Any], *, as_json: bool) -> None:
    """What an index holds."""
    if as_json:
        print_json(values)
        return
    for name in ("encoder", "sides", "dense", "counts"):
        for key, value in (values[name] or {}).items():
            shown = f"{value:,}" if isinstance(value, int) else value
            print(f"{name + ' ' + key:24} {shown}")


def print_report(report: Mapping[str, Any], *, as_json: bool) -> None:
    """Figures, one a line."""
    if as_json:
        print_json(dict(report))
        return
    for name, value in report.items():
        print(f"{name:16} {value:.4f}" if isinstance(value, float) else f"{name:16} {value}")


def print_comparison(report: Report, html: Path | None, *, as_json: bool) -> None:
    """Systems side by side, and a page of them if one is wanted."""
    if html is not None:
        report.to_html(html)
    if as_json:
        print_json(report.to_dict())
        return
    _console().print(report)
    if html is not None:
        print(f"{html}: the same with plots and the worst questions")


def print_explanation(told: Explanation, *, as_json: bool) -> None:
    """Why an item stands where it does, with bars."""
    if as_json:
        print_json(told.to_dict())
    elif sys.stdout.isatty():
        _console().print(told)
    else:
        print(told)


def print_demo(answers: Sequence[Results], out: Path, *, as_json: bool) -> None:
    """The answers of the demo, one table each."""
    if as_json:
        print_json({"index": str(out), "answers": [results.to_dict() for results in answers]})
        return
    for results in answers:
        print_results(results, as_json=False)
        print()
    print(f"The index is in {out}. Ask it more: semrec search {out} 露营帐篷")


def _console() -> Any:
    from rich.console import Console

    return Console(highlight=False, markup=False)
