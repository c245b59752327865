from pathlib import Path

import numpy as np
import pytest

from semrec.errors import FileMissing, ModelDamaged, NoValidRows
from semrec.text.reviews.clauses import clauses
from semrec.text.reviews.polarity import Polarity, Target, load_polarity
from semrec.text.reviews.polarity_training import by_sentence, fit, measure, read_targets


def _target(text: str, word: str) -> Target:
    at = text.index(word)
    return Target.at(text, at, at + len(word))


def test_clauses_end_at_marks_and_before_turns() -> None:
    text = "屏幕不错,价格3.5折但电池差。可惜没货"
    found = [text[start:end] for start, end in clauses(text)]
    assert found == ["屏幕不错", "价格3.5折", "但电池差", "可惜没货"]
    assert list(clauses("")) == []


def test_two_targets_of_one_sentence_differ() -> None:
    text = "屏幕很清晰,但是电池不耐用"
    found = load_polarity().positive([_target(text, "屏幕"), _target(text, "电池")])
    assert found[0] > 0.7
    assert found[1] < 0.4


def test_probabilities_sum_to_one_and_nothing_is_nothing() -> None:
    found = load_polarity().probabilities([_target("外观漂亮", "外观")])
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert load_polarity().positive([]).shape == (0,)


def test_files_are_read_and_a_model_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "a.train.txt"
    lines = ["$T$ 很 好", "屏 幕", "Positive", "$T$ 很 差", "屏 幕", "Negative"] * 40
    file.write_text("\n".join(lines), encoding="utf-8")
    targets, labels, sentences = read_targets([file])
    assert targets[0] == Target("屏幕很好", 0, 2, (0, 4))
    assert labels[:2].tolist() == [2, 0]
    held = by_sentence(sentences, 0.5, seed=1)
    assert len({held[i] for i in range(0, 80, 2)}) == 1  # one sentence, one side
    model = fit(targets, labels)
    assert measure(model, targets, labels)["accuracy"] == 1
    model.save(tmp_path / "m.npz")
    again = Polarity.load(tmp_path / "m.npz")
    np.testing.assert_allclose(again.positive(targets), model.positive(targets), atol=0.05)


def test_polarity_errors(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read_targets([tmp_path / "none.txt"])
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    with pytest.raises(NoValidRows):
        read_targets([tmp_path / "empty.txt"])
    with pytest.raises(ModelDamaged, match="empty"):
        Polarity.load(tmp_path / "empty.txt")


@pytest.mark.data
def test_polarity_on_the_held_part(data_dir: Path) -> None:
    """A model of the small sets' train part; the shipped one has seen the held part."""
    names = ("car", "notebook", "phone", "camera")
    files = [data_dir / "absa-zh" / f"{name}.train.txt" for name in names]
    targets, labels, sentences = read_targets(files)
    held = by_sentence(sentences, 0.15, seed=0)
    model = fit([targets[i] for i in np.flatnonzero(~held)], labels[~held])
    figures = measure(model, [targets[i] for i in np.flatnonzero(held)], labels[held])
    assert figures["accuracy"] > figures["majority"] + 0.08
    assert figures["accuracy"] > 0.8
