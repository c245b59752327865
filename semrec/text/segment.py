"""Chinese text to terms: dictionary words, and grams that find what the dictionary splits wrong."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Protocol

from semrec.cache import cache_dir
from semrec.text.normalise import normalise

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:[-./][^\W_{_HAN}]+)*")
_ALNUM_PARTS = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_FIRST_HAN = re.compile(rf"[{_HAN}]")


class _Cutter(Protocol):
    def lcut_for_search(self, sentence: str) -> list[str]: ...

    def add_word(self, word: str) -> None: ...


class Segmenter:
    """Cuts normalised text into search terms.

    A Han run gives its words in jieba's search mode (long words and the words inside them), its
    characters and its character pairs; a run of letters and digits gives itself, and its
    parts (``iphone15`` → ``iphone``, ``15``), so that model numbers match whole and in part.

    Nothing is shared with jieba's module-level functions. The dictionary loads at the first use;
    segmenters without words of their own share one tokenizer, which nobody changes. Safe to use
    from several threads.

    Args:
        words: words of the shop that must not be cut (brands, product words).
    """

    def __init__(self, words: Sequence[str] = ()) -> None:
        self._own_words = tuple(words)
        self._cutter: _Cutter | None = None
        self._lock = threading.Lock()

    def terms(self, text: str) -> list[str]:
        """All terms of a text, repeated as often as they occur; order carries no meaning."""
        terms: list[str] = []
        for run in _RUNS.findall(normalise(text)):
            if _FIRST_HAN.match(run):
                terms += self._words(run)
                terms += grams(run)
            else:
                terms += alphanumeric(run)
        return terms

    def words(self, text: str) -> list[str]:
        """The words alone, as a person would name them: for reasons, not for retrieval."""
        words: list[str] = []
        for run in _RUNS.findall(normalise(text)):
            is_han = _FIRST_HAN.match(run) is not None
            words += (self._words(run) or [run]) if is_han else [run]
        return list(dict.fromkeys(words))

    def _words(self, run: str) -> list[str]:
        # Single characters come from ``grams``; twice would only double their weight.
        if len(run) == 1:
            return []
        return [word for word in self._tokenizer().lcut_for_search(run) if len(word) > 1]

    def _tokenizer(self) -> _Cutter:
        if self._cutter is None:
            with self._lock:
                if self._cutter is None:
                    self._cutter = (
                        _load_jieba(self._own_words) if self._own_words else _plain_jieba()
                    )
        return self._cutter


def grams(run: str) -> Iterable[str]:
    """Characters and character pairs of a run of Han characters."""
    yield from run
    for i in range(len(run) - 1):
        yield run[i : i + 2]


def alphanumeric(run: str) -> list[str]:
    """A run of letters and digits: whole, and in its parts if it has several."""
    parts = _ALNUM_PARTS.findall(run)
    return [run, *parts] if len(parts) > 1 else [run]


@cache
def _plain_jieba() -> _Cutter:
    return _load_jieba(())


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep jieba from announcing its dictionary on stderr, and leave its level as it was."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _load_jieba(words: Iterable[str]) -> _Cutter:
    import jieba

    tokenizer = jieba.Tokenizer()
    folder = cache_dir() / "jieba"
    folder.mkdir(parents=True, exist_ok=True)
    # Its own cache folder: the default is the shared temporary folder, writable by anyone.
    tokenizer.tmp_dir = str(folder)
    with _quiet(jieba.default_logger):
        tokenizer.initialize()
    for word in words:
        tokenizer.add_word(word)
    cutter: _Cutter = tokenizer
    return cutter
