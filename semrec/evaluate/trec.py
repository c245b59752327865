"""Runs and judgements in the formats of TREC, as trec_eval, ranx and ir_measures read them.

A run has lines ``qid Q0 docno rank score tag``, judgements ``qid 0 docno relevance``, separated by
blanks, UTF-8. Ids hold no blanks. trec_eval orders a run by score, not by rank, and so do we;
equal scores keep the order of the ranks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from semrec.data.encoding import read_bytes, to_utf8
from semrec.errors import CannotWrite, DataError, EmptyFile, InvalidArgument, shorten
from semrec.evaluate.files import Qrels

Lists = Mapping[str, Sequence[str]]
"""By question id: item ids, best first."""


def write_run(lists: Lists, path: str | Path, tag: str = "semrec") -> None:
    """Write ranked lists; the score is the number of places from the end, so that none are equal.

    Raises:
        InvalidArgument: an id or the tag is empty or holds a blank.
        CannotWrite: the file cannot be written.
    """
    _word(tag)
    lines = [
        f"{_word(qid)} Q0 {_word(item)} {rank} {len(items) - rank + 1} {tag}"
        for qid, items in lists.items()
        for rank, item in enumerate(items, start=1)
    ]
    _write(Path(path), lines)


def read_run(path: str | Path) -> dict[str, list[str]]:
    """Ranked lists by question id; a question without answer stands in no run.

    Raises:
        DataError: the file cannot be read, or a line is no ``qid Q0 docno rank score tag``.
    """
    rows: dict[str, list[tuple[float, float, str]]] = {}
    for where, words in _lines(Path(path), 6, "qid Q0 docno rank score tag"):
        rank, score = _number(words[3], where), _number(words[4], where)
        rows.setdefault(words[0], []).append((-score, rank, words[2]))
    return {qid: [item for *_, item in sorted(found)] for qid, found in rows.items()}


def write_qrels(qrels: Qrels, path: str | Path) -> None:
    """Write judgements; a whole relevance is written without decimals, as trec_eval wants.

    Raises:
        InvalidArgument: an id is empty or holds a blank.
        CannotWrite: the file cannot be written.
    """
    lines = [
        f"{_word(qid)} 0 {_word(item)} {gain:g}"
        for qid, gains in qrels.items()
        for item, gain in gains.items()
    ]
    _write(Path(path), lines)


def read_qrels(path: str | Path) -> dict[str, dict[str, float]]:
    """Judgements by question id and item id.

    Raises:
        DataError: the file cannot be read, or a line is no ``qid 0 docno relevance``.
    """
    qrels: dict[str, dict[str, float]] = {}
    for where, words in _lines(Path(path), 4, "qid 0 docno relevance"):
        qrels.setdefault(words[0], {})[words[2]] = _number(words[3], where)
    return qrels


def _lines(path: Path, count: int, form: str) -> Iterable[tuple[str, list[str]]]:
    text = to_utf8(read_bytes(path), str(path)).decode("utf-8")
    rows = [(f"{path}: line {n}", line.split()) for n, line in enumerate(text.splitlines(), 1)]
    rows = [(where, words) for where, words in rows if words]
    if not rows:
        raise EmptyFile(str(path))
    for where, words in rows:
        if len(words) != count:
            raise DataError(f"{where}: {shorten(' '.join(words))}; legal: {form}")
    return rows


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{where}: {shorten(text)} is no number")
    return value


def _word(text: str) -> str:
    if len(text.split()) != 1 or text != text.strip():
        raise InvalidArgument(f"id {shorten(text)}; legal in TREC files: no blanks, not empty")
    return text


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{path}: {error.strerror or error}") from None
