"""A small shop whose right answers are known, encoded by the student in the package."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import semrec

KINDS = ["猫粮", "猫砂", "面霜", "帐篷", "雨伞", "耳机"]
BRANDS = ["雪见草", "云栖", "山月", "晴川", "归野"]
DAY = 86_400


class Toy:
    """Tables of the small shop, and of what changes in it."""

    def __init__(self) -> None:
        self.settings = {"embed": {"sides": "student"}}

    def catalog(self) -> pd.DataFrame:
        rows = [
            {
                "item_id": f"{kind}{i}",
                "title": f"{kind} {brand}{kind} {'大小'[i % 2]}号家用",
                "category": kind[0],
                "brand": brand,
                "price": 10.0 * (i + 1),
                "attributes": {"颜色": "红蓝"[i % 2]},
            }
            for kind in KINDS
            for i, brand in enumerate(BRANDS)
        ]
        return pd.DataFrame(rows)

    def event(self, user: str, item: str, kind: str, day: float) -> dict[str, object]:
        return {"user_id": user, "item_id": item, "event_type": kind, "timestamp": day * DAY}

    def events(self) -> pd.DataFrame:
        rows = [
            self.event(f"u{user}", f"{KINDS[user % 6]}{(user // 6 + i) % 5}", "view", 100 + user)
            for user in range(30)
            for i in range(3)
        ]
        for user in range(9):
            rows += [self.event(f"cat{user}", "猫粮0", "buy", 100 + user)]
            rows += [self.event(f"cat{user}", "猫砂0", "buy", 100.01 + user)]
        return pd.DataFrame(rows)

    def reviews(self) -> pd.DataFrame:
        texts = ["露营时很稳，送给爸爸的生日礼物", "味道有点大"]
        return pd.DataFrame({"item_id": ["帐篷2", "帐篷2"], "text": texts, "rating": [5, 4]})

    def build(self) -> semrec.Engine:
        return semrec.Engine.build(self.catalog(), self.events(), self.reviews(), self.settings)

    def marked(self, number: int) -> pd.DataFrame:
        """Two items that one change brings: a reader must see both, of one number."""
        titles = [f"标记物 {name} 第{number}批" for name in "甲乙"]
        return pd.DataFrame({"item_id": ["标记甲", "标记乙"], "title": titles, "price": number})

    def number(self, engine: semrec.Engine) -> int:
        """The number of the marked items that a search finds; 0 before there are any."""
        hits = engine.search("标记物", using="lexical", k=9)
        titles = [hit.title for hit in hits if hit.item_id.startswith("标记")]
        found = {int(title.split("第")[1].removesuffix("批")) for title in titles} or {0}
        assert len(found) == 1 and len(titles) in (0, 2), titles
        return found.pop()


@pytest.fixture(scope="session")
def toy() -> Toy:
    return Toy()


@pytest.fixture(scope="session")
def built(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small shop, built once."""
    path = tmp_path_factory.mktemp("life") / "shop"
    toy.build().save(path)
    return path


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return Path(shutil.copytree(built, tmp_path / "index"))


@pytest.fixture(autouse=True)
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a shop of 30 items each change would be more than a tenth, and compacted at once."""
    monkeypatch.setattr("semrec.life.compact.MOST_CHANGED", 9.0)


@pytest.fixture
def engine(index: Path) -> Iterator[semrec.Engine]:
    engine = semrec.Engine.load(index)
    yield engine
    engine.settle()
