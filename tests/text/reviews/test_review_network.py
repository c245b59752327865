import numpy as np
import pytest

from semrec.text.reviews import network_training
from semrec.text.reviews.network import Network
from semrec.text.reviews.network_training import fit
from semrec.text.reviews.pieces import FIRST, PADDING, Pieces

GOOD = ["很好用", "质量很好", "喜欢这个", "非常满意", "好看又好用"]
BAD = ["很难用", "质量很差", "讨厌这个", "非常失望", "难看又难用"]
LETTERS = sorted(set("".join(GOOD + BAD)))
PIECES = Pieces(tuple(LETTERS), (-3.0,) * len(LETTERS))


@pytest.fixture(scope="module")
def network() -> Network:
    labels = np.array(([True] * 5 + [False] * 5) * 20)
    start = np.random.default_rng(0).normal(0, 0.3, (len(PIECES) + FIRST, 16)).astype(np.float32)
    start[PADDING] = 0
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_training, "FILTERS", 16)
        numbers = PIECES.numbers((GOOD + BAD) * 20)
        fitted = fit(numbers, labels, start, seed=0, epochs=40, say=said.append)
    assert len(said) == 40
    return fitted


def test_learns_what_separates(network: Network) -> None:
    scores = network.logits(PIECES.numbers(GOOD + BAD))
    assert scores[:5].min() > 0 > scores[5:].max()
    assert not network.embedding[PADDING].any()


def test_a_batch_gives_what_single_texts_give(network: Network) -> None:
    numbers = PIECES.numbers([*GOOD, *BAD, "", "没见过的字", "好" * 500])
    together = network.logits(numbers)
    alone = np.concatenate([network.logits([one]) for one in numbers])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert network.logits([]).shape == (0,)


def test_eight_bits_change_little(network: Network) -> None:
    again = Network.from_arrays(network.arrays())
    numbers = PIECES.numbers(GOOD + BAD)
    np.testing.assert_allclose(again.logits(numbers), network.logits(numbers), atol=0.2)
