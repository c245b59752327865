"""One suite over every encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from semrec.config import EmbedConfig
from semrec.embed.load import load_encoder
from semrec.embed.protocol import Encoder

WORDS = [*"红色口红保温杯手机壳送女友的礼物abc:", "query", "passage"]
TEXTS = ["送女友的礼物", "手机壳", "保温杯 a b c", "", "手机壳", "口红" * 30, "😀é"]
NAMES = ["tiny", "tiny-cached", "multilingual-e5-small"]

Make = Callable[..., Encoder]
"""Makes the encoder under test; its arguments are settings of ``EmbedConfig``."""


@dataclass(frozen=True)
class Case:
    encoder: Encoder
    make: Make


@pytest.fixture(scope="module", params=NAMES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    if request.param == "multilingual-e5-small":
        return _case(request.param, cached=False)
    folder = tmp_path_factory.mktemp("model")
    write_tiny_bert(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEMREC_CACHE", str(tmp_path_factory.mktemp("cache")))
        return _case(str(folder), cached=request.param == "tiny-cached")


def _case(model: str, cached: bool) -> Case:
    def make(**settings: str | int) -> Encoder:
        return load_encoder(EmbedConfig.model_validate({"model": model, **settings}), cached=cached)

    return Case(make(), make)


def write_tiny_bert(folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join([*special, *sorted(set(WORDS))]), encoding="utf-8")
    torch.manual_seed(5)
    sizes = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = BertConfig(vocab_size=64, intermediate_size=48, **sizes)
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(str(vocabulary)).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    modules = [transformer, Pooling(24), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)


def test_vectors_are_float32_of_unit_norm(case: Case) -> None:
    for vectors in (case.encoder.encode_queries(TEXTS), case.encoder.encode_items(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), case.encoder.dim)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_batch_equals_its_texts_one_by_one_in_order(case: Case) -> None:
    for encode in (case.encoder.encode_queries, case.encoder.encode_items):
        single = np.concatenate([encode([text]) for text in TEXTS])
        np.testing.assert_allclose(encode(TEXTS), single, atol=1e-5)


def test_another_order_gives_the_same_vectors(case: Case) -> None:
    forward = case.encoder.encode_items(TEXTS)
    np.testing.assert_allclose(case.encoder.encode_items(TEXTS[::-1]), forward[::-1], atol=1e-5)


def test_equal_texts_have_equal_vectors_and_others_do_not(case: Case) -> None:
    vectors = case.encoder.encode_items(TEXTS)
    np.testing.assert_allclose(vectors[1], vectors[4], atol=1e-5)
    assert vectors[0] @ vectors[1] < 0.999


def test_encoding_again_gives_the_same_vectors(case: Case) -> None:
    first = case.encoder.encode_queries(TEXTS)
    np.testing.assert_array_equal(case.make().encode_queries(TEXTS), first)


def test_no_text_gives_no_vector(case: Case) -> None:
    for vectors in (case.encoder.encode_queries([]), case.encoder.encode_items([])):
        assert vectors.shape == (0, case.encoder.dim)
        assert vectors.dtype == np.float32


def test_fingerprint_is_stable_and_changes_with_prompts_and_length(case: Case) -> None:
    plain = case.encoder.fingerprint
    assert case.make().fingerprint == plain
    assert case.make(batch_size=3).fingerprint == plain
    others = [
        case.make(query_prompt="问："),
        case.make(passage_prompt="问："),
        case.make(max_length=16),
    ]
    assert len({plain, *(other.fingerprint for other in others)}) == 4


def test_prompts_change_vectors(case: Case) -> None:
    other = case.make(query_prompt="手机", passage_prompt="口红")
    text = ["手机壳"]
    query_gap = other.encode_queries(text) - case.encoder.encode_queries(text)
    item_gap = other.encode_items(text) - case.encoder.encode_items(text)
    assert np.abs(query_gap).max() > 1e-3
    assert np.abs(item_gap).max() > 1e-3


def test_a_text_of_ten_thousand_characters_is_cut_not_refused(case: Case) -> None:
    long = "手机壳" * 3334
    vectors = case.encoder.encode_items([long, long + "口红"])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)
