"""The plots of a report, each a matplotlib figure; the fonts are the caller's to set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from semrec.errors import MissingExtra
from semrec.evaluate.probability import reliability
from semrec.evaluate.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_POINTS = 800
_MOST_CATEGORIES = 12
_WIDE, _SQUARE = (9.0, 4.2), (5.6, 4.6)


def figures(report: Report, seed: int = 0) -> Iterator[tuple[str, Figure]]:
    """Title and figure of everything that the report can draw.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    yield "Metrics with 95% intervals", metric_bars(report)
    yield "Precision and recall by rank", precision_recall(report)
    if any(each.answers.scores for each in report.systems.values()):
        yield "Calibration of scores", calibration(report)
    if report.background is not None:
        yield "Coverage and long tail", long_tail(report)
    if any("diversity" in each.means for each in report.systems.values()):
        yield "Accuracy and diversity", trade_off(report)
    yield "Latency", latency(report)
    if report.background is not None and report.background.vectors is not None:
        yield "Embeddings by category (t-SNE)", embedding_map(report, seed)


def metric_bars(report: Report) -> Figure:
    """A group of bars a metric, a bar a system."""
    figure, axes = _axes(_WIDE)
    names = [name for name in report.metrics if name.partition("@")[1]]
    width = 0.8 / len(report.systems)
    for at, (system, each) in enumerate(report.systems.items()):
        values = np.array([each.means[name].value for name in names])
        ends = np.array([[each.means[name].low, each.means[name].high] for name in names]).T
        errors = np.maximum(np.abs(ends - values), 0)
        places = np.arange(len(names)) + (at - (len(report.systems) - 1) / 2) * width
        axes.bar(places, values, width * 0.95, yerr=errors, capsize=2, label=system)
    axes.set_xticks(np.arange(len(names)), names)
    axes.set_ylim(0, 1.05)
    axes.legend(ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.08), frameon=False)
    return figure


def precision_recall(report: Report) -> Figure:
    """Mean precision over mean recall at every rank."""
    figure, axes = _axes(_SQUARE)
    for system in report.systems:
        hits, wanted = relevant_at(report, system)
        found = np.cumsum(hits, axis=1)
        recall = (found / wanted[:, None]).mean(axis=0)
        precision = (found / np.arange(1, hits.shape[1] + 1)).mean(axis=0)
        axes.plot(recall, precision, marker=".", markersize=3, label=system)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, None))
    axes.legend(frameon=False)
    return figure


def calibration(report: Report) -> Figure:
    """Share of relevant items over the score, for systems that give scores in [0, 1]."""
    figure, axes = _axes(_SQUARE)
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="calibrated")
    for system, each in report.systems.items():
        if each.answers.scores is None:
            continue
        hits, _ = relevant_at(report, system)
        rows = [
            (score, bool(hits[at, rank]))
            for at, scores in enumerate(each.answers.scores)
            for rank, score in enumerate(scores[: report.k])
            if 0 <= score <= 1
        ]
        if rows:
            curve = reliability(np.array([r[0] for r in rows]), np.array([r[1] for r in rows]))
            label = f"{system} (error {curve.error:.2f})"
            axes.plot(curve.predicted, curve.observed, marker="o", label=label)
    axes.set(xlabel="score", ylabel="share judged relevant", xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False)
    return figure


def long_tail(report: Report) -> Figure:
    """Share of all places over the share of the catalog, most shown items first."""
    figure, axes = _axes(_SQUARE)
    for system, each in report.systems.items():
        if each.exposure is None or not each.exposure.sum():
            continue
        counts = np.sort(each.exposure)[::-1]
        shares = np.concatenate([[0], np.cumsum(counts) / counts.sum()])
        label = f"{system} (coverage {each.means['coverage'].value:.2f})"
        axes.plot(np.linspace(0, 1, len(shares)), shares, label=label)
    axes.set(xlabel="share of the catalog", ylabel="share of all places", xlim=(0, 1))
    axes.legend(frameon=False, loc="lower right")
    return figure


