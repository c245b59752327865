from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from semrec.text.spelling import Speller
from semrec.text.spelling_assets import UNSURE, read_log
from semrec.text.spelling_confusion import SUBSTITUTIONS, confusions
from semrec.text.spelling_edits import rearranged
from semrec.text.spelling_features import JUDGED, LOOKED_AT, NAMES, judged
from semrec.text.spelling_general import general, no_statistics, weights
from semrec.text.spelling_judge import Example
from semrec.text.spelling_memory import REMEMBERED
from semrec.text.spelling_slips import Slip
from semrec.text.spelling_training import (
    cross_fitted,
    distance,
    labelled,
    learn_weights,
)

SLIPS = Path(__file__).parent / "log_slips.csv"
TITLES = ["羽绒服女冬季加厚长款", "蓝牙耳机 主动降噪", "婴儿手枪玩具", "维生素进口"]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller.build(TITLES * 3, ["羽绒服女", "蓝牙耳机", "手枪玩具"] * 3)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("", "", 0), ("", "羽绒", 2), ("羽容服", "羽绒服", 1), ("兰洲拉面卓", "兰州拉面桌", 2)],
)
def test_a_distance_counts_what_was_put_in_left_out_or_replaced(
    one: str, other: str, far: int
) -> None:
    assert distance(one, other) == distance(other, one) == far


def test_a_right_edit_leads_to_what_was_meant_or_nearer_to_it(speller: Speller) -> None:
    pairs = [
        ("羽容服女", "羽绒服女"),
        ("羽绒服女", "羽绒服女"),
        ("羽容服婴儿手抢", "羽绒服婴儿手枪"),
    ]
    one, clean, two = labelled(pairs, speller)
    edits = [edit.applied("羽容服女") for edit in speller.chosen("羽容服女")[0]]
    assert [edits[at] for at in np.flatnonzero(one.right)] == ["羽绒服女"]
    assert (one.clean, clean.clean, two.clean) == (False, True, False)
    assert not clean.right.any()
    steps = speller.chosen("羽容服婴儿手抢")[0]
    reached = {steps[at].applied("羽容服婴儿手抢") for at in np.flatnonzero(two.right)}
    assert reached == {"羽绒服婴儿手抢", "羽容服婴儿手枪"}
    assert one.evidence.shape[1] == len(JUDGED)


def test_a_character_may_have_moved_by_two_places() -> None:
    moved = [edit for edit in rearranged("猫炎结膜") if edit.slip is Slip.MOVED]
    assert {edit.applied("猫炎结膜") for edit in moved} == {
        "炎结猫膜",
        "结猫炎膜",
        "猫结膜炎",
        "猫膜炎结",
    }
    assert not [edit for edit in rearranged("羽羽绒a服") if edit.slip is Slip.MOVED]


def _example(*, clean: bool, right: bool) -> Example:
    return Example(clean, np.array([[1.0, 2.0]], dtype=np.float32), np.array([right]))


def test_learned_weights_tell_slips_from_what_is_right() -> None:
    made = [_example(clean=False, right=True)] * 8 + [_example(clean=True, right=False)] * 2
    learned = learn_weights(made, clean_weight=1.0, ridge=1e-3)
    # Eight in ten are slips: the odds of the one edit are 8 to 2.
    assert np.exp(np.array([1.0, 2.0]) @ learned) == pytest.approx(4, rel=0.05)


def test_a_query_takes_no_part_in_what_its_own_speller_knows() -> None:
    slips = [("羽容服男", "羽绒服男"), ("婴儿手枪", "婴儿手枪")] * 10 + [("手抢玩具", "手枪玩具")]
    shipped = general()
    base = no_statistics(shipped.shapes, shipped.forms)
    base = dataclasses.replace(base, weights=shipped.weights)
    found, made_up = cross_fitted(TITLES * 3, TITLES, [], slips, base)
    seen = JUDGED.index("seen")
    assert [example.clean for example in found] == [typed == meant for typed, meant in slips]
    # 容 for 绒 stands in nine others, 抢 for 枪 in none.
    often = [example.evidence[example.right, seen].max() for example in found[:20:2]]
    assert all(value > 1 for value in often)
    assert found[20].evidence[found[20].right, seen].tolist() == [0.0]
    assert [example.clean for example in made_up].count(True) == len(TITLES)
    assert any(example.right.any() for example in made_up)


