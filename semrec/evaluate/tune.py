"""Search the settings for better figures on a validation split: resumable, within a time budget.

    objective = search_objective(follow, queries, qrels)
    tuned = tune(objective, engine.shop.config, BLEND, seconds=300, held_out=test_queries)
    tuned.write("tuned.toml")

The test split takes no part: hand over its queries as ``held_out``, and a validation query among
them is refused.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semrec.config import Config
from semrec.errors import CannotWrite, DataError, InvalidArgument, MissingExtra, legal, shorten
from semrec.evaluate.leakage import query_leaks
from semrec.evaluate.toml import changed, to_toml
from semrec.progress import track

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import Trial

Objective = Callable[[Config], float]
"""Settings to the figure that should grow."""


@dataclass(frozen=True, slots=True)
class Range:
    """Where a number may lie.

    Attributes:
        low, high: both included.
        log: spread evenly over orders of magnitude.
        whole: whole numbers only.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False


Space = Mapping[str, Range]
"""By dotted name of a setting, such as ``blend.search.dense``, where it may lie."""

BLEND: Space = {
    "blend.search.dense": Range(0.1, 5.0, log=True),
    "blend.search.popularity": Range(0.0, 0.5),
    "blend.candidates": Range(50, 400, log=True, whole=True),
}
"""Settings that a built index follows at once; ``blend.search.lexical`` is the unit of weights."""
LEXICAL: Space = {
    "lexical.k1": Range(0.3, 2.5),
    "lexical.b": Range(0.0, 1.0),
    "lexical.fields.brand": Range(0.0, 1.5),
    "lexical.fields.category": Range(0.0, 1.5),
    "lexical.fields.attributes": Range(0.0, 1.0),
    "lexical.fields.description": Range(0.0, 1.0),
}
"""Settings for which the index is built again at each trial."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a search over settings found.

    Attributes:
        config: the best settings; those it started from if nothing was better.
        value: their figure on the validation split.
        start_value: that of the settings it started from.
        trials: how many settings were tried, in earlier runs too.
        changes: only what differs from the defaults, nested.
    """

    config: Config
    value: float
    start_value: float
    trials: int
    changes: Mapping[str, Any]

    def write(self, path: str | Path) -> None:
        """Write the changes as a TOML file that ``semrec build --config`` takes.

        Raises:
            CannotWrite: the file cannot be written.
        """
        head = (
            f"# Tuned on a validation split: {self.value:.4f}, from {self.start_value:.4f}, "
            f"{self.trials} trials.\n"
        )
        try:
            Path(path).write_text(head + to_toml(self.changes), encoding="utf-8")
        except OSError as error:
            raise CannotWrite(f"{path}: {error.strerror or error}") from None


def tune(
    objective: Objective,
    start: Config,
    space: Space,
    *,
    trials: int = 50,
    seconds: float = 600.0,
    storage: str | Path | None = None,
    seed: int = 0,
    validation: Iterable[str] = (),
    held_out: Iterable[str] = (),
) -> Tuned:
    """Try settings until trials or time are used up (TPE, Bergstra et al. 2011, by Optuna).

    The first trial is ``start`` itself, so that the result is never worse on the split.

    Args:
        objective: what should grow; see ``semrec.evaluate.objectives``.
        start: the settings to begin with; what is not in ``space`` stays.
        space: what is searched.
        trials: settings to try, those of earlier runs on the same storage included.
        seconds: no trial is begun after so long; the one that runs is finished.
        storage: a file that remembers trials; another run on it goes on where this one stopped.
        seed: of the proposals.
        validation: the queries that the objective asks.
        held_out: the queries of the test split.

    Raises:
        InvalidArgument: a setting of ``space`` does not exist, or a bound is no legal value; no
            trial is asked for; a validation query is held out.
        DataError: the storage holds trials of another space or start.
        MissingExtra: Optuna is not installed.
    """
    if trials < 1 or not seconds > 0:
        raise InvalidArgument(f"trials = {trials}, seconds = {seconds}; legal: 1 or more, above 0")
    for leak in query_leaks(held_out, validation):
        raise InvalidArgument(f"the test split may not be tuned on: {leak}")
    _check_space(start, space)
    with _quiet_optuna():
        study = _study(start, space, storage, seed)
        begun = time.monotonic()
        done = _complete(study)
        for _ in track(range(done, trials), total=trials - done, label="trials"):
            if time.monotonic() - begun >= seconds:
                break
            trial = study.ask()
            study.tell(trial, objective(_with(start, _proposed(trial, space))))
        return _best(study, start)


