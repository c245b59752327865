"""Reviews and the situation as sources of a search."""

import numpy as np

from semrec.config import LexicalConfig
from semrec.index.lexical import LexicalIndex
from semrec.rank.context import Context
from semrec.rank.extras import praise, situation
from semrec.text.reviews.profile import COLUMNS, AspectProfile
from semrec.text.reviews.wishes import aspect_wishes
from semrec.text.segment import Segmenter

TITLES = ["晴雨两用雨伞", "棉质短袖上衣", "雨伞 手动", "不锈钢保温杯"]


def index() -> LexicalIndex:
    return LexicalIndex.build({"title": TITLES}, Segmenter().terms, LexicalConfig())


def test_rain_speaks_for_umbrellas_and_finds_them() -> None:
    source = situation(index(), Segmenter().terms, Context(weather="下雨"), finds=True)
    assert source is not None
    scores = source.score(np.arange(4))
    assert scores[[0, 2]].min() > scores[[1, 3]].max()
    assert 0 < scores.max() <= 1
    assert source.find is not None
    assert set(source.find(2, None).rows.tolist()) == {0, 2}


def test_nothing_known_of_the_situation_is_no_source() -> None:
    assert situation(index(), Segmenter().terms, Context(), finds=True) is None


def test_praise_of_the_wished_aspect_and_silence_without_reviews() -> None:
    column = COLUMNS.index("续航")
    praised = np.zeros((3, len(COLUMNS)), dtype=np.float32)
    mentions, counts = praised.copy(), praised.astype(np.int32)
    praised[:2, column], mentions[:2, column], counts[:2, column] = (18, 4), (20, 20), (20, 20)
    prior = np.tile(np.array([0.5, 4.0], dtype=np.float32), (len(COLUMNS), 1))
    wishes = aspect_wishes("续航好的手机")
    scores = praise(AspectProfile(praised, mentions, counts, prior), wishes).score(np.arange(3))
    assert scores[0] > 0.6 > 0.4 > scores[1]
    assert np.isnan(scores[2])


def test_a_profile_grows_by_items_of_which_nothing_is_known() -> None:
    filled = np.ones((2, len(COLUMNS)), dtype=np.float32)
    prior = np.full((len(COLUMNS), 2), 0.5, dtype=np.float32)
    grown = AspectProfile(filled, filled, filled.astype(np.int32), prior).grown(4)
    assert np.isnan(grown.share(np.array([2, 3]), 0)).all()
    assert np.isfinite(grown.share(np.array([0, 1]), 0)).all()
