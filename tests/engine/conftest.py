"""A small shop whose right answers are known, and an encoder that needs no model."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

import semrec
from semrec.config import EmbedConfig
from semrec.types import Vectors


class GramEncoder:
    """Hashed characters and pairs: texts that share characters are near. Stands in for a model."""

    dim = 64

    def __init__(self, name: str = "grams") -> None:
        self.name = name
        self.fingerprint = f"fingerprint of {name}"
        self.encoded = 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        vectors = np.full((len(texts), self.dim), 0.01, dtype=np.float32)
        for i, text in enumerate(texts):
            for gram in [*text, *(text[j : j + 2] for j in range(len(text) - 1))]:
                code = gram.encode("utf-8", "surrogatepass")
                vectors[i, zlib.crc32(code) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_items = encode_queries


KINDS = ["猫粮", "猫砂", "面霜", "洗面奶", "帐篷", "防潮垫", "雨伞", "耳机"]
BRANDS = ["雪见草", "云栖", "山月", "晴川", "归野"]
PER_KIND = len(BRANDS)


def make_catalog() -> pd.DataFrame:
    rows = [
        {
            "item_id": f"{kind}{i}",
            "title": f"{kind} {BRANDS[i]}{kind} {['大', '小'][i % 2]}号家用",
            "category": {"猫": "宠物", "面": "美妆", "洗": "美妆"}.get(kind[0], "百货"),
            "brand": BRANDS[i],
            "price": 10.0 * (i + 1),
            "attributes": {"颜色": ["红", "蓝"][i % 2]},
        }
        for kind in KINDS
        for i in range(PER_KIND)
    ]
    return pd.DataFrame(rows)


def make_events() -> pd.DataFrame:
    """User u0, u1, … loves one kind; 猫粮0 and 猫砂0 are bought together; 雨伞4 is popular now."""
    rows: list[dict[str, object]] = []

    def add(user: str, item: str, kind: str, day: float) -> None:
        rows.append(
            {"user_id": user, "item_id": item, "event_type": kind, "timestamp": day * 86_400}
        )

    for user in range(40):
        kind = KINDS[user % len(KINDS)]
        for i in range(4):
            add(f"u{user}", f"{kind}{(user // 8 + i) % PER_KIND}", "view", 20_000 + user + i / 9)
    for user in range(12):
        add(f"cat{user}", "猫粮0", "buy", 20_000 + user)
        add(f"cat{user}", "猫砂0", "buy", 20_000.01 + user)
    for user in range(20):
        add(f"home{user}", f"{KINDS[2 + user % 6]}3", "buy", 20_000 + user)
    for user in range(30):
        add(f"rain{user}", "雨伞4", "click", 20_080 + user / 100)
        add(f"old{user}", "耳机1", "click", 19_000 + user / 100)
        add(f"old{user}", "耳机1", "view", 19_001 + user / 100)
    return pd.DataFrame(rows)


def make_reviews() -> pd.DataFrame:
    texts = ["露营时很稳，送给爸爸的生日礼物", "味道有点大"]
    return pd.DataFrame({"item_id": ["帐篷2", "帐篷2"], "text": texts, "rating": [5, 4]})


@pytest.fixture
def catalog() -> pd.DataFrame:
    return make_catalog()


@pytest.fixture
def events() -> pd.DataFrame:
    return make_events()


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> GramEncoder:
    """Takes the place of the model wherever an engine loads one by a name."""
    default = GramEncoder()

    def load(config: EmbedConfig) -> GramEncoder:
        return default if config.model == EmbedConfig().model else GramEncoder(config.model)

    monkeypatch.setattr("semrec.encoders.load_encoder", load)
    return default


@pytest.fixture
def engine(encoder: GramEncoder, catalog: pd.DataFrame, events: pd.DataFrame) -> semrec.Engine:
    return semrec.Engine.build(catalog, events, make_reviews())


@pytest.fixture(scope="module")
def shop() -> semrec.datasets.Sample:
    """The sample shop; tests that change its engine build their own."""
    return semrec.datasets.load_sample()


@pytest.fixture(scope="module")
def sample_engine(shop: semrec.datasets.Sample) -> semrec.Engine:
    return semrec.Engine.build(shop.catalog, shop.events, shop.reviews)