def _best(study: Study, start: Config) -> Tuned:
    done = [trial for trial in study.trials if trial.value is not None]
    first = min(done, key=lambda trial: trial.number)
    # The earliest of equals: a change without a gain is no improvement.
    best = max(done, key=lambda trial: (trial.value, -trial.number))
    config = _with(start, best.params)
    values = config.model_dump(mode="json")
    changes = changed(values, Config().model_dump(mode="json"))
    return Tuned(config, float(best.value or 0), float(first.value or 0), len(done), changes)


def _study(start: Config, space: Space, storage: str | Path | None, seed: int) -> Study:
    """A new study that begins with ``start``, or the one that the storage remembers."""
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    kept = None if storage is None else JournalStorage(JournalFileBackend(str(storage)))
    key = _key(start, space)
    names = [] if kept is None else optuna.get_all_study_names(kept)
    if names and key not in names:
        raise DataError(f"{storage}: holds trials of another space or start; legal: a new file")
    resumed = key in names
    study = optuna.create_study(
        storage=kept, study_name=key, direction="maximize", load_if_exists=True
    )
    # A resumed sampler with the same seed would propose what was tried already.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials))
    if not resumed:
        study.enqueue_trial({name: _value(start, name) for name in space})
    return study


def _complete(study: Study) -> int:
    return sum(trial.value is not None for trial in study.trials)


def _proposed(trial: Trial, space: Space) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, each in space.items():
        if each.whole:
            low, high = int(each.low), int(each.high)
            found[name] = trial.suggest_int(name, low, high, log=each.log)
        else:
            found[name] = trial.suggest_float(name, each.low, each.high, log=each.log)
    return found


def _check_space(start: Config, space: Space) -> None:
    if not space:
        raise InvalidArgument("the space is empty; legal: at least one setting")
    for name, each in space.items():
        value = _value(start, name)
        if not each.low <= value <= each.high:
            raise InvalidArgument(
                f"{name} = {value}, outside {each.low} to {each.high}; legal: a "
                "range that holds the value to start from"
            )
        for bound in (each.low, each.high):
            _with(start, {name: int(bound) if each.whole else bound})


def _value(config: Config, name: str) -> float:
    """The number that a dotted name stands for."""
    at: Any = config.model_dump()
    for part in name.split("."):
        if not isinstance(at, dict) or part not in at:
            raise InvalidArgument(
                f"no setting {shorten(name)}; legal below there: {legal(at, part)}"
            )
        at = at[part]
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise InvalidArgument(f"setting {name} = {shorten(at)}; only numbers can be tuned")
    return at


def _with(config: Config, values: Mapping[str, float]) -> Config:
    """The settings with some changed, checked as any others."""
    nested = config.model_dump()
    for name, value in values.items():
        *path, last = name.split(".")
        at = nested
        for part in path:
            at = at[part]
        at[last] = value
    return Config.from_dict(nested, "tune")


def _key(start: Config, space: Space) -> str:
    bounds = {name: [r.low, r.high, r.log, r.whole] for name, r in space.items()}
    text = json.dumps([start.model_dump(mode="json"), bounds], sort_keys=True)
    return f"semrec-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@contextmanager
def _quiet_optuna() -> Iterator[None]:
    """Optuna prints a line a trial; the caller's own level comes back afterwards."""
    try:
        import optuna
    except ImportError:
        raise MissingExtra("tune", "optuna") from None

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
