from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from semrec.config import EmbedConfig
from semrec.embed.load import load_encoder, model_folder
from semrec.embed.transformer import TransformerEncoder
from semrec.errors import ModelNotFound


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEMREC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def empty_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that has nothing in its local cache and cannot be reached."""

    def nothing(*args: Any, **kwargs: Any) -> str:
        raise LocalEntryNotFoundError("nothing here")

    def unreachable(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no route to host\nand a second line")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", nothing)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", unreachable)


def test_a_folder_is_loaded_with_its_prompts(tiny_model: Path) -> None:
    loaded = load_encoder(EmbedConfig(model=str(tiny_model)), cached=False)
    plain = TransformerEncoder(tiny_model)
    assert loaded.name == str(tiny_model)
    np.testing.assert_allclose(
        loaded.encode_queries(["手机壳"]), plain.encode_queries(["query: 手机壳"]), atol=1e-6
    )
    np.testing.assert_allclose(
        loaded.encode_items(["手机壳"]), plain.encode_items(["passage: 手机壳"]), atol=1e-6
    )


def test_settings_win_over_the_models_prompts(tiny_model: Path) -> None:
    config = EmbedConfig(model=str(tiny_model), query_prompt="", passage_prompt="商品")
    loaded = load_encoder(config, cached=False)
    plain = TransformerEncoder(tiny_model)
    np.testing.assert_allclose(
        loaded.encode_queries(["手机壳"]), plain.encode_queries(["手机壳"]), atol=1e-6
    )
    np.testing.assert_allclose(
        loaded.encode_items(["手机壳"]), plain.encode_items(["商品手机壳"]), atol=1e-6
    )


def test_vectors_are_kept_in_the_cache(
    tiny_model: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = EmbedConfig(model=str(tiny_model))
    first = load_encoder(config).encode_items(["手机壳", "口红"])
    assert [path.parent.parent for path in own_cache.rglob("vectors.sqlite")] == [
        own_cache / "embeddings"
    ]

    def refuse(self: TransformerEncoder, texts: list[str]) -> None:
        raise AssertionError(f"{texts} are encoded again")

    monkeypatch.setattr(TransformerEncoder, "encode_items", refuse)
    np.testing.assert_array_equal(load_encoder(config).encode_items(["手机壳", "口红"]), first)


def test_max_length_of_the_settings_counts(tiny_model: Path) -> None:
    config = EmbedConfig(model=str(tiny_model), max_length=8, passage_prompt="")
    same = load_encoder(config, cached=False).encode_items(["abcdea", "abcdeb"])
    np.testing.assert_allclose(same[0], same[1], atol=1e-6)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"holds no model; legal: .*modules\.json"):
        load_encoder(EmbedConfig(model=str(tmp_path)))


@pytest.mark.parametrize("name", ["/no/such/folder", "./none", "~/none-of-it", "a/b/c"])
def test_a_missing_folder_is_named_without_asking_the_hub(name: str) -> None:
    with pytest.raises(ModelNotFound, match="no such folder; legal: multilingual-e5-small"):
        load_encoder(EmbedConfig(model=name))


def test_a_name_that_the_hub_does_not_allow_is_named() -> None:
    with pytest.raises(ModelNotFound, match="no name of a model"):
        load_encoder(EmbedConfig(model="两个 词"))


@pytest.mark.usefixtures("empty_hub")
def test_an_unreachable_hub_is_named_on_one_line() -> None:
    with pytest.raises(ModelNotFound, match="no route to host") as caught:
        load_encoder(EmbedConfig(model="BAAI/bge-small-zh-v1.5"))
    assert "BAAI/bge-small-zh-v1.5: not on disk" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_hub_model_on_disk_needs_no_network(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def local(name: str, *, local_files_only: bool = False, **kwargs: Any) -> str:
        assert name == "shop/tiny"
        assert local_files_only
        return str(tiny_model)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", local)
    assert model_folder("shop/tiny") == tiny_model


def test_a_hub_model_is_downloaded_when_its_weights_are_not_on_disk(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = shutil.copytree(tiny_model, tmp_path / "part")
    (part / "model.safetensors").unlink()
    asked: list[tuple[str, float]] = []

    def snapshot(name: str, *, local_files_only: bool = False, **kwargs: Any) -> str:
        return str(part if local_files_only else tiny_model)

    def model_info(self: Any, name: str, *, timeout: float) -> None:
        asked.append((name, timeout))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    assert model_folder("shop/tiny") == tiny_model
    assert asked == [("shop/tiny", 5.0)]
