from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semrec.embed.folder import Prompts
from semrec.embed.transformer import TransformerEncoder
from semrec.errors import ModelNotFound

TEXTS = ["女友生日礼物", "手机壳", "", "保温杯 男士", "a", "口红" * 30, "手机壳"]


@pytest.fixture(scope="module")
def encoder(tiny_model: Path) -> TransformerEncoder:
    return TransformerEncoder(tiny_model, batch_size=2)


def test_vectors_are_those_of_sentence_transformers(tiny_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(tiny_model), device="cpu", local_files_only=True)
    encoder = TransformerEncoder(tiny_model, prompts=Prompts("query: ", "passage: "), batch_size=3)
    expected = model.encode(TEXTS, prompt="query: ")
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), expected, atol=1e-6)
    expected = model.encode(TEXTS, prompt="passage: ")
    np.testing.assert_allclose(encoder.encode_items(TEXTS), expected, atol=1e-6)


def test_no_prompt_means_no_prompt_though_the_model_has_some(tiny_model: Path) -> None:
    bare = TransformerEncoder(tiny_model)
    asked = TransformerEncoder(tiny_model, prompts=Prompts(query="query: "))
    np.testing.assert_allclose(
        bare.encode_queries(["query: 手机壳"]), asked.encode_queries(["手机壳"]), atol=1e-6
    )
    gap = np.abs(bare.encode_queries(["手机壳"]) - asked.encode_queries(["手机壳"])).max()
    assert gap > 1e-3


def test_long_texts_are_cut_at_max_length(tiny_model: Path) -> None:
    encoder = TransformerEncoder(tiny_model, max_length=8)
    # <s> ▁ six characters </s> would be nine tokens: the sixth character is cut off.
    same = encoder.encode_items(["abcdea", "abcdeb", "abcdab"])
    np.testing.assert_allclose(same[0], same[1], atol=1e-6)
    assert np.abs(same[0] - same[2]).max() > 1e-3
    assert np.isfinite(encoder.encode_items(["长" * 10_000])).all()


def test_max_length_above_the_models_own_is_no_error(tiny_model: Path) -> None:
    vectors = TransformerEncoder(tiny_model, max_length=512).encode_items(["a" * 400, "a" * 500])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_broken_characters_are_encoded(encoder: TransformerEncoder) -> None:
    vectors = encoder.encode_items(["手\ud800机", "手?机", "手机"])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    assert np.abs(vectors[0] - vectors[2]).max() > 1e-3


def test_identity_is_known_without_torch(tiny_model: Path) -> None:
    code = (
        "import sys; from semrec.embed.transformer import TransformerEncoder as E; "
        f"e = E({str(tiny_model)!r}, name='tiny'); print(e.name, e.dim, len(e.fingerprint)); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "tiny 32 16\n[]\n"


def test_dim_of_the_files_is_that_of_the_vectors(encoder: TransformerEncoder) -> None:
    assert encoder.encode_items(["手机"]).shape == (1, encoder.dim)


def test_fingerprint_tells_what_changes_vectors(tiny_model: Path) -> None:
    def fingerprint(**settings: Any) -> str:
        return TransformerEncoder(tiny_model, **settings).fingerprint

    plain = fingerprint()
    others = [
        fingerprint(prompts=Prompts(query="q")),
        fingerprint(prompts=Prompts(passage="q")),
        fingerprint(prompts=Prompts(query="q", passage="q")),
        fingerprint(max_length=64),
    ]
    assert len({plain, *others}) == 5
    assert fingerprint(name="another", batch_size=1) == plain


def test_progress_counts_the_batches(tiny_model: Path) -> None:
    seen: list[tuple[int, str]] = []

    def watch(steps: Any, *, total: int, label: str) -> Any:
        seen.append((total, label))
        return steps

    TransformerEncoder(tiny_model, batch_size=2, progress=watch).encode_items(TEXTS)
    assert seen == [(4, "encoding")]


def test_nothing_is_printed_and_no_network_is_asked(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError(f"network: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    TransformerEncoder(tiny_model).encode_queries(["手机壳"])
    assert capfd.readouterr() == ("", "")


def remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def break_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize("damage", [remove_weights, cut_weights, break_tokenizer])
def test_a_damaged_folder_is_named(
    tiny_model: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "damaged")
    damage(folder)
    with pytest.raises(
        ModelNotFound, match=r"damaged: no sentence-transformers model: ."
    ) as caught:
        TransformerEncoder(folder).encode_queries(["手机壳"])
    assert "\n" not in str(caught.value)


def test_a_text_without_known_tokens_has_unit_norm(tmp_path: Path) -> None:
    """A static model: the mean of no tokens has no direction."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "手机": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.array([[0, 0, 0, 0], [0, 3, 4, 0]], dtype=np.float32)
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static], device="cpu").save(
        str(tmp_path / "static"), create_model_card=False
    )
    encoder = TransformerEncoder(tmp_path / "static")
    assert encoder.dim == 4
    vectors = encoder.encode_items(["手机", "", "口红"])
    expected = [[0, 0.6, 0.8, 0], [0.5] * 4, [0.5] * 4]
    np.testing.assert_allclose(vectors, expected, atol=1e-6)
