"""What a sentence-transformers folder says about itself, read without torch."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semrec.errors import ModelNotFound

_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])", re.IGNORECASE)
_E5_CARD = re.compile(r"(?<![a-z0-9])e5-(small|base|large)(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True)
class Prompts:
    """What is put before each text."""

    query: str = ""
    passage: str = ""


E5_PROMPTS = Prompts(query="query: ", passage="passage: ")


def is_model_folder(folder: Path) -> bool:
    """Whether the folder holds a sentence-transformers or plain transformers model."""
    return (folder / "modules.json").is_file() or (folder / "config.json").is_file()


def model_prompts(folder: Path, name: str) -> Prompts:
    """The model's own prompts, else those of E5 if its name or card says E5, else none.

    Raises:
        ModelNotFound: a settings file is no JSON.
    """
    own = _read(folder / "config_sentence_transformers.json").get("prompts") or {}
    query, passage = own.get("query", ""), own.get("passage") or own.get("document", "")
    if query or passage:
        return Prompts(query, passage)
    return E5_PROMPTS if _says_e5(folder, name) else Prompts()


def embedding_dim(folder: Path) -> int | None:
    """Length of the vectors, or None where only the loaded model can tell.

    Raises:
        ModelNotFound: a settings file is no JSON.
    """
    modules = _read(folder / "modules.json", default=[])
    for module in reversed(modules):
        kind = module["type"].rsplit(".", 1)[-1]
        settings = _read(folder / module["path"] / "config.json")
        if kind == "Dense":
            return int(settings["out_features"])
        if kind == "Pooling":
            return _pooled_dim(settings)
        if kind != "Normalize":
            return None
    return None


def _pooled_dim(settings: dict[str, Any]) -> int | None:
    width = settings.get("embedding_dimension", settings.get("word_embedding_dimension"))
    modes = settings.get("pooling_mode")
    if modes is None:
        modes = [key for key, on in settings.items() if key.startswith("pooling_mode_") and on]
    count = 1 if isinstance(modes, str) else max(len(modes), 1)
    return None if width is None else int(width) * count


def _says_e5(folder: Path, name: str) -> bool:
    if _E5.search(name):
        return True
    card = folder / "README.md"
    return card.is_file() and bool(_E5_CARD.search(card.read_text("utf-8", errors="replace")))


def _read(path: Path, default: Any = None) -> Any:
    if not path.is_file():
        return {} if default is None else default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelNotFound(f"{path}: no valid JSON: {error}") from None
