from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from semrec.rank.additive import fit
from semrec.rank.brand_names import brand_names
from semrec.rank.oppositions import values_said
from semrec.rank.pair_features import NAMES, SIGNS
from semrec.rank.reading import Reader, codes_in, ordinals_in
from semrec.rank.relevance import Relevance
from semrec.text.units import quantities

_PAIRS = Path(__file__).parent / "hard_pairs.tsv"


class _Letters:
    """An encoder that counts characters."""

    name, fingerprint, dim = "letters", "letters", 64

    def encode_items(self, texts: list[str]) -> np.ndarray:
        vectors = np.full((len(texts), self.dim), 0.1, np.float32)
        for i, text in enumerate(texts):
            for character in text:
                vectors[i, ord(character) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_queries = encode_items


@pytest.fixture(scope="module")
def relevance() -> Relevance:
    return Relevance()


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        ("儿童雨鞋", "儿童雨鞋防滑胶鞋小学生", "成人雨鞋防滑胶鞋男士"),
        ("红色行李箱", "红色行李箱拉杆箱大容量", "黑色行李箱拉杆箱大容量"),
        ("1.5米桌布", "1.5米桌布防水防油餐桌布", "2.2米桌布防水防油餐桌布"),
        ("300ml水杯", "玻璃水杯0.3L带盖家用", "玻璃水杯800ml带盖家用"),
        ("佳能80d相机", "佳能80D单反相机套机", "佳能90D单反相机套机"),
        ("耐克外套", "Nike连帽外套男防风", "阿迪达斯连帽外套男防风"),
        ("女士腰带", "女士腰带真皮细款", "男士腰带真皮自动扣"),
        ("五年级数学", "小学五年级数学练习册", "小学二年级数学练习册"),
        ("不含香精洗发水", "无香精洗发水孕妇可用", "含香精洗发水持久留香"),
        ("无线键盘", "无线键盘静音办公", "有线键盘静音办公"),
    ],
)
def test_one_conflict_lowers_the_probability(
    relevance: Relevance, query: str, right: str, wrong: str
) -> None:
    good, bad = relevance.probabilities(query, [right, wrong])
    assert good > bad + 0.02


def test_hard_pairs_without_any_encoder(relevance: Relevance) -> None:
    """Half of the pairs served to fit the weights; a rule that breaks still shows here."""
    with _PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    said = [float(relevance.probabilities(row["query"], [row["title"]])[0]) for row in rows]
    right = np.array([row["label"] == "1" for row in rows])
    scores = np.array(said)
    wins = scores[right][:, None] - scores[~right][None]
    assert np.mean((wins > 0) + 0.5 * (wins == 0)) > 0.65


def test_probabilities_do_not_hang_on_the_other_titles(relevance: Relevance) -> None:
    titles = ["纯棉浴巾大号", "羊毛围巾", "浴巾架免打孔"]
    together = relevance.probabilities("纯棉浴巾", titles)
    alone = [relevance.probabilities("纯棉浴巾", [title])[0] for title in titles]
    assert together == pytest.approx(alone)
    assert together.dtype == np.float32
    assert together.argmax() == 0


def test_nothing_asked_and_nothing_offered(relevance: Relevance) -> None:
    assert relevance.probabilities("", ["纯棉浴巾"]).tolist() == [0.0]
    assert relevance.probabilities("浴巾", []).shape == (0,)
    assert np.isfinite(relevance.probabilities("浴巾", ["", "!!!"])).all()


def test_what_is_nearer_in_meaning_is_likelier() -> None:
    titles = [f"商品{i}" + "甲乙丙丁戊己"[i % 6] * (i % 5) for i in range(40)]
    background = _Letters().encode_items(titles)
    near = Relevance(_Letters(), background)
    got = near.features("戊己庚", ["戊己物", "天地玄"])
    at = NAMES.index("whole")
    assert got[0, at] > got[1, at]
    assert np.isnan(Relevance().features("戊己庚", ["戊己物"])[0, at])
    vectors = _Letters().encode_items(["戊己物", "天地玄"])
    given = near.probabilities("戊己庚", ["戊己物", "天地玄"], vectors)
    assert given == pytest.approx(near.probabilities("戊己庚", ["戊己物", "天地玄"]))


def test_evidence_names_the_conflict(relevance: Relevance) -> None:
    told = dict(relevance.evidence("佳能80d相机", "佳能90D单反相机套机"))
    assert min(told, key=lambda name: told[name]) == "code other"


def test_signs_of_the_weights_hold() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(400, 2)).astype(np.float32)
    features[::7, 1] = np.nan
    labels = (rng.random(400) < 1 / (1 + np.exp(-2 * features[:, 0]))).astype(float)
    right = fit(features, labels, {"a": 1, "b": -1})
    wrong = fit(features, labels, {"a": -1, "b": -1})
    assert right.weights[0] > 1
    assert wrong.weights[0] == 0
    assert right.log_odds(np.array([[0, np.nan]], np.float32)) == pytest.approx(
        right.bias - right.weights[0] * right.means[0] / right.scales[0]
    )


def test_the_shipped_signs_hold(relevance: Relevance) -> None:
    model = relevance._weights()
    assert model.names == NAMES
    signs = np.array(list(SIGNS.values()))
    assert (model.weights * signs >= 0).all()
    assert np.count_nonzero(model.weights) >= 10


def test_reading_finds_the_parts() -> None:
    read = Reader().query("佳能80d相机 不要二手 500ml 三年级")
    assert read.brands == {"佳能"}
    assert "80d" in read.codes
    assert read.excluded == ("二手",)
    assert [q.text for q in read.quantities] == ["500ml"]
    assert [(kind, int(n)) for kind, n in read.ordinals] == [("年级", 3)]


def test_small_readers() -> None:
    assert codes_in("z62 6205轴承 500ml c级", quantities("z62 6205轴承 500ml c级")) == {
        "z62",
        "6205",
        "c级",
    }
    assert ordinals_in("必修二")[0][0] == "必修"
    assert values_said("儿童红色雨衣") == {"age": {"child"}, "colour": {"red"}}
    assert "gender" not in values_said("美白面膜")
    assert values_said("男女通用")["gender"] == {"male", "female"}
    assert brand_names()["nike"] == "耐克"
