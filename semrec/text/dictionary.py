"""jieba's dictionary, loaded quietly and once, into tokenizers that are this package's own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Protocol

from semrec.cache import cache_dir

_loading = threading.Lock()

Cut = Callable[[str], Sequence[str]]
"""Cuts a normalised text into words whose concatenation is the text."""


class Tokenizer(Protocol):
    """As much of ``jieba.Tokenizer`` as is used here."""

    FREQ: Mapping[str, int]

    def lcut(self, sentence: str, cut_all: bool = False, HMM: bool = True) -> list[str]:  # noqa: N803
        """Words, not overlapping."""

    def lcut_for_search(self, sentence: str) -> list[str]:
        """Words, and the words inside long ones."""


def plain_tokenizer() -> Tokenizer:
    """The tokenizer without words of a shop; all share it, so nobody may add words to it."""
    with _loading:
        return _plain()


def dictionary_words() -> Mapping[str, int]:
    """The words of the general dictionary with their counts; beginnings of words count 0."""
    return plain_tokenizer().FREQ


@cache
def _plain() -> Tokenizer:
    return tokenizer_with(())


def tokenizer_with(words: Iterable[str]) -> Tokenizer:
    """A tokenizer of one's own that also knows ``words``."""
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
    own: Tokenizer = tokenizer
    return own


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep jieba from announcing its dictionary on stderr, and leave its level as it was."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
