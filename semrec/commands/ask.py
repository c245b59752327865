"""Commands that ask an index: search, recommend, similar, bundle, explain-query."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from semrec import terminal
from semrec.commands.options import (
    ContextOption,
    DiversityOption,
    FilterOption,
    Index,
    Item,
    Json,
    ModelOption,
    RerankOption,
    TopK,
    UsingOption,
    load,
)

app = typer.Typer()


@app.command()
def search(
    index: Index,
    query: Annotated[str, Argument(help="What a shopper types.", show_default=False)],
    user: Annotated[str | None, Option("--user", "-u", help="Who asks.")] = None,
    k: TopK = 10,
    filter: FilterOption = None,
    using: UsingOption = "blend",
    literally: Annotated[
        bool, Option("--literally", help="Search for the letters, not for what is understood.")
    ] = False,
    context: ContextOption = None,
    diversity: DiversityOption = None,
    min_score: Annotated[
        float | None,
        Option(min=0, max=1, help="Leave out what is less likely right than this, as 0.5."),
    ] = None,
    rerank: RerankOption = None,
    model: ModelOption = None,
    json: Json = False,
) -> None:
    """Find items for a query.

    Example: semrec search indexes/shop 送女友的生日礼物 -f category=美妆 -f price=..500
    --min-score 0.5 -d per_brand=2
    """
    engine = load(index, model)
    filters = terminal.filters(filter or [])
    results = engine.search(
        query,
        user=user,
        k=k,
        filters=filters,
        using=using,
        understand=not literally,
        context=terminal.situation(context or []),
        diversity=terminal.variety(diversity or []),
        min_score=min_score,
        rerank=rerank,
    )
    terminal.print_results(results, as_json=json)


@app.command()
def recommend(
    index: Index,
    user: Annotated[str | None, Option("--user", "-u", help="For whom; nobody: popular.")] = None,
    k: TopK = 10,
    filter: FilterOption = None,
    include_seen: Annotated[bool, Option(help="Keep what the user already dealt with.")] = False,
    basket: Annotated[
        str, Option(help="Items that the user deals with right now, with commas between them.")
    ] = "",
    context: ContextOption = None,
    diversity: DiversityOption = None,
    json: Json = False,
) -> None:
    """Recommend items to a user, or to nobody in particular.

    Example: semrec recommend indexes/shop --user u42 --basket p1,p2 -x weather=下雨
    -d novelty=0.3 -d per_category=4
    """
    filters = terminal.filters(filter or [])
    engine = load(index)
    items = [item.strip() for item in basket.split(",") if item.strip()]
    results = engine.recommend(
        user,
        k=k,
        filters=filters,
        exclude_seen=not include_seen,
        context=terminal.situation(context or []),
        diversity=terminal.variety(diversity or []),
        basket=items,
    )
    terminal.print_results(results, as_json=json)


@app.command()
def similar(
    index: Index, item: Item, k: TopK = 10, filter: FilterOption = None, json: Json = False
) -> None:
    """Find items like one item.

    Example: semrec similar indexes/shop p1
    """
    filters = terminal.filters(filter or [])
    terminal.print_results(load(index).similar(item, k=k, filters=filters), as_json=json)


@app.command()
def bundle(
    index: Index,
    items: Annotated[list[str], Argument(help="An item, or all of a basket.", show_default=False)],
    k: TopK = 5,
    filter: FilterOption = None,
    budget: Annotated[
        float | None, Option(help="What all may cost together, the given items included.")
    ] = None,
    json: Json = False,
) -> None:
    """Find items bought together with one item, or with those of a basket.

    Example: semrec bundle indexes/shop p1 p2 --budget 200
    """
    filters = terminal.filters(filter or [])
    found = load(index).bundle(items, k=k, filters=filters, budget=budget)
    terminal.print_results(found, as_json=json)


@app.command("explain-query")
def explain_query(index: Index, query: Annotated[str, Argument()], json: Json = False) -> None:
    """Say what was understood of a query.

    Example: semrec explain-query indexes/shop 500元以内的红色连衣裙
    """
    intent = load(index).understand(query)
    if json:
        terminal.print_json(intent.to_dict())
    else:
        print("\n".join(intent.describe()))


@app.command()
def suggest(
    index: Index,
    prefix: Annotated[str, Argument(help="What was typed so far.", show_default=False)],
    k: TopK = 10,
    json: Json = False,
) -> None:
    """Complete what was typed, in characters, pinyin or initials.

    Example: semrec suggest indexes/shop bwb
    """
    found = load(index).suggest(prefix, k)
    if json:
        texts = [{"text": each.text, "score": each.score} for each in found]
        terminal.print_json({"prefix": prefix, "suggestions": texts})
    else:
        print("\n".join(each.text for each in found))


@app.command()
def classify(
    index: Index,
    query: Annotated[str, Argument(help="What a shopper types.", show_default=False)],
    labels: Annotated[list[str], Argument(help="Names of categories.", show_default=False)],
    json: Json = False,
) -> None:
    """Rank category names for a query, with probabilities.

    Example: semrec classify indexes/shop 送妈妈的丝巾 服饰配件 女鞋 家居
    """
    found = load(index).classify(query, labels)
    if json:
        ranked = [{"label": label, "probability": share} for label, share in found]
        terminal.print_json({"query": query, "labels": ranked})
    else:
        print("\n".join(f"{share:6.1%}  {label}" for label, share in found))


@app.command()
def explain(
    index: Index,
    item: Item,
    query: Annotated[str | None, Option("--query", "-q", help="What was searched.")] = None,
    user: Annotated[str | None, Option("--user", "-u", help="Who asks.")] = None,
    plot: Annotated[
        Path | None, Option(help="Picture of the signals as bars: a .png, .svg or .pdf file.")
    ] = None,
    context: ContextOption = None,
    json: Json = False,
) -> None:
    """Say why an item stands where it does: what each signal gave, and its place without a cause.

    Example: semrec explain indexes/shop p1 --query 露营帐篷 --user u42 --plot why.png
    """
    told = load(index).explain(item, query, user, terminal.situation(context or []))
    if plot is not None:
        told.plot(plot)
    terminal.print_explanation(told, as_json=json)


@app.command()
def relevance(
    index: Index,
    query: Annotated[str, Argument(help="What a shopper types.", show_default=False)],
    titles: Annotated[list[str], Argument(help="Any titles.", show_default=False)],
    json: Json = False,
) -> None:
    """Say how likely titles are what a query asks for, in the catalog or not.

    Example: semrec relevance indexes/shop 降噪耳机 主动降噪蓝牙耳机 耳机收纳盒
    """
    likely = [float(share) for share in load(index).relevance(query, titles)]
    if json:
        pairs = zip(titles, likely, strict=True)
        told = [{"title": title, "probability": share} for title, share in pairs]
        terminal.print_json({"query": query, "titles": told})
    else:
        print("\n".join(f"{share:6.1%}  {t}" for t, share in zip(titles, likely, strict=True)))
