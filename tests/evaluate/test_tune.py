from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.config import Config
from semrec.errors import CannotWrite, ConfigError, DataError, InvalidArgument, MissingExtra
from semrec.evaluate.toml import changed, to_toml
from semrec.evaluate.tune import BLEND, LEXICAL, Range, tune

SPACE = {"lexical.b": Range(0, 1), "blend.search.dense": Range(0.1, 5, log=True)}


def hill(config: Config) -> float:
    """Highest, 1, at b = 0.3 and dense = 2."""
    return 1 - abs(config.lexical.b - 0.3) - abs(config.blend.search["dense"] - 2) / 5


def test_the_top_of_a_hill_is_found() -> None:
    found = tune(hill, Config(), SPACE, trials=60)
    assert found.start_value == pytest.approx(hill(Config()))
    assert found.value == pytest.approx(hill(found.config))
    assert found.value > 0.9
    assert found.trials == 60
    assert set(found.changes) == {"lexical", "blend"}


def test_nothing_better_leaves_the_start_as_it_is() -> None:
    found = tune(lambda config: 0.5, Config(), SPACE, trials=5)
    assert found.config == Config()
    assert found.changes == {}


def test_seeds_decide() -> None:
    one, two, other = (tune(hill, Config(), SPACE, trials=12, seed=s) for s in (1, 1, 2))
    assert one == two != other


def test_a_stopped_search_goes_on(tmp_path: Path) -> None:
    storage = tmp_path / "trials.log"
    tried: list[float] = []

    def broken(config: Config) -> float:
        if len(tried) == 6:
            raise KeyboardInterrupt
        tried.append(hill(config))
        return tried[-1]

    with pytest.raises(KeyboardInterrupt):
        tune(broken, Config(), SPACE, trials=10, storage=storage)
    more: list[float] = []
    found = tune(
        lambda c: more.append(hill(c)) or more[-1], Config(), SPACE, trials=10, storage=storage
    )
    assert len(more) == 4
    assert found.trials == 10
    assert found.start_value == tried[0]
    assert found.value == max(tried + more)
    assert not set(tried) & set(more), "nothing is tried twice"
    with pytest.raises(DataError, match="another space or start"):
        tune(hill, Config(), {"lexical.b": Range(0, 1)}, trials=10, storage=storage)


def test_the_budget_ends_a_search() -> None:
    found = tune(hill, Config(), SPACE, trials=10_000, seconds=0.2)
    assert 1 <= found.trials < 5000


def test_the_file_gives_the_same_settings(tmp_path: Path) -> None:
    start = Config.from_dict({"embed": {"model": '模"型'}, "events": {"weights": {"加购": 2}}})
    found = tune(hill, start, SPACE, trials=8)
    found.write(tmp_path / "tuned.toml")
    assert Config.from_toml(tmp_path / "tuned.toml") == found.config
    assert (tmp_path / "tuned.toml").read_text("utf-8").startswith("# Tuned on a validation split")
    with pytest.raises(CannotWrite, match="nowhere"):
        found.write(tmp_path / "nowhere" / "tuned.toml")


def test_the_test_split_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="may not be tuned on: query in training: 1 of 2"):
        tune(
            hill, Config(), SPACE, validation=["猫粮", "面霜"], held_out=["面 霜", "ＣＡＴ", "猫粮"]
        )


@pytest.mark.parametrize(
    ("space", "named"),
    [
        ({}, "space is empty"),
        ({"lexical.k2": Range(0, 1)}, r"no setting 'lexical\.k2'; legal below there: k1"),
        ({"embed.model": Range(0, 1)}, "only numbers"),
        ({"lexical.k1": Range(0, 0.3)}, r"lexical\.k1 = 0\.4, outside 0 to 0\.3"),
    ],
)
def test_impossible_spaces_are_named(space: dict[str, Range], named: str) -> None:
    with pytest.raises(InvalidArgument, match=named):
        tune(hill, Config(), space)


def test_illegal_bounds_and_budgets_are_named() -> None:
    with pytest.raises(ConfigError, match=r"'lexical\.b' = 1\.5"):
        tune(hill, Config(), {"lexical.b": Range(0, 1.5)})
    with pytest.raises(InvalidArgument, match="trials = 0"):
        tune(hill, Config(), SPACE, trials=0)


def test_the_spaces_that_come_with_it_are_legal() -> None:
    assert tune(lambda config: 1.0, Config(), {**BLEND, **LEXICAL}, trials=3).trials == 3


def test_without_optuna_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtra, match=r"semrec\[tune\]"):
        tune(hill, Config(), SPACE)


values = st.one_of(
    st.integers(-9, 9), st.floats(allow_nan=False), st.booleans(), st.text(max_size=5)
)
nested = st.dictionaries(
    st.text(max_size=4), st.one_of(values, st.dictionaries(st.text(max_size=4), values, max_size=3))
)


@given(values=nested)
@settings(deadline=None)
def test_toml_is_read_back(values: dict) -> None:
    kept = {key: value for key, value in values.items() if value != {}}
    assert tomllib.loads(to_toml(kept)) == kept


def test_only_what_differs_is_written() -> None:
    assert changed({"a": 1, "b": {"c": 2, "d": 3}}, {"a": 1, "b": {"c": 2, "d": 4}}) == {
        "b": {"d": 3}
    }
