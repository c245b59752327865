"""The catalog as a shop would hand it over, gaps included."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data.sample.products import MATERIAL_KEYS, Product, pick

_NO_DESCRIPTION, _SOLD_OUT = 0.15, 0.04
_OLDEST, _AGE_DAYS = date(2024, 3, 1), 720
_NEW_SINCE, _NEW_DAYS = date(2026, 5, 26), 4

_OPENINGS = (
    "{brand}这款{noun}主打{t1}、{t2}。",
    "{noun}，{t1}又{t2}，用过的都说值。",
    "想要{t1}的{noun}，看这一款就够了，{t2}也兼顾到了。",
    "店主自用款{noun}，{t1}，{t2}。",
    "精选{material}，做出{t1}、{t2}的{noun}。",
    "卖了三年的老款{noun}，回头客多，{t1}，{t2}。",
    "{t1}、{t2}，一款{noun}解决日常所需。",
)
_FITS = (
    "适合{crowd}。",
    "{crowd}都能放心选择。",
    "推荐给{crowd}。",
    "特别为{crowd}设计。",
)
_OCCASIONS = ("常用于{scene}。", "{scene}正合适。", "{scene}也能派上用场。")
_ENDINGS = (
    "支持七天无理由退换。",
    "下单后48小时内发货。",
    "有任何问题请联系客服，我们负责到底。",
    "数量有限，售完补货需等一周。",
    "批次不同，包装可能略有差异，以收到的实物为准。",
    "收藏店铺可领优惠券。",
    "实物拍摄，因光线和显示器不同会有轻微色差。",
    "破损包赔，请放心购买。",
)


def make_catalog(
    rng: np.random.Generator, products: list[Product], new: NDArray[np.bool_]
) -> pd.DataFrame:
    """One row a product, in the given order; ids ``p0001`` and so on.

    Args:
        new: marks the products that have only just been listed, shape ``(products,)``.
    """
    count = len(products)
    age = rng.integers(0, _AGE_DAYS, count)
    fresh = rng.integers(0, _NEW_DAYS, count)
    stock = np.where(rng.random(count) < _SOLD_OUT, 0, rng.lognormal(4.5, 1.2, count).astype(int))
    return pd.DataFrame(
        {
            "item_id": [f"p{number:04d}" for number in range(1, count + 1)],
            "title": [product.title for product in products],
            "category": [product.category.name for product in products],
            "brand": [product.brand.chinese if product.brand else None for product in products],
            "price": [product.price for product in products],
            "description": [_describe(rng, product) for product in products],
            "attributes": [dict(product.attributes) for product in products],
            "stock": stock.astype(np.int64),
            "created_at": [
                str(
                    _NEW_SINCE + timedelta(days=int(fresh[row]))
                    if new[row]
                    else _OLDEST + timedelta(days=int(age[row]))
                )
                for row in range(count)
            ],
        }
    )


def _describe(rng: np.random.Generator, product: Product) -> str | None:
    if rng.random() < _NO_DESCRIPTION:
        return None
    shown = product.attributes
    words = {
        "material": next((shown[key] for key in MATERIAL_KEYS if key in shown), ""),
        "crowd": shown.get("适用人群", ""),
        "scene": shown.get("适用场景", ""),
        "brand": product.brand.chinese if product.brand else "本店",
        "noun": product.kind.name,
        "t1": product.traits[0],
        "t2": product.traits[1],
    }
    openings = [text for text in _OPENINGS if words["material"] or "{material}" not in text]
    text = pick(rng, openings)
    text += pick(rng, _FITS, 0.6) if words["crowd"] else ""
    text += pick(rng, _OCCASIONS, 0.6) if words["scene"] else ""
    return (text + pick(rng, _ENDINGS, 0.7)).format(**words)
