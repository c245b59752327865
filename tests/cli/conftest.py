"""A saved index of a small shop, and a way to run the command line in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from semrec.cli import main
from semrec.config import EmbedConfig
from semrec.types import Vectors


class LetterEncoder:
    """One dimension for each of a few letters; stands in for a model."""

    dim = 8
    fingerprint = "letters"
    name = "letters"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        rows = [[0.1 + text.count(c) for c in "猫狗粮砂鞋帽红蓝"] for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_items = encode_queries


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out.count("\n") == 1, "one JSON object and nothing else"
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def load(config: EmbedConfig) -> LetterEncoder:
        encoder = LetterEncoder()
        if config.model == "other":
            encoder.fingerprint = "other letters"
        return encoder

    monkeypatch.setattr("semrec.encoders.load_encoder", load)

    def go(*arguments: str | Path) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return go


@pytest.fixture
def files(tmp_path: Path) -> Path:
    titles = ["红色猫粮", "蓝色猫粮", "猫砂", "狗粮", "红鞋", "蓝帽"]
    catalog = pd.DataFrame(
        {
            "item_id": [f"p{i}" for i in range(6)],
            "title": titles,
            "category": ["宠物"] * 4 + ["服饰"] * 2,
            "price": [10, 20, 30, 40, 50, 60],
        }
    )
    catalog.to_csv(tmp_path / "catalog.csv", index=False)
    catalog.rename(columns={"title": "货名"}).to_csv(
        tmp_path / "own.csv", index=False, encoding="gb18030"
    )
    events = [
        {"user_id": f"u{i % 7}", "item_id": item, "event_type": "buy", "timestamp": 86_400 * i}
        for i in range(14)
        for item in (["p0", "p2"] if i % 2 else ["p4"])
    ]
    pd.DataFrame(events).to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "queries.csv").write_text("qid,query\nq1,猫砂\nq2,红鞋\n", encoding="utf-8")
    (tmp_path / "qrels.csv").write_text(
        "qid,item_id,relevance\nq1,p2,1\nq2,p4,1\n", encoding="utf-8"
    )
    (tmp_path / "train.txt").write_text("".join(f"{u} 0 1 2\n" for u in range(9)) + "9 0 1\n")
    (tmp_path / "test.txt").write_text("9 2\n")
    return tmp_path


@pytest.fixture
def index(run: Run, files: Path) -> Path:
    built = run(
        "build", "--catalog", files / "catalog.csv", "--events", files / "events.csv",
        "-o", files / "index",
    )  # fmt: skip
    assert built.code == 0
    return files / "index"
