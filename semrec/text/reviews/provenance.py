"""Where a trained model comes from, written beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def write_provenance(
    model: Path, files: Sequence[Path], details: Mapping[str, Any]
) -> dict[str, Any]:
    """Write ``<model>.provenance.json``: name and checksum of each file, and the details.

    Args:
        model: the file of the model; its ending is replaced.
        files: what it was trained on.
        details: rows, seed, figures; plain values.

    Returns:
        What was written.
    """
    provenance = {
        "files": [{"name": file.name, "sha256": _sha256(file)} for file in files],
        **details,
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=1)
    model.with_suffix(".provenance.json").write_text(text + "\n", encoding="utf-8")
    return provenance


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
