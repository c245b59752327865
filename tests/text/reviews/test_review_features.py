import numpy as np

from semrec.text.reviews.features import gram_matrix, trimmed


def test_equal_texts_have_equal_rows_and_others_share_what_they_share() -> None:
    found = gram_matrix(["质量好", "质量好", "质量差", ""], longest=2, bits=20)
    assert found.shape == (4, 1 << 20)
    counts = np.diff(found.indptr)
    assert counts.tolist() == [5, 5, 5, 0]  # 质 量 好 质量 量好
    shared = (found @ found.T).toarray()
    assert shared[0, 1] == 5
    assert shared[0, 2] == 3  # 质 量 质量


def test_grams_do_not_cross_texts() -> None:
    together = gram_matrix(["甲乙", "丙丁"], longest=3, bits=20)
    alone = gram_matrix(["丙丁"], longest=3, bits=20)
    assert (together[1] != alone[0]).nnz == 0


def test_repeated_grams_count_once_and_short_texts_have_no_long_grams() -> None:
    assert gram_matrix(["好好好好"], longest=1, bits=20).sum() == 1
    assert gram_matrix(["好"], longest=4, bits=20).nnz == 1


def test_trimmed_keeps_both_ends() -> None:
    assert trimmed("abcdefgh", 4) == "abgh"
    assert trimmed("abc", 4) == "abc"
