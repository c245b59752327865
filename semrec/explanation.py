"""Why one item stands where it does: what each signal gave, and what would be without a cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from semrec.answer import Request
from semrec.rank.causes import (
    Counterfactual,
    counterfactuals,
    deeds_of,
    event_causes,
    session_causes,
    signal_causes,
)
from semrec.rank.explain import quoted
from semrec.rank.rerank import SIGNAL
from semrec.rank.retrieve import Source, gather
from semrec.rank.rules import BASE
from semrec.results import NARROW
from semrec.state import State
from semrec.types import Hits, Rows, Scores

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

SIGNALS: Mapping[str, str] = {
    "lexical": "文字匹配",
    "dense": "语义相近",
    "content": "与看过的相近",
    "user": "个人偏好",
    "session": "与刚看过的相近",
    "popularity": "近期热度",
    "product": "商品词",
    "brand": "品牌",
    "attribute": "属性",
    "number": "型号规格",
    "need": "隐含需求",
    "synonym": "同义词",
    "order": "排序要求",
    "reviews": "评价",
    "context": "此时此景",
    "quality": "口碑",
    "freshness": "新品",
    "stock": "有货",
    "trend": "上升势头",
    "reranker": "精排",
    BASE: "起点",
}
"""How signals are called in Chinese."""
_EVENTS = 20
"""So many items of a history are looked at as causes."""
_NEAREST = 3
_BAR = 20
_TOLD = 6
_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class Explanation:
    """One item, explained.

    Attributes:
        item_id, title: the item.
        question: what was asked, one line.
        rank: its place among the candidates, from 1.
        candidates: how many there are.
        score: the blended score.
        parts: what each signal gave; they sum to ``total``.
        total: the score, or its log-odds where the rule of the blend adds those up.
        reason: why this item, in Chinese.
        causes: its place without each cause, the most important first; :meth:`lines` tells those
            that matter.
    """

    item_id: str
    title: str
    question: str
    rank: int
    candidates: int
    score: float
    parts: Mapping[str, float]
    total: float
    reason: str
    causes: tuple[Counterfactual, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            **asdict(self),
            "parts": dict(self.parts),
            "causes": [asdict(c) for c in self.causes],
        }

    def to_table(self) -> Table:
        """A rich table: signals with bars, then the causes."""
        from rich.table import Table

        title = f"{self.question}：{self.title}，第 {self.rank} / {self.candidates} 位"
        table = Table("信号", "得分", title=title, caption=self.reason)
        table.add_column(overflow="fold")
        most = max([abs(part) for part in self.parts.values()], default=0.0) or 1.0
        for name, part in sorted(self.parts.items(), key=lambda pair: -pair[1]):
            bar = "█" * round(_BAR * abs(part) / most)
            table.add_row(SIGNALS.get(name, name), f"{part:.3f}", bar)
        table.add_row("合计", self._sum(), "", end_section=True)
        for line in self.lines():
            table.add_row("", "", line)
        return table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        yield Text(str(self)) if options.max_width < NARROW else self.to_table()

    def lines(self) -> list[str]:
        """The causes that the item owes its place to, in Chinese, the most important first."""
        told = [str(cause) for cause in self.causes if cause.matters][:_TOLD]
        return told or [f"去掉任何一项，它都不会排到第 {self.rank} 位之后"]

    def plot(self, path: str | Path) -> None:
        """Write a picture of the signals as bars; see :func:`semrec.explanation_plot.draw`."""
        from semrec.explanation_plot import draw

        draw(self, path)

    def __str__(self) -> str:
        parts = "，".join(f"{SIGNALS.get(n, n)} {part:.3f}" for n, part in self.parts.items())
        causes = "".join(f"\n  {line}" for line in self.lines())
        return f"{self.title}：第 {self.rank} 位，{self._sum()} = {parts}\n  {self.reason}{causes}"

    def _sum(self) -> str:
        """The total, and the score it stands for where that is another number."""
        if abs(self.total - self.score) < _ROUNDING:
            return f"{self.score:.3f}"
        return f"{self.total:.3f}（概率 {self.score:.3f}）"


def explained(state: State, request: Request, row: int, user: str | None = None) -> Explanation:
    """Explain one item, found by the request or not.

    Args:
        state: the shop.
        request: what was asked.
        row: the item.
        user: who asked; the causes say what this person did.
    """
    shop, phrases = state.shop, state.answerer.phrases

    def silent(rows: Rows) -> Scores:
        return np.full(len(rows), np.nan, dtype=np.float32)

    only = Hits(np.array([row]), np.ones(1, dtype=np.float32))
    itself = Source("item", silent, lambda k, allowed: only)
    found = gather([*request.voices, itself], shop.config.blend.candidates, request.allowed)

    ranked = request.rank(found)
    place = int(np.flatnonzero(ranked.rows == row)[0])
    parts = {
        name: float(values[place]) for name, values in request.rule.contributions(ranked).items()
    }
    total = sum(parts.values())
    if request.reread is not None:
        parts[SIGNAL] = float(ranked.scores[place]) - total
        total = float(ranked.scores[place])
    causes = signal_causes(ranked, {name: SIGNALS.get(name, name) for name in parts})
    rows: list[int] = []

    def title(other: int) -> str:
        return quoted(phrases.title(other))

    if request.history is not None:
        rows = _speaking(state, request.history, row)
        deeds = _deeds(state, user)
        causes |= event_causes(shop, request.history, ranked, title, rows, deeds, request.session)
    if request.session is not None:
        causes |= session_causes(request.session, ranked, title, rows)
    told = counterfactuals(request.rank, ranked, row, causes)
    return Explanation(
        item_id=shop.catalog.items.id(row),
        title=phrases.title(row),
        question=request.question,
        rank=place + 1,
        candidates=len(ranked),
        score=float(ranked.scores[place]),
        parts=parts,
        total=total,
        reason=state.answerer.why(request, ranked, ranked)[place],
        causes=tuple(told),
    )


def _speaking(state: State, history: sparse.csr_matrix, row: int) -> list[int]:
    """The items of a history that may be causes: the nearest, the best neighbours, the heaviest."""
    shop, seen = state.shop, history.indices.astype(np.int64)
    alike = shop.dense.reconstruct(seen) @ shop.dense.reconstruct(np.array([row]))[0]
    nearest = seen[np.argsort(-alike, kind="stable")[:_NEAREST]]
    neighbours, _ = shop.neighbours.explain(history, row, _EVENTS)
    heaviest = seen[np.argsort(-history.data, kind="stable")]
    every = np.concatenate([nearest, neighbours, heaviest]).tolist()
    return list(dict.fromkeys(every))[:_EVENTS]


def _deeds(state: State, user: str | None) -> dict[int, str]:
    """What a person of the log did with each item, in Chinese; of nobody else."""
    log = state.shop.events.read()
    if user is None or log is None:
        return {}
    own = log[log["user_id"] == user]
    return deeds_of(own, state.shop.catalog.items.rows(own["item_id"]))
