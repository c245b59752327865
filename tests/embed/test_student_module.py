from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semrec.embed.student import StudentEncoder
from semrec.errors import InvalidArgument

TEXTS = ["送女友的生日礼物", "iphone15 手机壳", "", "保温杯 500ml"]


@pytest.fixture(scope="module")
def student() -> StudentEncoder:
    table = np.random.default_rng(3).standard_normal((256, 32), dtype=np.float32)
    return StudentEncoder.from_table(table)


def test_save_and_load_give_the_vectors_of_numpy(student: StudentEncoder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    from semrec.embed.student_module import from_sentence_transformer, to_sentence_transformer

    model = to_sentence_transformer(student)
    expected = student.encode_items(TEXTS)
    np.testing.assert_allclose(model.encode(TEXTS), expected, atol=1e-5)
    model.save(str(tmp_path), create_model_card=False)
    loaded = SentenceTransformer(str(tmp_path), device="cpu", trust_remote_code=True)
    np.testing.assert_allclose(loaded.encode(TEXTS), expected, atol=1e-5)
    assert loaded.get_embedding_dimension() == 32
    back = from_sentence_transformer(loaded)
    np.testing.assert_allclose(back.encode_items(TEXTS), expected, atol=1e-5)


def test_gradients_reach_the_table(student: StudentEncoder) -> None:
    from semrec.embed.student_module import StudentModule, to_sentence_transformer

    model = to_sentence_transformer(student)
    out = model(model.preprocess(["手机壳", "保温杯"]))["sentence_embedding"]
    (out[0] @ out[1]).backward()
    module = model[0]
    assert isinstance(module, StudentModule)
    gradient = module.embedding.weight.grad
    assert gradient is not None
    assert 0 < int((gradient.abs().sum(dim=1) > 0).sum()) <= 12


def test_another_shape_or_module_is_refused() -> None:
    import torch

    from semrec.embed.student_module import StudentModule

    with pytest.raises(InvalidArgument, match=r"shape \(4, 2\); legal: \(4, 3\)"):
        StudentModule(4, 3, torch.zeros(4, 2))
