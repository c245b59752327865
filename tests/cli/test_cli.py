import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from semrec import terminal
from semrec._version import __version__
from semrec.text.user_words import WordsWarning


def test_build_says_what_it_did(run, files: Path) -> None:
    with (files / "catalog.csv").open("a", encoding="utf-8") as stream:
        stream.write("p0,又一个,宠物,5\n")
    ran = run("build", "--catalog", files / "catalog.csv", "-o", files / "index")
    assert ran.code == 0
    assert "6 items" in ran.out
    assert "repeated item id" in ran.err
    assert "p0" in (files / "index" / "rejects.csv").read_text(encoding="utf-8-sig")


def test_build_json(run, files: Path) -> None:
    ran = run("build", "--catalog", files / "catalog.csv", "-o", files / "index", "--json")
    assert ran.json["counts"]["items"] == 6
    assert ran.json["rejects"] == 0


def test_build_with_own_column_names_in_gb18030(run, files: Path) -> None:
    ran = run(
        "build", "--catalog", files / "own.csv", "-o", files / "index",
        "-c", "catalog.title=货名",
    )  # fmt: skip
    assert ran.code == 0
    assert run("search", files / "index", "猫砂", "--json").json["hits"][0]["title"] == "猫砂"


def test_search(run, index: Path) -> None:
    hits = run("search", index, "猫砂", "-k", "2", "--json").json["hits"]
    assert hits[0]["item_id"] == "p2"
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert {"lexical", "dense"} <= set(hits[0]["signals"])
    assert "猫砂" in run("search", index, "猫砂").out
    read = run("search", index, "猫砂", "--rerank", "features", "--json").json["hits"]
    assert read[0]["item_id"] == "p2"
    assert read[0]["raw"]["reranker"] == pytest.approx(read[0]["score"], abs=1e-5)
    assert "no-such" in run("search", index, "猫砂", "--rerank", "./no-such").err


def test_filters(run, index: Path) -> None:
    ran = run("search", index, "红", "-f", "category=宠物", "-f", "price=..25", "--json")
    assert {hit["item_id"] for hit in ran.json["hits"]} == {"p0", "p1"}
    ran = run("search", index, "红", "-f", "category=宠物", "-f", "category=服饰", "--json")
    assert len(ran.json["hits"]) == 6
    ran = run("recommend", index, "-f", "price=45..", "--json")
    assert {hit["item_id"] for hit in ran.json["hits"]} == {"p4"}


def test_recommend_similar_bundle_info(run, index: Path) -> None:
    assert run("recommend", index, "--json").json["hits"]
    stranger = run("recommend", index, "-u", "谁", "--json").json
    assert stranger["hits"]
    assert "没有该用户" in stranger["notes"][0]
    assert run("similar", index, "p0", "-k", "1", "--json").json["hits"][0]["item_id"] == "p1"
    assert run("bundle", index, "p0", "--json").json["hits"][0]["item_id"] == "p2"
    assert run("info", index, "--json").json["counts"]["items"] == 6
    assert "counts items" in run("info", index).out


def test_explain_query(run, index: Path) -> None:
    intent = run("explain-query", index, "25元以内的猫粮", "--json").json
    assert intent["price"] == [None, 25.0]
    assert "25" in run("explain-query", index, "25元以内的猫粮").out


def test_evaluate_search(run, index: Path, files: Path) -> None:
    arguments = ("--queries", files / "queries.csv", "--qrels", files / "qrels.csv")
    report = run("evaluate", "search", index, *arguments, "--json").json
    keys = {"ndcg@10", "mrr@10", "hit_rate@10", "recall@10", "recall@100"}
    assert {name: report[name] for name in keys} == dict.fromkeys(keys, 1.0)
    lexical = run("evaluate", "search", index, *arguments, "--using", "lexical", "--json").json
    assert lexical["ndcg@10"] == 1.0
    assert "ndcg@10" in run("evaluate", "search", index, *arguments).out
    assert report["new_queries"] == report["queries"], "the log names no query"


