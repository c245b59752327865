from pathlib import Path

import numpy as np
import pytest

from semrec.errors import FileMissing, MissingColumn, NoValidRows
from semrec.text.reviews.labelled import buckets, read_labelled, text_key
from semrec.text.reviews.training import split


def _write(folder: Path, text: str) -> Path:
    file = folder / "reviews.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_reads_labels_texts_and_categories(tmp_path: Path) -> None:
    file = _write(tmp_path, "cat,label,review\n书籍,1,很好！\n手机,0,很差\n手机,?,不明\n手机,1,\n")
    data = read_labelled([file])
    assert data.texts == ["很好!", "很差"]
    assert data.labels.tolist() == [True, False]
    assert data.categories == ["书籍", "手机"]


def test_another_label_column(tmp_path: Path) -> None:
    file = _write(tmp_path, "text,mine\n很好,positive\n很差,差评\n")
    assert read_labelled([file], label="mine").labels.tolist() == [True, False]


def test_named_errors(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read_labelled([tmp_path / "none.csv"])
    with pytest.raises(MissingColumn, match="label"):
        read_labelled([_write(tmp_path, "review\n很好\n")])
    with pytest.raises(NoValidRows, match="none of"):
        read_labelled([_write(tmp_path, "review,label\n很好,7\n")])


def test_repetitions_go(tmp_path: Path) -> None:
    file = _write(tmp_path, "label,review\n1,很好！\n0,很好。\n0,很差\n")
    data = read_labelled([file]).distinct()
    assert data.texts == ["很好!", "很差"]
    assert data.labels.tolist() == [True, False]
    assert text_key("很 好!") == "很好"


def test_the_split_depends_on_letters_alone() -> None:
    texts = [f"第{i}条评价" for i in range(2000)]
    numbers = buckets(texts, seed=0)
    assert buckets([text + "!" for text in texts], seed=0).tolist() == numbers.tolist()
    assert buckets(texts, seed=1).tolist() != numbers.tolist()
    parts = split(texts)
    every = np.sort(np.concatenate([parts.fit, parts.mix, parts.held]))
    assert every.tolist() == list(range(2000))
    assert 0.11 < len(parts.held) / 2000 < 0.19
