"""Other systems' names of what users do, in our names."""

from __future__ import annotations

import pandas as pd

from semrec.data import clean

ACTIONS = {
    "pv": "view",
    "view": "view",
    "watch": "view",
    "pageview": "view",
    "itemview": "view",
    "productview": "view",
    "viewitem": "view",
    "detailview": "view",
    "click": "click",
    "itemclick": "click",
    "productclick": "click",
    "clickthrough": "click",
    "fav": "fav",
    "favorite": "fav",
    "favourite": "fav",
    "collect": "fav",
    "like": "fav",
    "wishlist": "fav",
    "addtowishlist": "fav",
    "cart": "cart",
    "addtocart": "cart",
    "buy": "buy",
    "order": "buy",
    "purchase": "buy",
    "checkout": "buy",
    "transaction": "buy",
    "rate": "rating",
    "rating": "rating",
    "浏览": "view",
    "曝光点击": "click",
    "点击": "click",
    "收藏": "fav",
    "加购": "cart",
    "加购物车": "cart",
    "加入购物车": "cart",
    "下单": "buy",
    "购买": "buy",
    "支付": "buy",
    "评分": "rating",
}


def canonical(actions: pd.Series) -> pd.Series:
    """Our event types; a name that means none of them stays, and is set aside with its value."""
    actions = clean.ids(actions)
    keys = actions.str.lower().str.replace(r"[^a-z0-9\u4e00-\u9fff]", "", regex=True)
    return keys.map(ACTIONS).fillna(actions)
