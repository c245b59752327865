from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from semrec.embed.folder import (
    E5_PROMPTS,
    Prompts,
    embedding_dim,
    is_model_folder,
    model_prompts,
)
from semrec.errors import ModelNotFound


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def write_prompts(folder: Path, prompts: dict[str, str]) -> None:
    write(folder / "config_sentence_transformers.json", {"prompts": prompts})


def write_modules(folder: Path, kinds: list[str]) -> None:
    modules = [
        {"path": "" if i == 0 else f"{i}_{kind}", "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    write(folder / "modules.json", modules)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"query": "问：", "passage": "文："}, Prompts("问：", "文：")),
        ({"query": "q ", "document": "d "}, Prompts("q ", "d ")),
        ({"query": "检索："}, Prompts("检索：", "")),
        ({"query": "", "document": ""}, Prompts()),
        ({}, Prompts()),
    ],
)
def test_own_prompts(tmp_path: Path, own: dict[str, str], expected: Prompts) -> None:
    write_prompts(tmp_path, own)
    assert model_prompts(tmp_path, "some-model") == expected


@pytest.mark.parametrize("name", ["multilingual-e5-small", "intfloat/E5-base", "shop_e5/v2"])
def test_a_name_that_says_e5_gives_its_prompts(tmp_path: Path, name: str) -> None:
    write_prompts(tmp_path, {"query": "", "document": ""})
    assert model_prompts(tmp_path, name) == E5_PROMPTS


def test_own_prompts_win_over_those_of_e5(tmp_path: Path) -> None:
    write_prompts(tmp_path, {"query": "q "})
    assert model_prompts(tmp_path, "my-e5") == Prompts("q ", "")


def test_a_card_that_says_e5_gives_its_prompts(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("base_model: intfloat/multilingual-e5-base", encoding="utf-8")
    assert model_prompts(tmp_path, "shop") == E5_PROMPTS
    card.write_text("type e5 is a kind of fuse; like5-small", encoding="utf-8")
    assert model_prompts(tmp_path, "shop") == Prompts()


@pytest.mark.parametrize("name", ["route5", "e55", "bge-small-zh", "le5on"])
def test_other_names_have_no_prompts(tmp_path: Path, name: str) -> None:
    assert model_prompts(tmp_path, name) == Prompts()


@pytest.mark.parametrize(
    ("settings", "dim"),
    [
        ({"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True}, 384),
        (
            {
                "word_embedding_dimension": 16,
                "pooling_mode_mean_tokens": True,
                "pooling_mode_max_tokens": True,
                "pooling_mode_cls_token": False,
            },
            32,
        ),
        ({"embedding_dimension": 64, "pooling_mode": "mean"}, 64),
        ({"embedding_dimension": 64, "pooling_mode": ["mean", "max", "cls"]}, 192),
    ],
)
def test_dim_of_pooling(tmp_path: Path, settings: dict[str, Any], dim: int) -> None:
    write_modules(tmp_path, ["Transformer", "Pooling", "Normalize"])
    write(tmp_path / "1_Pooling" / "config.json", settings)
    assert embedding_dim(tmp_path) == dim


def test_dim_of_a_dense_layer_counts(tmp_path: Path) -> None:
    write_modules(tmp_path, ["Transformer", "Pooling", "Dense"])
    write(tmp_path / "1_Pooling" / "config.json", {"embedding_dimension": 64})
    write(tmp_path / "2_Dense" / "config.json", {"in_features": 64, "out_features": 24})
    assert embedding_dim(tmp_path) == 24


def test_dim_is_unknown_where_files_do_not_tell(tmp_path: Path) -> None:
    assert embedding_dim(tmp_path) is None
    write_modules(tmp_path, ["StaticEmbedding"])
    assert embedding_dim(tmp_path) is None


def test_settings_that_are_no_json_are_named(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[", encoding="utf-8")
    with pytest.raises(ModelNotFound, match=r"modules\.json: no valid JSON"):
        embedding_dim(tmp_path)


def test_is_model_folder(tmp_path: Path) -> None:
    assert not is_model_folder(tmp_path)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert is_model_folder(tmp_path)