def trade_off(report: Report) -> Figure:
    """The leading metric over the diversity of the lists, a point a system."""
    figure, axes = _axes(_SQUARE)
    lead = report.metrics[0]
    for system, each in report.systems.items():
        x, y = each.means["diversity"], each.means[lead]
        xerr = [[x.value - x.low], [x.high - x.value]]
        yerr = [[y.value - y.low], [y.high - y.value]]
        axes.errorbar(x.value, y.value, xerr=xerr, yerr=yerr, marker="o", capsize=2, label=system)
    axes.set(xlabel="diversity (1 - mean cosine)", ylabel=lead)
    axes.legend(frameon=False)
    return figure


def latency(report: Report) -> Figure:
    """A histogram of milliseconds a system, on common bins."""
    figure, axes = _axes(_WIDE)
    times = {system: each.answers.milliseconds for system, each in report.systems.items()}
    everything = np.concatenate(list(times.values()))
    bins = np.geomspace(max(everything.min(), 1e-3), max(everything.max(), 2e-3), 30)
    for system, values in times.items():
        axes.hist(values, bins.tolist(), histtype="step", linewidth=1.5, label=system)
    axes.set_xscale("log")
    axes.set(xlabel="milliseconds a question", ylabel="questions")
    axes.legend(frameon=False)
    return figure


def embedding_map(report: Report, seed: int = 0) -> Figure:
    """t-SNE (van der Maaten & Hinton 2008) of up to 800 items, coloured by category."""
    figure, axes = _axes((9.0, 6.5))
    background = report.background
    if background is None or background.vectors is None:
        return figure
    count = len(background.items)
    chosen = np.random.default_rng(seed).permutation(count)[:_MOST_POINTS]
    points = _flat(np.asarray(background.vectors[chosen], dtype=np.float32), seed)
    names = np.array(background.categories or [""] * count, dtype=object)[chosen]
    labels, sizes = np.unique(names.astype(str), return_counts=True)
    leading = labels[np.argsort(-sizes, kind="stable")][:_MOST_CATEGORIES]
    rest = ~np.isin(names, leading)
    if rest.any():
        axes.scatter(points[rest, 0], points[rest, 1], s=9, color="lightgrey", label="other")
    for number, label in enumerate(leading):
        inside = names == label
        color = f"C{number % 10}"
        marker = "o" if number < 10 else "^"
        x, y = points[inside, 0], points[inside, 1]
        axes.scatter(x, y, s=12, color=color, marker=marker, label=label or "—")
    axes.set_axis_off()
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def relevant_at(report: Report, system: str) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which ranks hold a relevant item, shape ``(questions, depth)``, and how many there are."""
    lists = report.systems[system].answers.lists
    depth = max(10 * report.k, 1)
    hits = np.zeros((len(lists), depth), dtype=bool)
    wanted = np.zeros(len(lists))
    for at, (qid, items) in enumerate(zip(report.questions, lists, strict=True)):
        relevant = {item for item, gain in report.qrels[qid].items() if gain > 0}
        wanted[at] = len(relevant)
        for rank, item in enumerate(items):
            hits[at, rank] = item in relevant
            relevant.discard(item)
    return hits, wanted


def _flat(vectors: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Two coordinates of each vector; too few for neighbours are only turned (PCA)."""
    if len(vectors) < 10:
        centred = vectors - vectors.mean(axis=0)
        turned = np.linalg.svd(centred, full_matrices=False)[0][:, :2]
        return np.pad(turned, ((0, 0), (0, 2 - turned.shape[1])))
    from sklearn.manifold import TSNE  # type: ignore[import-untyped]

    perplexity = min(30.0, (len(vectors) - 1) / 3)
    model = TSNE(perplexity=perplexity, init="pca", random_state=seed, max_iter=500)
    points: NDArray[np.float32] = model.fit_transform(vectors)
    return points


def _axes(size: tuple[float, float]) -> tuple[Figure, Axes]:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("plot", "matplotlib") from None
    figure = Figure(figsize=size, layout="constrained")
    axes: Axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
