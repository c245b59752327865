"""Search beside what a user would pick instead: same titles, same vectors, same machine, one table.

    python tests/bench/bench_peers.py --data ../shared/data --peer-python PYTHON [--only semrec]

On ``product-search``: 14,507 titles, 114 judged queries. Every system runs in its own process on
one thread, gets the E5 vectors of the titles ready made and encodes each query itself with the
same model; a search asks for 100 items. ``--peer-python`` is an interpreter that has txtai, bm25s
and tantivy beside semrec's own packages; a peer that cannot be imported is left out with the
reason. Build is without imports. Lines are those below each name: what a user writes. Memory is
read as Linux gives it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from semrec.config import EmbedConfig
from semrec.embed.load import load_encoder, model_folder
from semrec.evaluate import metrics
from semrec.evaluate.ask import Numbering
from semrec.evaluate.files import read_qrels, read_queries
from semrec.evaluate.judged import judge

PRELUDE = """
import json, sys, time
import numpy as np, pandas as pd
folder, model = sys.argv[1:3]
catalog = pd.read_csv(folder + "/catalog.csv", dtype=str)
ids, titles = catalog["item_id"].tolist(), catalog["title"].tolist()
vectors = np.load(folder + "/vectors.npy")
def peak_mb():
    # Not ru_maxrss: that of a child begins with its parent's.
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
def encoder():
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(1)
    encode = SentenceTransformer(model, device="cpu").encode
    return lambda q: encode(["query: " + q], normalize_embeddings=True, show_progress_bar=False)
"""
EPILOGUE = """
built = time.perf_counter() - start
asked = json.load(open(folder + "/queries.json"))
for query in asked[:10]:
    search(query)
lists, times = [], []
for query in asked:
    start = time.perf_counter()
    lists.append(list(search(query)))
    times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"lists": lists, "times": times, "build": built,
    "memory": peak_mb()}))
"""
OWN = {
    "semrec": """
import semrec
engine = semrec.Engine.build(folder + "/catalog.csv")
search = lambda query: engine.search(query, k=100).item_ids
""",
    "semrec, teacher and student": """
import semrec
mean = {"embed": {"sides": "mean"}}
engine = semrec.Engine.build(folder + "/catalog.csv", config=mean)
search = lambda query: engine.search(query, k=100).item_ids
""",
    "semrec, lexical": """
import semrec
engine = semrec.Engine.build(folder + "/catalog.csv")
search = lambda query: engine.search(query, k=100, using="lexical").item_ids
""",
}
PEERS = {
    "txtai, hybrid": """
from txtai import Embeddings
encode, ready = encoder(), dict(zip(titles, vectors))
transform = lambda texts: np.vstack([ready[t] if t in ready else encode(t)[0] for t in texts])
index = Embeddings(method="external", transform=transform, hybrid=True)
index.index(zip(ids, titles))
search = lambda query: [item for item, _ in index.search(query, 100)]
""",
    "txtai, hybrid, jieba": """
import jieba
from txtai import Embeddings
cut = lambda text: " ".join(jieba.cut_for_search(text))
encode, ready = encoder(), dict(zip(map(cut, titles), vectors))
one = lambda t: ready[t] if t in ready else encode(plain[t])[0]
transform = lambda texts: np.vstack([one(t) for t in texts])
index, plain = Embeddings(method="external", transform=transform, hybrid=True), {}
index.index(zip(ids, map(cut, titles)))
def search(query):
    plain[cut(query)] = query
    return [item for item, _ in index.search(cut(query), 100)]
""",
    "bm25s": """
import bm25s, jieba
index = bm25s.BM25()
index.index([list(jieba.cut_for_search(title)) for title in titles], show_progress=False)
def search(query):
    rows, _ = index.retrieve([list(jieba.cut_for_search(query))], k=100, show_progress=False)
    return [ids[row] for row in rows[0]]
""",
    "tantivy": """
import jieba, tantivy
builder = tantivy.SchemaBuilder()
builder.add_text_field("title", tokenizer_name="whitespace")
builder.add_text_field("id", stored=True, tokenizer_name="raw")
index = tantivy.Index(builder.build())
writer = index.writer(heap_size=100_000_000, num_threads=1)
for item, title in zip(ids, titles):
    words = " ".join(jieba.cut_for_search(title))
    writer.add_document(tantivy.Document(id=item, title=words))
