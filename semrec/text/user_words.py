"""Words and synonyms that a shop writes by hand, from a plain text file.

One entry a line, ``#`` starts a comment::

    蓝牙耳机                 # kept whole
    手机壳 product           # a product word; also: brand, category, 商品, 品牌, 类目
    酒红 attribute:颜色       # an attribute value; also: 属性:颜色
    CHANDO = 自然堂          # synonyms, two or more

A word may hold spaces (``Air Max brand``).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from semrec.data.rejects import Rejects
from semrec.errors import DataError, FileMissing, NotText, SemrecWarning
from semrec.text.lexicon import Lexicon
from semrec.text.normalise import normalise
from semrec.text.shop_words import ShopWords

_KINDS = {
    "product": "product",
    "brand": "brand",
    "category": "category",
    "attribute": "attribute",
    "商品": "product",
    "产品": "product",
    "品牌": "brand",
    "类目": "category",
    "分类": "category",
    "属性": "attribute",
}
_MAX_WORD = 40
_SHOWN = 5


class WordsWarning(SemrecWarning):
    """A file of the shop's own words cannot be followed in full without a rebuild."""


def load_all(paths: Iterable[str | Path]) -> tuple[Lexicon, Rejects]:
    """Read several files; where they contradict each other, the later one wins.

    Args:
        paths: of dictionaries and synonyms; empty ones are left out (a setting that is not set).

    Raises:
        FileMissing, NotText: see :func:`load_user_words`.
    """
    read = [load_user_words(path) for path in paths if str(path)]
    rejects = Rejects()
    for _, more in read:
        rejects += more
    return _merged([lexicon for lexicon, _ in read]), rejects


def renewed(words: ShopWords, paths: Iterable[str | Path]) -> ShopWords:
    """A shop's words with its own files as they are now.

    Meanings and synonyms follow the files at once. A warning names words that only a rebuild will
    keep whole in the titles, and lines that are wrong. What was saved stays if a file is gone or
    cannot be read: the index may have moved without it.
    """
    try:
        own, rejects = load_all(paths)
    except DataError as error:
        warnings.warn(f"{error}; the words saved with the index are used", WordsWarning, 2)
        return words
    found = words.with_own(own)
    if rejects.entries:
        first, count = rejects.entries[0], len(rejects.entries)
        where = f"{first.file}, line {first.row}: {first.value!r}: {first.reason}"
        warnings.warn(f"{where} ({count} such in all)", WordsWarning, 2)
    if new := found.unindexed():
        shown = "、".join(new[:_SHOWN]) + ("…" if len(new) > _SHOWN else "")
        message = f"own words: {len(new)} are new since the index was built ({shown}); queries "
        warnings.warn(message + "know them, titles will after a rebuild", WordsWarning, 2)
    return found


def load_user_words(path: str | Path) -> tuple[Lexicon, Rejects]:
    """Read a dictionary file; bad lines are set aside with their number and reason.

    Merge the result over the shop's lexicon (``lexicon.merge(words)``); meanings and synonyms take
    effect at once, ``semrec.text.lexicon.new_words`` names what only a reindex cuts rightly.

    Raises:
        FileMissing: the file cannot be read.
        NotText: it is not UTF-8.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileMissing(path, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise NotText(str(path), "no UTF-8") from None
    return parse_user_words(text, str(path))


def parse_user_words(text: str, where: str = "user words") -> tuple[Lexicon, Rejects]:
    """:func:`load_user_words` for a text that is already read."""
    found: list[Lexicon] = []
    rejects = Rejects()
    for number, line in enumerate(text.splitlines(), start=1):
        # An input method for Chinese types the wide form.
        content = line.replace("＝", "=").split("#", 1)[0].strip()
        if not content:
            continue
        entry = _synonyms(content) if "=" in content else _word(content)
        if isinstance(entry, Lexicon):
            found.append(entry)
        else:
            rejects.add(where, number, "", content, entry)
    return _merged(found), rejects


def _merged(parts: Sequence[Lexicon]) -> Lexicon:
    """All together; halves first, so that many small ones are not copied again and again."""
    if len(parts) < 2:
        return parts[0] if parts else Lexicon()
    middle = len(parts) // 2
    return _merged(parts[:middle]).merge(_merged(parts[middle:]))


def _synonyms(content: str) -> Lexicon | str:
    """The lexicon that a synonym line stands for, or what is wrong with it."""
    parts = [normalise(part) for part in content.split("=")]
    if any(not 0 < len(part) <= _MAX_WORD for part in parts):
        return f"a word is empty or longer than {_MAX_WORD}; legal: a = b = c"
    distinct = list(dict.fromkeys(parts))
    if len(distinct) < 2:
        return "all words of the line are one word"
    return Lexicon(synonyms={w: tuple(o for o in distinct if o != w) for w in distinct})


def _word(content: str) -> Lexicon | str:
    """The lexicon that a word line stands for, or what is wrong with it."""
    head, _, last = content.rpartition(" ")
    kind, _, name = last.replace("：", ":").partition(":")
    known = _KINDS.get(kind.lower()) if head else None
    if name and head and known != "attribute":
        return f"unknown kind {last!r}; legal: {', '.join(_KINDS)}, attribute:NAME"
    word = normalise(head if known else content)
    if not 0 < len(word) <= _MAX_WORD:
        return f"a word has 1 to {_MAX_WORD} characters"
    match known:
        case "product":
            return Lexicon(products={word: 1.0})
        case "brand":
            return Lexicon(brands={word: word})
        case "category":
            return Lexicon(categories=frozenset({word}))
        case "attribute":
            return Lexicon(attributes={word: (name or "属性",)})
        case _:
            return Lexicon(terms=frozenset({word}))
