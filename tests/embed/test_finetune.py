from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semrec.embed.finetune import FinetuneSettings, finetune
from semrec.embed.relevance import Click
from semrec.embed.transformer import TransformerEncoder
from semrec.errors import CannotWrite, InvalidArgument

COLOURS, KINDS = "红生男女友", ["口红", "手机壳", "保温杯"]
TITLES = [f"{colour} {kind}" for colour in COLOURS for kind in KINDS]
SETTINGS = FinetuneSettings(steps=6, epochs=6, batch=8, rate=1e-3)


def test_a_few_steps_give_another_model_that_is_saved(tiny_model: Path, tmp_path: Path) -> None:
    clicks = [Click(title.replace(" ", ""), row) for row, title in enumerate(TITLES)] * 3
    out = tmp_path / "tuned"
    report = finetune(str(tiny_model), TITLES, out, clicks=clicks, settings=SETTINGS)
    assert report.counts == {"titles": 15, "clicks": 45, "pairs": 59}
    assert report.losses["contrastive"] > 0
    assert report.kept == (report.after["pseudo-queries"] >= report.before["pseudo-queries"])
    assert out.exists() == report.kept
    if report.kept:
        old, new = (TransformerEncoder(folder).encode_items(TITLES) for folder in (tiny_model, out))
        assert np.abs(old - new).max() > 1e-3


def test_a_worse_model_is_refused(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    falling = iter([{"pseudo-queries": 0.5}, {"pseudo-queries": 0.4}])
    monkeypatch.setattr("semrec.embed.finetune.figures", lambda *_: next(falling))
    one_step = replace(SETTINGS, steps=1)
    report = finetune(str(tiny_model), TITLES, tmp_path / "tuned", settings=one_step)
    assert not report.kept
    assert not (tmp_path / "tuned").exists()
    assert str(report).endswith("pseudo-queries 0.500 → 0.400")


def test_wrong_arguments_are_named(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="exists already"):
        finetune(str(tiny_model), TITLES, tmp_path)
    with pytest.raises(InvalidArgument, match="legal: rows of titles"):
        finetune(str(tiny_model), TITLES, tmp_path / "a", clicks=[Click("红", 99)])
