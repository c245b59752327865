"""The present state of a shop, its folder on disk, and every change of the two.

A change is written to the folder first and then put in place of the old state by one assignment:
readers see the shop before or after it, never a mix, and what they saw survives a crash.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from semrec.data.rejects import Rejects
from semrec.errors import SemrecError
from semrec.index.folder import Folder, Version, check_target, read, read_manifest, version_of
from semrec.index.lock import exclusive, reserved
from semrec.learning import ready
from semrec.life import compact
from semrec.life.apply import applied
from semrec.life.change import all_changes
from semrec.life.prepare import Table, Updated, prepared
from semrec.shop import Shop, save_rejects
from semrec.state import State

_log = logging.getLogger(__name__)


class Keeper:
    """Holds the state that questions are answered from.

    Args:
        state: the shop with its encoders.
        path: the index folder that holds this very shop, None if there is none.
        version: the version of that folder.
    """

    def __init__(self, state: State, path: Path | None = None, version: Version = ()) -> None:
        self.state = state
        self.path = path
        self._version = version
        self._turn = threading.RLock()
        self._compacting = threading.Lock()
        self._merging: threading.Thread | None = None

    def replace(self, state: State) -> None:
        """Put another shop in place; the folder no longer holds it, until it is saved."""
        with self._turn:
            self.state, self.path, self._version = state, None, ()

    def save(self, path: Path, rejects: Rejects) -> None:
        """Write everything; from then on, updates go to this folder too.

        Raises:
            NotAnIndex, CannotWrite, FolderLocked: see :meth:`Shop.save`.
        """
        self.settle()
        with self._turn, _exclusive_target(path):
            self.state.shop.save(path, rejects)
            self.path, self._version = path, version_of(read_manifest(path))

    def update(
        self, items: Table | None, delete: Sequence[str] | str | Path, events: Table | None
    ) -> Updated:
        """Change the shop, on disk and in memory; see ``Engine.update``."""
        with self._turn, exclusive(self.path) if self.path else nullcontext():
            self._catch_up()
            state = self.state
            change, done = prepared(state.shop, state.encoders, items, delete, events)
            shop = applied(state.shop, change)
            if self.path:
                change.append_to(self.path)
                save_rejects(self.path, done.rejects)
                self._version = version_of(read_manifest(self.path))
            self.state = State.of(shop, state.encoders)
        self._tidy()
        return done

    def compact(self) -> None:
        """Merge all changes into the base, now; readers and updates go on meanwhile.

        Raises:
            CannotWrite, FolderLocked: as for :meth:`save`; the index stays as it was.
        """
        self.settle()
        if self.path is None:
            with self._turn:
                small = compact.compacted(self.state.shop)
                self.state = ready(State.of(small, self.state.encoders))
            return
        with self._compacting, reserved(self.path):
            with self._turn, exclusive(self.path):
                self._catch_up()
                shop, version = self.state.shop, self._version
            small = ready(State.of(compact.compacted(shop), self.state.encoders)).shop
            small.save(self.path, holds=version)
            with self._turn, exclusive(self.path):
                self._catch_up()

    def settle(self) -> None:
        """Wait until nothing is merged in the background."""
        thread = self._merging
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _catch_up(self) -> None:
        """Read the folder again if another writer changed it."""
        if self.path is None or version_of(read_manifest(self.path)) == self._version:
            return
        shop, self._version = load_shop(self.path)
        self.state = State.of(shop, self.state.encoders.for_shop(shop.student, shop.centre))

    def _tidy(self) -> None:
        """Fold many deltas into one; where much changed, compact in the background."""
        if self._compacting.locked() or self._busy:
            return
        folder = Folder(self.path, read_manifest(self.path)) if self.path else None
        if compact.due(self.state.shop, folder):
            self._merging = threading.Thread(target=self._merge, name="semrec-compact")
            self._merging.start()
        elif self.path and folder and len(folder.deltas) > compact.MOST_DELTAS:
            with self._turn, exclusive(self.path):
                whole = all_changes(folder)
                if whole is not None:
                    whole.append_to(self.path, folder.version)
                self._version = version_of(read_manifest(self.path))

    @property
    def _busy(self) -> bool:
        """Whether a background thread is at work."""
        return self._merging is not None and self._merging.is_alive()

    def _merge(self) -> None:
        try:
            self.compact()
        except SemrecError as error:
            _log.warning("the index is usable, but its changes were not merged: %s", error)


def load_shop(path: Path) -> tuple[Shop, Version]:
    """The shop of an index folder with all that changed since its base was written.

    Raises:
        NotAnIndex: no index there, or one of another schema version.
        IndexCorrupt: a file is missing or differs from its checksum.
    """

    def load(folder: Folder) -> tuple[Shop, Version]:
        shop, change = Shop.load(folder), all_changes(folder)
        return shop if change is None else applied(shop, change), folder.version

    return read(path, load)


@contextmanager
def _exclusive_target(path: Path) -> Iterator[None]:
    """:func:`exclusive`, but not before the path is known to be one for an index."""
    check_target(path)
    with exclusive(path):
        yield
