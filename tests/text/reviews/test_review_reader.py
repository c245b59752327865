from dataclasses import replace

import numpy as np
import pytest

from semrec.errors import ModelDamaged
from semrec.text.reviews import reader_training
from semrec.text.reviews.low_rank import LowRank
from semrec.text.reviews.reader import Reader, offline_body, units

GOOD = ["很好用", "质量很好", "喜欢这个", "非常满意", "好看又好用"]
BAD = ["很难用", "质量很差", "讨厌这个", "非常失望", "难看又难用"]


@pytest.fixture(scope="module")
def reader() -> Reader:
    labels = np.array(([True] * 5 + [False] * 5) * 16)
    said: list[str] = []
    fitted = reader_training.fit((GOOD + BAD) * 16, labels, seed=0, say=said.append)
    assert len(said) == reader_training.EPOCHS
    return fitted


def test_learns_what_separates(reader: Reader) -> None:
    scores = reader.log_odds(GOOD + BAD)
    assert scores.dtype == np.float32
    assert scores[:5].min() > scores[5:].max()


def test_knows_words_that_it_was_not_taught(reader: Reader) -> None:
    good, bad = reader.log_odds(["十分喜爱，物超所值", "太糟糕了，根本不能用"])
    assert good > 0 > bad


def test_a_batch_gives_what_single_texts_give(reader: Reader) -> None:
    texts = [*GOOD, "", "好" * 3000, "\ud800"]
    alone = np.concatenate([reader.log_odds([text]) for text in texts])
    np.testing.assert_allclose(reader.log_odds(texts), alone, atol=1e-3)
    assert reader.log_odds([]).shape == (0,)


def test_arrays_give_the_same_reader(reader: Reader) -> None:
    again = Reader.from_arrays(reader.arrays())
    np.testing.assert_array_equal(again.log_odds(GOOD), reader.log_odds(GOOD))


def test_only_matrices_of_layers_change(reader: Reader) -> None:
    before, after = units(offline_body()), units(reader._body)
    assert len(before) == 72
    for one, other in zip(before, after, strict=True):
        assert (one.weight != other.weight).any()
        assert (one.bias == other.bias).all()


def test_changes_of_another_model_are_named(reader: Reader) -> None:
    other = replace(reader, changes=LowRank.of([np.eye(3, dtype=np.float32)], rank=1))
    with pytest.raises(ModelDamaged, match="rank 1 of 1 matrices"):
        other.log_odds(GOOD)