@pytest.mark.parametrize(
    ("typed", "meant"), [("徳", "德"), ("単", "单"), ("岀", "出"), ("籐", "藤"), ("囗", "口")]
)
def test_a_character_that_nobody_means_stands_for_its_look_alike(typed: str, meant: str) -> None:
    found = confusions({meant: 9.0}, general().shapes)
    at = found.of(ord(typed))
    kinds = dict(zip(found.targets[at].tolist(), found.kinds[at].tolist(), strict=True))
    assert SUBSTITUTIONS[kinds[ord(meant)]] in (Slip.SHAPE, Slip.HOMOPHONE)


@pytest.mark.parametrize(
    ("text", "start", "stop", "size"),
    [
        ("手枪玩具", 1, 2, 2),
        ("手抢玩具", 1, 2, 0),
        ("进口长颈鹿画", 3, 4, 3),
        ("长颈鹿", 0, 3, 3),
        ("长颈鹿", 3, 4, 0),
        ("", 0, 1, 0),
    ],
)
def test_the_longest_word_over_a_place(
    speller: Speller, text: str, start: int, stop: int, size: int
) -> None:
    assert speller.words.longest_word(text, start, stop) == size


def test_the_packaged_judge_is_of_the_features_and_not_in_an_index(speller: Speller) -> None:
    first, judge, forms, memory = weights()
    assert (len(first), len(judge.mean)) == (len(NAMES), len(JUDGED))
    parts = ("weights", "judge", "forms", "memory")
    assert not any(name.startswith(parts) for name in speller.arrays())
    again = Speller.from_arrays(speller.arrays())
    assert again.judge is judge
    assert (again.forms, again.memory) == (forms, memory)


def test_edits_of_a_dictionary_word_by_sound_are_marked() -> None:
    looked_at = np.zeros((4, len(LOOKED_AT)), dtype=np.float32)
    looked_at[0, [LOOKED_AT.index(Slip.HOMOPHONE), LOOKED_AT.index("gain")]] = 1, 5
    looked_at[1] = looked_at[0]
    looked_at[1, LOOKED_AT.index("word_before")] = 2
    looked_at[2, [LOOKED_AT.index(Slip.MISSING), LOOKED_AT.index("word_before")]] = 1, 2
    found = judged("童泰求医", looked_at, np.zeros((4, len(REMEMBERED)), dtype=np.float32))
    assert found.shape == (4, len(JUDGED))
    assert found[:, : len(LOOKED_AT)].tolist() == looked_at.tolist()
    assert found[:, JUDGED.index("word_by_sound")].tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("gains", "over", "behind"),
    [([3.0, 1.0, 2.0], [1, -1, 0], [0, 2, 1]), ([3.0], [0], [0]), ([], [], [])],
)
def test_an_edit_stands_among_the_others(
    gains: list[float], over: list[float], behind: list[float]
) -> None:
    looked_at = np.zeros((len(gains), len(LOOKED_AT)), dtype=np.float32)
    looked_at[:, LOOKED_AT.index("gain")] = gains
    found = judged("x99主板", looked_at, np.zeros((len(gains), len(REMEMBERED)), dtype=np.float32))
    assert found[:, JUDGED.index("over_second")].tolist() == over
    assert found[:, JUDGED.index("behind_best")].tolist() == behind
    assert found[:, JUDGED.index("ascii")].tolist() == pytest.approx([3 / 5] * len(gains))


def test_a_log_is_read_with_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "slips.csv"
    path.write_text(f"line,meant\n2,羽绒服\n1,\n3,{UNSURE}\n", encoding="utf-8")
    log = read_log(path, ["耳机", "羽容服", "买越莓", "手机"])
    assert log.unread == ["手机"]
    assert log.read == [("羽容服", "羽绒服"), ("耳机", "耳机")]
    assert sorted(log.mended()) == sorted(["手机", "羽绒服", "耳机"])


def test_every_labelled_line_stands_once() -> None:
    with SLIPS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [int(row["line"]) for row in rows]
    assert lines == sorted(set(lines))
    assert sum(bool(row["meant"]) for row in rows) > 3000
    assert min(int(row["stands_for"]) for row in rows) == 1


@pytest.mark.data
def test_slips_of_a_log_are_mended_and_little_else(data_dir: Path) -> None:
    log = (data_dir / "product-search/query_log.txt").read_text(encoding="utf-8").splitlines()
    pairs = read_log(SLIPS, log).read[::30]
    speller = Speller.build([])
    found = [(typed, meant, speller.correct(typed).text) for typed, meant in pairs]
    mended = [text.lower() == meant for typed, meant, text in found if typed != meant]
    kept = [text == " ".join(typed.split()) for typed, meant, text in found if typed == meant]
    # The judge has seen these; five folds are in tests/bench/bench_spelling.py.
    assert np.mean(mended) >= 0.5
    assert np.mean(kept) >= 0.7
