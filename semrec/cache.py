"""Where semrec keeps what it can make again: models that were unpacked, embeddings."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """The folder named by the environment variable SEMREC_CACHE, else the user's cache folder.

    It may not exist yet, and may be deleted at any time: what was in it is made again.
    """
    named = os.environ.get("SEMREC_CACHE")
    return Path(named).expanduser() if named else Path(platformdirs.user_cache_path("semrec"))
