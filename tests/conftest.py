"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

_BESIDE_PROJECT = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the real data sets; tests that use it are marked ``data``."""
    folder = Path(os.environ.get("SEMREC_DATA", _BESIDE_PROJECT))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set SEMREC_DATA to the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def save_cross_encoder() -> Callable[[Path, int], Path]:
    """Writes a BERT of random weights as ``CrossEncoder.save`` does; takes folder and labels."""

    def save(folder: Path, labels: int) -> Path:
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

        folder.mkdir(parents=True)
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"手机壳保温杯水果蓝牙耳"]
        (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
        torch.manual_seed(5)
        config = BertConfig(
            vocab_size=len(words),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            num_labels=labels,
        )
        BertForSequenceClassification(config).save_pretrained(str(folder))
        BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(str(folder))
        return folder

    return save
