"""Each loader on a small piece, written by hand, in the benchmark's true format."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from semrec.errors import DataError, FileMissing, InvalidArgument, ModelNotFound
from semrec.evaluate import benchmarks
from semrec.evaluate.benchmarks import files


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def table(path: Path, **columns: list) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_parquet(path)


@pytest.mark.parametrize("below", ["data/ecom", "ecom", "."])
def test_multi_cpr(tmp_path: Path, below: str) -> None:
    root = tmp_path / below
    write(root / "corpus.tsv", '1\t尼康微单机身"Z62"\n2\t无谷猫粮\u2028大包\n3\t露营灯\n')
    write(root / "dev.query.txt", "200001\t尼康z62\n200002\t猫粮\n")
    write(root / "qrels.dev.tsv", "200001\t0\t1\t1\n200002\t0\t2\t1\n")
    found = benchmarks.multi_cpr(tmp_path)
    assert found.catalog.to_numpy().tolist()[:2] == [
        ["1", '尼康微单机身"Z62"'],
        ["2", "无谷猫粮\u2028大包"],
    ]
    assert found.queries == {"200001": "尼康z62", "200002": "猫粮"}
    assert found.qrels == {"200001": {"1": 1.0}, "200002": {"2": 1.0}}


def test_multi_cpr_names_what_is_broken(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match=r"corpus\.tsv"):
        benchmarks.multi_cpr(tmp_path)
    write(tmp_path / "corpus.tsv", "1\t灯\n2 猫粮\n")
    with pytest.raises(DataError, match=r"corpus\.tsv: record 2: '2 猫粮' has 1 fields, not 2"):
        benchmarks.multi_cpr(tmp_path)


def test_ecom_retrieval_of_mteb(tmp_path: Path) -> None:
    table(tmp_path / "corpus/dev-00000-of-00001.parquet", text=["灯"], id=["7"], title=[""])
    table(tmp_path / "queries/dev-00000-of-00001.parquet", _id=["q"], text=["露营灯"])
    judged = {"query-id": ["q"], "corpus-id": ["7"], "score": ["1"]}
    table(tmp_path / "data/dev-00000-of-00001.parquet", **judged)
    found = benchmarks.ecom_retrieval(tmp_path)
    assert found.catalog.to_numpy().tolist() == [["7", "灯"]]
    assert (found.queries, found.qrels) == ({"q": "露营灯"}, {"q": {"7": 1.0}})


def test_ecom_retrieval_of_c_mteb(tmp_path: Path) -> None:
    root = tmp_path / "EcomRetrieval"
    table(root / "data/corpus-00000-of-00002-ab.parquet", id=["7"], text=["灯"])
    table(root / "data/corpus-00001-of-00002-cd.parquet", id=["8"], text=["猫粮"])
    table(root / "data/queries-00000-of-00001-ef.parquet", id=["q"], text=["露营灯"])
    judged = tmp_path / "EcomRetrieval-qrels/data/dev-00000-of-00001-01.parquet"
    table(judged, qid=["q"], pid=["7"], score=[1])
    found = benchmarks.ecom_retrieval(root)
    assert found.catalog["item_id"].tolist() == ["7", "8"]
    assert found.qrels == {"q": {"7": 1.0}}
    table(judged, question=["q"], pid=["7"], score=[1])
    with pytest.raises(DataError, match=r"no column qid or query-id; present: .*question"):
        benchmarks.ecom_retrieval(root)


def test_without_network_a_folder_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*names: str, **options: str) -> str:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    with pytest.raises(ModelNotFound, match=r"mteb/EcomRetrieval.*unreachable.*a local folder"):
        benchmarks.ecom_retrieval()


def esci(folder: Path, labels: str = "ESCI") -> None:
    table(
        folder / "shopping_queries_dataset_examples.parquet",
        example_id=[0, 1, 2, 3, 4],
        query=["lamp"] * 4 + ["ランプ"],
        query_id=[11, 11, 11, 11, 12],
        product_id=["B1", "B2", "B3", "B4", "B5"],
        product_locale=["us"] * 4 + ["jp"],
        esci_label=[*labels, "E"],
        small_version=[1, 1, 1, 1, 1],
        large_version=[1, 1, 1, 1, 1],
        split=["test"] * 5,
    )
    table(
        folder / "shopping_queries_dataset_products.parquet",
        product_id=["B1", "B2", "B5"],
        product_title=["Camping lamp", None, "ランプ"],
        product_description=["bright", None, None],
        product_bullet_point=["LED", "steel", None],
        product_brand=["Acme", None, None],
        product_color=[None, "red", None],
        product_locale=["us", "us", "jp"],
    )


def test_amazon_esci(tmp_path: Path) -> None:
    esci(tmp_path / "shopping_queries_dataset")
    found = benchmarks.amazon_esci(tmp_path)
    assert found.catalog.to_numpy().tolist() == [
        ["B1", "Camping lamp", "Acme", "bright LED"],
        ["B2", "", "", "steel"],
    ]
    assert found.queries == {"11": "lamp"}
    assert found.qrels == {"11": {"B1": 1.0, "B2": 0.1, "B3": 0.01, "B4": 0.0}}
    assert benchmarks.amazon_esci(tmp_path, "jp").queries == {"12": "ランプ"}
    with pytest.raises(InvalidArgument, match=r"locale 'cn'.*legal locales: jp, us"):
        benchmarks.amazon_esci(tmp_path, "cn")
    esci(tmp_path / "shopping_queries_dataset", "ESCX")
    with pytest.raises(DataError, match="esci_label 'X'; legal: E, S, C, I"):
        benchmarks.amazon_esci(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("u.data", "196\t242\t3\t881250949\n186\t302\t3.0\t891717742\n"),
        ("ratings.dat", "196::242::3::881250949\r\n186::302::3::891717742\r\n"),
        (
            "ratings.csv",
            "userId,movieId,rating,timestamp\n196,242,3.0,881250949\n186,302,3,891717742\n",
        ),
    ],
)
def test_movielens(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / name, text)
    found = benchmarks.movielens(tmp_path)
    assert found.to_numpy().tolist() == [
        ["196", "242", "rating", 3.0, 881250949.0],
        ["186", "302", "rating", 3.0, 891717742.0],
    ]


def test_movielens_names_what_is_broken(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match=r"no u\.data or ratings\.dat or ratings\.csv there"):
        benchmarks.movielens(tmp_path)
    write(tmp_path / "u.data", "1\t2\tgood\t3\n")
    with pytest.raises(DataError, match="record 1: rating 'good' is no number"):
        benchmarks.movielens(tmp_path)


def test_lightgcn_with_a_user_without_items(tmp_path: Path) -> None:
    write(tmp_path / "train.txt", "0 0 1 2\n1 3\n")
    write(tmp_path / "test.txt", "0 4\n1 \n")
    found = benchmarks.lightgcn(tmp_path)
    assert found.train.to_numpy().tolist() == [["0", "0"], ["0", "1"], ["0", "2"], ["1", "3"]]
    assert found.test.to_numpy().tolist() == [["0", "4"]]


def test_taobao_user_behavior(tmp_path: Path) -> None:
    path = write(
        tmp_path / "UserBehavior.csv",
        "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,buy,1511561733\n",
    )
    found = benchmarks.taobao_user_behavior(path)
    assert found.to_numpy().tolist() == [
        ["1", "2268318", "2520377", "view", 1511544070.0],
        ["1", "2333346", "2520771", "buy", 1511561733.0],
    ]
    write(path, "1,2268318,2520377,stole,1511544070\n")
    with pytest.raises(DataError, match="record 1: behaviour 'stole'; legal: pv, cart, fav, buy"):
        benchmarks.taobao_user_behavior(path)


def test_other_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match="no valid parquet"):
        files.parquet(tmp_path, "x.parquet")
    (tmp_path / "x.tsv").write_bytes("灯\t灯".encode("gb18030"))
    with pytest.raises(DataError, match="no utf-8 at byte 0"):
        files.fields(tmp_path / "x.tsv", "\t", 2)


@pytest.mark.data
def test_the_real_split_of_lightgcn_is_read_whole(data_dir: Path) -> None:
    split = benchmarks.lightgcn(data_dir / "cf-lightgcn-ml-1m")
    assert (len(split.train), len(split.test)) == (590_733, 164_848)
