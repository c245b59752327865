"""Everything about an index folder that can be checked without knowing the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from semrec.errors import SemrecError
from semrec.index.checksum import verify_file
from semrec.index.dense import DenseIndex
from semrec.index.folder import Folder, read
from semrec.index.folder_write import leftovers
from semrec.life.apply import applied
from semrec.life.change import all_changes
from semrec.progress import track
from semrec.shop import Shop

_BLOCK = 20_000
_LEAST, _MOST = 0.5, 1.1
"""Legal norms: a code of 8 bits clips what lies far outside, and a title of one rare word does."""


@dataclass(frozen=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: what.
        wrong: what is wrong, one line each; () if all is well.
        found: what was seen.
    """

    name: str
    found: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was checked of a folder, in order."""

    path: Path
    checks: tuple[Check, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(check.wrong for check in self.checks)


def verify(path: Path) -> Verified:
    """Check the checksums of all files, then what they hold.

    What they hold is only checked where every checksum is right.

    Raises:
        NotAnIndex: no index there, or one of another schema version.
        IndexCorrupt: the manifest is damaged.
    """

    def look(folder: Folder) -> Verified:
        files = _files(folder)
        checks = [files, _left(folder)]
        if not files.wrong:
            checks += _contents(folder)
        return Verified(path, tuple(checks))

    return read(path, look, check=False)


def _files(folder: Folder) -> Check:
    parts = [folder, *folder.deltas]
    files = [
        (part.file(name), said) for part in parts for name, said in part.manifest["files"].items()
    ]
    wrong = []
    for file, said in track(files, total=len(files), label="checksums"):
        try:
            verify_file(file, said)
        except SemrecError as error:
            wrong.append(str(error))
    size = sum(said["bytes"] for _, said in files)
    found = f"{len(files)} files, {size:,} bytes, {len(folder.deltas)} deltas"
    return Check("checksums", found, tuple(wrong))


def _left(folder: Folder) -> Check:
    """What a crash left is no fault: the next compaction removes it."""
    left = leftovers(folder.path, folder.version)
    names = ", ".join(each.name for each in left)
    return Check("leftovers", f"{names}: unused, compaction removes them" if left else "none")


def _contents(folder: Folder) -> Iterator[Check]:
    try:
        shop = Shop.load(folder)
    except (SemrecError, ValueError, KeyError) as error:
        yield Check("readable", "no", (f"{type(error).__name__}: {error}",))
        return
    yield _counted(folder, shop)
    change = all_changes(folder)
    if change is not None:
        shop = applied(shop, change)
    yield _rows(shop)
    yield _ids(shop)
    yield _norms(shop.dense)


def _counted(folder: Folder, shop: Shop) -> Check:
    """The counts of the manifest against those of the files."""
    said, real = folder.manifest["counts"], shop.counts()
    wrong = [
        f"{name}: {real[name]}, the manifest says {count}"
        for name, count in said.items()
        if real.get(name) != count
    ]
    return Check("counts", ", ".join(f"{n:,} {name}" for name, n in real.items()), tuple(wrong))


def _rows(shop: Shop) -> Check:
    """All parts must have one row an item, and one a user."""
    items, users = len(shop.catalog), len(shop.users)
    sizes = {
        "catalog table": (len(shop.catalog.frame), items),
        "lexical": (len(shop.lexical), items),
        "dense": (len(shop.dense), items),
        "popularity": (len(shop.popularity.scores), items),
        "neighbours": (len(shop.neighbours.known), items),
        "bundles": (len(shop.bundles.user_counts), items),
        "ratings": (len(shop.ratings), items),
        "history items": (shop.history.shape[1], items),
        "history users": (shop.history.shape[0], users),
    }
    wrong = [f"{name}: {n} rows, expected {m}" for name, (n, m) in sizes.items() if n != m]
    return Check("rows", f"{items:,} rows of items, {users:,} of users", tuple(wrong))


def _ids(shop: Shop) -> Check:
    wrong = []
    for what, ids in (("item", shop.catalog.items.ids), ("user", shop.users.ids)):
        again = len(ids) - len(set(ids.tolist()))
        if again:
            wrong.append(f"{again} {what} ids occur twice")
        if "" in ids:
            wrong.append(f"an empty {what} id")
    live = shop.catalog.items.count
    if int(np.count_nonzero(shop.lexical.live)) != live:
        wrong.append(f"the lexical part holds {np.count_nonzero(shop.lexical.live)} of {live}")
    found = f"{live:,} items live, {len(shop.catalog) - live:,} deleted"
    return Check("ids unique", found, tuple(wrong))


def _norms(dense: DenseIndex) -> Check:
    rows = np.flatnonzero(dense.live)
    worst, strange = 0.0, 0
    for start in range(0, len(rows), _BLOCK):
        norms = np.linalg.norm(dense.reconstruct(rows[start : start + _BLOCK]), axis=1)
        strange += int(np.count_nonzero(~((norms >= _LEAST) & (norms <= _MOST))))  # NaN counts
        off = np.abs(norms - 1)
        worst = max(worst, float(np.nan_to_num(off, nan=np.inf).max(initial=0)))
    wrong = (f"{strange} vectors are {worst:.3g} or less off unit norm",) if strange else ()
    return Check("vector norms", f"{len(rows):,} vectors, at most {worst:.1e} off 1", wrong)
