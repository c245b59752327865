"""What a query was understood to mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from semrec.text.kind import KIND_NAMES, QueryKind
from semrec.text.needs import Need
from semrec.text.sort import Sort

PriceRange = tuple[float | None, float | None]
"""Lower and upper bound, inclusive, in the shop's currency; None = open."""

SORT_NAMES: dict[Sort, str] = {
    "price_asc": "价格从低到高",
    "sales": "销量优先",
    "rating": "评分优先",
    "newest": "最新优先",
}
_NEEDS = {"person": "对象", "occasion": "场合", "scene": "场景", "season": "季节", "goal": "目的"}
_CATEGORIES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class QueryIntent:
    """One query, understood. An empty query gives empty fields.

    Attributes:
        text: the normalised query.
        corrected: the same without slips; equal to ``text`` where nothing was corrected.
        confidence: how sure the correction is, 0..1; 1 where nothing was corrected.
        wanted: ``corrected`` without price, exclusions and order, which no title names.
        brand: canonical name of the brand, None if no brand of the shop is named.
        category: categories of the shop → probability, the likeliest first; {} without evidence.
        product: the product word (head noun), None if there is none.
        attributes: attribute name → values that stand in the query (颜色, 材质, 规格, 适用人群 …).
        price: bounds, None if the query says nothing of the price.
        sort: the wanted order, None if it names none.
        exclude: words that are not wanted; see :func:`semrec.text.negation.mentions`.
        needs: whom or what it is for: person, occasion, scene, season, goal.
        kind: which kind of question it is; ``product`` if it only names what is wanted.
        certain: which of ``brand``, ``price`` and ``exclude`` may be hard filters; everything else
            only weighs.
    """

    text: str
    corrected: str
    confidence: float = 1.0
    wanted: str = ""
    brand: str | None = None
    category: Mapping[str, float] = field(default_factory=dict)
    product: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price: PriceRange | None = None
    sort: Sort | None = None
    exclude: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    kind: QueryKind = "product"
    certain: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "category", MappingProxyType(dict(self.category)))
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    def expansion(self) -> tuple[str, ...]:
        """Words that the needs add for retrieval, each once, none that the query already has."""
        words = dict.fromkeys(word for need in self.needs for word in need.expansion)
        return tuple(word for word in words if word not in self.corrected)

    def describe(self) -> list[str]:
        """Lines in Chinese that say what was understood, [] if nothing was."""
        lines: list[str] = []
        if self.kind != "product":
            lines.append(f"提问：{KIND_NAMES[self.kind]}")
        if self.corrected != self.text:
            lines.append(f"已纠正为：{self.corrected}（把握 {self.confidence:.0%}）")
        if self.product:
            lines.append(f"商品：{self.product}")
        if self.brand:
            lines.append(f"品牌：{self.brand}{self._strength('brand')}")
        if self.category:
            top = list(self.category.items())[:_CATEGORIES_SHOWN]
            lines.append("类目：" + "，".join(f"{name} {share:.0%}" for name, share in top))
        # The brand has its own line.
        rest = {
            name: v for name, v in self.attributes.items() if not (self.brand and name == "品牌")
        }
        lines += [f"{name}：{'、'.join(values)}" for name, values in rest.items()]
        if self.price is not None:
            lines.append(f"价格：{price_text(self.price)}{self._strength('price')}")
        if self.exclude:
            lines.append(f"不要：{'、'.join(self.exclude)}{self._strength('exclude')}")
        if self.sort:
            lines.append(f"排序：{SORT_NAMES[self.sort]}")
        for kind, label in _NEEDS.items():
            tags = [need.tag for need in self.needs if need.kind == kind]
            if tags:
                lines.append(f"{label}：{'、'.join(tags)}")
        return lines

    def _strength(self, name: str) -> str:
        return "（必须）" if name in self.certain else "（优先）"

    def to_dict(self) -> dict[str, Any]:
        """A form for JSON."""
        return {
            "text": self.text,
            "corrected": self.corrected,
            "confidence": self.confidence,
            "wanted": self.wanted,
            "brand": self.brand,
            "category": dict(self.category),
            "product": self.product,
            "attributes": {name: list(values) for name, values in self.attributes.items()},
            "price": None if self.price is None else list(self.price),
            "sort": self.sort,
            "exclude": list(self.exclude),
            "needs": [
                {
                    "kind": need.kind,
                    "tag": need.tag,
                    "word": need.word,
                    "expansion": list(need.expansion),
                }
                for need in self.needs
            ],
            "kind": self.kind,
            "certain": sorted(self.certain),
        }


def price_text(price: PriceRange) -> str:
    """A price range in words, in yuan."""
    low, high = price
    if low is None:
        return f"不超过 {high:g} 元"
    if high is None:
        return f"{low:g} 元以上"
    return f"{low:g} 至 {high:g} 元"
