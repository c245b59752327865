"""The student as a module of sentence-transformers, for those who train or publish with it.

Sentence-transformers asks for ``trust_remote_code=True`` to load a folder whose module is not its
own; the code that runs is this file, in the installed package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule

from semrec.embed.features import features
from semrec.embed.student import StudentEncoder
from semrec.errors import InvalidArgument
from semrec.types import Vectors

_WEIGHTS = "model.safetensors"


class StudentModule(InputModule):  # type: ignore[misc]  # the library has no types
    """Sums the rows of a text's features, and scales the sum to unit norm.

    Args:
        buckets: rows of the table, a power of two.
        dim: length of a row.
        table: shape ``(buckets, dim)``; zeros if None.

    Raises:
        InvalidArgument: the table has another shape.
    """

    modalities: ClassVar[list[str]] = ["text"]
    config_keys: ClassVar[list[str]] = ["buckets", "dim"]

    def __init__(self, buckets: int, dim: int, table: torch.Tensor | None = None) -> None:
        super().__init__()
        if table is not None and tuple(table.shape) != (buckets, dim):
            raise InvalidArgument(f"table of shape {tuple(table.shape)}; legal: {(buckets, dim)}")
        self.buckets = buckets
        self.dim = dim
        weight = torch.zeros(buckets, dim) if table is None else table
        self.embedding = torch.nn.EmbeddingBag.from_pretrained(weight, freeze=False, mode="sum")

    def preprocess(
        self, inputs: list[str], prompt: str | None = None, **_: Any
    ) -> dict[str, torch.Tensor]:
        """Features of each text: flat ids, and where each text's begin."""
        bag = features([f"{prompt or ''}{text}" for text in inputs], self.buckets)
        return {
            "input_ids": torch.from_numpy(bag.ids),
            "offsets": torch.from_numpy(bag.offsets[:-1]),
        }

    def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
        """Add ``sentence_embedding``, shape ``(texts, dim)``, unit norm."""
        sums = self.embedding(features["input_ids"], features["offsets"])
        empty = (sums == 0).all(dim=1, keepdim=True)  # such a text points everywhere alike
        directed = torch.where(empty, torch.ones_like(sums), sums)
        features["sentence_embedding"] = torch.nn.functional.normalize(directed, dim=1)
        return features

    @property
    def max_seq_length(self) -> float:
        """Texts are cut by characters, before the features."""
        return float("inf")

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return self.dim

    def save(
        self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any
    ) -> None:
        """Write settings and weights as safetensors, whatever else is asked for."""
        self.save_config(output_path)
        save_file(self.state_dict(), str(Path(output_path) / _WEIGHTS))

    @classmethod
    def load(cls, model_name_or_path: str, **kwargs: Any) -> Self:
        """Read what :meth:`save` wrote."""
        places = {
            name: kwargs[name]
            for name in ("subfolder", "token", "cache_folder", "revision", "local_files_only")
            if name in kwargs
        }
        module = cls(**cls.load_config(model_name_or_path, **places))
        cls.load_torch_weights(model_name_or_path, model=module, **places)
        return module


def to_sentence_transformer(student: StudentEncoder) -> SentenceTransformer:
    """The same model, with the student's rounded table as float32 weights."""
    table = torch.from_numpy(student.table())
    module = StudentModule(student.buckets, student.dim, table)
    return SentenceTransformer(modules=[module], device="cpu")


def from_sentence_transformer(model: SentenceTransformer, *, bits: int = 8) -> StudentEncoder:
    """The student inside a model that was trained or loaded with sentence-transformers.

    Raises:
        InvalidArgument: the model's first module is no student.
    """
    module = model[0]
    if not isinstance(module, StudentModule):
        raise InvalidArgument(f"first module {type(module).__name__}; legal: StudentModule")
    table: Vectors = module.embedding.weight.detach().cpu().numpy().astype(np.float32)
    return StudentEncoder.from_table(table, bits=bits)
