"""From the settings to an encoder: the offline default, a folder, or a model of the hub."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from semrec.cache import cache_dir
from semrec.config import EmbedConfig
from semrec.embed.cache import CachedEncoder
from semrec.embed.e5 import offline_folder
from semrec.embed.e5_files import NAME
from semrec.embed.folder import Prompts, is_model_folder, model_prompts
from semrec.embed.protocol import Encoder
from semrec.embed.transformer import TransformerEncoder
from semrec.errors import ModelNotFound, shorten
from semrec.progress import track

_HUB_TIMEOUT = 5.0
_NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.tflite"]


def load_encoder(config: EmbedConfig, *, cached: bool = True) -> Encoder:
    """The encoder that the settings name; torch is not loaded before the first new text.

    Args:
        config: the model and how it is used. A prompt that is None is the model's own, else
            E5's for E5 models, else none.
        cached: keep vectors under ``cache_dir() / "embeddings"`` and encode only new texts.

    Raises:
        ModelNotFound: the model is neither on disk nor on the hub.
    """
    folder = model_folder(config.model)
    own = model_prompts(folder, config.model)
    prompts = Prompts(
        query=own.query if config.query_prompt is None else config.query_prompt,
        passage=own.passage if config.passage_prompt is None else config.passage_prompt,
    )
    encoder = TransformerEncoder(
        folder,
        name=config.model,
        prompts=prompts,
        max_length=config.max_length,
        batch_size=config.batch_size,
        progress=_silent if cached else track,  # the cache shows the bar of the whole
    )
    return CachedEncoder(encoder, cache_dir() / "embeddings") if cached else encoder


def model_folder(model: str, packaged: str = NAME) -> Path:
    """The folder of a model: the offline default's name, a folder, or a name on the hub.

    Args:
        model: what the user named.
        packaged: the name that needs no download, told to users whose model is not found.

    Raises:
        ModelNotFound: the model is neither on disk nor on the hub.
    """
    if model == NAME:
        return offline_folder()
    legal = f"legal: {packaged}, a sentence-transformers folder, or a name on the Hugging Face hub"
    folder = Path(model).expanduser()
    if folder.is_dir():
        if is_model_folder(folder):
            return folder
        raise ModelNotFound(
            f"{model}: the folder holds no model; legal: one with modules.json or config.json"
        )
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise ModelNotFound(f"{model}: no such folder; {legal}")
    return _hub_folder(model, legal)


def _hub_folder(model: str, legal: str) -> Path:
    """The snapshot of a hub model: from the hub's local cache, else downloaded."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        local = Path(snapshot_download(model, local_files_only=True))
        if is_model_folder(local) and _has_weights(local):
            return local
    except HFValidationError:
        raise ModelNotFound(f"{shorten(model)}: no name of a model; {legal}") from None
    except LocalEntryNotFoundError:
        pass
    try:
        # The cheap question first: without a network it fails within the timeout.
        HfApi().model_info(model, timeout=_HUB_TIMEOUT)
        return Path(
            snapshot_download(model, etag_timeout=_HUB_TIMEOUT, ignore_patterns=_NOT_NEEDED)
        )
    except Exception as error:  # its HTTP library, and so the errors, differs between versions
        why = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ModelNotFound(
            f"{model}: not on disk, and the hub did not give it ({why}); {legal}"
        ) from error


def _has_weights(folder: Path) -> bool:
    return any(any(folder.rglob(ending)) for ending in ("*.safetensors", "*.bin"))


def _silent(steps: Iterable[Any], *, total: int, label: str) -> Iterable[Any]:
    return steps
