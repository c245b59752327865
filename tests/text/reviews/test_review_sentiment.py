import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semrec.errors import ModelDamaged
from semrec.evaluate.sentiment import evaluate_sentiment, f1, judge
from semrec.text.reviews import network_training, training
from semrec.text.reviews.labelled import read_labelled
from semrec.text.reviews.sentiment import (
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
    figures = judge(load_sentiment(), held)
    assert figures["accuracy"] > 0.925
    assert figures["ece"] < 0.03