def test_evaluate_sentiment(run, tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    file.write_text("cat,label,review\n甲,1,非常好用\n甲,0,太差了，退货\n乙,1,喜欢\n", "utf-8")
    report = run("evaluate", "sentiment", "--reviews", file, "--quick", "--json").json
    assert (report["accuracy"], report["reviews"]) == (1.0, 3)
    assert "accuracy" in run("evaluate", "sentiment", "--reviews", file).out
    assert run("evaluate", "sentiment", "--reviews", file, "--label", "no").code == 2


def test_evaluate_recommend(run, files: Path) -> None:
    arguments = ("--train", files / "train.txt", "--test", files / "test.txt")
    report = run("evaluate", "recommend", *arguments, "--k", "20", "--json").json
    assert report["recall@20"] == report["ndcg@20"] == 1.0
    assert report["fit_seconds"] > 0
    assert report["score_seconds"] > 0
    masked = run("evaluate", "recommend", *arguments, "--valid", files / "test.txt", "--json")
    assert masked.code == 2
    assert "no pair" in masked.err


def test_evaluate_recommend_events(run, files: Path) -> None:
    arguments = ("--train", files / "events.csv", "--test", files / "held.csv")
    (files / "held.csv").write_text(
        "user_id,item_id,event_type,timestamp\nu0,p1,buy,9999999\nu1,p1,buy,9999999\n"
    )
    report = run("evaluate", "recommend", *arguments, "--format", "events", "--json").json
    assert report["recall@20"] == 0, "nobody bought p1 before, so nothing can find it"
    assert report["users"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["similar", "INDEX", "p9"], "unknown item 'p9'"),
        (["bundle", "INDEX", "p9"], "unknown item 'p9'"),
        (["search", "INDEX", "猫", "-k", "-1"], "k = -1"),
        (["search", "INDEX", "猫", "-k", "many"], "valid integer"),
        (["search", "INDEX", "猫", "-f", "category=宠务"], "legal: 宠物"),
        (["search", "INDEX", "猫", "-f", "colour=红"], "unknown filter column 'colour'"),
        (["search", "INDEX", "猫", "-f", "price"], "legal: category=美妆"),
        (["search", "INDEX", "猫", "-f", "price=a..b"], "is no number"),
        (["search", "INDEX", "猫", "--model", "other"], "other letters"),
        (["search", "INDEX", "猫", "--using", "magic"], "magic"),
        (["search", "INDEX"], "'query'"),
        (["search", "nowhere", "猫"], "nowhere: not an index folder"),
        (["build", "--catalog", "nowhere.csv", "-o", "x"], "nowhere.csv: no such file"),
        (["build", "--catalog", "INDEX", "-o", "x", "-c", "title=货名"], "--column"),
        (
            ["evaluate", "recommend", "--train", "TRAIN", "--test", "TRAIN", "--model", "x"],
            "item-knn",
        ),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(
    run, index: Path, files: Path, arguments: list[str], said: str
) -> None:
    places = {"INDEX": str(index), "TRAIN": str(files / "train.txt")}
    ran = run(*(places.get(argument, argument) for argument in arguments))
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no row"),
        (b"item_id,title\n", "holds no row"),
        (b"item_id,name2\np1,\xe7\x8c\xab\n", "'title'"),
        (b"\x00\x01\x02PNG\x00", "NUL"),
        (b"item_id,title\n,a\n,b\n", "none of 2 rows is valid"),
    ],
)
def test_unusable_catalogs_are_named(run, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    ran = run("build", "--catalog", tmp_path / "bad.csv", "-o", tmp_path / "index")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert said in ran.err
    assert not (tmp_path / "index").exists()


def test_damaged_index_is_named(run, index: Path) -> None:
    file = next(index.glob("g-*/lexical.impacts.npy"))
    file.write_bytes(file.read_bytes()[:-4])
    ran = run("search", index, "猫")
    assert ran.code == 2
    assert "lexical.impacts.npy" in ran.err
    assert "sha256" in ran.err


def test_odd_queries(run, index: Path) -> None:
    assert run("search", index, "", "--json").json["hits"] == []
    assert run("search", index, "😀", "--json").code == 0
    assert len(run("search", index, "猫" * 10_000, "--json").json["hits"]) == 6
    assert run("search", index, "貓砂", "-k", "100", "--json").json["notes"]


def test_help_and_version(run) -> None:
    assert "semrec demo" in run("--help").out
    for command in ("build", "search", "recommend", "similar", "bundle", "info", "demo"):
        ran = run(command, "--help")
        assert ran.code == 0
        assert "Example: semrec " + command in ran.out
    assert run("--version").out.strip() == f"semrec {__version__}"


def seconds(*command: str) -> float:
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        best = min(best, time.perf_counter() - start)
    return best


def test_import_and_help_load_nothing_heavy() -> None:
    heavy = "{'torch','faiss','jieba','pandas','scipy','transformers','sentence_transformers'}"
    code = f"import sys, semrec, semrec.cli; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
    # Ratios to a bare interpreter, since the machine's speed varies.
    bare = seconds("-c", "pass")
    assert seconds("-c", "import semrec") < 4 * bare + 0.15
    assert seconds("-m", "semrec.cli", "--help") < 4 * bare + 0.5


def test_suggest_and_classify(run, index: Path) -> None:
    assert "猫砂" in run("suggest", index, "maos").out
    found = run("suggest", index, "猫", "--json").json["suggestions"]
    assert all(each["text"].startswith("猫") for each in found)
    ranked = run("classify", index, "猫粮", "宠物", "服饰", "--json").json["labels"]
    assert ranked[0]["label"] == "宠物"
    assert sum(each["probability"] for each in ranked) == pytest.approx(1)
    assert run("classify", index, "猫粮", "宠物").out.endswith("宠物\n")


def test_profile(run, index: Path) -> None:
    known = run("profile", index, "u1")
    assert "宠物" in known.out
    assert run("profile", index, "u1", "--json").json["categories"]
    assert run("profile", index, "谁").code == 0


def test_report_writes_a_page(run, index: Path, files: Path) -> None:
    judged = ("--queries", files / "queries.csv", "--qrels", files / "qrels.csv")
    page = files / "report.html"
    ran = run("evaluate", "report", index, *judged, "--html", page, "--using", "lexical", "--json")
    assert ran.json["systems"]["lexical"]["metrics"]["ndcg@10"]["value"] == 1
    assert "猫砂" in page.read_text(encoding="utf-8")
    wrong = run("evaluate", "report", index, *judged, "--using", "lexcal")
    assert wrong.code == 2
    assert "legal: lexical" in wrong.err


def test_models_side_by_side(run, files: Path) -> None:
    split = ("--train", files / "train.txt", "--test", files / "test.txt")
    ran = run(
        "evaluate", "models", *split, "--model", "popularity", "--model", "item-knn", "--json"
    )
    assert set(ran.json["systems"]) == {"popularity", "item-knn"}
    shown = run("evaluate", "models", *split, "--model", "popularity").out
    for label in ("new user", "1-5 events", "known user", "new item", "1-2 users", "known item"):
        assert label in shown
    helped = run("evaluate", "models", "--help").out
    assert "--catalog catalog.csv" in helped
    assert "next-basket" in helped


def test_models_that_read_a_catalog_or_baskets(run, files: Path) -> None:
    log = "user_id,item_id,event_type,timestamp\n"
    (files / "log.csv").write_text(
        log + "u1,p1,buy,0\nu1,p2,buy,9\nu2,p1,buy,0\n", encoding="utf-8"
    )
    (files / "later.csv").write_text(log + "u2,p2,buy,999999\n", encoding="utf-8")
    split = ("--train", files / "log.csv", "--test", files / "later.csv", "--format", "events")
    named = ("--model", "hybrid", "--model", "content", "--model", "next-basket")
    ran = run(
        "evaluate",
        "models",
        *split,
        *named,
        "--catalog",
        files / "catalog.csv",
        "-k",
        "3",
        "--json",
    ).json
    assert ran["systems"]["next-basket"]["metrics"]["recall@3"]["value"] == 1
    assert set(ran["systems"]) == {"hybrid", "content", "next-basket"}
    alone = run("evaluate", "models", *split, "--model", "hybrid")
    assert alone.code == 2
    assert "'hybrid' needs titles; legal: with a catalog" in alone.err


def test_tune_writes_settings_that_build_takes(run, index: Path, files: Path) -> None:
    out = files / "tuned.toml"
    judged = ("--queries", files / "queries.csv", "--qrels", files / "qrels.csv")
    ran = run("tune", index, "-o", out, *judged, "--trials", "2", "--json")
    assert ran.json["value"] >= ran.json["start_value"]
    again = run("build", "--catalog", files / "catalog.csv", "--config", out, "-o", files / "tuned")
    assert again.code == 0


def test_tune_wants_queries_with_judgements(run, index: Path, files: Path) -> None:
    lonely = run("tune", index, "-o", files / "t.toml", "--queries", files / "queries.csv")
    assert lonely.code == 2
    assert "--qrels" in lonely.err


def test_adapt_learns_from_the_titles_alone(run, index: Path, files: Path) -> None:
    (files / "log.txt").write_text("猫砂\n红鞋\n红色猫粮\n", encoding="utf-8")
    ran = run("adapt", index, "--queries", files / "log.txt", "--teacher", "none", "--json")
    assert set(ran.json["before"]) == set(ran.json["after"])
    sides = run("info", index, "--json").json["sides"]
    assert sides["sides"] == "student"
    assert "6 titles" in sides["why"]
    assert run("search", index, "猫砂", "--json").json["hits"][0]["item_id"] == "p2"
    assert "--out" in run("adapt", files / "catalog.csv").err


def test_explain_and_relevance(run, index: Path) -> None:
    told = run("explain", index, "p2", "--query", "猫砂", "--json").json
    assert told["rank"] == 1
    assert sum(told["parts"].values()) == pytest.approx(told["total"], abs=1e-4)
    assert "第 1 位" in run("explain", index, "p2", "--query", "猫砂").out
    assert run("explain", index, "p2").code == 2
    visit = run("explain", index, "p2", "--query", "猫砂", "-x", "session=p9999", "--json")
    assert visit.code == 2 and "p9999" in visit.err
    likely = run("relevance", index, "猫砂", "膨润土猫砂", "女鞋", "--json").json["titles"]
    assert likely[0]["probability"] > likely[1]["probability"]


def test_a_warning_is_one_line_without_a_path_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)
    terminal.prepare()
    said = warnings.formatwarning("words.txt:\n gone", WordsWarning, "semrec/x.py", 7)
    assert said == "semrec: words.txt: gone\n"
    assert "x.py:7" in warnings.formatwarning("old", DeprecationWarning, "semrec/x.py", 7)


def test_a_situation_is_told_by_options(run, index: Path) -> None:
    ran = run("recommend", index, "-x", "category=服饰", "-x", "hour=22", "-k", "2", "--json")
    assert {hit["item_id"] for hit in ran.json["hits"]} == {"p4", "p5"}
    assert "legal: 0 to 23" in run("recommend", index, "-x", "hour=25").err
    assert "hour=22, weather=下雨" in run("search", index, "红", "-x", "22").err
    assert run("search", index, "红", "-x", "weather=下雨").code == 0
    seen = [hit["item_id"] for hit in run("search", index, "红", "--json").json["hits"]][:2]
    visit = [f"session={item}" for item in seen]
    ran = run("search", index, "红", "-x", visit[0], "-x", visit[1], "--json")
    assert any("session" in hit["raw"] for hit in ran.json["hits"])
    assert "nothing" in run("search", index, "红", "-x", "session=nothing").err
