import numpy as np

from semrec.text.reviews.pieces import FIRST, PADDING, UNKNOWN
from semrec.text.reviews.pretrained import piece_vectors, review_pieces


def test_pieces_are_those_of_the_texts_and_alike_words_have_alike_vectors() -> None:
    texts = ["质量很好,非常满意", "质量很差,非常失望", "苹果很甜"] * 4 + ["罕见的词"]
    pieces, tokens = review_pieces(texts)
    assert {"很好", "满意", "失望"} <= set(pieces.texts)
    assert "罕见" not in pieces.texts
    assert "".join(pieces.cut(texts[0])) == texts[0]
    vectors = piece_vectors(tokens, 8)
    assert vectors.shape == (len(pieces) + FIRST, min(8, len(pieces)))
    assert vectors.dtype == np.float32
    assert not vectors[[PADDING, UNKNOWN]].any()
    np.testing.assert_allclose(vectors[FIRST:].std(), 0.1, rtol=1e-3)
    # Principal components: uncorrelated, the widest first.
    spread = np.cov(vectors[FIRST:].T)
    np.testing.assert_allclose(spread - np.diag(np.diag(spread)), 0, atol=1e-5)
    assert (np.diff(np.diag(spread)) <= 1e-9).all()
