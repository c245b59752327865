"""Reranking: a rule that is known, and a real cross-encoder of random weights on disk."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from semrec.errors import ModelNotFound
from semrec.rank.rerank import SIGNAL, CrossEncoderReranker, rerank
from semrec.types import Hits, Scores


class Longest:
    """The longer the title, the likelier."""

    def probabilities(self, query: str, titles: Sequence[str], scores: Scores) -> Scores:
        return np.array([len(title) / 10 for title in titles], dtype=np.float32)


EQUAL = np.full(3, 0.5, dtype=np.float32)
HITS = Hits(np.array([7, 3, 5, 1]), np.array([0.9, 0.8, 0.7, 0.6]))


def test_the_first_are_reordered_and_the_rest_follow() -> None:
    hits = rerank(HITS, 3, Longest(), "杯", ["杯", "保温杯", "水杯"])
    assert hits.rows.tolist() == [3, 5, 7, 1]
    assert hits.scores[:3] == pytest.approx([0.3, 0.2, 0.1])
    assert (np.diff(hits.scores) <= 0).all()
    assert hits.signals[SIGNAL][:3] == pytest.approx([0.3, 0.2, 0.1])
    assert np.isnan(hits.signals[SIGNAL][3])


def test_a_depth_beyond_the_list_reads_all_and_none_reads_nothing() -> None:
    assert len(rerank(HITS, 9, Longest(), "杯", ["一", "二二", "三三三", "四"])) == 4
    assert rerank(HITS, 0, Longest(), "杯", []).rows.tolist() == HITS.rows.tolist()
    assert len(rerank(Hits.empty(), 5, Longest(), "杯", [])) == 0


def test_a_cross_encoder_reads_pairs(
    tmp_path: Path, save_cross_encoder: Callable[[Path, int], Path]
) -> None:
    cross_encoder = save_cross_encoder(tmp_path / "tiny", 1)
    reranker = CrossEncoderReranker(str(cross_encoder), batch_size=2)
    titles = ["手机壳", "保温杯", "水果"]
    scores = reranker.probabilities("手机", titles, EQUAL[:3])
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    assert ((scores > 0) & (scores < 1)).all()
    assert len(np.unique(scores)) == 3
    alone = [reranker.probabilities("手机", [title], EQUAL[:1])[0] for title in titles]
    np.testing.assert_allclose(scores, alone, atol=1e-5)
    assert len(reranker.probabilities("手机", [], EQUAL[:0])) == 0


def test_what_is_no_reranker_is_refused(
    tmp_path: Path, save_cross_encoder: Callable[[Path, int], Path]
) -> None:
    with pytest.raises(ModelNotFound, match="no such folder; legal: none, features"):
        CrossEncoderReranker(str(tmp_path / "nothing"))
    three = CrossEncoderReranker(str(save_cross_encoder(tmp_path / "three", 3)))
    with pytest.raises(ModelNotFound, match="3 outputs"):
        three.probabilities("手机", ["手机壳"], EQUAL[:1])