writer.commit()
index.reload()
searcher = index.searcher()
def search(query):
    words = [w for w in jieba.cut_for_search(query) if w.strip()]
    terms = [tantivy.Query.term_query(index.schema, "title", word) for word in words]
    any_of = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
    return [searcher.doc(at)["id"][0] for _, at in searcher.search(any_of, 100).hits]
""",
    "sentence-transformers": """
import torch
from sentence_transformers.util import semantic_search
encode, matrix = encoder(), torch.from_numpy(vectors)
def search(query):
    found = semantic_search(torch.from_numpy(encode(query)), matrix, top_k=100)
    return [ids[hit["corpus_id"]] for hit in found[0]]
""",
    "faiss, flat": """
import faiss
faiss.omp_set_num_threads(1)
encode, index = encoder(), faiss.IndexFlatIP(vectors.shape[1])
index.add(vectors)
search = lambda query: [ids[row] for row in index.search(encode(query), 100)[1][0]]
""",
}
COLUMNS = ("ndcg@10", "mrr@10", "recall@100", "p50 ms", "p95 ms", "queries/s", "build s", "MB")


def main() -> None:
    """Prepare the files, let each system build and search, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    options.add_argument("--peer-python", default=sys.executable)
    options.add_argument("--only", action="append", help="names of systems that begin so")
    given = options.parse_args()
    queries = read_queries(given.data / "product-search" / "queries.csv")
    qrels = read_qrels(given.data / "product-search" / "qrels.csv")
    wanted = tuple(given.only or [""])
    table = Table("system", *COLUMNS, "lines")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(given.data, folder, list(queries.values()))
        for python, systems in ((sys.executable, OWN), (given.peer_python, PEERS)):
            for system, code in systems.items():
                if system.startswith(wanted):
                    cells = measure(python, code, folder, [qrels[qid] for qid in queries])
                    table.add_row(system, *cells, str(len(code.strip().splitlines())))
                    print(system, *cells, flush=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    Console(width=120).print(f"product-search, one thread, {machine}, {date.today()}", table)


def prepare(data: Path, folder: Path, queries: list[str]) -> None:
    """The catalog, its vectors and the queries, where every process finds them."""
    catalog = pd.read_csv(data / "product-search" / "catalog.csv", dtype=str)
    catalog.to_csv(folder / "catalog.csv", index=False)
    vectors = load_encoder(EmbedConfig()).encode_items(catalog["title"].tolist())
    np.save(folder / "vectors.npy", np.asarray(vectors, dtype=np.float32))
    (folder / "queries.json").write_text(json.dumps(queries), encoding="utf-8")


def measure(python: str, code: str, folder: Path, judged: list[dict[str, float]]) -> list[str]:
    """Run one system and score its lists."""
    lines = code.strip().splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    rest = [line for line in lines if line not in imports]
    script = "\n".join([PRELUDE, *imports, "start = time.perf_counter()", *rest, EPILOGUE])
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    done = subprocess.run(
        [python, "-c", script, str(folder), str(model_folder(EmbedConfig().model))],
        capture_output=True,
        text=True,
        env=os.environ | single,
        check=False,
    )
    if done.returncode:
        return [f"left out: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"]
    found = json.loads(done.stdout.splitlines()[-1])
    numbering = Numbering()
    ranked = numbering.ranked(found["lists"], 100)
    gains = judge(ranked, numbering.relevance(judged), 100)
    quality = [metrics.accuracy(gains.at(10), [name])[name] for name in ("ndcg", "mrr")]
    quality.append(metrics.accuracy(gains, ["recall"])["recall"])
    times = np.array(found["times"])
    cost = [*np.percentile(times, [50, 95]), 1000 / times.mean(), found["build"], found["memory"]]
    return [*(f"{metrics.mean(q).value:.3f}" for q in quality), *(f"{c:.1f}" for c in cost)]


if __name__ == "__main__":
    main()
