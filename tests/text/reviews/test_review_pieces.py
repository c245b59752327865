import numpy as np
import pytest

from semrec.text.reviews.pieces import PADDING, UNKNOWN, Pieces, padded

PIECES = Pieces(("很", "好用", "好", "用", "▁"), (-4.0, -6.0, -4.0, -5.0, -3.0))


def test_the_likeliest_cut_wins() -> None:
    assert PIECES.cut("很好用") == ["很", "好用"]
    cheap = Pieces(("好用", "好", "用"), (-9.5, -4.0, -5.0))
    assert cheap.cut("好用") == ["好", "用"]


def test_the_cut_joins_to_the_text_and_unknown_characters_stand_alone() -> None:
    text = "很 好用!用好"
    assert "".join(PIECES.cut(text)) == text.replace(" ", "▁")
    assert PIECES.numbers(["?很好用", ""])[0].tolist() == [UNKNOWN, 2, 3]
    assert PIECES.numbers([""])[0].tolist() == []


def test_stored_pieces_cut_as_before() -> None:
    again = Pieces.from_arrays(PIECES.arrays())
    assert again == PIECES
    broken = {**PIECES.arrays(), "scores": np.zeros(2, np.float32)}
    with pytest.raises(ValueError, match="5 pieces with 2 scores"):
        Pieces.from_arrays(broken)


def test_padding_keeps_both_ends_of_a_long_text() -> None:
    long, short = np.arange(2, 12, dtype=np.int32), np.array([7], np.int32)
    assert padded([long, short], 4).tolist() == [[2, 3, 10, 11], [7, PADDING, PADDING, PADDING]]
    assert padded([], 4).shape == (0, 1)
    assert padded([short[:0]], 4).tolist() == [[PADDING]]
