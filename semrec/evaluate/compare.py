"""Measure several systems on the same questions, side by side."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec._version import __version__
from semrec.errors import DataError, InvalidArgument, legal, shorten
from semrec.evaluate import exposure
from semrec.evaluate import metrics as measures
from semrec.evaluate.ask import Answers, Numbering, System, ask
from semrec.evaluate.background import Background
from semrec.evaluate.files import Qrels
from semrec.evaluate.judged import Judged, Ranked, judge
from semrec.evaluate.report import Measured, Report, SliceMean
from semrec.evaluate.slices import ALWAYS, Labels
from semrec.evaluate.statistics import Difference, Interval, holm, intervals, randomisation_test

Key = tuple[str, ...]
METRICS = ("ndcg", "mrr", "map", "hit_rate", "precision", "recall")


def run(
    systems: Mapping[str, System],
    questions: Mapping[str, str],
    qrels: Qrels,
    *,
    k: int = 10,
    metrics: Sequence[str] = METRICS,
    background: Background | None = None,
    slices: Mapping[str, Labels] | None = None,
    item_slices: Mapping[str, Labels] | None = None,
    costs: Mapping[str, Mapping[str, float]] | None = None,
    about: Mapping[str, Any] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> Report:
    """Ask every system every judged question, measure and compare.

    Questions without a relevant item are left out and counted; a judged item that nobody knows
    can only be missed; an empty answer scores 0; a repeated item counts once. All values but the
    times are the same for the same seed.

    Args:
        systems: by name, a callable of a question to item ids or ``Results``; the first is the
            baseline that the others are compared with.
        questions: by id, the text that is asked: a query, or for users the user id.
        qrels: by question id, the relevance of items; above 0 is relevant.
        k: length of the lists; recall is also measured at ``10 · k``.
        metrics: names in ``semrec.evaluate.metrics.FORMULAS``; the first one leads.
        background: the catalog; adds coverage, concentration, popularity, novelty, diversity.
        slices: by name, a label by question id; see ``semrec.evaluate.slices``.
        item_slices: by name, a label by item id; only the items of a label are wanted in its slice.
        costs: by system, further columns such as ``build_seconds`` and ``memory_mb``.
        about: what the report should say of data and settings.
        seed, resamples: of intervals and tests.

    Raises:
        InvalidArgument: there is no system, ``k`` is below 1, or a metric is unknown.
        DataError: no question has a relevant item.
    """
    _check(systems, k, metrics, costs or {})
    judged = _judged(questions, qrels)
    measured = _measured(systems, judged, qrels, k, metrics, background)
    names = [f"{metric}@{k}" for metric in metrics]
    columns = {
        **_columns(measured, names, list(judged), slices or {}),
        **_item_columns(measured, metrics[0], [qrels[qid] for qid in judged], item_slices or {}, k),
    }
    found = dict(zip(columns, _intervals(columns, seed, resamples), strict=True))
    facts = _facts(questions, qrels, len(judged)) | {"k": k, "seed": seed, "resamples": resamples}
    return Report(
        questions=judged,
        qrels={qid: dict(qrels[qid]) for qid in judged},
        systems=_finished(measured, found, costs or {}),
        differences=_differences(columns, found, seed, resamples),
        slices=_slices(columns, found),
        background=background,
        about={**facts, **(about or {})},
        k=k,
    )


def _judged(questions: Mapping[str, str], qrels: Qrels) -> dict[str, str]:
    """The questions that have a relevant item.

    Raises:
        DataError: none has.
    """
    judged = {q: t for q, t in questions.items() if any(g > 0 for g in qrels.get(q, {}).values())}
    if not judged:
        raise DataError("no question has a relevant item; ids must agree in questions and qrels")
    return judged


def _facts(questions: Mapping[str, str], qrels: Qrels, asked: int) -> dict[str, Any]:
    """What was measured, and by which versions."""
    return {
        "questions": asked,
        "left_out": len(questions.keys() | qrels.keys()) - asked,
        "data_checksum": checksum(questions, qrels),
        "semrec": __version__,
        "python": platform.python_version(),
    }


def checksum(questions: Mapping[str, str], qrels: Qrels) -> str:
    """SHA-256 of questions and judgements, whatever their order; its first 16 digits."""
    text = json.dumps([dict(questions), {q: dict(g) for q, g in qrels.items()}], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _check(
    systems: Mapping[str, System],
    k: int,
    names: Sequence[str],
    costs: Mapping[str, Mapping[str, float]],
) -> None:
    if not systems:
        raise InvalidArgument("no system; legal: at least one")
    if k < 1:
        raise InvalidArgument(f"k = {k}; legal: 1 or more")
    if not names:
        raise InvalidArgument(f"no metric; legal: {legal(measures.FORMULAS)}")
    for name in names:
        if name not in measures.FORMULAS:
            known = legal(measures.FORMULAS, name)
            raise InvalidArgument(f"unknown metric {shorten(name)}; legal: {known}")
    for name in costs:
        if name not in systems:
            known = legal(systems, name)
            raise InvalidArgument(f"costs of unknown system {shorten(name)}; legal: {known}")


def _measured(
    systems: Mapping[str, System],
    questions: Mapping[str, str],
    qrels: Qrels,
    k: int,
    names: Sequence[str],
    background: Background | None,
) -> dict[str, Measured]:
    """Ask everything first: the numbering of items must be complete before anything is judged."""
    texts, depth = list(questions.values()), 10 * k
    answers = {name: ask(system, texts, depth, name) for name, system in systems.items()}
    numbering = Numbering(background.items if background else ())
    ranked = {name: numbering.ranked(each.lists, depth) for name, each in answers.items()}
    relevance = numbering.relevance([qrels[qid] for qid in questions])
    return {
        name: _measure(
            each, judge(ranked[name], relevance, depth), ranked[name], k, names, background
        )
        for name, each in answers.items()
    }


def _finished(
    measured: Mapping[str, Measured],
    found: Mapping[Key, Interval],
    costs: Mapping[str, Mapping[str, float]],
) -> dict[str, Measured]:
    """The same with the means of what was measured per question, and the given costs."""
    return {
        name: replace(
            each,
            means={**_of(found, "mean", name), **each.means},
            cost={**each.cost, **costs.get(name, {})},
        )
        for name, each in measured.items()
    }


def _measure(
    answers: Answers,
    gains: Judged,
    ranked: Ranked,
    k: int,
    names: Sequence[str],
    background: Background | None,
) -> Measured:
    """Values per question, and the figures of all lists together."""
    found = {f"{m}@{k}": v for m, v in measures.accuracy(gains.at(k), names).items()}
    found[f"recall@{10 * k}"] = measures.FORMULAS["recall"](gains)
    together = {"user_coverage": exposure.user_coverage(ranked, k)}
    shown = None
    if background is not None:
        n = len(background.items)
        # What is no item of the catalog is shown to nobody's benefit and counts nowhere here.
        known = np.where(ranked < n, ranked, -1)
        shown = exposure.exposure(known, n, k)
        found |= _beyond(gains.at(k), known, background)
        together |= {
            "coverage": exposure.coverage(known, n, k),
            "gini": exposure.gini(shown),
            "entropy": exposure.entropy(shown),
        }
    found["unrepeated"] = exposure.unrepeated_share(ranked, k)
    means = {name: Interval(value, np.nan, np.nan) for name, value in together.items()}
    percentiles = np.percentile(answers.milliseconds, [50, 95])
    cost = dict(zip(("latency_p50_ms", "latency_p95_ms"), map(float, percentiles), strict=True))
    return Measured(answers, found, means, cost, shown)


def _beyond(gains: Judged, known: Ranked, background: Background) -> dict[str, NDArray[np.float64]]:
    found = {}
    if background.users_of_item is not None:
        users, k = background.users_of_item, gains.k
        found["novelty"] = exposure.novelty(known, users, max(background.n_users, 1), k)
        found["popularity"] = exposure.average_popularity(known, users, k)
        found["serendipity"] = exposure.serendipity(gains, known, users)
    if background.vectors is not None:
        found["diversity"] = exposure.intra_list_diversity(known, background.vectors, gains.k)
    return found


def _columns(
    measured: Mapping[str, Measured],
    names: Sequence[str],
    questions: Sequence[str],
    slices: Mapping[str, Labels],
) -> dict[Key, NDArray[np.float64]]:
    """Everything that gets an interval, per question; NaN where a question takes no part."""
    baseline, *others = measured
    columns: dict[Key, NDArray[np.float64]] = {}
    for system, each in measured.items():
        columns |= {("mean", system, name): values for name, values in each.values.items()}
    for system in others:
        for name in names:
            paired = measured[system].values[name] - measured[baseline].values[name]
            columns["difference", name, system, baseline] = paired
    for slice_name, labels in slices.items():
        of = np.array([labels.get(qid, "") for qid in questions])
        for label in _all_labels(slice_name, of.tolist()):
            for system, each in measured.items():
                inside = np.where(of == label, each.values[names[0]], np.nan)
                columns["slice", slice_name, label, system] = inside
    return columns


def _item_columns(
    measured: Mapping[str, Measured],
    metric: str,
    wanted: Sequence[Mapping[str, float]],
    slices: Mapping[str, Labels],
    k: int,
) -> dict[Key, NDArray[np.float64]]:
    """The leading metric where only the items of a label are wanted; NaN where none of them is."""
    numbering = Numbering()
    ranked = {name: numbering.ranked(each.answers.lists, k) for name, each in measured.items()}
    columns: dict[Key, NDArray[np.float64]] = {}
    for slice_name, labels in slices.items():
        for label in _all_labels(slice_name, labels.values()):
            part = [{i: g for i, g in each.items() if labels.get(i) == label} for each in wanted]
            relevance = numbering.relevance(part)
            for system, lists in ranked.items():
                found = measures.FORMULAS[metric](judge(lists, relevance, k))
                columns["slice", slice_name, label, system] = found
    return columns


def _all_labels(slice_name: str, present: Iterable[str]) -> list[str]:
    """Those that are always reported, in their order, and then whatever else is there."""
    return list(dict.fromkeys([*ALWAYS.get(slice_name, ()), *sorted(set(present) - {""})]))


def _intervals(
    columns: Mapping[Key, NDArray[np.float64]], seed: int, resamples: int
) -> list[Interval]:
    return intervals(np.stack(list(columns.values()), axis=1), resamples, seed=seed)


def _of(found: Mapping[Key, Interval], kind: str, system: str) -> dict[str, Interval]:
    return {key[2]: interval for key, interval in found.items() if key[:2] == (kind, system)}


def _differences(
    columns: Mapping[Key, NDArray[np.float64]],
    found: Mapping[Key, Interval],
    seed: int,
    resamples: int,
) -> list[Difference]:
    keys = [key for key in columns if key[0] == "difference"]
    p_values = [randomisation_test(columns[key], resamples, seed) for key in keys]
    return [
        Difference(key[1], key[2], key[3], found[key], p, corrected)
        for key, p, corrected in zip(keys, p_values, holm(p_values), strict=True)
    ]


def _slices(
    columns: Mapping[Key, NDArray[np.float64]], found: Mapping[Key, Interval]
) -> list[SliceMean]:
    keys = [key for key in columns if key[0] == "slice"]
    counts = [int((~np.isnan(columns[key])).sum()) for key in keys]
    return [
        SliceMean(key[1], key[2], key[3], count, found[key])
        for key, count in zip(keys, counts, strict=True)
    ]
