import numpy as np
import pytest

from semrec.text.reviews.network import Network, gram_keys, look_up
from semrec.text.reviews.network_training import fit

GOOD = ["很好用", "质量很好", "喜欢这个", "非常满意", "好看又好用"]
BAD = ["很难用", "质量很差", "讨厌这个", "非常失望", "难看又难用"]


@pytest.fixture(scope="module")
def network() -> Network:
    labels = np.array(([True] * 5 + [False] * 5) * 20)
    said: list[str] = []
    fitted = fit((GOOD + BAD) * 20, labels, seed=0, epochs=8, say=said.append)
    assert len(said) == 8
    return fitted


def test_learns_what_separates(network: Network) -> None:
    scores = network.logits(GOOD + BAD)
    assert scores[:5].min() > 0 > scores[5:].max()


def test_a_batch_gives_what_single_texts_give(network: Network) -> None:
    texts = [*GOOD, *BAD, "", "没见过的字", "长" * 500]
    together = network.logits(texts)
    alone = np.concatenate([network.logits([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_eight_bits_change_little(network: Network) -> None:
    again = Network.from_arrays(network.arrays())
    np.testing.assert_allclose(again.logits(GOOD + BAD), network.logits(GOOD + BAD), atol=0.2)


def test_keys_of_characters_and_pairs() -> None:
    singles, pairs = gram_keys(["ab", "c", ""])
    assert singles.tolist() == [[97, 98], [99, -1], [-1, -1]]
    assert pairs.tolist() == [[(97 << 21) | 98, -1], [-1, -1], [-1, -1]]
    assert look_up(singles, np.array([97, 99])).tolist() == [[2, 1], [3, 0], [0, 0]]
