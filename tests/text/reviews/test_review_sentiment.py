import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from semrec.errors import DataError, ModelDamaged
from semrec.evaluate.sentiment import evaluate_sentiment, f1, judge
from semrec.text.reviews import network_training, reader_training, training
from semrec.text.reviews.labelled import read_labelled
from semrec.text.reviews.reader import Reader
from semrec.text.reviews.sentiment import (
    DOUBT,
    FEATURES,
    Sentiment,
    linear_log_odds,
    load_sentiment,
    review_features,
)
from semrec.text.reviews.training import fit_linear, split, train

GOOD = [
    "质量很好，非常满意",
    "屏幕清晰，运行流畅，喜欢",
    "物流很快，好评",
    "非常好用，推荐",
    "值得购买",
]
BAD = ["质量太差，非常失望", "用了两天就坏了，垃圾", "物流太慢，差评", "没有想象中好", "不值得购买"]


def test_the_shipped_model_tells_praise_from_complaint() -> None:
    found = load_sentiment().probability(GOOD + BAD)
    assert found.dtype == np.float32
    assert (found[:5] > 0.5).all()
    assert (found[5:] < 0.5).all()


def test_a_batch_gives_what_single_texts_give() -> None:
    model = load_sentiment()
    texts = [*GOOD, *BAD, "", "好" * 3000]
    alone = np.concatenate([model.probability([text]) for text in texts])
    np.testing.assert_allclose(model.probability(texts), alone, atol=1e-5)
    assert model.probability([]).shape == (0,)


class Reads(Reader):
    """Praises everything, and remembers what it read."""

    def __init__(self) -> None:
        object.__setattr__(self, "read", [])

    def log_odds(self, plain: Sequence[str]) -> NDArray[np.float32]:
        self.read += plain
        return np.ones(len(plain), dtype=np.float32)


def test_only_what_is_in_doubt_is_read_again() -> None:
    reader = Reads()
    mix = np.array([0, 0, 9, 0], dtype=np.float32)
    model = replace(load_sentiment(), reader=reader, reader_mix=mix)
    texts = [*GOOD, "还行吧", "一般般", "收到了"]
    once = model.log_odds(texts, read_again=0)
    assert not reader.read
    doubtful = np.abs(once) < DOUBT
    assert 0 < doubtful.sum() < len(texts)
    again = model.log_odds(texts)
    assert set(reader.read) == {text for text, one in zip(texts, doubtful, strict=True) if one}
    np.testing.assert_array_equal(again[~doubtful], once[~doubtful])
    np.testing.assert_allclose(again[doubtful], 9)
    reader.read.clear()
    model.probability(texts, read_again=1)
    assert reader.read == [texts[int(np.abs(once).argmin())]]


def test_reading_once_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from semrec.text.reviews.sentiment import load_sentiment\n"
        "load_sentiment().probability(['还行吧', '收到了'], read_again=0)\n"
        "print('torch' in sys.modules, 'transformers' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_the_shipped_model_reads_doubtful_texts_again() -> None:
    model = load_sentiment()
    text = "本来很期待，结果不如上次买的，不过客服态度不错"
    once, again = model.log_odds([text], read_again=0)[0], model.log_odds([text])[0]
    assert abs(once) < DOUBT
    assert once != again


def test_linear_model_has_the_sign_of_the_words() -> None:
    texts, labels = ["好用", "难用"] * 20, np.array([True, False] * 20)
    scores = linear_log_odds(["好用", "难用", "无关"], fit_linear(texts, labels))
    assert scores[0] > 0.5
    assert scores[1] < -0.5
    assert abs(scores[2]) < 0.1


def test_only_the_beginning_counts_as_the_beginning() -> None:
    found = review_features(["一二三四五六七八九", "一二三四五六七八十", "九"]).toarray()
    assert found.shape == (3, FEATURES)
    whole, head = found[:, : FEATURES // 2], found[:, FEATURES // 2 :]
    assert (head[0] == head[1]).all()
    assert (whole[0] != whole[1]).any()
    assert (head[0] != head[2]).any()


def _labelled(folder: Path, rows: int) -> Path:
    lines = ["cat,label,review"]
    for i in range(rows):
        good = i % 2 == 0
        text = (GOOD if good else BAD)[i // 2 % 5]
        lines.append(f"{'甲乙'[i % 4 // 2]},{int(good)},第{i}次买 {text}")
    file = folder / "reviews.csv"
    file.write_text("\n".join(lines).replace("，", " "), encoding="utf-8")
    return file


def test_train_writes_a_model_and_where_it_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "MEMBERS", (training.Member(0, 1),))
    monkeypatch.setattr(network_training, "FILTERS", 8)
    monkeypatch.setattr(reader_training, "EPOCHS", 1)
    file, out = _labelled(tmp_path, 400), tmp_path / "model.npz"
    found = train([file], out, say=lambda line: None)
    assert found["held_out"]["accuracy"] > 0.9
    written = json.loads((tmp_path / "model.provenance.json").read_text(encoding="utf-8"))
    assert written == found
    assert (written["rows"], written["seed"]) == (400, 0)
    figures = evaluate_sentiment([file], model=out)
    assert figures["accuracy"] > 0.9
    assert set(figures["categories"]) == {"甲", "乙"}
    assert figures["reviews"] == 400
    assert Sentiment.load(out).reader is not None


def test_quick_training_writes_a_model_that_reads_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "MEMBERS", (training.Member(0, 1),))
    monkeypatch.setattr(network_training, "FILTERS", 8)
    file, out = _labelled(tmp_path, 400), tmp_path / "model.npz"
    found = train([file], out, say=lambda line: None, reads_again=False)
    assert "held_out_read_once" not in found
    model = Sentiment.load(out)
    assert model.reader is None
    np.testing.assert_array_equal(model.log_odds(GOOD), model.log_odds(GOOD, read_again=0))


def test_training_needs_both_labels(tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text("label,review\n" + "".join(f"0,第{i}次 太差\n" for i in range(99)), "utf-8")
    with pytest.raises(DataError, match=r"reviews\.csv: 0 of \d+ reviews .* both praise and"):
        train([file], tmp_path / "model.npz", say=lambda line: None)
    assert not (tmp_path / "model.npz").exists()


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(b"nothing")
    with pytest.raises(ModelDamaged, match=r"m\.npz"):
        Sentiment.load(tmp_path / "m.npz")


def test_a_model_of_other_features_is_named(tmp_path: Path) -> None:
    model, file = load_sentiment(), tmp_path / "older.npz"
    replace(model, weights=model.weights[-9:]).save(file)
    with pytest.raises(ModelDamaged, match=r"older\.npz.*8 weights"):
        Sentiment.load(file)


def test_f1_in_closed_form() -> None:
    said, true = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    assert f1(said, true) == 0.5
    assert f1(true, true) == 1
    assert f1(np.zeros(4, bool), np.zeros(4, bool)) == 0


@pytest.mark.data
def test_the_shipped_model_on_texts_it_never_saw(data_dir: Path) -> None:
    data = read_labelled([data_dir / "reviews" / "online_shopping_train.csv"]).distinct()
    held = data.take(split(data.texts).held[:1500])
    once, again = (judge(load_sentiment(), held, count) for count in (0, None))
    assert once["accuracy"] > 0.925
    assert again["accuracy"] >= once["accuracy"]
    assert again["ece"] < 0.03
